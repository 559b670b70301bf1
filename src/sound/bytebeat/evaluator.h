// SPDX-License-Identifier: Apache-2.0
// Syntax tree -> formula. Names become the terms they stand for, functions are written out where they are called, loops are
// unrolled, and conditions become selects, so a song is one formula. Expressions are in evaluator.cpp, the rest in statements.cpp.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sound/bytebeat/compile_formula.h"
#include "sound/bytebeat/formula.h"
#include "sound/bytebeat/lexer.h"
#include "sound/bytebeat/syntax.h"
#include "sound/bytebeat/tables.h"
#include "sound/bytebeat/value.h"

namespace sotto::sound {

// Evaluation is recursive, and a function's body is evaluated anew for every call.
inline constexpr unsigned kMaxDepth = 450, kMaxSteps = 300000;
// Of all loops of a song together. What is left of a longer one fits no program.
inline constexpr unsigned kMaxIterations = 4096;

class Evaluator {
 public:
  Evaluator(std::string_view source, const Syntax& syntax, bool fold_tables)
      : source_(source), syntax_(syntax), fold_tables_(fold_tables) {}

  Result<RootedFormula> run();

 private:
  const Node& node(uint32_t id) const { return syntax_.nodes[id]; }
  Error fail(const Node& at, const std::string& message) const { return error_at(source_, at.position, message); }

  // Assignments of one side of a condition, in the order of their first appearance.
  struct Change {
    Scope* scope;
    std::string_view name;
    Value value;
  };
  struct Changes {
    std::vector<Change> list;
    std::map<std::pair<Scope*, std::string_view>, size_t> known;
    const Value* find(const Change& change) const;
  };

  Result<TermId> number(uint32_t id);
  Result<Value> evaluate(uint32_t id);
  Result<Value> evaluate_node(const Node& n);
  Value literal(const Node& n);
  Result<Value> name(const Node& n);
  Value* find(std::string_view name) const;
  Result<Value> function(const Node& n);
  Result<Value> apply_function(const Value& callee, const std::vector<Value>& arguments);
  Result<Value> bind_and_evaluate(const Node& n, const std::vector<Value>& arguments);
  Result<std::vector<Value>> evaluate_all(const std::vector<uint32_t>& nodes);
  Result<Value> array(const Node& n);
  Result<Value> unary(const Node& n);
  TermId arithmetic(TermOp op, TermId a, TermId b);
  bool is_pitch(TermId id) const { return formula_.is_lookup(id) && is_pitch_table(formula_.table(formula_.terms()[id].table)); }

  std::optional<TermId> scaled_pitch(TermOp op, TermId a, TermId b);
  Result<Value> binary(const Node& n);
  Result<Value> logical(const Node& n);
  Result<Value> conditional(const Node& n);
  Result<Changes> conditionally(uint32_t id, TermId& value);
  Result<Value> assign(const Node& n);
  Result<Value> sequence(const Node& n);
  Result<Value> index(const Node& n);
  Result<Value> element(const Node& n, const Value& object, TermId i);
  Result<Value> member(const Node& n);
  Result<Value> call(const Node& n);
  Result<Value> text_method(const Node& n, const Node& callee);
  Result<Value> array_method(const Node& n, const Node& callee);

  // statements.cpp
  void set(Scope& scope, std::string_view name, Value value);
  Result<Changes> branch(const std::function<Status()>& run);
  Status merge(const Node& at, TermId condition, const Changes& yes, const Changes& no);
  Status merge_one(const Node& at, TermId condition, const Change& change, const Value* yes, const Value* no);
  Result<Value> run_body(const Node& block);
  Status execute(uint32_t id);
  Status execute_node(uint32_t id);
  Status statements(const std::vector<uint32_t>& list, size_t from);
  Status block(const Node& n);
  Status declare(const Node& n);
  Status if_statement(const Node& n);
  Status for_statement(const Node& n);
  Status loop(const Node& n);
  Status each(const Node& n);
  Status count_iteration(const Node& n);
  Status unless_returned(const Node& at, const std::function<Status()>& rest);
  TermId returned() const;
  std::shared_ptr<Scope> enter_scope();

  std::string_view source_;
  const Syntax& syntax_;
  Formula formula_;
  std::shared_ptr<Scope> global_ = std::make_shared<Scope>();
  std::shared_ptr<Scope> scope_ = global_;
  std::vector<std::shared_ptr<Scope>> scopes_;
  const bool fold_tables_;
  struct Undo {
    Scope* scope;
    std::string_view name;
    std::optional<Value> before;
  };
  std::vector<Undo> journal_;  // assignments under a condition
  unsigned conditional_depth_ = 0;
  Scope* frame_ = nullptr;  // of the function whose statements run
  unsigned depth_ = 0, steps_ = 0, iterations_ = 0;
  uint32_t noises_ = 0;  // calls of random() so far
};

}  // namespace sotto::sound
