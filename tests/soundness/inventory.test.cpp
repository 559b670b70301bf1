// SPDX-License-Identifier: Apache-2.0
// Inventory of absorb and challenge sites. The table of docs/protocol.md, section 8, is read and followed: its slices
// tile the proof, and a sponge that absorbs them and draws what the table says draws exactly the native verifier's
// challenges, in number and value, for every shape; the contract's hashes, step by step, are the same ones. The prover
// draws what both draw, or no honest proof would be accepted. So every byte is absorbed once and in order, and every
// challenge is drawn where the page says.
#include <regex>
#include <set>

#include "base/keccak.h"
#include "claim/statement/transcript.h"
#include "support/corpus.h"
#include "support/evm_trace.h"
#include "support/transcript_page.h"
#include "support/verdict.h"
#include "zk/transcript/transcript.h"

namespace sotto {
namespace {

using namespace claim;

TEST(Inventory, SlicesTileTheProof) {
  for (const corpus::Named& k : corpus::keys()) {
    size_t at = 0;
    for (const TranscriptSite& site : transcript_sites(k.key->shape, k.key->layout)) {
      EXPECT_EQ(site.slice.offset, at) << k.name << ", " << site.slice.name;
      size_t field_at = at;
      for (const ProofField& f : site.slice.fields) {
        EXPECT_EQ(f.offset, field_at) << f.name;
        field_at += f.bytes();
      }
      at += site.slice.bytes;
      EXPECT_EQ(field_at, at);
    }
    EXPECT_EQ(at, proof_sizes(k.key->shape, k.key->layout).total) << k.name;
  }
}

// The page is what the verifiers do.
TEST(Inventory, ThePageDrawsTheVerifiersChallenges) {
  for (const corpus::Named& k : corpus::keys()) {
    const Proven proven = corpus::prove(*k.key, toy::program(4, k.key->shape.slots() - 1), 9);
    std::vector<Fr> drawn, expected;
    ASSERT_TRUE(verify_with(k.key->vk, proven.statement, proven.proof, {.drawn = &drawn}).ok()) << k.name;
    zk::Sponge sponge(transcript_statement(proven.statement));
    for (const TranscriptSite& site : transcript_sites(k.key->shape, k.key->layout)) {
      sponge.absorb(ByteSpan(proven.proof).subspan(site.slice.offset, site.slice.bytes));
      for (const Fr& x : sponge.challenges(site.challenges)) expected.push_back(x);
    }
    EXPECT_EQ(drawn, expected) << k.name;
    expect_accepted(k.key->vk, proven, k.name);  // the contract draws the same, or it would not accept
  }
}

// The contract hashes exactly this, in this order: the song's commitment, the statement, then slices and challenges.
TEST(Inventory, TheContractHashesWhatThePageSays) {
  EvmVerifier* evm = evm_verdict();
  if (!evm) GTEST_SKIP() << "no contract on this machine";
  for (const corpus::Named& k : corpus::keys()) {
    const Proven proven = corpus::prove(*k.key, toy::program(5), 9);
    const EvmTrace trace = trace_call(*evm, evm->calldata(k.key->vk, proven.statement, proven.proof));
    std::vector<uint64_t> expected = {hash_cost(64), hash_cost(transcript_statement(proven.statement).size())}, seen;
    for (const TranscriptSite& site : transcript_sites(k.key->shape, k.key->layout)) {
      expected.push_back(hash_cost(32 + site.slice.bytes));
      expected.insert(expected.end(), site.challenges, hash_cost(36));
    }
    for (size_t i : hashes(trace)) seen.push_back(trace.steps[i].cost);
    EXPECT_EQ(seen, expected) << k.name;
  }
}

// One field changed: every challenge behind its slice changes, none before. So each field is absorbed where it lies.
TEST(Inventory, EveryFieldChangesTheNextChallenge) {
  const corpus::Named& k = corpus::keys()[0];
  const Proven proven = corpus::prove(*k.key, toy::program(4), 9), other = corpus::prove(*k.key, toy::program(4), 10);
  std::vector<Fr> honest;
  ASSERT_TRUE(verify_with(k.key->vk, proven.statement, proven.proof, {.drawn = &honest}).ok());
  size_t drawn_before = 0, fields = 0;
  std::set<std::string> unseen;
  for (const TranscriptSite& site : transcript_sites(k.key->shape, k.key->layout)) {
    for (const ProofField& f : site.slice.fields) {
      Bytes changed = proven.proof;
      std::copy_n(&other.proof[f.offset], f.bytes(), &changed[f.offset]);  // valid, and different: masks are fresh
      ASSERT_NE(changed, proven.proof) << f.name;
      ClaimStatement s = proven.statement;
      s.song_commitment = keccak256(ByteSpan(changed).subspan(64 * kProg, 64));
      if (s.song_commitment != proven.statement.song_commitment) continue;  // the statement changes with it
      std::vector<Fr> drawn;
      EXPECT_FALSE(verify_with(k.key->vk, s, changed, {.drawn = &drawn}).ok());
      fields++;
      // Where an identity is checked before the next challenge, a verifier that fails draws no more: frozen.test.cpp
      // makes changes there that keep the identity.
      if (drawn.size() < drawn_before + site.challenges) {
        EXPECT_EQ(drawn.size(), drawn_before) << f.name;
        unseen.insert(site.slice.name);
      }
      for (size_t i = 0; i < drawn.size(); i++)
        ASSERT_EQ(drawn[i] == honest[i], i < drawn_before) << f.name << ", challenge " << i;
    }
    drawn_before += site.challenges;
  }
  EXPECT_EQ(drawn_before, honest.size());
  EXPECT_EQ(unseen, (std::set<std::string>{"finals"}));
  EXPECT_EQ(fields + 1, ProofMap(k.key->shape, k.key->layout).fields().size());
}

// The places in the source where something is absorbed or drawn. Whoever changes a number here has to write the attack
// for the new site in frozen.test.cpp, and to extend the page.
TEST(Inventory, SitesInTheSource) {
  const std::tuple<const char*, const char*, const char*, const char*, unsigned, unsigned> files[] = {
      // file, from this text on, pattern of an absorb, pattern of a challenge, absorbs, challenges
      {"src/claim/verifier/verify.cpp", "", R"(\.open_slice\()", R"(\bt_?\.challenges?\()", 4, 3},
      {"src/zk/sumcheck/rounds.cpp", "bool run_rounds", R"(\.open_slice\()", R"(\bt\.challenges?\()", 1, 1},
      {"src/claim/statement/challenges.h", "", R"(\.open_slice\()", R"(\bt\.challenges?\()", 0, 15},
      // read_points calls open_slice
      {"src/zk/commit/opening.cpp", "struct Messages", R"(\.open_slice\(|!read_points\()", R"(\bt\.challenges?\()", 7,
       6},
      // absorb(), absorb_and_draw(). challenge(): gamma, beta, alpha, rho, lambda, mu; absorb_and_draw(): rounds, kappa, and
      // one site for the six of the opening; challenges(): eight points of phase 1 and 2, and layers
      {"contracts/src/Verifier.sol", "// ---- Statement", R"(\babsorb(_and_draw)?\()",
       R"(\b(challenges?|absorb_and_draw)\()", 6, 19},
  };
  for (const auto& [file, from, absorb, draw, absorbs, draws] : files) {
    const std::string all = text_of(file), source = all.substr(all.find(from));
    auto count = [&](const char* pattern) {
      const std::regex r(pattern);
      return std::distance(std::sregex_iterator(source.begin(), source.end(), r), std::sregex_iterator());
    };
    EXPECT_EQ(count(absorb), absorbs) << file << ": absorbs";
    EXPECT_EQ(count(draw), draws) << file << ": challenges";
  }
}

}  // namespace
}  // namespace sotto
