// SPDX-License-Identifier: Apache-2.0
// What a network's proof tells of the input beyond the output: nothing. Another input with the same output gives the same proof, byte
// for byte, under other masks; on every layout the masks span whatever an input can change (docs/protocol.md, section 11; there is no
// program column here); and two proofs share no word.
#include <bit>
#include <set>

#include "zero_knowledge/network_adversary.h"
#include "zero_knowledge/network_runs.h"

namespace sotto {
namespace {

using namespace zero_knowledge;
using claim::network::DenseLayer;
using claim::network::Gpt;
using claim::network::Network;
using claim::network::NetworkBuilder;

void expect_explained(const Subject& s) {
  const Recorded target(s);
  const NetworkAdversary adversary(target);
  EXPECT_TRUE(adversary.explain(other_input(s)) == target.honest.proof);
}
TEST(NetworkEquivocation, AnotherInputExplainsAProofByteForByte) { expect_explained(network_attack::mlp()); }
TEST(NetworkEquivocation, OtherTokensExplainAProofOfAGptByteForByte) { expect_explained(coarse_gpt()); }

// What the simulator makes is distributed as proofs are: an input gives the same bytes.
TEST(NetworkEquivocation, SimulatorWithoutAnInputMakesProofsOfInputs) {
  for (const Subject* s : {&network_attack::mlp(), &coarse_gpt()}) {
    const Plan honest = network_attack::honest_plan(*s);
    const Recorded simulated = simulate(*s, honest.output, 3);
    const NetworkAdversary adversary(simulated);
    EXPECT_TRUE(adversary.explain(honest) == simulated.honest.proof) << s->name;
  }
}

TEST(NetworkEquivocation, OneRandomRowPerColumnLeaks) {
  const Subject& s = network_attack::mlp();
  const Recorded target(s);
  const NetworkAdversary adversary(target);
  EXPECT_GT(adversary.contradicted(other_input(s), 1), 3u);
  EXPECT_EQ(adversary.contradicted(network_attack::honest_plan(s), 1), 0u);
}

// ---- Rank of the masks

class NetworkRank {
 public:
  NetworkRank(const Circuit& c, uint64_t seed)
      : c_(c), random_(seed), map_(network_kind(c.log_n), c.log_n, random_challenges(c.log_n, random_)),
        column_(random_.next()), z0_(random_.next()) {}

  struct Masks {
    std::vector<uint64_t> z0;
    unsigned column_rows = zk::kMaskRows, shares = 2;
  };
  Masks all() const { return {zk::opening_mask_rows(c_.mask_at)}; }
  Span span(const Masks& m) const {
    Span s;
    for (unsigned i = 0; i < c_.log_n; i++)
      for (unsigned e = 0; e <= claim::network::kDegree; e++)
        for (unsigned share = 0; share < m.shares; share++) {
          Vector v = map_.zero();
          map_.add_sumcheck_mask(v, i, e, share);
          s.add(std::move(v));
        }
    for (const uint64_t row : m.z0) {
      Vector v = map_.zero();
      map_.add_column(v, TranscriptMap::kZ0, Tensor::unit(row, c_.log_n), z0_);
      s.add(std::move(v));
    }
    for (unsigned i = 0; i < m.column_rows; i++) {
      Vector v = map_.zero();
      map_.add_column(v, TranscriptMap::kColumn, Tensor::unit(c_.mask_at + i, c_.log_n), column_);
      s.add(std::move(v));
    }
    return s;
  }
  // More than an input can do: any column on any rows below the masks, any rounds that a verifier accepts.
  Vector witness_direction() {
    Vector v = map_.zero();
    uint64_t base = 0;
    for (unsigned bits = c_.log_n; bits-- > 0;) {
      if (!(c_.mask_at >> bits & 1)) continue;
      Tensor part = Tensor::unit(base, c_.log_n);
      const Tensor random = Tensor::random(c_.log_n, random_);
      std::copy_n(random.ends.begin(), bits, part.ends.begin());
      map_.add_column(v, TranscriptMap::kColumn, part, column_);
      base += uint64_t{1} << bits;
    }
    map_.add_random_rounds(v, Fr::zero(), random_);
    return v;
  }
  bool leaks(const Masks& m) { return !span(m).contains(witness_direction()); }
  size_t outputs() const { return map_.size(); }
  // Three words of the map are a program's.
  size_t equations() const {
    return 3 + map_.equations(c_.mask_at + zk::kMaskRows + zk::kZ0AtMasks, zk::mask_row(c_.log_n, 0, 0));
  }

