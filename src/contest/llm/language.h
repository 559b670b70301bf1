// SPDX-License-Identifier: Apache-2.0
// The language that a model is asked to write, as one table: the text goes into the system prompt, the pattern turns an
// operation of a compiled program back into genes. What a genome can say and what the prompt allows cannot drift apart.
#pragma once
#include <optional>
#include <span>

#include "contest/mind/genome.h"
#include "sound/bytebeat/program.h"

namespace sotto::contest {

struct LanguageForm {
  const char* text;                // "e+e", as the prompt says it; e stands for an expression
  std::optional<sound::Op> op;     // the operation whose instructions this row turns into genes; empty: written otherwise
  const char* genes;               // prefix pattern of genome tokens: a, b, c are the operands
};

std::span<const LanguageForm> language_forms();

// The genes of a program, its slots written out as often as they are used. `root` is the output, or an earlier slot's
// instruction. Error where it needs more than kMaxNodes nodes or a table that no genome can hold.
Result<Genome> genome_of(const sound::Program& program, sound::Operand root);

}  // namespace sotto::contest
