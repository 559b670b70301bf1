// SPDX-License-Identifier: Apache-2.0
// Keccak-f[1600], rate 1088: Bertoni, Daemen, Peeters, Van Assche, "The Keccak reference", version 3.0.
#include "base/keccak.h"

#include <bit>
#include <cstring>

namespace sotto {
namespace {

constexpr size_t kRate = 136;

// Round constants by the degree-8 LFSR of section 1.2 of the reference.
constexpr std::array<uint64_t, 24> round_constants() {
  std::array<uint64_t, 24> rc{};
  uint8_t lfsr = 1;
  for (auto& c : rc)
    for (int j = 0; j < 7; j++) {
      if (lfsr & 1) c |= uint64_t{1} << ((1 << j) - 1);
      lfsr = static_cast<uint8_t>((lfsr << 1) ^ ((lfsr >> 7) * 0x71));
    }
  return rc;
}
constexpr auto kRoundConstants = round_constants();

void keccak_f(uint64_t a[25]) {
  for (uint64_t rc : kRoundConstants) {
    uint64_t c[5], d[5];
    for (int x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (int x = 0; x < 5; x++) d[x] = c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
    for (int i = 0; i < 25; i++) a[i] ^= d[i % 5];
    uint64_t lane = a[1];  // rho and pi along the orbit of (1, 0)
    int x = 1, y = 0;
    for (int t = 0; t < 24; t++) {
      const int ny = (2 * x + 3 * y) % 5;
      x = y;
      y = ny;
      const uint64_t next = a[x + 5 * y];
      a[x + 5 * y] = std::rotl(lane, ((t + 1) * (t + 2) / 2) % 64);
      lane = next;
    }
    for (int row = 0; row < 25; row += 5) {
      uint64_t r[5];
      for (int i = 0; i < 5; i++) r[i] = a[row + i];
      for (int i = 0; i < 5; i++) a[row + i] = r[i] ^ (~r[(i + 1) % 5] & r[(i + 2) % 5]);
    }
    a[0] ^= rc;
  }
}

void absorb_block(uint64_t a[25], const uint8_t* block) {
  for (size_t i = 0; i < kRate / 8; i++) {
    uint64_t lane = 0;
    for (int b = 0; b < 8; b++) lane |= static_cast<uint64_t>(block[8 * i + b]) << (8 * b);
    a[i] ^= lane;
  }
  keccak_f(a);
}

}  // namespace

Bytes32 keccak256(ByteSpan data) {
  uint64_t a[25] = {};
  size_t pos = 0;
  for (; pos + kRate <= data.size(); pos += kRate) absorb_block(a, data.data() + pos);
  uint8_t last[kRate] = {};
  if (pos < data.size()) std::memcpy(last, data.data() + pos, data.size() - pos);
  last[data.size() - pos] = 0x01;
  last[kRate - 1] |= 0x80;
  absorb_block(a, last);
  Bytes32 out;
  for (size_t i = 0; i < 32; i++) out[i] = static_cast<uint8_t>(a[i / 8] >> (8 * (i % 8)));
  return out;
}

}  // namespace sotto
