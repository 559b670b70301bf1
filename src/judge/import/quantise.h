// SPDX-License-Identifier: Apache-2.0
// FloatNet -> Network: scales, tables, the scale of scores, and what that costs, layer by layer.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "judge/import/float_net.h"
#include "judge/net/network.h"

namespace sotto::judge {

// What scales are chosen on: features (L) of songs, those of people first.
struct ImportSamples {
  std::vector<std::vector<uint32_t>> features;
  size_t human = 0;   // how many of them
};

struct LayerError {
  std::string name;               // the node of the model, or "output"
  double rms = 0;                 // of the float values
  double error_rms = 0, error_max = 0;
  double clamped = 0;             // share of values beyond the ends of the table
  double pearson = 0;
};

struct Imported {
  Network net;
  std::vector<LayerError> layers;  // the last entry is the output
  double score_low = 0, score_high = 0;  // the outputs that score 0 and 10
};

// `range`: the outputs of the model that score 0 and 10; without it, 10 is the 99.9th percentile of human samples, 5 their
// median, 0.5 the 5th percentile of the others. Refuses models whose integers cannot be kept within the ranges that a
// proof needs, or, without `range`, that do not prefer human samples.
Result<Imported> quantise(const FloatNet& model, const Network& front_end, const ImportSamples& samples,
                          const std::optional<std::pair<double, double>>& range);

}  // namespace sotto::judge
