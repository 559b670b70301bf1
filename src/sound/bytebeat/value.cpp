// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/value.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/check.h"
#include "sound/bytebeat/program.h"

namespace sotto::sound {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// An array of formulas costs two instructions per element.
constexpr size_t kMaxFormulas = 64;

Error too_many(size_t n, size_t most) {
  return input_error("this has " + std::to_string(n) + " elements; at most " + std::to_string(most) + " can be indexed");
}

Result<Value> element_at(const std::vector<Value>& elements, Formula& formula, double i) {
  if (i >= 0 && i < static_cast<double>(elements.size()) && i == std::trunc(i)) return elements[static_cast<size_t>(i)];
  return Value::of(formula.number(0));
}

Result<Value> index_array(Formula& formula, const std::vector<Value>& elements, TermId index) {
  if (formula.is_number(index)) return element_at(elements, formula, formula.terms()[index].number);
  if (elements.size() > kMaxTable) return too_many(elements.size(), kMaxTable);
  std::vector<TermId> terms;
  std::vector<bool> holes;
  bool constant = true;
  for (const Value& element : elements) {
    const auto term = to_number(formula, element);
    if (!term) return input_error("an array of arrays or functions can only be indexed by a constant; write one array and one index");
    constant = constant && formula.is_number(*term);
    terms.push_back(*term);
    holes.push_back(element.hole);
  }
  if (constant) {
    std::vector<double> table;
    for (size_t i = 0; i < terms.size(); i++) table.push_back(holes[i] ? kNaN : formula.terms()[terms[i]].number);
    return Value::of(formula.lookup(std::move(table), index));
  }
  if (terms.size() > kMaxFormulas) return too_many(terms.size(), kMaxFormulas);
  TermId chain = formula.number(0);
  for (size_t i = terms.size(); i-- > 0;) {
    const TermId here = formula.binary(TermOp::kEq, index, formula.number(static_cast<double>(i)));
    chain = formula.select(here, terms[i], chain);
  }
  return Value::of(chain);
}

double digit(char c, int) { return c >= '0' && c <= '9' ? c - '0' : kNaN; }
double code(char c, int) { return static_cast<unsigned char>(c); }

}  // namespace

Value Value::of(TermId term) {
  Value v;
  v.term = term;
  return v;
}

Value Value::of(std::string string) {
  Value v;
  v.kind = Kind::kString;
  v.string = std::make_shared<const std::string>(std::move(string));
  return v;
}

Value Value::of(std::vector<Value> array) {
  Value v;
  v.kind = Kind::kArray;
  v.array = std::make_shared<const std::vector<Value>>(std::move(array));
  return v;
}

std::optional<size_t> Value::length() const {
  if (kind == Kind::kString) return string->size();
  if (kind == Kind::kArray) return array->size();
  return std::nullopt;
}

double number_of_text(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\n\r\v\f");
  if (first == std::string::npos) return 0;
  const std::string body = text.substr(first, text.find_last_not_of(" \t\n\r\v\f") - first + 1);
  // strtod also knows "inf", "nan" and hexadecimal fractions.
  if (body.find_first_not_of("0123456789.eE+-") != std::string::npos) return kNaN;
  char* end = nullptr;
  const double value = std::strtod(body.c_str(), &end);
  return *end == '\0' ? value : kNaN;
}

TermId lookup_characters(Formula& formula, const Value& character, double (*f)(char, int), int parameter) {
  SOTTO_CHECK(character.kind == Value::Kind::kCharacter);
  std::vector<double> table;
  for (char c : *character.string) table.push_back(f(c, parameter));
  return formula.lookup(std::move(table), character.term);
}

std::optional<TermId> to_number(Formula& formula, const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNumber: return value.term;
    case Value::Kind::kString: return formula.number(number_of_text(*value.string));
    case Value::Kind::kCharacter: return lookup_characters(formula, value, digit, 0);
    case Value::Kind::kArray:
    case Value::Kind::kFunction: break;
  }
  return std::nullopt;
}

std::optional<TermId> character_code(Formula& formula, const Value& character) {
  if (character.kind == Value::Kind::kCharacter) return lookup_characters(formula, character, code, 0);
  if (character.kind == Value::Kind::kString && character.string->size() == 1) return formula.number(code((*character.string)[0], 0));
  return std::nullopt;
}

Result<Value> index_value(Formula& formula, const Value& object, TermId index) {
  if (object.kind == Value::Kind::kArray) return index_array(formula, *object.array, index);
  if (object.kind != Value::Kind::kString) return input_error("only strings and arrays can be indexed");
  const std::string& text = *object.string;
  if (formula.is_number(index)) {
    const double i = formula.terms()[index].number;
    if (i >= 0 && i < static_cast<double>(text.size()) && i == std::trunc(i)) return Value::of(std::string(1, text[static_cast<size_t>(i)]));
    return Value::of(formula.number(0));
  }
  if (text.size() > kMaxTable) return too_many(text.size(), kMaxTable);
  Value character;
  character.kind = Value::Kind::kCharacter;
  character.term = index;
  character.string = object.string;
  return character;
}

}  // namespace sotto::sound
