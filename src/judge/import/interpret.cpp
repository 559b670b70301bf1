// SPDX-License-Identifier: Apache-2.0
#include "judge/import/interpret.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "judge/import/activations.h"
#include "judge/import/symbol.h"
#include "judge/net/limits.h"

namespace sotto::judge {
namespace {

using Kind = Symbol::Kind;

constexpr size_t kMaxOutputs = 4 * kMaxChannels;  // of a matrix behind the mean

// Operators that people try, and what a judge has in their place.
const std::map<std::string, std::string> kInstead = {
    {"Softmax", "a judge has no exponentials or divisions; use Relu attention outside, or convolutions"},
    {"LayerNormalization", "a judge cannot divide by a standard deviation of the song; train with BatchNormalization, which folds"},
    {"InstanceNormalization", "a judge cannot divide by a standard deviation of the song; train with BatchNormalization, which folds"},
    {"LSTM", "a judge has no memory along the song; use convolutions of four frames and stride two"},
    {"GRU", "a judge has no memory along the song; use convolutions of four frames and stride two"},
    {"MaxPool", "a maximum cannot be proved cheaply; use a convolution of stride two"},
    {"GlobalMaxPool", "a maximum cannot be proved cheaply; use a mean, or a mean of squares, over the frames"},
    {"ReduceMax", "a maximum cannot be proved cheaply; use a mean, or a mean of squares, over the frames"},
    {"Erf", "export GELU as the operator Gelu (opset 20), or train with Relu"},
    {"Pad", "a judge reads no frame outside the song; train without padding"},
    {"STFT", "the front end of the judge is fixed; train on its features"},
    {"Log", "the front end of the judge takes the logarithm; train on its features"},
    {"Shape", "the shapes of a judge are fixed; flatten with Flatten rather than with computed shapes"},
    {"ConvTranspose", "use Conv"},
    {"MultiHeadAttention", "a judge has convolutions only"},
    {"Attention", "a judge has convolutions only"},
};

Error refuse(const OnnxNode& node, const std::string& why) { return input_error("node " + node.title() + ": " + why); }

class Interpreter {
 public:
  Interpreter(const OnnxModel& model, size_t bands, size_t frames) : model_(model) {
    net_.bands = bands;
    net_.frames = frames;
    frames_.push_back(frames);
  }

  Result<FloatNet> run() {
    SOTTO_TRY_STATUS(take_input(model_.inputs.front()));
    for (const auto& [name, tensor] : model_.constants) {
      Symbol symbol;
      symbol.constant = tensor;
      symbols_[name] = std::move(symbol);
    }
    const std::set<std::string> needed = needed_values();
    for (const OnnxNode& node : model_.nodes) {
      if (std::none_of(node.outputs.begin(), node.outputs.end(), [&](const auto& o) { return needed.contains(o); })) continue;
      SOTTO_TRY(symbols_[node.outputs.front()], follow(node));
    }
    return finish();
  }

 private:
  Status take_input(const OnnxValue& input) {
    std::vector<int64_t> shape = input.shape;
    const auto is = [&](size_t i, size_t n) { return shape[i] == static_cast<int64_t>(n) || shape[i] == -1; };
    const int64_t bands = static_cast<int64_t>(net_.bands);
    const std::string expected = "[1, " + std::to_string(net_.bands) + ", " + std::to_string(net_.frames) + "]";
    if (shape.size() == 3 && is(1, net_.bands) && is(2, net_.frames) && (shape[1] == bands || shape[2] != bands)) {
      symbols_[input.name] = input_signal(net_.bands, false);
    } else if (shape.size() == 3 && is(1, net_.frames) && is(2, net_.bands)) {
      symbols_[input.name] = input_signal(net_.bands, true);
    } else if (!shape.empty() && shape.size() <= 3 && shape.back() >= 16000) {
      return input_error("input \"" + input.name + "\" takes raw samples; the front end of a judge is fixed (DFT, mel bands, logarithm: "
                         "docs/judge-format.md), so train on its features, " + expected);
    } else {
      std::string text;
      for (int64_t d : shape) text += (text.empty() ? "" : ", ") + (d < 0 ? std::string("any") : std::to_string(d));
      return input_error("input \"" + input.name + "\" is [" + text + "]; a judge gives " + expected +
                         " (batch, bands, frames), or frames before bands");
    }
    return ok_status();
  }

