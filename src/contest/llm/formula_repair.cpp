// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/formula_repair.h"

#include <cctype>
#include <vector>

namespace sotto::contest {
namespace {

struct Replacement {
  std::string_view from, to;
};

// Typographic operators and quotes.
constexpr Replacement kSymbols[] = {
    {"×", "*"}, {"·", "*"}, {"∗", "*"}, {"⋅", "*"}, {"÷", "/"}, {"∕", "/"}, {"−", "-"}, {"–", "-"}, {"—", "-"}, {"＋", "+"},
    {"∧", "&"}, {"∨", "|"}, {"⊕", "^"}, {"¬", "~"}, {"≪", "<<"}, {"≫", ">>"}, {"«", "<<"}, {"»", ">>"}, {"⋘", "<<"}, {"⋙", ">>>"}, {"≤", "<="},
    {"≥", ">="}, {"≠", "!="}, {"（", "("}, {"）", ")"}, {"“", "\""}, {"”", "\""}, {"‘", "'"}, {"’", "'"}, {"\u00a0", " "}, {"…", ""},
    {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"},
    // C's casts; JavaScript has no types
    {"(int)", ""}, {"(unsigned)", ""}, {"(char)", ""}, {"(uint8_t)", ""},
    // Python's floor division, in JavaScript the start of a comment that swallows the rest
    {"//", "/"},
};
// Operators as words.
constexpr Replacement kWords[] = {{"and", "&&"}, {"or", "||"}, {"not", "!"}, {"xor", "^"}, {"mod", "%"}, {"AND", "&"}, {"OR", "|"}, {"NOT", "~"}, {"XOR", "^"}, {"MOD", "%"}};

std::string replace_symbols(std::string_view in) {
  std::string out;
  while (!in.empty()) {
    size_t taken = 0;
    for (const Replacement& r : kSymbols) {
      if (!in.starts_with(r.from)) continue;
      out += r.to;
      taken = r.from.size();
      break;
    }
    if (!taken) out += in[taken++];
    in.remove_prefix(taken);
  }
  return out;
}

void trim(std::string& text) {
  const auto from = text.find_first_not_of(" \t\r\n`;");
  if (from == std::string::npos) return text.clear();
  text = text.substr(from, text.find_last_not_of(" \t\r\n`;") + 1 - from);
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '.'; }

// "f(t) = ", "sample=", "return ", "(t) => ", "javascript\n": what stands before the formula itself.
void drop_head(std::string& text) {
  static constexpr std::string_view kHeads[] = {"```", "javascript\n", "js\n", "c\n", "return ", "let ", "const ", "var ", "int ", "f(t)=", "f(t) =", "f=", "f =",
                                                "v=", "v =", "y=", "y =", "out=", "out =", "output=", "output =", "sample=", "sample =", "f:", "(t)=>", "(t) =>",
                                                "t=>", "t =>", "lambda t:"};
  for (bool again = true; again;) {
    again = false;
    trim(text);
    for (const std::string_view head : kHeads)
      if (text.starts_with(head)) {
        text.erase(0, head.size());
        again = true;
        break;
      }
  }
}

// The text in pieces: strings, words and numbers, runs of blanks, single other characters.
std::vector<std::string> pieces_of(const std::string& text) {
  std::vector<std::string> out;
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    size_t end = i + 1;
    if (c == '"' || c == '\'') {
      while (end < text.size() && text[end] != c) end++;
      end = std::min(end + 1, text.size());
    } else if (is_word(c)) {
      while (end < text.size() && is_word(text[end])) end++;
    } else if (std::isspace(static_cast<unsigned char>(c))) {
      while (end < text.size() && std::isspace(static_cast<unsigned char>(text[end]))) end++;
    }
    out.push_back(text.substr(i, end - i));
    i = end;
  }
  return out;
}

bool starts_number(const std::string& piece) { return std::isdigit(static_cast<unsigned char>(piece[0])) != 0; }

// "3t" -> "3*t"; numbers such as 0x1f, 1e5 and 10n stay.
std::string split_product(const std::string& piece) {
  if (piece.size() < 2 || !starts_number(piece) || piece.back() != 't') return piece;
  for (size_t i = 0; i + 1 < piece.size(); i++)
    if (!std::isdigit(static_cast<unsigned char>(piece[i])) && piece[i] != '.') return piece;
  return piece.substr(0, piece.size() - 1) + "*t";
}

std::string word_operator(const std::string& piece) {
  for (const Replacement& r : kWords)
    if (piece == r.from) return std::string(r.to);
  return piece;
}

// Two operands side by side are a product: ")(", ") t", "t(", "3(", ")4". A name before "(" is a call, except for t.
bool is_product(const std::string& left, const std::string& right) {
  const bool closes = left == ")" || left == "]" || left == "t" || starts_number(left);
  if (right == "(") return closes;
  return (left == ")" || left == "]") && (starts_number(right) || right == "t");
}

std::string rewrite(const std::vector<std::string>& pieces) {
  std::string out, last = "+";  // the last piece that is not blank; at the start as after an operator
  for (const std::string& raw : pieces) {
    if (std::isspace(static_cast<unsigned char>(raw[0]))) {
      out += ' ';
      continue;
    }
    const std::string piece = word_operator(split_product(raw));
    if (is_product(last, piece)) out += '*';
    out += piece;
    last = piece.back() == 't' && piece.size() > 1 && piece != raw ? "t" : piece;
  }
  return out;
}

// Closes what is open, drops what closes nothing, and a last operator whose operand was cut off.
std::string balance(const std::string& text) {
  std::string out, open;
  char quote = 0;
  for (const char c : text) {
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(' || c == '[' || c == '{') {
      open += c == '(' ? ')' : c == '[' ? ']' : '}';
    } else if (c == ')' || c == ']' || c == '}') {
      if (open.empty() || open.back() != c) continue;
      open.pop_back();
    }
    out += c;
  }
  if (quote) out += quote;
  while (!out.empty() && std::string_view("+-*/%&|^<>=!~?:,( ").find(out.back()) != std::string_view::npos) {
    if (out.back() == '(') open.pop_back();
    out.pop_back();
  }
  for (; !open.empty(); open.pop_back()) out += open.back();
  return out;
}

}  // namespace

std::string repair_formula(std::string_view written) {
  std::string text = replace_symbols(written);
  drop_head(text);
  return balance(rewrite(pieces_of(text)));
}

}  // namespace sotto::contest
