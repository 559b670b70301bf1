// SPDX-License-Identifier: Apache-2.0
// The verifier follows docs/protocol.md section by section; every check has a name, which is what a rejection reports.
#include "claim/verifier/verify.h"

#include "base/keccak.h"
#include "claim/statement/closed_form.h"
#include "claim/statement/constraint_sums.h"
#include "claim/statement/transcript.h"
#include "claim/verifier/checks.h"
#include "zk/commit/opening.h"

namespace sotto::claim {

using zk::G1Affine;
using zk::MsmTerm;
using zk::VerifierTranscript;

namespace {

Error reject(const char* check) { return rejected(std::string("proof rejected: ") + check); }

// Value of a round polynomial at x; sent are all coefficients but the linear one, which follows from s(0) + s(1) = claim.
Fr next_claim(std::span<const Fr> sent, const Fr& claim, const Fr& x) {
  Fr linear = claim - sent[0] - sent[0];
  for (size_t i = 1; i < sent.size(); i++) linear -= sent[i];
  Fr v;
  for (size_t i = sent.size(); i-- > 1;) v = v * x + sent[i];
  return (v * x + linear) * x + sent[0];
}

// Reads `rounds` round polynomials of `sent` scalars each; appends the challenges to `point` and leaves the final claim.
bool run_rounds(VerifierTranscript& t, unsigned rounds, unsigned sent, Fr& claim, Point& point) {
  for (unsigned i = 0; i < rounds; i++) {
    std::vector<Fr> c;
    if (!t.open_slice(32 * sent) || !t.next_scalars(sent, c)) return false;
    point.push_back(t.challenge());
    claim = next_claim(c, claim, point.back());
  }
  return true;
}

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

  Fr known = region.vm * sums.vm + region.log * sums.log + (region.log + region.conv + region.score) * sums.range +
             region.conv * sums.act + region.score * sums.score;
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

Status run_checks(const VerifyingKey& key, const ClaimStatement& statement, ByteSpan proof, const VerifierHooks& hooks, VerifierTranscript& t) {
  const Shape& s = key.shape;
  SOTTO_TRY(const Layout l, make_layout(s));
  const ProofSizes sizes = proof_sizes(s, l);
  if (proof.size() != sizes.total) return reject("length");
  if (statement.judge_id != key.judge_id()) return reject("made for another judge");
  // The commitment to the program is column kProg of the first slice.
  if (statement.song_commitment != keccak256(proof.subspan(64 * kProg, 64))) return reject("song commitment");

  Challenges c;
  std::vector<G1Affine> commitments;
  if (!t.open_slice(sizes.phase1) || !t.next_points(kPhase1Count, commitments)) return reject("phase-1 commitments");
  const auto mask_sum = t.next_scalar();
  if (!mask_sum) return reject("mask sum");
  draw_phase1(t, s, c);
  if (!t.open_slice(sizes.phase2) || !t.next_points(kPhase2Count, commitments)) return reject("phase-2 commitments");
  draw_phase2(t, s, l, c);
  if (hooks.challenges) hooks.challenges(c);

  // Main sumcheck. Its claim contains bias evaluations that come with slice 4, so the claim enters as an unknown constant:
  // the final value is affine in it, with the slope prod_i (derivative of next_claim in claim) = prod_i u_i.
  Fr rounds_value;
  Point u;
  if (!run_rounds(t, l.log_n, kDegree, rounds_value, u)) return reject("main sumcheck");
  Fr slope = Fr::one();
  for (const Fr& x : u) slope *= x;

  std::vector<Fr> sent;
  if (!t.open_slice(sizes.evaluations) || !t.next_scalars(kEvaluatedColumns + 1 + claim_count(s), sent)) return reject("evaluations");
  const std::span<const Fr> e(sent.data(), kEvaluatedColumns), claims(sent.data() + kEvaluatedColumns + 1, claim_count(s));
  const Fr table_out = sent[kEvaluatedColumns];
  const DeferredCheck deferred = evaluate_relations(s, l, c, u, e, table_out, claims);
  const Fr total = relation_constant(s, l, c, claims, statement.score) + c.rho * *mask_sum;
  const Fr remaining = rounds_value + slope * total - deferred.known;  // = <Prog, w_P> + rho <Z1, w_g>

  // Reduction of all evaluations to one point.
  const Fr lambda = t.challenge(), mu = t.challenge();
  Fr claim, power = Fr::one();
  for (unsigned i = 0; i <= kEvaluatedColumns; i++, power *= lambda) claim += power * sent[i];
  claim += mu * remaining;
  const Fr mu2 = mu.square();
  power = mu2;
  for (const Fr& v : claims) claim += power * v, power *= mu;
  Point x;
  if (!run_rounds(t, l.log_n, 2, claim, x)) return reject("reduction sumcheck");
  std::vector<Fr> finals;  // F, Prog, Z1, P at x
  if (!t.open_slice(sizes.finals) || !t.next_scalars(4, finals)) return reject("final evaluations");
  Fr weight_p;
  power = mu2;
  for (const Point& point : claim_points(s, l, c, u)) weight_p += power * zk::eq(x, point), power *= mu;
  const Fr reduced = finals[0] * zk::eq(x, u) + mu * finals[1] * program_weight_at(s, u, x, deferred.c_op) +
                     mu * c.rho * finals[2] * mask_weight_at(l, u, x) + finals[3] * weight_p;
  if (reduced != claim) return reject("reduction identity");

  // Opening of F + kappa Prog + kappa^2 Z1 + kappa^3 P at x.
  const Fr kappa = t.challenge(), kappa2 = kappa.square(), kappa3 = kappa2 * kappa;
  const Fr value = finals[0] + kappa * finals[1] + kappa2 * finals[2] + kappa3 * finals[3];
  std::vector<MsmTerm> terms;
  power = Fr::one();
  for (unsigned column = 0; column < kColumnCount; column++) {
    if (column == kZ1) {
      terms.push_back({kappa2, commitments[column]});
      continue;
    }
    terms.push_back({column == kProg ? power + kappa : power, commitments[column]});
    power *= lambda;
  }
  terms.push_back({power, key.table_out});
  terms.push_back({kappa3, key.weights});
  if (const char* failed = zk::check_opening(t, l.log_n, x, value, std::move(terms), key.tau_g2)) return reject(failed);
  if (!t.finished()) return reject("trailing bytes");
  return ok_status();
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
