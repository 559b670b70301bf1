// SPDX-License-Identifier: Apache-2.0
// An ONNX file as data (onnx.ai/onnx/repo-docs/IR.html): nodes, constants, the shapes of inputs and outputs.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace sotto::judge {

// Any numeric type, as doubles; row-major.
struct OnnxTensor {
  std::vector<int64_t> shape;
  std::vector<double> values;
};

struct OnnxAttribute {
  double number = 0;              // f or i, whichever is there
  std::vector<int64_t> integers;
  std::string text;
  OnnxTensor tensor;
};

struct OnnxNode {
  std::string name, op;           // `op` has its domain in front unless that is ONNX's own
  std::vector<std::string> inputs, outputs;
  std::map<std::string, OnnxAttribute> attributes;

  // "Conv \"layer1\"": how messages name a node.
  std::string title() const;
  int64_t integer(const std::string& attribute, int64_t otherwise) const;
  double number(const std::string& attribute, double otherwise) const;
  std::vector<int64_t> integers(const std::string& attribute) const;  // empty: not there
};

struct OnnxValue {
  std::string name;
  std::vector<int64_t> shape;     // -1: not fixed
};

struct OnnxModel {
  std::vector<OnnxNode> nodes;
  std::map<std::string, OnnxTensor> constants;
  std::vector<OnnxValue> inputs, outputs;  // inputs without the constants
};

inline constexpr uint64_t kMaxOnnxFile = uint64_t{1} << 25;  // a judge of a million weights takes an eighth of that

Result<OnnxModel> parse_onnx(ByteSpan file);

}  // namespace sotto::judge
