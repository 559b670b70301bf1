// SPDX-License-Identifier: Apache-2.0
// Every term of the statement is needed: for each there is a forgery that is rejected, and accepted once prover and verifier
// leave this term out. So no term is superfluous, and none of these lies is caught by accident.
#include <map>

#include "support/attack_song.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace forge;
using claim::VerifyingKey;

struct Lie {
  std::string name;
  Plan plan;
};

// Sum of the inverses of some denominators of a row in which one cell has another value.
template <class Pick>
Fr inverses(const Tables& t, uint64_t row, unsigned column, const Fr& value, Pick&& pick) {
  Fr sum;
  for (const Fr& q : pick([&](unsigned c) { return c == column ? value : t[c][row]; })) sum += q.inverse();
  return sum;
}
std::function<Fr(const Tables&, const Challenges&)> operand_helper(uint64_t row, const Fr& g0) {
  return [=](const Tables& t, const Challenges& c) {
    return inverses(t, row, claim::kG0, g0, [&](auto&& col) {
      const auto d = vm_denominators(c.lookup(), limb(), col);
      return std::vector<Fr>{d.a, d.b1, d.b2, d.c};
    });
  };
}
std::function<Fr(const Tables&, const Challenges&)> lookup_helper(uint64_t row, const Fr& result) {
  return [=](const Tables& t, const Challenges& c) {
    return inverses(t, row, claim::kR, result, [&](auto&& col) { return std::vector<Fr>{vm_denominators(c.lookup(), limb(), col).song}; });
  };
}

// The and-limb g0 of one AND row is wrong, and so is its result.
Fr honest_g0() { return attack_start().tables[claim::kG0][row_of(sAnd)]; }
Fr wrong_g0() { return Fr(*small(honest_g0()) ^ 1); }
std::function<uint32_t(Tables&)> wrong_and() {
  const uint32_t flip = *small(honest_g0()) & 1 ? 0xffff : 1;
  return at_one_sample(wrong_result(sAnd, flip), [](Tables& t) { t[claim::kG0][row_of(sAnd)] = wrong_g0(); });
}
Fr honest_lookup() { return attack_start().tables[claim::kR][row_of(sLookup)]; }
uint64_t honest_lookup_row() { return claim::song_table_row(layout(), static_cast<unsigned>(*small(attack_start().tables[claim::kA0][row_of(sLookup)]))); }

void machine_lies(std::map<unsigned, Lie>& lies) {
  using namespace claim;
  lies[kTermH1] = {"and-limb outside the tables, h1 of the true one", {.cells = wrong_and(), .phase2 = [](Tables& t, const Challenges& c) {
    t[kH1][row_of(sAnd)] = operand_helper(row_of(sAnd), honest_g0())(t, c);
  }}};
  lies[kRelLogUp] = {"and-limb outside the tables, honest helpers", {.cells = wrong_and()}};
  lies[kTermTables] = {"and-limb outside the tables, paid for on the table side", {.cells = wrong_and(), .phase2 = [](Tables& t, const Challenges& c) {
    t[kHT][layout().tables_at + 3] += t[kH1][row_of(sAnd)] - operand_helper(row_of(sAnd), honest_g0())(t, c);
  }}};
  lies[kTermH2] = {"high word of a product that is a fraction", {.cells = at_one_sample(wrong_result(sMul, 1), [](Tables& t) {
    const uint64_t x = row_of(sMul);
    const Words<Fr> w = words(Fr(uint64_t{16}), Fr(uint64_t{256}), [&](unsigned c) { return t[c][x]; });
    t[kW1l][x] = (w.a * w.b - w.out) * Fr(uint64_t{65536}).inverse();
    t[kW1h][x] = Fr::zero();
  }), .phase2 = [](Tables& t, const Challenges& c) {
    const auto d = vm_denominators(c.lookup(), limb(), [&](unsigned column) { return t[column][row_of(sMul)]; });
    t[kH2][row_of(sMul)] = d.w[1].inverse() + d.w[2].inverse() + d.w[3].inverse();
  }}};
  lies[kTermCarry] = {"carry that is a fraction", {.cells = at_one_sample(wrong_result(sAdd, 5), [](Tables& t) {
    t[kCy][row_of(sAdd)] -= Fr(uint64_t{5}) * Fr(uint64_t{65536}).inverse();
  })}};
  lies[kTermZero] = {"zero flag 2 where nothing uses it", {.cells = at_one_sample({}, [](Tables& t) { t[kZ][row_of(sAdd)] = Fr(uint64_t{2}); })}};
  lies[kTermLookup] = {"wrong LOOKUP result, hL of the true one", {.cells = at_one_sample(wrong_result(sLookup, 1)), .phase2 = [](Tables& t, const Challenges& c) {
    t[kHL][row_of(sLookup)] = lookup_helper(row_of(sLookup), honest_lookup())(t, c);
  }}};
  lies[kTermSongTable] = {"wrong LOOKUP result, paid for on the song's table", {.cells = at_one_sample(wrong_result(sLookup, 1)), .phase2 = [](Tables& t, const Challenges& c) {
    t[kHT][honest_lookup_row()] += t[kHL][row_of(sLookup)] - lookup_helper(row_of(sLookup), honest_lookup())(t, c);
  }}};
}