  std::set<std::string> needed_values() const {
    std::set<std::string> needed = {model_.outputs.front().name};
    for (auto node = model_.nodes.rbegin(); node != model_.nodes.rend(); ++node)
      if (std::any_of(node->outputs.begin(), node->outputs.end(), [&](const auto& o) { return needed.contains(o); }))
        needed.insert(node->inputs.begin(), node->inputs.end());
    return needed;
  }

  // ---- operands

  Result<Symbol> operand(const OnnxNode& node, size_t i) const {
    if (i >= node.inputs.size() || node.inputs[i].empty()) return refuse(node, "input " + std::to_string(i) + " is missing");
    const auto at = symbols_.find(node.inputs[i]);
    if (at == symbols_.end()) return refuse(node, "its input \"" + node.inputs[i] + "\" comes from no earlier node");
    if (at->second.last) return refuse(node, "nothing may follow the activation of the output");
    return at->second;
  }

  Result<OnnxTensor> constant(const OnnxNode& node, size_t i, const char* what) const {
    SOTTO_TRY(const Symbol symbol, operand(node, i));
    if (symbol.kind != Kind::kConstant) return refuse(node, std::string(what) + " must be a constant");
    return symbol.constant;
  }

  // One value per channel or output, or one for all. `rank` 3: the constant is laid out as the signal is.
  static std::optional<std::vector<double>> per_channel(const OnnxTensor& t, const Symbol& of) {
    if (t.values.size() == 1) return t.values;
    if (t.values.size() != of.outputs()) return {};
    size_t behind = 0;  // dimensions behind the one that is not 1
    for (auto d = t.shape.rbegin(); d != t.shape.rend() && *d == 1; ++d) behind++;
    const bool pooled = of.kind == Kind::kPooled;
    const size_t expected = pooled || of.channels_last ? 0 : 1;
    if (behind != expected) return {};
    return t.values;
  }

  // ---- operators

  Result<Symbol> follow(const OnnxNode& node) {
    const std::string& op = node.op;
    if (op == "Constant") return constant_node(node);
    if (op == "Conv") return conv(node);
    if (op == "BatchNormalization") return batch_norm(node);
    if (op == "Add" || op == "Sub" || op == "Mul" || op == "Div") return arithmetic(node);
    if (op == "Pow") return power(node);
    if (op == "GlobalAveragePool" || op == "AveragePool" || op == "ReduceMean" || op == "ReduceSum") return pool(node);
    if (op == "Gemm" || op == "MatMul") return matrix(node);
    if (op == "Concat") return concat(node);
    if (op == "Transpose") return transpose(node);
    if (op == "Flatten" || op == "Reshape" || op == "Squeeze" || op == "Unsqueeze") return reshape(node);
    if (op == "Identity" || op == "Dropout" || op == "Cast") return operand(node, 0);
    SOTTO_TRY(const auto bounds, clip_bounds(node));
    if (const auto known = activation_of(node, bounds.first, bounds.second)) return activate(node, *known);
    const auto instead = kInstead.find(op);
    return refuse(node, "a judge cannot do this" + (instead == kInstead.end()
                            ? "; it has Conv, BatchNormalization, one activation by table, means over the frames, and Gemm"
                            : ": " + instead->second));
  }

  Result<Symbol> constant_node(const OnnxNode& node) const {
    Symbol out;
    if (const auto at = node.attributes.find("value"); at != node.attributes.end()) {
      out.constant = at->second.tensor;
    } else if (const auto ints = node.attributes.find("value_ints"); ints != node.attributes.end()) {
      out.constant.values.assign(ints->second.integers.begin(), ints->second.integers.end());
      out.constant.shape = {static_cast<int64_t>(out.constant.values.size())};
    } else if (node.attributes.contains("value_float") || node.attributes.contains("value_int")) {
      out.constant.values = {node.number("value_float", node.number("value_int", 0))};
    } else {
      return refuse(node, "this kind of constant is not read; export it as a tensor");
    }
    return out;
  }

