// SPDX-License-Identifier: Apache-2.0
// sotto explain: what a song becomes, what each part costs, and how close it comes to JavaScript.
#include <cstdio>
#include <map>

#include "cli/inputs.h"
#include "cli/output.h"
#include "sound/bytebeat/reference.h"

namespace sotto::cli {
namespace {

using sound::Operand;
using sound::Program;

struct Options {
  SongInput song;
  bool json = false;
};

std::string name_of(const Program& program, const Operand& operand) {
  if (operand.kind == Operand::Kind::kT) return "t";
  if (operand.kind == Operand::Kind::kSlot) return "s" + std::to_string(operand.index);
  return std::to_string(static_cast<int32_t>(program.constants[operand.index]));
}

std::string listing(const Program& program, size_t slot) {
  const sound::Instruction& i = program.code[slot];
  std::string line = std::string(sound::kOpNames[static_cast<size_t>(i.op)]) + " " + name_of(program, i.a);
  if (sound::operand_count(i.op) > 1) line += ", " + name_of(program, i.b);
  if (sound::operand_count(i.op) > 2) line += ", " + name_of(program, i.c);
  return line;
}

std::map<std::string, unsigned> operations(const Program& program) {
  std::map<std::string, unsigned> count;
  for (const sound::Instruction& i : program.code) count[sound::kOpNames[static_cast<size_t>(i.op)]]++;
  return count;
}

struct Comparison {
  size_t different = 0;  // samples that are not those of a JavaScript player, in which random() gives the same noise
  unsigned noises = 0;   // calls of random()
};

Result<Comparison> compare(const sound::Song& song) {
  SOTTO_TRY(const sound::RootedFormula formula, sound::compile_formula(song.source, true, song.mode));
  const sound::Samples ours = sound::render(song.program), reference = sound::render_reference(formula);
  size_t different = 0;
  for (size_t i = 0; i < ours.size(); i++) different += ours[i] != reference[i];
  return Comparison{different, sound::noises_heard(formula)};
}

void print_for_people(const sound::Song& song, const Result<sound::SizeClass>& size, const Comparison& c) {
  const Program& p = song.program;
  print_field("instructions", std::to_string(p.code.size()) + " (a proof of 16, 32 or 64 slots holds 15, 31 or 63)");
  print_field("constants", std::to_string(p.constants.size()));
  print_field("table entries", std::to_string(p.table.size()) + " of " + std::to_string(sound::kMaxTable));
  print_field("proof", size.ok() ? std::to_string(size->slots) + " slots" : "none: " + size.error().message);
  if (c.noises > 0) {
    print_field("random()", std::to_string(c.noises) + (c.noises == 1 ? " call" : " calls") +
                                ": noise that is the same each time; a player draws anew, so it never has these samples");
  }
  print_field("JavaScript", std::string(c.noises > 0 ? "with the same noise " : "") +
                                (c.different == 0 ? "every sample is the same" : std::to_string(c.different) + " of 80000 samples differ"));
  std::string costs;
  for (const auto& [name, count] : operations(p)) costs += (costs.empty() ? "" : ", ") + name + " " + std::to_string(count);
  print_field("operations", costs.empty() ? "none" : costs);
  for (size_t i = 0; i < p.code.size(); i++) std::printf("  s%-3zu = %s\n", i, listing(p, i).c_str());
  std::printf("  sample = %s & 255\n", name_of(p, p.output).c_str());
  std::string table;
  for (uint32_t entry : p.table) table += (table.empty() ? "" : " ") + std::to_string(static_cast<int32_t>(entry));
  if (!table.empty()) print_text("  table  = " + table);
}

Status explain(const Options& o) {
  SOTTO_TRY(const sound::Song song, o.song.load());
  const Result<sound::SizeClass> size = sound::smallest_class(song.program);
  SOTTO_TRY(const Comparison comparison, compare(song));
  if (!o.json) {
    print_for_people(song, size, comparison);
    return ok_status();
  }
  Json code = Json::array();
  for (size_t i = 0; i < song.program.code.size(); i++) code.push_back(listing(song.program, i));
  // Null: no two plays under JavaScript are alike.
  const Json differs = comparison.noises > 0 ? Json(nullptr) : Json(comparison.different);
  print_json({{"instructions", song.program.code.size()}, {"constants", song.program.constants.size()},
              {"table", song.program.table.size()},       {"slots", size.ok() ? Json(size->slots) : Json(nullptr)},
              {"random_calls", comparison.noises},        {"operations", operations(song.program)},
              {"differs_from_javascript", differs},       {"code", code},
              {"source", sound::to_source(song.program)}});
  return ok_status();
}

}  // namespace

void add_explain(Verbs& verbs) {
  CLI::App* verb = verbs.add("explain", "Show what a song compiles to, what it costs, or what blocks it and where");
  auto o = std::make_shared<Options>();
  o->song.add_to(verb);
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return explain(*o); });
}

}  // namespace sotto::cli
