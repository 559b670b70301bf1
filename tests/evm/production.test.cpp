// SPDX-License-Identifier: Apache-2.0
// The shipped judge at full size: a song that fills 32 slots is proved, both verifiers accept, score, gas and sizes hold.
#include "sound/bytebeat/render.h"
#include "support/evm_verifier.h"
#include "support/toy.h"

namespace sotto {
namespace {

TEST(EvmProduction, ShippedJudgeWithinTheBudget) {
  EvmVerifier* evm = EvmVerifier::shared();
  if (!evm) GTEST_SKIP() << "SOTTO-SKIPPED";
  const judge::Network net = judge::read_judge(SOTTO_SOURCE_DIR "/judges/ear-20k.judge").value();
  const auto srs = std::make_shared<const zk::Srs>(
      zk::cached_development_srs(claim::required_log_size(net, 32).value()).value());
  const auto key = claim::make_proving_key(net, 32, srs).value();
  std::mt19937_64 random(1);
  const sound::Program song = sound::random_program(random, 31);
  const claim::Proven proven = toy::prove(*key, song);
  EXPECT_EQ(proven.statement.score, judge::score(net, sound::render(song)));
  ASSERT_TRUE(claim::verify(key->vk, proven.statement, proven.proof).ok());
  EXPECT_TRUE(evm->accepts(key->vk, proven.statement, proven.proof)) << evm->failure();
  const uint64_t gas = evm->gas(key->vk, proven.statement, proven.proof);
  std::cout << "shipped judge, 32 slots: " << proven.proof.size() << " bytes, " << gas
            << " gas all-in\n";
  EXPECT_LE(gas, 1'600'000u);
  EXPECT_LE(proven.proof.size(), 20u * 1024);
  EXPECT_LE(evm->code_size(), 24'576u);
}

}  // namespace
}  // namespace sotto