  Result<Symbol> conv(const OnnxNode& node) {
    SOTTO_TRY(const Symbol x, operand(node, 0));
    SOTTO_TRY(const OnnxTensor w, constant(node, 1, "the weights"));
    if (w.shape.size() != 3) return refuse(node, "its kernel has " + std::to_string(w.shape.size() > 2 ? w.shape.size() - 2 : 0) +
                                                     " dimensions; a judge convolves over frames only (Conv1d over the bands as channels)");
    if (x.kind == Kind::kSums) return refuse(node, "two convolutions without an activation between them; merge them or put one between");
    if (x.kind != Kind::kSignal || x.channels_last) return refuse(node, "its input must be [1, channels, frames]");
    if (std::any_of(x.square.begin(), x.square.end(), [](double q) { return q != 0; }))
      return refuse(node, "it reads squares; a judge squares only behind the last layer");
    SOTTO_TRY(Symbol out, fold_conv(node, x, w));
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
      SOTTO_TRY(const OnnxTensor bias, constant(node, 2, "the bias"));
      if (bias.values.size() != out.sums.out) return refuse(node, "its bias has another number of channels");
      out.scale({1}, bias.values);
    }
    return out;
  }

  // Checks stride, kernel and frames, then writes the kernel into four frames; dilation and groups are filled with zeros.
  Result<Symbol> fold_conv(const OnnxNode& node, const Symbol& x, const OnnxTensor& w) const {
    const auto first_or = [&](const char* name, int64_t otherwise) {
      const auto values = node.integers(name);
      return values.empty() ? otherwise : values.front();
    };
    const int64_t taps = w.shape[2], dilation = first_or("dilations", 1), groups = node.integer("group", 1);
    const int64_t stride = first_or("strides", 1), reach = dilation >= 1 && dilation <= 4 && taps >= 1 && taps <= 4 ? (taps - 1) * dilation + 1 : 5;
    if (stride != 2) return refuse(node, "its stride is " + std::to_string(stride) + "; the conv layers of a judge have stride 2");
    if (reach > 4) return refuse(node, "its kernel reaches over more than 4 frames; use a kernel of 4");
    for (int64_t pad : node.integers("pads"))
      if (pad != 0) return refuse(node, "it pads; a judge reads no frame outside the song, train without padding");
    const auto same = node.attributes.find("auto_pad");
    if (same != node.attributes.end() && same->second.text.starts_with("SAME")) return refuse(node, "it pads (auto_pad); train without padding");
    const size_t frames = frames_[x.layer];
    if (frames < 4) return refuse(node, "only " + std::to_string(frames) + " frames are left, a layer needs 4");
    if ((frames - static_cast<size_t>(reach)) / 2 + 1 != frames_behind(frames))
      return refuse(node, "a kernel of " + std::to_string(reach) + " makes another number of frames out of " + std::to_string(frames) +
                              " than the judge's kernel of 4; use a kernel of 4");
    const size_t out = static_cast<size_t>(w.shape[0]), in = x.channels, per_group = static_cast<size_t>(w.shape[1]);
    if (out > kMaxChannels || frames_.size() > kMaxLayers)
      return refuse(node, "a judge has at most " + std::to_string(kMaxLayers) + " layers of at most " + std::to_string(kMaxChannels) + " channels");
    if (out == 0 || groups < 1 || per_group * static_cast<size_t>(groups) != in || out % static_cast<size_t>(groups) != 0)
      return refuse(node, "its weights do not fit " + std::to_string(in) + " input channels");
    Symbol symbol;
    symbol.kind = Kind::kSums;
    symbol.layer = x.layer, symbol.channels = in;
    symbol.sums = {node.title(), in, out, std::vector<double>(4 * in * out, 0), std::vector<double>(out, 0)};
    const size_t outputs_per_group = out / static_cast<size_t>(groups), t_count = static_cast<size_t>(taps);
    for (size_t o = 0; o < out; o++)
      for (size_t k = 0; k < per_group; k++)
        for (size_t t = 0; t < t_count; t++) {
          const double weight = w.values[(o * per_group + k) * t_count + t];
          const size_t c = o / outputs_per_group * per_group + k;
          symbol.sums.weights[(t * static_cast<size_t>(dilation) * in + c) * out + o] = weight * x.linear[c];
          symbol.sums.bias[o] += weight * x.offset[c];
        }
    return symbol;
  }

  Result<Symbol> batch_norm(const OnnxNode& node) const {
    SOTTO_TRY(Symbol x, operand(node, 0));
    if (x.kind == Kind::kConstant || x.channels_last) return refuse(node, "its input must be [1, channels, frames]");
    if (node.integer("training_mode", 0) != 0) return refuse(node, "it is in training mode; export the model in inference mode");
    std::vector<OnnxTensor> p;  // scale, bias, mean, variance
    for (size_t i = 1; i <= 4; i++) {
      SOTTO_TRY(p.emplace_back(), constant(node, i, "its parameters"));
      if (p.back().values.size() != x.outputs()) return refuse(node, "its parameters have another number of channels");
    }
    const double epsilon = node.number("epsilon", 1e-5);
    std::vector<double> factor(x.outputs()), term(x.outputs());
    for (size_t c = 0; c < factor.size(); c++) {
      if (!(p[3].values[c] + epsilon > 0)) return refuse(node, "a variance is not positive");
      factor[c] = p[0].values[c] / std::sqrt(p[3].values[c] + epsilon);
      term[c] = p[1].values[c] - p[2].values[c] * factor[c];
    }
    x.scale(factor, term);
    return x;
  }

