// SPDX-License-Identifier: Apache-2.0
// Models that come down to a judge do so exactly; all others are refused by node, operator and reason.
#include "judge/import/interpret.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "judge/import/test_model.h"

namespace sotto::judge {
namespace {

using test::Message;
using test::Model;

constexpr size_t kBands = 3, kFrames = 31;  // layers have 14 and 6 frames

Result<FloatNet> import(const Model& model) {
  const Bytes file = model.file();
  SOTTO_TRY(const OnnxModel parsed, parse_onnx(file));
  return interpret(parsed, kBands, kFrames);
}

double output_of(const FloatNet& net, const std::vector<double>& input) {
  return head_value(net, layer_values(net, input).back());
}

std::vector<double> random_input(std::mt19937_64& random) {
  std::vector<double> x(kBands * kFrames);  // [frame][band]
  for (double& v : x) v = static_cast<double>(random() % 2000);
  return x;
}

// A plain evaluation of conv, kernel t, stride 2: in [channels][frames].
using Matrix = std::vector<std::vector<double>>;
Matrix conv(const Matrix& x, const std::vector<float>& w, const std::vector<float>& b, size_t taps) {
  const size_t in = x.size(), out = b.size(), frames = (x[0].size() - taps) / 2 + 1;
  Matrix y(out, std::vector<double>(frames));
  for (size_t o = 0; o < out; o++)
    for (size_t i = 0; i < frames; i++) {
      y[o][i] = b[o];
      for (size_t c = 0; c < in; c++)
        for (size_t t = 0; t < taps; t++) y[o][i] += double{w[(o * in + c) * taps + t]} * x[c][2 * i + t];
    }
  return y;
}

Matrix transposed(const std::vector<double>& x) {
  Matrix out(kBands, std::vector<double>(kFrames));
  for (size_t i = 0; i < kFrames; i++)
    for (size_t b = 0; b < kBands; b++) out[b][i] = x[i * kBands + b];
  return out;
}

// Normalised input -> Conv -> BatchNormalization -> Relu -> Conv of 2 taps, dilated -> Relu -> mean and mean square -> Gemm
struct Everything {
  std::mt19937_64 random{7};
  Model model{{1, kBands, kFrames}};
  std::vector<float> shift, factor, w1, b1, scale, beta, mean, variance, w2, b2, head, head_bias;

  Everything() {
    shift = model.random_constant("shift", {1, kBands, 1}, 500, random);
    factor = {0.01f};
    model.constant("factor", {}, factor);
    w1 = model.random_constant("w1", {5, kBands, 4}, 0.3f, random);
    b1 = model.random_constant("b1", {5}, 1, random);
    scale = model.random_constant("scale", {5}, 2, random);
    beta = model.random_constant("beta", {5}, 1, random);
    mean = model.random_constant("mean", {5}, 1, random);
    variance = {1, 2, 0.5f, 4, 1};
    model.constant("variance", {5}, variance);
    w2 = model.random_constant("w2", {4, 5, 4}, 0.5f, random);
    b2 = model.random_constant("b2", {4}, 1, random);
    head = model.random_constant("head", {1, 8}, 1, random);
    head_bias = model.random_constant("head_bias", {1}, 1, random);
    model.node("Sub", {"x", "shift"}, "a").node("Mul", {"factor", "a"}, "b");
    model.node("Conv", {"b", "w1", "b1"}, "c", {{"strides", {2}}, {"kernel_shape", {4}}, {"pads", {0, 0}}});
    model.node("BatchNormalization", {"c", "scale", "beta", "mean", "variance"}, "d", {}, {{"epsilon", 0.001f}});
    model.node("Relu", {"d"}, "e");
    model.node("Conv", {"e", "w2", "b2"}, "f", {{"strides", {2}}}).node("Relu", {"f"}, "g");
    model.node("GlobalAveragePool", {"g"}, "h").node("Flatten", {"h"}, "i");
    model.node("Mul", {"g", "g"}, "j").node("ReduceMean", {"j"}, "k", {{"axes", {-1}}, {"keepdims", {0}}});
    model.node("Concat", {"i", "k"}, "l", {{"axis", {1}}});
    model.node("Gemm", {"l", "head", "head_bias"}, "m", {{"transB", {1}}}, {{"alpha", 0.5f}}).node("Sigmoid", {"m"}, "y");
    model.node("LSTM", {"x"}, "unused");  // what does not reach the output does not matter
  }

