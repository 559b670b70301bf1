// SPDX-License-Identifier: Apache-2.0
// The verifier follows docs/protocol.md section by section; every check has a name, which is what a rejection reports.
#include "claim/verifier/verify.h"

#include "base/keccak.h"
#include "claim/statement/closed_form.h"
#include "claim/statement/constraint_sums.h"
#include "claim/statement/transcript.h"
#include "claim/verifier/checks.h"
#include "zk/commit/opening.h"
#include "zk/sumcheck/libra_mask.h"
#include "zk/sumcheck/rounds.h"

namespace sotto::claim {

using zk::G1Affine;
using zk::MsmTerm;
using zk::VerifierTranscript;

namespace {

Error reject(const char* check) { return rejected(std::string("proof rejected: ") + check); }

}  // namespace

// sum of everything that the verifier can evaluate itself, and the coefficients c_op of the flags (with E_vm).
DeferredCheck evaluate_relations(const Shape& s, const Layout& l, const Challenges& c, PointSpan u, std::span<const Fr> e,
                                 const Fr& table_out, std::span<const Fr> claims) {
  auto col = [&](unsigned column) { return e[evaluated_index(column)]; };
  const Fr one = Fr::one(), limb = Fr(uint64_t{1} << s.limb_bits), range = limb * limb;
  const Fr half_range = Fr(uint64_t{1} << (s.range_bits() - 1));
  const LookupChallenges<Fr> lookup = c.lookup();
  const Regions region = regions_at(s, l, c.tau, u);
  const Fr* alpha = c.alpha.data();

  DeferredCheck out;
  const ConstraintSums<Fr> sums = constraint_sums(RowConstants<Fr>{one, limb, range, half_range}, lookup, alpha, col);
  for (unsigned op = 0; op < sound::kOpCount; op++) out.c_op[op] = region.vm * sums.op[op];

  Fr known = region.vm * sums.vm + region.log * sums.judge.log + (region.log + region.conv + region.score) * sums.judge.range +
             region.conv * sums.judge.act + region.score * sums.judge.score;
  known += region.tables * alpha[kTermTables] * (col(kHT) * (c.gamma + table_at(s, l, c, u, table_out)) - col(kM));
  const Fr song = c.gamma + song_table_index_at(s, l, c, u) + lookup.beta[1] * col(kProg);
  known += region.song * alpha[kTermSongTable] * (col(kHT) * song - col(kM));
  known += region.boolean * alpha[kTermBoolean] * col(kProg) * (col(kProg) - one);
  known += region.forward * alpha[kTermForward] * col(kProg);

  const Weights weights = weights_at(s, l, c, u, claims);
  for (unsigned column = 0; column < kColumnCount; column++)
    if (column != kZ1) known += weights.linear[column] * col(column);
  known += weights.v1v2 * col(kV1) * col(kV2) + weights.d_squared * col(kD).square() + weights.out_squared * col(kOut).square();
  out.known = known;
  return out;
}

namespace {

// One verification. Every stage reads its slices of the proof, returns nullptr or the name of the check that failed, and
// leaves what later stages need.
class Verification {
 public:
  Verification(const VerifyingKey& key, const Layout& l, VerifierTranscript& t) : key_(key), s_(key.shape), l_(l), t_(t) {}

  const char* read_commitments(const ProofSizes& sizes) {
    if (!t_.open_slice(sizes.phase1) || !t_.next_points(kPhase1Count, commitments_)) return "phase-1 commitments";
    const auto mask_sum = t_.next_scalar();
    if (!mask_sum) return "mask sum";
    mask_sum_ = *mask_sum;
    draw_phase1(t_, s_, c);
    if (!t_.open_slice(sizes.phase2) || !t_.next_points(kPhase2Count, commitments_)) return "phase-2 commitments";
    draw_phase2(t_, s_, l_, c);
    return nullptr;
  }

  // The claim of the main sumcheck contains bias evaluations that come with a later slice, so it enters as an unknown: the final
  // value is affine in it, with slope prod_i u_i (the derivative of zk::next_claim in its claim is x).
  const char* run_main_sumcheck() {
    Point drawn;
    if (!zk::run_rounds(t_, l_.log_n, kDegree, rounds_value_, drawn)) return "main sumcheck";
    u_ = point_of_rounds(s_, drawn);
    return nullptr;
  }

  // Leaves remaining_ = <Prog, w_P> + rho <Z1, w_g>: what the identity at u says of the hidden flags and the mask.
  const char* read_evaluations(const ProofSizes& sizes, uint32_t score) {
    const size_t count = kEvaluatedColumns + 1 + claim_count(s_);
    if (!t_.open_slice(sizes.evaluations) || !t_.next_scalars(count, sent_)) return "evaluations";
    deferred_ = evaluate_relations(s_, l_, c, u_, std::span(sent_).first(kEvaluatedColumns), sent_[kEvaluatedColumns], claims());
    const Fr total = relation_constant(s_, l_, c, claims(), score) + c.rho * mask_sum_;
    Fr slope = Fr::one();
    for (const Fr& x : u_) slope *= x;
    remaining_ = rounds_value_ + slope * total - deferred_.known;
    return nullptr;
  }

