// SPDX-License-Identifier: Apache-2.0
// The agents' search against a finished judge, and what judges say that it never asked.
#pragma once
#include <string>
#include <vector>

#include "judge/train/agents_search.h"
#include "judge/train/examples.h"
#include "judge/train/float_model.h"

namespace sotto::judge::train {

// A judge that this search never asked, and what it says of human clips that it was not trained on.
struct Gold {
  FloatModel model;
  std::vector<double> human;  // logits
};

// One search, and how what it found is seen by others.
struct Assault {
  uint64_t seed = 0;
  std::vector<double> head;        // of the best song after evaluations[i] songs
  std::vector<double> percentile;  // its rank among the held-out human clips of the attacked judge
  std::vector<double> gold_best;   // mean percentile of that song under the gold judges
  std::vector<double> gold_mean;   // of the ten best
  std::vector<Evolved> best;       // of the longest search, best first
};

struct AssaultOptions {
  std::string program;              // sotto
  uint64_t seed = 1;
  std::vector<uint32_t> evaluations;  // ascending
  std::string file;                 // prefix of the files of songs
};

// Runs the searches of all options in `jobs` processes, unless their files are there.
Status search_all(const Network& net, const std::vector<AssaultOptions>& options, size_t jobs);

// What one of them found. The search is deterministic and its first songs do not depend on how many follow.
Result<Assault> assault(const Network& net, const Network& front_end, const std::vector<double>& human_heads, const std::vector<Gold>& golds,
                        const AssaultOptions& options);

// Markdown, one line per assault; scores are `net`'s.
std::string assault_table(const Network& net, const AssaultOptions& options, const std::vector<Assault>& assaults);

}  // namespace sotto::judge::train
