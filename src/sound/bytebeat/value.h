// SPDX-License-Identifier: Apache-2.0
// What an expression of a song can be while it is compiled: a number (a term), a string, one character of a string at a
// variable index, an array, or a function.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sound/bytebeat/formula.h"

namespace sotto::sound {

struct Value;

// Names and what they stand for. A function's parameters are a scope within the one in which the function was written.
struct Scope {
  std::map<std::string_view, Value> names;
  std::shared_ptr<Scope> outer;
  size_t number = 0;  // later scopes have higher ones
};

struct Value {
  enum class Kind : uint8_t { kNumber, kString, kCharacter, kArray, kFunction };
  Kind kind = Kind::kNumber;
  TermId term = 0;  // the number, or the index of the character
  bool hole = false;  // undefined: counts as 0 alone and as NaN in a table
  std::shared_ptr<const std::string> string;
  std::shared_ptr<const std::vector<Value>> array;
  uint32_t function = 0;         // the syntax node
  std::weak_ptr<Scope> closure;  // scopes may hold functions: no cycles of ownership

  static Value of(TermId term);
  static Value of(std::string string);
  static Value of(std::vector<Value> array);
  bool is_text() const { return kind == Kind::kString || kind == Kind::kCharacter; }
  std::optional<size_t> length() const;
};

// JavaScript's Number(text); NaN where it is none.
double number_of_text(const std::string& text);

// A string counts as the number it spells, 0 if it spells none. Nothing for an array or a function.
std::optional<TermId> to_number(Formula& formula, const Value& value);
std::optional<TermId> character_code(Formula& formula, const Value& character);
// The lookup of f(character) for every character of the string; f gives NaN for none.
TermId lookup_characters(Formula& formula, const Value& character, double (*f)(char, int), int parameter);

// object[index]. An array of numbers becomes a table, any other array a chain of selects.
Result<Value> index_value(Formula& formula, const Value& object, TermId index);

}  // namespace sotto::sound
