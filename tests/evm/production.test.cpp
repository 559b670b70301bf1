// SPDX-License-Identifier: Apache-2.0
// The shipped judge in the contract: gas and size of a real proof. It takes minutes and gigabytes,
// so it runs on demand only (SOTTO_PRODUCTION=1); the toy tests cover the contract's behaviour,
// ./run demo the whole path.
#include <cstdlib>

#include "support/evm_verifier.h"
#include "support/toy.h"

namespace sotto {
namespace {

TEST(EvmProduction, ShippedJudgeWithinTheBudget) {
  if (!std::getenv("SOTTO_PRODUCTION"))
    GTEST_SKIP() << "SOTTO-SKIPPED: set SOTTO_PRODUCTION=1 for a proof of full size";
  EvmVerifier* evm = EvmVerifier::shared();
  if (!evm) GTEST_SKIP() << "SOTTO-SKIPPED";
  const judge::Network net = judge::read_judge(SOTTO_SOURCE_DIR "/judges/ear-20k.judge").value();
  const auto srs = std::make_shared<const zk::Srs>(
      zk::cached_development_srs(claim::required_log_size(net, 32).value()).value());
  const auto key = claim::make_proving_key(net, 32, srs).value();
  std::mt19937_64 random(1);
  const claim::Proven proven = toy::prove(*key, sound::random_program(random, 31));
  ASSERT_TRUE(claim::verify(key->vk, proven.statement, proven.proof).ok());
  EXPECT_TRUE(evm->accepts(key->vk, proven.statement, proven.proof)) << evm->failure();
  const uint64_t gas = evm->gas(key->vk, proven.statement, proven.proof);
  std::cout << "shipped judge, 32 slots: " << proven.proof.size() << " bytes, " << gas
            << " gas all-in\n";
  EXPECT_LE(gas, 1'600'000u);
  EXPECT_LE(proven.proof.size(), 20u * 1024);
}

}  // namespace
}  // namespace sotto
