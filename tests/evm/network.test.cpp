// SPDX-License-Identifier: Apache-2.0
// NetworkVerifier.sol against the native verifier: the same verdict on honest proofs about networks and on everything that can be
// done to proof, statement and key.
#include <random>

#include "base/keccak.h"
#include "claim/network/examples.h"
#include "claim/network/prove.h"
#include "claim/solidity/memory_map.h"
#include "support/damage.h"
#include "support/evm_network.h"
#include "support/heavy.h"

namespace sotto {
namespace {

using namespace claim::network;

struct Sample {
  std::shared_ptr<const ProvingKey> key;
  std::vector<uint32_t> input;
  Proven proven;
};

Sample make_sample(Network network, std::vector<uint32_t> input, const std::string& context = "test") {
  static std::map<unsigned, std::shared_ptr<const zk::Srs>> setups;
  unsigned bits = 1;
  while (uint64_t{1} << bits < required_powers(network)) bits++;
  auto& srs = setups[bits];
  if (!srs) srs = std::make_shared<const zk::Srs>(zk::cached_development_srs(bits).value());
  Sample s{make_proving_key(std::move(network), srs).value(), std::move(input), {}};
  s.proven = prove(*s.key, s.input, keccak256(context), {}).value();
  return s;
}
Sample mlp_sample(uint32_t in, uint32_t hidden, uint32_t out, uint64_t seed) {
  Mlp mlp = make_mlp(in, hidden, out, seed).value();
  return make_sample(std::move(mlp.network), std::move(mlp.input));
}
const Sample& small_mlp() {
  static const Sample s = mlp_sample(20, 6, 3, 1);
  return s;
}
const Sample& small_gpt() {
  static const Sample s = [] {
    GptShape shape;
    shape.layers = 1, shape.width_bits = 4, shape.head_bits = 2, shape.hidden_bits = 4, shape.position_bits = 2, shape.vocabulary = 5;
    return make_sample(Gpt::random(shape, 3).quantised().value(), {0, 4, 2, 2});
  }();
  return s;
}

class EvmNetworkTest : public testing::Test {
 protected:
  void SetUp() override {
    evm_ = EvmNetwork::shared();
    if (!evm_) GTEST_SKIP() << "SOTTO-SKIPPED";
  }
  // Both verdicts; they must agree.
  bool accepted(const VerifyingKey& key, const Statement& statement, ByteSpan proof, const std::string& what) {
    const Status native = verify(key, statement, proof);
    EXPECT_EQ(evm_->accepts(key, statement, proof), native.ok())
        << what << ": the contract says " << evm_->failure() << ", native " << (native.ok() ? "yes" : native.error().message);
    judged_++;
    return native.ok();
  }
  bool accepted(const Sample& s, ByteSpan proof, const std::string& what) { return accepted(s.key->vk, s.proven.statement, proof, what); }
  void print_gas(const char* name, const Sample& s) {
    gas_ = evm_->gas(s.key->vk, s.proven.statement, s.proven.proof);
    std::cout << name << ": 2^" << s.key->vk.circuit.log_n << " rows, proof of " << s.proven.proof.size() << " bytes, key of "
              << s.key->vk.encode().size() << " bytes, " << gas_.total() << " gas all-in, of it " << gas_.execution << " execution\n";
  }