  Result<Symbol> arithmetic(const OnnxNode& node) const {
    SOTTO_TRY(Symbol a, operand(node, 0));
    SOTTO_TRY(Symbol b, operand(node, 1));
    if (a.kind == Kind::kConstant && b.kind == Kind::kConstant) return refuse(node, "arithmetic of constants; export the model with constants folded");
    if (a.kind != Kind::kConstant && b.kind != Kind::kConstant) return combine(node, a, b);
    const bool swapped = a.kind == Kind::kConstant;
    if (swapped) std::swap(a, b);
    if (swapped && node.op == "Div") return refuse(node, "a judge cannot divide by a value of the song");
    const auto values = per_channel(b.constant, a);
    if (!values) return refuse(node, "its constant must be one number, or one per channel");
    std::vector<double> v = *values;
    if (node.op == "Add") a.scale({1}, v);
    if (node.op == "Mul") a.scale(v, {0});
    if (node.op == "Div") {
      for (double& x : v) {
        if (x == 0) return refuse(node, "it divides by zero");
        x = 1 / x;
      }
      a.scale(v, {0});
    }
    if (node.op == "Sub") {
      if (!swapped)
        for (double& x : v) x = -x;
      a.scale({swapped ? -1.0 : 1.0}, v);
    }
    return a;
  }

  // Two values of the song.
  Result<Symbol> combine(const OnnxNode& node, const Symbol& a, const Symbol& b) const {
    if (node.op == "Mul" && a.kind == Kind::kSignal && node.inputs[0] == node.inputs[1]) return squared(node, a);
    const bool sum = node.op == "Add" || node.op == "Sub";
    if (sum && a.kind == b.kind && a.kind != Kind::kSums && a.layer == b.layer && a.outputs() == b.outputs() && a.channels_last == b.channels_last) {
      Symbol out = a;
      const double sign = node.op == "Add" ? 1 : -1;
      const auto add = [sign](std::vector<double>& to, const std::vector<double>& from) {
        for (size_t i = 0; i < to.size(); i++) to[i] += sign * from[i];
      };
      add(out.square, b.square), add(out.linear, b.linear), add(out.offset, b.offset);
      return out;
    }
    return refuse(node, "it joins two branches; the layers of a judge follow one another (no residual connections, no gates)");
  }

  Result<Symbol> squared(const OnnxNode& node, Symbol x) const {
    if (x.kind != Kind::kSignal || std::any_of(x.square.begin(), x.square.end(), [](double q) { return q != 0; }))
      return refuse(node, "only the values of the last layer can be squared, and once");
    for (size_t c = 0; c < x.channels; c++) {
      const double l = x.linear[c], o = x.offset[c];
      x.square[c] = l * l, x.linear[c] = 2 * l * o, x.offset[c] = o * o;
    }
    return x;
  }

  Result<Symbol> power(const OnnxNode& node) const {
    SOTTO_TRY(const Symbol x, operand(node, 0));
    SOTTO_TRY(const OnnxTensor exponent, constant(node, 1, "the exponent"));
    if (exponent.values.size() != 1 || exponent.values[0] != 2) return refuse(node, "only squares (exponent 2) can be proved cheaply");
    return squared(node, x);
  }

  Result<Symbol> pool(const OnnxNode& node) const {
    SOTTO_TRY(const Symbol x, operand(node, 0));
    if (x.kind == Kind::kSums) return refuse(node, "a convolution without an activation behind it; put one between it and the mean");
    if (x.kind != Kind::kSignal) return refuse(node, "only frames are averaged");
    SOTTO_TRY_STATUS(check_pool(node, x));
    Symbol out;
    out.kind = Kind::kPooled;
    out.layer = x.layer, out.channels = x.channels;
    out.square.assign(x.channels * x.channels, 0);
    out.linear = out.square;
    for (size_t c = 0; c < x.channels; c++) {
      out.square[c * x.channels + c] = x.square[c];
      out.linear[c * x.channels + c] = x.linear[c];
    }
    out.offset = x.offset;
    if (node.op == "ReduceSum") out.scale({static_cast<double>(frames_[x.layer])}, {0});
    return out;
  }

