// SPDX-License-Identifier: Apache-2.0
// Statements, loops and assignments under a condition. Whatever depends on t becomes a select: both sides are computed
// (nothing has an effect but assignments), and every name that one of them assigned gets a select of the two values.
#include <string>

#include "sound/bytebeat/builtins.h"
#include "sound/bytebeat/evaluator.h"

namespace sotto::sound {
namespace {

// Of the function that runs: whether it has returned, and what. No source can name these.
constexpr std::string_view kReturned = "%returned", kResult = "%result";

bool same(const Value& x, const Value& y) {
  return x.kind == y.kind && x.term == y.term && x.string == y.string && x.array == y.array && x.function == y.function &&
         x.closure.lock() == y.closure.lock();
}

}  // namespace

const Value* Evaluator::Changes::find(const Change& change) const {
  const auto at = known.find({change.scope, change.name});
  return at == known.end() ? nullptr : &list[at->second].value;
}

std::shared_ptr<Scope> Evaluator::enter_scope() {
  auto inner = std::make_shared<Scope>();
  inner->outer = scope_;
  scopes_.push_back(inner);  // functions refer to their scopes weakly
  inner->number = scopes_.size();
  return inner;
}

void Evaluator::set(Scope& scope, std::string_view name, Value value) {
  if (conditional_depth_ > 0) {
    const auto known = scope.names.find(name);
    journal_.push_back({&scope, name, known == scope.names.end() ? std::nullopt : std::optional<Value>(known->second)});
  }
  scope.names[name] = std::move(value);
}

// Runs one side of a condition, takes its assignments back and tells them. Scopes that the side itself made are gone with it.
Result<Evaluator::Changes> Evaluator::branch(const std::function<Status()>& run) {
  const size_t mark = journal_.size(), scopes = scopes_.size();
  conditional_depth_++;
  SOTTO_TRY_STATUS(run());  // an error ends the compilation
  conditional_depth_--;
  Changes changes;
  for (size_t i = mark; i < journal_.size(); i++) {
    const Undo& undo = journal_[i];
    if (undo.scope->number > scopes) continue;
    if (!changes.known.try_emplace({undo.scope, undo.name}, changes.list.size()).second) continue;
    changes.list.push_back({undo.scope, undo.name, undo.scope->names.at(undo.name)});
  }
  for (; journal_.size() > mark; journal_.pop_back()) {
    const Undo& undo = journal_.back();
    if (undo.scope->number > scopes) continue;
    if (undo.before) undo.scope->names[undo.name] = *undo.before;
    else undo.scope->names.erase(undo.name);
  }
  return changes;
}

Status Evaluator::merge(const Node& at, TermId condition, const Changes& yes, const Changes& no) {
  for (const Change& change : yes.list) SOTTO_TRY_STATUS(merge_one(at, condition, change, &change.value, no.find(change)));
  for (const Change& change : no.list) {
    if (yes.find(change) == nullptr) SOTTO_TRY_STATUS(merge_one(at, condition, change, nullptr, &change.value));
  }
  return ok_status();
}

Status Evaluator::merge_one(const Node& at, TermId condition, const Change& change, const Value* yes, const Value* no) {
  if (++steps_ > kMaxSteps) return fail(at, "too much is assigned under conditions; no program of 63 instructions can hold it");
  const auto known = change.scope->names.find(change.name);
  Value before;
  if (known != change.scope->names.end()) {
    before = known->second;
  } else if (yes == nullptr || no == nullptr) {
    const auto constant = builtin_constant(change.name);
    if (!constant) return ok_status();  // no value on the other side: to use it afterwards is an error
    before = Value::of(formula_.number(*constant));
  }
  const Value& x = yes != nullptr ? *yes : before;
  const Value& y = no != nullptr ? *no : before;
  if (same(x, y)) {
    set(*change.scope, change.name, x);
    return ok_status();
  }
  if (x.kind != Value::Kind::kNumber || y.kind != Value::Kind::kNumber) {
    const std::string what = change.name == kResult ? "what is returned" : quoted(change.name);
    return fail(at, what + " is a string, array or function that depends on a condition; only numbers can");
  }
  set(*change.scope, change.name, Value::of(formula_.select(condition, x.term, y.term)));
  return ok_status();
}

// The body of a function, in whose scope we are, or a whole song: that has the value of its last expression.
Result<Value> Evaluator::run_body(const Node& block) {
  Scope* const caller = frame_;
  frame_ = scope_.get();
  frame_->names[kReturned] = frame_->names[kResult] = Value::of(formula_.number(0));
  SOTTO_TRY_STATUS(statements(block.list, 0));
  Value result = frame_->names[kResult];
  frame_ = caller;
  return result;
}

TermId Evaluator::returned() const { return frame_->names.at(kReturned).term; }

// What follows a return under a condition: it runs where nothing has returned.
Status Evaluator::unless_returned(const Node& at, const std::function<Status()>& rest) {
  if (depth_ >= kMaxDepth) return fail(at, "too many returns under conditions");
  const TermId condition = returned();
  depth_++;
  SOTTO_TRY(const Changes changes, branch([&]() -> Status {
    set(*frame_, kReturned, Value::of(formula_.number(0)));
    return rest();
  }));
  depth_--;
  return merge(at, condition, {}, changes);
}

Status Evaluator::statements(const std::vector<uint32_t>& list, size_t from) {
  for (size_t i = from; i < list.size(); i++) {
    SOTTO_TRY_STATUS(execute(list[i]));
    if (formula_.is_number(returned(), 0)) continue;
    if (formula_.is_number(returned()) || i + 1 == list.size()) return ok_status();
    return unless_returned(node(list[i]), [&] { return statements(list, i + 1); });
  }
  return ok_status();
}

Status Evaluator::execute(uint32_t id) {
  if (depth_ >= kMaxDepth) return fail(node(id), "functions, loops with returns or blocks are nested too deeply; a function cannot call itself");
  if (++steps_ > kMaxSteps) return fail(node(id), "functions and loops run too often; no program of 63 instructions can hold it");
  depth_++;
  const Status status = execute_node(id);
  depth_--;
  return status;
}

Status Evaluator::execute_node(uint32_t id) {
  const Node& n = node(id);
  switch (n.kind) {
    case Node::Kind::kBlock: return block(n);
    case Node::Kind::kDeclare: return declare(n);
    case Node::Kind::kIf: return if_statement(n);
    case Node::Kind::kFor: return for_statement(n);
    case Node::Kind::kEach: return each(n);
    default: break;
  }
  const bool is_return = n.kind == Node::Kind::kReturn;
  SOTTO_TRY(const Value value, evaluate(is_return ? n.a : id));
  const bool is_result = frame_ == global_.get() && value.kind == Value::Kind::kNumber;
  if (is_return || is_result) set(*frame_, kResult, value);
  if (is_return) set(*frame_, kReturned, Value::of(formula_.number(1)));
  return ok_status();
}

Status Evaluator::block(const Node& n) {
  const auto outer = scope_;
  scope_ = enter_scope();
  const Status status = statements(n.list, 0);
  scope_ = outer;
  return status;
}

Status Evaluator::declare(const Node& n) {
  SOTTO_TRY(Value value, evaluate(n.a));
  const bool whole_function = n.b != 0;  // var
  set(whole_function ? *frame_ : *scope_, n.text, std::move(value));
  return ok_status();
}

Status Evaluator::if_statement(const Node& n) {
  SOTTO_TRY(const TermId condition, number(n.a));
  if (formula_.is_number(condition)) return execute(formula_.is_number(condition, 0) ? n.c : n.b);
  SOTTO_TRY(const Changes yes, branch([&] { return execute(n.b); }));
  SOTTO_TRY(const Changes no, branch([&] { return execute(n.c); }));
  return merge(n, condition, yes, no);
}

Status Evaluator::count_iteration(const Node& n) {
  if (++iterations_ <= kMaxIterations) return ok_status();
  return fail(n, "loops run more than " + std::to_string(kMaxIterations) + " times in all; no program of 63 instructions can hold it");
}

Status Evaluator::for_statement(const Node& n) {
  const auto outer = scope_;
  scope_ = enter_scope();
  Status status = execute(n.a);
  if (status.ok()) status = loop(n);
  scope_ = outer;
  return status;
}

// The loop from its condition on.
Status Evaluator::loop(const Node& n) {
  for (;;) {
    SOTTO_TRY(const TermId condition, number(n.b));
    if (!formula_.is_number(condition)) return fail(node(n.b), "the end of this loop depends on t; only loops with constant bounds can be written out");
    if (formula_.is_number(condition, 0)) return ok_status();
    SOTTO_TRY_STATUS(count_iteration(n));
    SOTTO_TRY_STATUS(execute(n.list[0]));
    if (formula_.is_number(returned(), 0)) {
      SOTTO_TRY_STATUS(evaluate(n.c));
      continue;
    }
    if (formula_.is_number(returned())) return ok_status();
    return unless_returned(n, [&]() -> Status {
      SOTTO_TRY_STATUS(evaluate(n.c));
      return loop(n);
    });
  }
}

// for (let x of array). After a return under a condition the remaining elements would have to be selected too.
Status Evaluator::each(const Node& n) {
  SOTTO_TRY(const Value object, evaluate(n.a));
  if (!object.length()) return fail(node(n.a), "'of' needs an array or a string");
  const auto outer = scope_;
  for (size_t i = 0; i < *object.length(); i++) {
    SOTTO_TRY_STATUS(count_iteration(n));
    scope_ = enter_scope();
    const bool text = object.kind == Value::Kind::kString;
    scope_->names[n.text] = text ? Value::of(std::string(1, (*object.string)[i])) : (*object.array)[i];
    SOTTO_TRY_STATUS(execute(n.list[0]));
    scope_ = outer;
    if (formula_.is_number(returned(), 0)) continue;
    if (formula_.is_number(returned())) return ok_status();
    return fail(n, "a return under a condition is not supported in a loop over elements");
  }
  return ok_status();
}

}  // namespace sotto::sound
