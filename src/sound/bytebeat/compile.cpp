// SPDX-License-Identifier: Apache-2.0
// Source -> formula -> program: of several translations the one that fits best.
#include "sound/bytebeat/compile.h"

#include <optional>

#include "sound/bytebeat/compile_formula.h"
#include "sound/bytebeat/evaluator.h"
#include "sound/bytebeat/lower.h"

namespace sotto::sound {

Result<RootedFormula> compile_formula(std::string_view source, bool fold_tables, SampleMode mode) {
  SOTTO_TRY(const Syntax syntax, parse(source));
  SOTTO_TRY(RootedFormula song, Evaluator(source, syntax, fold_tables).run());
  if (mode == SampleMode::kSigned) song.root = song.formula.binary(TermOp::kAdd, song.root, song.formula.number(128));
  return song;
}

unsigned noises_heard(const RootedFormula& song) {
  const std::vector<bool> live = live_terms(song.formula, song.root);
  unsigned n = 0;
  for (TermId i = 0; i <= song.root; i++) n += live[i] && song.formula.terms()[i].op == TermOp::kNoise;
  return n;
}

namespace {

// Tables are brought down to so many words where instructions are left for it.
constexpr size_t kSmallTable = 64;

bool is_small(const Result<Program>& program) {
  return program.ok() && smallest_class(*program).ok() && program->table.size() <= kSmallTable;
}

bool is_better(const Result<Program>& x, const Result<Program>& y) {
  if (!x.ok() || !y.ok()) return x.ok() && !y.ok();
  return smallest_class(*x).ok() ? !smallest_class(*y).ok() : !smallest_class(*y).ok() && x->code.size() < y->code.size();
}

}  // namespace

Result<Program> compile(std::string_view source, SampleMode mode) {
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
      SOTTO_TRY(formula, compile_formula(source, variant.fold, mode));
      folded = variant.fold;
    }
    Result<Program> program = lower(formula->formula, formula->root, variant.tables);
    if (is_small(program)) return program;
    if (!best || is_better(program, *best)) best = std::move(program);
  }
  return std::move(*best);
}

}  // namespace sotto::sound
