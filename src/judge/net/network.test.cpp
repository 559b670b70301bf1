// SPDX-License-Identifier: Apache-2.0
// score == trace on every CPU path, and every trace satisfies the identities of network.h.
#include "judge/net/network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <numbers>
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

// The DFT of a Hann window, rounded: what the trainer makes. Ties of rounding break some of its symmetries.
void set_windowed_dft(Network& net, double amplitude) {
  const size_t window = 2 * size_t{net.hop()}, channels = 2 * size_t{net.bins};
  const double turn = 2 * std::numbers::pi / static_cast<double>(window);
  net.dft_bias.assign(channels, 0);
  for (size_t l = 0; l < window; l++)
    for (size_t c = 0; c < channels; c++) {
      const double phase = turn * static_cast<double>(c / 2 * l % window), hann = 0.5 - 0.5 * std::cos(turn * static_cast<double>(l));
      const double wave = c % 2 ? -std::sin(phase) : std::cos(phase);
      net.dft[l * channels + c] = static_cast<int32_t>(std::lround(amplitude * hann * wave));
      net.dft_bias[c] -= net.dft[l * channels + c] * (int64_t{1} << (net.sample_bits - 1));
    }
}

TEST(Network, SymmetricDft) {
  std::mt19937_64 random(3);
  for (uint32_t hop_bits : {1u, 2u, 3u, 4u, 6u, 8u}) {
    const uint32_t hop = 1u << hop_bits;
    Network net = random_network({16, 8, 45 * hop, hop_bits, std::max(hop, 4u), 5, {6, 5}}, 1);
    const size_t dense = Spectrum(net, CpuPath::kPortable).cost(), channels = 2 * size_t{net.bins};
    set_windowed_dft(net, 127);
    ASSERT_TRUE(check_network(net).ok());
    if (hop_bits >= 6) {
      EXPECT_LT(Spectrum(net, CpuPath::kPortable).cost(), dense * 2 / 3) << hop;
    }
    for (int i = 0; i < 3; i++) ASSERT_NO_FATAL_FAILURE(expect_exact(net, noise(net, random)));
    // Any single weight may be off, in particular at the ends and in the middle, where places have no mirror image.
    for (size_t l : {size_t{0}, size_t{1}, size_t{hop} - 1, size_t{hop}, size_t{hop} + 1, 2 * size_t{hop} - 1}) {
      for (size_t c = 0; c < channels; c += 3) net.dft[l * channels + c] += static_cast<int32_t>(random() % 9) - 4;
      ASSERT_TRUE(check_network(net).ok());
      ASSERT_NO_FATAL_FAILURE(expect_exact(net, noise(net, random)));
    }
  }
}

// Weights at the ends of 16 bits and beyond, and inputs of 16 bits and more: every split and every fallback of the layers.
TEST(Network, ExtremeLayers) {
  std::mt19937_64 random(5);
  const int32_t extremes[] = {0, 1, -1, 32767, 32768, -32768, -32769, 65535, 65536, -65536, -65537};
  for (uint32_t top_bits : {15u, 16u}) {
    const uint32_t top = (1u << top_bits) - 1;
    for (uint32_t first_channels : {1u, 15u, 16u, 17u, 47u, 48u, 49u, 97u}) {
      Network net = random_network({16, 8, 3000, 5, 4, 3, {first_channels, 3}}, first_channels);
      for (uint32_t& v : net.act_table) v = random() % 3 ? 0 : random() % 2 ? top : static_cast<uint32_t>(random() % (top + 1));
      net.log_step = random() % 2 ? 32 : 1030;  // L up to 2^16 and beyond
      for (ConvLayer& layer : net.conv)
        for (uint32_t c = 0; c < layer.out_channels; c++) {
          // As many large weights as the range of the accumulator has room for; the bias centres it.
          const uint64_t input = &layer == &net.conv[0] ? uint64_t{net.log_step} * 64 + 65536 : top;
          int64_t room = INT32_MAX - 70000, low = 0, high = 0;
          for (size_t j = 0; j < 4 * size_t{layer.in_channels}; j++) {
            const int32_t w = extremes[random() % std::size(extremes)];
            const int64_t reach = std::abs(int64_t{w}) * static_cast<int64_t>(input);
            const bool fits = reach <= 2 * room - (high - low);
            layer.weights[j * layer.out_channels + c] = fits ? w : 0;
            if (fits) (w < 0 ? low : high) += w < 0 ? -reach : reach;
          }
          layer.bias[c] = -(low + high) / 2;
        }
      // The head must take the larger activations.
      for (int32_t& w : net.head_mean) w /= 64;
      for (int32_t& w : net.head_square) w = 0;
      ASSERT_TRUE(check_network(net).ok()) << check_network(net).error().message;
      for (int i = 0; i < 3; i++) ASSERT_NO_FATAL_FAILURE(expect_exact(net, noise(net, random)));
    }
  }
}

TEST(Network, ManyRandomShapes) {
  std::mt19937_64 random(9);
  for (int i = 0; i < 60; i++) {
    RandomShape shape;
    shape.range_bits = random() % 2 ? 16 : 12;
    shape.sample_bits = shape.range_bits / 2;
    shape.hop_bits = 1 + static_cast<uint32_t>(random() % 4);
    shape.samples = (40 + static_cast<uint32_t>(random() % 90)) << shape.hop_bits;
    shape.bins = 1u << (random() % 4);
    shape.bands = 1 + static_cast<uint32_t>(random() % 7);
    shape.channels.assign(1 + random() % 3, 0);
    for (uint32_t& c : shape.channels) c = 1 + static_cast<uint32_t>(random() % 70);
    const Network net = random_network(shape, random());
    ASSERT_NO_FATAL_FAILURE(expect_exact(net, noise(net, random)));
  }
}

// Members side by side, as the trainer makes them, some channels of which are silent.
TEST(Network, LayersOfBlocks) {
  std::mt19937_64 random(8);
  for (uint64_t seed = 0; seed < 8; seed++) {
    const uint32_t range_bits = seed < 4 ? 8 : 16;
    Network net = random_network({range_bits, range_bits / 2, 400, 3, 4, 3, {70, 90, 33}}, seed);
    for (size_t n = 1; n < net.conv.size(); n++) {
      ConvLayer& layer = net.conv[n];
      for (size_t j = 0; j < layer.weights.size(); j++) {
        const size_t in = j / layer.out_channels % layer.in_channels, out = j % layer.out_channels;
        const bool silent = seed % 2 == 1 && out % 40 > 16;
        if (silent || in * 3 / layer.in_channels != out * 3 / layer.out_channels) layer.weights[j] = 0;
      }
    }
    ASSERT_TRUE(check_network(net).ok());
    ASSERT_NO_FATAL_FAILURE(expect_exact(net, noise(net, random)));
  }
}

TEST(Network, MillionWeightNetworkIsExactOnEveryPath) {
  Network net = random_network({16, 8, 80000, 8, 256, 48, {256, 256, 256, 256, 184}}, 5);
  std::mt19937_64 random(2);
  ASSERT_NO_FATAL_FAILURE(expect_exact(net, noise(net, random)));
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
