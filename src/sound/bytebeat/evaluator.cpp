// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/evaluator.h"

#include <cmath>

#include "sound/bytebeat/builtins.h"

namespace sotto::sound {
namespace {

TermOp binary_op(std::string_view text) {
  static constexpr struct { std::string_view text; TermOp op; } kTable[] = {
      {"+", TermOp::kAdd},  {"-", TermOp::kSub},  {"*", TermOp::kMul},   {"/", TermOp::kDiv},   {"%", TermOp::kMod},
      {"**", TermOp::kPow}, {"&", TermOp::kAnd},  {"|", TermOp::kOr},    {"^", TermOp::kXor},   {"<<", TermOp::kShl},
      {">>", TermOp::kShr}, {"<", TermOp::kLt},   {"<=", TermOp::kLe},   {">", TermOp::kGt},    {">=", TermOp::kGe},
      {"==", TermOp::kEq},  {"===", TermOp::kEq}, {"!=", TermOp::kNe},   {"!==", TermOp::kNe}};
  for (const auto& row : kTable) {
    if (row.text == text) return row.op;
  }
  return TermOp::kUshr;
}

}  // namespace

Result<RootedFormula> Evaluator::run() {
  scope_->names["t"] = Value::of(formula_.t());
  if (node(syntax_.root).kind == Node::Kind::kBlock) {
    SOTTO_TRY(const Value value, run_body(node(syntax_.root)));
    const auto term = to_number(formula_, value);
    if (!term) return fail(node(syntax_.root), "the song's value is an array or a function; index or call it");
    return RootedFormula{std::move(formula_), *term};
  }
  SOTTO_TRY(const TermId root, number(syntax_.root));
  return RootedFormula{std::move(formula_), root};
}

// The value of a node where a number is wanted.
Result<TermId> Evaluator::number(uint32_t id) {
  SOTTO_TRY(Value value, evaluate(id));
  const auto term = to_number(formula_, value);
  if (!term) return fail(node(id), "an array or a function cannot be used as a number; index or call it");
  return *term;
}

Result<Value> Evaluator::evaluate(uint32_t id) {
  const Node& n = node(id);
  if (depth_ >= kMaxDepth) return fail(n, "functions call each other too deeply; a function cannot call itself");
  if (++steps_ > kMaxSteps) return fail(n, "functions and loops run too often; no program of 63 instructions can hold it");
  depth_++;
  Result<Value> value = evaluate_node(n);
  depth_--;
  return value;
}

Result<Value> Evaluator::evaluate_node(const Node& n) {
  switch (n.kind) {
    case Node::Kind::kNumber: return literal(n);
    case Node::Kind::kString: return Value::of(n.string);
    case Node::Kind::kName: return name(n);
    case Node::Kind::kArray: return array(n);
    case Node::Kind::kUnary: return unary(n);
    case Node::Kind::kBinary: return binary(n);
    case Node::Kind::kLogical: return logical(n);
    case Node::Kind::kConditional: return conditional(n);
    case Node::Kind::kAssign: return assign(n);
    case Node::Kind::kSequence: return sequence(n);
    case Node::Kind::kIndex: return index(n);
    case Node::Kind::kMember: return member(n);
    case Node::Kind::kCall: return call(n);
    case Node::Kind::kFunction: return function(n);
    case Node::Kind::kDeclare: SOTTO_TRY_STATUS(declare(n)); return Value{};
    default: break;  // other statements: execute()
  }
  return fail(n, "unknown construct");
}

Value Evaluator::literal(const Node& n) {
  Value value = Value::of(formula_.number(n.number));
  value.hole = std::isnan(n.number);
  return value;
}

Result<Value> Evaluator::name(const Node& n) {
  if (const Value* known = find(n.text)) return *known;
  if (const auto constant = builtin_constant(n.text)) return Value::of(formula_.number(*constant));
  const std::string quoted_name = quoted(n.text) + " ";
  if (is_builtin_function(n.text)) return fail(n, quoted_name + "is a function; call it: " + std::string(n.text) + "(...)");
  return fail(n, quoted_name + "has no value here; assign it first (a song keeps nothing from one sample to the next)");
}

Value* Evaluator::find(std::string_view name) const {
  for (Scope* scope = scope_.get(); scope != nullptr; scope = scope->outer.get()) {
    const auto known = scope->names.find(name);
    if (known != scope->names.end()) return &known->second;
  }
  return nullptr;
}

Result<Value> Evaluator::function(const Node& n) {
  Value value;
  value.kind = Value::Kind::kFunction;
  value.function = static_cast<uint32_t>(&n - syntax_.nodes.data());
  value.closure = scope_;
  return value;
}

// The body with the parameters in place: functions are written out where they are called.
Result<Value> Evaluator::apply_function(const Value& callee, const std::vector<Value>& arguments) {
  const Node& n = node(callee.function);
  auto inner = callee.closure.lock();
  std::swap(scope_, inner);
  scope_ = enter_scope();
  Result<Value> value = bind_and_evaluate(n, arguments);
  std::swap(scope_, inner);
  return value;
}

Result<Value> Evaluator::bind_and_evaluate(const Node& n, const std::vector<Value>& arguments) {
  for (size_t i = 0; i < n.list.size(); i++) {
    const Node& parameter = node(n.list[i]);
    Value value = Value::of(formula_.number(0));
    if (i < arguments.size()) {
      value = arguments[i];
    } else if (parameter.kind == Node::Kind::kAssign) {  // its default
      SOTTO_TRY(value, evaluate(parameter.a));
    }
    scope_->names[parameter.text] = value;
  }
  return node(n.a).kind == Node::Kind::kBlock ? run_body(node(n.a)) : evaluate(n.a);
}

Result<std::vector<Value>> Evaluator::evaluate_all(const std::vector<uint32_t>& nodes) {
  std::vector<Value> values;
  for (uint32_t id : nodes) {
    SOTTO_TRY(Value value, evaluate(id));
    values.push_back(std::move(value));
  }
  return values;
}

Result<Value> Evaluator::array(const Node& n) {
  SOTTO_TRY(std::vector<Value> elements, evaluate_all(n.list));
  return Value::of(std::move(elements));
}

Result<Value> Evaluator::unary(const Node& n) {
  SOTTO_TRY(TermId a, number(n.a));
  switch (n.text[0]) {
    case '-': return Value::of(arithmetic(TermOp::kSub, formula_.number(0), a));
    case '~': return Value::of(formula_.binary(TermOp::kXor, a, formula_.number(-1)));
    case '!': return Value::of(formula_.binary(TermOp::kEq, a, formula_.number(0)));
    default: return Value::of(a);
  }
}

// Arithmetic of a table element with a constant is done in the table: [..][i]/3, [..][i]+3. So it is also right
// where the index is out of range: JavaScript computes NaN from NaN there, and both are heard as 0.
TermId Evaluator::arithmetic(TermOp op, TermId a, TermId b) {
  const bool in_table = fold_tables_ && op >= TermOp::kAdd && op <= TermOp::kMod;
  if (in_table && formula_.is_lookup(a) && formula_.is_number(b)) {
    const double y = formula_.terms()[b].number;
    return formula_.map_lookup(a, [=](double x) { return apply(op, x, y); });
  }
  if (in_table && formula_.is_lookup(b) && formula_.is_number(a)) {
    const double x = formula_.terms()[a].number;
    return formula_.map_lookup(b, [=](double y) { return apply(op, x, y); });
  }
  if (fold_tables_ && (op == TermOp::kMul || op == TermOp::kDiv)) {
    if (const auto folded = scaled_pitch(op, a, b)) return *folded;
  }
  return formula_.binary(op, a, b);
}

// Constants that multiply the product of a number and a pitch go into the table of pitches: an integer times a pitch is
// the product that can be made without loss (tables.cpp).
std::optional<TermId> Evaluator::scaled_pitch(TermOp op, TermId a, TermId b) {
  const Term x = formula_.terms()[a];
  if (x.op == TermOp::kMul && formula_.is_number(b) && (is_pitch(x.a) || is_pitch(x.b))) {
    const double factor = formula_.terms()[b].number;
    const TermId pitch = is_pitch(x.a) ? x.a : x.b, other = is_pitch(x.a) ? x.b : x.a;
    return formula_.binary(TermOp::kMul, other, formula_.map_lookup(pitch, [=](double v) { return apply(op, v, factor); }));
  }
  if (op == TermOp::kMul && formula_.is_number(a) && !formula_.is_number(b)) return scaled_pitch(op, b, a);
  if (op != TermOp::kMul || is_pitch(a) == is_pitch(b)) return std::nullopt;
  if (is_pitch(a)) std::swap(a, b);
  const Term y = formula_.terms()[a];
  if (y.integer || (y.op != TermOp::kMul && y.op != TermOp::kDiv)) return std::nullopt;
  const bool first = y.op == TermOp::kMul && formula_.is_number(y.a);
  if (!first && !formula_.is_number(y.b)) return std::nullopt;
  const double factor = formula_.terms()[first ? y.a : y.b].number;
  return arithmetic(TermOp::kMul, first ? y.b : y.a, formula_.map_lookup(b, [=](double v) { return apply(y.op, v, factor); }));
}

Result<Value> Evaluator::binary(const Node& n) {
  const TermOp op = n.text == ">>>" ? TermOp::kUshr : binary_op(n.text);
  SOTTO_TRY(Value x, evaluate(n.a));
  SOTTO_TRY(Value y, evaluate(n.b));
  if (op == TermOp::kAdd && (x.is_text() || y.is_text())) {
    return fail(n, "'+' on a string would join text; write \"..\"[i]*1 to get a number");
  }
  const auto a = to_number(formula_, x), b = to_number(formula_, y);
  if (!a || !b) return fail(n, "an array or a function cannot be used as a number; index or call it");
  if (op == TermOp::kPow) {
    const Result<TermId> result = power(formula_, *a, *b);
    return result.ok() ? Result<Value>(Value::of(*result)) : fail(n, result.error().message);
  }
  return Value::of(arithmetic(op, *a, *b));
}

Result<Value> Evaluator::logical(const Node& n) {
  SOTTO_TRY(TermId a, number(n.a));
  const bool both = n.text == "&&";
  if (formula_.is_number(a)) return formula_.is_number(a, 0) == both ? Value::of(a) : evaluate(n.b);
  TermId b = 0;
  SOTTO_TRY(const Changes changes, conditionally(n.b, b));
  SOTTO_TRY_STATUS(both ? merge(n, a, changes, {}) : merge(n, a, {}, changes));
  return Value::of(both ? formula_.select(a, b, a) : formula_.select(a, a, b));
}

Result<Value> Evaluator::conditional(const Node& n) {
  SOTTO_TRY(TermId condition, number(n.a));
  if (formula_.is_number(condition)) return evaluate(formula_.is_number(condition, 0) ? n.c : n.b);
  TermId yes = 0, no = 0;
  SOTTO_TRY(const Changes if_yes, conditionally(n.b, yes));
  SOTTO_TRY(const Changes if_no, conditionally(n.c, no));
  SOTTO_TRY_STATUS(merge(n, condition, if_yes, if_no));
  return Value::of(formula_.select(condition, yes, no));
}

// What JavaScript evaluates on some samples only: both sides are computed, and what they assign is selected.
Result<Evaluator::Changes> Evaluator::conditionally(uint32_t id, TermId& value) {
  return branch([&]() -> Status {
    SOTTO_TRY(value, number(id));
    return ok_status();
  });
}

Result<Value> Evaluator::assign(const Node& n) {
  SOTTO_TRY(Value value, evaluate(n.a));
  Scope* scope = scope_.get();
  while (scope != nullptr && !scope->names.contains(n.text)) scope = scope->outer.get();
  set(scope != nullptr ? *scope : *global_, n.text, value);
  return value;
}

Result<Value> Evaluator::sequence(const Node& n) {
  Value last;
  for (uint32_t child : n.list) {
    SOTTO_TRY(last, evaluate(child));
  }
  return last;
}

Result<Value> Evaluator::index(const Node& n) {
  SOTTO_TRY(Value object, evaluate(n.a));
  SOTTO_TRY(TermId i, number(n.b));
  return element(n, object, i);
}

Result<Value> Evaluator::element(const Node& n, const Value& object, TermId i) {
  Result<Value> value = index_value(formula_, object, i);
  return value.ok() ? std::move(value) : fail(n, value.error().message);
}

Result<Value> Evaluator::member(const Node& n) {
  const Node& object = node(n.a);
  if (object.kind == Node::Kind::kName && object.text == "Math" && find("Math") == nullptr) return name(n);
  if (n.text == "length") {
    SOTTO_TRY(Value value, evaluate(n.a));
    if (const auto length = value.length()) return Value::of(formula_.number(static_cast<double>(*length)));
  }
  return fail(n, quoted(n.text) + " is not supported; strings and arrays have [i], .length and .charCodeAt(i)");
}

Result<Value> Evaluator::call(const Node& n) {
  const Node& callee = node(n.a);
  if (callee.kind == Node::Kind::kMember && (callee.text == "charCodeAt" || callee.text == "at")) return text_method(n, callee);
  if (callee.kind == Node::Kind::kMember && (callee.text == "map" || callee.text == "reduce")) return array_method(n, callee);
  const bool is_name = callee.kind == Node::Kind::kName;
  if (is_name ? find(callee.text) != nullptr : callee.kind != Node::Kind::kMember) {
    SOTTO_TRY(const Value target, evaluate(n.a));
    if (target.kind != Value::Kind::kFunction) return fail(callee, is_name ? quoted(callee.text) + " is no function" : "what is called here is no function");
    SOTTO_TRY(const std::vector<Value> arguments, evaluate_all(n.list));
    return apply_function(target, arguments);
  }
  const bool of_math = callee.kind == Node::Kind::kMember && node(callee.a).kind == Node::Kind::kName && node(callee.a).text == "Math";
  if ((callee.kind != Node::Kind::kName && !of_math) || !is_builtin_function(callee.text)) {
    return fail(callee, quoted(callee.text) + " is not supported; functions are " + builtin_function_names());
  }
  SOTTO_TRY(const std::vector<Value> arguments, evaluate_all(n.list));
  if (callee.text == "random") return Value::of(formula_.noise(noises_++));
  Result<Value> value = call_builtin(formula_, callee.text, arguments, fold_tables_);
  return value.ok() ? std::move(value) : fail(callee, value.error().message);
}

// "text".charCodeAt(i) and x.at(i) for an index from the start.
Result<Value> Evaluator::text_method(const Node& n, const Node& callee) {
  SOTTO_TRY(Value object, evaluate(callee.a));
  TermId i = formula_.number(0);
  if (!n.list.empty()) {
    SOTTO_TRY(i, number(n.list[0]));
  }
  SOTTO_TRY(Value value, element(callee, object, formula_.trunc(i)));
  if (callee.text == "at") return value;
  const auto code = character_code(formula_, value);
  return code ? Result<Value>(Value::of(*code)) : fail(callee, "'charCodeAt' needs a string");
}

// [..].map(f) and [..].reduce(f, start): f is written out for every element.
Result<Value> Evaluator::array_method(const Node& n, const Node& callee) {
  SOTTO_TRY(const Value object, evaluate(callee.a));
  if (object.kind != Value::Kind::kArray) return fail(callee, quoted(callee.text) + " needs an array before it");
  SOTTO_TRY(const std::vector<Value> arguments, evaluate_all(n.list));
  if (arguments.empty() || arguments[0].kind != Value::Kind::kFunction) return fail(callee, quoted(callee.text) + " needs a function: x => formula");
  const std::vector<Value>& elements = *object.array;
  const auto position = [this](size_t i) { return Value::of(formula_.number(static_cast<double>(i))); };
  if (callee.text == "map") {
    std::vector<Value> mapped;
    for (size_t i = 0; i < elements.size(); i++) {
      SOTTO_TRY(Value value, apply_function(arguments[0], {elements[i], position(i)}));
      mapped.push_back(std::move(value));
    }
    return Value::of(std::move(mapped));
  }
  if (elements.empty() && arguments.size() < 2) return fail(callee, "'reduce' of no elements needs a start: .reduce(f, 0)");
  Value sum = arguments.size() > 1 ? arguments[1] : elements[0];
  for (size_t i = arguments.size() > 1 ? 0 : 1; i < elements.size(); i++) {
    SOTTO_TRY(sum, apply_function(arguments[0], {sum, elements[i], position(i)}));
  }
  return sum;
}

}  // namespace sotto::sound
