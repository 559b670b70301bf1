// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/rpc_values.h"

#include <algorithm>

namespace sotto::contest {
namespace {
using Json = nlohmann::json;

Error bad(std::string_view name, const char* what) {
  return environment_error("the chain's server sent nonsense: " + std::string(name) + " is not " + what);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

template <size_t n>
Result<std::array<uint8_t, n>> fixed(const Json& value, std::string_view name, const char* what) {
  Result<Bytes> b = bytes_value(value, name);
  if (!b.ok() || b->size() != n) return bad(name, what);
  std::array<uint8_t, n> out;
  std::copy(b->begin(), b->end(), out.begin());
  return out;
}
}  // namespace

std::string quantity(Wei v) {
  std::string s;
  do {
    s += "0123456789abcdef"[static_cast<unsigned>(v & 15)];
    v >>= 4;
  } while (v != 0);
  std::reverse(s.begin(), s.end());
  return "0x" + s;
}

Result<Wei> wei_value(const Json& value, std::string_view name) {
  const std::string* s = value.get_ptr<const std::string*>();
  if (s == nullptr || !s->starts_with("0x") || s->size() < 3 || s->size() > 66) return bad(name, "a number");
  Wei v = 0;
  for (size_t i = 2; i < s->size(); i++) {
    int digit = hex_value((*s)[i]);
    if (digit < 0 || v >> 124 != 0) return bad(name, "a number below 2^128");
    v = v << 4 | static_cast<unsigned>(digit);
  }
  return v;
}

Result<uint64_t> u64_value(const Json& value, std::string_view name) {
  SOTTO_TRY(Wei v, wei_value(value, name));
  if (v >> 64 != 0) return bad(name, "a number below 2^64");
  return static_cast<uint64_t>(v);
}

Result<Bytes> bytes_value(const Json& value, std::string_view name) {
  const std::string* s = value.get_ptr<const std::string*>();
  if (s == nullptr || !s->starts_with("0x")) return bad(name, "a byte string");
  Result<Bytes> b = from_hex(*s);
  return b.ok() ? std::move(b) : Result<Bytes>(bad(name, "a byte string"));
}

Result<Bytes32> hash_value(const Json& value, std::string_view name) { return fixed<32>(value, name, "a hash"); }
Result<Address> address_value(const Json& value, std::string_view name) { return fixed<20>(value, name, "an address"); }

Result<Json> member_of(const Json& object, const char* name) {
  if (object.is_object()) {
    if (auto it = object.find(name); it != object.end()) return *it;
  }
  return environment_error(std::string("the chain's server sent nonsense: no ") + name);
}

Result<uint64_t> u64_member(const Json& object, const char* name) {
  SOTTO_TRY(Json v, member_of(object, name));
  return u64_value(v, name);
}
Result<Wei> wei_member(const Json& object, const char* name) {
  SOTTO_TRY(Json v, member_of(object, name));
  return wei_value(v, name);
}
Result<Bytes32> hash_member(const Json& object, const char* name) {
  SOTTO_TRY(Json v, member_of(object, name));
  return hash_value(v, name);
}

}  // namespace sotto::contest