  EvmNetwork* evm_ = nullptr;
  contest::VerificationGas gas_;
  static inline size_t judged_ = 0;
};

TEST_F(EvmNetworkTest, AcceptsSmallNetworks) {
  EXPECT_TRUE(accepted(small_mlp(), small_mlp().proven.proof, "MLP"));
  EXPECT_TRUE(accepted(small_gpt(), small_gpt().proven.proof, "GPT"));
  for (uint64_t seed = 2; seed < 5; seed++) {
    const Sample s = mlp_sample(static_cast<uint32_t>(7 * seed), static_cast<uint32_t>(5 + seed), static_cast<uint32_t>(seed), seed);
    EXPECT_TRUE(accepted(s, s.proven.proof, "seed " + std::to_string(seed)));
  }
  // Rows of an output that are longer than a block; more than one layer.
  GptShape shape;
  shape.layers = 2, shape.width_bits = 4, shape.head_bits = 2, shape.hidden_bits = 4, shape.position_bits = 3, shape.vocabulary = 70;
  const Sample wide = make_sample(Gpt::random(shape, 4).quantised().value(), {0, 69, 33, 5, 5, 5, 64, 1});
  EXPECT_TRUE(accepted(wide, wide.proven.proof, "GPT of 70 tokens"));
  for (size_t i : {size_t{0}, size_t{31}, size_t{32}, size_t{69}, size_t{70}, size_t{8 * 70 - 1}}) {
    Statement other = wide.proven.statement;
    other.output[i]++;
    EXPECT_FALSE(accepted(wide.key->vk, other, wide.proven.proof, "another logit " + std::to_string(i)));
  }
  print_gas("small MLP", small_mlp());
  print_gas("small GPT", small_gpt());
}

TEST_F(EvmNetworkTest, MlpWithinTheBudget) {
  const Sample s = mlp_sample(784, 56, 10, 7);
  EXPECT_TRUE(accepted(s, s.proven.proof, "MLP 784-56-10")) << evm_->failure();
  print_gas("MLP 784-56-10", s);
  std::cout << "contract of " << evm_->code_size() << " bytes\n";
  EXPECT_LE(gas_.total(), 844'000u);  // the budget
  EXPECT_LE(evm_->code_size(), 16'384u);
  // The same on a chain of its own; addresses differ in zero bytes.
  const auto alone = contest::network_verification_gas(s.key->vk, s.proven.statement, s.proven.proof);
  ASSERT_TRUE(alone.ok()) << alone.error().message;
  EXPECT_NEAR(static_cast<double>(alone->total()), static_cast<double>(gas_.total()), 20 * 12);
  Bytes damaged = s.proven.proof;
  damaged.back() ^= 1;
  EXPECT_FALSE(contest::network_verification_gas(s.key->vk, s.proven.statement, damaged).ok());
}

// nanoGPT at full size: four layers, 64 positions, 65 logits each. Its relations are many, and all of them are interpreted.
TEST_F(EvmNetworkTest, NanoGptIsVerified) {
  std::vector<uint32_t> input;
  SplitMix random(5);
  for (int i = 0; i < 64; i++) input.push_back(static_cast<uint32_t>(random.next() % 65));
  const Sample s = make_sample(Gpt::random({}, 1).quantised().value(), std::move(input));
  EXPECT_TRUE(accepted(s, s.proven.proof, "nanoGPT")) << evm_->failure();
  print_gas("nanoGPT", s);
  Statement other = s.proven.statement;
  other.output[4000]++;
  EXPECT_FALSE(accepted(s.key->vk, other, s.proven.proof, "nanoGPT, another logit"));
}

// Every field of a proof in some of the ways that there are; heavy: in all of them.
TEST_F(EvmNetworkTest, RejectsDamagedFields) {
  std::mt19937_64 random(3);
  for (const Sample* s : {&small_mlp(), &small_gpt()}) {
    const Bytes other = prove(*s->key, s->input, keccak256("other"), {}).value().proof;
    const unsigned wanted = repetitions(s == &small_mlp() ? 3 : 1, 100);
    for (const ProofField& f : network_fields(s->key->vk.circuit)) {
      const std::vector<Damage>& all = damages(f);
      const size_t first = random();
      for (size_t i = 0; i < std::min<size_t>(wanted, all.size()); i++) {
        const Damage& d = all[(first + i) % all.size()];
        Bytes bytes = s->proven.proof;
        d.apply(&bytes[f.offset], &other[f.offset]);
        EXPECT_EQ(accepted(*s, bytes, f.name + ": " + d.name), bytes == s->proven.proof);
      }
    }
  }
  std::cout << judged_ << " verdicts compared so far\n";
}

TEST_F(EvmNetworkTest, RejectsOtherEncodingsOfTheSameNumbers) {
  const Sample& s = small_mlp();
  for (const ProofField& f : network_fields(s.key->vk.circuit)) {
    Bytes changed = s.proven.proof;
    add_word(&changed[f.offset], f.point ? modulus_word<zk::Fq>() : modulus_word<zk::Fr>());
    EXPECT_FALSE(accepted(s, changed, f.name));
    if (!f.point) {
      EXPECT_TRUE(evm_->failed_with("NotCanonical")) << f.name << ": " << evm_->failure();
      continue;
    }
    changed = s.proven.proof;
    add_word(&changed[f.offset + 32], word_from_u64(1));
    EXPECT_FALSE(accepted(s, changed, f.name + " off the curve"));
  }
}

TEST_F(EvmNetworkTest, RejectsExchangedFieldsAndRandomDamage) {
  const Sample& s = small_mlp();
  std::mt19937_64 random(4);
  const size_t words = s.proven.proof.size() / 32;
  for (unsigned i = 0; i < repetitions(150, 3000); i++) {
    Bytes bytes = s.proven.proof;
    for (unsigned change = 0; change <= random() % 3; change++) {
      const size_t a = 32 * (random() % words), b = 32 * (random() % words);
      switch (random() % 3) {
        case 0: bytes[random() % bytes.size()] ^= static_cast<uint8_t>(1u << random() % 8); break;
        case 1: std::swap_ranges(&bytes[a], &bytes[a] + 32, &bytes[b]); break;
        default: std::copy_n(&s.proven.proof[a], 32, &bytes[b]);
      }
    }
    EXPECT_EQ(accepted(s, bytes, "random damage " + std::to_string(i)), bytes == s.proven.proof);
  }
}

TEST_F(EvmNetworkTest, RejectsOtherLengths) {
  for (const Sample* s : {&small_mlp(), &small_gpt()}) {
    const Bytes& proof = s->proven.proof;
    EXPECT_FALSE(accepted(*s, Bytes{}, "nothing"));
    for (size_t cut : {size_t{1}, size_t{31}, size_t{32}, size_t{64}, proof.size() / 2, proof.size() - 1})
      EXPECT_FALSE(accepted(*s, ByteSpan(proof).first(proof.size() - cut), std::to_string(cut) + " bytes missing"));
    for (size_t more : {1, 32, 64, 4096}) {
      Bytes longer = proof;
      longer.resize(longer.size() + more);
      EXPECT_FALSE(accepted(*s, longer, std::to_string(more) + " bytes more"));
    }
    // A word less and one more of the matrices' evaluations.
    const ProofSizes sizes = proof_sizes(s->key->vk.circuit);
    const size_t end = sizes.phase1 + sizes.phase2 + s->key->vk.circuit.log_n * sizes.main_round + sizes.evaluations;
    Bytes bytes = proof;
    bytes.erase(bytes.begin() + static_cast<long>(end) - 32, bytes.begin() + static_cast<long>(end));
    EXPECT_FALSE(accepted(*s, bytes, "a matrix less"));
    EXPECT_TRUE(evm_->failed_with("BadLength")) << evm_->failure();
    bytes = proof;
    bytes.insert(bytes.begin() + static_cast<long>(end), 32, uint8_t{0});
    EXPECT_FALSE(accepted(*s, bytes, "a matrix more"));
    EXPECT_TRUE(evm_->failed_with("BadLength")) << evm_->failure();
  }
}

TEST_F(EvmNetworkTest, RejectsOtherStatements) {
  for (const Sample* s : {&small_mlp(), &small_gpt()}) {
    const Statement& honest = s->proven.statement;
    const auto refused = [&](const std::string& what, const std::function<void(Statement&)>& change) {
      Statement other = honest;
      change(other);
      EXPECT_FALSE(accepted(s->key->vk, other, s->proven.proof, what));
    };
    refused("another context", [](Statement& x) { x.context[31] ^= 1; });
    refused("no output", [](Statement& x) { x.output.clear(); });
    refused("an output less", [](Statement& x) { x.output.pop_back(); });
    refused("an output more", [](Statement& x) { x.output.push_back(0); });
    refused("another order", [](Statement& x) { std::reverse(x.output.begin(), x.output.end()); });
    for (size_t i = 0; i < honest.output.size(); i++) {
      refused("output + 1", [&](Statement& x) { x.output[i]++; });
      refused("output - 1", [&](Statement& x) { x.output[i]--; });
      refused("output negated", [&](Statement& x) { x.output[i] = x.output[i] ? -x.output[i] : 1; });
    }
    refused("extremes", [](Statement& x) { x.output[0] = INT64_MIN, x.output.back() = INT64_MAX; });
  }
}

// The same element of the field, but another number.
TEST_F(EvmNetworkTest, OutputsAreNumbersOf64Bits) {
  const Sample& s = small_mlp();
  const Bytes good = contest::network_calldata(evm_->chain().key_contract(s.key->vk.encode()), s.proven.statement, s.proven.proof);
  ASSERT_TRUE(evm_->accepts_calldata(good));
  for (size_t i = 0; i < s.proven.statement.output.size(); i++) {
    Bytes bad = good;
    add_word(&bad[bad.size() - 32 * (i + 1)], modulus_word<zk::Fr>());
    EXPECT_FALSE(evm_->accepts_calldata(bad));
    EXPECT_TRUE(evm_->failed_with("BadOutput")) << evm_->failure();
  }
  // Offsets and lengths beyond the calldata.
  for (size_t word : {size_t{1}, size_t{3}, size_t{4}, 5 + s.proven.proof.size() / 32})
    for (uint8_t high : {0x01, 0x80, 0xff}) {
      Bytes bad = good;
      bad[4 + 32 * word] = high;
      EXPECT_FALSE(evm_->accepts_calldata(bad)) << word;
    }
  for (long size : {0, 3, 4, 36, 132, 164}) EXPECT_FALSE(evm_->accepts_calldata(Bytes(good.begin(), good.begin() + size)));
}

TEST_F(EvmNetworkTest, RejectsOtherKeys) {
  const Sample& s = small_mlp();
  const Sample other = mlp_sample(20, 6, 3, 2);
  Statement statement = s.proven.statement;
  EXPECT_FALSE(accepted(other.key->vk, statement, s.proven.proof, "another network"));
  statement.key_id = other.key->vk.id();
  EXPECT_FALSE(accepted(other.key->vk, statement, s.proven.proof, "another network, named"));
  EXPECT_FALSE(evm_->accepts(small_gpt().key->vk, s.proven.statement, s.proven.proof));
  VerifyingKey changed = s.key->vk;
  changed.g2.tau = zk::G2Affine::generator().times(zk::Fr(uint64_t{5}));
  statement.key_id = changed.id();
  EXPECT_FALSE(accepted(changed, statement, s.proven.proof, "another setup"));
  changed = s.key->vk;
  for (Relation& r : changed.circuit.relations)
    if (!r.output) r.constant++;
  statement.key_id = changed.id();
  EXPECT_FALSE(accepted(changed, statement, s.proven.proof, "other constants"));
}

// Words of a key in the order of key.cpp.
struct KeyWords {
  size_t commitments = claim::kNetworkKeyWords.size(), matrices, relations, terms, end;
  explicit KeyWords(const Circuit& c)
      : matrices(commitments + 2 * c.public_columns()), relations(matrices + c.matrices.size()), terms(relations + c.relations.size()) {
    end = terms;
    for (const Relation& r : c.relations) end += r.terms.size();
  }
};

// A key that the native verifier refuses is refused by the contract, and for that reason where it can tell; a key that it takes is no
// bad key to the contract.
TEST_F(EvmNetworkTest, RejectsMalformedKeys) {
  std::mt19937_64 random(5);
  for (const Sample* s : {&small_mlp(), &small_gpt()}) {
    const Bytes honest = s->key->vk.encode();
    const KeyWords words(s->key->vk.circuit);
    ASSERT_EQ(honest.size(), 32 * words.end);
    const auto judge = [&](const Bytes& key, const std::string& what) {
      Bytes code(1, 0);
      append(code, key);
      Statement statement = s->proven.statement;
      statement.key_id = keccak256(code);
      EXPECT_FALSE(evm_->accepts_call(key, statement, s->proven.proof)) << what;
      const Result<VerifyingKey> decoded = VerifyingKey::decode(key);
      if (decoded.ok()) {
        EXPECT_FALSE(verify(*decoded, statement, s->proven.proof).ok()) << what;
        EXPECT_FALSE(evm_->failed_with("BadKey")) << what;
      } else {
        EXPECT_TRUE(evm_->failed_with("BadKey") || evm_->failed_with("BadLength") || evm_->failed_with("BadOutput")) << what << ": " << evm_->failure();
      }
    };
    for (size_t word = 0; word < words.end; word++) {
      if ((word >= 2 && word < 10) || word == 13 || (word >= words.commitments && word < words.matrices))
        continue;  // points: precompiles refuse them; mask_at: where masks lie is the prover's concern
      if (s == &small_gpt() && word >= words.matrices && !heavy() && random() % 4) continue;
      for (unsigned change = 0; change < repetitions(2, 20); change++) {
        Bytes key = honest;
        const size_t byte = 32 * word + random() % 32;
        const auto mask = static_cast<uint8_t>(1u << random() % 8);
        if (word < words.commitments && change == 0) key[32 * word + 24] = 1;
        else key[byte] ^= mask;
        judge(key, "word " + std::to_string(word) + ", byte " + std::to_string(byte % 32) + ", mask " + std::to_string(mask));
      }
    }
    // One term changed: rows where nothing pins the column, two axes with the same coordinates.
    for (size_t r = 0; r < s->key->vk.circuit.relations.size(); r++) {
      VerifyingKey changed = s->key->vk;
      std::vector<Factor>& factors = changed.circuit.relations[r].terms[0].factors;
      factors.back().value = (1u << factors.back().bits) - 1;
      judge(changed.encode(), "the last rows in relation " + std::to_string(r));
      changed = s->key->vk;
      for (Term& t : changed.circuit.relations[r].terms)
        for (Factor& f : t.factors)
          if (f.kind == Factor::kPoint) f.value = 0;
      if (changed.circuit != s->key->vk.circuit) judge(changed.encode(), "coordinates from 0 on in relation " + std::to_string(r));
    }
    Bytes key = honest;
    key.resize(key.size() - 32);
    judge(key, "a word less");
    key.resize(key.size() + 64);
    judge(key, "a word more");
    judge({}, "nothing");
  }
}

// Other bytes for the same network: with a proof that names them, everything but the key is as it should be.
TEST_F(EvmNetworkTest, KeysHaveOneEncoding) {
  const Sample& s = small_mlp();
  const Bytes honest = s.key->vk.encode();
  const KeyWords words(s.key->vk.circuit);
  std::vector<std::pair<std::string, Bytes>> keys;
  const auto add = [&](const std::string& name, size_t byte, uint8_t value) {
    Bytes key = honest;
    key[byte] = value;
    keys.push_back({name, std::move(key)});
  };
  add("a flag that does not exist", 32 * 1 + 31, 2);
  add("the end of a matrix", 32 * words.matrices + 31, 1);
  add("the end of a relation", 32 * words.relations + 31, 1);
  add("the end of a term", 32 * words.terms + 31, 1);
  add("the tag's end", 31, 1);
  keys.push_back({"a word more", honest});
  keys.back().second.resize(honest.size() + 32);
  keys.push_back({"honest", honest});
  for (const auto& [name, key] : keys) {
    Bytes code(1, 0);
    append(code, key);
    claim::MaskSource masks({}, {});
    ProverHooks hooks;
    hooks.statement = [&](Statement& x) { x.key_id = keccak256(code); };
    const Proven proven = prove_with(*s.key, s.input, keccak256("test"), {}, masks, hooks).value();
    EXPECT_EQ(VerifyingKey::decode(key).ok(), name == "honest") << name;
    EXPECT_EQ(evm_->accepts_call(key, proven.statement, proven.proof), name == "honest") << name << ": " << evm_->failure();
    EXPECT_EQ(evm_->failed_with("BadKey"), name != "honest") << name << ": " << evm_->failure();
  }
  Bytes code(1, 0xfe);
  append(code, honest);
  EXPECT_FALSE(evm_->accepts_calldata(
      contest::network_calldata(evm_->chain().code_contract(code), s.proven.statement, s.proven.proof)));
  EXPECT_TRUE(evm_->failed_with("BadKey")) << evm_->failure();
}

}  // namespace
}  // namespace sotto
