// SPDX-License-Identifier: Apache-2.0
// Forgeries of network proofs by an attacker who knows the challenges of one honest proof beforehand (tests/support/frozen.h has
// the song's). With all challenges fixed a word of a proof can be changed without changing those behind it.
#pragma once
#include "support/network_toy.h"
#include "support/opening_forgeries.h"

namespace sotto::network_attack {

// Where a proof's slices begin, and how many challenges each is followed by.
struct ProofOffsets {
  ProofSizes sizes;
  size_t mask_sum, rounds, evaluations, reduction, finals, opening;
  explicit ProofOffsets(const Circuit& c) : sizes(proof_sizes(c)) {
    mask_sum = sizes.phase1 - 32, rounds = sizes.phase1 + sizes.phase2, evaluations = rounds + c.log_n * sizes.main_round;
    reduction = evaluations + sizes.evaluations, finals = reduction + c.log_n * sizes.reduction_round, opening = finals + sizes.finals;
  }
};
struct Slice {
  size_t bytes, challenges;
};
// The order of a proof: what is absorbed at once, and what is drawn then.
inline std::vector<Slice> proof_slices(const Circuit& c) {
  const ProofSizes p = proof_sizes(c);
  std::vector<Slice> out = {{p.phase1, 2u + c.early}, {p.phase2, c.late + 2u + c.log_n}};
  out.insert(out.end(), c.log_n, {p.main_round, 1});
  out.push_back({p.evaluations, 2});
  out.insert(out.end(), c.log_n, {p.reduction_round, 1});
  out.push_back({p.finals, 1});
  out.insert(out.end(), {{64, 1}, {2 * 64, 1}, {2 * 64, 1}, {32 * zk::kOpeningValues, 1}, {64, 1}, {64, 1}});
  return out;
}

// Answers with recorded challenges.
struct Replay {
  std::span<const Fr> next;
  Fr challenge() {
    const Fr v = next.front();
    next = next.subspan(1);
    return v;
  }
  Point challenges(size_t n) {
    Point p(n);
    for (Fr& x : p) x = challenge();
    return p;
  }
};

class Recorded {
 public:
  const Subject& s;
  Proven honest;
  ProverState state;
  std::vector<Fr> all;
  // Index of the first challenge of each stage; main and rounds2 have one a round, lambda and mu begin at reduce.
  size_t phase2, main, reduce, rounds2, kappa, alpha, gamma, zeta, nu, z, delta;
  Challenges challenges;
  Point u, x;
  ProofOffsets at;

  explicit Recorded(const Subject& subject) : s(subject), at(subject.circuit()) {
    Plan plan = honest_plan(s);
    plan.phase2 = [&](ProverState& st) { state = st; };
    honest = prove_plan(s, plan);
    SOTTO_CHECK(verify_with(s.key->vk, honest.statement, honest.proof, {.drawn = &all}).ok());
    number();
  }
  // Any proof, made by `from` under these challenges.
  Recorded(const Subject& subject, Proven proven, ProverState from, std::vector<Fr> challenges_of_it)
      : s(subject), honest(std::move(proven)), state(std::move(from)), all(std::move(challenges_of_it)), at(subject.circuit()) {
    number();
  }
  Fr word(size_t offset) const { return *Fr::from_bytes(ByteSpan(honest.proof).subspan(offset).first<32>()); }

