// SPDX-License-Identifier: Apache-2.0
// Forgeries in the machine's rows. Each is as consistent as its author could make it: later slots, the judge, the multiplicities and
// the score follow from the lie. Cells that mean nothing may hold anything: those proofs are accepted with the same score.
#include <map>

#include "support/attack_song.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

const VerifyingKey& vk() { return attack_start().key->vk; }
void rejected_plan(const std::string& what, const Plan& plan) { expect_rejected(vk(), forge::forge(attack_start(), plan), what, "reduction identity"); }
void rejected_cells(const std::string& what, const std::function<uint32_t(Tables&)>& cells) { rejected_plan(what, {.cells = cells}); }
// Accepted, and the score is the honest one.
void harmless(const std::string& what, const std::function<void(Tables&)>& cells) {
  const Proven proven = forge::forge(attack_start(), {.cells = [&](Tables& t) {
    cells(t);
    return rejudge(attack_start(), t);
  }});
  expect_accepted(vk(), proven, what);
  EXPECT_EQ(proven.statement.score, attack_start().score) << what;
}
// One cell of one row, nothing else.
std::function<uint32_t(Tables&)> one_cell(unsigned column, unsigned slot, const std::function<Fr(const Fr&)>& value, uint64_t t = kTime) {
  return [=](Tables& tables) {
    Fr& cell = tables[column][row_of(slot, t)];
    cell = value(cell);
    return rejudge(attack_start(), tables);
  };
}
Fr plus_one(const Fr& v) { return v + Fr::one(); }
uint32_t word_at(unsigned slot, unsigned column) { return static_cast<uint32_t>(*small(attack_start().tables[column][row_of(slot)])); }

TEST(MachineForgeries, WrongResultOfEveryOperation) {
  for (unsigned slot = sAdd; slot <= sSub; slot++) {
    rejected_cells("result + 1 of slot " + std::to_string(slot), at_one_sample(wrong_result(slot, 1)));
    rejected_cells("result with another top bit of slot " + std::to_string(slot), at_one_sample(wrong_result(slot, 0x8000)));
  }
}

TEST(MachineForgeries, BoundarySamples) {
  for (uint64_t t : {uint64_t{0}, uint64_t{shape().samples - 1}})
    rejected_cells("wrong result at sample " + std::to_string(t), [=](Tables& tables) {
      rerun_sample(attack_start(), tables, t, wrong_result(sAdd, 1));
      return rejudge(attack_start(), tables);
    });
}

// Division: another quotient with a remainder that is too large, negative, or of the other sign.
TEST(MachineForgeries, QuotientAndRemainder) {
  const uint32_t b = 7, a = word_at(sMul, kR), q = word_at(sDiv, kR), r = a % b;
  ASSERT_LT(a, 0x8000u);
  rejected_cells("remainder = remainder + divisor", at_one_sample(wrong_result(sDiv, 0xffff), [=](Tables& t) {
    t[kW1l][row_of(sDiv)] = Fr(uint64_t{r + b});  // As = (q - 1) B + (r + B)
    t[kW2l][row_of(sDiv)] = -Fr(uint64_t{r + 1});
  }));
  rejected_cells("the same with w2 in range", at_one_sample(wrong_result(sDiv, 0xffff), [=](Tables& t) { t[kW1l][row_of(sDiv)] = Fr(uint64_t{r + b}); }));
  rejected_cells("negative remainder", at_one_sample(wrong_result(sDiv, 1), [=](Tables& t) {
    t[kW1l][row_of(sDiv)] = Fr::from_signed(int64_t{r} - b);
    t[kW2l][row_of(sDiv)] = Fr(uint64_t{2 * b - 1 - r});
  }));
  rejected_cells("division by something as if by zero", at_one_sample(wrong_result(sDiv, 0u - q), [](Tables& t) {
    t[kZ][row_of(sDiv)] = Fr::one(), t[kW1l][row_of(sDiv)] = Fr(uint64_t{word_at(sMul, kR) & 255}), t[kW1h][row_of(sDiv)] = Fr(uint64_t{word_at(sMul, kR) >> 8});
  }));
  rejected_cells("modulus unreduced", at_one_sample(wrong_result(sMod, 3), [](Tables& t) { t[kW1l][row_of(sMod)] -= Fr::one(); }));
  rejected_cells("remainder with the sign of the divisor", at_one_sample(wrong_result(sMod, 0xfffd), [](Tables& t) {
    t[kCy][row_of(sMod)] = Fr::one();
  }));
}

