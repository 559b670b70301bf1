// SPDX-License-Identifier: Apache-2.0
// Every input of a network has a proof: inputs at the edges hold all constraints, and builders refuse layers for which that, or that
// every value is pinned, could fail.
#include <random>

#include "support/network_audit.h"

namespace sotto {
namespace {

using namespace network_attack;

void expect_complete(const Subject& s, const std::vector<std::vector<uint32_t>>& inputs, size_t proofs) {
  const Audit audit(s);
  for (size_t i = 0; i < inputs.size(); i++) {
    Cells cells = evaluate(s.network(), inputs[i]).value();
    std::vector<int64_t> output = output_of(s.network(), cells);
    EXPECT_TRUE(audit.broken({std::move(cells), std::move(output)}).empty()) << s.name << ", input " << i;
    if (i >= proofs) continue;
    const Proven p = prove(*s.key, inputs[i], keccak256("edge"), {}).value();
    EXPECT_EQ(verdict(s, p), "accepted") << s.name << ", input " << i;
  }
}

TEST(NetworkCompleteness, Pixels) {
  std::vector<std::vector<uint32_t>> inputs = {std::vector<uint32_t>(20, 0), std::vector<uint32_t>(20, 255)};
  std::mt19937_64 random(1);
  for (int i = 0; i < 40; i++) {
    inputs.emplace_back();
    for (int k = 0; k < 20; k++) inputs.back().push_back(static_cast<uint32_t>(i % 2 ? random() % 256 : random() % 2 * 255));
  }
  expect_complete(mlp(), inputs, 2);
}

TEST(NetworkCompleteness, Tokens) {
  std::vector<std::vector<uint32_t>> inputs;
  for (uint32_t token = 0; token < 5; token++) inputs.emplace_back(4, token);
  std::mt19937_64 random(2);
  for (int i = 0; i < 10; i++) {
    std::vector<uint32_t>& tokens = inputs.emplace_back(4);
    for (uint32_t& t : tokens) t = static_cast<uint32_t>(random() % 5);
  }
  expect_complete(gpt(), inputs, 1);
}

// Weights as large as they go: all results reach the ends of their cells.
TEST(NetworkCompleteness, WeightsAtTheirLimit) {
  for (const bool positive : {true, false}) {
    NetworkBuilder b;
    const Tensor x = b.bytes(4), h = b.dense_relu(x, {4, 4, std::vector<int32_t>(16, positive ? 32 : -32), {}, 0, false});
    b.output(b.dense_wide(h, {4, 2, std::vector<int32_t>(8, positive ? 16000 : -16000), {1, -1}, 0, false}), 2);
    auto network = b.finish();
    ASSERT_TRUE(network.ok()) << network.error().message;
    const Subject s{"limits", make_key(network.value()), {255, 255, 255, 255}, {"bytes", "hidden", "logits", "output"}};
    expect_complete(s, {{255, 255, 255, 255}, {0, 0, 0, 0}, {255, 0, 255, 0}}, 1);
  }
}

// ---- What builders refuse

// reason: words of the message.
void expect_refused(const std::string& what, const std::string& reason, const std::function<void(NetworkBuilder&)>& build) {
  NetworkBuilder b;
  build(b);
  const auto network = b.finish();
  ASSERT_FALSE(network.ok()) << what;
  EXPECT_NE(network.error().message.find(reason), std::string::npos) << what << ": " << network.error().message;
}
DenseLayer ones(uint32_t in, uint32_t out, unsigned shift = 8) {
  return {in, out, std::vector<int32_t>(size_t{in} * out, 1), {}, shift, false};
}

TEST(NetworkBuilder, LayersReadOnlyWhatIsPinned) {
  expect_refused("bytes behind the input", "dense layer's sizes", [](auto& b) { b.output(b.dense(b.bytes(20), ones(32, 4)), 4); });
  expect_refused("tokens that do not exist", "dense layer's sizes", [](auto& b) { b.output(b.dense(b.tokens(2, 5), ones(8, 4)), 4); });
  expect_refused("an embedding of tokens that do not exist", "embedding's sizes", [](auto& b) {
    const Tensor e = b.embed(b.tokens(1, 5), {4, 8, std::vector<int32_t>(32, 1), {}, 0, false}, std::vector<int64_t>(8));
    b.output(b.dense(e, ones(4, 4)), 4);
  });
  expect_refused("a normalised row with entries behind the input", "no power of two", [](auto& b) {
    b.output(b.normalise({b.bytes(20)}, 1 << 20).result, 32);
  });
  expect_refused("scores of tokens that do not exist", "no power of two", [](auto& b) {
    const Tensor t = b.tokens(2, 5);
    b.output(b.scores(t, t, 0, 1), 4);
  });
  expect_refused("half of a wide result", "a wide result", [](auto& b) {
    b.output(b.dense(b.dense_wide(b.bytes(8), ones(8, 4)), ones(4, 4)), 4);
  });
}

TEST(NetworkBuilder, OutputsAreWholeResults) {
  expect_refused("a part of a layer", "another width", [](auto& b) { b.output(b.dense(b.bytes(8), ones(8, 4)), 3); });
  expect_refused("two outputs", "result of one layer", [](auto& b) {
    const Tensor y = b.dense(b.bytes(8), ones(8, 4));
    b.output(y, 4), b.output(y, 4);
  });
  expect_refused("none", "no output", [](auto& b) { b.dense(b.bytes(8), ones(8, 4)); });
  // Bytes are 16-bit cells, not the low halves of wide results.
  NetworkBuilder b;
  b.output(b.bytes(4), 4);
  const Network n = b.finish().value();
  const std::vector<uint32_t> input = {1, 2, 3, 255};
  EXPECT_EQ(output_of(n, evaluate(n, input).value()), (std::vector<int64_t>{1, 2, 3, 255}));
  for (const Relation& r : n.circuit.relations)
    if (r.output) {
      EXPECT_EQ(r.terms.size(), 1u);
    }
}

TEST(NetworkBuilder, ValuesStayInTheirCells) {
  expect_refused("a result of 17 bits", "past its cells", [](auto& b) { b.output(b.dense(b.bytes(200), ones(200, 4, 0)), 4); });
  expect_refused("a table's value of 40 bits", "32 bits", [](auto& b) {
    const uint32_t f = b.table([](int64_t) { return int64_t{1} << 40; });
    b.output(b.dense(b.dense_table(b.bytes(8), ones(8, 4), f), ones(4, 4)), 4);
  });
  expect_refused("products and biases that cancel", "cancel each other", [](auto& b) {
    b.output(b.dense_wide(b.bytes(2), {2, 1, {1 << 30, -(1 << 30)}, {int64_t{1} << 52}, 8, false}), 1);
  });
  expect_refused("two values for masked scores", "mask with one value", [](auto& b) {
    const Tensor q = b.dense(b.bytes(4), ones(4, 4));
    const Tensor s = b.scores(q, q, 0, 1);
    b.softmax(s, 0, 8, 0), b.output(b.softmax(s, 0, 8, -5), 1);
  });
}

TEST(NetworkBuilder, NothingIsEmpty) {
  expect_refused("no input", "at least one", [](auto& b) { b.output(b.dense(b.bytes(0), ones(1, 4)), 4); });
  expect_refused("no tokens", "no vocabulary", [](auto& b) { b.output(b.dense(b.tokens(2, 0), ones(1, 4)), 4); });
  expect_refused("too many tokens", "positions", [](auto& b) { b.output(b.dense(b.tokens(40, 5), ones(5, 4)), 4); });
  expect_refused("no results", "dense layer's sizes", [](auto& b) { b.output(b.dense(b.bytes(4), ones(4, 0)), 0); });
  expect_refused("no arguments", "dense layer's sizes", [](auto& b) { b.output(b.dense(b.bytes(4), ones(0, 4)), 4); });
  expect_refused("no channels", "embedding's sizes", [](auto& b) {
    b.output(b.dense(b.embed(b.tokens(1, 5), ones(0, 5), {}), ones(1, 1)), 1);
  });
}

// ---- Keys

Bytes encoded(const std::function<void(Circuit&)>& change) {
  VerifyingKey key = mlp().key->vk;
  change(key.circuit);
  return key.encode();
}
bool is_read(const Bytes& bytes) { return VerifyingKey::decode(bytes).ok(); }

TEST(NetworkKey, OnlySoundCircuitsAreRead) {
  ASSERT_TRUE(is_read(encoded([](Circuit&) {})));
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.data_rows = c.mask_at + 1; }))) << "lookups on mask rows";
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.mask_at = (1u << c.log_n) - 8; }))) << "no place for masks";
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.data_rows -= 8; }))) << "a relation reads rows that no lookup pins";
  EXPECT_FALSE(is_read(encoded([](Circuit& c) {
    Factor& address = c.relations[0].terms[0].factors.back();
    address.value = (c.mask_at >> (c.log_n - address.bits));
  }))) << "a relation reads mask rows";
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.relations[0].terms[0].column = kM; }))) << "a relation reads multiplicities";
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.relations[0].terms[0].column = kZ0; }))) << "a relation reads masks";
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.relations.back().output = false; }))) << "no output";
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.relations.front().output = true; }))) << "two outputs";
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.relations[0].terms[0].factors[0].value = 200; }))) << "coordinates that are not drawn";
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.matrices[0].base += 1; }))) << "a matrix that is no block";
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.masked_value = int64_t{1} << 41; })));
  EXPECT_FALSE(is_read(encoded([](Circuit& c) { c.masked_value = std::numeric_limits<int64_t>::min(); })));
}

