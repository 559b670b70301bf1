// SPDX-License-Identifier: Apache-2.0
// Safetensors files, read only and mapped into memory. Layout (github.com/huggingface/safetensors, "Format"):
//
//   u64 little-endian N | N bytes of JSON | data
//   JSON: {"name": {"dtype", "shape", "data_offsets": [begin, end]}, …, "__metadata__": {…}}
//
// Offsets count from the start of the data; the tensors cover it without holes and without overlaps. A file that
// breaks any of this is refused with the reason; nothing is read outside the mapping, whatever the file says.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace sotto::judge::teacher {

struct TensorInfo {
  std::string dtype;  // "F32", …
  std::vector<uint64_t> shape;
  uint64_t begin = 0, end = 0;  // bytes of the data
};

std::string shape_text(const std::vector<uint64_t>& shape);  // "[768, 512]"

class Safetensors {
 public:
  static Result<Safetensors> open(const std::string& path);
  // `name` stands for the file in messages.
  static Result<Safetensors> parse(Bytes bytes, const std::string& name);

  const std::string& name() const { return name_; }
  Bytes32 digest() const;  // keccak256 of the whole file
  uint64_t data_bytes() const { return bytes_.size() - data_; }
  const std::map<std::string, TensorInfo>& tensors() const { return tensors_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  // A copy of a tensor. Requires: it is there and F32.
  std::vector<float> floats(const std::string& tensor) const;
  // Gives the pages that were touched back to the system; they are read again when needed.
  void forget_pages() const;

 private:
  Status read_header();
  Status read_entries(const std::string& header);
  Status check_cover() const;
  Error fault(const std::string& what) const;

  std::string name_;
  std::shared_ptr<const void> owner_;  // of the mapping, or of the bytes
  ByteSpan bytes_;
  bool mapped_ = false;
  uint64_t data_ = 0;
  std::map<std::string, TensorInfo> tensors_;
  std::map<std::string, std::string> metadata_;
};

// The other direction, for files that Sotto itself makes (tests, cut-down teachers): F32 tensors in the order of
// their names.
struct FloatTensor {
  std::vector<uint64_t> shape;
  std::vector<float> values;
};
Bytes encode_safetensors(const std::map<std::string, FloatTensor>& tensors,
                         const std::map<std::string, std::string>& metadata);

}  // namespace sotto::judge::teacher
