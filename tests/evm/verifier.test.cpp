// SPDX-License-Identifier: Apache-2.0
// The contract against the native verifier: the same verdict on honest proofs and on everything
// that can be done to their bytes.
#include "claim/statement/closed_form.h"
#include "claim/statement/transcript.h"
#include "support/damage.h"
#include "support/evm_verifier.h"
#include "support/toy.h"
#include "zk/commit/opening.h"

namespace sotto {
namespace {

class EvmVerifierTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!EvmVerifier::shared()) return;
    key_ = toy::key();
    honest_ = toy::prove(*key_, toy::program());
  }
  void SetUp() override {
    evm_ = EvmVerifier::shared();
    if (!evm_) GTEST_SKIP() << "SOTTO-SKIPPED";
  }
  // Both verdicts; they must agree.
  bool accepted(const claim::ClaimStatement& statement, ByteSpan proof,
                const claim::VerifyingKey& key) {
    const bool native = claim::verify(key, statement, proof).ok();
    EXPECT_EQ(evm_->accepts(key, statement, proof), native) << evm_->failure();
    return native;
  }
  bool accepted(ByteSpan proof) { return accepted(honest_.statement, proof, key_->vk); }

  // Which words of a proof are scalars; the others are halves of points.
  static std::vector<bool> scalar_words() {
    const claim::ProofSizes sizes = claim::proof_sizes(key_->shape, key_->layout);
    std::vector<bool> scalar(sizes.total / 32, true);
    auto points = [&](size_t first, size_t count) {
      std::fill_n(scalar.begin() + static_cast<long>(first), 2 * count, false);
    };
    points(0, claim::kPhase1Count);
    points(sizes.phase1 / 32, claim::kPhase2Count);
    const size_t opening = (sizes.phase1 + sizes.phase2 + sizes.evaluations + sizes.finals +
                            key_->layout.log_n * (sizes.main_round + sizes.reduction_round)) /
                           32;
    points(opening, zk::kPairQuotient);
    points(scalar.size() - 4, 2);
    return scalar;
  }

  static inline std::shared_ptr<const claim::ProvingKey> key_;
  static inline claim::Proven honest_;
  EvmVerifier* evm_ = nullptr;
};

TEST_F(EvmVerifierTest, AcceptsHonestProofs) {
  ASSERT_TRUE(accepted(honest_.proof));
  for (uint64_t seed = 2; seed < 5; seed++) {
    const auto key = toy::key(seed);
    const claim::Proven proven =
        toy::prove(*key, toy::program(seed, static_cast<unsigned>(3 * seed)));
    EXPECT_TRUE(accepted(proven.statement, proven.proof, key->vk)) << "seed " << seed;
  }
}

// One contract for all: size classes, limb widths, numbers of layers and channels.
TEST_F(EvmVerifierTest, AcceptsEveryShape) {
  struct Case {
    const char* what;
    unsigned slots;
    judge::RandomShape shape;
  };
  std::vector<Case> cases = {{"32 slots", 32, {}},
                             {"64 slots", 64, {}},
                             {"one layer", 16, {}},
                             {"three layers", 16, {}},
                             {"wide", 16, {}}};
  for (Case& c : cases) c.shape.samples = 203;
  cases[2].shape.channels = {5};
  cases[3].shape.channels = {2, 7, 1};
  cases[3].shape.samples = 300;
  cases[4].shape.bands = 8, cases[4].shape.bins = 8, cases[4].shape.channels = {9, 5};
  for (const Case& c : cases) {
    const judge::Network net = judge::random_network(c.shape, 5);
    const auto size = claim::required_log_size(net, c.slots);
    ASSERT_TRUE(size.ok()) << c.what << ": " << size.error().message;
    const unsigned log_size = size.value();
    const auto made = claim::make_proving_key(
        net, c.slots, std::make_shared<const zk::Srs>(zk::make_development_srs(log_size)));
    ASSERT_TRUE(made.ok()) << c.what << ": " << made.error().message;
    const auto& key = made.value();
    const claim::Proven proven = toy::prove(*key, toy::program(9, c.slots - 1));
    EXPECT_TRUE(accepted(proven.statement, proven.proof, key->vk))
        << c.what << ": " << evm_->failure();
    Bytes changed = proven.proof;
    changed[changed.size() / 2] ^= 1;
    EXPECT_FALSE(accepted(proven.statement, changed, key->vk)) << c.what;
  }
}

TEST_F(EvmVerifierTest, RejectsEveryChangedWord) {
  const size_t words = honest_.proof.size() / 32;
  for (size_t i = 0; i < words; i++) {
    Bytes changed = honest_.proof;
    add_word(&changed[32 * i], word_from_u64(1));
    EXPECT_FALSE(accepted(changed)) << "word " << i << " + 1";
    if (i + 1 < words &&
        !std::equal(&changed[32 * i] + 32, &changed[32 * i] + 64, &honest_.proof[32 * i])) {
      Bytes repeated = honest_.proof;  // in place of its neighbour
      std::copy_n(&honest_.proof[32 * i], 32, &repeated[32 * i + 32]);
      EXPECT_FALSE(accepted(repeated)) << "word " << i << " in place of the next";
    }
  }
}

