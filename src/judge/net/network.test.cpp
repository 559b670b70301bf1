// SPDX-License-Identifier: Apache-2.0
// score == trace on every CPU path, and every trace satisfies the identities of network.h.
#include "judge/net/network.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "judge/net/random_network.h"
#include "judge/net/scorer.h"

namespace sotto::judge {
namespace {

using Samples = std::vector<uint8_t>;

Samples noise(const Network& net, std::mt19937_64& random) {
  Samples x(net.samples);
  // Sometimes held values, so that not every song is white.
  const size_t hold = 1 + random() % 40;
  const uint8_t mask = static_cast<uint8_t>((1u << net.sample_bits) - 1);
  for (size_t t = 0; t < x.size(); t++) x[t] = t % hold && t ? x[t - 1] : static_cast<uint8_t>(random() & mask);
  return x;
}

std::vector<Samples> special_songs(const Network& net) {
  const uint8_t top = static_cast<uint8_t>((1u << net.sample_bits) - 1);
  std::vector<Samples> songs;
  for (unsigned dc : {0u, 1u, unsigned{top} / 2, (top + 1u) / 2, unsigned{top}})
    songs.emplace_back(net.samples, static_cast<uint8_t>(dc));
  for (size_t half_period : {1u, 2u, 3u, 4u, 7u, 64u, 1000u}) {
    Samples square(net.samples);
    for (size_t t = 0; t < square.size(); t++) square[t] = t / half_period % 2 ? top : 0;
    songs.push_back(square);
  }
  Samples click(net.samples, (top + 1) / 2);
  click[net.samples / 2] = top;
  songs.push_back(click);
  return songs;
}

// Inputs that push single dft channels to their extremes: sign patterns of the weights.
std::vector<Samples> adversarial_songs(const Network& net) {
  const uint8_t top = static_cast<uint8_t>((1u << net.sample_bits) - 1);
  const size_t channels = 2 * size_t{net.bins}, window = 2 * size_t{net.hop()};
  std::vector<Samples> songs;
  for (size_t c = 0; c < channels && songs.size() < 8; c++) {
    Samples x(net.samples);
    for (size_t t = 0; t < x.size(); t++) x[t] = net.dft[(t % window) * channels + c] > 0 ? top : 0;
    songs.push_back(x);
  }
  return songs;
}

using Wide = unsigned __int128;

void expect_identities(const Network& net, const Trace& trace) {
  const unsigned r = net.range_bits;
  for (size_t j = 0; j < trace.energy.size(); j++) {
    const Wide left = (Wide{trace.energy[j]} + 1) << (5 * r - 1 - trace.exponent[j]);
    const Wide right = (((Wide{1} << (r - 1)) + trace.mantissa[j]) << (4 * r)) + trace.rest[j];
    ASSERT_LT(trace.exponent[j], 4 * r);
    ASSERT_LT(trace.mantissa[j], 1u << (r - 1));
    ASSERT_LT(Wide{trace.rest[j]}, Wide{1} << (4 * r));
    ASSERT_TRUE(left == right);
    ASSERT_EQ(trace.log_value[j], net.log_table[trace.mantissa[j]]);
  }
  std::vector<uint32_t> in(trace.energy.size());
  for (size_t j = 0; j < in.size(); j++) in[j] = net.log_step * trace.exponent[j] + trace.log_value[j];
  ASSERT_EQ(trace.layers.size(), net.conv.size());
  for (size_t n = 0; n < net.conv.size(); n++) {
    const ConvLayer& layer = net.conv[n];
    const Trace::Layer& got = trace.layers[n];
    for (size_t i = 0; i < layer.out_frames; i++)
      for (uint32_t c = 0; c < layer.out_channels; c++) {
        __int128 acc = layer.bias[c];
        for (uint32_t row = 0; row < 4; row++)
          for (uint32_t k = 0; k < layer.in_channels; k++)
            acc += static_cast<__int128>(layer.weight(row / 2, row % 2, k, c)) * in[(2 * i + row) * layer.in_channels + k];
        const size_t j = i * layer.out_channels + c;
        const __int128 half = __int128{1} << (r - 1);
        ASSERT_TRUE(((static_cast<__int128>(got.pre[j]) - half) << r) + got.remainder[j] == acc + half);
        ASSERT_LT(got.pre[j], 1u << r);
        ASSERT_LT(got.remainder[j], 1u << r);
        ASSERT_EQ(got.out[j], net.act_table[got.pre[j]]);
      }
    in = got.out;
  }
  __int128 acc = net.head_bias;
  for (size_t j = 0; j < in.size(); j++) {
    const size_t c = j % net.head_mean.size();
    acc += static_cast<__int128>(net.head_mean[c]) * in[j] + static_cast<__int128>(net.head_square[c]) * in[j] * in[j];
  }
  const __int128 shifted = (static_cast<__int128>(trace.head_pre) - (1 << (r - 1))) << (2 * r);
  ASSERT_TRUE(shifted + static_cast<__int128>(trace.head_remainder) == acc + (__int128{1} << (2 * r - 1)));
  ASSERT_LT(trace.head_pre, 1u << r);
  ASSERT_LT(Wide{trace.head_remainder}, Wide{1} << (2 * r));
  ASSERT_EQ(trace.score, net.score_table[trace.head_pre]);
}

void expect_exact(const Network& net, const Samples& x) {
  const Trace slow = trace(net, x);
  expect_identities(net, slow);
  for (CpuPath path : available_cpu_paths()) {
    const Scorer scorer(net, path);
    ASSERT_EQ(scorer.head(x), slow.head_pre) << cpu_path_name(path);
    ASSERT_EQ(scorer.score(x), slow.score) << cpu_path_name(path);
    const std::vector<uint32_t> features = scorer.features(x);
    for (size_t j = 0; j < features.size(); j++)
      ASSERT_EQ(features[j], net.log_step * slow.exponent[j] + slow.log_value[j]) << cpu_path_name(path);
  }
  ASSERT_EQ(score(net, x), slow.score);
}

std::vector<RandomShape> shapes() {
  return {
      {},
      {8, 4, 100, 3, 4, 3, {3, 3}},
      {8, 4, 500, 3, 8, 6, {5, 4}},
      {8, 3, 333, 2, 8, 5, {4, 5, 3}},
      {16, 8, 4000, 5, 16, 9, {7, 5}},
      {16, 8, 3001, 6, 8, 5, {6}},
      {12, 6, 900, 4, 4, 4, {5, 6}},
  };
}

TEST(Network, FastJudgeEqualsSlowTwinOnRandomNetworks) {
  std::mt19937_64 random(1);
  for (const RandomShape& shape : shapes())
    for (uint64_t seed = 0; seed < 6; seed++) {
      const Network net = random_network(shape, seed);
      for (int i = 0; i < 6; i++) ASSERT_NO_FATAL_FAILURE(expect_exact(net, noise(net, random)));
    }
}

TEST(Network, EveryExtremeInputHasAValidTrace) {
  for (const RandomShape& shape : shapes()) {
    const Network net = random_network(shape, 77);
    for (const Samples& x : special_songs(net)) ASSERT_NO_FATAL_FAILURE(expect_exact(net, x));
    for (const Samples& x : adversarial_songs(net)) ASSERT_NO_FATAL_FAILURE(expect_exact(net, x));
  }
}

TEST(Network, SottoSizedNetworkIsExactOnEveryPath) {
  const Network net = random_network({16, 8, 80000, 8, 256, 48, {40, 40, 40}}, 5);
  std::mt19937_64 random(2);
  EXPECT_EQ(net.frames, 311u);
  ASSERT_NO_FATAL_FAILURE(expect_exact(net, noise(net, random)));
  ASSERT_NO_FATAL_FAILURE(expect_exact(net, special_songs(net)[6]));
}

// Weights that the 16-bit kernel cannot take go through the wide path.
TEST(Network, WideDftWeights) {
  Network net = random_network({16, 8, 1000, 4, 4, 4, {4, 4}}, 3);
  net.dft[7] = 40000;
  net.dft[net.dft.size() - 3] = -1000000;
  ASSERT_TRUE(check_network(net).ok());
  std::mt19937_64 random(4);
  for (int i = 0; i < 5; i++) ASSERT_NO_FATAL_FAILURE(expect_exact(net, noise(net, random)));
}

// Tables need not be monotone or clamped: any entries below 2^r are a judge.
TEST(Network, ArbitraryTables) {
  std::mt19937_64 random(6);
  for (int i = 0; i < 10; i++) {
    Network net = random_network({8, 4, 200, 3, 8, 4, {4, 3}}, static_cast<uint64_t>(i));
    for (uint32_t& v : net.act_table) v = static_cast<uint32_t>(random() % 64);
    for (uint32_t& v : net.score_table) v = static_cast<uint32_t>(random() % 256);
    ASSERT_TRUE(check_network(net).ok());
    ASSERT_NO_FATAL_FAILURE(expect_exact(net, noise(net, random)));
  }
}

TEST(RandomNetwork, ScoresDiffer) {
  std::mt19937_64 random(8);
  for (const RandomShape& shape : shapes()) {
    const Network net = random_network(shape, 9);
    std::set<uint32_t> scores;
    for (int i = 0; i < 20; i++) scores.insert(score(net, noise(net, random)));
    EXPECT_GE(scores.size(), 5u) << "range_bits " << shape.range_bits << " samples " << shape.samples;
  }
}

}  // namespace
}  // namespace sotto::judge