  // The mean must be over all frames and nothing else.
  Status check_pool(const OnnxNode& node, const Symbol& x) const {
    if (node.op == "GlobalAveragePool" || node.op == "AveragePool") {
      if (x.channels_last) return refuse(node, "its input must be [1, channels, frames]");
      if (node.op == "GlobalAveragePool") return ok_status();
      const auto kernel = node.integers("kernel_shape"), pads = node.integers("pads");
      const bool whole = kernel.size() == 1 && kernel[0] == static_cast<int64_t>(frames_[x.layer]) &&
                         std::all_of(pads.begin(), pads.end(), [](int64_t p) { return p == 0; });
      return whole ? ok_status() : Status(refuse(node, "it averages some frames; a judge averages all of them, behind the last layer. "
                                                       "Use a convolution of stride two in its place"));
    }
    std::vector<int64_t> axes = node.integers("axes");
    if (axes.empty() && node.inputs.size() > 1 && !node.inputs[1].empty()) {
      SOTTO_TRY(const OnnxTensor given, constant(node, 1, "its axes"));
      for (double a : given.values) axes.push_back(static_cast<int64_t>(a));
    }
    const int64_t time = x.channels_last ? 1 : 2;
    if (axes.size() != 1 || (axes[0] != time && axes[0] != time - 3))
      return refuse(node, "it must run over the frames alone (axis " + std::to_string(time) + ")");
    return ok_status();
  }

  // rows * matrix, with the matrix as [inputs][outputs].
  Result<Symbol> matrix(const OnnxNode& node) const {
    SOTTO_TRY(const Symbol x, operand(node, 0));
    SOTTO_TRY(const OnnxTensor w, constant(node, 1, "the weights"));
    if (x.kind == Kind::kSignal || x.kind == Kind::kSums)
      return refuse(node, "it runs once per frame; use Conv of four frames and stride two, or average the frames first");
    if (x.kind != Kind::kPooled || w.shape.size() != 2) return refuse(node, "it must multiply the pooled values by a matrix");
    const bool transposed = node.op == "Gemm" && node.integer("transB", 0) != 0;
    if (node.integer("transA", 0) != 0) return refuse(node, "it transposes the values of the song");
    const size_t inputs = static_cast<size_t>(w.shape[transposed]), outputs = static_cast<size_t>(w.shape[!transposed]);
    if (inputs != x.outputs() || outputs == 0 || outputs > kMaxOutputs) return refuse(node, "its weights do not fit " + std::to_string(x.outputs()) + " inputs");
    const double alpha = node.op == "Gemm" ? node.number("alpha", 1) : 1;
    Symbol out = x;
    out.square.assign(outputs * x.channels, 0);
    out.linear = out.square;
    out.offset.assign(outputs, 0);
    for (size_t o = 0; o < outputs; o++)
      for (size_t i = 0; i < inputs; i++) {
        const double factor = alpha * w.values[transposed ? o * inputs + i : i * outputs + o];
        for (size_t c = 0; c < x.channels; c++) {
          out.square[o * x.channels + c] += factor * x.square[i * x.channels + c];
          out.linear[o * x.channels + c] += factor * x.linear[i * x.channels + c];
        }
        out.offset[o] += factor * x.offset[i];
      }
    if (node.op != "Gemm" || node.inputs.size() < 3 || node.inputs[2].empty()) return out;
    SOTTO_TRY(const OnnxTensor bias, constant(node, 2, "the bias"));
    if (bias.values.size() != 1 && bias.values.size() != outputs) return refuse(node, "its bias has another number of outputs");
    std::vector<double> term = bias.values;
    for (double& t : term) t *= node.number("beta", 1);
    out.scale({1}, term);
    return out;
  }

  Result<Symbol> concat(const OnnxNode& node) const {
    Symbol out;
    for (size_t i = 0; i < node.inputs.size(); i++) {
      SOTTO_TRY(const Symbol x, operand(node, i));
      if (x.kind != Kind::kPooled || (i > 0 && x.layer != out.layer))
        return refuse(node, "only means over the frames of one layer can be put side by side");
      if (i == 0) {
        out = x;
        continue;
      }
      if (out.outputs() + x.outputs() > kMaxOutputs) return refuse(node, "more than " + std::to_string(kMaxOutputs) + " values");
      out.square.insert(out.square.end(), x.square.begin(), x.square.end());
      out.linear.insert(out.linear.end(), x.linear.begin(), x.linear.end());
      out.offset.insert(out.offset.end(), x.offset.begin(), x.offset.end());
    }
    return out;
  }

