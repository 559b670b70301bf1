// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/language.h"

#include <algorithm>
#include <bit>
#include <string>

#include "base/check.h"

namespace sotto::contest {
namespace {
using sound::Op;
using sound::Operand;

constexpr LanguageForm kForms[] = {
    {"e+e", Op::kAdd, "+ a b"},
    {"e-e", Op::kSub, "- a b"},
    {"e*e", Op::kMul, "* a b"},
    {"e/e", Op::kDiv, "/ a b"},
    {"e%e", Op::kMod, "% a b"},
    {"e&e", Op::kAnd, "& a b"},
    {"e|e", Op::kOr, "| a b"},
    {"e^e", Op::kXor, "^ a b"},
    {"~e", {}, "~ a"},
    {"-e", {}, "neg a"},
    {"e<<e", Op::kShl, "<< a b"},
    {"e>>e", Op::kShr, ">> a b"},
    {"e>>>e", Op::kUshr, ">>> a b"},
    {"e<e", Op::kLt, "< a b"},
    {"e>e", {}, "> a b"},
    {"e<=e", {}, "== > a b #0"},
    {"e>=e", Op::kGe, "== < a b #0"},
    {"e==e", Op::kEq, "== a b"},
    {"e!=e", Op::kNe, "== == a b #0"},
    {"!e", {}, "== a #0"},
    {"e&&e", {}, "? a b #0"},
    {"e||e", {}, "? a a b"},
    {"e?e:e", Op::kSelect, "? a b c"},
    {"[n,n,n,n][e]", Op::kLookup, "note a"},
    {"100*sin(e*PI/128)", Op::kSine, "/ * sine * a #16777216 #100 #16384"},
};

const char* genes_of(Op op) {
  if (op == Op::kSine) return "sine a";  // its form has more about it, to be of use to people
  for (const LanguageForm& form : kForms)
    if (form.op == op) return form.genes;
  return nullptr;
}

// Writes the tokens of one expression and counts its nodes; gives up beyond kMaxNodes, however often slots are shared.
class Writer {
 public:
  explicit Writer(const sound::Program& program) : program_(program) {}

  bool write(const Operand& operand) {
    switch (operand.kind) {
      case Operand::Kind::kT: return token("t");
      case Operand::Kind::kConstant: return constant(program_.constants[operand.index]);
      case Operand::Kind::kSlot: return instruction(program_.code[operand.index]);
    }
    return false;
  }
  const std::string& text() const { return text_; }

 private:
  bool token(std::string_view token) {
    if (++nodes_ > kMaxNodes) return false;
    if (!text_.empty()) text_ += ' ';
    text_ += token;
    return true;
  }

  // Words above 2^31 are meant as negative numbers, and read better so.
  bool constant(uint32_t word) {
    const bool negative = word > uint32_t{1} << 31;
    if (negative && !token("neg")) return false;
    return token(std::string(1, '#').append(std::to_string(negative ? -word : word)));
  }

  bool is_constant(const Operand& operand, uint32_t word) const {
    return operand.kind == Operand::Kind::kConstant && program_.constants[operand.index] == word;
  }

  bool instruction(const sound::Instruction& i) {
    // The compiler writes both signs of negation as two-sided operations.
    if (i.op == Op::kXor && is_constant(i.b, ~0u)) return token("~") && write(i.a);
    if (i.op == Op::kXor && is_constant(i.a, ~0u)) return token("~") && write(i.b);
    if (i.op == Op::kSub && is_constant(i.a, 0)) return token("neg") && write(i.b);
    const char* genes = genes_of(i.op);
    SOTTO_CHECK(genes != nullptr);
    for (std::string_view rest = genes; !rest.empty();) {
      const size_t end = std::min(rest.find(' '), rest.size());
      const std::string_view word = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const bool fine = word == "a" ? write(i.a) : word == "b" ? write(i.b) : word == "c" ? write(i.c) : token(word);
      if (!fine) return false;
    }
    return true;
  }

  const sound::Program& program_;
  std::string text_;
  size_t nodes_ = 0;
};

// A genome's table wraps around, so it has a power of two of entries; those that are missing read as 0 in both worlds.
std::string table_text(const std::vector<uint32_t>& table) {
  std::string text = " @";
  for (size_t i = 0; i < std::bit_ceil(table.size()); i++) {
    if (i) text += ',';
    text += std::to_string(i < table.size() ? table[i] : 0);
  }
  return text;
}

}  // namespace

std::span<const LanguageForm> language_forms() { return kForms; }

Result<Genome> genome_of(const sound::Program& program, Operand root) {
  Writer writer(program);
  if (!writer.write(root)) return input_error("too long: more than " + std::to_string(kMaxNodes) + " nodes");
  if (writer.text().find("note") == std::string::npos) return decode_genome(writer.text());
  if (program.table.size() > kMaxNotes) return input_error("more than " + std::to_string(kMaxNotes) + " notes in all arrays together");
  if (program.table.empty()) return input_error("an empty array");
  return decode_genome(writer.text() + table_text(program.table));
}

}  // namespace sotto::contest
