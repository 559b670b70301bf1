// SPDX-License-Identifier: Apache-2.0
#include "judge/net/random_network.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace sotto::judge {
namespace {

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // low <= result <= high
  int64_t in(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(next() % static_cast<uint64_t>(high - low + 1));
  }

 private:
  uint64_t state_;
};

// DFT weights of at most 12 bits, and mel weights, such that the worst-case energy stays below 2^(4r-1).
void fill_front_end(Network& net, Random& random) {
  const unsigned r = net.range_bits, window_bits = net.hop_bits + 1;
  // |D| <= w * 2^(window + sample bits), energy <= 2 * bins * mel * D^2
  const unsigned bins_bits = static_cast<unsigned>(std::bit_width(net.bins));
  const int mel_bits = r >= 16 ? 4 : 1;
  const int room = static_cast<int>(4 * r) - 2 - mel_bits - static_cast<int>(bins_bits);
  const int w_bits = std::min(11, room / 2 - static_cast<int>(window_bits + net.sample_bits));
  SOTTO_CHECK(w_bits >= 1);
  const int64_t w = (int64_t{1} << w_bits) - 1, centre = int64_t{1} << (net.sample_bits - 1);
  const size_t channels = 2 * size_t{net.bins};
  net.dft.resize(2 * net.hop() * channels);
  net.dft_bias.assign(channels, 0);
  for (size_t j = 0; j < net.dft.size(); j++) {
    net.dft[j] = static_cast<int32_t>(random.in(-w, w));
    net.dft_bias[j % channels] -= net.dft[j] * centre;
  }
  net.mel.resize(size_t{net.bins} * net.bands);
  for (int32_t& m : net.mel) m = static_cast<int32_t>(random.in(0, (1 << mel_bits) - 1));
  net.log_step = r >= 16 ? 32 : 3;
  for (size_t f = 0; f < size_t{1} << (r - 1); f++)
    net.log_table.push_back(static_cast<uint32_t>(random.in(0, net.log_step)));
}

// Weights for which acc stays within 15/16 of its range when the inputs run over [0, most].
void fill_conv(ConvLayer& layer, unsigned r, int64_t most, Random& random) {
  const int64_t half = int64_t{1} << (2 * r - 1), inputs = int64_t{4} * layer.in_channels;
  const int64_t w = std::max<int64_t>(1, half * 7 / (4 * inputs * most) - 1);
  layer.weights.resize(static_cast<size_t>(inputs) * layer.out_channels);
  layer.bias.assign(layer.out_channels, 0);
  for (size_t j = 0; j < layer.weights.size(); j++) {
    layer.weights[j] = static_cast<int32_t>(random.in(-w, w));
    // Centred: the accumulator of mid-range inputs is small, so about half of the units are active.
    layer.bias[j % layer.out_channels] -= layer.weights[j] * (most / 2);
  }
  for (int64_t& b : layer.bias) b += random.in(0, half / 16);
}

void fill_head(Network& net, int64_t cap, Random& random) {
  const unsigned r = net.range_bits;
  const ConvLayer& last = net.conv.back();
  const int64_t terms = int64_t{last.out_frames} * last.out_channels;
  const int64_t share = (int64_t{1} << (3 * r - 1)) / (2 * terms) - 1;  // half of the range for each kind of term
  const int64_t limit = (int64_t{1} << 31) - 1;
  const int64_t mean = std::min(limit, share / cap), square = std::min(limit, share / (cap * cap));
  for (uint32_t c = 0; c < last.out_channels; c++) {
    const int64_t sign = random.in(0, 1) ? 1 : -1;
    net.head_mean.push_back(static_cast<int32_t>(sign * random.in(mean / 2, mean)));
    net.head_square.push_back(static_cast<int32_t>(sign * random.in(square / 2, square)));
  }
  net.head_bias = random.in(-terms, terms);
}

}  // namespace

Network random_network(const RandomShape& shape, uint64_t seed) {
  Random random(seed);
  Network net;
  const unsigned r = shape.range_bits;
  net.range_bits = r, net.sample_bits = shape.sample_bits, net.samples = shape.samples;
  net.hop_bits = shape.hop_bits, net.bins = shape.bins, net.bands = shape.bands;
  net.frames = shape.samples / net.hop() - 1;
  fill_front_end(net, random);

  const int64_t cap = (int64_t{1} << (r > 10 ? r - 5 : r - 2)) - 1, range = int64_t{1} << r;
  int64_t most = net.log_step * int64_t{4 * r};
  uint32_t frames = net.frames, channels = net.bands;
  for (uint32_t out_channels : shape.channels) {
    SOTTO_CHECK(frames >= 4);
    ConvLayer layer{channels, out_channels, (frames - 2) / 2, {}, {}};
    fill_conv(layer, r, most, random);
    frames = layer.out_frames, channels = out_channels, most = cap;
    net.conv.push_back(std::move(layer));
  }
  // A random activation, not a ReLU: the slightest change of a song reaches the score, even at toy size.
  for (int64_t pre = 0; pre < range; pre++) net.act_table.push_back(static_cast<uint32_t>(random.in(0, cap)));
  fill_head(net, cap, random);
  // An odd multiplier is a permutation: neighbouring head values get far-apart scores, and no two the same.
  const uint64_t factor = random.next() | 1, offset = random.next();
  for (uint64_t pre = 0; pre < static_cast<uint64_t>(range); pre++)
    net.score_table.push_back(static_cast<uint32_t>((pre * factor + offset) & static_cast<uint64_t>(range - 1)));
  net.card = "random network for tests, seed " + std::to_string(seed);
  const Status status = check_network(net);
  SOTTO_CHECK(status.ok());
  return net;
}

}  // namespace sotto::judge
