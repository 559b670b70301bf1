// SPDX-License-Identifier: Apache-2.0
// Forgeries in the song's column, the lookups' bookkeeping and the folded vectors.
#include "support/attack_song.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

const VerifyingKey& vk() { return attack_start().key->vk; }
void rejected_plan(const std::string& what, const Plan& plan) { expect_rejected(vk(), forge::forge(attack_start(), plan), what, "reduction identity"); }
Fr& selector(Tables& t, unsigned operand, unsigned source, unsigned slot) { return t[kProg][selector_row(shape(), layout(), operand, source, slot)]; }
Fr& flag(Tables& t, unsigned op, unsigned slot) { return t[kProg][flag_row(shape(), op, slot)]; }
const Fr kHalf = Fr(uint64_t{2}).inverse();
Tamper set_b(unsigned slot, uint32_t value) {
  return [=](unsigned k, uint32_t&, uint32_t& b, uint32_t&, std::optional<uint32_t>&) { if (k == slot) b = value; };
}
unsigned word_at_lookup() { return static_cast<unsigned>(*small(attack_start().tables[kA0][row_of(sLookup)])); }
unsigned op_of(unsigned slot) { return pad_program(shape(), attack_program())[slot].op; }

// Operand b of the first slot: constants 0, 1, 3 are 5, 7, 3.
TEST(ProgramForgeries, SelectorsAreOneHot) {
  const unsigned c = shape().first_constant();
  using Change = std::function<void(Tables&)>;
  const std::tuple<const char*, uint32_t, Change> lies[] = {
      {"halves", (5 + 7) / 2, [=](Tables& t) { selector(t, 1, c, sAdd) = selector(t, 1, c + 1, sAdd) = kHalf; }},
      {"two ones", 5 + 7, [=](Tables& t) { selector(t, 1, c + 1, sAdd) = Fr::one(); }},
      {"none", 0, [=](Tables& t) { selector(t, 1, c, sAdd) = Fr::zero(); }},
      {"2 and -1", 2 * 5 - 7, [=](Tables& t) { selector(t, 1, c, sAdd) = Fr(uint64_t{2}), selector(t, 1, c + 1, sAdd) = -Fr::one(); }},
      {"1, 1, -1", 7 + 5 - 3, [=](Tables& t) { selector(t, 1, c + 1, sAdd) = Fr::one(), selector(t, 1, c + 3, sAdd) = -Fr::one(); }},
      {"a multiple", 10, [=](Tables& t) { selector(t, 1, c, sAdd) = Fr(uint64_t{2}); }},
  };
  for (const auto& [what, value, change] : lies) rejected_plan(what, {.cells = at_all_samples(set_b(sAdd, value), change)});
  // Swapped to another source it is simply another song.
  const Proven other = forge::forge(attack_start(), {.cells = at_all_samples(set_b(sAdd, 7), [=](Tables& t) {
    selector(t, 1, c, sAdd) = Fr::zero(), selector(t, 1, c + 1, sAdd) = Fr::one();
  })});
  expect_accepted(vk(), other, "another song");
  EXPECT_NE(other.statement.score, attack_start().score);
}

TEST(ProgramForgeries, FlagsAreOneHot) {
  const unsigned add = static_cast<unsigned>(Op::kAdd), sub = static_cast<unsigned>(Op::kSub);
  ASSERT_EQ(op_of(sAdd), add);
  auto result = [](auto&& f) -> Tamper {
    return [=](unsigned k, uint32_t& a, uint32_t& b, uint32_t&, std::optional<uint32_t>& out) { if (k == sAdd) out = f(a, b) & 0xffff; };
  };
  rejected_plan("none", {.cells = at_all_samples(result([](uint32_t, uint32_t) { return 1; }), [=](Tables& t) { flag(t, add, sAdd) = Fr::zero(); })});
  rejected_plan("two ones", {.cells = at_all_samples({}, [=](Tables& t) { flag(t, sub, sAdd) = Fr::one(); })});
  rejected_plan("halves", {.cells = at_all_samples({}, [=](Tables& t) { flag(t, add, sAdd) = flag(t, sub, sAdd) = kHalf; })});
  rejected_plan("2 and -1", {.cells = at_all_samples({}, [=](Tables& t) { flag(t, add, sAdd) = Fr(uint64_t{2}), flag(t, sub, sAdd) = -Fr::one(); })});
  rejected_plan("only of an operation that does not exist", {.cells = at_all_samples(result([](uint32_t, uint32_t) { return 1; }), [=](Tables& t) {
    flag(t, add, sAdd) = Fr::zero(), flag(t, 20, sAdd) = Fr::one();
  })});
  // Two ones whose constraints hold both, t & t = t | t: the sum alone rejects them.
  rejected_plan("AND and OR of equal operands", {.cells = [=](Tables& t) {
    const unsigned c = shape().first_constant();
    selector(t, 1, c, sAdd) = Fr::zero(), selector(t, 1, shape().slots(), sAdd) = Fr::one();
    flag(t, add, sAdd) = Fr::zero(), flag(t, static_cast<unsigned>(Op::kAnd), sAdd) = flag(t, static_cast<unsigned>(Op::kOr), sAdd) = Fr::one();
    rerun(attack_start(), t, [](unsigned k, uint32_t& a, uint32_t& b, uint32_t&, std::optional<uint32_t>& out) { if (k == sAdd) b = a, out = a; });
    for (uint64_t i = 0; i < shape().samples; i++) t[kCy][row_of(sAdd, i)] = Fr::zero();
    return rejudge(attack_start(), t);
  }});
  // A flag of an operation that does not exist, beside a real one, switches nothing on.
  const Proven proven = forge::forge(attack_start(), {.cells = [=](Tables& t) {
    flag(t, 20, sAdd) = Fr::one();
    return rejudge(attack_start(), t);
  }});
  expect_accepted(vk(), proven, "flag of an operation that does not exist");
  EXPECT_EQ(proven.statement.score, attack_start().score);
  rejected_plan("the same, not a bit", {.cells = [=](Tables& t) { return flag(t, 20, sAdd) = Fr(uint64_t{2}), attack_start().score; }});
}

