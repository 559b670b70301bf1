// SPDX-License-Identifier: Apache-2.0
// ONNX files for tests, written field by field.
#pragma once
#include <bit>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace sotto::judge::test {

class Message {
 public:
  Message& number(uint32_t field, uint64_t v) { return varint(field << 3).varint(v); }
  Message& bytes(uint32_t field, ByteSpan b) {
    varint(field << 3 | 2).varint(b.size());
    append(out_, b);
    return *this;
  }
  Message& text(uint32_t field, const std::string& t) {
    return bytes(field, {reinterpret_cast<const uint8_t*>(t.data()), t.size()});
  }
  Message& single(uint32_t field, float v) {
    varint(field << 3 | 5);
    for (unsigned k = 0; k < 4; k++) out_.push_back(static_cast<uint8_t>(std::bit_cast<uint32_t>(v) >> 8 * k));
    return *this;
  }
  Message& message(uint32_t field, const Message& m) { return bytes(field, m.out_); }
  const Bytes& done() const { return out_; }

 private:
  Message& varint(uint64_t v) {
    for (; v >= 0x80; v >>= 7) out_.push_back(static_cast<uint8_t>(v | 0x80));
    out_.push_back(static_cast<uint8_t>(v));
    return *this;
  }
  Bytes out_;
};

// A model with one input "x" and one output "y"; nodes and constants are added in order.
class Model {
 public:
  Model(std::vector<int64_t> input, std::vector<int64_t> output = {1, 1}) : input_(std::move(input)), output_(std::move(output)) {}

  Model& constant(const std::string& name, const std::vector<int64_t>& shape, const std::vector<float>& values) {
    Message tensor;
    for (int64_t d : shape) tensor.number(1, static_cast<uint64_t>(d));
    tensor.number(2, 1);
    Bytes raw;
    for (float v : values)
      for (unsigned k = 0; k < 4; k++) raw.push_back(static_cast<uint8_t>(std::bit_cast<uint32_t>(v) >> 8 * k));
    graph_.message(5, tensor.text(8, name).bytes(9, raw));
    return *this;
  }
  // Constants of random values in [-scale, scale], which are returned.
  std::vector<float> random_constant(const std::string& name, const std::vector<int64_t>& shape, float scale, std::mt19937_64& random) {
    size_t count = 1;
    for (int64_t d : shape) count *= static_cast<size_t>(d);
    std::vector<float> values(count);
    for (float& v : values) v = scale * (static_cast<float>(random() % 20001) / 10000 - 1);
    constant(name, shape, values);
    return values;
  }

  using Ints = std::vector<std::pair<std::string, std::vector<int64_t>>>;
  using Floats = std::vector<std::pair<std::string, float>>;
  // Lists of one integer are written as a single integer unless the name ends with "s" (strides, pads, axes, dilations).
  Model& node(const std::string& op, const std::vector<std::string>& inputs, const std::string& output, const Ints& ints = {}, const Floats& floats = {}) {
    Message node;
    for (const std::string& i : inputs) node.text(1, i);
    node.text(2, output).text(3, "n_" + output).text(4, op);
    for (const auto& [name, values] : ints) {
      Message attribute;
      attribute.text(1, name);
      const bool list = name.ends_with("s") || name == "perm" || name == "kernel_shape";
      for (int64_t v : values) attribute.number(list ? 8 : 3, static_cast<uint64_t>(v));
      node.message(5, attribute);
    }
    for (const auto& [name, value] : floats) node.message(5, Message().text(1, name).single(2, value));
    graph_.message(1, node);
    return *this;
  }

  Bytes file() const {
    Message graph = graph_;
    graph.message(11, value("x", input_)).message(12, value("y", output_));
    return Message().number(1, 8).message(7, graph).done();
  }

 private:
  static Message value(const std::string& name, const std::vector<int64_t>& shape) {
    Message dims;
    for (int64_t d : shape) dims.message(1, d < 0 ? Message().text(2, "n") : Message().number(1, static_cast<uint64_t>(d)));
    return Message().text(1, name).message(2, Message().message(1, Message().number(1, 1).message(2, dims)));
  }
  std::vector<int64_t> input_, output_;
  Message graph_;
};

}  // namespace sotto::judge::test
