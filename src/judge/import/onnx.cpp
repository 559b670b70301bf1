// SPDX-License-Identifier: Apache-2.0
// Field numbers are those of onnx.proto (github.com/onnx/onnx), which are fixed for all versions of the format.
#include "judge/import/onnx.h"

#include <bit>
#include <cmath>

#include "judge/import/protobuf.h"

namespace sotto::judge {
namespace {

constexpr uint64_t kMaxValues = uint64_t{1} << 26;
enum DataType : int64_t { kFloat = 1, kInt32 = 6, kInt64 = 7, kHalf = 10, kDouble = 11 };

double from_half(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const double fraction = bits & 1023, sign = bits >> 15 ? -1 : 1;
  if (exponent == 31) return fraction == 0 ? sign * HUGE_VAL : NAN;
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

Status append_raw(ByteSpan raw, int64_t type, std::vector<double>& out) {
  const size_t width = type == kHalf ? 2 : type == kFloat || type == kInt32 ? 4 : 8;
  if (raw.size() % width != 0) return input_error("a tensor has a part of a number");
  for (size_t i = 0; i < raw.size(); i += width) {
    uint64_t v = 0;
    for (size_t k = width; k > 0; k--) v = v << 8 | raw[i + k - 1];
    switch (type) {
      case kFloat: out.push_back(std::bit_cast<float>(static_cast<uint32_t>(v))); break;
      case kInt32: out.push_back(static_cast<int32_t>(v)); break;
      case kInt64: out.push_back(static_cast<double>(static_cast<int64_t>(v))); break;
      case kHalf: out.push_back(from_half(static_cast<uint16_t>(v))); break;
      default: out.push_back(std::bit_cast<double>(v)); break;
    }
  }
  return ok_status();
}

Status check_tensor(const OnnxTensor& t, const std::string& name, int64_t type, bool external) {
  if (external) return input_error("tensor " + name + " keeps its data in another file; save the model with its weights inside");
  if (type != kFloat && type != kDouble && type != kInt32 && type != kInt64 && type != kHalf)
    return input_error("tensor " + name + " has data type " + std::to_string(type) + "; export the model with float32 weights");
  uint64_t count = 1;
  for (int64_t d : t.shape) {
    if (d < 0 || static_cast<uint64_t>(d) > kMaxValues || (count *= static_cast<uint64_t>(d)) > kMaxValues)
      return input_error("tensor " + name + " has an absurd shape");
  }
  if (count != t.values.size())
    return input_error("tensor " + name + " has " + std::to_string(t.values.size()) + " values, its shape asks for " + std::to_string(count));
  for (double v : t.values)
    if (!std::isfinite(v)) return input_error("tensor " + name + " holds an infinity or a NaN");
  return ok_status();
}

// TensorProto
Result<OnnxTensor> parse_tensor(ByteSpan message, std::string& name) {
  SOTTO_TRY(const auto fields, read_message(message));
  OnnxTensor out;
  std::vector<int64_t> integers;
  int64_t type = 0;
  bool external = false;
  ByteSpan raw;
  for (const ProtoField& f : fields) switch (f.number) {
      case 1: SOTTO_TRY_STATUS(append_integers(f, out.shape)); break;
      case 2: type = f.integer(); break;
      case 4: SOTTO_TRY_STATUS(append_floats(f, out.values)); break;
      case 5: case 7: SOTTO_TRY_STATUS(append_integers(f, integers)); break;
      case 8: name = f.text(); break;
      case 9: raw = f.bytes; break;
      case 10: SOTTO_TRY_STATUS(append_doubles(f, out.values)); break;
      case 13: external = true; break;
      case 14: external |= f.value != 0; break;
    }
  if (type == kHalf)
    for (int64_t bits : integers) out.values.push_back(from_half(static_cast<uint16_t>(bits)));
  else
    out.values.insert(out.values.end(), integers.begin(), integers.end());
  SOTTO_TRY_STATUS(append_raw(raw, type, out.values));
  SOTTO_TRY_STATUS(check_tensor(out, name, type, external));
  return out;
}

// AttributeProto
Status add_attribute(ByteSpan message, OnnxNode& node) {
  SOTTO_TRY(const auto fields, read_message(message));
  OnnxAttribute out;
  std::string name, unused;
  for (const ProtoField& f : fields) switch (f.number) {
      case 1: name = f.text(); break;
      case 2: out.number = f.single(); break;
      case 3: out.number = static_cast<double>(f.integer()); break;
      case 4: out.text = f.text(); break;
      case 5: {
        SOTTO_TRY(out.tensor, parse_tensor(f.bytes, unused));
        break;
      }
      case 8: SOTTO_TRY_STATUS(append_integers(f, out.integers)); break;
    }
  node.attributes[name] = std::move(out);
  return ok_status();
}

// NodeProto
Result<OnnxNode> parse_node(ByteSpan message) {
  SOTTO_TRY(const auto fields, read_message(message));
  OnnxNode node;
  std::string domain;
  for (const ProtoField& f : fields) switch (f.number) {
      case 1: node.inputs.push_back(f.text()); break;
      case 2: node.outputs.push_back(f.text()); break;
      case 3: node.name = f.text(); break;
      case 4: node.op = f.text(); break;
      case 5: SOTTO_TRY_STATUS(add_attribute(f.bytes, node)); break;
      case 7: domain = f.text(); break;
    }
  if (!domain.empty() && domain != "ai.onnx") node.op = domain + "." + node.op;
  if (node.op.empty() || node.outputs.empty()) return input_error("a node of the model has no operator or no output");
  return node;
}

// The dimensions of a TensorShapeProto inside a TypeProto.
Status parse_shape(ByteSpan type, std::vector<int64_t>& shape) {
  SOTTO_TRY(const auto kinds, read_message(type));
  for (const ProtoField& kind : kinds) {
    if (kind.number != 1) continue;
    SOTTO_TRY(const auto tensor, read_message(kind.bytes));
    for (const ProtoField& f : tensor) {
      if (f.number != 2) continue;
      SOTTO_TRY(const auto dims, read_message(f.bytes));
      for (const ProtoField& dim : dims) {
        SOTTO_TRY(const auto parts, read_message(dim.bytes));
        int64_t size = -1;
        for (const ProtoField& part : parts)
          if (part.number == 1 && part.integer() > 0) size = part.integer();
        shape.push_back(size);
      }
    }
  }
  return ok_status();
}

// ValueInfoProto
Result<OnnxValue> parse_value(ByteSpan message) {
  SOTTO_TRY(const auto fields, read_message(message));
  OnnxValue out;
  for (const ProtoField& f : fields) {
    if (f.number == 1) out.name = f.text();
    if (f.number == 2) SOTTO_TRY_STATUS(parse_shape(f.bytes, out.shape));
  }
  return out;
}

// GraphProto
Status parse_graph(ByteSpan message, OnnxModel& model) {
  SOTTO_TRY(const auto fields, read_message(message));
  for (const ProtoField& f : fields) switch (f.number) {
      case 1: {
        SOTTO_TRY(OnnxNode node, parse_node(f.bytes));
        model.nodes.push_back(std::move(node));
        break;
      }
      case 5: {
        std::string name;
        SOTTO_TRY(OnnxTensor tensor, parse_tensor(f.bytes, name));
        model.constants[name] = std::move(tensor);
        break;
      }
      case 11: case 12: {
        SOTTO_TRY(OnnxValue value, parse_value(f.bytes));
        (f.number == 11 ? model.inputs : model.outputs).push_back(std::move(value));
        break;
      }
      case 15: return input_error("the model keeps sparse weights; export it with dense ones");
    }
  std::erase_if(model.inputs, [&](const OnnxValue& v) { return model.constants.contains(v.name); });
  return ok_status();
}

}  // namespace

std::string OnnxNode::title() const {
  const std::string& called = name.empty() ? outputs.front() : name;
  return op + " \"" + called + "\"";
}

int64_t OnnxNode::integer(const std::string& attribute, int64_t otherwise) const {
  return static_cast<int64_t>(number(attribute, static_cast<double>(otherwise)));
}

double OnnxNode::number(const std::string& attribute, double otherwise) const {
  const auto at = attributes.find(attribute);
  return at == attributes.end() || !(std::abs(at->second.number) < 1e15) ? otherwise : at->second.number;
}

std::vector<int64_t> OnnxNode::integers(const std::string& attribute) const {
  const auto at = attributes.find(attribute);
  return at == attributes.end() ? std::vector<int64_t>() : at->second.integers;
}

Result<OnnxModel> parse_onnx(ByteSpan file) {
  SOTTO_TRY(const auto fields, read_message(file));
  OnnxModel model;
  for (const ProtoField& f : fields)
    if (f.number == 7) SOTTO_TRY_STATUS(parse_graph(f.bytes, model));
  if (model.nodes.empty()) return input_error("not an ONNX model: there is no graph with nodes in it");
  if (model.inputs.size() != 1 || model.outputs.size() != 1)
    return input_error("a judge has one input and one output; this model has " + std::to_string(model.inputs.size()) + " and " +
                       std::to_string(model.outputs.size()));
  return model;
}

}  // namespace sotto::judge
