// SPDX-License-Identifier: Apache-2.0
#include "judge/eval/negatives.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>
#include <vector>

namespace sotto::judge {
namespace {

constexpr const char* kOperators[] = {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"};

// The remainder rather than std::uniform_int_distribution, which differs between standard libraries.
unsigned below(std::mt19937_64& random, size_t n) { return static_cast<unsigned>(random() % n); }
bool chance(std::mt19937_64& random, unsigned percent) { return below(random, 100) < percent; }
std::string number(std::mt19937_64& random, unsigned from, unsigned count) {
  return std::to_string(from + below(random, count));
}
const char* any_operator(std::mt19937_64& random) { return kOperators[below(random, std::size(kOperators))]; }
bool is_shift(std::string_view op) { return op == "<<" || op == ">>"; }

std::string tree(std::mt19937_64& random, unsigned depth) {
  if (depth == 0 || chance(random, 10)) {
    if (chance(random, 60)) return chance(random, 60) ? "t" : "(t>>" + number(random, 1, 14) + ")";
    return chance(random, 50) ? number(random, 1, 16) : number(random, 1, 255);
  }
  const std::string left = tree(random, depth - 1), op = any_operator(random);
  std::string right = tree(random, depth - 1);
  if (is_shift(op)) right = number(random, 1, 15);
  if (op == "%" || op == "/") right = chance(random, 70) ? number(random, 1, 64) : "(" + right + "|1)";
  return "(" + left + op + right + ")";
}

std::string atom(std::mt19937_64& random) {
  switch (below(random, 8)) {
    case 0: return "t*" + number(random, 1, 12);
    case 1: return "t>>" + number(random, 1, 13);
    case 2: return "(t*" + number(random, 1, 12) + "&t>>" + number(random, 1, 13) + ")";
    case 3: return "t*(" + number(random, 1, 64) + "&t>>" + number(random, 6, 9) + ")";
    case 4: return "(t>>" + number(random, 1, 7) + "|t>>" + number(random, 4, 10) + ")";
    case 5: return "t%" + number(random, 1, 255);
    case 6: return "t*(t>>" + number(random, 5, 10) + ")";
    default: return number(random, 1, 127);
  }
}

std::string chain(std::mt19937_64& random) {
  std::string code(1, '(');
  code.append(atom(random)).append(")");
  for (unsigned k = below(random, 6); k > 0; k--) {
    const std::string op = any_operator(random);
    std::string right(1, '(');
    right.append(atom(random)).append(")");
    if (is_shift(op)) right = number(random, 1, 9);
    if (op == "%" || op == "/") right = number(random, 1, 127);
    code.insert(0, 1, '(').append(op).append(right).append(")");
  }
  return code;
}

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '.'; }

// Numbers and names whole, operators whole, everything else character by character. A string or a comment is one token.
std::vector<std::string> tokens_of(const std::string& code) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < code.size();) {
    size_t end = i + 1;
    if (is_word(code[i])) {
      while (end < code.size() && is_word(code[end])) end++;
    } else if (code[i] == '"' || code[i] == '\'' || code[i] == '`') {
      while (end < code.size() && code[end] != code[i]) end += code[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, code.size());
    } else if (code.compare(i, 3, ">>>") == 0) {
      end = i + 3;
    } else if (code.compare(i, 2, "<<") == 0 || code.compare(i, 2, ">>") == 0) {
      end = i + 2;
    } else if (code.compare(i, 2, "//") == 0) {
      end = std::min(code.find('\n', i), code.size());
    } else if (code.compare(i, 2, "/*") == 0) {
      end = std::min(code.find("*/", i + 2), code.size() - 2) + 2;
    }
    tokens.push_back(code.substr(i, end - i));
    i = end;
  }
  return tokens;
}

bool is_operator(const std::string& token) {
  return token == ">>>" || std::any_of(std::begin(kOperators), std::end(kOperators), [&](const char* op) { return token == op; });
}

// Something between 0 and twice the value, or the value times 0.5 to 1.5, to two decimals.
std::string other_number(const std::string& token, std::mt19937_64& random) {
  const double value = std::min(std::strtod(token.c_str(), nullptr), 1e9);
  if (chance(random, 50)) return std::to_string(below(random, std::max<size_t>(2, static_cast<size_t>(2 * value + 2))));
  const long long hundredths = std::llround(value * (50 + below(random, 101)));
  std::string text = std::to_string(hundredths / 100);
  const long long rest = hundredths % 100;
  if (rest != 0) text += (rest < 10 ? ".0" : ".") + std::to_string(rest);
  return text;
}

}  // namespace

std::string random_formula(std::mt19937_64& random) {
  return chance(random, 50) ? tree(random, 2 + below(random, 5)) : chain(random);
}

std::string mutated(const std::string& code, unsigned edits, std::mt19937_64& random) {
  std::vector<std::string> tokens = tokens_of(code);
  std::vector<size_t> numbers, operators;
  for (size_t i = 0; i < tokens.size(); i++) {
    if (is_digit(tokens[i][0])) numbers.push_back(i);
    if (is_operator(tokens[i])) operators.push_back(i);
  }
  for (unsigned e = 0; e < edits; e++) {
    if (!numbers.empty() && (operators.empty() || chance(random, 50))) {
      std::string& token = tokens[numbers[below(random, numbers.size())]];
      token = other_number(token, random);
    } else if (!operators.empty()) {
      tokens[operators[below(random, operators.size())]] = any_operator(random);
    }
  }
  std::string out;
  for (const std::string& token : tokens) out += token;
  return out;
}

sound::Samples shuffled(const sound::Samples& samples, std::mt19937_64& random) {
  const size_t size = size_t{1000} << below(random, 4), count = samples.size() / size;
  std::vector<size_t> order(count);
  for (size_t i = 0; i < count; i++) order[i] = i;
  for (size_t i = count; i > 1; i--) std::swap(order[i - 1], order[below(random, i)]);
  sound::Samples out;
  out.reserve(samples.size());
  const auto at = [&](size_t block) { return samples.begin() + static_cast<std::ptrdiff_t>(block * size); };
  for (size_t block : order) out.insert(out.end(), at(block), at(block + 1));
  out.insert(out.end(), at(count), samples.end());
  return out;
}

bool is_silent(const sound::Samples& samples) {
  double sum = 0, squares = 0;
  for (const uint8_t v : samples) sum += v, squares += double{1} * v * v;
  const double n = static_cast<double>(samples.size()), mean = sum / n;
  return squares / n - mean * mean < 4;
}

}  // namespace sotto::judge