 private:
  void number() {
    const Circuit& c = s.circuit();
    phase2 = 2u + c.early, main = phase2 + c.late + 2u + c.log_n, reduce = main + c.log_n, rounds2 = reduce + 2;
    kappa = rounds2 + c.log_n, alpha = kappa + 1, gamma = alpha + 1, zeta = gamma + 1, nu = zeta + 1;
    z = nu + 1, delta = z + 1;
    SOTTO_CHECK(all.size() == delta + 1);
    Replay replay{all};
    draw_phase1(replay, c, challenges), draw_phase2(replay, c, challenges);
    u = replay.challenges(c.log_n), replay.next = std::span(all).subspan(rounds2), x = replay.challenges(c.log_n);
  }
};

inline void add_to_word(Bytes& proof, size_t offset, const Fr& v) {
  const Fr now = *Fr::from_bytes(ByteSpan(proof).subspan(offset).first<32>());
  const auto bytes = (now + v).to_bytes();
  std::copy(bytes.begin(), bytes.end(), proof.begin() + static_cast<ptrdiff_t>(offset));
}

// first: index of the first challenge that depends on what was changed.
inline void expect_absorbed(const Recorded& rec, const std::string& what, const Proven& forged, size_t first,
                            const VerifyingKey* other_key = nullptr) {
  const VerifyingKey& key = other_key ? *other_key : rec.s.key->vk;
  const Status blind = verify_with(key, forged.statement, forged.proof, {.frozen = rec.all});
  EXPECT_TRUE(blind.ok()) << what << ": the forgery itself is wrong: " << (blind.ok() ? "" : blind.error().message);
  EXPECT_FALSE(verify(key, forged.statement, forged.proof).ok()) << what;
  std::vector<Fr> live;
  EXPECT_FALSE(verify_with(key, forged.statement, forged.proof, {.drawn = &live}).ok()) << what;
  ASSERT_GT(live.size(), first) << what;
  for (size_t i = 0; i < first; i++) ASSERT_EQ(live[i], rec.all[i]) << what << ", challenge " << i;
  EXPECT_NE(live[first], rec.all[first]) << what;
}
inline void expect_absorbed(const Recorded& rec, const std::string& what, size_t first, const std::function<void(Bytes&)>& change) {
  Proven forged = rec.honest;
  change(forged.proof);
  expect_absorbed(rec, what, forged, first);
}

// The messages of a proof up to its opening.
inline std::vector<forge::Message> messages_before_the_opening(const Circuit& c) {
  const ProofSizes p = proof_sizes(c);
  std::vector<forge::Message> out = {{kPhase1Columns, 1}, {p.phase2 / 64, 0}};
  out.insert(out.end(), c.log_n, {0, p.main_round / 32});
  out.push_back({0, p.evaluations / 32});
  out.insert(out.end(), c.log_n, {0, p.reduction_round / 32});
  out.push_back({0, p.finals / 32});
  return out;
}
// The recorded proof up to its opening, with F, Z1, P at x* changed by `lie`.
inline forge::FalseClaim up_to_the_opening(const Recorded& rec, const std::array<Fr, 3>& lie) {
  forge::FalseClaim c;
  Bytes front(rec.honest.proof.begin(), rec.honest.proof.begin() + static_cast<ptrdiff_t>(rec.at.opening));
  Fr finals[3];
  for (size_t i = 0; i < 3; i++) finals[i] = rec.word(rec.at.finals + 32 * i) + lie[i], add_to_word(front, rec.at.finals + 32 * i, lie[i]);
  const Statement statement = rec.honest.statement;
  c.transcript = [=, &rec] { return forge::resumed(transcript_statement(statement), front, messages_before_the_opening(rec.s.circuit())); };
  const Fr kappa = c.transcript().challenge();
  c.srs = rec.s.key->srs.get(), c.x = rec.x, c.value = zk::horner(finals, kappa);
  c.opened = combine_columns(rec.state, rec.all[rec.reduce]);
  forge::add_to(c.opened, kappa, rec.state.z1), forge::add_to(c.opened, kappa.square(), rec.s.key->weights);
  c.verify = [=, &rec](const Bytes& proof, const std::vector<Fr>& frozen, std::vector<Fr>* drawn) {
    return verify_with(rec.s.key->vk, statement, proof, {.frozen = frozen, .drawn = drawn});
  };
  c.rejected = [=, &rec](const Bytes& proof, const std::string& what) {
    const Status s = verify(rec.s.key->vk, statement, proof);
    const std::string verdict = s.ok() ? "accepted" : s.error().message;
    EXPECT_NE(verdict.find("pairing"), std::string::npos) << what << ": " << verdict;
  };
  return c;
}

}  // namespace sotto::network_attack