TEST(ProgramForgeries, NoSelfAndNoForwardReference) {
  rejected_plan("self", {.cells = at_all_samples(
      [](unsigned k, uint32_t& a, uint32_t& b, uint32_t&, std::optional<uint32_t>& out) { if (k == sOr) a = b | 0x55, out = a; },
      [](Tables& t) { selector(t, 0, sDiv, sOr) = Fr::zero(), selector(t, 0, sOr, sOr) = Fr::one(); })});
  rejected_plan("the next slot", {.cells = [](Tables& t) {
    // slot sLt reads a later slot's honest result: a = EQ's, which does not depend on it
    selector(t, 0, sShr, sLt) = Fr::zero(), selector(t, 0, sEq, sLt) = Fr::one();
    for (uint64_t i = 0; i < shape().samples; i++) {
      const uint32_t eq = static_cast<uint32_t>(*small(attack_start().tables[kR][row_of(sEq, i)]));
      rerun_sample(attack_start(), t, i, [=](unsigned k, uint32_t& a, uint32_t&, uint32_t&, std::optional<uint32_t>&) { if (k == sLt) a = eq; });
    }
    return rejudge(attack_start(), t);
  }});
  rejected_plan("the output slot itself", {.cells = [](Tables& t) {
    const unsigned last = shape().slots() - 1;  // ADD of a and t: a = a + t never holds but at t = 0, so change the operation
    selector(t, 0, sSub, last) = Fr::zero(), selector(t, 0, last, last) = Fr::one();
    flag(t, static_cast<unsigned>(Op::kAdd), last) = Fr::zero(), flag(t, static_cast<unsigned>(Op::kOr), last) = Fr::one();
    for (uint64_t i = 0; i < shape().samples; i++) write_row(shape(), t, row_of(last, i), Op::kOr, 0x55 | static_cast<uint32_t>(i), static_cast<uint32_t>(i), static_cast<uint32_t>(i), 0x55 | static_cast<uint32_t>(i));
    return rejudge(attack_start(), t);
  }});
}

TEST(ProgramForgeries, SampleThatNoProgramProduces) {
  const unsigned last = shape().slots() - 1;
  for (uint64_t t : {uint64_t{0}, kTime, uint64_t{shape().samples - 1}}) {
    rejected_plan("one limb of the output, consistent in its row", {.cells = [=](Tables& tables) {
      rerun_sample(attack_start(), tables, t, [=](unsigned k, uint32_t& a, uint32_t&, uint32_t&, std::optional<uint32_t>&) { if (k == last) a ^= 1; });
      return rejudge(attack_start(), tables);
    }});
    rejected_plan("a0 alone", {.cells = [=](Tables& tables) {
      Fr& cell = tables[kA0][row_of(last, t)];
      cell = Fr(*small(cell) ^ 1);
      return rejudge(attack_start(), tables);
    }});
  }
}

