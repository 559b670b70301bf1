// SPDX-License-Identifier: Apache-2.0
// The operators and reserved words of JavaScript, for the parser.
#pragma once
#include <string>
#include <string_view>

namespace sotto::sound {

// Binding strength of a binary operator, 0 for what is none.
unsigned precedence(std::string_view op);
inline constexpr unsigned kPower = 11;  // the one right-associative operator

// What JavaScript has and a song has not, or not there: the message says what to do instead.
std::string unsupported(std::string_view text);

bool is_statement_word(std::string_view text);
// A statement that a song or a block can have begins with this word.
bool starts_statement(std::string_view text);

}  // namespace sotto::sound
