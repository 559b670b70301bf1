// SPDX-License-Identifier: Apache-2.0
// The real proof that the forge tests use (contracts/test/fixtures): of toy size, bound to the addresses that
// contracts/test/Verifier.t.sol sets up. It has to match the code of today; SOTTO_BLESS=1 makes it anew.
#include <gtest/gtest.h>

#include <cstdlib>

#include "claim/statement/transcript.h"
#include "support/toy.h"

namespace sotto {
namespace {

const std::string kFolder = SOTTO_SOURCE_DIR "/contracts/test/fixtures/";

// contest 0 of the prize contract at 0x11..11 on Arbitrum's chain id, for 0x22..22
claim::Target fixture_target() {
  claim::Target t = toy::target();
  t.contest_id = {};
  return t;
}

// abi.encode(score, songCommitment, digest)
Bytes encode_claim(const claim::ClaimStatement& s) {
  Bytes out;
  append(out, word_from_u64(s.score));
  append(out, s.song_commitment);
  append(out, claim::claim_digest(s));
  return out;
}

void bless() {
  const auto key = toy::key();
  claim::MaskSource masks({}, {});
  const claim::Proven proven = claim::prove_with(*key, toy::program(), fixture_target(), {}, masks, {}).value();
  ASSERT_TRUE(write_file_atomically(kFolder + "toy.key", key->vk.encode()).ok());
  ASSERT_TRUE(write_file_atomically(kFolder + "toy.proof", proven.proof).ok());
  ASSERT_TRUE(write_file_atomically(kFolder + "toy.claim", encode_claim(proven.statement)).ok());
}

TEST(ForgeFixture, IsAProofThatTheNativeVerifierAccepts) {
  if (std::getenv("SOTTO_BLESS")) bless();
  const auto key = claim::VerifyingKey::decode(read_file(kFolder + "toy.key").value()).value();
  const Bytes proof = read_file(kFolder + "toy.proof").value(), claim = read_file(kFolder + "toy.claim").value();
  EXPECT_EQ(key.encode(), toy::key()->vk.encode()) << "the toy judge has changed: run this test with SOTTO_BLESS=1";
  ASSERT_EQ(claim.size(), 96u);
  const claim::Target t = fixture_target();
  claim::ClaimStatement s{t.chain_id, t.contract, t.contest_id, key.judge_id(), 0, {}, t.beneficiary};
  s.score = static_cast<uint32_t>(claim[30] << 8 | claim[31]);
  std::copy(claim.begin() + 32, claim.begin() + 64, s.song_commitment.begin());
  EXPECT_EQ(encode_claim(s), claim);
  const Status verdict = claim::verify(key, s, proof);
  EXPECT_TRUE(verdict.ok()) << (verdict.ok() ? "" : verdict.error().message) << "; after a change of the protocol: SOTTO_BLESS=1";
}

}  // namespace
}  // namespace sotto