TEST_F(EvmVerifierTest, RejectsDroppedAndRepeatedWords) {
  for (size_t i = 0; i < honest_.proof.size(); i += 32) {
    Bytes dropped = honest_.proof, repeated = honest_.proof;
    dropped.erase(dropped.begin() + static_cast<long>(i),
                  dropped.begin() + static_cast<long>(i) + 32);
    EXPECT_FALSE(accepted(dropped)) << "without word " << i / 32;
    dropped.insert(dropped.end(), 32, 0);  // the right length again
    EXPECT_FALSE(accepted(dropped)) << "word " << i / 32 << " dropped, zero at the end";
    repeated.insert(repeated.begin() + static_cast<long>(i),
                    honest_.proof.begin() + static_cast<long>(i),
                    honest_.proof.begin() + static_cast<long>(i) + 32);
    EXPECT_FALSE(accepted(repeated)) << "word " << i / 32 << " twice";
  }
}

// Several changes at once, anywhere: bits, swapped words, copied words.
TEST_F(EvmVerifierTest, RejectsRandomDamage) {
  std::mt19937_64 random(7);
  const size_t words = honest_.proof.size() / 32;
  for (unsigned i = 0; i < 200; i++) {
    Bytes damaged = honest_.proof;
    for (unsigned change = 0; change <= random() % 3; change++) {
      const size_t a = 32 * (random() % words), b = 32 * (random() % words);
      switch (random() % 3) {
        case 0:
          damaged[random() % damaged.size()] ^= static_cast<uint8_t>(1u << random() % 8);
          break;
        case 1:
          std::swap_ranges(&damaged[a], &damaged[a] + 32, &damaged[b]);
          break;
        default:
          std::copy_n(&honest_.proof[a], 32, &damaged[b]);
      }
    }
    EXPECT_EQ(accepted(damaged), damaged == honest_.proof) << i;
  }
}

TEST_F(EvmVerifierTest, RejectsOtherEncodingsOfTheSameNumbers) {
  const std::vector<bool> scalar = scalar_words();
  const Bytes32 r = modulus_word<zk::Fr>(), q = modulus_word<zk::Fq>();
  for (size_t i = 0; i < scalar.size(); i++) {
    Bytes changed = honest_.proof;
    add_word(&changed[32 * i], scalar[i] ? r : q);
    EXPECT_FALSE(accepted(changed)) << "word " << i;
    if (scalar[i]) {
      EXPECT_TRUE(evm_->failed_with("NotCanonical")) << "word " << i << ": " << evm_->failure();
    }
  }
}

TEST_F(EvmVerifierTest, RejectsForeignPoints) {
  const std::vector<bool> scalar = scalar_words();
  const auto generator = zk::G1Affine::generator().to_bytes();
  for (size_t i = 0; i < scalar.size(); i++) {
    if (scalar[i]) continue;
    Bytes generator_there = honest_.proof, infinity = honest_.proof;
    std::copy(generator.begin(), generator.end(), &generator_there[32 * i]);
    std::fill_n(&infinity[32 * i], 64, uint8_t{0});
    EXPECT_FALSE(accepted(generator_there)) << "generator at word " << i;
    EXPECT_FALSE(accepted(infinity)) << "infinity at word " << i;
    i++;
  }
}

TEST_F(EvmVerifierTest, RejectsOtherLengths) {
  EXPECT_FALSE(accepted(Bytes{}));
  for (size_t cut : {size_t{1}, size_t{31}, size_t{32}, size_t{64}, honest_.proof.size() / 2,
                     honest_.proof.size() - 1}) {
    Bytes shorter(honest_.proof.begin(), honest_.proof.end() - static_cast<long>(cut));
    EXPECT_FALSE(accepted(shorter)) << cut << " bytes missing";
  }
  for (size_t more : {1, 32, 64, 4096}) {
    Bytes longer = honest_.proof;
    longer.resize(longer.size() + more);
    EXPECT_FALSE(accepted(longer)) << more << " bytes more";
  }
}

