// SPDX-License-Identifier: Apache-2.0
#include "claim/network/gpt_onnx.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace sotto::claim::network {
namespace {

using judge::OnnxModel;
using judge::OnnxNode;
using judge::OnnxTensor;

// Operations that only move numbers or compute sizes.
bool is_plumbing(const OnnxNode& n) {
  for (const char* op : {"Identity", "Shape", "Constant", "Gather", "Cast", "Unsqueeze", "Squeeze", "ConstantOfShape",
                         "NonZero", "Concat", "Reshape", "Transpose", "Slice", "Split"})
    if (n.op == op) return true;
  return false;
}

// Walks the nodes that compute, in the file's order. The first thing that differs from what is expected is the error.
class Walk {
 public:
  explicit Walk(const OnnxModel& model) : model_(&model) {
    for (const OnnxNode& n : model.nodes) {
      if (n.op == "Identity" && n.inputs.size() == 1 && n.outputs.size() == 1) same_[n.outputs[0]] = n.inputs[0];
      if (n.op == "Constant" && n.outputs.size() == 1)
        if (const auto value = n.attributes.find("value"); value != n.attributes.end())
          constants_[n.outputs[0]] = &value->second.tensor;
    }
  }

  const std::string& error() const { return error_; }
  bool failed() const { return !error_.empty(); }
  void fail(const std::string& why) {
    if (error_.empty()) error_ = why;
  }

  // Computing nodes of these operations; the last one is returned, null on failure.
  const OnnxNode* expect(std::initializer_list<const char*> ops) {
    const OnnxNode* node = nullptr;
    for (const char* op : ops) {
      if (failed()) return nullptr;
      while (next_ < model_->nodes.size() && is_plumbing(model_->nodes[next_])) next_++;
      node = next_ < model_->nodes.size() ? &model_->nodes[next_++] : nullptr;
      if (!node || node->op != op)
        fail((node ? node->title() : std::string("the end of the file")) + " stands where " + op + " is expected");
    }
    return failed() ? nullptr : node;
  }
  bool at_end() {
    while (next_ < model_->nodes.size() && is_plumbing(model_->nodes[next_])) next_++;
    return next_ == model_->nodes.size();
  }

  // The constant among a node's inputs.
  const OnnxTensor* constant(const OnnxNode* n) {
    if (n)
      for (const std::string& input : n->inputs)
        if (const OnnxTensor* t = find(input)) return t;
    if (n) fail(n->title() + " has no constant input");
    return nullptr;
  }
  void number(const OnnxNode* n, double expected) {
    const OnnxTensor* t = constant(n);
    if (t && (t->values.size() != 1 || std::abs(t->values[0] - expected) > 1e-6 * std::abs(expected)))
      fail(n->title() + " has another constant than " + std::to_string(expected));
  }
  // A constant of these sizes, row by row as in the file.
  std::vector<double> tensor(const OnnxNode* n, const std::vector<size_t>& shape) {
    const OnnxTensor* t = constant(n);
    if (!t) return {};
    if (!std::equal(shape.begin(), shape.end(), t->shape.begin(), t->shape.end(),
                    [](size_t a, int64_t b) { return b >= 0 && a == static_cast<size_t>(b); })) {
      fail(n->title() + " has weights of another shape");
      return {};
    }
    return t->values;
  }

 private:
  const OnnxTensor* find(std::string name) const {
    for (auto it = same_.find(name); it != same_.end(); it = same_.find(name)) name = it->second;
    if (const auto it = model_->constants.find(name); it != model_->constants.end()) return &it->second;
    const auto it = constants_.find(name);
    return it == constants_.end() ? nullptr : it->second;
  }

