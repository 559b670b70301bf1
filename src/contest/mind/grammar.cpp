// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/grammar.h"

#include <algorithm>
#include <array>
#include <span>

namespace sotto::contest {
namespace {

using Nodes = std::vector<Node>;

constexpr Node op(Gene gene) { return {gene, 0}; }
constexpr Node number(uint32_t value) { return {Gene::kConstant, value}; }

// ---- constants: small integers with bitwise meaning, as the corpus of human songs has them

uint32_t random_constant(Rng& rng) {
  static constexpr uint32_t kLiked[] = {3, 5, 6, 7, 9, 10, 12, 15, 24, 31, 42, 43, 63, 64, 85, 96, 127, 128, 170, 255, 1023, 4096};
  const uint32_t kind = rng.below(10);
  if (kind < 4) return rng.between(1, 16);
  if (kind < 7) return 1u << rng.below(9);
  if (kind < 9) return kLiked[rng.below(std::size(kLiked))];
  return rng.below(256);
}

uint32_t random_note(Rng& rng) {
  // Frequency ratios of a just scale over a common denominator, and their octaves.
  static constexpr uint32_t kRatios[] = {6, 8, 9, 10, 12, 12, 15, 16, 18, 20, 24, 24, 30, 32, 36, 48};
  return rng.chance(80) ? kRatios[rng.below(std::size(kRatios))] : rng.between(1, 64);
}

// The operands come as a braced list because its elements are evaluated in order: the same seed gives the same song with
// every compiler.
Nodes binary(Gene gene, const std::array<Nodes, 2>& operands) {
  Nodes out{op(gene)};
  for (const Nodes& operand : operands) out.insert(out.end(), operand.begin(), operand.end());
  return out;
}

// ---- idioms

Nodes t_leaf() { return {op(Gene::kT)}; }
Nodes constant(uint32_t value) { return {number(value)}; }
// t >> n with n such that the value steps at the pace of beats (8192 samples are about a second).
Nodes clock(Rng& rng) { return binary(Gene::kShr, {t_leaf(), constant(rng.between(6, 14))}); }
Nodes masked_clock(Rng& rng) { return binary(Gene::kAnd, {clock(rng), constant(rng.chance(60) ? (2u << rng.below(5)) - 1 : random_constant(rng))}); }

Nodes pitch(Rng& rng) {
  switch (rng.below(4)) {
    case 0: return t_leaf();
    case 1: return binary(Gene::kShr, {t_leaf(), constant(rng.between(1, 4))});
    default: return binary(Gene::kMul, {t_leaf(), constant(rng.between(2, 12))});
  }
}

Nodes multiplier(Rng& rng) {
  switch (rng.below(5)) {
    case 0: return binary(Gene::kAnd, {constant(random_constant(rng)), clock(rng)});                // 42 & t >> 10
    case 1: return binary(Gene::kAnd, {clock(rng), clock(rng)});                                    // t >> 5 & t >> 8
    case 2: return binary(Gene::kOr, {clock(rng), clock(rng)});                                     // t >> 9 | t >> 13
    case 3: return binary(Gene::kXor, {masked_clock(rng), constant(rng.between(1, 16))});
    default: return binary(Gene::kAdd, {masked_clock(rng), constant(rng.between(1, 8))});
  }
}

Nodes melody(Rng& rng) {  // t * notes[t >> n] >> 2..4
  Nodes index = clock(rng);
  index.insert(index.begin(), op(Gene::kNote));
  return binary(Gene::kShr, {binary(Gene::kMul, {t_leaf(), index}), constant(rng.between(2, 5))});
}

Nodes expression(Rng& rng, unsigned depth);

Nodes drum(Rng& rng) {  // a decaying click: c / (t & 4095) with the divisor never small for long
  const uint32_t period = (1024u << rng.below(4)) - 1;
  const Nodes phase = binary(Gene::kAnd, {t_leaf(), constant(period)});
  if (rng.chance(50)) return binary(Gene::kDiv, {constant(1u << rng.between(13, 19)), binary(Gene::kAdd, {phase, constant(rng.between(1, 64))})});
  return binary(Gene::kShr, {expression(rng, 1), binary(Gene::kShr, {phase, constant(rng.between(7, 10))})});
}

Nodes idiom(Rng& rng, unsigned depth) {
  switch (rng.below(9)) {
    case 0: return pitch(rng);
    case 1: return binary(Gene::kMul, {t_leaf(), multiplier(rng)});
    case 2: return melody(rng);
    case 3: return binary(Gene::kAnd, {pitch(rng), clock(rng)});
    case 4: return binary(Gene::kAnd, {expression(rng, depth - 1), clock(rng)});                     // gate
    case 5: return binary(Gene::kShr, {expression(rng, depth - 1), masked_clock(rng)});              // envelope
    case 6: return drum(rng);
    case 7: {                                                                                      // sections
      Nodes out{op(Gene::kSelect)};
      for (const Nodes& part : {binary(Gene::kAnd, {clock(rng), constant(1u << rng.below(4))}), expression(rng, depth - 1), expression(rng, depth - 1)})
        out.insert(out.end(), part.begin(), part.end());
      return out;
    }
    default: {                                                                                     // mix of two voices
      const uint32_t mask = (64u << rng.below(2)) - 1;
      return binary(Gene::kAdd, {binary(Gene::kAnd, {expression(rng, depth - 1), constant(mask)}),
                    binary(Gene::kAnd, {expression(rng, depth - 1), constant(mask)})});
    }
  }
}

// Weights of plain operators, from their share in the corpus. Order of Gene from kNot to kSine.
constexpr std::array<uint32_t, kGeneCount - 2> kWeights = {2, 1, 2, 8, 4, 10, 3, 3, 12, 9, 8, 2, 12, 1, 1, 1, 1, 2, 0};

Gene random_operator(Rng& rng, unsigned wanted_arity) {
  uint32_t total = 0;
  for (unsigned i = 0; i < kWeights.size(); ++i)
    if (arity(static_cast<Gene>(i + 2)) == wanted_arity || wanted_arity == 0) total += kWeights[i];
  uint32_t x = rng.below(total);
  for (unsigned i = 0;; ++i) {
    SOTTO_CHECK(i < kWeights.size());
    const Gene gene = static_cast<Gene>(i + 2);
    if (arity(gene) != wanted_arity && wanted_arity != 0) continue;
    if (x < kWeights[i]) return gene;
    x -= kWeights[i];
  }
}

// The right operand of an operator: shift counts and divisors are nearly always small constants.
Nodes right_operand(Gene gene, Rng& rng, unsigned depth) {
  if ((gene == Gene::kShr || gene == Gene::kUshr) && rng.chance(90)) return constant(rng.between(1, 13));
  if (gene == Gene::kShl && rng.chance(90)) return constant(rng.between(1, 4));
  if ((gene == Gene::kMod || gene == Gene::kDiv) && rng.chance(80)) return constant(1 + random_constant(rng));
  return expression(rng, depth - 1);
}

Nodes expression(Rng& rng, unsigned depth) {
  if (depth == 0 || rng.chance(12)) return rng.chance(65) ? t_leaf() : constant(random_constant(rng));
  if (rng.chance(45)) return idiom(rng, depth);
  const Gene gene = random_operator(rng, 0);
  const Nodes a = expression(rng, depth - 1);
  Nodes out{op(gene)};
  out.insert(out.end(), a.begin(), a.end());
  for (unsigned i = 1; i < arity(gene); ++i) {
    const Nodes b = right_operand(gene, rng, depth);
    out.insert(out.end(), b.begin(), b.end());
  }
  return out;
}

// ---- surgery

// Gives the genome a table when it plays notes, and none when it does not.
void settle_table(Genome& g, Rng& rng) {
  const bool plays = std::any_of(g.nodes.begin(), g.nodes.end(), [](const Node& n) { return n.gene == Gene::kNote; });
  if (!plays) g.table.clear();
  if (plays && g.table.empty()) {
    g.table.resize(size_t{4} << rng.below(3));
    for (uint32_t& note : g.table) note = random_note(rng);
  }
}

Genome replace(const Genome& g, size_t from, size_t to, std::span<const Node> with) {
  Genome out;
  out.table = g.table;
  out.nodes.assign(g.nodes.begin(), g.nodes.begin() + static_cast<ptrdiff_t>(from));
  out.nodes.insert(out.nodes.end(), with.begin(), with.end());
  out.nodes.insert(out.nodes.end(), g.nodes.begin() + static_cast<ptrdiff_t>(to), g.nodes.end());
  return out.nodes.size() <= kMaxNodes ? out : g;
}

size_t random_position(const Genome& g, Rng& rng) { return rng.below(static_cast<uint32_t>(g.nodes.size())); }

uint32_t tweaked(uint32_t value, Rng& rng) {
  switch (rng.below(7)) {
    case 0: return value + 1;
    case 1: return value > 0 ? value - 1 : 1;
    case 2: return value < (1u << 30) ? value * 2 : value / 2;
    case 3: return value / 2;
    case 4: return value ^ (1u << rng.below(8));
    case 5: {
      const uint32_t up = rng.below(value / 4 + 2);
      return value + up - rng.below(std::min(value, value / 4 + 2) + 1);
    }
    default: return random_constant(rng);
  }
}

Genome swap_operator(const Genome& g, Rng& rng) {
  Genome out = g;
  for (unsigned tries = 0; tries < 8; ++tries) {
    Node& node = out.nodes[random_position(out, rng)];
    if (arity(node.gene) == 0) continue;
    node.gene = random_operator(rng, arity(node.gene));
    return out;
  }
  return out;
}

Genome swap_operands(const Genome& g, Rng& rng) {
  for (unsigned tries = 0; tries < 8; ++tries) {
    const size_t at = random_position(g, rng);
    if (arity(g.nodes[at].gene) != 2) continue;
    const size_t b = subtree_end(g.nodes, at + 1), end = subtree_end(g.nodes, b);
    Nodes swapped(g.nodes.begin() + static_cast<ptrdiff_t>(b), g.nodes.begin() + static_cast<ptrdiff_t>(end));
    swapped.insert(swapped.end(), g.nodes.begin() + static_cast<ptrdiff_t>(at + 1), g.nodes.begin() + static_cast<ptrdiff_t>(b));
    return replace(g, at + 1, end, swapped);
  }
  return g;
}

Genome new_subtree(const Genome& g, Rng& rng) {
  const size_t at = random_position(g, rng);
  return replace(g, at, subtree_end(g.nodes, at), expression(rng, rng.between(1, 3)));
}

Genome insert_operator(const Genome& g, Rng& rng) {
  const size_t at = random_position(g, rng), end = subtree_end(g.nodes, at);
  const Gene gene = random_operator(rng, rng.chance(90) ? 2 : 1);
  Nodes grown{op(gene)};
  grown.insert(grown.end(), g.nodes.begin() + static_cast<ptrdiff_t>(at), g.nodes.begin() + static_cast<ptrdiff_t>(end));
  if (arity(gene) == 2) {
    const Nodes b = right_operand(gene, rng, 2);
    grown.insert(grown.end(), b.begin(), b.end());
  }
  return replace(g, at, end, grown);
}

Genome hoist(const Genome& g, Rng& rng) {
  for (unsigned tries = 0; tries < 8; ++tries) {
    const size_t at = random_position(g, rng), end = subtree_end(g.nodes, at);
    if (end - at < 3) continue;
    const size_t inner = at + 1 + rng.below(static_cast<uint32_t>(end - at - 1));
    const Nodes kept(g.nodes.begin() + static_cast<ptrdiff_t>(inner), g.nodes.begin() + static_cast<ptrdiff_t>(subtree_end(g.nodes, inner)));
    return replace(g, at, end, kept);
  }
  return g;
}

// Operators and constants by their share in the corpus, and nothing that knows what a beat is.
Nodes plain_expression(Rng& rng, unsigned depth) {
  if (depth == 0 || rng.chance(12)) return rng.chance(65) ? t_leaf() : constant(random_constant(rng));
  Gene gene = random_operator(rng, 0);
  while (gene == Gene::kNote || gene == Gene::kSelect) gene = random_operator(rng, 0);
  Nodes out{op(gene)};
  for (unsigned i = 0; i < arity(gene); ++i) {
    const Nodes operand = plain_expression(rng, depth - 1);
    out.insert(out.end(), operand.begin(), operand.end());
  }
  return out;
}

}  // namespace

Genome random_genome(Rng& rng) {
  Genome g;
  g.nodes = plain_expression(rng, rng.between(2, 5));
  if (g.nodes.size() > kMaxNodes) g.nodes = t_leaf();
  return g;
}

Genome typed_genome(Rng& rng) {
  Genome g;
  g.nodes = expression(rng, rng.between(2, 4));
  if (g.nodes.size() > kMaxNodes) g.nodes = t_leaf();
  settle_table(g, rng);
  return g;
}

Genome tweak(const Genome& parent, Rng& rng) {
  std::vector<size_t> places;
  for (size_t i = 0; i < parent.nodes.size(); ++i)
    if (parent.nodes[i].gene == Gene::kConstant) places.push_back(i);
  const size_t constants = places.size(), all = constants + parent.table.size();
  if (all == 0) return mutate(parent, rng);
  Genome out = parent;
  const size_t pick = rng.below(static_cast<uint32_t>(all));
  if (pick < constants) {
    out.nodes[places[pick]].value = tweaked(out.nodes[places[pick]].value, rng);
  } else {
    out.table[pick - constants] = rng.chance(50) ? random_note(rng) : tweaked(out.table[pick - constants], rng);
  }
  return out;
}

Genome mutate(const Genome& parent, Rng& rng) {
  Genome out;
  const bool has_numbers = !parent.table.empty() || std::any_of(parent.nodes.begin(), parent.nodes.end(), [](const Node& n) {
    return n.gene == Gene::kConstant;
  });
  const uint32_t kind = rng.below(15);  // weights of design note swarm.md section 3.4
  if (kind < 5 && has_numbers) out = tweak(parent, rng);
  else if (kind < 7) out = swap_operator(parent, rng);
  else if (kind < 10) out = new_subtree(parent, rng);
  else if (kind < 12) out = insert_operator(parent, rng);
  else if (kind < 14) out = hoist(parent, rng);
  else out = swap_operands(parent, rng);
  settle_table(out, rng);
  return out;
}

Genome vary(const Genome& parent, Rng& rng) {
  Genome child = mutate(parent, rng);
  while (rng.chance(25)) child = mutate(child, rng);
  return child;
}

Genome crossover(const Genome& a, const Genome& b, Rng& rng) {
  const size_t at = random_position(a, rng), from = random_position(b, rng);
  const Nodes graft(b.nodes.begin() + static_cast<ptrdiff_t>(from), b.nodes.begin() + static_cast<ptrdiff_t>(subtree_end(b.nodes, from)));
  Genome out = replace(a, at, subtree_end(a.nodes, at), graft);
  if (std::any_of(graft.begin(), graft.end(), [](const Node& n) { return n.gene == Gene::kNote; })) out.table = b.table;
  settle_table(out, rng);
  return out;
}

}  // namespace sotto::contest