  double expected(const std::vector<double>& input) const {
    Matrix x = transposed(input);
    for (size_t b = 0; b < kBands; b++)
      for (double& v : x[b]) v = (v - shift[b]) * double{factor[0]};
    Matrix y = conv(x, w1, b1, 4);
    for (size_t c = 0; c < y.size(); c++)
      for (double& v : y[c])
        v = std::max(0.0, (v - mean[c]) / std::sqrt(double{variance[c]} + double{0.001f}) * scale[c] + beta[c]);
    y = conv(y, w2, b2, 4);
    double out = head_bias[0];
    for (size_t c = 0; c < 4; c++) {
      double sum = 0, squares = 0;
      for (double v : y[c]) sum += std::max(v, 0.0), squares += v > 0 ? v * v : 0;
      const double n = static_cast<double>(y[c].size());
      out += 0.5 * (double{head[c]} * sum / n + double{head[4 + c]} * squares / n);
    }
    return out;
  }
};

TEST(Interpret, FoldsEverythingExactly) {
  Everything e;
  const auto net = import(e.model);
  ASSERT_TRUE(net.ok()) << net.error().message;
  ASSERT_EQ(net->layers.size(), 2u);
  EXPECT_EQ(net->activation.name, "Relu");
  EXPECT_EQ(net->last.name, "Sigmoid");
  for (int i = 0; i < 10; i++) {
    const auto x = random_input(e.random);
    const double wanted = e.expected(x);
    EXPECT_NEAR(output_of(*net, x), wanted, 1e-9 * (1 + std::abs(wanted)));
  }
}

// conv -> relu -> mean -> matrix, with frames before bands, a grouped convolution, and a plain sum over the frames.
TEST(Interpret, OtherSpellings) {
  std::mt19937_64 random(3);
  Model model({-1, kFrames, kBands});
  const auto w = model.random_constant("w", {3, 1, 4}, 0.1f, random);
  const auto head = model.random_constant("head", {3, 1}, 1, random);
  model.constant("low", {}, {0}).constant("high", {}, {6}).constant("two", {}, {2});
  model.node("Transpose", {"x"}, "a", {{"perm", {0, 2, 1}}});
  model.node("Conv", {"a", "w"}, "b", {{"strides", {2}}, {"group", {3}}}).node("Clip", {"b", "low", "high"}, "c");
  model.node("ReduceSum", {"c"}, "d", {{"axes", {2}}}).node("Div", {"d", "two"}, "e").node("MatMul", {"e", "head"}, "y");
  const auto net = import(model);
  ASSERT_TRUE(net.ok()) << net.error().message;
  const auto x = random_input(random);
  const Matrix in = transposed(x);
  double wanted = 0;
  for (size_t c = 0; c < 3; c++) {
    const std::vector<float> own(w.begin() + static_cast<long>(4 * c), w.begin() + static_cast<long>(4 * c + 4));
    const Matrix y = conv({in[c]}, own, {0}, 4);
    for (double v : y[0]) wanted += std::clamp(v, 0.0, 6.0) * double{head[c]} / 2;
  }
  EXPECT_NEAR(output_of(*net, x), wanted, 1e-9 * (1 + std::abs(wanted)));
}

// A model that is fine but for what `change` adds between its first activation "c" and "d", which the mean reads.
Model around(const std::function<void(Model&)>& change) {
  std::mt19937_64 random(1);
  Model model({1, kBands, kFrames});
  model.random_constant("w", {3, kBands, 4}, 0.1f, random);
  model.random_constant("w2", {3, 3, 4}, 0.1f, random);
  model.random_constant("head", {3, 1}, 1, random);
  model.constant("three", {}, {3}).constant("zero", {}, {0}).constant("frames", {14}, std::vector<float>(14, 1));
  model.node("Conv", {"x", "w"}, "b", {{"strides", {2}}}).node("Relu", {"b"}, "c");
  change(model);
  model.node("GlobalAveragePool", {"d"}, "e").node("Flatten", {"e"}, "f").node("MatMul", {"f", "head"}, "y");
  return model;
}

void expect_refused(const std::string& words, const std::function<void(Model&)>& change) {
  const auto net = import(around(change));
  ASSERT_FALSE(net.ok()) << words;
  EXPECT_NE(net.error().message.find(words), std::string::npos) << net.error().message;
}

TEST(Interpret, RefusesByNodeAndReason) {
  ASSERT_TRUE(import(around([](Model& m) { m.node("Identity", {"c"}, "d"); })).ok());
  expect_refused("node Softmax \"n_d\"", [](Model& m) { m.node("Softmax", {"c"}, "d"); });
  expect_refused("no memory along the song", [](Model& m) { m.node("LSTM", {"c"}, "d"); });
  expect_refused("\"n_d\": a judge cannot do this; it has Conv", [](Model& m) { m.node("Einsum", {"c"}, "d"); });
  expect_refused("com.acme.Relu", [](Model& m) { m.node("com.acme.Relu", {"c"}, "d"); });
  expect_refused("stride is 1", [](Model& m) { m.node("Conv", {"c", "w2"}, "d", {{"strides", {1}}}); });
  expect_refused("it pads", [](Model& m) { m.node("Conv", {"c", "w2"}, "d", {{"strides", {2}}, {"pads", {1, 1}}}); });
  expect_refused("more than 4 frames", [](Model& m) { m.node("Conv", {"c", "w2"}, "d", {{"strides", {2}}, {"dilations", {2}}}); });
  expect_refused("weights do not fit", [](Model& m) { m.node("Conv", {"c", "w2"}, "d", {{"strides", {2}}, {"group", {3}}}); });
  expect_refused("without an activation", [](Model& m) { m.node("Conv", {"c", "w2"}, "d", {{"strides", {2}}}); });
  expect_refused("share one activation", [](Model& m) {
    m.node("Conv", {"c", "w2"}, "c2", {{"strides", {2}}}).node("Tanh", {"c2"}, "d");
  });
  expect_refused("joins two branches", [](Model& m) { m.node("Add", {"c", "x"}, "d"); });
  expect_refused("joins two branches", [](Model& m) { m.node("Add", {"b", "c"}, "d"); });
  expect_refused("no convolution with an activation", [](Model& m) { m.node("Identity", {"x"}, "d"); });
  expect_refused("one per channel", [](Model& m) { m.node("Add", {"c", "frames"}, "d"); });
  expect_refused("divides by zero", [](Model& m) { m.node("Div", {"c", "zero"}, "d"); });
  expect_refused("divide by a value of the song", [](Model& m) { m.node("Div", {"three", "c"}, "d"); });
  expect_refused("only squares", [](Model& m) { m.node("Pow", {"c", "three"}, "d"); });
  expect_refused("reads squares", [](Model& m) {
    m.node("Mul", {"c", "c"}, "c2").node("Conv", {"c2", "w2"}, "c3", {{"strides", {2}}}).node("Relu", {"c3"}, "d");
  });
  expect_refused("keep their shape", [](Model& m) { m.node("Flatten", {"c"}, "d"); });
  expect_refused("once per frame", [](Model& m) { m.node("MatMul", {"c", "head"}, "d"); });
  expect_refused("comes from no earlier node", [](Model& m) { m.node("Relu", {"nowhere"}, "d"); });
  expect_refused("belongs behind a convolution", [](Model& m) { m.node("Relu", {"c"}, "d"); });
  expect_refused("averages some frames", [](Model& m) { m.node("AveragePool", {"c"}, "d", {{"kernel_shape", {2}}}); });
  expect_refused("must be a constant", [](Model& m) { m.node("Conv", {"c", "x"}, "d", {{"strides", {2}}}); });
}

TEST(Interpret, RefusesInputsAndOutputs) {
  const auto refused = [](const Model& model, const std::string& words) {
    const auto net = import(model);
    ASSERT_FALSE(net.ok()) << words;
    EXPECT_NE(net.error().message.find(words), std::string::npos) << net.error().message;
  };
  refused(Model({1, 1, 80000}).node("Relu", {"x"}, "y"), "raw samples");
  refused(Model({1, 64, 100}).node("Relu", {"x"}, "y"), "a judge gives [1, 3, 31]");
  refused(Model({1, kBands, kFrames}).node("Identity", {"x"}, "y"), "one number per song");
  refused(Model({1, kBands, kFrames}).node("ReduceMean", {"x"}, "y", {{"axes", {2}}}), "one number per song");
}

TEST(Onnx, RefusesBrokenFiles) {
  for (const Bytes& file : {Bytes{}, Bytes{0x08}, Bytes{0x3a, 0x05, 0x01}, Bytes{0x00}, Bytes{0x0b}, Bytes(100, 0xff)})
    EXPECT_FALSE(parse_onnx(file).ok());
  Message tensor;
  tensor.number(1, 1u << 30).number(1, 1u << 30).number(2, 1).text(8, "huge");
  EXPECT_FALSE(parse_onnx(Message().message(7, Message().message(5, tensor)).done()).ok());
}

// Truncated and altered files are refused or are models; nothing crashes, hangs or reads out of bounds.
TEST(Onnx, SurvivesMutation) {
  const Bytes file = Everything().model.file();
  std::mt19937_64 random(11);
  size_t accepted = 0;
  for (int i = 0; i < 4000; i++) {
    Bytes other = file;
    if (i % 4 == 0) other.resize(random() % other.size());
    for (uint64_t edits = 1 + random() % 3; edits > 0 && !other.empty(); edits--) {
      // Mostly in the structure rather than in the weights.
      const size_t at = random() % 2 ? random() % other.size() : other.size() - 1 - random() % std::min<size_t>(other.size(), 900);
      other[at] = random() % 2 ? static_cast<uint8_t>(random()) : static_cast<uint8_t>(other[at] ^ 1u << random() % 8);
    }
    const auto parsed = parse_onnx(other);
    if (!parsed.ok()) continue;
    const auto net = interpret(*parsed, kBands, kFrames);
    if (!net.ok()) {
      EXPECT_FALSE(net.error().message.empty());
      continue;
    }
    accepted++;
    layer_values(*net, std::vector<double>(kBands * kFrames, 100));
  }
  EXPECT_GT(accepted, 100u);
}

}  // namespace
}  // namespace sotto::judge