  const OnnxModel* model_;
  std::map<std::string, std::string> same_;
  std::map<std::string, const OnnxTensor*> constants_;
  size_t next_ = 0;
  std::string error_;
};

// Columns [from, from + out) of an in x columns matrix, turned: out x in.
std::vector<double> turned(const std::vector<double>& w, size_t in, size_t columns, size_t from, size_t out) {
  std::vector<double> t;
  if (w.empty()) return t;
  for (size_t k = from; k < from + out; k++)
    for (size_t l = 0; l < in; l++) t.push_back(w[l * columns + k]);
  return t;
}

std::vector<double> matrix(Walk& walk, const OnnxNode* n, size_t in, size_t out) {
  return turned(walk.tensor(n, {in, out}), in, out, 0, out);
}

std::vector<double> normalisation(Walk& walk, size_t width) {
  walk.expect({"ReduceMean", "Sub"});
  walk.number(walk.expect({"Pow"}), 2);
  walk.expect({"ReduceMean"});
  walk.number(walk.expect({"Add"}), 1e-5);
  walk.expect({"Sqrt", "Div"});
  return walk.tensor(walk.expect({"Mul"}), {width});
}

void gelu(Walk& walk) {
  walk.number(walk.expect({"Mul"}), 0.5);
  walk.number(walk.expect({"Mul"}), 0.044715);
  walk.expect({"Mul", "Mul", "Add"});
  walk.number(walk.expect({"Mul"}), std::sqrt(2 / std::numbers::pi));
  walk.expect({"Tanh"});
  walk.number(walk.expect({"Add"}), 1);
  walk.expect({"Mul"});
}

Gpt::Layer layer(Walk& walk, GptShape& shape) {
  const size_t width = size_t{1} << shape.width_bits, hidden = size_t{1} << shape.hidden_bits;
  Gpt::Layer l;
  l.gain1 = normalisation(walk, width);
  const std::vector<double> all = walk.tensor(walk.expect({"MatMul"}), {width, 3 * width});
  l.query = turned(all, width, 3 * width, 0, width);
  l.key = turned(all, width, 3 * width, width, width);
  l.value = turned(all, width, 3 * width, 2 * width, width);
  walk.expect({"Div", "MatMul"});  // Div: the width of a head, as a size
  const OnnxNode* scale = walk.expect({"Mul"});
  if (const OnnxTensor* t = walk.constant(scale); t && t->values.size() == 1) {
    const double heads = static_cast<double>(width) * t->values[0] * t->values[0];
    shape.head_bits = static_cast<unsigned>(std::lround(std::log2(std::max(1.0, heads))));
    walk.number(scale, std::sqrt(std::ldexp(1.0, static_cast<int>(shape.head_bits)) / static_cast<double>(width)));
  }
  walk.expect({"Equal"});
  walk.number(walk.expect({"Where"}), -10);
  walk.expect({"Softmax", "MatMul"});
  l.attended = matrix(walk, walk.expect({"MatMul"}), width, width);
  walk.expect({"Add"});
  l.gain2 = normalisation(walk, width);
  l.hidden = matrix(walk, walk.expect({"MatMul"}), width, hidden);
  gelu(walk);
  l.back = matrix(walk, walk.expect({"MatMul"}), hidden, width);
  walk.expect({"Add"});
  return l;
}

// The tables that are gathered from: tokens, then positions; the sizes of everything.
Status embeddings(const OnnxModel& model, Gpt& g) {
  const auto token = model.constants.find("transformer.wte.weight"),
             position = model.constants.find("transformer.wpe.weight");
  if (token == model.constants.end() || position == model.constants.end() || token->second.shape.size() != 2 ||
      position->second.shape.size() != 2 || token->second.shape[1] != position->second.shape[1])
    return input_error(
        "this ONNX file is no nanoGPT: it has no embeddings transformer.wte.weight and transformer.wpe.weight of one "
        "width");
  const auto width = static_cast<uint64_t>(token->second.shape[1]),
             positions = static_cast<uint64_t>(position->second.shape[0]);
  const auto vocabulary = static_cast<uint64_t>(token->second.shape[0]);
  if (!std::has_single_bit(width) || !std::has_single_bit(positions) || width > 64 || positions > 1024 ||
      vocabulary < 2 || vocabulary > 1 << 16)
    return input_error("a nanoGPT to be proved has a width up to 64 and up to 1,024 positions, both powers of two");
  g.shape.width_bits = static_cast<unsigned>(std::bit_width(width) - 1);
  g.shape.hidden_bits = g.shape.width_bits + 2;
  g.shape.position_bits = static_cast<unsigned>(std::bit_width(positions) - 1);
  g.shape.vocabulary = static_cast<uint32_t>(vocabulary);
  g.token = token->second.values, g.position = position->second.values;
  return ok_status();
}

}  // namespace

Result<Gpt> gpt_from_onnx(const OnnxModel& model) {
  Gpt g;
  SOTTO_TRY_STATUS(embeddings(model, g));
  const size_t width = size_t{1} << g.shape.width_bits;
  Walk walk(model);
  walk.expect({"Sub", "Add", "Add"});  // two for the positions, then the sum of both embeddings
  for (g.shape.layers = 0; !walk.failed(); g.shape.layers++) {
    // What follows the last layer is one more normalisation and the output layer.
    Walk ahead = walk;
    const std::vector<double> gain = normalisation(ahead, width);
    const OnnxNode* last = ahead.expect({"MatMul"});
    if (last && ahead.at_end()) {
      g.gain = gain;
      if (matrix(ahead, last, width, g.shape.vocabulary) != g.token)
        ahead.fail("the output layer is not the token embedding");
      walk = ahead;
      break;
    }
    g.layer.push_back(layer(walk, g.shape));
  }
  if (walk.failed()) return input_error("this ONNX file is no nanoGPT that can be proved: " + walk.error());
  return g;
}

}  // namespace sotto::claim::network
