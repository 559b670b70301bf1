// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "base/keccak.h"

namespace sotto::judge::teacher {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are little-endian and are copied as they are");

constexpr uint64_t kMostHeader = uint64_t{1} << 24;  // Audiobox's is 40 KB
constexpr size_t kMostDimensions = 8;
constexpr const char* kMetadata = "__metadata__";

uint64_t dtype_bytes(const std::string& dtype) {
  static const std::map<std::string, uint64_t> kSizes = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},
                                                         {"I32", 4}, {"I16", 2}, {"I8", 1},  {"U64", 8},  {"U32", 4},
                                                         {"U16", 2}, {"U8", 1},  {"BOOL", 1}};
  const auto found = kSizes.find(dtype);
  return found == kSizes.end() ? 0 : found->second;
}

// The size of a tensor, or false when it exceeds what a file can hold.
bool tensor_bytes(const TensorInfo& t, uint64_t& bytes) {
  bytes = dtype_bytes(t.dtype);
  for (uint64_t n : t.shape)
    if (__builtin_mul_overflow(bytes, n, &bytes)) return false;
  return true;
}

bool is_natural(const nlohmann::json& j) { return j.is_number_unsigned(); }

// The entry of one tensor, or what is wrong with it.
std::string read_entry(const nlohmann::json& j, TensorInfo& out) {
  if (!j.is_object() || j.size() != 3 || !j.contains("dtype") || !j.contains("shape") || !j.contains("data_offsets"))
    return "is not described by dtype, shape and data_offsets";
  const auto &dtype = j["dtype"], &shape = j["shape"], &offsets = j["data_offsets"];
  if (!dtype.is_string() || dtype_bytes(dtype.get<std::string>()) == 0) return "has an unknown dtype";
  if (!shape.is_array() || shape.size() > kMostDimensions || !std::all_of(shape.begin(), shape.end(), is_natural))
    return "has a shape that is not a short list of natural numbers";
  if (!offsets.is_array() || offsets.size() != 2 || !is_natural(offsets[0]) || !is_natural(offsets[1]))
    return "has data_offsets that are not two natural numbers";
  out = {dtype, shape.get<std::vector<uint64_t>>(), offsets[0], offsets[1]};
  return "";
}

// Parses JSON and says whether a key of the outermost object came twice, which the parser alone would not.
nlohmann::json parse_json(const std::string& text, bool& twice) {
  std::set<std::string> keys;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    if (depth == 1 && event == nlohmann::json::parse_event_t::key && !keys.insert(value.get<std::string>()).second)
      twice = true;
    return true;
  };
  return nlohmann::json::parse(text, watch, false);
}

}  // namespace

std::string shape_text(const std::vector<uint64_t>& shape) {
  std::string text = "[";
  for (uint64_t n : shape) text.append(text.size() > 1 ? ", " : "").append(std::to_string(n));
  return text + "]";
}

Error Safetensors::fault(const std::string& what) const {
  return input_error(name_ + " is not a sound safetensors file: " + what + "; is the download complete?");
}

Result<Safetensors> Safetensors::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return input_error("cannot open " + path + ": " + std::strerror(errno));
  struct stat info = {};
  const bool regular = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0;
  const size_t size = regular ? static_cast<size_t>(info.st_size) : 0;
  void* data = regular ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  close(fd);
  if (!regular) return input_error(path + " is empty or not a file");
  if (data == MAP_FAILED) return environment_error("cannot map " + path + " into memory: " + std::strerror(errno));
  Safetensors file;
  file.name_ = path;
  file.owner_ = std::shared_ptr<const void>(data, [size](const void* p) { munmap(const_cast<void*>(p), size); });
  file.bytes_ = ByteSpan(static_cast<const uint8_t*>(data), size);
  file.mapped_ = true;
  SOTTO_TRY_STATUS(file.read_header());
  return file;
}

Result<Safetensors> Safetensors::parse(Bytes bytes, const std::string& name) {
  Safetensors file;
  file.name_ = name;
  const auto owned = std::make_shared<const Bytes>(std::move(bytes));
  file.owner_ = owned;
  file.bytes_ = *owned;
  SOTTO_TRY_STATUS(file.read_header());
  return file;
}