 private:
  const Circuit& c_;
  Random random_;
  TranscriptMap map_;
  Fr column_, z0_;  // powers of lambda
};

Network wide(uint32_t in, uint32_t out) {
  NetworkBuilder b;
  b.output(b.dense_wide(b.bytes(in), {in, out, std::vector<int32_t>(size_t{in} * out, 1), {}, 8, false}), out);
  return b.finish().value();
}

void check_layout(const std::string& name, const Circuit& c, uint64_t seed, bool variants) {
  NetworkRank rank(c, seed);
  const NetworkRank::Masks all = rank.all();
  const Span span = rank.span(all);
  std::printf("%s: n = %u, masks at %u, %zu words, %zu equations, rank %zu\n", name.c_str(), c.log_n, c.mask_at,
              rank.outputs(), rank.equations(), span.rank());
  if (c.mask_at >= c.table_rows) {  // far below, h has too few coefficients for all that is asked of it
    EXPECT_EQ(span.rank() + rank.equations(), rank.outputs()) << name;
  }
  for (int i = 0; i < 3; i++) EXPECT_TRUE(span.contains(rank.witness_direction())) << name;
  EXPECT_EQ(std::set<uint64_t>(all.z0.begin(), all.z0.end()).size(), size_t{zk::kZ0Entries});
  if (!variants) return;
  const auto expect_leak = [&](const char* what, auto&& change) {
    NetworkRank::Masks m = all;
    change(m);
    EXPECT_TRUE(rank.leaks(m)) << name << ": " << what;
  };
  expect_leak("one mask row per column", [](auto& m) { m.column_rows = 1; });
  expect_leak("no Z1", [](auto& m) { m.shares = 0; });
  expect_leak("Z0 at low rows", [](auto& m) { for (size_t i = 0; i < m.z0.size(); i++) m.z0[i] = i; });
  expect_leak("Z0 in few blocks", [&](auto& m) {
    m.z0 = rows_in_few_blocks(c.mask_at);
    EXPECT_TRUE(zk::in_every_class(c.log_n, c.mask_at, m.z0));
  });
  expect_leak("few entries of Z0", [](auto& m) { m.z0.resize(20); });
  if (std::has_single_bit(c.mask_at))  // the mask rows are alone in their half
    expect_leak("Z0 only below the mask rows", [&](auto& m) { std::erase_if(m.z0, [&](uint64_t row) { return row >= c.mask_at; }); });
}

TEST(NetworkRank, SmallLayoutsHide) {
  check_layout("MLP 20-6-3", network_attack::mlp().circuit(), 1, true);
  check_layout("small GPT", network_attack::gpt().circuit(), 2, true);
}
TEST(NetworkRank, LayoutsOfBenchmarksHide) {
  check_layout("MLP 784-56-10", claim::network::make_mlp(784, 56, 10, 7).value().network.circuit, 3, false);
  check_layout("GPT of 4 layers", Gpt::random({}, 1).quantised().value().circuit, 4, false);
}
// Columns of weights that are longer than all others.
TEST(NetworkRank, LayoutsOfManyWeightsHide) {
  for (const auto& [in, out] : {std::pair{1024u, 128u}, {1024u, 513u}, {2048u, 1024u}})
    check_layout(std::to_string(in) + " by " + std::to_string(out), wide(in, out).circuit, in + out, in == 2048);
}
// Layouts are this simple: mask rows anywhere above the tables, at a power of two and beside one.
TEST(NetworkRank, MaskRowsAnywhereHide) {
  std::mt19937_64 random(5);
  for (unsigned n = 12; n <= claim::network::kMaxLogN; n++) {
    const uint64_t half = uint64_t{1} << (n - 1);
    const uint64_t anywhere = half + random() % (half - 40);
    for (const uint64_t mask_at : {half - 40, half - 8, half, half + 8, half + half / 2, 2 * half - 40, anywhere}) {
      Circuit c = network_attack::mlp().circuit();
      c.log_n = n, c.mask_at = static_cast<uint32_t>(mask_at);
      EXPECT_TRUE(zk::in_every_class(c.log_n, c.mask_at, zk::opening_mask_rows(c.mask_at)));
      check_layout("mask rows anywhere", c, random(), false);
    }
  }
}

// ---- Freshness

// Words of a proof but for evaluations of public columns, of which one may be all zeros.
std::vector<Bytes32> words(const Subject& s, const Bytes& proof) {
  using namespace claim::network;
  const ProofOffsets at(s.circuit());
  const auto is_public = [&](size_t i) {
    const size_t first = at.evaluations + 32 * evaluated_index(kWeights), end = at.evaluations + 32 * evaluated_columns(s.circuit());
    return i >= first && i < end;
  };
  std::vector<Bytes32> out;
  for (size_t i = 0; i < proof.size(); i += 32)
    if (!is_public(i)) std::copy_n(proof.begin() + static_cast<ptrdiff_t>(i), 32, out.emplace_back().begin());
  return out;
}

TEST(NetworkFreshness, TwoProofsOfOneInputShareNoWord) {
  const Subject& s = network_attack::mlp();
  const Bytes a = prove(*s.key, s.input, keccak256("a"), {}).value().proof, b = prove(*s.key, s.input, keccak256("a"), {}).value().proof;
  const std::vector<Bytes32> of_a = words(s, a), of_b = words(s, b);
  const std::set<Bytes32> first(of_a.begin(), of_a.end()), second(of_b.begin(), of_b.end());
  EXPECT_EQ(first.size(), of_a.size()) << "a word appears twice";
  for (const Bytes32& w : first) EXPECT_FALSE(second.contains(w));
  EXPECT_FALSE(first.contains(Bytes32{}));
}

}  // namespace
}  // namespace sotto
