// SPDX-License-Identifier: Apache-2.0
// Networks that others prove, too, with weights from a fixed seed: what benchmarks and tests use, and how networks are
// built.
#pragma once
#include "claim/network/network.h"

namespace sotto::claim::network {

// Steele, Lea, Flood (OOPSLA 2014): SplitMix64.
class SplitMix {
 public:
  explicit SplitMix(uint64_t seed) : state_(seed) {}
  uint64_t next();
  double normal();  // Box and Muller

 private:
  uint64_t state_;
};

// MLP 784-56-10 on byte pixels: h = max(0, (b1 + W1 x) >> 8), y = (b2 + W2 h) >> 8, rounded downwards; weights of 8
// bits and biases of 16 bits with their signs, drawn from SplitMix64(seed) in the order W1 (row by row), b1, W2, b2;
// then an input.
struct Mlp {
  Network network;
  std::vector<uint32_t> input;
};
Result<Mlp> make_mlp(uint32_t in, uint32_t hidden, uint32_t out, uint64_t seed);

// A decoder in nanoGPT's shape without biases: normalisation with gains, causal attention, GELU (tanh form), masked
// scores of -10, an output layer that shares the token embedding. Real numbers; `quantised` makes the network of
// integers.
struct GptShape {
  unsigned layers = 4, head_bits = 2, width_bits = 6, hidden_bits = 8, position_bits = 6;
  uint32_t vocabulary = 65;
};
struct Gpt {
  GptShape shape;
  struct Layer {
    std::vector<double> gain1, query, key, value, attended, gain2, hidden, back;  // matrices row by row: out x in
  };
  std::vector<double> token, position, gain;
  std::vector<Layer> layer;

  // Initialised as nanoGPT does: normal with deviation 0.02, less for what joins the residual stream; gains about 1.
  static Gpt random(const GptShape& shape, uint64_t seed);
  // Logits in floating point, row by row.
  std::vector<double> logits(std::span<const uint32_t> tokens) const;
  Result<Network> quantised() const;
  static constexpr unsigned kLogitBits = 12;  // logits of the integer network are multiples of 2^-12
};

}  // namespace sotto::claim::network
