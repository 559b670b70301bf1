// SPDX-License-Identifier: Apache-2.0
// Syntax tree -> formula -> program. Names become the terms they stand for and functions are written out where they are
// called, so a song of assignments is one formula.
#include "sound/bytebeat/compile.h"

#include <cmath>
#include <memory>
#include <optional>

#include "sound/bytebeat/builtins.h"
#include "sound/bytebeat/compile_formula.h"
#include "sound/bytebeat/formula.h"
#include "sound/bytebeat/lexer.h"
#include "sound/bytebeat/lower.h"
#include "sound/bytebeat/syntax.h"
#include "sound/bytebeat/tables.h"
#include "sound/bytebeat/value.h"

namespace sotto::sound {
namespace {

// Evaluation is recursive, and a function's body is evaluated anew for every call.
constexpr unsigned kMaxDepth = 450, kMaxSteps = 300000;
// Tables are brought down to so many words where instructions are left for it.
constexpr size_t kSmallTable = 64;

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

class Evaluator {
 public:
  Evaluator(std::string_view source, const Syntax& syntax, bool fold_tables)
      : source_(source), syntax_(syntax), fold_tables_(fold_tables) {}

  Result<RootedFormula> run() {
    scope_->names["t"] = Value::of(formula_.t());
    SOTTO_TRY(const TermId root, number(syntax_.root));
    return RootedFormula{std::move(formula_), root};
  }

 private:
  const Node& node(uint32_t id) const { return syntax_.nodes[id]; }
  Error fail(const Node& at, const std::string& message) const { return error_at(source_, at.position, message); }

  // The value of a node where a number is wanted.
  Result<TermId> number(uint32_t id) {
    SOTTO_TRY(Value value, evaluate(id));
    const auto term = to_number(formula_, value);
    if (!term) return fail(node(id), "an array or a function cannot be used as a number; index or call it");
    return *term;
  }

  Result<Value> evaluate(uint32_t id) {
    const Node& n = node(id);
    if (depth_ >= kMaxDepth) return fail(n, "functions call each other too deeply; a function cannot call itself");
    if (++steps_ > kMaxSteps) return fail(n, "functions are called too often; no program of 63 instructions can hold it");
    depth_++;
    Result<Value> value = evaluate_node(n);
    depth_--;
    return value;
  }

  Result<Value> evaluate_node(const Node& n) {
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
    }
    return fail(n, "unknown construct");
  }

  Value literal(const Node& n) {
    Value value = Value::of(formula_.number(n.number));
    value.hole = std::isnan(n.number);
    return value;
  }

  Result<Value> name(const Node& n) {
    if (const Value* known = find(n.text)) return *known;
    if (const auto constant = builtin_constant(n.text)) return Value::of(formula_.number(*constant));
    const std::string quoted_name = quoted(n.text) + " ";
    if (is_builtin_function(n.text)) return fail(n, quoted_name + "is a function; call it: " + std::string(n.text) + "(...)");
    return fail(n, quoted_name + "has no value here; assign it first (a song keeps nothing from one sample to the next)");
  }

  Value* find(std::string_view name) const {
    for (Scope* scope = scope_.get(); scope != nullptr; scope = scope->outer.get()) {
      const auto known = scope->names.find(name);
      if (known != scope->names.end()) return &known->second;
    }
    return nullptr;
  }

  Result<Value> function(const Node& n) {
    Value value;
    value.kind = Value::Kind::kFunction;
    value.function = static_cast<uint32_t>(&n - syntax_.nodes.data());
    value.closure = scope_;
    return value;
  }

  // The body with the parameters in place: functions are written out where they are called.
  Result<Value> apply_function(const Value& callee, const std::vector<Value>& arguments) {
    const Node& n = node(callee.function);
    auto inner = std::make_shared<Scope>();
    inner->outer = callee.closure.lock();
    scopes_.push_back(inner);  // functions made in the body refer to it weakly
    std::swap(scope_, inner);
    Result<Value> value = bind_and_evaluate(n, arguments);
    std::swap(scope_, inner);
    return value;
  }

  Result<Value> bind_and_evaluate(const Node& n, const std::vector<Value>& arguments) {
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
    return evaluate(n.a);
  }

  Result<std::vector<Value>> evaluate_all(const std::vector<uint32_t>& nodes) {
    std::vector<Value> values;
    for (uint32_t id : nodes) {
      SOTTO_TRY(Value value, evaluate(id));
      values.push_back(std::move(value));
    }
    return values;
  }

  Result<Value> array(const Node& n) {
    SOTTO_TRY(std::vector<Value> elements, evaluate_all(n.list));
    return Value::of(std::move(elements));
  }

