// SPDX-License-Identifier: Apache-2.0
// The linear masking lemma on the layouts that are made (docs/protocol.md, section 11): at random challenges, every direction
// in which a song can move what the verifier sees lies in the span of the masks. With the rows that layout.cpp chooses it must
// hold, and with rows that look as good at first sight it must not: these are the leaks of protocol review Z1.
#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "judge/net/random_network.h"
#include "support/toy.h"
#include "zk/commit/srs.h"
#include "zero_knowledge/transcript_map.h"

namespace sotto {
namespace {

using namespace zero_knowledge;
using claim::Layout;
using claim::Shape;

struct Case {
  Shape shape;
  Layout layout;
};

Case production_case(unsigned slots) {
  static const judge::Network net = judge::random_network({16, 8, 80000, 8, 256, 48, {40, 40, 40}}, 1);
  const Shape shape = claim::make_shape(net, slots).value();
  return {shape, claim::make_layout(shape).value()};
}
Case toy_case() {
  const Shape shape = claim::make_shape(toy::network(), 16).value();
  return {shape, claim::make_layout(shape).value()};
}

// Which masks a proof has.
struct Masks {
  std::vector<uint64_t> program, z0;
  unsigned shares = 2, column_rows = claim::kMaskRows;

  explicit Masks(const Case& c) : program(claim::program_mask_rows(c.shape, c.layout)), z0(claim::z0_rows(c.layout)) {}
};

class RankTest {
 public:
  RankTest(const Case& c, uint64_t seed)
      : case_(c), random_(seed), map_(c.shape, c.layout.log_n, random_challenges(c.layout.log_n, random_)) {
    for (Fr* x : {&column_, &program_, &z0_}) *x = random_.next();  // powers of lambda
  }

  // Span of Z0 and Z1: the bulk of the masks, shared by the variants that only change the others.
  Span opening_and_sumcheck_masks(const Masks& m) const {
    Span s;
    for (unsigned i = 0; i < map_.log_n(); i++)
      for (unsigned e = 0; e <= claim::kDegree; e++)
        for (unsigned share = 0; share < m.shares; share++) {
          Vector v = map_.zero();
          map_.add_sumcheck_mask(v, i, e, share);
          s.add(std::move(v));
        }
    for (const uint64_t row : m.z0) {
      Vector v = map_.zero();
      map_.add_column(v, TranscriptMap::kZ0, unit(row), z0_);
      s.add(std::move(v));
    }
    return s;
  }
  Span all_masks(const Masks& m, Span s) const {
    for (const uint64_t row : m.program) {
      Vector v = map_.zero();
      add_program(v, unit(row));
      s.add(std::move(v));
    }
    for (unsigned i = 0; i < m.column_rows; i++) {
      Vector v = map_.zero();
      map_.add_column(v, TranscriptMap::kColumn, unit(case_.layout.mask_at + i), column_);
      s.add(std::move(v));
    }
    return s;
  }
  // Main rounds that end at the same value: what the song does to the rounds beyond <Prog, w_P>, and what masks of the program do.
  Vector rounds_direction() {
    Vector v = map_.zero();
    map_.add_random_rounds(v, Fr::zero(), random_);
    return v;
  }
  // Everything at once, more than a song can do: any column on any row below the masks, any data of the program column, any rounds that fit.
  Vector witness_direction() {
    const unsigned n = map_.log_n();
    Vector v = map_.zero();
    add_random_column(v);
    Tensor data = Tensor::random(n, random_);
    data.ends[0] = {Fr::one(), Fr::zero()};  // even rows
    for (unsigned i = 1; i < n; i++)
      if (uint64_t{1} << i >= case_.layout.program_rows()) data.ends[i] = {Fr::one(), Fr::zero()};
    const Fr end = add_program(v, data);
    map_.add_random_rounds(v, end, random_);
    return v;
  }
  // A random tensor on each of the dyadic blocks that [0, mask_at) consists of.
  void add_random_column(Vector& v) {
    const unsigned n = map_.log_n();
    uint64_t base = 0;
    for (unsigned bits = n; bits-- > 0;) {
      if (!(case_.layout.mask_at >> bits & 1)) continue;
      Tensor part = Tensor::unit(base, n);
      const Tensor random = Tensor::random(n, random_);
      std::copy_n(random.ends.begin(), bits, part.ends.begin());
      map_.add_column(v, TranscriptMap::kColumn, part, column_);
      base += uint64_t{1} << bits;
    }
  }
  size_t outputs() const { return map_.size(); }
  size_t equations() const {
    return map_.equations(case_.layout.mask_at + zk::kMaskRows + zk::kZ0AtMasks, case_.layout.program_rows());
  }
  // How many of `tries` directions stick out.
  unsigned leaks(const Span& masks, unsigned tries = 3) {
    unsigned count = 0;
    for (unsigned i = 0; i < tries; i++) count += !masks.contains(witness_direction());
    return count;
  }