TEST(ProgramForgeries, SongTable) {
  // Rows past the table belong to no region: nothing can be looked up there.
  auto place = [](bool table_too) {
    return [=](Tables& t) {
      t[kProg][song_table_row(layout(), 16)] = Fr(uint64_t{99});
      t[kProg][layout().tables_at + 6] = Fr(uint64_t{99});  // on the rows of the public tables
      if (table_too) t[kProg][song_table_row(layout(), word_at_lookup())] += Fr::one();
      return rejudge(attack_start(), t);
    };
  };
  const Proven proven = forge::forge(attack_start(), {.cells = place(false)});
  expect_accepted(vk(), proven, "entries outside the table's region");
  EXPECT_EQ(proven.statement.score, attack_start().score);
  rejected_plan("table entry changed, results not", {.cells = place(true)});
  rejected_plan("an index past the table", {.cells = at_one_sample([](unsigned k, uint32_t&, uint32_t&, uint32_t&, std::optional<uint32_t>& out) {
    if (k == sLookup) out = 99;
  }, [](Tables& t) {
    t[kProg][song_table_row(layout(), 16)] = Fr(uint64_t{99});
    t[kA0][row_of(sLookup)] = Fr(uint64_t{16}), t[kA1][row_of(sLookup)] -= Fr::one();
  })});
}

TEST(ProgramForgeries, Multiplicities) {
  const uint64_t a = layout().tables_at, range = uint64_t{1} << shape().range_bits(), song = song_table_row(layout(), 3);
  auto change = [](std::initializer_list<std::pair<uint64_t, int64_t>> cells) {
    return Plan{.phase1 = [list = std::vector(cells)](Tables& t) {
      for (const auto& [row, by] : list) t[kM][row] += Fr::from_signed(by);
    }};
  };
  rejected_plan("one more", change({{a + 5, 1}}));
  rejected_plan("one less", change({{a + 3 * range, -1}}));
  rejected_plan("of the song's table", change({{song, 1}}));
  rejected_plan("moved within a table", change({{a + 5, 1}, {a + 6, -1}}));
  rejected_plan("moved between tables", change({{a + 5, 1}, {a + range + 5, -1}}));
  rejected_plan("moved from the song's table", change({{song, -1}, {a + 3, 1}}));
  rejected_plan("negative for a value that is nowhere", change({{a + 7 * 16 + 15, -3}}));
  // An operand row that is claimed to be a range row: the ids keep the tables apart.
  rejected_plan("and-limb of another table", {.cells = at_one_sample(wrong_result(sAnd, 1), [](Tables& t) {
    t[kG0][row_of(sAnd)] += Fr::one();
  }), .phase1 = [=](Tables& t) {
    const uint64_t row = *small(t[kA0][row_of(sAnd)]) | *small(t[kB0][row_of(sAnd)]) << 4;
    t[kM][a + row] -= Fr::one(), t[kM][a + range + row] += Fr::one();
  }});
}

TEST(ProgramForgeries, Helpers) {
  auto shift = [](unsigned from, uint64_t from_row, unsigned to, uint64_t to_row) {
    return Plan{.phase2 = [=](Tables& t, const Challenges& c) { t[from][from_row] -= c.gamma, t[to][to_row] += c.gamma; }};
  };
  const uint64_t x = row_of(sMul), score = layout().score_row;
  rejected_plan("h1 to h2", shift(kH1, x, kH2, x));
  rejected_plan("h1 to another row", shift(kH1, x, kH1, x + 1));
  rejected_plan("h1 to hL", shift(kH1, x, kHL, x));
  rejected_plan("hJ to hF", shift(kHJ, score, kHF, score));
  rejected_plan("hF to h2", shift(kHF, layout().log_rows.base, kH2, x));
  rejected_plan("hT to another table", shift(kHT, layout().tables_at, kHT, layout().tables_at + 700));
  rejected_plan("hT alone", {.phase2 = [](Tables& t, const Challenges&) { t[kHT][layout().tables_at] += Fr::one(); }});
  rejected_plan("no helpers at all", {.phase2 = [](Tables& t, const Challenges&) {
    for (unsigned h : {kH1, kH2, kHL, kHJ, kHF, kHT}) std::fill(t[h].begin(), t[h].end(), Fr::zero());
  }});
}

TEST(ProgramForgeries, FoldedVectors) {
  const unsigned k = shape().slots();
  for (unsigned v : {kV1, kV2})
    for (unsigned j : {0u, k, k + 1, shape().sources() - 1})
      rejected_plan("wrong entry", {.phase2 = [=](Tables& t, const Challenges&) { t[v][j] += Fr::one(); }});
  rejected_plan("equal product, other vectors", {.phase2 = [=](Tables& t, const Challenges& c) {
    t[kV1][k] *= c.gamma, t[kV2][k] *= c.gamma.inverse();
  }});
  rejected_plan("t of another sample", {.phase2 = [=](Tables& t, const Challenges& c) { t[kV2][k] += c.rt[0]; }});
}

}  // namespace
}  // namespace sotto
