// SPDX-License-Identifier: Apache-2.0
// The largest shapes that a judge file may ask for. They bound what a hostile file can make us allocate or compute.
#pragma once
#include <cstdint>

namespace sotto::judge {

inline constexpr uint32_t kMinRangeBits = 4, kMaxRangeBits = 16;  // 4r <= 64: `rest` is one 64-bit word
inline constexpr uint32_t kMaxSampleBits = 8;
inline constexpr uint32_t kMaxHopBits = 12;
inline constexpr uint32_t kMaxSamples = 1u << 24;
inline constexpr uint32_t kMaxBins = 1u << 12;
inline constexpr uint32_t kMaxBands = 1u << 10;
inline constexpr uint32_t kMaxChannels = 1u << 10;
inline constexpr uint32_t kMaxLayers = 16;
inline constexpr uint32_t kMaxScoreUnit = 1u << 16;
inline constexpr uint32_t kMaxCard = 1u << 16;
inline constexpr uint64_t kMaxFileSize = uint64_t{1} << 30;

}  // namespace sotto::judge