// An operand that is not its source: slot `slot`, operand a plus one.
Tamper wrong_operand(unsigned slot) {
  return [=](unsigned k, uint32_t& a, uint32_t&, uint32_t&, std::optional<uint32_t>&) {
    if (k == slot) a = (a + 1) & 0xffff;
  };
}
// What the operand relation misses then.
Fr operand_gap(const Tables& t, const Challenges& c) {
  const Fr now = t[claim::kA0][row_of(15)], was = attack_start().tables[claim::kA0][row_of(15)];
  const Fr carry = (t[claim::kA1][row_of(15)] - attack_start().tables[claim::kA1][row_of(15)]) * Fr(uint64_t{16});
  return c.chi[0] * zk::eq_index(c.rk, 15) * zk::eq_index(c.rt, kTime) * (now - was + carry);
}

void program_lies(std::map<unsigned, Lie>& lies) {
  using namespace claim;
  const unsigned first = shape().first_constant(), k = shape().slots();
  auto selector = [](Tables& t, unsigned operand, unsigned source, unsigned slot) -> Fr& { return t[kProg][selector_row(shape(), layout(), operand, source, slot)]; };
  lies[kTermBoolean] = {"selectors 2 and -1", {.cells = at_all_samples(
    [](unsigned slot, uint32_t&, uint32_t& b, uint32_t&, std::optional<uint32_t>&) { if (slot == sAdd) b = 2 * 5 - 7; },
    [=](Tables& t) { selector(t, 1, first, sAdd) = Fr(uint64_t{2}), selector(t, 1, first + 1, sAdd) = -Fr::one(); })}};
  lies[kTermForward] = {"a slot that reads its own result", {.cells = at_all_samples(
    [](unsigned slot, uint32_t& a, uint32_t& b, uint32_t&, std::optional<uint32_t>& out) { if (slot == sOr) a = b | 0x55, out = a; },
    [=](Tables& t) { selector(t, 0, sDiv, sOr) = Fr::zero(), selector(t, 0, sOr, sOr) = Fr::one(); })}};
  lies[kRelOperands] = {"sample that no program produces", {.cells = at_one_sample(wrong_operand(15))}};
  lies[kRelV1] = {"sample that no program produces, V1 to match", {.cells = at_one_sample(wrong_operand(15)), .phase2 = [=](Tables& t, const Challenges& c) {
    t[kV1][k] += operand_gap(t, c) * t[kV2][k].inverse();
  }}};
  lies[kRelV2] = {"sample that no program produces, V2 to match", {.cells = at_one_sample(wrong_operand(15)), .phase2 = [=](Tables& t, const Challenges& c) {
    t[kV2][k] += operand_gap(t, c) * t[kV1][k].inverse();
  }}};
  lies[kRelFlags] = {"slot without an operation", {.cells = at_one_sample(wrong_result(sAdd, 5), [](Tables& t) {
    t[kProg][flag_row(shape(), static_cast<unsigned>(Op::kAdd), sAdd)] = Fr::zero();
  })}};
  lies[kRelSelectA] = {"operand a without a source", {.cells = at_all_samples(
    [](unsigned slot, uint32_t& a, uint32_t&, uint32_t&, std::optional<uint32_t>&) { if (slot == sAdd) a = 0; },
    [=](Tables& t) { selector(t, 0, k, sAdd) = Fr::zero(); })}};
  lies[kRelSelectB] = {"operand b with two sources", {.cells = at_all_samples(
    [](unsigned slot, uint32_t&, uint32_t& b, uint32_t&, std::optional<uint32_t>&) { if (slot == sAdd) b = 5 + 7; },
    [=](Tables& t) { selector(t, 1, first + 1, sAdd) = Fr::one(); })}};
  lies[kRelSelectC] = {"operand c without a source", {.cells = at_all_samples(
    [](unsigned slot, uint32_t&, uint32_t&, uint32_t& c, std::optional<uint32_t>&) { if (slot == sSelect) c = 0; },
    [=](Tables& t) { selector(t, 2, sEq, sSelect) = Fr::zero(); })}};
}

