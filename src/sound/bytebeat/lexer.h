// SPDX-License-Identifier: Apache-2.0
// Source text -> tokens, in the lexical grammar of JavaScript.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sotto::sound {

struct Token {
  enum class Kind : uint8_t { kNumber, kName, kString, kPunctuator, kEnd };
  Kind kind = Kind::kEnd;
  uint32_t position = 0;  // byte offset in the source
  std::string_view text;  // what stands there; names and punctuators are compared by it
  double number = 0;      // kNumber
  std::string string;     // kString, escapes resolved
};

// An error at a byte offset of the source: "line L, column C: message".
Error error_at(std::string_view source, uint32_t position, const std::string& message);

// 'text', for messages.
std::string quoted(std::string_view text);

// The last token is kEnd. The tokens point into `source`. Requires: source.size() < 2^32.
Result<std::vector<Token>> tokenise(std::string_view source);

}  // namespace sotto::sound