 private:
  Tensor unit(uint64_t row) const { return Tensor::unit(row, map_.log_n()); }
  Fr add_program(Vector& v, const Tensor& f) const {
    map_.add_column(v, TranscriptMap::kProgram, f, program_);
    return map_.add_program(v, f);
  }

  const Case& case_;
  Random random_;
  TranscriptMap map_;
  Fr column_, program_, z0_;
};

std::vector<uint64_t> below(const std::vector<uint64_t>& rows, uint64_t first, uint64_t end, bool keep) {
  std::vector<uint64_t> out;
  for (const uint64_t row : rows)
    if ((row >= first && row < end) == keep) out.push_back(row);
  return out;
}

// Rows as review rule 9 wants them, whatever the function that makes them.
void check_rows(const Case& c) {
  const std::vector<uint64_t> program = claim::program_mask_rows(c.shape, c.layout), z0 = claim::z0_rows(c.layout);
  std::set<uint64_t> distinct(program.begin(), program.end());
  EXPECT_EQ(distinct.size(), program.size());
  for (const uint64_t row : program) EXPECT_TRUE(row % 2 == 1 && row < c.layout.program_rows());
  const uint64_t flags = claim::flag_row(c.shape, 32, 0);
  EXPECT_GE(below(program, 0, flags, true).size(), 8u);
  for (uint64_t at = flags; at < c.layout.program_rows(); at *= 2) EXPECT_GE(below(program, at, 2 * at, true).size(), 3u) << at;
  distinct = {z0.begin(), z0.end()};
  EXPECT_EQ(distinct.size(), size_t{claim::kZ0Entries});
  EXPECT_LT(*distinct.rbegin(), c.layout.used_rows);
}

// `flags` masks in the flag sub-block and `above` in every dyadic block above it.
std::vector<uint64_t> few(const Case& c, const std::vector<uint64_t>& rows, unsigned flags, unsigned above) {
  const uint64_t flag_rows = claim::flag_row(c.shape, 32, 0);
  std::vector<uint64_t> out = below(rows, 0, flag_rows, true);
  out.resize(flags);
  for (uint64_t at = flag_rows; at < c.layout.program_rows(); at *= 2) {
    const std::vector<uint64_t> block = below(rows, at, 2 * at, true);
    out.insert(out.end(), block.begin(), block.begin() + above);
  }
  return out;
}

// `margin`: so few masks in the flag sub-block, with one in every block above, are enough with Z1 in two shares and not in one.
void check_case(const Case& c, uint64_t seed, unsigned margin) {
  check_rows(c);
  RankTest test(c, seed);
  const Masks recommended(c);
  const Span base = test.opening_and_sumcheck_masks(recommended);
  EXPECT_TRUE(base.contains(test.rounds_direction())) << "Z0 and Z1 alone must hide the rounds";
  const Span all = test.all_masks(recommended, base);
  std::printf("n = %u, K = %u: %zu words, %zu equations, rank of Z0 and Z1 %zu, of all masks %zu\n",
              c.layout.log_n, c.shape.slots(), test.outputs(), test.equations(), base.rank(), all.rank());
  EXPECT_EQ(all.rank() + test.equations(), test.outputs());
  EXPECT_EQ(test.leaks(all), 0u);
  Masks fewest = recommended;
  fewest.program = few(c, fewest.program, margin, 1);
  EXPECT_EQ(test.leaks(test.all_masks(fewest, base)), 0u) << fewest.program.size() << " program masks";

  const uint64_t flags = claim::flag_row(c.shape, 32, 0);
  auto leaks = [&](auto&& change, const char* name) {
    Masks m = recommended;
    change(m);
    const bool same_base = m.z0 == recommended.z0 && m.shares == recommended.shares;
    const Span span = test.all_masks(m, same_base ? base : test.opening_and_sumcheck_masks(m));
    EXPECT_EQ(test.leaks(span), 3u) << name;
  };
  leaks([&](Masks& m) { m.column_rows = 1; }, "one mask row per column");
  leaks([&](Masks& m) { m.program = below(m.program, 0, flags, true); }, "program masks only in the flag sub-block");
  leaks([&](Masks& m) { m.program = below(m.program, 0, flags, false); }, "no program masks in the flag sub-block");
  for (uint64_t at = flags; at < c.layout.program_rows(); at *= 2)
    leaks([&](Masks& m) { m.program = below(m.program, at, 2 * at, false); }, "a dyadic block without program masks");
  leaks([&](Masks& m) { m.program.resize(4); }, "four program masks");
  leaks([&](Masks& m) { m.program = few(c, m.program, 2, 1); }, "too few program masks");
  leaks([&](Masks& m) {
    m.program = few(c, m.program, margin, 1);
    m.shares = 1;
  }, "Z1 in one share and few program masks");
  leaks([&](Masks& m) {
    for (uint64_t i = 0; i < m.z0.size(); i++) m.z0[i] = i;
  }, "Z0 contiguous at low rows");
  leaks([&](Masks& m) {
    m.program = few(c, m.program, margin, 1);
    m.z0 = rows_in_few_blocks(c.layout.mask_at);
  }, "Z0 in few blocks and few program masks");
}

// Rule 11: no key should be made for a layout that has not passed. What this test looks at depends on n, K and the mask rows: it runs
// for every n and K that make_layout accepts, and below for songs of many lengths.
TEST(Rank, EveryLayoutHides) {
  const judge::Network net = toy::network();
  unsigned layouts = 0, alone = 0;
  for (const unsigned slots : {16u, 32u, 64u})
    for (unsigned n = 12; n <= zk::kMaxLogSize; n++) {
      Shape shape = claim::make_shape(net, slots).value();
      shape.sample_bits = n - shape.slot_bits;
      shape.frame_bits = shape.sample_bits - shape.hop_bits;
      const Result<Layout> layout = claim::make_layout(shape);
      if (!layout.ok()) continue;
      const Case c{shape, layout.value()};
      ASSERT_EQ(c.layout.log_n, n);
      check_rows(c);
      RankTest test(c, n);
      const Masks masks(c);
      const Span all = test.all_masks(masks, test.opening_and_sumcheck_masks(masks));
      EXPECT_EQ(test.leaks(all, 1), 0u) << "n = " << n << ", K = " << slots;
      EXPECT_EQ(all.rank() + test.equations(), test.outputs()) << "n = " << n << ", K = " << slots;
      layouts++;
      if (!std::has_single_bit(c.layout.mask_at)) continue;  // else the mask rows are alone in their half
      Masks below_them = masks;
      std::erase_if(below_them.z0, [&](uint64_t row) { return row >= c.layout.mask_at; });
      EXPECT_EQ(test.leaks(test.all_masks(below_them, test.opening_and_sumcheck_masks(below_them)), 1), 1u) << "Z0 only below the mask rows";
      alone++;
    }
  std::printf("%u layouts\n", layouts);
  EXPECT_GE(layouts, 40u);
  EXPECT_GE(alone, 20u);
}

// Songs whose mask rows are at a power of two, and just before and behind one, and songs of any length.
TEST(Rank, EveryLengthOfSongsHides) {
  std::vector<std::pair<unsigned, uint32_t>> songs = {{16, 72184}, {16, 88328}, {16, 99496}, {16, 114688},
                                                      {32, 36096}, {32, 44168}, {32, 57343}, {32, 57344},
                                                      {32, 79265}, {64, 140088}, {64, 174336}};
  std::mt19937_64 random(3);
  for (const unsigned slots : {16u, 32u, 64u}) {
    for (const uint32_t length : {32768u, 65536u, 131072u})
      for (const int more : {-9, -8, 0, 1, 16}) songs.emplace_back(slots, length + static_cast<uint32_t>(more));
    for (int i = 0; i < 6; i++) songs.emplace_back(slots, 20000 + static_cast<uint32_t>(random() % 100000));
  }
  for (const auto& [slots, samples] : songs) {
    const judge::Network net = judge::random_network({16, 8, samples, 8, 256, 48, {40, 40, 40}}, 1);
    const Shape shape = claim::make_shape(net, slots).value();
    const Case c{shape, claim::make_layout(shape).value()};
    check_rows(c);
    RankTest test(c, samples);
    const Masks masks(c);
    const Span all = test.all_masks(masks, test.opening_and_sumcheck_masks(masks));
    EXPECT_EQ(test.leaks(all, 1), 0u) << samples << " samples, K = " << slots;
    EXPECT_EQ(all.rank() + test.equations(), test.outputs()) << samples << " samples, K = " << slots;
  }
}

TEST(Rank, ToyLayoutHides) { check_case(toy_case(), 1, 5); }
TEST(Rank, Slots16Hides) { check_case(production_case(16), 2, 4); }
TEST(Rank, Slots32Hides) { check_case(production_case(32), 3, 5); }
TEST(Rank, Slots64Hides) { check_case(production_case(64), 4, 6); }

}  // namespace
}  // namespace sotto