void judge_lies(std::map<unsigned, Lie>& lies) {
  using namespace claim;
  const judge::Network& net = attack_start().key->net;
  const uint64_t log_row = layout().log_rows.base, conv_row = layout().conv[0].rows.base;
  const Fr log_out = attack_start().tables[kOut][log_row], conv_out = attack_start().tables[kOut][conv_row], score = attack_start().tables[kOut][layout().score_row];
  auto helper_of = [](uint64_t row, const Fr& out, auto&& pick) {
    return [=](Tables& t, const Challenges& c) {
      t[kHF][row] = inverses(t, row, kOut, out, [&](auto&& col) { return pick(judge_denominators(c.lookup(), col)); });
    };
  };
  lies[kTermLog] = {"logarithm with the next exponent", {.cells = judge_lie(kGivenLogs, [](judge::Trace& t) { t.exponent[0]++; })}};
  lies[kTermLogTables] = {"wrong logarithm, hF of the true one", {.cells = judge_lie(kGivenLogs, [](judge::Trace& t) { t.log_value[0]++; }),
    .phase2 = helper_of(log_row, log_out, [](const auto& d) { return std::vector<Fr>{d.log, d.exponent}; })}};
  lies[kTermRange] = {"next pre-activation with a negative remainder", {.cells = judge_lie(kGivenConv, [&net](judge::Trace& t) {
    t.layers[0].pre[0]++, t.layers[0].out[0] = net.act_table[t.layers[0].pre[0]];
  }, [=](Tables& t) { t[kQ0][conv_row] -= Fr(uint64_t{256}); }), .phase2 = [=](Tables& t, const Challenges& c) {
    const auto d = judge_denominators(c.lookup(), [&](unsigned column) { return t[column][conv_row]; });
    t[kHJ][conv_row] = d.range[1].inverse() + d.range[2].inverse() + d.range[3].inverse();
  }}};
  lies[kTermAct] = {"wrong activation, hF of the true one", {.cells = judge_lie(kGivenConv, [](judge::Trace& t) { t.layers[0].out[0]++; }),
    .phase2 = helper_of(conv_row, conv_out, [](const auto& d) { return std::vector<Fr>{d.act}; })}};
  lies[kTermScoreTable] = {"score of no table, hF of the true one", {.cells = [](Tables& t) {
    t[kOut][layout().score_row] += Fr::one();
    return attack_start().score + 1;
  }, .phase2 = helper_of(layout().score_row, score, [](const auto& d) { return std::vector<Fr>{d.score}; })}};
  lies[kRelDft] = {"wrong spectrum", {.cells = judge_lie(kGivenSpectrum, [](judge::Trace& t) { t.dft[0]++; })}};
  lies[kRelMel] = {"wrong energy", {.cells = judge_lie(kGivenEnergy, [](judge::Trace& t) { t.energy[0]++; })}};
  for (unsigned i = 0; i < net.conv.size(); i++)
    lies[kRelConv + i] = {"wrong pre-activation", {.cells = judge_lie(kGivenConv + i, [=, &net](judge::Trace& t) {
      t.layers[i].pre[0] ^= 1, t.layers[i].out[0] = net.act_table[t.layers[i].pre[0]];
    })}};
  lies[kRelHead] = {"another head value with its own score", {.cells = [&net](Tables& t) {
    const uint64_t head = *small(t[kIn][layout().score_row]) ^ 1;
    t[kIn][layout().score_row] = Fr(head), t[kOut][layout().score_row] = Fr(uint64_t{net.score_table[head]});
    return net.score_table[head];
  }}};
  lies[kRelScore] = {"score plus one, everything else honest", {.score = [](uint32_t s) { return s + 1; }}};
}

TEST(Terms, EveryTermRejectsAForgeryOfItsOwn) {
  std::map<unsigned, Lie> lies;
  machine_lies(lies);
  program_lies(lies);
  judge_lies(lies);
  const Start& start = attack_start();
  const VerifyingKey& vk = start.key->vk;
  expect_accepted(vk, forge::forge(start, {}), "honest");
  for (unsigned term = claim::kTermH1; term < claim::term_count(shape()); term++) {
    ASSERT_TRUE(lies.contains(term)) << "term " << term << " has no forgery";
    Lie& lie = lies[term];
    expect_rejected(vk, forge::forge(start, lie.plan), lie.name, "reduction identity");
    lie.plan.challenges = [term](Challenges& c) { c.alpha[term] = Fr::zero(); };
    EXPECT_EQ(verdict_without(term, vk, forge::forge(start, lie.plan)), "accepted") << "term " << term << ", " << lie.name;
  }
  EXPECT_EQ(lies.size(), claim::term_count(shape()) - claim::kTermH1);
}

}  // namespace
}  // namespace sotto
