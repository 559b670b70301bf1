// SPDX-License-Identifier: Apache-2.0
#include "judge/import/protobuf.h"

#include <bit>
#include <optional>

namespace sotto::judge {
namespace {

Error broken(const char* what) { return input_error(std::string("not a protobuf message: ") + what); }

uint64_t little_endian(ByteSpan bytes) {
  uint64_t v = 0;
  for (size_t i = bytes.size(); i > 0; i--) v = v << 8 | bytes[i - 1];
  return v;
}

// Reads from the front of a span, which it shortens.
class Cursor {
 public:
  explicit Cursor(ByteSpan rest) : rest_(rest) {}
  bool at_end() const { return rest_.empty(); }

  std::optional<ByteSpan> take(uint64_t count) {
    if (count > rest_.size()) return {};
    const ByteSpan taken = rest_.first(static_cast<size_t>(count));
    rest_ = rest_.subspan(static_cast<size_t>(count));
    return taken;
  }

  std::optional<uint64_t> varint() {
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = take(1);
      if (!byte) return {};
      const uint64_t low = (*byte)[0] & 0x7f;
      if (shift == 63 && low > 1) return {};
      v |= low << shift;
      if ((*byte)[0] < 0x80) return v;
    }
    return {};
  }

 private:
  ByteSpan rest_;
};

Result<ProtoField> read_field(Cursor& cursor) {
  const auto tag = cursor.varint();
  if (!tag || *tag >> 3 == 0 || *tag >> 3 > UINT32_MAX) return broken("a field has no number");
  ProtoField field;
  field.number = static_cast<uint32_t>(*tag >> 3);
  field.type = static_cast<WireType>(*tag & 7);
  std::optional<ByteSpan> bytes;
  switch (field.type) {
    case WireType::kVarint: {
      const auto v = cursor.varint();
      if (!v) return broken("a number does not end");
      field.value = *v;
      return field;
    }
    case WireType::kBytes: {
      const auto length = cursor.varint();
      if (length) bytes = cursor.take(*length);
      if (!bytes) return broken("a field is longer than the message");
      field.bytes = *bytes;
      return field;
    }
    case WireType::kFixed64: bytes = cursor.take(8); break;
    case WireType::kFixed32: bytes = cursor.take(4); break;
    default: return broken("a field has an unknown type");
  }
  if (!bytes) return broken("a number is cut off");
  field.value = little_endian(*bytes);
  return field;
}

// Packed numbers of `width` bytes, or one of them in a field of its own.
template <class Convert>
Status append_fixed(const ProtoField& field, WireType single, size_t width, std::vector<double>& out, Convert convert) {
  if (field.type == single) {
    out.push_back(convert(field.value));
    return ok_status();
  }
  if (field.type != WireType::kBytes || field.bytes.size() % width != 0) return broken("an array has a part of a number");
  for (size_t i = 0; i < field.bytes.size(); i += width) out.push_back(convert(little_endian(field.bytes.subspan(i, width))));
  return ok_status();
}

double from_single(uint64_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits)); }

}  // namespace

float ProtoField::single() const { return std::bit_cast<float>(static_cast<uint32_t>(value)); }

Result<std::vector<ProtoField>> read_message(ByteSpan message) {
  std::vector<ProtoField> fields;
  for (Cursor cursor(message); !cursor.at_end();) {
    SOTTO_TRY(const ProtoField field, read_field(cursor));
    fields.push_back(field);
  }
  return fields;
}

Status append_integers(const ProtoField& field, std::vector<int64_t>& out) {
  if (field.type == WireType::kVarint) {
    out.push_back(field.integer());
    return ok_status();
  }
  if (field.type != WireType::kBytes) return broken("an array of integers has another type");
  for (Cursor cursor(field.bytes); !cursor.at_end();) {
    const auto v = cursor.varint();
    if (!v) return broken("a number does not end");
    out.push_back(static_cast<int64_t>(*v));
  }
  return ok_status();
}

Status append_floats(const ProtoField& field, std::vector<double>& out) {
  return append_fixed(field, WireType::kFixed32, 4, out, from_single);
}

Status append_doubles(const ProtoField& field, std::vector<double>& out) {
  return append_fixed(field, WireType::kFixed64, 8, out, [](uint64_t bits) { return std::bit_cast<double>(bits); });
}

}  // namespace sotto::judge
