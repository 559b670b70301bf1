// SPDX-License-Identifier: Apache-2.0
// The shipped judge at full size: a song that fills 32 slots is proved, both verifiers accept, score, gas and sizes
// hold. docs/gas.md has a table of what the contract's gas is spent on; it is made here (SOTTO_BLESS=1) and compared
// here.
#include <cstdlib>

#include "sound/bytebeat/render.h"
#include "support/corpus.h"
#include "support/gas_parts.h"

namespace sotto {
namespace {

class EvmProduction : public testing::Test {
 protected:
  void SetUp() override {
    evm_ = EvmVerifier::shared();
    if (!evm_) GTEST_SKIP() << "SOTTO-SKIPPED";
    if (key_) return;
    net_ = judge::read_judge(SOTTO_SOURCE_DIR "/judges/ear-quartet.judge").value();
    const auto srs =
        std::make_shared<const zk::Srs>(zk::cached_development_srs(claim::required_log_size(net_, 32).value()).value());
    key_ = claim::make_proving_key(net_, 32, srs).value();
    std::mt19937_64 random(1);
    song_ = sound::random_program(random, 31);
    proven_ = corpus::prove(*key_, song_, 1);
  }
  static inline judge::Network net_;
  static inline sound::Program song_;
  static inline corpus::Key key_;
  static inline claim::Proven proven_;
  EvmVerifier* evm_ = nullptr;
};

TEST_F(EvmProduction, ShippedJudgeWithinTheBudget) {
  EXPECT_EQ(proven_.statement.score, judge::score(net_, sound::render(song_)));
  ASSERT_TRUE(claim::verify(key_->vk, proven_.statement, proven_.proof).ok());
  EXPECT_TRUE(evm_->accepts(key_->vk, proven_.statement, proven_.proof)) << evm_->failure();
  const uint64_t gas = evm_->gas(key_->vk, proven_.statement, proven_.proof);
  std::cout << "shipped judge, 32 slots: " << proven_.proof.size() << " bytes, " << gas << " gas all-in\n";
  EXPECT_LE(gas, 1'000'000u);  // for every byte of the calldata that happens to be zero, 12 less
  EXPECT_LE(proven_.proof.size(), 14u * 1024);
  EXPECT_LE(evm_->code_size(), 16'384u);
}

// A judge of three layers instead of five: every further layer costs gas.
TEST_F(EvmProduction, FewerLayersCostLess) {
  const judge::Network net = judge::read_judge(SOTTO_SOURCE_DIR "/judges/ear-20k.judge").value();
  const auto key = claim::make_proving_key(net, 32, key_->srs).value();
  const claim::Proven proven = claim::prove(*key, song_, toy::target()).value();
  EXPECT_EQ(proven.statement.score, judge::score(net, sound::render(song_)));
  EXPECT_TRUE(evm_->accepts(key->vk, proven.statement, proven.proof)) << evm_->failure();
  const uint64_t gas = evm_->gas(key->vk, proven.statement, proven.proof);
  std::cout << "three layers, 32 slots: " << proven.proof.size() << " bytes, " << gas << " gas all-in\n";
  EXPECT_LE(gas, 970'000u);
}

// Masks come from a fixed seed, so the table is the same on every machine.
TEST_F(EvmProduction, GasByPartIsWhatThePageSays) {
  const GasParts parts = gas_parts(*evm_, *key_, proven_);
  const std::string table = gas_table(parts);
  std::cout << table;
  const std::string file = SOTTO_SOURCE_DIR "/docs/gas.md", begin = "<!-- table -->\n",
                    end = "<!-- end of the table -->";
  const Bytes bytes = read_file(file).value();
  std::string page(bytes.begin(), bytes.end());
  const size_t from = page.find(begin) + begin.size(), to = page.find(end);
  ASSERT_LE(from, to);
  ASSERT_NE(to, std::string::npos);
  if (std::getenv("SOTTO_BLESS")) {
    page.replace(from, to - from, table);
    ASSERT_TRUE(write_file_atomically(file, Bytes(page.begin(), page.end())).ok());
    return;
  }
  EXPECT_EQ(page.substr(from, to - from), table)
      << "the contract, the proof or the judge's file (its card, too) has changed: run this test with SOTTO_BLESS=1";
}

}  // namespace
}  // namespace sotto
