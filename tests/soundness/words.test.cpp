// SPDX-License-Identifier: Apache-2.0
// Every 32-byte word of a proof changed, zeroed, dropped, repeated, exchanged; scalars that are not canonical; points that are none.
#include "support/attack_song.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace claim;

struct Honest {
  std::shared_ptr<const ProvingKey> key = toy::key();
  Proven proven = toy::prove(*key, toy::program());
  size_t words = proven.proof.size() / 32;
};
const Honest& honest() {
  static const Honest h;
  return h;
}

void rejected_bytes(const std::string& what, Bytes proof, const std::string& check = "") {
  Proven p = honest().proven;
  if (p.proof == proof) return;  // two equal words exchanged
  p.proof = std::move(proof);
  expect_rejected(honest().key->vk, p, what, check);
}
Bytes::iterator word(Bytes& b, size_t i) { return b.begin() + 32 * static_cast<long>(i); }
// a + b as 256-bit integers; false when it does not fit.
bool add(uint8_t* a, const uint8_t* b) {
  unsigned carry = 0;
  for (int i = 31; i >= 0; i--) carry += a[i] + b[i], a[i] = static_cast<uint8_t>(carry), carry >>= 8;
  return carry == 0;
}
template <class F>
Bytes32 modulus() {
  Bytes32 m = (-F::one()).to_bytes();
  m[31]++;  // r - 1 and q - 1 end in an even byte below 255
  return m;
}

// Which words are points: (first word, number of points).
std::vector<bool> point_words() {
  const Layout l = make_layout(honest().key->shape).value();
  const ProofSizes s = proof_sizes(honest().key->shape, l);
  std::vector<bool> is(honest().words, false);
  auto mark = [&](size_t byte, size_t points) { std::fill_n(is.begin() + static_cast<long>(byte / 32), 2 * points, true); };
  mark(0, kPhase1Count);
  mark(s.phase1, kPhase2Count);
  mark(s.total - zk::kOpeningBytes, zk::kOpeningPoints - 2);
  mark(s.total - 128, 2);
  return is;
}

TEST(ProofWords, HonestProofIsAccepted) { expect_accepted(honest().key->vk, honest().proven, "honest"); }

TEST(ProofWords, EveryWordCounts) {
  const Bytes& proof = honest().proven.proof;
  Bytes32 one{};
  one[31] = 1;
  for (size_t i = 0; i < honest().words; i++) {
    const std::string at = " of word " + std::to_string(i);
    Bytes b = proof;
    add(&*word(b, i), one.data());
    rejected_bytes("increment" + at, b);
    b = proof;
    std::fill_n(word(b, i), 32, uint8_t{0});
    rejected_bytes("zero instead" + at, b);
    b = proof;
    b[32 * i + i % 32] ^= static_cast<uint8_t>(1u << i % 8);
    rejected_bytes("bit flip" + at, b);
    if (i + 1 < honest().words) {
      b = proof;
      std::swap_ranges(word(b, i), word(b, i + 1), word(b, i + 1));
      rejected_bytes("exchange" + at + " with the next", b);
    }
    b = proof;
    b.erase(word(b, i), word(b, i + 1));
    rejected_bytes("drop" + at, b, "length");
    b.insert(b.end(), 32, 0);
    rejected_bytes("drop, zeros at the end" + at, b);
    b = proof;
    b.insert(word(b, i), proof.begin() + 32 * static_cast<long>(i), proof.begin() + 32 * static_cast<long>(i + 1));
    rejected_bytes("repeat" + at, b, "length");
    b.resize(proof.size());
    rejected_bytes("repeat, cut to length" + at, b);
  }
}

