// SPDX-License-Identifier: Apache-2.0
// Fiat-Shamir over Keccak-256 with the proof absorbed by position.
//   S_0 = keccak(statement words);   absorb: S <- keccak(S || slice);   challenge i since the last absorb: keccak(S || uint32 i) mod r
// A challenge input has 36 bytes and an absorb input at least 64, so neither can pass for the other. The state with
// challenges is only reached by binding the statement, and every slice of the proof is absorbed as a whole: nothing that
// the verifier reads can stay unabsorbed.
#pragma once
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "zk/curve/g1.h"
#include "zk/poly/multilinear.h"

namespace sotto::zk {

class Sponge {
 public:
  explicit Sponge(ByteSpan statement);
  void absorb(ByteSpan slice);  // at least 32 bytes
  Fr challenge();
  Point challenges(size_t n);
  const Bytes32& state() const { return state_; }

 private:
  Bytes32 state_;
  uint32_t counter_ = 0;
};

// Prover side: send() appends to the current slice, seal() absorbs it.
class ProverTranscript {
 public:
  explicit ProverTranscript(ByteSpan statement) : sponge_(statement) {}
  void send(const Fr& v);
  void send(const G1Affine& p);
  void send(std::span<const Fr> v);
  void seal();
  Fr challenge() { return replay_ ? replay_next() : sponge_.challenge(); }
  Point challenges(size_t n);
  Bytes take_proof() && { return std::move(proof_); }
  const Bytes& proof() const { return proof_; }
  // For attack tests only: answers with recorded challenges instead of the sponge's.
  void freeze(std::vector<Fr> recorded) { replay_ = std::move(recorded); }

 private:
  Fr replay_next();
  Sponge sponge_;
  Bytes proof_;
  size_t sealed_ = 0;
  std::optional<std::vector<Fr>> replay_;
  size_t replay_position_ = 0;
};

// Verifier side: open_slice(bytes) absorbs the next bytes of the proof, then next_*() parses them. A failed parse is
// remembered in ok(); finish() tells whether every byte was used.
class VerifierTranscript {
 public:
  VerifierTranscript(ByteSpan statement, ByteSpan proof) : sponge_(statement), proof_(proof) {}
  bool open_slice(size_t bytes);  // false: the proof is too short
  std::optional<Fr> next_scalar();
  std::optional<G1Affine> next_point();
  bool next_scalars(size_t n, std::vector<Fr>& out);
  bool next_points(size_t n, std::vector<G1Affine>& out);
  Fr challenge();
  Point challenges(size_t n);
  bool finished() const { return position_ == proof_.size() && slice_end_ == position_; }
  // Every challenge drawn so far, in order (attack tests replay them).
  const std::vector<Fr>& drawn() const { return drawn_; }
  // For attack tests only: answers with recorded challenges; drawn() still tells the sponge's.
  void freeze(std::vector<Fr> recorded) { replay_ = std::move(recorded); }

 private:
  Sponge sponge_;
  ByteSpan proof_;
  size_t position_ = 0, slice_end_ = 0;
  std::vector<Fr> drawn_, replay_;
};

}  // namespace sotto::zk