  Result<Value> unary(const Node& n) {
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
  TermId arithmetic(TermOp op, TermId a, TermId b) {
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

  bool is_pitch(TermId id) const { return formula_.is_lookup(id) && is_pitch_table(formula_.table(formula_.terms()[id].table)); }

  // Constants that multiply the product of a number and a pitch go into the table of pitches: an integer times a pitch is
  // the product that can be made without loss (tables.cpp).
  std::optional<TermId> scaled_pitch(TermOp op, TermId a, TermId b) {
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

  Result<Value> binary(const Node& n) {
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

  Result<Value> logical(const Node& n) {
    SOTTO_TRY(TermId a, number(n.a));
    SOTTO_TRY(TermId b, conditionally(n.b));
    return Value::of(n.text == "&&" ? formula_.select(a, b, a) : formula_.select(a, a, b));
  }

  Result<Value> conditional(const Node& n) {
    SOTTO_TRY(TermId condition, number(n.a));
    if (formula_.is_number(condition)) return evaluate(formula_.is_number(condition, 0) ? n.c : n.b);
    SOTTO_TRY(TermId yes, conditionally(n.b));
    SOTTO_TRY(TermId no, conditionally(n.c));
    return Value::of(formula_.select(condition, yes, no));
  }

  // What JavaScript evaluates on some samples only; both sides are computed here, so nothing may be assigned.
  Result<TermId> conditionally(uint32_t id) {
    conditional_depth_++;
    Result<TermId> value = number(id);
    conditional_depth_--;
    return value;
  }

  Result<Value> assign(const Node& n) {
    if (conditional_depth_ > 0) {
      return fail(n, quoted(n.text) + " is assigned under a condition; write " + std::string(n.text) + " = condition ? new : old");
    }
    SOTTO_TRY(Value value, evaluate(n.a));
    Value* known = find(n.text);
    (known != nullptr ? *known : global_->names[n.text]) = value;
    return value;
  }

  Result<Value> sequence(const Node& n) {
    Value last;
    for (uint32_t child : n.list) {
      SOTTO_TRY(last, evaluate(child));
    }
    return last;
  }

  Result<Value> index(const Node& n) {
    SOTTO_TRY(Value object, evaluate(n.a));
    SOTTO_TRY(TermId i, number(n.b));
    return element(n, object, i);
  }

  Result<Value> element(const Node& n, const Value& object, TermId i) {
    Result<Value> value = index_value(formula_, object, i);
    return value.ok() ? std::move(value) : fail(n, value.error().message);
  }

  Result<Value> member(const Node& n) {
    const Node& object = node(n.a);
    if (object.kind == Node::Kind::kName && object.text == "Math" && find("Math") == nullptr) return name(n);
    if (n.text == "length") {
      SOTTO_TRY(Value value, evaluate(n.a));
      if (const auto length = value.length()) return Value::of(formula_.number(static_cast<double>(*length)));
    }
    return fail(n, quoted(n.text) + " is not supported; strings and arrays have [i], .length and .charCodeAt(i)");
  }

  Result<Value> call(const Node& n) {
    const Node& callee = node(n.a);
    if (callee.kind == Node::Kind::kMember && (callee.text == "charCodeAt" || callee.text == "at")) return text_method(n, callee);
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
    Result<Value> value = call_builtin(formula_, callee.text, arguments);
    return value.ok() ? std::move(value) : fail(callee, value.error().message);
  }

  // "text".charCodeAt(i) and x.at(i) for an index from the start.
  Result<Value> text_method(const Node& n, const Node& callee) {
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

  std::string_view source_;
  const Syntax& syntax_;
  Formula formula_;
  std::shared_ptr<Scope> global_ = std::make_shared<Scope>();
  std::shared_ptr<Scope> scope_ = global_;
  std::vector<std::shared_ptr<Scope>> scopes_;
  const bool fold_tables_;
  unsigned conditional_depth_ = 0;
  unsigned depth_ = 0, steps_ = 0;
};

}  // namespace

Result<RootedFormula> compile_formula(std::string_view source, bool fold_tables) {
  SOTTO_TRY(const Syntax syntax, parse(source));
  return Evaluator(source, syntax, fold_tables).run();
}

namespace {

bool is_small(const Result<Program>& program) {
  return program.ok() && smallest_class(*program).ok() && program->table.size() <= kSmallTable;
}

bool is_better(const Result<Program>& x, const Result<Program>& y) {
  if (!x.ok() || !y.ok()) return x.ok() && !y.ok();
  return smallest_class(*x).ok() ? !smallest_class(*y).ok() : !smallest_class(*y).ok() && x->code.size() < y->code.size();
}

}  // namespace

Result<Program> compile(std::string_view source) {
  // Translations from the most faithful to the shortest: without pitches in two limbs; with packed tables, which cost
  // instructions; without folding, where every folded table takes room of its own.
  static constexpr struct { bool fold; TableOptions tables; } kVariants[] = {
      {true, {kMaxTable, true}},   {true, {kSmallTable, true}},  {true, {kMaxTable, false}},
      {true, {kSmallTable, false}}, {false, {kMaxTable, false}}, {false, {kSmallTable, false}}};
  std::optional<Result<Program>> best;
  std::optional<RootedFormula> formula;
  bool folded = false;
  for (const auto& variant : kVariants) {
    if (!formula || folded != variant.fold) {
      SOTTO_TRY(formula, compile_formula(source, variant.fold));
      folded = variant.fold;
    }
    Result<Program> program = lower(formula->formula, formula->root, variant.tables);
    if (is_small(program)) return program;
    if (!best || is_better(program, *best)) best = std::move(program);
  }
  return std::move(*best);
}

}  // namespace sotto::sound