TEST(ProofWords, ScalarsAreCanonical) {
  const std::vector<bool> point = point_words();
  const Bytes32 r = modulus<zk::Fr>();
  size_t scalars = 0;
  for (size_t i = 0; i < honest().words; i++) {
    if (point[i]) continue;
    Bytes b = honest().proven.proof;
    for (int k = 1; k <= 5 && add(&*word(b, i), r.data()); k++) rejected_bytes("scalar + multiple of r, word " + std::to_string(i), b);
    b = honest().proven.proof;
    std::fill_n(word(b, i), 32, uint8_t{0xff});
    rejected_bytes("scalar 2^256 - 1", b);
    scalars++;
  }
  EXPECT_GT(scalars, 150u);
}

TEST(ProofWords, PointsAreOnTheCurveAndCanonical) {
  const std::vector<bool> point = point_words();
  const Bytes32 q = modulus<zk::Fq>();
  size_t points = 0;
  for (size_t i = 0; i < honest().words; i++) {
    if (!point[i]) continue;
    points++;
    Bytes b = honest().proven.proof;
    if (add(&*word(b, i), q.data())) rejected_bytes("coordinate + q, word " + std::to_string(i), b);
    b = honest().proven.proof;
    std::copy(q.begin(), q.end(), word(b, i));
    rejected_bytes("coordinate q", b);
    if (points % 2 == 0) continue;
    b = honest().proven.proof;
    std::fill_n(word(b, i), 64, uint8_t{0});
    rejected_bytes("infinity, word " + std::to_string(i), b);
    b = honest().proven.proof;
    std::fill_n(word(b, i), 64, uint8_t{0});
    b[32 * i + 31] = 1, b[32 * i + 63] = 3;
    rejected_bytes("(1, 3)", b);
    b = honest().proven.proof;
    const auto p = zk::G1Affine::from_bytes(std::span<const uint8_t, 64>(&b[32 * i], 64));
    ASSERT_TRUE(p.has_value()) << i;
    const zk::PointBytes negative = zk::G1Affine{p->x, -p->y}.to_bytes();
    std::copy(negative.begin(), negative.end(), word(b, i));
    rejected_bytes("negated point, word " + std::to_string(i), b);
  }
  EXPECT_EQ(points / 2, kPhase1Count + kPhase2Count + zk::kOpeningPoints);
}

TEST(ProofWords, LengthIsExact) {
  const Bytes& proof = honest().proven.proof;
  for (size_t size : {size_t{0}, size_t{1}, size_t{31}, size_t{32}, size_t{64}, proof.size() / 2, proof.size() - 64, proof.size() - 32, proof.size() - 1})
    rejected_bytes("truncated", Bytes(proof.begin(), proof.begin() + static_cast<long>(size)), "length");
  for (size_t more : {1u, 32u, 64u, 4096u}) {
    Bytes b = proof;
    b.resize(proof.size() + more);
    rejected_bytes("extended", b, "length");
  }
  Bytes twice = proof;
  append(twice, proof);
  rejected_bytes("twice", twice, "length");
  rejected_bytes("nothing but zeros", Bytes(proof.size(), 0));
}

// Slices of one honest proof inside another: both are valid, their splice is not.
TEST(ProofWords, SplicedProofs) {
  const Proven other = toy::prove(*honest().key, toy::program());
  ASSERT_EQ(other.proof.size(), honest().proven.proof.size());
  const Layout l = make_layout(honest().key->shape).value();
  const ProofSizes s = proof_sizes(honest().key->shape, l);
  size_t cut = 0;
  std::vector<size_t> cuts = {s.phase1, s.phase2};
  cuts.insert(cuts.end(), l.log_n, s.main_round);
  cuts.push_back(s.evaluations);
  cuts.insert(cuts.end(), l.log_n, s.reduction_round);
  cuts.push_back(s.finals);
  cuts.insert(cuts.end(), {64, 128, 128, 32 * zk::kOpeningValues, 64});
  for (size_t slice : cuts) {
    cut += slice;
    Proven mixed = honest().proven;
    std::copy(other.proof.begin() + static_cast<long>(cut), other.proof.end(), mixed.proof.begin() + static_cast<long>(cut));
    expect_rejected(honest().key->vk, mixed, "spliced at byte " + std::to_string(cut));
  }
}

}  // namespace
}  // namespace sotto
