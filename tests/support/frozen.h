// SPDX-License-Identifier: Apache-2.0
// Forgeries by an attacker who knows the challenges of one honest proof beforehand. A verifier that answers with those
// challenges accepts them, so each lie is a real one; the live verifier absorbs the lie and draws others.
#pragma once
#include "support/attack_song.h"
#include "support/verdict.h"

namespace sotto::forge {

// The challenges of one honest proof, and where each stage's begin.
struct Recorded {
  std::vector<Fr> all;
  size_t phase2, main, reduce, rounds2, kappa, r, nu, z;
};
inline const Recorded& recorded() {
  static const Recorded one = [] {
    Recorded rec;
    const claim::Proven honest = forge(attack_start(), {});
    SOTTO_CHECK(verify_with(attack_start().key->vk, honest.statement, honest.proof, {.drawn = &rec.all}).ok());
    rec.z = rec.all.size() - 1, rec.nu = rec.z - 1, rec.r = rec.z - 2, rec.kappa = rec.z - 3;
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

}  // namespace sotto::forge
