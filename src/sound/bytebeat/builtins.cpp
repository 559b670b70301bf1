// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/builtins.h"

#include <cmath>
#include <limits>

#include "base/check.h"
#include "sound/bytebeat/lexer.h"

namespace sotto::sound {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kQuarterTurn = 1.5707963267948966;

struct Constant {
  std::string_view name;
  double value;
};
constexpr Constant kConstants[] = {{"PI", 3.141592653589793},     {"E", 2.718281828459045},     {"LN2", 0.6931471805599453},
                                   {"LN10", 2.302585092994046},   {"LOG2E", 1.4426950408889634}, {"LOG10E", 0.4342944819032518},
                                   {"SQRT2", 1.4142135623730951}, {"SQRT1_2", 0.7071067811865476},
                                   {"M_PI", 3.141592653589793},   {"M_E", 2.718281828459045},   {"TAU", 6.283185307179586}};

// Functions of any term, built from instructions.
constexpr std::string_view kWordFunctions[] = {"int", "floor", "trunc", "ceil", "round", "abs", "sign",
                                               "min", "max", "sin", "cos", "tan", "random", "parseInt", "pow"};

// Functions of what takes at most 256 values: they are computed while the song is compiled.
struct ConstantFunction {
  std::string_view name;
  double (*f)(double);
};
constexpr ConstantFunction kConstantFunctions[] = {
    {"sqrt", [](double x) { return std::sqrt(x); }}, {"cbrt", [](double x) { return std::cbrt(x); }},
    {"exp", [](double x) { return std::exp(x); }},   {"log", [](double x) { return std::log(x); }},
    {"log2", [](double x) { return std::log2(x); }}, {"log10", [](double x) { return std::log10(x); }},
    {"atan", [](double x) { return std::atan(x); }}};

const ConstantFunction* constant_function(std::string_view name) {
  for (const ConstantFunction& f : kConstantFunctions) {
    if (f.name == name) return &f;
  }
  return nullptr;
}

TermId negated(Formula& formula, TermId x) { return formula.binary(TermOp::kSub, formula.number(0), x); }

TermId rounding(Formula& formula, std::string_view name, TermId x) {
  if (formula.is_lookup(x)) {  // exactly, in the table
    return formula.map_lookup(x, [=](double v) {
      return name == "trunc" ? std::trunc(v) : name == "ceil" ? std::ceil(v) : std::floor(name == "round" ? v + 0.5 : v);
    });
  }
  if (name == "trunc") return formula.trunc(x);
  if (name == "ceil") return negated(formula, formula.floor(negated(formula, x)));
  if (name == "round") return formula.terms()[x].integer ? x : formula.floor(formula.binary(TermOp::kAdd, x, formula.number(0.5)));
  return formula.floor(x);
}

TermId magnitude(Formula& formula, TermId x) {
  return formula.select(formula.binary(TermOp::kLt, x, formula.number(0)), negated(formula, x), x);
}

TermId sign(Formula& formula, TermId x) {
  const TermId zero = formula.number(0);
  return formula.binary(TermOp::kSub, formula.binary(TermOp::kGt, x, zero), formula.binary(TermOp::kLt, x, zero));
}

// Whether the machine's sine has no better angle than x: the middle of one of its steps, for an integer times a constant.
bool is_middle_of_step(const Formula& formula, TermId x) {
  constexpr double kStep = 4 * kQuarterTurn / 65536;
  double factor = 1 / kStep, offset = 0;
  const auto whole = [](double v) { return std::abs(v - std::round(v)) < 1e-6; };
  for (;;) {
    const Term& term = formula.terms()[x];
    if (term.integer) return term.op != TermOp::kNumber && whole(factor) && whole(offset - 0.5);
    if (!formula.is_number(term.b)) return false;
    const double number = formula.terms()[term.b].number;
    if (term.op == TermOp::kMul) factor *= number;
    else if (term.op == TermOp::kDiv) factor /= number;
    else if (term.op == TermOp::kAdd) offset += factor * number;
    else return false;
    x = term.a;
  }
}

// In a table where x is in one, or exactly in one of its own; otherwise by the machine's sine.
TermId trigonometric(Formula& formula, std::string_view name, TermId x, bool fold_tables) {
  const bool tables_only = !fold_tables || is_middle_of_step(formula, x);
  if (const auto element = formula.as_lookup(x, tables_only)) {
    return formula.map_lookup(
        *element, [=](double v) { return name == "sin" ? std::sin(v) : name == "cos" ? std::cos(v) : std::tan(v); });
  }
  const TermId sine = formula.sin(x);
  if (name == "sin") return sine;
  const TermId cosine = formula.sin(formula.binary(TermOp::kAdd, x, formula.number(kQuarterTurn)));
  return name == "cos" ? cosine : formula.binary(TermOp::kDiv, sine, cosine);
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 36;
}

double digit_in_radix(char c, int radix) { return digit_value(c) < radix ? digit_value(c) : kNaN; }

double parse_int(const std::string& text, int radix) {
  size_t i = text.find_first_not_of(" \t\n\r");
  if (i == std::string::npos) return kNaN;
  const bool negative = text[i] == '-';
  if (text[i] == '-' || text[i] == '+') i++;
  double value = kNaN;
  for (; i < text.size() && digit_value(text[i]) < radix; i++) value = (std::isnan(value) ? 0 : value) * radix + digit_value(text[i]);
  return negative ? -value : value;
}

Result<Value> call_parse_int(Formula& formula, const std::vector<Value>& arguments, const std::vector<TermId>& terms) {
  double radix = 10;
  if (terms.size() > 1) {
    if (!formula.is_number(terms[1])) return input_error("'parseInt' needs a constant radix");
    radix = formula.terms()[terms[1]].number == 0 ? 10 : formula.terms()[terms[1]].number;
  }
  if (!(radix >= 2 && radix <= 36)) return input_error("'parseInt' needs a radix from 2 to 36");
  const Value& text = arguments[0];
  if (text.kind == Value::Kind::kCharacter) return Value::of(lookup_characters(formula, text, digit_in_radix, static_cast<int>(radix)));
  if (text.kind == Value::Kind::kString) return Value::of(formula.number(parse_int(*text.string, static_cast<int>(radix))));
  if (radix != 10) return input_error("'parseInt' with a radix needs a string");
  return Value::of(formula.trunc(terms[0]));
}

Result<Value> extreme(Formula& formula, bool largest, const std::vector<TermId>& terms) {
  TermId best = terms[0];
  for (size_t i = 1; i < terms.size(); i++) {
    const TermId less = formula.binary(TermOp::kLt, best, terms[i]);
    best = largest ? formula.select(less, terms[i], best) : formula.select(less, best, terms[i]);
  }
  return Value::of(best);
}

}  // namespace

