// SPDX-License-Identifier: Apache-2.0
// Which of its songs an evolver shows in a prompt (design note swarm.md, section 3.1).
#include <algorithm>
#include <cstdlib>

#include "contest/mind/evolver.h"

namespace sotto::contest {
namespace {

constexpr size_t kBest = 4, kFar = 4, kChance = 2;
constexpr uint64_t kStream = 0x7370656369;  // "speci": no stream of proposals

unsigned distance(const Scored& a, const Scored& b) {
  return static_cast<unsigned>(std::abs(a.impression.brightness - b.impression.brightness) +
                               std::abs(a.impression.motion - b.impression.motion));
}

class Selection {
 public:
  void add(const Scored& song) {
    const auto same = [&](const Scored* s) { return s->impression.fingerprint == song.impression.fingerprint; };
    if (std::none_of(songs_.begin(), songs_.end(), same)) songs_.push_back(&song);
  }
  // The song that is farthest from all that are chosen; of equals the first.
  void add_farthest(const std::vector<const Scored*>& from) {
    const Scored* chosen = nullptr;
    unsigned farthest = 0;
    for (const Scored* s : from) {
      unsigned nearest = UINT32_MAX;
      for (const Scored* other : songs_) nearest = std::min(nearest, distance(*s, *other));
      if (!chosen || nearest > farthest) chosen = s, farthest = nearest;
    }
    if (chosen) add(*chosen);
  }
  std::vector<const Scored*> take() { return std::move(songs_); }

 private:
  std::vector<const Scored*> songs_;
};

}  // namespace

std::vector<const Scored*> Evolver::specimens() const {
  Selection out;
  Rng rng(kStream, told(), 0, 0);
  const std::vector<const Scored*> kinds = archive_.all();
  if (elites_.empty()) return {};
  out.add(elites_.front());
  for (size_t i = 1; i < kBest; ++i) out.add(elites_[rng.below(static_cast<uint32_t>(elites_.size()))]);
  for (size_t i = 0; i < kFar; ++i) out.add_farthest(kinds);
  for (const Scored& song : newest_) out.add(song);
  for (size_t i = 0; i < kChance; ++i) out.add(archive_.any(rng));
  return out.take();
}

}  // namespace sotto::contest