Status Safetensors::read_header() {
  uint64_t length = 0;
  if (bytes_.size() < sizeof length) return fault("it has fewer than 8 bytes");
  std::memcpy(&length, bytes_.data(), sizeof length);
  if (length > kMostHeader || length > bytes_.size() - sizeof length)
    return fault("its header claims " + std::to_string(length) + " bytes, and the file has " +
                 std::to_string(bytes_.size()));
  data_ = sizeof length + length;
  SOTTO_TRY_STATUS(read_entries(std::string(reinterpret_cast<const char*>(bytes_.data()) + sizeof length, length)));
  return check_cover();
}

Status Safetensors::read_entries(const std::string& header) {
  bool twice = false;
  const nlohmann::json json = parse_json(header, twice);
  if (!json.is_object()) return fault("its header is not a JSON object");
  if (twice) return fault("its header names a tensor twice");
  for (const auto& [key, value] : json.items()) {
    if (key == kMetadata) {
      if (!value.is_object()) return fault("its metadata is not a JSON object");
      for (const auto& [name, text] : value.items()) {
        if (!text.is_string()) return fault("its metadata holds something that is not text");
        metadata_[name] = text.get<std::string>();
      }
      continue;
    }
    TensorInfo& tensor = tensors_[key];
    const std::string wrong = read_entry(value, tensor);
    if (!wrong.empty()) return fault("tensor " + key + " " + wrong);
    uint64_t bytes = 0;
    if (tensor.begin > tensor.end || tensor.end > data_bytes())
      return fault("tensor " + key + " lies at bytes " + std::to_string(tensor.begin) + " to " +
                   std::to_string(tensor.end) + " of " + std::to_string(data_bytes()));
    if (!tensor_bytes(tensor, bytes) || bytes != tensor.end - tensor.begin)
      return fault("tensor " + key + " of shape " + shape_text(tensor.shape) + " and type " + tensor.dtype + " has " +
                   std::to_string(tensor.end - tensor.begin) + " bytes");
  }
  return ok_status();
}

// Sorted by position, every tensor begins where the one before it ends.
Status Safetensors::check_cover() const {
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (const auto& [key, tensor] : tensors_) ranges.emplace_back(tensor.begin, tensor.end);
  std::sort(ranges.begin(), ranges.end());
  uint64_t at = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin != at)
      return fault(begin < at ? "tensors overlap" : "bytes " + std::to_string(at) + " and on belong to no tensor");
    at = end;
  }
  if (at != data_bytes()) return fault("the last " + std::to_string(data_bytes() - at) + " bytes belong to no tensor");
  return ok_status();
}

std::vector<float> Safetensors::floats(const std::string& tensor) const {
  const auto found = tensors_.find(tensor);
  SOTTO_CHECK(found != tensors_.end() && found->second.dtype == "F32");
  const TensorInfo& t = found->second;
  std::vector<float> out((t.end - t.begin) / sizeof(float));
  if (!out.empty()) std::memcpy(out.data(), bytes_.data() + data_ + t.begin, t.end - t.begin);
  return out;
}

Bytes32 Safetensors::digest() const { return keccak256(bytes_); }

void Safetensors::forget_pages() const {
  // An advice: when it is not taken, only memory is lost.
  if (mapped_) madvise(const_cast<uint8_t*>(bytes_.data()), bytes_.size(), MADV_DONTNEED);
}

Bytes encode_safetensors(const std::map<std::string, FloatTensor>& tensors,
                         const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
  uint64_t at = 0;
  for (const auto& [name, t] : tensors) {
    const uint64_t bytes = t.values.size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", t.shape}, {"data_offsets", {at, at + bytes}}};
    at += bytes;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // the data is aligned
  const uint64_t length = text.size();
  Bytes out;
  out.reserve(sizeof length + length + at);
  append(out, ByteSpan(reinterpret_cast<const uint8_t*>(&length), sizeof length));
  append(out, ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  for (const auto& [name, t] : tensors) {
    append(out, ByteSpan(reinterpret_cast<const uint8_t*>(t.values.data()), t.values.size() * sizeof(float)));
  }
  return out;
}

}  // namespace sotto::judge::teacher