  Result<Symbol> transpose(const OnnxNode& node) const {
    SOTTO_TRY(Symbol x, operand(node, 0));
    const std::vector<int64_t> perm = node.integers("perm");
    if (x.kind == Kind::kConstant || x.kind == Kind::kPooled) return refuse(node, "only channels and frames of the song can change places");
    if (perm == std::vector<int64_t>{0, 1, 2}) return x;
    if (perm != std::vector<int64_t>{0, 2, 1}) return refuse(node, "only channels and frames can change places (perm 0, 2, 1)");
    x.channels_last = !x.channels_last;
    return x;
  }

  Result<Symbol> reshape(const OnnxNode& node) const {
    SOTTO_TRY(const Symbol x, operand(node, 0));
    if (x.kind == Kind::kPooled) return x;  // there is one dimension that is not 1
    return refuse(node, "the frames of a judge keep their shape until they are averaged; average them first");
  }

  Result<std::pair<double, double>> clip_bounds(const OnnxNode& node) const {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    std::pair<double, double> bounds = {node.number("min", -kInfinity), node.number("max", kInfinity)};
    for (size_t i = 1; node.op == "Clip" && i < std::min<size_t>(node.inputs.size(), 3); i++) {
      if (node.inputs[i].empty()) continue;
      SOTTO_TRY(const OnnxTensor bound, constant(node, i, "its bounds"));
      if (bound.values.size() != 1) return refuse(node, "its bounds must be numbers");
      (i == 1 ? bounds.first : bounds.second) = bound.values[0];
    }
    if (bounds.first >= bounds.second) return refuse(node, "its bounds leave nothing between them");
    return bounds;
  }

  Result<Symbol> activate(const OnnxNode& node, const Activation& activation) {
    SOTTO_TRY(Symbol x, operand(node, 0));
    if (x.kind == Kind::kPooled) {
      if (x.outputs() != 1) return refuse(node, "a hidden layer behind the mean; the head of a judge is linear");
      if (activation.name != "Sigmoid" && activation.name != "Tanh")
        return refuse(node, "the output may pass through Sigmoid or Tanh, which keep the order of songs; leave this out");
      x.last = std::make_shared<Activation>(activation);
      return x;
    }
    if (x.kind != Kind::kSums) return refuse(node, "an activation belongs behind a convolution (and its BatchNormalization)");
    if (x.layer != net_.layers.size()) return refuse(node, "two branches; the layers of a judge follow one another");
    if (net_.layers.empty()) net_.activation = activation;
    if (net_.activation.name != activation.name)
      return refuse(node, "the layers of a judge share one activation, which was " + net_.activation.name + " before; use it here too");
    net_.layers.push_back(x.sums);
    frames_.push_back(frames_behind(frames_[x.layer]));
    return signal_of_layer(net_.layers.size(), x.sums.out, x.channels_last);
  }

  Result<FloatNet> finish() {
    const auto output = symbols_.find(model_.outputs.front().name);
    if (output == symbols_.end()) return input_error("no node makes the output \"" + model_.outputs.front().name + "\"");
    const Symbol& y = output->second;
    if (y.kind != Kind::kPooled || y.outputs() != 1)
      return input_error("the output of the model must be one number per song, a linear function of means over the frames");
    if (net_.layers.empty()) return input_error("the model has no convolution with an activation; a judge has at least one");
    if (y.layer != net_.layers.size())
      return input_error("the output reads layer " + std::to_string(y.layer) + " of " + std::to_string(net_.layers.size()) + "; the head of a judge reads the last");
    net_.head = {y.square, y.linear, y.offset[0]};
    if (y.last) net_.last = *y.last;
    return std::move(net_);
  }

  const OnnxModel& model_;
  FloatNet net_;
  std::vector<size_t> frames_;              // before each layer, and behind the last
  std::map<std::string, Symbol> symbols_;
};

}  // namespace

Result<FloatNet> interpret(const OnnxModel& model, size_t bands, size_t frames) { return Interpreter(model, bands, frames).run(); }

}  // namespace sotto::judge
