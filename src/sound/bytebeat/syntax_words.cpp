// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/syntax_words.h"

#include "sound/bytebeat/lexer.h"

namespace sotto::sound {

// Binding strength of a binary operator, 0 for what is none.
unsigned precedence(std::string_view op) {
  static constexpr struct { std::string_view op; unsigned strength; } kTable[] = {
      {"||", 1}, {"&&", 2}, {"|", 3},  {"^", 4},  {"&", 5},   {"==", 6}, {"!=", 6}, {"===", 6}, {"!==", 6}, {"<", 7}, {">", 7},
      {"<=", 7}, {">=", 7}, {"<<", 8}, {">>", 8}, {">>>", 8}, {"+", 9},  {"-", 9},  {"*", 10},  {"/", 10},  {"%", 10}, {"**", 11}};
  for (const auto& row : kTable) {
    if (row.op == op) return row.strength;
  }
  return 0;
}

// What JavaScript has and a song has not: the message says what to do instead.
std::string unsupported(std::string_view text) {
  const std::string name = quoted(text) + " ";
  if (text == "=>") return name + "needs plain parameter names before it: (x, y) => formula";
  if (text == "++" || text == "--") return name + "stands only before or after a plain name";
  if (text == "{" || text == "}") return name + "(a block or object) cannot stand here; blocks are bodies of functions and loops";
  if (text == "?" "?" || text == "?" "?=" || text == "&&=" || text == "||=" || text == "?.") {
    return name + "is not supported; use ?: or a plain assignment";
  }
  if (text == "...") return name + "(spread) is not supported; list the elements";
  return name + "cannot stand here";
}

bool is_statement_word(std::string_view text) {
  for (std::string_view word : {"var", "let", "const", "return", "if", "else", "for", "while", "do", "switch", "new", "function",
                                "class", "throw", "try", "delete", "typeof", "void", "in", "instanceof", "yield", "await"}) {
    if (word == text) return true;
  }
  return false;
}

bool starts_statement(std::string_view text) {
  for (std::string_view word : {"var", "let", "const", "return", "if", "for", "while", "function"}) {
    if (word == text) return true;
  }
  return false;
}

}  // namespace sotto::sound
