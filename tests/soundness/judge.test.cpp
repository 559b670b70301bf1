// SPDX-License-Identifier: Apache-2.0
// A score that the judge did not give: lies at every stage of the network with everything after them honest, other weights, and
// cells that mean nothing.
#include "support/attack_song.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

const judge::Network& net() { return attack_start().key->net; }
const VerifyingKey& vk() { return attack_start().key->vk; }
void rejected_plan(const std::string& what, const Plan& plan) { expect_rejected(vk(), forge::forge(attack_start(), plan), what, "reduction identity"); }
void rejected_lie(const std::string& what, unsigned given, const std::function<void(judge::Trace&)>& edit, const std::function<void(Tables&)>& then = {}) {
  rejected_plan(what, {.cells = judge_lie(given, edit, then)});
}

TEST(JudgeForgeries, TheRestartableJudgeIsTheJudge) {
  const judge::Trace honest = judge::trace(net(), samples_of(attack_start(), attack_start().tables));
  EXPECT_EQ(honest.score, attack_start().score);
  for (unsigned given = kGivenSpectrum; given <= kGivenConv + net().conv.size(); given++) {
    Tables t = attack_start().tables;
    EXPECT_EQ(rejudge(attack_start(), t, given, [](judge::Trace&) {}), honest.score);
    for (unsigned c = 0; c < kColumnCount; c++) EXPECT_EQ(t[c], attack_start().tables[c]) << kColumnNames[c];
  }
}

TEST(JudgeForgeries, Score) {
  for (int by : {1, -1, 1000}) rejected_plan("another score, everything else honest", {.score = [=](uint32_t s) { return s + static_cast<uint32_t>(by); }});
  rejected_plan("the greatest score", {.score = [](uint32_t) { return 0xffffffffu; }});
  for (int by : {1, -1})
    rejected_plan("another score with a forged score row", {.cells = [=](Tables& t) {
      t[kOut][layout().score_row] += Fr::from_signed(by);
      return attack_start().score + static_cast<uint32_t>(by);
    }});
  for (uint32_t head : {0u, 17u, 255u})
    rejected_plan("another row of the score table", {.cells = [=](Tables& t) {
      t[kIn][layout().score_row] = Fr(uint64_t{head}), t[kOut][layout().score_row] = Fr(uint64_t{net().score_table[head]});
      return net().score_table[head];
    }});
  // Head value plus one with a remainder that pays for it: it must leave its limbs.
  rejected_lie("head + 1, negative remainder", kGivenConv + 1, [](judge::Trace&) {}, [](Tables& t) {
    const uint64_t head = *small(t[kIn][layout().score_row]);
    t[kIn][layout().score_row] = Fr(head + 1), t[kQ1][layout().score_row] -= Fr(uint64_t{256});
    t[kOut][layout().score_row] = Fr(uint64_t{net().score_table[(head + 1) & 255]});
  });
  // The public claim follows as well.
  rejected_plan("the same with its score", {.cells = [](Tables& t) {
    const uint64_t head = *small(t[kIn][layout().score_row]);
    t[kIn][layout().score_row] = Fr(head + 1), t[kQ1][layout().score_row] -= Fr(uint64_t{256});
    t[kOut][layout().score_row] = Fr(uint64_t{net().score_table[(head + 1) & 255]});
    return net().score_table[(head + 1) & 255];
  }});
}

TEST(JudgeForgeries, SpectrumAndEnergy) {
  const size_t last_d = size_t{net().frames} * 2 * net().bins - 1, last_m = size_t{net().frames} * net().bands - 1;
  for (size_t at : {size_t{0}, last_d / 2, last_d})
    for (int by : {1, -1}) rejected_lie("spectrum", kGivenSpectrum, [=](judge::Trace& t) { t.dft[at] += by; });
  for (size_t at : {size_t{0}, last_m}) rejected_lie("energy", kGivenEnergy, [=](judge::Trace& t) { t.energy[at]++; });
  rejected_lie("two cells of one frame, the same sum", kGivenSpectrum, [](judge::Trace& t) { t.dft[0]++, t.dft[1]--; });
  rejected_lie("two frames exchanged", kGivenSpectrum, [](judge::Trace& t) {
    std::swap_ranges(t.dft.begin(), t.dft.begin() + 2 * net().bins, t.dft.begin() + 2 * net().bins);
  });
  // One axis shares no point with the other: antisymmetric errors do not cancel (review S8).
  rejected_lie("antisymmetric error", kGivenSpectrum, [](judge::Trace& t) { t.dft[1]++, t.dft[2 * net().bins]--; });
}

