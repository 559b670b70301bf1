// SPDX-License-Identifier: Apache-2.0
// The machine's sine: a public table of 65,536 values, one for every step of a turn.
#pragma once
#include <array>
#include <cstdint>

namespace sotto::sound {

inline constexpr int32_t kSineOne = 1 << 14;  // what stands for 1
inline constexpr unsigned kSineIndexBits = 16;

// kSineTable[i] = round(kSineOne sin(2 pi (i + 1/2) / 2^16)), the sine of the middle of step i.
extern const std::array<int16_t, 1u << kSineIndexBits> kSineTable;

// The sine of an angle of which 2^bits are a turn; its upper half is the step (of every 2^(16 - bits/2)-th, with bits < 32).
inline int32_t sine_of(uint32_t angle, unsigned bits) {
  return kSineTable[angle >> bits / 2 << (kSineIndexBits - bits / 2)];
}

}  // namespace sotto::sound