Result<TermId> power(Formula& formula, TermId a, TermId b) {
  if (formula.is_number(a) && formula.is_number(b)) return formula.binary(TermOp::kPow, a, b);
  if (formula.is_number(b, 1)) return a;
  if (formula.is_number(b, 2) && !formula.is_lookup(a)) return formula.binary(TermOp::kMul, a, a);
  const double x = formula.terms()[a].number, y = formula.terms()[b].number;
  if (formula.is_number(b)) {
    if (const auto base = formula.as_lookup(a)) return formula.map_lookup(*base, [=](double v) { return std::pow(v, y); });
  } else if (formula.is_number(a)) {
    if (const auto exponent = formula.as_lookup(b)) return formula.map_lookup(*exponent, [=](double v) { return std::pow(x, v); });
  }
  return input_error("a power is supported for constants, table elements and integers of at most 256 values; write a*a for a**2, 1<<n for 2**n");
}

std::optional<double> builtin_constant(std::string_view name) {
  for (const Constant& c : kConstants) {
    if (c.name == name) return c.value;
  }
  return std::nullopt;
}

bool is_builtin_function(std::string_view name) {
  for (std::string_view f : kWordFunctions) {
    if (f == name) return true;
  }
  return constant_function(name) != nullptr;
}

std::string builtin_function_names() {
  std::string names;
  for (std::string_view f : kWordFunctions) names.append(names.empty() ? "" : ", ").append(f);
  names += "; of what takes at most 256 values also";
  for (const ConstantFunction& f : kConstantFunctions) names.append(" ").append(f.name);
  return names;
}

Result<Value> call_builtin(Formula& formula, std::string_view name, const std::vector<Value>& arguments, bool fold_tables) {
  SOTTO_CHECK(is_builtin_function(name));
  const std::string quoted_name = quoted(name) + " ";
  const bool pair = name == "pow";
  if (arguments.empty() || (pair && arguments.size() < 2)) return input_error(quoted_name + "needs " + (pair ? "two arguments" : "an argument"));
  std::vector<TermId> terms;
  for (const Value& argument : arguments) {
    const auto term = to_number(formula, argument);
    if (!term) return input_error(quoted_name + "needs numbers, not an array");
    terms.push_back(*term);
  }
  const TermId x = terms[0];
  if (name == "parseInt") return call_parse_int(formula, arguments, terms);
  if (pair) {
    SOTTO_TRY(const TermId result, power(formula, x, terms[1]));
    return Value::of(result);
  }
  if (name == "min" || name == "max") return extreme(formula, name == "max", terms);
  if (name == "abs") return Value::of(magnitude(formula, x));
  if (name == "sign") return Value::of(sign(formula, x));
  if (name == "sin" || name == "cos" || name == "tan") return Value::of(trigonometric(formula, name, x, fold_tables));
  const ConstantFunction* constant = constant_function(name);
  if (constant == nullptr) return Value::of(rounding(formula, name, x));
  if (formula.is_number(x)) return Value::of(formula.number(constant->f(formula.terms()[x].number)));
  if (const auto element = formula.as_lookup(x)) return Value::of(formula.map_lookup(*element, constant->f));
  return input_error(quoted_name + "is supported for constants, table elements and integers of at most 256 values");
}

}  // namespace sotto::sound