TEST(MachineForgeries, AuxiliaryCells) {
  rejected_cells("carry of an addition", one_cell(kCy, sAdd, plus_one));
  rejected_cells("carry of a comparison, result to match", at_one_sample([](unsigned k, uint32_t& a, uint32_t& b, uint32_t&, std::optional<uint32_t>& out) {
    if (k == sLt) out = !(sound::to_signed(a, 16) < sound::to_signed(b, 16));
  }, [](Tables& t) { t[kCy][row_of(sLt)] = Fr::one() - t[kCy][row_of(sLt)]; }));
  rejected_cells("equal although different", at_one_sample([](unsigned k, uint32_t&, uint32_t&, uint32_t&, std::optional<uint32_t>& out) {
    if (k == sEq) out = 1;
  }, [](Tables& t) { t[kZ][row_of(sEq)] = Fr::one(), t[kW1l][row_of(sEq)] = t[kW1h][row_of(sEq)] = Fr::zero(); }));
  rejected_cells("the other side of a select", at_one_sample([](unsigned k, uint32_t& a, uint32_t& b, uint32_t& c, std::optional<uint32_t>& out) {
    if (k == sSelect) out = a ? c : b;
  }, [](Tables& t) { t[kZ][row_of(sSelect)] = Fr::one() - t[kZ][row_of(sSelect)]; }));
  rejected_cells("shift power", at_one_sample([](unsigned k, uint32_t& a, uint32_t&, uint32_t&, std::optional<uint32_t>& out) {
    if (k == sShl) out = (a << 4) & 0xffff;
  }, [](Tables& t) {
    const uint32_t a = word_at(sShl, kA0) | word_at(sShl, kA1) << 4 | word_at(sShl, kA2) << 8 | word_at(sShl, kA3) << 12;
    t[kP][row_of(sShl)] = Fr(uint64_t{16}), t[kW1l][row_of(sShl)] = Fr(uint64_t{(a << 4) >> 16});
  }));
  for (unsigned column : {kSa, kSb}) rejected_cells("sign bit", one_cell(column, sDiv, [](const Fr& v) { return Fr::one() - v; }));
}

TEST(MachineForgeries, LimbsOutOfRange) {
  for (unsigned column : {kA0, kA1, kA2, kA3, kB0, kB1, kB2, kB3}) {
    const unsigned next = column + (column == kA3 || column == kB3 ? 0 : 1);
    for (const Fr& by : {Fr(uint64_t{16}), -Fr(uint64_t{16})})
      rejected_cells(std::string("limb + 2^limb, borrowed from the next: ") + kColumnNames[column], [=](Tables& t) {
        t[column][row_of(sSub)] += by;
        if (next != column) t[next][row_of(sSub)] -= by * Fr(uint64_t{16}).inverse();
        return rejudge(attack_start(), t);
      });
    rejected_cells(std::string("limb p - 1: ") + kColumnNames[column], one_cell(column, sSub, [](const Fr&) { return -Fr::one(); }));
  }
  for (unsigned column : {kW1l, kW1h, kW2l, kW2h})
    for (const Fr& value : {Fr(uint64_t{256}), -Fr::one()})
      rejected_cells(std::string("range limb: ") + kColumnNames[column], one_cell(column, sAdd, [=](const Fr&) { return value; }));
}

TEST(MachineForgeries, NonCanonicalResults) {
  // out + 2^word satisfies the addition with another carry; whoever consumes it must cut it into limbs.
  auto non_canonical = [](Tables& t) {
    t[kR][row_of(sAdd)] += Fr(uint64_t{65536});
    t[kCy][row_of(sAdd)] -= Fr::one();
  };
  rejected_cells("carry -1", at_one_sample({}, non_canonical));
  rejected_cells("comparison result 1 + 2^word consumed", at_one_sample({}, [](Tables& t) { t[kR][row_of(sLt)] += Fr(uint64_t{65536}); }));
  // SELECT copies its third operand untouched. A constant that is no word may pass through a select that does not choose it,
  // and through one that does as long as nobody computes with the result.
  const unsigned constant = shape().first_constant();
  auto with_constant = [=](Tables& t) { t[kProg][constant_row(layout(), constant + 20)] = Fr(uint64_t{1} << 40); };
  harmless("constant that is no word and is not used", with_constant);
}

