// SPDX-License-Identifier: Apache-2.0
// The verifier follows docs/network-proof.md; every check has a name, which is what a rejection reports.
#include "claim/network/verify.h"

#include "zk/commit/opening.h"
#include "zk/sumcheck/libra_mask.h"
#include "zk/sumcheck/rounds.h"

namespace sotto::claim::network {

using zk::G1Affine;
using zk::VerifierTranscript;

namespace {

Error reject(const char* check) { return rejected(std::string("proof rejected: ") + check); }

// One verification. Every stage reads its slices of the proof, returns nullptr or the name of the check that failed,
// and leaves what later stages need.
class Verification {
 public:
  Verification(const VerifyingKey& key, VerifierTranscript& t)
      : key_(key), circuit_(key.circuit), t_(t), sizes_(proof_sizes(circuit_)) {}

  const char* read_commitments() {
    if (!t_.open_slice(sizes_.phase1) || !t_.next_points(kPhase1Columns, commitments_)) return "phase-1 commitments";
    const auto mask_sum = t_.next_scalar();
    if (!mask_sum) return "mask sum";
    mask_sum_ = *mask_sum;
    draw_phase1(t_, circuit_, c);
    if (!t_.open_slice(sizes_.phase2) || !t_.next_points(kPhase2Columns, commitments_)) return "phase-2 commitments";
    draw_phase2(t_, circuit_, c);
    return nullptr;
  }

  const char* run_main_sumcheck(const std::vector<int64_t>& output) {
    claim_ = relation_constant(circuit_, c, output) + c.rho * mask_sum_;
    return zk::run_rounds(t_, circuit_.log_n, kDegree, claim_, u_) ? nullptr : "main sumcheck";
  }

  // Leaves claim_ = rho <Z1, w_g>: what the identity at u says of the mask.
  const char* read_evaluations() {
    if (!t_.open_slice(sizes_.evaluations) || !t_.next_scalars(sizes_.evaluations / 32, sent_)) return "evaluations";
    claim_ -= polynomial_at(circuit_, c, u_, columns(), matrices());
    return nullptr;
  }

  // Reduces all evaluations to one point x*:
  //   sum_j lambda^j e_j + mu claim + sum_s mu^(2+s) matrix_s
  //     = F(x*) eq(x*, u) + mu rho Z1(x*) w_g(x*) + P(x*) sum_s mu^(2+s) eq(x*, point_s).
  const char* run_reduction() {
    lambda_ = t_.challenge();
    const Fr mu = t_.challenge(), mu2 = mu.square();
    Fr claim = mu * claim_, power = Fr::one();
    for (const Fr& e : columns()) claim += power * e, power *= lambda_;
    power = mu2;
    for (const Fr& v : matrices()) claim += power * v, power *= mu;
    if (!zk::run_rounds(t_, circuit_.log_n, 2, claim, x_)) return "reduction sumcheck";
    if (!t_.open_slice(sizes_.finals) || !t_.next_scalars(3, finals_)) return "final evaluations";
    Fr weight_p;
    power = mu2;
    for (const Point& p : matrix_points(circuit_, c.point, u_)) weight_p += power * zk::eq(x_, p), power *= mu;
    const Fr mask = mu * c.rho * finals_[1] * zk::LibraMask::weight_at(u_, x_, kDegree);
    return finals_[0] * zk::eq(x_, u_) + mask + finals_[2] * weight_p == claim ? nullptr : "reduction identity";
  }

  // Opens F + kappa Z1 + kappa^2 P at x*.
  const char* check_one_opening() {
    const Fr kappa = t_.challenge(), kappa2 = kappa.square();
    std::vector<zk::MsmTerm> terms;
    Fr power = Fr::one();
    for (unsigned column = 0; column < circuit_.columns(); column++) {
      const G1Affine& point =
          column < kWitnessColumns ? commitments_[column] : key_.commitments[column - kWitnessColumns];
      if (column == kZ1) {
        terms.push_back({kappa, point});
        continue;
      }
      terms.push_back({column == kWeights ? power + kappa2 : power, point});
      power *= lambda_;
    }
    const Fr value = finals_[0] + kappa * finals_[1] + kappa2 * finals_[2];
    return zk::check_opening(t_, x_, value, std::move(terms), key_.g2);
  }

  Challenges c;

 private:
  std::span<const Fr> columns() const { return std::span(sent_).first(evaluated_columns(circuit_)); }
  std::span<const Fr> matrices() const { return std::span(sent_).subspan(evaluated_columns(circuit_)); }

  const VerifyingKey& key_;
  const Circuit& circuit_;
  VerifierTranscript& t_;
  ProofSizes sizes_;
  std::vector<G1Affine> commitments_;
  Fr mask_sum_, claim_, lambda_;
  Point u_, x_;
  std::vector<Fr> sent_, finals_;  // e_j and matrices; F, Z1, P at x*
};

Status run_checks(const VerifyingKey& key, const Statement& statement, ByteSpan proof, const VerifierHooks& hooks,
                  VerifierTranscript& t) {
  if (proof.size() != proof_sizes(key.circuit).total) return reject("length");
  if (statement.key_id != key.id()) return reject("made for another network");
  if (statement.output.size() != key.circuit.outputs()) return reject("an output of another size");
  Verification v(key, t);
  if (const char* failed = v.read_commitments()) return reject(failed);
  if (hooks.challenges) hooks.challenges(v.c);
  if (const char* failed = v.run_main_sumcheck(statement.output)) return reject(failed);
  if (const char* failed = v.read_evaluations()) return reject(failed);
  if (const char* failed = v.run_reduction()) return reject(failed);
  if (const char* failed = v.check_one_opening()) return reject(failed);
  return t.finished() ? ok_status() : Status(reject("trailing bytes"));
}

}  // namespace

Status verify_with(const VerifyingKey& key, const Statement& statement, ByteSpan proof, const VerifierHooks& hooks) {
  VerifierTranscript t(transcript_statement(statement), proof);
  t.freeze(hooks.frozen);
  Status verdict = run_checks(key, statement, proof, hooks, t);
  if (hooks.drawn) *hooks.drawn = t.drawn();
  return verdict;
}

Status verify(const VerifyingKey& key, const Statement& statement, ByteSpan proof) {
  return verify_with(key, statement, proof, {});
}

}  // namespace sotto::claim::network