TEST(NetworkKey, AxesHaveCoordinatesOfTheirOwn) {
  EXPECT_FALSE(is_read(encoded([](Circuit& c) {
    Term& t = c.relations[0].terms[0];
    const Factor axis = t.factors[0];
    t.factors[0].bits = 2, t.factors.insert(t.factors.begin() + 1, {Factor::kPoint, static_cast<uint8_t>(axis.bits - 2), 0});
  })));
  for (const Subject* s : {&mlp(), &gpt()})
    for (const Relation& r : s->circuit().relations)
      for (const Term& t : r.terms) {
        std::vector<bool> taken(s->circuit().points());
        const auto take = [&](unsigned from, unsigned bits) {
          for (unsigned i = from; i < from + bits; i++) {
            EXPECT_FALSE(taken[i]);
            taken[i] = true;
          }
        };
        for (const Factor& f : t.factors) {
          if (f.kind == Factor::kPoint) take(f.value, f.bits);
          if (f.kind == Factor::kMatrix) take(s->circuit().matrices[f.value].point, s->circuit().matrices[f.value].out_bits);
        }
      }
}

// 130 KB that announce 2^28 terms are refused before there is room for any.
TEST(NetworkKey, AnnouncedTermsAreCountedFirst) {
  Bytes bytes = encoded([](Circuit& c) { c.relations.resize(1 << 12); });
  const size_t header = 32 * (2 + 4 + 9 + 1 + 4) + 64 * mlp().circuit().public_columns() + 32 * mlp().circuit().matrices.size();
  for (size_t i = 0; i < 1 << 12; i++) bytes.at(header + 32 * i) = bytes.at(header + 32 * i + 1) = 0xff;
  EXPECT_FALSE(is_read(bytes));
}

}  // namespace
}  // namespace sotto
