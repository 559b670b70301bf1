// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/children.h"

#include <algorithm>
#include <set>

#include "contest/llm/adapter.h"
#include "contest/llm/answer_text.h"
#include "contest/llm/formula_repair.h"
#include "contest/llm/language.h"
#include "contest/llm/operators.h"
#include "sound/bytebeat/compile.h"

namespace sotto::contest {
namespace {

constexpr size_t kMaxReason = 120;

std::string short_reason(std::string text) {
  if (text.size() > kMaxReason) text.resize(kMaxReason);
  return text;
}

// Instructions of the song that a genome makes; 0: it does not fit, or is no song.
size_t instructions_of(const Genome& genome, const sound::SizeClass& size) {
  const auto program = sound::compile(to_source(genome));
  return program && sound::fits(*program, size) ? program->code.size() : 0;
}

// The genome of the whole program, or else of its largest part that fits.
Result<Genome> fitting_genome(const sound::Program& program, const sound::SizeClass& size, bool& cut) {
  Result<Genome> whole = genome_of(program, program.output);
  if (whole && instructions_of(*whole, size)) return whole;
  cut = true;
  size_t most = 0;
  Result<Genome> best = whole ? input_error("too long: more than " + std::to_string(size.max_instructions()) + " instructions") : whole.error();
  for (size_t i = 0; i < program.code.size(); i++) {
    Result<Genome> part = genome_of(program, {sound::Operand::Kind::kSlot, static_cast<uint8_t>(i)});
    const size_t instructions = part ? instructions_of(*part, size) : 0;
    if (instructions <= most) continue;
    most = instructions;
    best = std::move(part);
  }
  return best;
}

// Compiles what was written, or what it becomes when it is mended.
Result<sound::Program> compile_tolerantly(const std::string& written, bool& repaired) {
  // Mending comes first where the text would compile to something else than was meant: in JavaScript "//" begins a comment,
  // and backticks make a string.
  const bool misleading = written.find("//") != std::string::npos || written.find('`') != std::string::npos;
  Result<sound::Program> as_written = sound::compile(written);
  if (as_written && !misleading) return as_written;
  Result<sound::Program> mended = sound::compile(repair_formula(written));
  if (!mended) return as_written ? std::move(as_written) : Result<sound::Program>(as_written.error());
  repaired = true;
  return mended;
}

Result<Genome> read_formula(const std::string& written, const sound::SizeClass& size, bool& repaired) {
  if (written.size() > kMaxChildSource) return input_error("too long: more than " + std::to_string(kMaxChildSource) + " characters");
  auto program = compile_tolerantly(written, repaired);
  if (!program) return input_error(short_reason(program.error().message));
  if (program->code.empty() && program->output.kind == sound::Operand::Kind::kConstant) return input_error("constant: nothing depends on t");
  if (program->code.empty()) return input_error("nothing but t");
  return fitting_genome(*program, size, repaired);
}

LlmChild read_child(const RawChild& raw, const sound::SizeClass& size) {
  bool repaired = false;
  Result<Genome> genome = read_formula(raw.formula, size, repaired);
  const auto op = find_operator(raw.op);
  LlmChild child{kLlmOperators[static_cast<unsigned>(op.value_or(LlmOp::kFresh))].name, {}, std::move(genome), raw.formula.substr(0, kMaxChildSource), repaired};
  for (const int parent : raw.parents)
    if (parent > 0) child.parents.push_back(parent);
  return child;
}

}  // namespace

std::vector<LlmChild> read_children(std::string_view answer, const sound::SizeClass& size) {
  std::vector<LlmChild> out;
  std::set<std::string> seen;
  for (const RawChild& raw : find_raw_children(without_thoughts(std::string(answer.substr(0, kMaxAnswer))), kMaxChildren)) {
    if (out.size() == kMaxChildren) break;
    LlmChild child = read_child(raw, size);
    if (!raw.named && !child.genome.ok()) continue;  // a line of prose
    if (child.genome && !seen.insert(encode(*child.genome)).second) child.genome = input_error("the same as an earlier child");
    out.push_back(std::move(child));
  }
  return out;
}

void LlmYield::add(const std::vector<LlmChild>& brood) {
  for (const LlmChild& child : brood) {
    children++;
    valid += child.genome.ok();
    repaired += child.genome.ok() && child.repaired;
  }
}

}  // namespace sotto::contest
