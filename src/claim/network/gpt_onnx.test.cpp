// SPDX-License-Identifier: Apache-2.0
#include "claim/network/gpt_onnx.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace sotto::claim::network {
namespace {

using judge::OnnxModel;
using judge::OnnxTensor;

// The computing nodes of nanoGPT's export, in its order.
class Export {
 public:
  OnnxModel model;

  explicit Export(const Gpt& g)
      : g_(g), width_(size_t{1} << g.shape.width_bits), hidden_(size_t{1} << g.shape.hidden_bits) {
    model.constants["transformer.wte.weight"] = {{g.shape.vocabulary, int64_t(width_)}, g.token};
    model.constants["transformer.wpe.weight"] = {{1 << g.shape.position_bits, int64_t(width_)}, g.position};
    nodes({"Shape", "Sub", "Add", "Gather", "Gather", "Add"});
    for (const Gpt::Layer& l : g.layer) add(l);
    normalise(g.gain);
    weights("MatMul", turned(g.token, g.shape.vocabulary, width_), {int64_t(width_), g.shape.vocabulary});
  }

 private:
  void nodes(std::initializer_list<const char*> ops) {
    for (const char* op : ops) node(op);
  }
  judge::OnnxNode& node(const std::string& op) {
    judge::OnnxNode n;
    n.op = op, n.name = op + std::to_string(model.nodes.size());
    model.nodes.push_back(n);
    return model.nodes.back();
  }
  void weights(const std::string& op, std::vector<double> values, std::vector<int64_t> shape) {
    const std::string name = "constant" + std::to_string(model.nodes.size());
    model.constants[name] = {std::move(shape), std::move(values)};
    node(op).inputs = {"x", name};
  }
  void number(const std::string& op, double v) { weights(op, {v}, {}); }
  // in x out of an out x in matrix.
  static std::vector<double> turned(const std::vector<double>& w, size_t out, size_t in) {
    std::vector<double> t;
    for (size_t l = 0; l < in; l++)
      for (size_t k = 0; k < out; k++) t.push_back(w[k * in + l]);
    return t;
  }
  void normalise(const std::vector<double>& gain) {
    nodes({"ReduceMean", "Sub"}), number("Pow", 2), nodes({"ReduceMean"}), number("Add", 1e-5), nodes({"Sqrt", "Div"});
    weights("Mul", gain, {int64_t(width_)});
  }
  void add(const Gpt::Layer& l) {
    const auto w = int64_t(width_), h = int64_t(hidden_);
    normalise(l.gain1);
    std::vector<double> all;
    for (size_t i = 0; i < width_; i++)
      for (const auto* m : {&l.query, &l.key, &l.value})
        for (size_t k = 0; k < width_; k++) all.push_back((*m)[k * width_ + i]);
    weights("MatMul", all, {w, 3 * w});
    nodes({"Split", "Div", "Reshape", "MatMul"});
    number("Mul", std::sqrt(std::ldexp(1.0, int(g_.shape.head_bits)) / double(width_)));
    nodes({"Slice", "Equal"}), number("Where", -10), nodes({"Softmax", "MatMul", "Transpose"});
    weights("MatMul", turned(l.attended, width_, width_), {w, w}), nodes({"Add"});
    normalise(l.gain2);
    weights("MatMul", turned(l.hidden, hidden_, width_), {w, h});
    number("Mul", 0.5), number("Mul", 0.044715), nodes({"Mul", "Mul", "Add"});
    number("Mul", std::sqrt(2 / std::numbers::pi)), nodes({"Tanh"}), number("Add", 1), nodes({"Mul"});
    weights("MatMul", turned(l.back, width_, hidden_), {h, w}), nodes({"Add"});
  }

  const Gpt& g_;
  size_t width_, hidden_;
};

Gpt small() {
  GptShape shape;
  shape.layers = 2, shape.width_bits = 4, shape.head_bits = 2, shape.hidden_bits = 6, shape.position_bits = 2,
  shape.vocabulary = 5;
  return Gpt::random(shape, 3);
}

TEST(GptOnnx, ReadsWhatAnExportHolds) {
  const Gpt g = small();
  const auto read = gpt_from_onnx(Export(g).model);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->shape.layers, 2u);
  EXPECT_EQ(read->shape.head_bits, 2u);
  const std::vector<uint32_t> tokens = {4, 0, 2, 2};
  EXPECT_EQ(read->logits(tokens), g.logits(tokens));
}

// Whatever differs is named, by its node where there is one.
TEST(GptOnnx, RefusesAnotherArchitecture) {
  const Gpt g = small();
  const Export good(g);
  const auto refused = [&](const char* what, const auto& change) {
    OnnxModel m = good.model;
    change(m);
    EXPECT_FALSE(gpt_from_onnx(m).ok()) << what;
  };
  refused("no embedding", [](OnnxModel& m) { m.constants.erase("transformer.wte.weight"); });
  refused("a width that is no power of two", [](OnnxModel& m) { m.constants["transformer.wpe.weight"].shape[1] = 15; });
  refused("an output layer of its own", [](OnnxModel& m) { m.constants["transformer.wte.weight"].values[0] += 1; });
  refused("a node more at the end", [](OnnxModel& m) { m.nodes.push_back(m.nodes[1]); });
  for (size_t i = 0; i < good.model.nodes.size(); i++) {
    const std::string& op = good.model.nodes[i].op;
    if (op == "Shape" || op == "Gather" || op == "Split" || op == "Reshape" || op == "Slice" || op == "Transpose")
      continue;
    refused("another operation", [&](OnnxModel& m) { m.nodes[i].op = "Erf"; });
    refused(("without node " + std::to_string(i) + " " + op).c_str(),
            [&](OnnxModel& m) { m.nodes.erase(m.nodes.begin() + int64_t(i)); });
    for (const std::string& input : good.model.nodes[i].inputs)
      if (const auto t = good.model.constants.find(input); t != good.model.constants.end()) {
        if (t->second.values.size() == 1)
          refused("another number", [&](OnnxModel& m) { m.constants[input].values[0] *= 1.1; });
        else
          refused("another shape", [&](OnnxModel& m) { m.constants[input].shape[0]++; });
      }
  }
}

}  // namespace
}  // namespace sotto::claim::network
