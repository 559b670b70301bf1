// SPDX-License-Identifier: Apache-2.0
// Where the contract keeps what: one list of named regions, from which the generated constants
// follow.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace sotto::claim {

struct MemoryRegion {
  std::string name;  // of the Solidity constant
  unsigned words;
  std::string comment;  // empty: explained by the region before
  uint32_t address;
};

// Bounds of the verifying keys that the contract takes (verifying_key.cpp allows no more). Points
// have room for them.
inline constexpr unsigned kMaxLayers = 16, kMaxSlotBits = 6, kMaxSourceBits = 7,
                          kMaxSampleBits = 24, kMaxChannelBits = 16, kMaxLogN = 28;

// Addresses are ascending and start above what solc may reserve for spilled variables; the contract
// checks that at run time.
inline constexpr uint32_t kMemoryStart = 0x800;

std::vector<MemoryRegion> memory_map();

// Words of a verifying key before the layers, and of one layer, in the order of
// VerifyingKey::encode().
extern const std::vector<std::string> kKeyWords, kLayerWords;

// The same of the contract that verifies proofs about networks; memory behind the last region depends on the key.
std::vector<MemoryRegion> network_memory_map();
extern const std::vector<std::string> kNetworkKeyWords;
// What both have for the opening.
void add_opening(std::vector<MemoryRegion>& map);

}  // namespace sotto::claim
