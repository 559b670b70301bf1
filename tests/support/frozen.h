// SPDX-License-Identifier: Apache-2.0
// Forgeries by an attacker who knows the challenges of one honest proof beforehand. A verifier that answers with those
// challenges accepts them, so each lie is a real one; the live verifier absorbs the lie and draws others.
#pragma once
#include "support/attack_song.h"
#include "support/opening_forgeries.h"
#include "support/proof_map.h"
#include "support/verdict.h"

namespace sotto::forge {

// The challenges of one honest proof, and where each stage's begin.
struct Recorded {
  std::vector<Fr> all;
  size_t phase2, main, reduce, rounds2, kappa;
};
inline const Recorded& recorded() {
  static const Recorded one = [] {
    Recorded rec;
    const claim::Proven honest = forge(attack_start(), {});
    SOTTO_CHECK(verify_with(attack_start().key->vk, honest.statement, honest.proof, {.drawn = &rec.all}).ok());
    rec.kappa = rec.all.size() - kOpeningMessages - 1;
    rec.rounds2 = rec.kappa - layout().log_n, rec.reduce = rec.rounds2 - 2, rec.main = rec.reduce - layout().log_n;
    rec.phase2 = rec.main - (shape().source_bits + 2 + layout().log_n);
    return rec;
  }();
  return one;
}
inline const Fr& frozen(size_t i) { return recorded().all[i]; }

// first: index of the first challenge that depends on the changed item.
inline void expect_absorbed(const std::string& what, Plan plan, size_t first) {
  plan.frozen = recorded().all;
  const claim::Proven forged = forge(attack_start(), plan);
  const Status blind = verify_with(attack_start().key->vk, forged.statement, forged.proof, {.frozen = recorded().all});
  EXPECT_TRUE(blind.ok()) << what << ": the forgery itself is wrong: " << (blind.ok() ? "" : blind.error().message);
  expect_rejected(attack_start().key->vk, forged, what);
  std::vector<Fr> live;
  EXPECT_FALSE(verify_with(attack_start().key->vk, forged.statement, forged.proof, {.drawn = &live}).ok());
  ASSERT_GT(live.size(), first) << what;
  for (size_t i = 0; i < first; i++) ASSERT_EQ(live[i], frozen(i)) << what << ", challenge " << i;
  EXPECT_NE(live[first], frozen(first)) << what;
}

// The messages of a proof up to its opening.
inline std::vector<Message> messages_before_the_opening() {
  const ProofMap map(shape(), layout());
  std::vector<Message> messages;
  for (const ProofSlice& s : std::span(map.slices()).first(map.slices().size() - kOpeningMessages)) {
    const auto points = static_cast<size_t>(std::count_if(s.fields.begin(), s.fields.end(), [](const ProofField& f) { return f.point; }));
    messages.push_back({points, s.fields.size() - points});
  }
  return messages;
}
// A proof but for its opening; `plan` has no opening.
inline FalseClaim up_to_the_opening(Plan plan) {
  FalseClaim c;
  plan.open = [&](zk::ProverTranscript&, std::vector<Fr> opened, zk::PointSpan x, const Fr& value) {
    c.opened = std::move(opened), c.x.assign(x.begin(), x.end()), c.value = value;
  };
  const claim::Proven front = forge(attack_start(), plan);
  c.srs = attack_start().key->srs.get();
  c.transcript = [=] { return resumed(claim::transcript_statement(front.statement), front.proof, messages_before_the_opening()); };
  c.verify = [=](const Bytes& proof, const std::vector<Fr>& frozen, std::vector<Fr>* drawn) {
    return verify_with(attack_start().key->vk, front.statement, proof, {.frozen = frozen, .drawn = drawn});
  };
  c.rejected = [=](const Bytes& proof, const std::string& what) {
    expect_rejected(attack_start().key->vk, {proof, front.statement}, what, "pairing");
  };
  return c;
}
// A score that the judge did not give: everything is in order if F(x*) is what the last identity asks for, and it is not.
inline const FalseClaim& false_score() {
  static const FalseClaim one = up_to_the_opening({.score = [](uint32_t s) { return s + 1; },
                                                   .finals = [](std::vector<Fr>& f, const std::vector<Fr>& w, const Fr& claim) {
    f[0] += (claim - inner_product(f, w)) * w[0].inverse();
  }});
  return one;
}

}  // namespace sotto::forge
