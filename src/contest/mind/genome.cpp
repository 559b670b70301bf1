// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/genome.h"

#include <algorithm>
#include <charconv>

#include "sound/bytebeat/compile.h"

namespace sotto::contest {
namespace {

constexpr const char* kTokens[kGeneCount] = {"t", "#", "~", "neg", "note", "+", "-", "*", "/", "%",
                                             "&", "|", "^", "<<", ">>", ">>>", "<", ">", "==", "?", "sine"};

bool has_notes(const Genome& genome) {
  return std::any_of(genome.nodes.begin(), genome.nodes.end(), [](const Node& n) { return n.gene == Gene::kNote; });
}

std::string notes(const std::vector<uint32_t>& table, char open, char close) {
  std::string out(1, open);
  for (size_t i = 0; i < table.size(); ++i) {
    if (i) out += ',';
    out += std::to_string(table[i]);
  }
  out += close;
  return out;
}

// Appends the source of the subtree at `at`.
void write_source(const Genome& g, size_t& at, std::string& out) {
  const Node node = g.nodes[at++];
  const char* token = kTokens[static_cast<unsigned>(node.gene)];
  const auto operand = [&] { write_source(g, at, out); };
  switch (node.gene) {
    case Gene::kT: out += 't'; return;
    case Gene::kConstant: out += std::to_string(node.value); return;
    case Gene::kNot: out += "(~", operand(), out += ')'; return;
    case Gene::kNegate: out += "(-", operand(), out += ')'; return;
    case Gene::kNote:
      out += notes(g.table, '[', ']'), out += '[', operand(), out += '&', out += std::to_string(g.table.size() - 1), out += ']';
      return;
    case Gene::kSine: {
      std::string angle;
      write_source(g, at, angle);
      out += sound::sine_source(angle);
      return;
    }
    case Gene::kSelect: out += '(', operand(), out += '?', operand(), out += ':', operand(), out += ')'; return;
    default: out += '(', operand(), out += token, operand(), out += ')'; return;
  }
}

Result<uint32_t> parse_number(std::string_view text) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return input_error("genome: bad number");
  return value;
}

Result<Node> parse_node(std::string_view token) {
  if (token.size() > 1 && token[0] == '#') {
    SOTTO_TRY(const uint32_t value, parse_number(token.substr(1)));
    return Node{Gene::kConstant, value};
  }
  for (unsigned i = 0; i < kGeneCount; ++i)
    if (i != static_cast<unsigned>(Gene::kConstant) && token == kTokens[i]) return Node{static_cast<Gene>(i), 0};
  return input_error("genome: unknown token");
}

Result<std::vector<uint32_t>> parse_table(std::string_view text) {
  std::vector<uint32_t> table;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    SOTTO_TRY(const uint32_t value, parse_number(text.substr(at, comma - at)));
    table.push_back(value);
    at = comma + 1;
  }
  return table;
}

Status check_genome(const Genome& genome) {
  if (genome.nodes.empty() || genome.nodes.size() > kMaxNodes) return input_error("genome: bad size");
  size_t need = 1;
  for (const Node& node : genome.nodes) {
    if (need == 0) return input_error("genome: more than one tree");
    need += arity(node.gene) - size_t{1};
  }
  if (need != 0) return input_error("genome: incomplete tree");
  const size_t n = genome.table.size();
  if (n > kMaxNotes || (n & (n - 1)) || (n == 0 && has_notes(genome))) return input_error("genome: bad table");
  return ok_status();
}

}  // namespace

size_t subtree_end(const std::vector<Node>& nodes, size_t from) {
  for (size_t need = 1; need > 0; ++from) {
    SOTTO_CHECK(from < nodes.size());
    need += arity(nodes[from].gene) - size_t{1};
  }
  return from;
}

std::string to_source(const Genome& genome) {
  std::string out;
  size_t at = 0;
  write_source(genome, at, out);
  return out;
}

std::string encode(const Genome& genome) {
  std::string out;
  for (const Node& node : genome.nodes) {
    if (!out.empty()) out += ' ';
    out += kTokens[static_cast<unsigned>(node.gene)];
    if (node.gene == Gene::kConstant) out += std::to_string(node.value);
  }
  if (!genome.table.empty()) {
    std::string table = notes(genome.table, '@', ' ');
    table.pop_back();
    out += ' ';
    out += table;
  }
  return out;
}

Result<Genome> decode_genome(std::string_view text) {
  Genome genome;
  for (size_t at = 0; at < text.size();) {
    const size_t space = std::min(text.find(' ', at), text.size());
    const std::string_view token = text.substr(at, space - at);
    at = space + 1;
    if (token.starts_with('@')) {
      SOTTO_TRY(genome.table, parse_table(token.substr(1)));
    } else {
      SOTTO_TRY(const Node node, parse_node(token));
      genome.nodes.push_back(node);
    }
    if (genome.nodes.size() > kMaxNodes) break;
  }
  SOTTO_TRY_STATUS(check_genome(genome));
  return genome;
}

}  // namespace sotto::contest
