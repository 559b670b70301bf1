// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/children.h"

#include <nlohmann/json.hpp>

#include "contest/llm/language.h"
#include "contest/llm/operators.h"
#include "sound/bytebeat/compile.h"

namespace sotto::contest {

std::vector<LlmChild> read_children(std::string_view answer, const sound::SizeClass&) {
  std::vector<LlmChild> out;
  const auto root = nlohmann::json::parse(answer, nullptr, false);
  if (!root.is_object() || !root.contains("children") || !root["children"].is_array()) return out;
  for (const auto& item : root["children"]) {
    if (!item.is_object() || !item.contains("f") || !item["f"].is_string()) continue;
    const std::string source = item["f"];
    const auto program = sound::compile(source);
    out.push_back({item.value("op", "fresh"), {}, program ? genome_of(*program, program->output) : Result<Genome>(program.error()), source});
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