// A constant that is no word, as third operand of a select.
TEST(MachineForgeries, ConstantThatIsNoWord) {
  sound::Program p = attack_program();
  const sound::Operand constant{sound::Operand::Kind::kConstant, 3}, t{};
  const Fr huge = Fr(uint64_t{1} << 40) + Fr(uint64_t{3});
  auto with = [&](sound::Operand condition, bool consumed) {
    p.code[sLookup] = {Op::kSelect, condition, t, constant};
    p.output = consumed ? sound::Operand{sound::Operand::Kind::kSlot, sLookup} : sound::Operand{sound::Operand::Kind::kSlot, sXor};
    for (unsigned i : {sShl, sShr, sUshr, sSelect}) p.code[i] = {Op::kAdd, t, t, t};
    p.code[sSub] = {Op::kAdd, t, t, t};
    return make_start(attack_start().key, p);
  };
  auto prove = [&](const Start& start, bool chosen) {
    return forge::forge(start, {.cells = [&](Tables& tables) {
      tables[kProg][constant_row(layout(), shape().first_constant() + 3)] = huge;
      for (uint64_t i = 0; i < shape().samples; i++) {
        tables[kC][row_of(sLookup, i)] = huge;
        if (chosen) tables[kR][row_of(sLookup, i)] = huge;
      }
      return start.score;
    }});
  };
  const sound::Operand zero{sound::Operand::Kind::kConstant, 6}, one{sound::Operand::Kind::kConstant, 0};
  p.constants.push_back(0);
  const Start not_chosen = with(one, true), dead = with(zero, false), consumed = with(zero, true);
  expect_accepted(vk(), prove(not_chosen, false), "not chosen");
  expect_accepted(vk(), prove(dead, true), "chosen and never computed with");
  expect_rejected(vk(), prove(consumed, true), "consumed by the output", "reduction identity");
}

TEST(MachineForgeries, RowsOutsideEveryRegionMeanNothing) {
  std::mt19937_64 random(5);
  harmless("samples after the last", [&](Tables& t) {
    for (unsigned column = 0; column < kVmColumnCount; column++)
      for (unsigned slot = 0; slot < shape().slots(); slot++)
        for (uint64_t x = shape().samples; x < uint64_t{1} << shape().sample_bits; x++) t[column][row_of(slot, x)] = Fr(random()) * Fr(random()) * Fr(random());
  });
}

TEST(MachineForgeries, Lookup) {
  rejected_cells("wrong value", at_one_sample(wrong_result(sLookup, 1)));
  rejected_cells("value of another index", at_one_sample([](unsigned k, uint32_t& a, uint32_t&, uint32_t&, std::optional<uint32_t>& out) {
    if (k == sLookup) out = attack_program().table[(a + 1) & 15];
  }));
  rejected_cells("index of another slot, counted there", at_one_sample([](unsigned k, uint32_t&, uint32_t&, uint32_t&, std::optional<uint32_t>& out) {
    if (k == sLookup) out = attack_program().table[word_at(sLookup, kA0) ^ 1];
  }, [](Tables& t) { t[kA0][row_of(sLookup)] = Fr(uint64_t{word_at(sLookup, kA0) ^ 1}); }));
  rejected_cells("result of the next row's index", at_one_sample([](unsigned k, uint32_t&, uint32_t&, uint32_t&, std::optional<uint32_t>& out) {
    if (k == sLookup) out = static_cast<uint32_t>(*small(attack_start().tables[kR][row_of(sLookup, kTime + 1)])) ^ 0x100;
  }));
  rejected_plan("two values for one index", {.cells = at_one_sample(wrong_result(sLookup, 1)), .phase2 = [](Tables& t, const Challenges& c) {
    // The table side adds the missing fraction to the row that was counted.
    const unsigned index = word_at(sLookup, kA0);
    const Fr q = c.lookup().base[kTableSong] + c.beta * Fr(uint64_t{index}) + c.beta.square() * t[kR][row_of(sLookup)];
    const Fr honest = c.lookup().base[kTableSong] + c.beta * Fr(uint64_t{index}) + c.beta.square() * Fr(uint64_t{attack_program().table[index]});
    t[kHT][song_table_row(layout(), index)] += q.inverse() - honest.inverse();
  }});
  rejected_plan("flag off, hL not zero", {.phase2 = [](Tables& t, const Challenges& c) {
    const auto d = vm_denominators(c.lookup(), limb(), [&](unsigned column) { return t[column][row_of(sAdd)]; });
    t[kHL][row_of(sAdd)] = d.song.inverse();
  }});
  rejected_plan("flag off, two helpers that cancel", {.phase2 = [](Tables& t, const Challenges&) {
    t[kHL][row_of(sAdd)] += Fr::one(), t[kHL][row_of(sMul)] -= Fr::one();
  }});
  rejected_plan("flag on, no lookup", {.phase2 = [](Tables& t, const Challenges&) { t[kHL][row_of(sLookup)] = Fr::zero(); }});
}