TEST(JudgeForgeries, Logarithm) {
  const uint64_t row = layout().log_rows.base;
  for (int by : {1, -1}) rejected_lie("exponent", kGivenLogs, [=](judge::Trace& t) { t.exponent[0] += static_cast<uint32_t>(by); });
  rejected_lie("next exponent with half the mantissa", kGivenLogs, [](judge::Trace& t) {
    t.exponent[0]++, t.mantissa[0] = (t.mantissa[0] + 128) / 2;  // (m + 1) 2^(r-1-e-1) = mantissa below 2^(r-1)
  });
  for (const Fr& f : {Fr(uint64_t{128}), -Fr::one(), Fr(uint64_t{255})})
    rejected_lie("mantissa outside its table", kGivenLogs, [](judge::Trace&) {}, [=](Tables& t) {
      // The constraint itself holds: the rest pays for the mantissa.
      t[kQ0][row] -= (f - t[kIn][row]) * Fr(uint64_t{1} << 32), t[kIn][row] = f;
    });
  rejected_lie("mantissa + 1 with a negative rest", kGivenLogs, [](judge::Trace& t) { t.log_value[0] = net().log_table[t.mantissa[0] + 1]; }, [=](Tables& t) {
    t[kIn][row] += Fr::one(), t[kQ3][row] -= Fr(uint64_t{256});
  });
  rejected_lie("wrong power for the exponent", kGivenLogs, [](judge::Trace&) {}, [=](Tables& t) { t[kIpw][row] += t[kIpw][row]; });
  rejected_lie("exponent past the table, (0, 0)", kGivenLogs, [](judge::Trace&) {}, [=](Tables& t) { t[kE][row] = t[kIpw][row] = Fr::zero(); });
  rejected_lie("exponent 4r", kGivenLogs, [](judge::Trace&) {}, [=](Tables& t) { t[kE][row] = Fr(uint64_t{shape().exponents()}), t[kIpw][row] = Fr::one(); });
  rejected_lie("table value", kGivenLogs, [](judge::Trace& t) { t.log_value[0]++; });
}

TEST(JudgeForgeries, Requantisation) {
  for (unsigned layer = 0; layer < net().conv.size(); layer++) {
    const uint64_t row = layout().conv[layer].rows.base;
    const size_t last = attack_start().key->shape.conv[layer].out_frames * net().conv[layer].out_channels - 1;
    for (size_t at : {size_t{0}, last})
      for (int by : {1, -1})
        rejected_lie("pre-activation", kGivenConv + layer, [=](judge::Trace& t) {
          uint32_t& pre = t.layers[layer].pre[at];
          pre = (pre + static_cast<uint32_t>(by)) & 255, t.layers[layer].out[at] = net().act_table[pre];
        });
    for (int by : {1, -1})
      rejected_lie("pre-activation paid for by its remainder", kGivenConv + layer, [=](judge::Trace& t) {
        t.layers[layer].pre[0] += static_cast<uint32_t>(by), t.layers[layer].out[0] = net().act_table[t.layers[layer].pre[0] & 255];
      }, [=](Tables& t) { t[kQ0][row] -= Fr::from_signed(by * 256); });
    rejected_lie("activation", kGivenConv + layer, [=](judge::Trace& t) { t.layers[layer].out[0] ^= 1; });
    rejected_lie("a fraction as pre-activation", kGivenConv + layer, [](judge::Trace&) {}, [=](Tables& t) {
      t[kIn][row] += Fr(uint64_t{256}).inverse(), t[kQ0][row] -= Fr::one();
    });
    rejected_lie("range limb that nothing else uses", kGivenConv + layer, [](judge::Trace&) {}, [=](Tables& t) { t[kQ2][row] = Fr(uint64_t{256}); });
    // Within its range it is free: no relation reads it.
    const Proven proven = forge::forge(attack_start(), {.cells = judge_lie(kGivenConv + layer, [](judge::Trace&) {}, [=](Tables& t) { t[kQ2][row] = Fr(uint64_t{255}); })});
    expect_accepted(vk(), proven, "unused limb");
    EXPECT_EQ(proven.statement.score, attack_start().score);
  }
}