  // Reduces all evaluations to one point x*:
  //   sum_j lambda^j e_j + mu remaining + sum_s mu^(2+s) claim_s
  //     = F(x*) eq(x*, u) + mu [Prog(x*) w_P(x*) + rho Z1(x*) w_g(x*)] + P(x*) sum_s mu^(2+s) eq(x*, point_s).
  const char* run_reduction(const ProofSizes& sizes) {
    lambda_ = t_.challenge();
    const Fr mu = t_.challenge(), mu2 = mu.square();
    Fr claim = mu * remaining_, power = Fr::one();
    for (unsigned i = 0; i <= kEvaluatedColumns; i++, power *= lambda_) claim += power * sent_[i];
    power = mu2;
    for (const Fr& v : claims()) claim += power * v, power *= mu;
    if (!zk::run_rounds(t_, l_.log_n, 2, claim, x_)) return "reduction sumcheck";
    if (!t_.open_slice(sizes.finals) || !t_.next_scalars(4, finals_)) return "final evaluations";
    Fr weight_p;
    power = mu2;
    for (const Point& point : claim_points(s_, l_, c, u_)) weight_p += power * zk::eq(x_, point), power *= mu;
    const Fr hidden = finals_[1] * program_weight_at(s_, u_, x_, deferred_.c_op) + c.rho * finals_[2] * zk::LibraMask::weight_at(u_, x_, kDegree);
    return finals_[0] * zk::eq(x_, u_) + mu * hidden + finals_[3] * weight_p == claim ? nullptr : "reduction identity";
  }

  // Opens F + kappa Prog + kappa^2 Z1 + kappa^3 P at x*.
  const char* check_one_opening() {
    const Fr kappa = t_.challenge(), kappa2 = kappa.square(), kappa3 = kappa2 * kappa;
    const Fr value = finals_[0] + kappa * finals_[1] + kappa2 * finals_[2] + kappa3 * finals_[3];
    std::vector<MsmTerm> terms;
    Fr power = Fr::one();
    for (unsigned column = 0; column < kColumnCount; column++) {
      if (column == kZ1) {
        terms.push_back({kappa2, commitments_[column]});
        continue;
      }
      terms.push_back({column == kProg ? power + kappa : power, commitments_[column]});
      power *= lambda_;
    }
    terms.push_back({power, key_.table_out});
    terms.push_back({kappa3, key_.weights});
    return zk::check_opening(t_, x_, value, std::move(terms), key_.g2);
  }

  Challenges c;

 private:
  std::span<const Fr> claims() const { return std::span(sent_).subspan(kEvaluatedColumns + 1); }

  const VerifyingKey& key_;
  const Shape& s_;
  const Layout& l_;
  VerifierTranscript& t_;
  std::vector<G1Affine> commitments_;
  Fr mask_sum_, rounds_value_, remaining_, lambda_;
  Point u_, x_;
  std::vector<Fr> sent_;    // e_j, Tout(u), claims
  std::vector<Fr> finals_;  // F, Prog, Z1, P at x*
  DeferredCheck deferred_;
};

Status run_checks(const VerifyingKey& key, const ClaimStatement& statement, ByteSpan proof, const VerifierHooks& hooks, VerifierTranscript& t) {
  SOTTO_TRY(const Layout layout, make_layout(key.shape));
  const ProofSizes sizes = proof_sizes(key.shape, layout);
  if (proof.size() != sizes.total) return reject("length");
  if (statement.judge_id != key.judge_id()) return reject("made for another judge");
  // The commitment to the program is column kProg of the first slice.
  if (statement.song_commitment != keccak256(proof.subspan(64 * kProg, 64))) return reject("song commitment");

  Verification v(key, layout, t);
  if (const char* failed = v.read_commitments(sizes)) return reject(failed);
  if (hooks.challenges) hooks.challenges(v.c);
  if (const char* failed = v.run_main_sumcheck()) return reject(failed);
  if (const char* failed = v.read_evaluations(sizes, statement.score)) return reject(failed);
  if (const char* failed = v.run_reduction(sizes)) return reject(failed);
  if (const char* failed = v.check_one_opening()) return reject(failed);
  return t.finished() ? ok_status() : Status(reject("trailing bytes"));
}

}  // namespace

Status verify_with(const VerifyingKey& key, const ClaimStatement& statement, ByteSpan proof, const VerifierHooks& hooks) {
  VerifierTranscript t(transcript_statement(statement), proof);
  t.freeze(hooks.frozen);
  Status verdict = run_checks(key, statement, proof, hooks, t);
  if (hooks.drawn) *hooks.drawn = t.drawn();
  return verdict;
}

Status verify(const VerifyingKey& key, const ClaimStatement& statement, ByteSpan proof) { return verify_with(key, statement, proof, {}); }

}  // namespace sotto::claim
