// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/lexer.h"

#include <algorithm>
#include <cstdlib>

namespace sotto::sound {
namespace {

// Longest first, so that the first match is the right one. Those the language lacks are here too: the parser names them.
constexpr std::string_view kPunctuators[] = {
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "?\?=", "=>", "==", "!=", "<=", ">=", "&&",
    "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**", "{", "}", "(", ")",
    "[", "]", ".", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~", "?", ":", "="};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

std::string describe(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte < 0x7f) return quoted(std::string_view(&c, 1));
  static const char digits[] = "0123456789abcdef";
  return std::string("byte 0x") + digits[byte >> 4] + digits[byte & 15];
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Result<std::vector<Token>> run() {
    for (;;) {
      SOTTO_TRY_STATUS(skip_space());
      if (at_ == source_.size()) break;
      SOTTO_TRY(Token token, next());
      tokens_.push_back(std::move(token));
    }
    Token end;
    end.position = static_cast<uint32_t>(at_);
    tokens_.push_back(end);
    return std::move(tokens_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  bool starts_with(std::string_view s) const { return source_.substr(at_, s.size()) == s; }
  Error fail(size_t position, const std::string& message) const {
    return error_at(source_, static_cast<uint32_t>(position), message);
  }

  Status skip_space() {
    while (at_ < source_.size()) {
      if (starts_with("\xEF\xBB\xBF")) {  // byte order mark
        at_ += 3;
      } else if (starts_with("\xC2\xA0")) {  // no-break space, common in pasted formulas
        at_ += 2;
      } else if (std::string_view(" \t\r\n\v\f").find(source_[at_]) != std::string_view::npos) {
        at_++;
      } else if (starts_with("//")) {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else if (starts_with("/*")) {
        const size_t close = source_.find("*/", at_ + 2);
        if (close == std::string_view::npos) return fail(at_, "this comment is never closed; add */");
        at_ = close + 2;
      } else {
        break;
      }
    }
    return ok_status();
  }

  Result<Token> next() {
    Token token;
    const size_t start = at_;
    token.position = static_cast<uint32_t>(start);
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      token.kind = Token::Kind::kNumber;
      SOTTO_TRY(token.number, number());
      if (is_name_part(peek())) return fail(start, "a number runs into " + describe(peek()) + "; put an operator between");
    } else if (is_name_start(c)) {
      token.kind = Token::Kind::kName;
      while (is_name_part(peek())) at_++;
    } else if (c == '"' || c == '\'' || c == '`') {
      token.kind = Token::Kind::kString;
      SOTTO_TRY(token.string, string());
    } else {
      token.kind = Token::Kind::kPunctuator;
      size_t length = 0;
      for (std::string_view p : kPunctuators) {
        if (starts_with(p)) {
          length = p.size();
          break;
        }
      }
      // "a?.5:b" is a conditional with a decimal.
      if (starts_with("?.") && is_digit(peek(2))) length = 1;
      if (length == 0) return fail(start, "unexpected " + describe(c) + "; a song is a formula of t in plain ASCII");
      at_ += length;
    }
    token.text = source_.substr(start, at_ - start);
    return token;
  }

  Result<double> number() {
    if (peek() == '0') {
      const char kind = static_cast<char>(peek(1) | 0x20);
      if (kind == 'x') return digits_of_radix(2, 16);
      if (kind == 'b') return digits_of_radix(2, 2);
      if (kind == 'o') return digits_of_radix(2, 8);
      if (is_legacy_octal()) return digits_of_radix(1, 8);
    }
    // strtod's decimal grammar is wider than JavaScript's, so the extent is found here.
    const size_t start = at_;
    while (is_digit(peek())) at_++;
    if (peek() == '.') at_++;
    while (is_digit(peek())) at_++;
    if ((peek() | 0x20) == 'e') {
      const size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (!is_digit(peek(1 + sign))) return fail(start, "a number with an exponent needs digits after 'e'");
      at_ += 1 + sign;
      while (is_digit(peek())) at_++;
    }
    return std::strtod(std::string(source_.substr(start, at_ - start)).c_str(), nullptr);
  }

  // "017" is octal in the JavaScript that players run, "019" is not.
  bool is_legacy_octal() const {
    size_t i = at_ + 1;
    for (; i < source_.size() && is_digit(source_[i]); i++) {
      if (source_[i] > '7') return false;
    }
    return i > at_ + 1;
  }

  Result<double> digits_of_radix(size_t prefix, int radix) {
    const size_t start = at_;
    at_ += prefix;
    if (digit_value(peek()) >= radix) return fail(start, "a number needs digits after its prefix");
    double value = 0;
    for (; digit_value(peek()) < radix; at_++) value = value * radix + digit_value(peek());
    return value;
  }

  Result<std::string> string() {
    const size_t start = at_;
    const char quote = source_[at_++];
    std::string out;
    while (at_ < source_.size() && source_[at_] != quote) {
      if (quote == '`' && starts_with("${")) return fail(at_, "a template with ${...} is not supported; use a plain string");
      if (source_[at_] == '\n' && quote != '`') break;
      if (source_[at_] != '\\') {
        out += source_[at_++];
        continue;
      }
      SOTTO_TRY(char c, escape());
      out += c;
    }
    if (peek() != quote || at_ >= source_.size()) return fail(start, "this string is never closed");
    at_++;
    return out;
  }

  Result<char> escape() {
    const size_t start = at_++;
    const char c = peek();
    at_++;
    switch (c) {
      case 'n': return '\n';
      case 't': return '\t';
      case 'r': return '\r';
      case 'v': return '\v';
      case 'f': return '\f';
      case 'b': return '\b';
      case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': {  // up to three octal digits
        int value = c - '0';
        for (int digits = 1; digits < 3 && digit_value(peek()) < 8 && value * 8 + digit_value(peek()) < 256; digits++) {
          value = value * 8 + digit_value(peek());
          at_++;
        }
        return static_cast<char>(value);
      }
      case '\\': case '\'': case '"': case '`': return c;
      case 'x':
        if (digit_value(peek()) < 16 && digit_value(peek(1)) < 16) {
          const int value = digit_value(peek()) * 16 + digit_value(peek(1));
          at_ += 2;
          return static_cast<char>(value);
        }
        break;
      default: break;
    }
    return fail(start, "this escape in a string is not supported; use \\n, \\t, \\xHH or the character itself");
  }

  std::string_view source_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

// Built with append: GCC 12 warns wrongly on "..." + std::string (its bug 105651).
std::string quoted(std::string_view text) { return std::string("'").append(text).append("'"); }

Error error_at(std::string_view source, uint32_t position, const std::string& message) {
  size_t line = 1, column = 1;
  for (size_t i = 0; i < position && i < source.size(); i++) {
    if (source[i] == '\n') {
      line++;
      column = 1;
    } else if ((static_cast<unsigned char>(source[i]) & 0xC0) != 0x80) {  // count UTF-8 characters, not bytes
      column++;
    }
  }
  return input_error("line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + message);
}

Result<std::vector<Token>> tokenise(std::string_view source) { return Lexer(source).run(); }

}  // namespace sotto::sound