// Another judge's weights: prove under a key of the changed network, claim for the original.
TEST(JudgeForgeries, AnotherJudge) {
  const std::shared_ptr<const zk::Srs> srs = attack_start().key->srs;
  using Change = std::function<void(judge::Network&)>;
  const std::pair<const char*, Change> changes[] = {
      {"one spectrum weight", [](judge::Network& n) { n.dft[0] += n.dft[0] > 0 ? -1 : 1; }},
      {"two spectrum columns swapped", [](judge::Network& n) {
        for (size_t l = 0; l < 2 * n.hop(); l++) std::swap(n.dft[l * 2 * n.bins], n.dft[l * 2 * n.bins + 1]);
        std::swap(n.dft_bias[0], n.dft_bias[1]);
      }},
      {"no spectrum bias", [](judge::Network& n) { n.dft_bias[0] = 0; }},
      {"one mel weight", [](judge::Network& n) { n.mel[0] ^= 1; }},
      {"one convolution weight", [](judge::Network& n) { n.conv[0].weights[1] += n.conv[0].weights[1] > 0 ? -1 : 1; }},
      {"one convolution bias", [](judge::Network& n) { n.conv[1].bias[0] += n.conv[1].bias[0] > 0 ? -1 : 1; }},
      {"one head weight", [](judge::Network& n) { n.head_square[0] += n.head_square[0] > 0 ? -1 : 1; }},
      {"head bias", [](judge::Network& n) { n.head_bias += n.head_bias > 0 ? -1 : 1; }},
      {"one activation", [](judge::Network& n) { n.act_table[40] ^= 1; }},
      {"score table", [](judge::Network& n) { std::reverse(n.score_table.begin(), n.score_table.end()); }},
      {"step of the logarithm", [](judge::Network& n) { n.log_step--; }},
  };
  for (const auto& [what, change] : changes) {
    judge::Network other = net();
    change(other);
    Result<std::shared_ptr<const ProvingKey>> made = make_proving_key(other, 16, srs);
    ASSERT_TRUE(made.ok()) << what << ": " << made.error().message;
    const Start start = make_start(made.value(), attack_program());
    EXPECT_NE(made.value()->vk.judge_id(), vk().judge_id()) << what;
    expect_accepted(made.value()->vk, forge::forge(start, {}), what);
    expect_rejected(vk(), forge::forge(start, {}), what, "another judge");
    expect_rejected(vk(), forge::forge(start, {.statement = [](ClaimStatement& s) { s.judge_id = vk().judge_id(); }}), what);
  }
}

// Random field elements in every cell that no region holds, in every column: the statement does not read them (review S1).
TEST(JudgeForgeries, JunkEverywhere) {
  std::mt19937_64 random(11);
  std::array<std::vector<bool>, kColumnCount> read;
  for (auto& r : read) r.assign(layout().rows(), false);
  auto mark = [&](std::initializer_list<unsigned> columns, const std::vector<uint64_t>& rows) {
    for (unsigned c : columns)
      for (uint64_t x : rows) read[c][x] = true;
  };
  for (unsigned c = 0; c < kVmColumnCount; c++) mark({c}, machine_rows(shape()));
  mark({kH1, kH2, kHL}, machine_rows(shape()));
  mark({kD}, dft_rows(shape(), layout()));
  mark({kD, kE, kIpw}, log_rows(shape(), layout()));
  for (const auto& rows : {log_rows(shape(), layout()), conv_rows(shape(), layout()), std::vector<uint64_t>{layout().score_row}})
    mark({kIn, kOut, kQ0, kQ1, kQ2, kQ3, kHJ, kHF}, rows);
  mark({kM, kHT}, table_rows(layout()));
  mark({kM, kHT, kProg}, song_rows(shape(), layout()));
  for (unsigned k = 0; k < shape().slots(); k++) {
    for (unsigned op = 0; op < 32; op++) read[kProg][flag_row(shape(), op, k)] = true;
    for (unsigned operand = 0; operand < 3; operand++)
      for (unsigned j = 0; j < shape().sources(); j++) read[kProg][selector_row(shape(), layout(), operand, j, k)] = true;
  }
  for (unsigned j = 0; j < shape().sources(); j++) {
    if (j >= shape().first_constant()) read[kProg][constant_row(layout(), j)] = true;
    read[kV1][j] = read[kV2][j] = true;
  }
  for (unsigned i = 0; i < layout().log_n; i++)
    for (unsigned e = 0; e <= kDegree; e++) read[kZ1][mask_row(i, e, 0)] = read[kZ1][mask_row(i, e, 1)] = true;
  size_t junk = 0;
  auto fill = [&](Tables& t, unsigned first, unsigned last) {
    for (unsigned c = first; c < last; c++)
      for (uint64_t x = 0; x < layout().rows(); x++)
        if (!read[c][x]) t[c][x] = Fr(random()) * Fr(random()) * Fr(random()) * Fr(random()), junk++;
  };
  const Proven proven = forge::forge(attack_start(), {.phase1 = [&](Tables& t) { fill(t, 0, kPhase1Count); },
                                                      .phase2 = [&](Tables& t, const Challenges&) { fill(t, kPhase1Count, kColumnCount); }});
  expect_accepted(vk(), proven, "junk everywhere");
  EXPECT_EQ(proven.statement.score, attack_start().score);
  EXPECT_GT(junk, 500000u);
}

}  // namespace
}  // namespace sotto
