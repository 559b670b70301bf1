// SPDX-License-Identifier: Apache-2.0
// Genome -> source -> program -> samples -> score, with the cheap refusals first.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "contest/mind/evolver.h"
#include "judge/net/scorer.h"
#include "sound/bytebeat/render.h"

namespace sotto::contest {

// A judge made ready for many songs.
class Listener {
 public:
  // Requires check_network(net).ok(), as read_judge guarantees.
  explicit Listener(judge::Network net) : net_(std::make_unique<judge::Network>(std::move(net))), scorer_(*net_) {}
  const judge::Network& network() const { return *net_; }
  uint32_t score(const std::vector<uint8_t>& samples) const { return scorer_.score(samples); }

 private:
  std::unique_ptr<const judge::Network> net_;  // the scorer keeps its address
  judge::Scorer scorer_;
};

struct Song {
  Scored scored;
  std::string source;
  sound::Program program;
  sound::Samples samples;
};

// The program of a genome, if it compiles into the size class.
std::optional<sound::Program> program_of(const Genome& genome, const sound::SizeClass& size);

// Nothing for what does not fit, is silent, or is known.
std::optional<Song> compose(const Genome& genome, const Listener& judge, const sound::SizeClass& size,
                            const std::function<bool(uint64_t fingerprint)>& known);

// The size class with that many slots, or kUsage.
Result<sound::SizeClass> size_class(unsigned slots);

}  // namespace sotto::contest
