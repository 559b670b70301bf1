// SPDX-License-Identifier: Apache-2.0
// The verdict corpus: good and bad proofs from fixed seeds. For every one of them the expected verdict is known, and
// both verifiers must give it. Bad ones are damaged in every field, cut, spliced, bound to something else, or made by a
// prover that deviates. SOTTO_HEAVY=1 makes it several times as large.
#include <map>

#include "support/corpus.h"
#include "support/damage.h"
#include "support/evm_verifier.h"
#include "support/heavy.h"

namespace sotto {
namespace {

using namespace corpus;
using claim::ClaimStatement;

// How many of each kind were judged.
std::map<std::string, std::array<size_t, 2>> g_counts;

class Corpus : public testing::Test {
 protected:
  void SetUp() override {
    evm_ = EvmVerifier::shared();
    if (!evm_) GTEST_SKIP() << "SOTTO-SKIPPED";
  }
  void judge(const std::string& kind, const std::string& what, const claim::VerifyingKey& key,
             const ClaimStatement& statement, ByteSpan proof, bool good) {
    const Status native = claim::verify(key, statement, proof);
    const bool contract = evm_->accepts(key, statement, proof);
    EXPECT_EQ(native.ok(), good) << kind << ": " << what << ": the native verifier says "
                                 << (native.ok() ? "yes" : native.error().message);
    EXPECT_EQ(contract, good) << kind << ": " << what << ": the contract says " << (contract ? "yes" : evm_->failure());
    g_counts[kind][good ? 0 : 1]++;
  }
  void judge(const std::string& kind, const std::string& what, const Key& key, const Proven& p, bool good) {
    judge(kind, what, key->vk, p.statement, p.proof, good);
  }
  EvmVerifier* evm_ = nullptr;
};

struct Good {
  Key key;
  Proven proven;
  ProofMap map;
};
const Good& good(size_t i) {  // proofs of different songs and judges; 2 j and 2 j + 1 have the same judge and statement
  static std::map<size_t, Good> cache;
  auto it = cache.find(i);
  if (it == cache.end()) {
    const Key key = keys()[i / 2 % 3].key;
    const sound::Program song = i % 2 ? toy::program(100 + i) : song_of(static_cast<sound::Op>(i % sound::kOpCount));
    claim::MaskSource masks = claim::MaskSource::deterministic(500 + i);
    Proven proven = claim::prove_with(*key, song, target(i / 2), {}, masks, {}).value();
    it = cache.emplace(i, Good{key, std::move(proven), ProofMap(key->shape, key->layout)}).first;
  }
  return it->second;
}

TEST_F(Corpus, HonestProofs) {
  uint64_t seed = 1;
  for (unsigned op = 0; op < sound::kOpCount; op++)
    judge("honest", sound::kOpNames[op], keys()[0].key,
          corpus::prove(*keys()[0].key, song_of(static_cast<sound::Op>(op)), seed++), true);
  for (const sound::Program& song : edge_songs())
    judge("honest", "edge song", keys()[1].key, corpus::prove(*keys()[1].key, song, seed++), true);
  for (const Named& k : keys()) {
    const unsigned slots = k.key->shape.slots();
    judge("honest", k.name, k.key, corpus::prove(*k.key, toy::program(seed, slots - 1), seed), true);
    seed++;
  }
  for (unsigned i = 0; i < repetitions(12, 300); i++, seed++)
    judge("honest", "random song " + std::to_string(seed), keys()[i % 3].key,
          corpus::prove(*keys()[i % 3].key, toy::program(seed, 1 + static_cast<unsigned>(seed % 15)), seed), true);
}

// Every field of the proof, damaged in some of the ways that there are; heavy: in all of them, and in proofs of every
// shape.
TEST_F(Corpus, DamagedFields) {
  std::mt19937_64 random(3);
  for (size_t p = 0; p < repetitions(2, 6); p++) {
    const Good &g = good(2 * p), &other = good(2 * p + 1);
    for (const ProofField& f : g.map.fields()) {
      const std::vector<Damage>& all = damages(f);
      const size_t first = random(), count = repetitions(3, 100) < all.size() ? repetitions(3, 100) : all.size();
      for (size_t i = 0; i < count; i++) {
        const Damage& d = all[(first + i) % all.size()];
        Bytes bytes = g.proven.proof;
        d.apply(&bytes[f.offset], &other.proven.proof[f.offset]);
        if (bytes != g.proven.proof)
          judge(f.point ? "damaged point" : "damaged scalar", f.name + ": " + d.name, g.key->vk, g.proven.statement,
                bytes, false);
      }
    }
  }
}

TEST_F(Corpus, FieldsExchanged) {
  std::mt19937_64 random(4);
  const Good& g = good(1);
  const std::vector<ProofField> fields = g.map.fields();
  for (size_t i = 0; i + 1 < fields.size(); i++) {
    // with the next, and with any other one of its kind
    for (size_t j : {i + 1, static_cast<size_t>(random() % fields.size())}) {
      if (i == j || fields[i].point != fields[j].point) continue;
      Bytes bytes = g.proven.proof;
      std::swap_ranges(&bytes[fields[i].offset], &bytes[fields[i].offset] + fields[i].bytes(),
                       &bytes[fields[j].offset]);
      if (bytes != g.proven.proof)
        judge("exchanged fields", fields[i].name + " and " + fields[j].name, g.key->vk, g.proven.statement, bytes,
              false);
    }
  }
}

TEST_F(Corpus, Lengths) {
  const Good& g = good(2);
  const Bytes& proof = g.proven.proof;
  auto with = [&](const std::string& what, Bytes bytes) {
    judge("length", what, g.key->vk, g.proven.statement, bytes, false);
  };
  with("nothing", {});
  for (const ProofSlice& s : g.map.slices()) {
    with("ends before " + s.name, Bytes(proof.begin(), proof.begin() + static_cast<long>(s.offset)));
    Bytes without(proof.begin(), proof.begin() + static_cast<long>(s.offset));
    without.insert(without.end(), proof.begin() + static_cast<long>(s.offset + s.bytes), proof.end());
    with("without " + s.name, without);
    without.insert(without.begin() + static_cast<long>(s.offset), s.bytes, 0);
    with("zeros for " + s.name, without);
  }
  for (size_t cut : {1, 31, 32, 33, 64})
    with("cut by " + std::to_string(cut), Bytes(proof.begin(), proof.end() - static_cast<long>(cut)));
  for (size_t more : {1, 31, 32, 64, 4096})
    for (uint8_t fill : {uint8_t{0}, uint8_t{0xff}}) {
      Bytes longer = proof;
      longer.resize(proof.size() + more, fill);
      with(std::to_string(more) + " bytes behind", longer);
    }
  Bytes shifted(1, 0);
  append(shifted, ByteSpan(proof).first(proof.size() - 1));
  with("shifted by a byte", shifted);
}

// The beginning of one good proof, the end of another of the same statement but for the song.
TEST_F(Corpus, Splices) {
  const Good &a = good(2), &b = good(3);
  for (const ProofSlice& s : a.map.slices()) {
    if (s.offset == 0) continue;
    for (const auto& [head, tail] : {std::pair(&a, &b), std::pair(&b, &a)}) {
      Bytes bytes = head->proven.proof;
      std::copy(tail->proven.proof.begin() + static_cast<long>(s.offset), tail->proven.proof.end(),
                bytes.begin() + static_cast<long>(s.offset));
      judge("spliced", "from " + s.name + " on", a.key->vk, head->proven.statement, bytes, false);
      bytes = head->proven.proof;  // this slice alone
      std::copy_n(tail->proven.proof.begin() + static_cast<long>(s.offset), s.bytes,
                  bytes.begin() + static_cast<long>(s.offset));
      judge("spliced", s.name + " alone", a.key->vk, head->proven.statement, bytes, false);
    }
  }
}

TEST_F(Corpus, OtherStatements) {
  using Change = std::function<void(ClaimStatement&)>;
  const std::pair<const char*, Change> changes[] = {
      {"chain", [](ClaimStatement& s) { s.chain_id++; }},
      {"chain, high bit", [](ClaimStatement& s) { s.chain_id ^= uint64_t{1} << 63; }},
      {"contract", [](ClaimStatement& s) { s.contract[0] ^= 0x80; }},
      {"contract, last byte", [](ClaimStatement& s) { s.contract[19] ^= 1; }},
      {"contest", [](ClaimStatement& s) { s.contest_id[0] ^= 0x80; }},
      {"contest, last byte", [](ClaimStatement& s) { s.contest_id[31] ^= 1; }},
      {"score + 1", [](ClaimStatement& s) { s.score++; }},
      {"score - 1", [](ClaimStatement& s) { s.score--; }},
      {"score, high bit", [](ClaimStatement& s) { s.score ^= 0x80000000; }},
      {"no score", [](ClaimStatement& s) { s.score = s.score == 0; }},
      {"song", [](ClaimStatement& s) { s.song_commitment[0] ^= 0x80; }},
      {"no song", [](ClaimStatement& s) { s.song_commitment = {}; }},
      {"beneficiary", [](ClaimStatement& s) { s.beneficiary[0] ^= 0x80; }},
      {"nobody", [](ClaimStatement& s) { s.beneficiary = {}; }},
  };
  for (size_t i = 0; i < repetitions(4, 6); i++)
    for (const auto& [what, change] : changes) {
      ClaimStatement s = good(i).proven.statement;
      change(s);
      judge("other statement", what, good(i).key->vk, s, good(i).proven.proof, false);
    }
  // All proofs under all statements and all keys: only the diagonal is good.
  for (size_t i = 0; i < 6; i++)
    for (size_t j = 0; j < 6; j++) {
      judge("proof of another song", "", good(j).key->vk, good(j).proven.statement, good(i).proven.proof, i == j);
      if (i == j) continue;
      ClaimStatement s = good(i).proven.statement;
      s.judge_id = good(j).key->vk.judge_id();
      if (good(i).key != good(j).key)
        judge("proof for another judge", "", good(j).key->vk, s, good(i).proven.proof, false);
    }
}

// Keys that decode and are not the proof's: whatever differs is bound by the judge's id.
TEST_F(Corpus, OtherKeys) {
  const Good& g = good(4);
  std::vector<std::pair<std::string, claim::VerifyingKey>> others;
  auto other = [&](const std::string& what, const std::function<void(claim::VerifyingKey&)>& change) {
    claim::VerifyingKey vk = g.key->vk;
    change(vk);
    others.emplace_back(what, vk);
  };
  other("digest of the judge file", [](claim::VerifyingKey& k) { k.judge_file[0] ^= 1; });
  other("development flag", [](claim::VerifyingKey& k) { k.development = !k.development; });
  other("greatest score", [](claim::VerifyingKey& k) { k.max_score++; });
  other("weights", [](claim::VerifyingKey& k) { k.weights = zk::G1Affine::generator(); });
  other("no weights", [](claim::VerifyingKey& k) { k.weights = {}; });
  other("function tables", [](claim::VerifyingKey& k) { k.table_out = k.weights; });
  other("setup", [](claim::VerifyingKey& k) { k.g2.tau = zk::G2Affine::generator(); });
  other("head bias", [](claim::VerifyingKey& k) { k.shape.head_bias++; });
  other("samples", [](claim::VerifyingKey& k) { k.shape.samples++; });
  other("bands", [](claim::VerifyingKey& k) { k.shape.bands--; });
  other("step of the logarithm", [](claim::VerifyingKey& k) { k.shape.log_step++; });
  other("channels", [](claim::VerifyingKey& k) { k.shape.conv[0].out_channels--; });
  for (const auto& [what, vk] : others) {
    const auto decoded = claim::VerifyingKey::decode(vk.encode());
    ASSERT_TRUE(decoded.ok()) << what << ": " << decoded.error().message;
    ClaimStatement s = g.proven.statement;
    s.judge_id = vk.judge_id();
    judge("other key", what, vk, s, g.proven.proof, false);
  }
}

// Bytes of a key, one word changed: what decode() refuses, the contract refuses, or the proof is refused under it.
TEST_F(Corpus, DamagedKeys) {
  const Good& g = good(4);
  const Bytes honest = g.key->vk.encode();
  for (size_t at = 0; at < honest.size(); at += 32)
    for (unsigned how = 0; how < 2; how++) {
      Bytes bytes = honest;
      if (how == 0)
        add_word(&bytes[at], word_from_u64(1));
      else
        bytes[at] ^= 0x80;
      const auto decoded = claim::VerifyingKey::decode(bytes);
      ClaimStatement s = g.proven.statement;
      s.judge_id = contest::data_contract_hash(bytes);
      const bool native = decoded.ok() && claim::verify(*decoded, s, g.proven.proof).ok();
      const bool contract = evm_->accepts_call(evm_->key_contract(bytes), g.proven.proof, claim_digest(s),
                                               word_from_u64(s.score), s.song_commitment);
      EXPECT_FALSE(native) << "word " << at / 32;
      EXPECT_FALSE(contract) << "word " << at / 32;
      g_counts["damaged key"][1]++;
    }
}

TEST_F(Corpus, DeviatingProvers) {
  std::mt19937_64 random(6);
  const Key& key = keys()[0].key;
  for (unsigned i = 0; i < repetitions(2, 20); i++) {
    const uint64_t seed = 900 + i;
    const sound::Program song = i % 2 ? toy::program(seed) : song_of(sound::Op::kLookup);
    for (const Deviation& d : pinned_cells(*key, random))
      judge("deviating prover", d.name, key, corpus::prove(*key, song, seed, d.hooks), d.good);
    for (const Deviation& d : other_choices(*key))
      judge("deviating prover", d.name, key, corpus::prove(*key, song, seed, d.hooks), d.good);
  }
  const forge::Start start = forge::make_start(key, song_of(sound::Op::kMod));
  for (unsigned i = 0; i < repetitions(1, 10); i++)
    for (const auto& [name, plan] : phase2_lies(*key, random))
      judge("deviating prover", name, key, forge::forge(start, plan), false);
}

// Last in this file: what there was.
TEST_F(Corpus, IsLarge) {
  size_t all[2] = {};
  for (const auto& [kind, n] : g_counts) {
    std::cout << kind << ": " << n[0] << " good, " << n[1] << " bad\n";
    all[0] += n[0], all[1] += n[1];
  }
  std::cout << all[0] + all[1] << " proofs, " << all[0] << " good and " << all[1]
            << " bad: both verifiers gave the expected verdict on each\n";
  if (testing::GTEST_FLAG(filter) != "*") return;  // part of it
  EXPECT_GE(all[0] + all[1], 1000u);
  EXPECT_GE(all[0], 50u);
}

}  // namespace
}  // namespace sotto