TEST_F(EvmVerifierTest, RejectsOtherStatements) {
  const claim::ClaimStatement& honest = honest_.statement;
  std::vector<claim::ClaimStatement> others(7, honest);
  others[0].chain_id++;
  others[1].contract[3] ^= 1;
  others[2].contest_id[31] ^= 1;
  others[3].score++;
  others[4].score--;
  others[5].song_commitment[0] ^= 0x80;
  others[6].beneficiary[19] ^= 1;
  for (size_t i = 0; i < others.size(); i++)
    EXPECT_FALSE(accepted(others[i], honest_.proof, key_->vk)) << i;

  // Another judge, honestly named; another setup; a key that differs in a number only.
  claim::ClaimStatement statement = honest;
  claim::VerifyingKey other = toy::key(2)->vk;
  statement.judge_id = other.judge_id();
  EXPECT_FALSE(accepted(statement, honest_.proof, other));
  other = key_->vk;
  other.g2.tau = zk::G2Affine::generator().times(zk::Fr(uint64_t{5}));
  statement.judge_id = other.judge_id();
  EXPECT_FALSE(accepted(statement, honest_.proof, other));
  other = key_->vk;
  other.max_score++;
  statement.judge_id = other.judge_id();
  EXPECT_FALSE(accepted(statement, honest_.proof, other));
}

TEST_F(EvmVerifierTest, ScoreIsANumberBelowTwoToThe32) {
  const Address data = evm_->key_contract(key_->vk.encode());
  const Bytes32 digest = claim_digest(honest_.statement), song = honest_.statement.song_commitment;
  const Bytes32 score = word_from_u64(honest_.statement.score);
  EXPECT_TRUE(evm_->accepts_call(data, honest_.proof, digest, score, song));
  for (unsigned byte : {0u, 15u, 27u}) {
    Bytes32 large = score;
    large[byte] = 1;
    EXPECT_FALSE(evm_->accepts_call(data, honest_.proof, digest, large, song));
    EXPECT_TRUE(evm_->failed_with("BadScore")) << evm_->failure();
  }
  Bytes32 same = modulus_word<zk::Fr>();  // the same element of the field
  add_word(same.data(), score);
  EXPECT_FALSE(evm_->accepts_call(data, honest_.proof, digest, same, song));
}

TEST_F(EvmVerifierTest, RejectsMalformedKeys) {
  const Bytes32 digest = claim_digest(honest_.statement), song = honest_.statement.song_commitment;
  const Bytes32 score = word_from_u64(honest_.statement.score);
  auto refused = [&](const Address& data, const std::string& what) {
    EXPECT_FALSE(evm_->accepts_call(data, honest_.proof, digest, score, song)) << what;
    EXPECT_TRUE(evm_->failed_with("BadKey")) << what << ": " << evm_->failure();
  };
  const Bytes honest = key_->vk.encode();
  refused(Address{}, "no code");
  refused(evm_->verifier(), "a contract of another kind");
  Bytes code(1, 0);
  append(code, honest);
  code[0] = 0xfe;
  refused(evm_->code_contract(code), "no STOP before the key");
  Bytes changed = honest;
  changed.resize(changed.size() - 32);
  refused(evm_->key_contract(changed), "one word less");
  changed.resize(changed.size() + 64);
  refused(evm_->key_contract(changed), "one word more");
  changed = honest;
  changed[9]++;
  refused(evm_->key_contract(changed), "another version");
  // Every word but the digest, the points and the bias, made huge.
  for (size_t word = 2; word < honest.size() / 32; word++) {
    if (word >= 4 && word <= 16) continue;
    changed = honest;
    changed[32 * word + 24] = 1;
    refused(evm_->key_contract(changed), "huge word " + std::to_string(word));
    EXPECT_FALSE(claim::VerifyingKey::decode(changed).ok()) << word;
  }
}

// A hostile caller of the contract itself: the ABI decoder refuses offsets and lengths beyond the
// calldata.
TEST_F(EvmVerifierTest, RejectsBrokenCalldata) {
  const Bytes good = EvmVerifier::calldata(
      evm_->key_contract(key_->vk.encode()), honest_.proof, claim_digest(honest_.statement),
      word_from_u64(honest_.statement.score), honest_.statement.song_commitment);
  EXPECT_TRUE(evm_->accepts_calldata(good));
  for (long size : {0, 3, 4, 36, 164, 196, 228})
    EXPECT_FALSE(evm_->accepts_calldata(Bytes(good.begin(), good.begin() + size)));
  for (size_t at : {size_t{4 + 32}, size_t{4 + 5 * 32}}) {  // offset, length
    for (uint8_t high : {0x01, 0x80, 0xff}) {
      Bytes bad = good;
      bad[at] = high;
      EXPECT_FALSE(evm_->accepts_calldata(bad));
    }
    Bytes bad = good;
    bad[at + 31] ^= 0x20;
    EXPECT_FALSE(evm_->accepts_calldata(bad));
  }
}

TEST_F(EvmVerifierTest, SizeAndGas) {
  const uint64_t gas = evm_->gas(key_->vk, honest_.statement, honest_.proof);
  RecordProperty("gas", std::to_string(gas));
  std::cout << "toy proof: " << honest_.proof.size() << " bytes, " << gas
            << " gas all-in; contract of " << evm_->code_size() << " bytes\n";
  EXPECT_LE(evm_->code_size(), 24576u);
  EXPECT_LE(gas, 1'100'000u);
}

}  // namespace
}  // namespace sotto
