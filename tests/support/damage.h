// SPDX-License-Identifier: Apache-2.0
// What can be done to one point or scalar of a proof.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "support/proof_map.h"
#include "zk/curve/g1.h"

namespace sotto {

// a + b modulo 2^256, big-endian words.
inline void add_word(uint8_t* a, const Bytes32& b) {
  unsigned carry = 0;
  for (int i = 31; i >= 0; i--) {
    carry += a[i] + b[static_cast<size_t>(i)];
    a[i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
}
template <class Field>
Bytes32 modulus_word() {
  Bytes32 m = (-Field::one()).to_bytes();
  add_word(m.data(), word_from_u64(1));
  return m;
}

// Changes the field that begins at `at`; `other` is another proof of the same length.
struct Damage {
  std::string name;
  std::function<void(uint8_t* at, const uint8_t* other)> apply;
};

namespace detail {
inline zk::G1Affine point_at(const uint8_t* at) {
  return zk::G1Affine::from_bytes(std::span<const uint8_t, 64>(at, 64)).value();
}
inline void put_point(uint8_t* at, const zk::G1Affine& p) {
  const zk::PointBytes b = p.to_bytes();
  std::copy(b.begin(), b.end(), at);
}
inline void put_word(uint8_t* at, const Bytes32& w) { std::copy(w.begin(), w.end(), at); }
}  // namespace detail

inline const std::vector<Damage>& scalar_damages() {
  using namespace detail;
  static const std::vector<Damage> all = {
      {"plus one", [](uint8_t* at, const uint8_t*) { add_word(at, word_from_u64(1)); }},
      {"zero", [](uint8_t* at, const uint8_t*) { std::fill_n(at, 32, uint8_t{0}); }},
      {"one", [](uint8_t* at, const uint8_t*) { put_word(at, word_from_u64(1)); }},
      {"r - 1", [](uint8_t* at, const uint8_t*) { put_word(at, (-zk::Fr::one()).to_bytes()); }},
      {"negated",
       [](uint8_t* at, const uint8_t*) {
         put_word(at, (-*zk::Fr::from_bytes(std::span<const uint8_t, 32>(at, 32))).to_bytes());
       }},
      {"of another proof", [](uint8_t* at, const uint8_t* other) { std::copy_n(other, 32, at); }},
      {"lowest bit", [](uint8_t* at, const uint8_t*) { at[31] ^= 1; }},
      {"a middle bit", [](uint8_t* at, const uint8_t*) { at[16] ^= 0x10; }},
      {"plus r", [](uint8_t* at, const uint8_t*) { add_word(at, modulus_word<zk::Fr>()); }},
      {"r", [](uint8_t* at, const uint8_t*) { put_word(at, modulus_word<zk::Fr>()); }},
      {"2^256 - 1", [](uint8_t* at, const uint8_t*) { std::fill_n(at, 32, uint8_t{0xff}); }},
  };
  return all;
}

inline const std::vector<Damage>& point_damages() {
  using namespace detail;
  static const std::vector<Damage> all = {
      {"plus the generator",
       [](uint8_t* at, const uint8_t*) {
         put_point(at, (zk::G1(point_at(at)) + zk::G1Affine::generator()).to_affine());
       }},
      {"doubled",
       [](uint8_t* at, const uint8_t*) { put_point(at, (zk::G1(point_at(at)) + zk::G1(point_at(at))).to_affine()); }},
      {"negated", [](uint8_t* at, const uint8_t*) { put_point(at, {point_at(at).x, -point_at(at).y}); }},
      {"infinity", [](uint8_t* at, const uint8_t*) { std::fill_n(at, 64, uint8_t{0}); }},
      {"the generator", [](uint8_t* at, const uint8_t*) { put_point(at, zk::G1Affine::generator()); }},
      {"of another proof", [](uint8_t* at, const uint8_t* other) { std::copy_n(other, 64, at); }},
      {"off the curve", [](uint8_t* at, const uint8_t*) { add_word(at + 32, word_from_u64(1)); }},
      {"coordinates exchanged", [](uint8_t* at, const uint8_t*) { std::swap_ranges(at, at + 32, at + 32); }},
      {"x plus q", [](uint8_t* at, const uint8_t*) { add_word(at, modulus_word<zk::Fq>()); }},
      {"y plus q", [](uint8_t* at, const uint8_t*) { add_word(at + 32, modulus_word<zk::Fq>()); }},
      {"x = 0", [](uint8_t* at, const uint8_t*) { std::fill_n(at, 32, uint8_t{0}); }},
      {"(q, q) for infinity",
       [](uint8_t* at, const uint8_t*) {
         put_word(at, modulus_word<zk::Fq>()), put_word(at + 32, modulus_word<zk::Fq>());
       }},
  };
  return all;
}
inline const std::vector<Damage>& damages(const ProofField& f) { return f.point ? point_damages() : scalar_damages(); }

}  // namespace sotto
