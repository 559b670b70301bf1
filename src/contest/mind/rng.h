// SPDX-License-Identifier: Apache-2.0
// Random numbers of the search. Every candidate draws from its own stream, named by (seed, agent, slot, attempt): what an
// agent composes depends on these four numbers and on its own history, never on timing, threads or standard libraries.
#pragma once
#include <cstdint>

namespace sotto::contest {

class Rng {
 public:
  Rng(uint64_t seed, uint64_t agent, uint64_t slot, uint64_t attempt) {
    for (const uint64_t key : {seed, agent, slot, attempt}) {
      state_ ^= key;
      state_ = next();
    }
  }

  // SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 17.
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  // 0 <= result < n; the bias of at most n / 2^32 does not matter to a search. Requires n > 0.
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(((next() >> 32) * n) >> 32); }
  uint32_t between(uint32_t low, uint32_t high) { return low + below(high - low + 1); }
  bool chance(uint32_t percent) { return below(100) < percent; }

 private:
  uint64_t state_ = 0x736f74746f;  // "sotto"
};

}  // namespace sotto::contest
