// SPDX-License-Identifier: Apache-2.0
// "I know an input on which the network of this key gives this output", and the order of a proof: what is absorbed,
// drawn and sent.
#pragma once
#include <string_view>

#include "base/bytes.h"
#include "claim/network/constraints.h"
#include "zk/commit/srs.h"

namespace sotto::claim::network {

inline constexpr std::string_view kNetworkTag = "SOTTO-NETWORK-V1", kKeyMagic = "SOTTO-NK-1";

// Bounds of the keys that are taken.
inline constexpr unsigned kMinLogN = 12, kMaxLogN = 24, kMaxOutputBits = 20, kMaxMaskedBits = 40, kMaxPoints = 256;
inline constexpr unsigned kMaxMatrices = 1 << 12, kMaxRelations = 1 << 12, kMaxTerms = 1 << 14;

struct VerifyingKey {
  Circuit circuit;
  bool development = false;               // made with a development setup
  std::vector<zk::G1Affine> commitments;  // of the public columns
  zk::PowersG2 g2;

  // 32-byte words, canonical; the content of a data contract.
  Bytes encode() const;
  static Result<VerifyingKey> decode(ByteSpan bytes);
  // keccak256(0x00 ++ encode()): the code hash of that contract.
  Bytes32 id() const;
};

struct Statement {
  Bytes32 key_id{};
  Bytes32 context{};            // whatever a proof is to be bound to: an address, a session, a digest
  std::vector<int64_t> output;  // row by row
};

// abi.encode(keccak("SOTTO-NETWORK-V1"), keyId, context, keccak(output as words)).
Bytes transcript_statement(const Statement& statement);
// The output as 32-byte words: field elements, negative numbers as r - |v|.
Bytes output_words(const std::vector<int64_t>& output);

struct Challenges {
  Fr gamma, beta, rho;
  Point point;            // early coordinates, then late ones
  std::vector<Fr> alpha;  // its powers
  Point tau;
};
template <class Transcript>
void draw_phase1(Transcript& t, const Circuit& circuit, Challenges& c) {
  c.gamma = t.challenge();
  c.beta = t.challenge();
  c.point = t.challenges(circuit.early);
}
template <class Transcript>
void draw_phase2(Transcript& t, const Circuit& circuit, Challenges& c) {
  for (unsigned i = 0; i < circuit.late; i++) c.point.push_back(t.challenge());
  const Fr alpha = t.challenge();
  c.alpha.assign(power_count(circuit), Fr::one());
  for (size_t i = 1; i < c.alpha.size(); i++) c.alpha[i] = c.alpha[i - 1] * alpha;
  c.tau = t.challenges(circuit.log_n);
  c.rho = t.challenge();
}

// Slices of a proof in bytes: phase-1 points and the mask sum; phase-2 points; each main round; evaluations of all
// columns but kZ1 and of the matrices; each reduction round; three final values; then the opening.
struct ProofSizes {
  size_t phase1, phase2, main_round, evaluations, reduction_round, finals, total;
};
ProofSizes proof_sizes(const Circuit& circuit);

// Index of a column among the evaluated ones: every column but kZ1.
constexpr unsigned evaluated_index(unsigned column) { return column < kZ1 ? column : column - 1; }
inline unsigned evaluated_columns(const Circuit& c) { return c.columns() - 1; }

// ---- Closed forms of the relations at a point

// Where the weight column is opened for each matrix factor of a relation, in order of relations and terms.
std::vector<Point> matrix_points(const Circuit& circuit, PointSpan point, PointSpan u);
// constant of the main sumcheck: sum_l alpha^l (constant_l + the output at the relation's point).
Fr relation_constant(const Circuit& circuit, const Challenges& c, const std::vector<int64_t>& output);
// What the main sumcheck's polynomial is at u, but for the mask: e are the evaluations, matrices those of
// matrix_points.
Fr polynomial_at(const Circuit& circuit, const Challenges& c, PointSpan u, std::span<const Fr> e,
                 std::span<const Fr> matrices);

}  // namespace sotto::claim::network
