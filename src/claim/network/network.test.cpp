// SPDX-License-Identifier: Apache-2.0
#include "claim/network/network.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/keccak.h"
#include "claim/network/examples.h"
#include "claim/network/prove.h"
#include "claim/network/verify.h"
#include "zk/poly/multilinear.h"

namespace sotto::claim::network {
namespace {

std::shared_ptr<const zk::Srs> setup(uint64_t powers) {
  unsigned bits = 1;
  while (uint64_t{1} << bits < powers) bits++;
  return std::make_shared<const zk::Srs>(zk::make_development_srs(bits));
}

TEST(Network, TheMlpIsWhatItsFormulaSays) {
  const Mlp mlp = make_mlp(784, 56, 10, 7).value();
  SplitMix random(7);
  std::vector<int64_t> w1(784 * 56), b1(56), w2(560), b2(10);
  for (auto& v : w1) v = static_cast<int8_t>(random.next());
  for (auto& v : b1) v = static_cast<int16_t>(random.next());
  for (auto& v : w2) v = static_cast<int8_t>(random.next());
  for (auto& v : b2) v = static_cast<int16_t>(random.next());
  std::vector<int64_t> h(56), y(10);
  for (size_t k = 0; k < 56; k++) {
    h[k] = b1[k];
    for (size_t l = 0; l < 784; l++) h[k] += w1[k * 784 + l] * mlp.input[l];
    h[k] = std::max<int64_t>(0, h[k] >> 8);
  }
  for (size_t k = 0; k < 10; k++) {
    y[k] = b2[k];
    for (size_t l = 0; l < 56; l++) y[k] += w2[k * 56 + l] * h[l];
    y[k] >>= 8;
  }
  const Cells cells = evaluate(mlp.network, mlp.input).value();
  EXPECT_EQ(output_of(mlp.network, cells), y);
  // What a program for Aztec's prover gives for the same weights and input (bench/peers).
  EXPECT_EQ(y, (std::vector<int64_t>{-295, -1718, -796, 563, 270, 634, 486, 1172, -510, -2402}));
}

void expect_proved(Network network, std::span<const uint32_t> input) {
  const auto srs = setup(required_powers(network));
  const auto key = make_proving_key(std::move(network), srs).value();
  const auto proven = prove(*key, input, keccak256("test"), {});
  ASSERT_TRUE(proven.ok()) << proven.error().message;
  const Status verdict = verify(key->vk, proven->statement, proven->proof);
  EXPECT_TRUE(verdict.ok()) << verdict.error().message;
  Statement other = proven->statement;
  other.output[0]++;
  EXPECT_FALSE(verify(key->vk, other, proven->proof).ok());
}

TEST(Network, AnMlpIsProved) {
  const Mlp mlp = make_mlp(20, 6, 3, 1).value();
  expect_proved(mlp.network, mlp.input);
}

TEST(Network, StopsWhereItIsTold) {
  Mlp mlp = make_mlp(20, 6, 3, 1).value();
  const auto srs = setup(required_powers(mlp.network));
  const auto key = make_proving_key(std::move(mlp.network), srs).value();
  std::vector<std::string> stages;
  ASSERT_TRUE(
      prove(*key, mlp.input, {}, [&](const char* stage, double) { return stages.push_back(stage), true; }).ok());
  for (size_t last = 0; last + 1 < stages.size(); last += 3) {
    size_t calls = 0;
    const auto stopped = prove(*key, mlp.input, {}, [&](const char*, double) { return calls++ < last; });
    ASSERT_FALSE(stopped.ok()) << stages[last];
    EXPECT_EQ(stopped.error().kind, ErrorKind::kInterrupted);
    EXPECT_EQ(calls, last + 1) << stages[last];
  }
}

TEST(Network, AGptIsProved) {
  GptShape shape;
  shape.layers = 1, shape.width_bits = 4, shape.head_bits = 2, shape.hidden_bits = 4, shape.position_bits = 2,
  shape.vocabulary = 5;
  const Gpt gpt = Gpt::random(shape, 3);
  const std::vector<uint32_t> input = {0, 4, 2, 2};
  auto network = gpt.quantised();
  ASSERT_TRUE(network.ok()) << network.error().message;
  expect_proved(network.value(), input);
}

TEST(Network, IntegerLogitsFollowTheRealOnes) {
  const Gpt gpt = Gpt::random({}, 1);
  auto network = gpt.quantised();
  ASSERT_TRUE(network.ok()) << network.error().message;
  std::vector<uint32_t> input;
  SplitMix random(5);
  for (int i = 0; i < 64; i++) input.push_back(static_cast<uint32_t>(random.next() % 65));
  const std::vector<double> real = gpt.logits(input);
  const std::vector<int64_t> integer = output_of(*network, evaluate(*network, input).value());
  ASSERT_EQ(real.size(), integer.size());
  double worst = 0, largest = 0;
  for (size_t i = 0; i < real.size(); i++) {
    worst = std::max(worst, std::abs(real[i] - std::ldexp(static_cast<double>(integer[i]), -12)));
    largest = std::max(largest, std::abs(real[i]));
  }
  std::printf("logits up to %.3f, off by at most %.5f; 2^%u rows, %u in use, %llu weights, %zu relations\n", largest,
              worst, network->circuit.log_n, network->circuit.mask_at,
              static_cast<unsigned long long>(network->weight_count), network->circuit.relations.size());
  EXPECT_LT(worst, 0.005);
}

}  // namespace
}  // namespace sotto::claim::network
