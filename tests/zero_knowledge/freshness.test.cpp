// SPDX-License-Identifier: Apache-2.0
// Masks are used once (protocol review Z2, rule 10): proofs of one claim share no word, a broken system generator alone does not
// repeat masks for another statement, and no production path can ask for repeatable masks.
#include <gtest/gtest.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "zero_knowledge/prover_runs.h"

namespace {
bool g_broken_generator = false;
size_t g_random_bytes = 0;
}  // namespace

// Takes the place of the C library's: the prover's only source of randomness.
extern "C" ssize_t getrandom(void* buffer, size_t length, unsigned flags) {
  g_random_bytes += length;
  if (!g_broken_generator) return ::syscall(SYS_getrandom, buffer, length, flags);
  std::memset(buffer, 0x5a, length);
  return static_cast<ssize_t>(length);
}

namespace sotto {
namespace {

using claim::ProverState;

struct BrokenGenerator {
  BrokenGenerator() { g_broken_generator = true; }
  ~BrokenGenerator() { g_broken_generator = false; }
};

std::set<Bytes> words(const Bytes& proof) {
  std::set<Bytes> all;
  for (size_t at = 0; at < proof.size(); at += 32)
    all.emplace(proof.begin() + static_cast<ptrdiff_t>(at), proof.begin() + static_cast<ptrdiff_t>(at + 32));
  return all;
}
size_t shared_words(const Bytes& a, const Bytes& b) {
  const std::set<Bytes> x = words(a), y = words(b);
  std::vector<Bytes> both;
  std::set_intersection(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(both));
  return both.size();
}

TEST(Freshness, TwoProofsOfOneClaimShareNoWord) {
  const auto key = toy::key();
  const sound::Program p = toy::program(5);
  const size_t before = g_random_bytes;
  const Bytes first = claim::prove(*key, p, toy::target()).value().proof;
  EXPECT_GE(g_random_bytes - before, 64u) << "every proof must ask the system for randomness";
  const Bytes second = claim::prove(*key, p, toy::target()).value().proof;
  EXPECT_EQ(shared_words(first, second), 0u);
  EXPECT_EQ(words(first).size(), first.size() / 32) << "a word occurs twice in one proof";
  EXPECT_FALSE(words(first).contains(Bytes(32, 0)));
}

TEST(Freshness, ColumnsOfZerosHaveFreshCommitments) {
  const auto key = toy::key();
  sound::Program constant;  // the sample is t: no LOOKUP, no carry
  std::vector<unsigned> zero_columns;
  claim::ProverHooks hooks;
  hooks.before_phase2 = [&](ProverState& st) {
    zero_columns.clear();
    auto zero = [](const auto& v) {
      using Value = typename std::decay_t<decltype(v)>::value_type;
      return std::all_of(v.begin(), v.end(), [](const Value& x) { return x == Value(0); });
    };
    for (unsigned c = 0; c < claim::kVmColumnCount; c++)
      if (zero(st.witness.vm[c])) zero_columns.push_back(c);
    if (zero(st.h[2])) zero_columns.push_back(claim::kHL);
  };
  const Bytes first = toy::prove(*key, constant, hooks).proof, second = toy::prove(*key, constant, hooks).proof;
  EXPECT_GE(zero_columns.size(), 2u);
  for (const unsigned c : zero_columns) {
    const size_t at = 64 * c + (c < claim::kPhase1Count ? 0 : 32);
    const Bytes x(first.begin() + at, first.begin() + at + 64), y(second.begin() + at, second.begin() + at + 64);
    EXPECT_NE(x, y) << claim::kColumnNames[c];
    EXPECT_NE(x, Bytes(64, 0)) << claim::kColumnNames[c];
  }
}

TEST(Freshness, ABrokenGeneratorDoesNotRepeatMasksForAnotherStatement) {
  const BrokenGenerator broken;
  const auto key = toy::key();
  const sound::Program p = toy::program(5);
  auto commitments = [&](const claim::ProvingKey& k, const sound::Program& song, const claim::Target& t) {
    Bytes proof = claim::prove(k, song, t).value().proof;
    proof.resize(64 * claim::kPhase1Count);
    return proof;
  };
  std::vector<Bytes> all = {commitments(*key, p, toy::target())};
  EXPECT_EQ(commitments(*key, p, toy::target()), all[0]) << "the same statement may only be repeated as a whole";
  for (int field = 0; field < 4; field++) {
    claim::Target t = toy::target();
    if (field == 0) t.chain_id++;
    if (field == 1) t.contract[0] ^= 1;
    if (field == 2) t.contest_id[31] ^= 1;
    if (field == 3) t.beneficiary[19] ^= 1;
    all.push_back(commitments(*key, p, t));
  }
  all.push_back(commitments(*toy::key(2), p, toy::target()));
  sound::Program other = p;
  other.constants[0] ^= 1;
  all.push_back(commitments(*key, other, toy::target()));
  other = p;
  other.output.kind = sound::Operand::Kind::kT, other.output.index = 0;
  all.push_back(commitments(*key, other, toy::target()));
  for (size_t i = 0; i < all.size(); i++)
    for (size_t j = 0; j < i; j++) EXPECT_EQ(shared_words(all[i], all[j]), 0u) << i << " and " << j;
}

TEST(Freshness, MasksAreNonzeroAndDistinct) {
  const auto key = toy::key();
  std::set<Bytes32> seen;
  size_t count = 0;
  claim::ProverHooks hooks;
  hooks.before_phase1 = [&](ProverState& st) {
    auto add = [&](const claim::Fr& v) {
      EXPECT_FALSE(v.is_zero());
      seen.insert(v.to_bytes());
      count++;
    };
    for (unsigned c = 0; c < claim::kColumnCount; c++)
      if (c != claim::kProg && c != claim::kZ0 && c != claim::kZ1)
        for (const auto& v : st.mask[c]) add(v);
    for (const uint64_t row : program_mask_rows(st.shape(), st.layout())) add(st.program[row]);
    EXPECT_EQ(st.z0.size(), size_t{claim::kZ0Entries});
    for (const auto& v : st.z0) add(v);
    for (unsigned i = 0; i < st.layout().log_n; i++)
      for (unsigned e = 0; e <= claim::kDegree; e++)
        for (unsigned share = 0; share < 2; share++) add(st.z1[claim::mask_row(i, e, share)]);
  };
  toy::prove(*key, toy::program(5), hooks);
  EXPECT_EQ(seen.size(), count);
  EXPECT_GT(count, 500u);
}

// MaskSource::deterministic exists for tests. Nothing in the product may name it.
TEST(Freshness, NoProductionCodeAsksForRepeatableMasks) {
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SOTTO_SOURCE_DIR "/src")) {
    const std::string path = entry.path().string();
    if (!entry.is_regular_file() || path.ends_with(".test.cpp") || path.ends_with(".bench.cpp")) continue;
    if (!path.ends_with(".cpp") && !path.ends_with(".h")) continue;
    files++;
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    if (path.ends_with("prover/masks.h") || path.ends_with("prover/masks.cpp")) continue;
    EXPECT_EQ(text.str().find("MaskSource::deterministic"), std::string::npos) << path;
  }
  EXPECT_GT(files, 50u);
}

}  // namespace
}  // namespace sotto