// The song with a sine in the place of its division: slot sDiv looks up the sine, slot sLookup the song's table.
const Start& sine_start() {
  static const Start start = [] {
    sound::Program p = attack_program();
    p.code[sDiv].op = Op::kSine;
    return make_start(attack_start().key, p);
  }();
  return start;
}
uint32_t sine_word(unsigned slot, unsigned column) {
  return static_cast<uint32_t>(*small(sine_start().tables[column][row_of(slot)]));
}
void rejected_sine(const std::string& what, unsigned slot, uint32_t result,
                   const std::function<void(Tables&)>& phase1 = {},
                   const std::function<void(Tables&, const Challenges&)>& phase2 = {}) {
  const auto cells = [&](Tables& t) {
    rerun_sample(sine_start(), t, kTime, [&](unsigned k, uint32_t&, uint32_t&, uint32_t&, std::optional<uint32_t>& out) {
      if (k == slot) out = result;
    });
    return rejudge(sine_start(), t);
  };
  const Proven forged = forge::forge(sine_start(), {.cells = cells, .phase1 = phase1, .phase2 = phase2});
  expect_rejected(vk(), forged, what, "reduction identity");
}

TEST(MachineForgeries, Sine) {
  expect_accepted(vk(), forge::forge(sine_start(), {}), "honest");
  const auto sine = [](uint32_t step) { return sound::eval_op(Op::kSine, step << 8, 0, 0, {}, 16, 4); };
  const auto step_of = [](unsigned slot) { return sine_word(slot, kA2) | sine_word(slot, kA3) << 4; };
  const auto denominators = [](const Tables& t, const Challenges& c, unsigned slot) {
    return vm_denominators(c.lookup(), limb(), [&, slot](unsigned column) { return t[column][row_of(slot)]; });
  };
  // A slot's lookup is counted in the one table instead of the other.
  const auto move_count = [&](unsigned slot, bool to_song) {
    const uint64_t song = song_table_row(layout(), sine_word(slot, kA0));
    const uint64_t in_sine = layout().table_row(shape(), Layout::kBlockSine) + step_of(slot);
    return [=](Tables& t) {
      t[kM][to_song ? song : in_sine] += Fr::one();
      t[kM][to_song ? in_sine : song] -= Fr::one();
    };
  };
  const uint32_t right = sine_word(sDiv, kR), step = step_of(sDiv);
  ASSERT_EQ(sine(step), right);
  rejected_sine("wrong value", sDiv, right ^ 1);
  rejected_sine("value of the next step", sDiv, sine((step + 1) & 255));
  rejected_sine("value of another sign", sDiv, sine(step ^ 128));
  rejected_sine("flag on, no lookup", sDiv, right, {}, [](Tables& t, const Challenges&) { t[kHL][row_of(sDiv)] = Fr::zero(); });
  // The operation decides which table a row is held against, whatever its helper and the multiplicities say.
  const uint32_t in_song = attack_program().table[sine_word(sDiv, kA0)], in_sine = sine(step_of(sLookup));
  rejected_sine("sine row with a value of the song's table", sDiv, in_song);
  rejected_sine("the same, counted there", sDiv, in_song, move_count(sDiv, true));
  rejected_sine("the same with its helper", sDiv, in_song, move_count(sDiv, true), [&](Tables& t, const Challenges& c) {
    t[kHL][row_of(sDiv)] = denominators(t, c, sDiv).song.inverse();
  });
  rejected_sine("lookup row with a value of the sine", sLookup, in_sine);
  rejected_sine("the same, counted there", sLookup, in_sine, move_count(sLookup, false));
  rejected_sine("the same with its helper", sLookup, in_sine, move_count(sLookup, false), [&](Tables& t, const Challenges& c) {
    t[kHL][row_of(sLookup)] = denominators(t, c, sLookup).sine.inverse();
  });
}

}  // namespace
}  // namespace sotto
