// SPDX-License-Identifier: Apache-2.0
// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): output i of seed s is split_mix(s + i kSplitMixStep). No secrets from it.
#pragma once
#include <cstdint>

namespace sotto {

inline constexpr uint64_t kSplitMixStep = 0x9e3779b97f4a7c15u;

constexpr uint64_t split_mix(uint64_t x) {
  x += kSplitMixStep;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

}  // namespace sotto
