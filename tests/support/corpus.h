// SPDX-License-Identifier: Apache-2.0
// Good proofs for the verdict corpus: different songs, operations, judges, sizes and statements, with masks from fixed
// seeds.
#pragma once
#include "support/lies.h"
#include "support/toy.h"

namespace sotto::corpus {

using claim::Proven;
using claim::ProvingKey;
using claim::Shape;
using Key = std::shared_ptr<const ProvingKey>;

inline claim::Target target(uint64_t seed) {
  std::mt19937_64 random(seed);
  claim::Target t;
  t.chain_id = 1 + random() % 100000;
  auto fill = [&](auto& bytes) {
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
  };
  fill(t.contract), fill(t.contest_id), fill(t.beneficiary);
  return t;
}

inline Proven prove(const ProvingKey& key, const sound::Program& song, uint64_t seed,
                    const claim::ProverHooks& hooks = {}) {
  claim::MaskSource masks = claim::MaskSource::deterministic(seed);
  return claim::prove_with(key, song, target(seed), {}, masks, hooks).value();
}

// A song whose samples depend on one operation.
inline sound::Program song_of(sound::Op op) {
  using Operand = sound::Operand;
  auto slot = [](uint8_t i) { return Operand{Operand::Kind::kSlot, i}; };
  auto constant = [](uint8_t i) { return Operand{Operand::Kind::kConstant, i}; };
  sound::Program p;
  p.constants = {0x1234, 3, 0x8765};
  for (uint32_t i = 0; i < 16; i++) p.table.push_back(i * 0x1357 & 0xffff);
  p.code = {
      {sound::Op::kMul, {}, constant(0), {}}, {op, slot(0), constant(1), {}}, {op, slot(0), slot(1), constant(2)}};
  p.output = slot(2);
  return p;
}
// Nothing, everything, silence: no instruction; the constant 0; the greatest size.
inline std::vector<sound::Program> edge_songs() {
  sound::Program ramp,
      silence = {.code = {}, .constants = {0}, .table = {}, .output = {sound::Operand::Kind::kConstant, 0}};
  return {ramp, silence, toy::program(77, 15), toy::program(78, 1)};
}

struct Named {
  std::string name;
  Key key;
};
// Judges of other weights, shapes and size classes.
inline const std::vector<Named>& keys() {
  static const std::vector<Named> all = [] {
    std::vector<Named> list = {{"judge 1", toy::key(1)}, {"judge 2", toy::key(2)}, {"judge 3", toy::key(3)}};
    auto add = [&](const std::string& name, unsigned slots, judge::RandomShape shape) {
      const judge::Network net = judge::random_network(shape, 5);
      const auto srs =
          std::make_shared<const zk::Srs>(zk::make_development_srs(claim::required_log_size(net, slots).value()));
      list.push_back({name, claim::make_proving_key(net, slots, srs).value()});
    };
    judge::RandomShape shape;
    shape.samples = 203;
    add("32 slots", 32, shape);
    add("64 slots", 64, shape);
    judge::RandomShape one = shape, three = shape, wide = shape;
    one.channels = {5};
    three.channels = {2, 7, 1}, three.samples = 300;
    wide.bands = 8, wide.bins = 8, wide.channels = {9, 5};
    add("one layer", 16, one);
    add("three layers", 16, three);
    add("wide", 16, wide);
    return list;
  }();
  return all;
}

// ---- Provers that deviate in one place
// ---------------------------------------------------------------------------------

struct Deviation {
  std::string name;
  claim::ProverHooks hooks;
  bool good = false;
};

// Cells that the statement pins, one changed in each. Rows come from `random`.
inline std::vector<Deviation> pinned_cells(const ProvingKey& key, std::mt19937_64& random) {
  using namespace claim;
  const Shape& s = key.shape;
  const Layout& l = key.layout;
  std::vector<Deviation> list;
  auto add = [&](const std::string& name, std::function<void(Witness&)> change, bool recount = true) {
    Deviation d{name, {}, false};
    d.hooks.witness = std::move(change), d.hooks.recount = recount;
    list.push_back(std::move(d));
  };
  const uint32_t range = 1u << s.range_bits();
  for (unsigned c = 0; c < kVmColumnCount; c++) {
    const uint64_t row = kept_at(s, random() % s.slots(), random() % s.samples);
    const uint32_t by = c == kCy || c == kZ      ? 2
                        : c >= kW1l && c <= kW2h ? range
                                                 : 1;  // a bit and a limb may be free within their range
    add(std::string("cell of ") + kColumnNames[c], [=](Witness& w) { w.vm[c][row] += by; });
  }
  auto pick = [&](const std::vector<uint64_t>& rows) { return rows[random() % rows.size()]; };
  const uint64_t log = pick(forge::log_rows(s, l)), conv = pick(forge::conv_rows(s, l)),
                 spectrum = pick(forge::dft_rows(s, l));
  auto judge = [&](unsigned c, uint64_t row, const Fr& by) {
    add(std::string("cell of ") + kColumnNames[c] + ", row " + std::to_string(row),
        [=](Witness& w) { w.column(c)[row] += by; });
  };
  judge(kD, spectrum, Fr::one());
  for (unsigned c : {kD, kE, kIpw, kIn, kOut, kQ0, kQ1, kQ2, kQ3}) judge(c, log, Fr::one());
  for (unsigned c : {kIn, kOut, kQ0}) judge(c, conv, Fr::one()), judge(c, l.score_row, Fr::one());
  for (unsigned c : {kQ1, kQ2, kQ3}) judge(c, conv, Fr(uint64_t{range})), judge(c, l.score_row, Fr(uint64_t{range}));
  for (const uint64_t row : {pick(forge::table_rows(l)), pick(forge::song_rows(s, l))})
    add("multiplicity in row " + std::to_string(row), [=](Witness& w) { w.column(kM)[row] += Fr::one(); }, false);
  auto program = [&](const std::string& name, uint64_t row, const Fr& by) {
    add(name, [=](Witness& w) { w.program[row / 2] += by; });
  };
  const unsigned slot = static_cast<unsigned>(random() % s.slots()),
                 source = static_cast<unsigned>(random() % s.sources());
  program("flag", flag_row(s, static_cast<unsigned>(random() % 32), slot), Fr(uint64_t{2}));
  for (unsigned x = 0; x < 3; x++) program("selector", selector_row(s, l, x, source, slot), Fr::one());
  return list;
}

// Deviations of the prover's other freedoms: some make another good proof.
inline std::vector<Deviation> other_choices(const ProvingKey& key) {
  using namespace claim;
  std::vector<Deviation> list;
  auto add = [&](const std::string& name, bool good, const std::function<void(ProverHooks&)>& set) {
    list.push_back({name, {}, good});
    set(list.back().hooks);
  };
  add("another beneficiary, named before proving", true,
      [](ProverHooks& h) { h.statement = [](ClaimStatement& s) { s.beneficiary[3] ^= 1; }; });
  add("another chain, named before proving", true,
      [](ProverHooks& h) { h.statement = [](ClaimStatement& s) { s.chain_id++; }; });
  add("a song commitment that is not the proof's", false,
      [](ProverHooks& h) { h.statement = [](ClaimStatement& s) { s.song_commitment[9] ^= 1; }; });
  add("another judge's name", false,
      [](ProverHooks& h) { h.statement = [](ClaimStatement& s) { s.judge_id[9] ^= 1; }; });
  for (uint32_t by : {1u, ~0u, 1000u, 0x80000000u})
    add("score changed by " + std::to_string(by), false,
        [=](ProverHooks& h) { h.score = [=](uint32_t v) { return v + by; }; });
  add("no masks in the columns", true, [](ProverHooks& h) { h.before_phase1 = [](ProverState& st) { st.mask = {}; }; });
  add("equal masks in all columns", true, [](ProverHooks& h) {
    h.before_phase1 = [](ProverState& st) {
      for (auto& m : st.mask) m = {Fr(uint64_t{1}), Fr(uint64_t{2})};
    };
  });
  add("no masks in the song's column", true, [](ProverHooks& h) {
    h.before_phase1 = [](ProverState& st) {
      for (uint64_t row : program_mask_rows(st.shape(), st.layout())) st.program[row] = Fr::zero();
    };
  });
  add("no mask of the opening", true, [](ProverHooks& h) {
    h.before_phase1 = [](ProverState& st) {
      for (Fr& v : st.z0) v = Fr::zero();
    };
  });
  add("a mask sum that is not the mask's", false,
      [](ProverHooks& h) { h.before_phase1 = [](ProverState& st) { st.mask_sum += Fr::one(); }; });
  const Shape& s = key.shape;
  const Layout& l = key.layout;
  add("flag of an operation that does not exist", true,
      [&](ProverHooks& h) { h.witness = [row = flag_row(s, 20, 1)](Witness& w) { w.program[row / 2] = Fr::one(); }; });
  add("constant that nothing reads", true, [&](ProverHooks& h) {
    h.witness = [row = constant_row(l, s.sources() - 1)](Witness& w) { w.program[row / 2] = Fr(uint64_t{1} << 50); };
  });
  return list;
}

// Lies after the first challenges, by the attacker's prover.
inline std::vector<std::pair<std::string, forge::Plan>> phase2_lies(const ProvingKey& key, std::mt19937_64& random) {
  using namespace claim;
  const Shape& s = key.shape;
  const Layout& l = key.layout;
  std::vector<std::pair<std::string, forge::Plan>> list;
  auto pick = [&](const std::vector<uint64_t>& rows) { return rows[random() % rows.size()]; };
  std::vector<uint64_t> sources;
  for (unsigned j = 0; j < s.sources(); j++) sources.push_back(j);
  const std::vector<uint64_t> machine = forge::machine_rows(s), judge = forge::conv_rows(s, l),
                              tables = forge::table_rows(l);
  const std::vector<uint64_t>* const rows_of[kPhase2Count] = {&machine, &machine, &machine, &judge,
                                                              &judge,   &tables,  &sources, &sources};
  for (unsigned c = kPhase1Count; c < kColumnCount; c++) {
    const uint64_t row = pick(*rows_of[c - kPhase1Count]), other = pick(*rows_of[c - kPhase1Count]);
    list.push_back({std::string("one entry of ") + kColumnNames[c],
                    {.phase2 = [=](forge::Tables& t, const Challenges&) { t[c][row] += Fr::one(); }}});
    if (other != row)
      list.push_back(
          {std::string("two entries of ") + kColumnNames[c] + " that cancel",
           {.phase2 = [=](forge::Tables& t, const Challenges&) { t[c][row] += Fr::one(), t[c][other] -= Fr::one(); }}});
  }
  return list;
}

}  // namespace sotto::corpus
