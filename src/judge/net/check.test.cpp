// SPDX-License-Identifier: Apache-2.0
// Admission: each way in which a network can be malformed or can leave its ranges is refused, with a reason.
#include <gtest/gtest.h>

#include <functional>

#include "judge/net/network.h"
#include "judge/net/random_network.h"

namespace sotto::judge {
namespace {

Network sound_network() { return random_network({16, 8, 2000, 4, 8, 5, {4, 3}}, 1); }

std::string reason(const std::function<void(Network&)>& damage) {
  Network net = sound_network();
  damage(net);
  const Status status = check_network(net);
  return status.ok() ? "accepted" : status.error().message;
}

void expect_reason(const char* part, const std::function<void(Network&)>& damage) {
  const std::string got = reason(damage);
  EXPECT_NE(got.find(part), std::string::npos) << "expected \"" << part << "\", got: " << got;
}

TEST(Check, TheUndamagedNetworkIsAccepted) { EXPECT_EQ(reason([](Network&) {}), "accepted"); }

TEST(Check, OneHugeWeightIsRefused) {
  expect_reason("conv layer 0, channel 2", [](Network& n) { n.conv[0].weights[2] = 1 << 30; });
  expect_reason("conv layer 0, channel 2", [](Network& n) { n.conv[0].weights[2] = -(1 << 30); });
  expect_reason("conv layer 1, channel 1", [](Network& n) { n.conv[1].weights[1] = 1 << 30; });
  expect_reason("conv layer 1, channel 0", [](Network& n) { n.conv[1].bias[0] = int64_t{1} << 32; });
  expect_reason("the head", [](Network& n) { n.head_mean[0] = INT32_MAX; n.head_square[0] = INT32_MAX; });
  expect_reason("the head", [](Network& n) { n.head_bias = int64_t{1} << 47; });
  expect_reason("bin", [](Network& n) { n.dft[5] = INT32_MAX; });
  expect_reason("bin", [](Network& n) { n.dft_bias[5] = int64_t{1} << 40; });
  expect_reason("63 bits", [](Network& n) { n.dft_bias[5] = INT64_MIN; });
  expect_reason("the energy of band 2", [](Network& n) { for (size_t j = 2; j < n.mel.size(); j += 5) n.mel[j] = INT32_MAX; });
}

// The interval is tight: acc may reach 2^(2r-1) - 2^(r-1) - 1 and not one more.
TEST(Check, RangeOfPreIsExact) {
  const int64_t high = (int64_t{1} << 31) - (1 << 15), low = -(int64_t{1} << 31) - (1 << 15);
  auto constant = [](int64_t bias) {
    return [bias](Network& n) {
      std::fill(n.conv[0].weights.begin(), n.conv[0].weights.end(), 0);
      n.conv[0].bias[1] = bias;
    };
  };
  EXPECT_EQ(reason(constant(high - 1)), "accepted");
  expect_reason("channel 1", constant(high));
  EXPECT_EQ(reason(constant(low)), "accepted");
  expect_reason("channel 1", constant(low - 1));
}

TEST(Check, ActivationBoundReachesTheNextLayer) {
  expect_reason("conv layer 1", [](Network& n) { n.act_table[12345] = 65535; });
}

TEST(Check, Shapes) {
  expect_reason("range_bits", [](Network& n) { n.range_bits = 17; });
  expect_reason("sample_bits", [](Network& n) { n.sample_bits = 0; });
  expect_reason("hop_bits", [](Network& n) { n.hop_bits = 60; });
  expect_reason("samples", [](Network& n) { n.samples = 31; });
  expect_reason("power of two", [](Network& n) { n.bins = 7; });
  expect_reason("bands", [](Network& n) { n.bands = 0; });
  expect_reason("score_unit", [](Network& n) { n.score_unit = 0; });
  expect_reason("log_step", [](Network& n) { n.log_step = 1 << 16; });
  expect_reason("number of conv layers", [](Network& n) { n.conv.clear(); });
  expect_reason("card", [](Network& n) { n.card.assign(100000, 'x'); });
  // A frame more would read samples that no program produced (review S1); one less leaves samples unheard.
  expect_reason("frames", [](Network& n) { n.frames++; });
  expect_reason("frames", [](Network& n) { n.frames--; });
  expect_reason("frames", [](Network& n) { n.samples--; });
  expect_reason("output frames", [](Network& n) { n.conv[0].out_frames++; });
  expect_reason("output frames", [](Network& n) { n.conv[1].out_frames--; });
  expect_reason("channels", [](Network& n) { n.conv[1].in_channels++; });
}

TEST(Check, Arrays) {
  expect_reason("dft has", [](Network& n) { n.dft.pop_back(); });
  expect_reason("dft_bias has", [](Network& n) { n.dft_bias.push_back(0); });
  expect_reason("mel has", [](Network& n) { n.mel.pop_back(); });
  expect_reason("negative", [](Network& n) { n.mel[3] = -1; });
  expect_reason("log_table has", [](Network& n) { n.log_table.pop_back(); });
  expect_reason("act_table has", [](Network& n) { n.act_table.push_back(0); });
  expect_reason("score_table has", [](Network& n) { n.score_table.clear(); });
  expect_reason("log_table has an entry", [](Network& n) { n.log_table[9] = 1 << 16; });
  expect_reason("act_table has an entry", [](Network& n) { n.act_table[9] = 1 << 16; });
  expect_reason("score_table has an entry", [](Network& n) { n.score_table[9] = 1 << 16; });
  expect_reason("weights has", [](Network& n) { n.conv[1].weights.pop_back(); });
  expect_reason("bias has", [](Network& n) { n.conv[1].bias.pop_back(); });
  expect_reason("head_mean has", [](Network& n) { n.head_mean.pop_back(); });
  expect_reason("head_square has", [](Network& n) { n.head_square.push_back(1); });
}

}  // namespace
}  // namespace sotto::judge
