// SPDX-License-Identifier: Apache-2.0
// Renderer, judge and witness agree: samples, scores, and every machine row with the definition of its operation.
#include "claim/witness/witness.h"

#include <gtest/gtest.h>

#include "judge/net/random_network.h"
#include "sound/bytebeat/random_program.h"
#include "sound/bytebeat/render.h"
#include "sound/bytebeat/semantics.h"

namespace sotto::claim {
namespace {

// The low bits of a program's samples, straight from the definition of the operations.
std::vector<uint8_t> samples_by_definition(const sound::Program& p, uint32_t samples, unsigned bits, unsigned index_bits) {
  std::vector<uint8_t> out;
  std::vector<uint32_t> slot(p.code.size());
  for (uint32_t t = 0; t < samples; t++) {
    auto value = [&](const sound::Operand& o) {
      return o.kind == sound::Operand::Kind::kSlot ? slot[o.index] : o.kind == sound::Operand::Kind::kT ? t : p.constants[o.index];
    };
    for (size_t i = 0; i < p.code.size(); i++)
      slot[i] = sound::eval_op(p.code[i].op, value(p.code[i].a), value(p.code[i].b), value(p.code[i].c), p.table, bits, index_bits);
    out.push_back(static_cast<uint8_t>(value(p.output) & ((1u << (bits / 4)) - 1)));
  }
  return out;
}

struct Setting {
  judge::Network net;
  Shape shape;
  Layout layout;
};
Setting setting(const judge::RandomShape& shape, unsigned slots) {
  Setting s{judge::random_network(shape, 3), {}, {}};
  s.shape = make_shape(s.net, slots).value();
  s.layout = make_layout(s.shape).value();
  return s;
}
std::vector<uint8_t> witness_samples(const Setting& s, const Witness& w) {
  std::vector<uint8_t> out;
  for (uint32_t t = 0; t < s.shape.samples; t++)
    out.push_back(static_cast<uint8_t>(w.vm[kA0][kept_at(s.shape, s.shape.slots() - 1, t)]));
  return out;
}

TEST(Witness, AgreesWithTheDefinitionAndTheJudgeOnManyPrograms) {
  judge::RandomShape small;
  small.samples = 203;
  const Setting s = setting(small, 16);
  std::mt19937_64 random(2026);
  std::set<uint32_t> scores;
  for (int i = 0; i < 1000; i++) {
    sound::Program p = sound::random_program(random, 1 + static_cast<unsigned>(random() % 15));
    for (auto* list : {&p.constants, &p.table})
      for (uint32_t& v : *list) v = (v & 0xffff) ^ (v >> 16);
    if (p.table.size() > 16) p.table.resize(16);
    const Witness w = make_witness(s.shape, s.layout, s.net, p);
    const std::vector<uint8_t> samples = samples_by_definition(p, s.shape.samples, 16, 4);
    ASSERT_EQ(witness_samples(s, w), samples) << "program " << i;
    ASSERT_EQ(w.score, judge::score(s.net, samples)) << "program " << i;
    ASSERT_EQ(w.column(kOut)[s.layout.score_row], Fr(uint64_t{w.score}));
    scores.insert(w.score);
  }
  EXPECT_GT(scores.size(), 20u);
}

// Every row satisfies its operation's constraints over the integers, with auxiliary cells in range.
TEST(Witness, RowsSatisfyTheConstraints) {
  judge::RandomShape small;
  small.samples = 203;
  const Setting s = setting(small, 16);
  std::mt19937_64 random(7);
  for (int i = 0; i < 50; i++) {
    sound::Program p = sound::random_program(random, 15);
    for (auto* list : {&p.constants, &p.table})
      for (uint32_t& v : *list) v &= 0xffff;
    if (p.table.size() > 16) p.table.resize(16);
    const Witness w = make_witness(s.shape, s.layout, s.net, p);
    const std::vector<PaddedSlot> slots = pad_program(s.shape, p);
    for (unsigned k = 0; k < slots.size(); k++)
      for (uint64_t t = 0; t < s.shape.samples; t++) {
        const uint64_t x = kept_at(s.shape, k, t);
        auto col = [&](unsigned c) { return static_cast<int64_t>(w.vm[c][x]); };
        for (unsigned c : {kW1l, kW1h, kW2l, kW2h}) ASSERT_LT(w.vm[c][x], 256u);
        bool ok = true;
        op_constraints(static_cast<Op>(slots[k].op), words<int64_t>(16, 256, col), Constants<int64_t>{1, 65536}, [&](int64_t v) { ok = ok && v == 0; });
        ASSERT_TRUE(ok) << "slot " << k << " sample " << t;
      }
  }
}

TEST(Witness, AgreesWithTheRendererAtFullSize) {
  judge::RandomShape full;
  full.range_bits = 16, full.sample_bits = 8, full.samples = 80000, full.hop_bits = 8, full.bins = 256, full.bands = 48;
  full.channels = {40, 40, 40};
  const Setting s = setting(full, 16);
  std::mt19937_64 random(99);
  for (int i = 0; i < 2; i++) {
    const sound::Program p = sound::random_program(random, 15);
    const Witness w = make_witness(s.shape, s.layout, s.net, p);
    const auto rendered = sound::render(p);
    const std::vector<uint8_t> samples = witness_samples(s, w);
    ASSERT_TRUE(std::equal(samples.begin(), samples.end(), rendered.begin(), rendered.end()));
    ASSERT_EQ(w.score, judge::score(s.net, samples));
  }
}

}  // namespace
}  // namespace sotto::claim
