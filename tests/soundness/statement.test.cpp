// SPDX-License-Identifier: Apache-2.0
// A proof belongs to one statement and one setup: copied, it is worth nothing; and who knows tau forges under that setup alone.
#include "support/attack_song.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace claim;

const forge::Start& start() { return forge::toy_start(); }
const VerifyingKey& vk() { return start().key->vk; }

TEST(Statement, CopiedProofIsWorthNothing) {
  const Proven honest = toy::prove(*start().key, start().program);
  expect_accepted(vk(), honest, "honest");
  using Change = std::function<void(ClaimStatement&)>;
  const std::pair<const char*, Change> changes[] = {
      {"another claimant", [](ClaimStatement& s) { s.beneficiary[19] ^= 1; }},
      {"another contest", [](ClaimStatement& s) { s.contest_id[31] ^= 1; }},
      {"another contest, high bits", [](ClaimStatement& s) { s.contest_id[0] ^= 0x80; }},
      {"another contract", [](ClaimStatement& s) { s.contract[0] ^= 1; }},
      {"another chain", [](ClaimStatement& s) { s.chain_id = 1; }},
      {"another judge", [](ClaimStatement& s) { s.judge_id[0] ^= 1; }},
      {"a greater score", [](ClaimStatement& s) { s.score++; }},
      {"a smaller score", [](ClaimStatement& s) { s.score--; }},
      {"the greatest score", [](ClaimStatement& s) { s.score = 0xffffffff; }},
      {"another song", [](ClaimStatement& s) { s.song_commitment[31] ^= 1; }},
      {"no song", [](ClaimStatement& s) { s.song_commitment = {}; }},
  };
  for (const auto& [what, change] : changes) {
    Proven copy = honest;
    change(copy.statement);
    expect_rejected(vk(), copy, what);
  }
}

// The song commitment of somebody else: absorbed as claimed, everything else honest (review S4).
TEST(Statement, ForeignSongCommitment) {
  const Proven other = toy::prove(*start().key, toy::program(9));
  expect_rejected(vk(), forge::forge(start(), {.statement = [&](ClaimStatement& s) { s.song_commitment = other.statement.song_commitment; }}),
                  "commitment of another song", "song commitment");
  // Two proofs of one song have different commitments: masks are fresh.
  const Proven again = toy::prove(*start().key, toy::program(9));
  EXPECT_NE(other.statement.song_commitment, again.statement.song_commitment);
}

// The score is 32 bits wide in the statement and enters the transcript as one 256-bit word (review S2).
TEST(Statement, ScoreIsOneCanonicalWord) {
  static_assert(std::is_same_v<decltype(ClaimStatement::score), uint32_t>);
  ClaimStatement s;
  s.score = 0xfedcba98;
  const Bytes words = transcript_statement(s);
  ASSERT_EQ(words.size(), 5u * 32);
  for (int i = 0; i < 28; i++) EXPECT_EQ(words[3 * 32 + i], 0);
  EXPECT_EQ(words[3 * 32 + 28], 0xfe);
  EXPECT_EQ(words[3 * 32 + 31], 0x98);
}

// A column of zeros has the commitment (0, 0): a point, if not a wise one. Both verifiers take it.
TEST(Statement, EmptyColumnIsAColumn) {
  const Proven proven = forge::forge(start(), {.phase1 = [](forge::Tables& t) { std::fill(t[kZ0].begin(), t[kZ0].end(), Fr::zero()); }});
  ASSERT_EQ(Bytes(proven.proof.begin() + 64 * kZ0, proven.proof.begin() + 64 * kZ0 + 64), Bytes(64, 0));
  expect_accepted(vk(), proven, "empty mask column");
}

TEST(Statement, AnotherSetup) {
  const judge::Network net = toy::network();
  const auto srs = std::make_shared<zk::Srs>(zk::make_development_srs(start().key->layout.log_n, "another ceremony"));
  const auto other = make_proving_key(net, 16, srs).value();
  const Proven proven = toy::prove(*other, start().program);
  expect_accepted(other->vk, proven, "its own setup");
  expect_rejected(vk(), proven, "another setup", "another judge");
  const forge::Start under_other = forge::make_start(other, start().program);
  Proven renamed = forge::forge(under_other, {.statement = [](ClaimStatement& s) { s.judge_id = vk().judge_id(); }});
  expect_rejected(vk(), renamed, "another setup, this judge's name");
  // The same powers, another [tau]_2 in the key.
  VerifyingKey mixed = vk();
  mixed.g2 = other->vk.g2;
  expect_rejected(mixed, forge::forge(start(), {.statement = [&](ClaimStatement& s) { s.judge_id = mixed.judge_id(); }}), "mixed key", "pairing");
}

// Knowing tau, one opens any commitment to any value: whatever the divisions leave is divisible by the numbers tau^B - alpha and tau - z.
// A score that the judge did not give is "proved" by answering the final evaluations freely (review S11).
TEST(Statement, WhoKnowsTauForgesUnderThatSetupOnly) {
  const Fr tau = zk::development_tau();
  auto trapdoor = [&](const forge::Start& s, const VerifyingKey& key) {
    return forge::forge(s, {.statement = [&](ClaimStatement& st) { st.judge_id = key.judge_id(); },
                            .score = [](uint32_t score) { return score + 1; },
                            .finals = [](std::vector<Fr>& f, const std::vector<Fr>& weights, const Fr& claim) {
                              Fr have;
                              for (size_t i = 0; i < f.size(); i++) have += f[i] * weights[i];
                              f[0] += (claim - have) * weights[0].inverse();  // F(x) is whatever the identity asks for
                            },
                            .open = [&](zk::ProverTranscript& t, std::vector<Fr> opened, zk::PointSpan x, const Fr& value) {
                              forge::open_with_trapdoor(t, *s.key->srs, std::move(opened), x, value, tau);
                            }});
  };
  const Proven forged = trapdoor(start(), vk());
  expect_accepted(vk(), forged, "the development setup's tau is public: that is why real contests refuse it");
  EXPECT_EQ(forged.statement.score, start().score + 1);
  VerifyingKey real = vk();
  real.g2 = zk::make_development_srs(4, "unknown tau").g2;
  EXPECT_TRUE(vk().development);
  expect_rejected(real, trapdoor(start(), real), "another tau", "pairing");
}

}  // namespace
}  // namespace sotto
