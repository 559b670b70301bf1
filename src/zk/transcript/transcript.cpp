// SPDX-License-Identifier: Apache-2.0
#include "zk/transcript/transcript.h"

#include <cstring>

#include "base/check.h"
#include "base/keccak.h"

namespace sotto::zk {

Sponge::Sponge(ByteSpan statement) : state_(keccak256(statement)) {}

void Sponge::absorb(ByteSpan slice) {
  SOTTO_CHECK(slice.size() >= 32);
  Bytes input(state_.begin(), state_.end());
  append(input, slice);
  state_ = keccak256(input);
  counter_ = 0;
}

Fr Sponge::challenge() {
  uint8_t input[36];
  std::memcpy(input, state_.data(), 32);
  for (int i = 0; i < 4; i++) input[32 + i] = static_cast<uint8_t>(counter_ >> (24 - 8 * i));
  SOTTO_CHECK(++counter_ != 0);
  const Bytes32 digest = keccak256(input);
  return Fr::from_bytes_reduced(digest);
}

Point Sponge::challenges(size_t n) {
  Point p(n);
  for (auto& x : p) x = challenge();
  return p;
}

void ProverTranscript::send(const Fr& v) { append(proof_, v.to_bytes()); }
void ProverTranscript::send(const G1Affine& p) { append(proof_, p.to_bytes()); }
void ProverTranscript::send(std::span<const Fr> v) {
  for (const Fr& x : v) send(x);
}
void ProverTranscript::seal() {
  sponge_.absorb(ByteSpan(proof_).subspan(sealed_));
  sealed_ = proof_.size();
}
Fr ProverTranscript::replay_next() {
  SOTTO_CHECK(replay_position_ < replay_->size());
  return (*replay_)[replay_position_++];
}
Point ProverTranscript::challenges(size_t n) {
  Point p(n);
  for (auto& x : p) x = challenge();
  return p;
}

bool VerifierTranscript::open_slice(size_t bytes) {
  if (position_ != slice_end_ || bytes > proof_.size() - position_ || bytes < 32) return false;
  sponge_.absorb(proof_.subspan(position_, bytes));
  slice_end_ = position_ + bytes;
  return true;
}
std::optional<Fr> VerifierTranscript::next_scalar() {
  if (slice_end_ - position_ < 32) return std::nullopt;
  const auto v = Fr::from_bytes(proof_.subspan(position_).first<32>());
  position_ += 32;
  return v;
}
std::optional<G1Affine> VerifierTranscript::next_point() {
  if (slice_end_ - position_ < 64) return std::nullopt;
  const auto p = G1Affine::from_bytes(proof_.subspan(position_).first<64>());
  position_ += 64;
  return p;
}
bool VerifierTranscript::next_scalars(size_t n, std::vector<Fr>& out) {
  for (size_t i = 0; i < n; i++) {
    const auto v = next_scalar();
    if (!v) return false;
    out.push_back(*v);
  }
  return true;
}
bool VerifierTranscript::next_points(size_t n, std::vector<G1Affine>& out) {
  for (size_t i = 0; i < n; i++) {
    const auto p = next_point();
    if (!p) return false;
    out.push_back(*p);
  }
  return true;
}
Fr VerifierTranscript::challenge() {
  drawn_.push_back(sponge_.challenge());
  return drawn_.size() <= replay_.size() ? replay_[drawn_.size() - 1] : drawn_.back();
}
Point VerifierTranscript::challenges(size_t n) {
  Point p(n);
  for (auto& x : p) x = challenge();
  return p;
}

}  // namespace sotto::zk
