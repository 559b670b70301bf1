// SPDX-License-Identifier: Apache-2.0
// Every class of cells (a column in a region), changed at random many times, and the edges of every region: a changed
// cell breaks the statement, or its class is in the list of those that may change, with the reason. Most changes are
// judged by the audit; a sample of them, and all edges, in whole proofs, where audit and verifiers must agree.
#include "support/attack_song.h"
#include "support/audit.h"
#include "support/heavy.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

const Audit& audit() {
  static const Audit one(*attack_start().key);
  return one;
}

struct CellClass {
  std::string region;
  unsigned column;
  std::vector<uint64_t> rows;
  std::string name() const { return std::string(kColumnNames[column]) + " of " + region; }
};

// Every cell of phase 1 that some region holds.
std::vector<CellClass> cell_classes() {
  const Shape& s = shape();
  const Layout& l = layout();
  std::vector<CellClass> all;
  for (unsigned c = 0; c < kVmColumnCount; c++) all.push_back({"the machine", c, machine_rows(s)});
  all.push_back({"the spectrum", kD, dft_rows(s, l)});
  for (unsigned c : {kD, kE, kIpw, kIn, kOut, kQ0, kQ1, kQ2, kQ3}) all.push_back({"the logarithm", c, log_rows(s, l)});
  for (unsigned i = 0; i < s.conv.size(); i++)
    for (unsigned c : {kIn, kOut, kQ0, kQ1, kQ2, kQ3})
      all.push_back({"layer " + std::to_string(i), c, audit().conv_layer_rows(i)});
  for (unsigned c : {kIn, kOut, kQ0, kQ1, kQ2, kQ3}) all.push_back({"the score", c, {l.score_row}});
  all.push_back({"the tables", kM, table_rows(l)});
  all.push_back({"the song's table", kM, song_rows(s, l)});
  all.push_back({"the song's table", kProg, song_rows(s, l)});
  std::vector<uint64_t> flags, other_flags, selectors, constants;
  for (unsigned k = 0; k < s.slots(); k++) {
    for (unsigned op = 0; op < 32; op++) (op < sound::kOpCount ? flags : other_flags).push_back(flag_row(s, op, k));
    for (unsigned x = 0; x < 3; x++)
      for (unsigned j = 0; j < s.sources(); j++) selectors.push_back(selector_row(s, l, x, j, k));
  }
  for (unsigned j = s.first_constant(); j < s.sources(); j++) constants.push_back(constant_row(l, j));
  all.push_back({"the flags", kProg, flags});
  all.push_back({"flags of no operation", kProg, other_flags});
  all.push_back({"the selectors", kProg, selectors});
  all.push_back({"the constants", kProg, constants});
  return all;
}

// What may change without a lie about the score.
const std::map<std::string, const char*>& harmless() {
  static const std::map<std::string, const char*> all = [] {
    std::map<std::string, const char*> m;
    for (const char* c : {"W1l", "W1h", "W2l", "W2h"})
      m[std::string(c) + " of the machine"] = "within its range, where the operation does not read it";
    m["cy of the machine"] = m["z of the machine"] = "a bit, where the operation does not read it";
    for (const char* region : {"layer 0", "layer 1"})
      for (const char* c : {"q1", "q2", "q3"})
        m[std::string(c) + " of " + region] = "within its range; the remainder of a convolution is q0 alone";
    for (const char* c : {"q2", "q3"})
      m[std::string(c) + " of the score"] = "within its range; the remainder of the score is q0, q1";
    m["Prog of flags of no operation"] = "a bit that switches nothing on";
    m["Prog of the constants"] = "a constant that no slot reads";
    return m;
  }();
  return all;
}

// Another value for a cell: near, far, of a neighbour, shifted by a limb.
Fr changed(const Table& column, const std::vector<uint64_t>& rows, uint64_t x, std::mt19937_64& random) {
  const Fr& v = column[x];
  switch (random() % 8) {
    case 0:
      return v + Fr::one();
    case 1:
      return v - Fr::one();
    case 2:
      return Fr::one() - v;
    case 3:
      return Fr(random()) * Fr(random()) * Fr(random()) * Fr(random());
    case 4:
      return column[rows[random() % rows.size()]];
    case 5:
      return Fr(random() % 256);
    case 6:
      return v + Fr(uint64_t{1} << shape().limb_bits * (1 + random() % 4));
    default:
      return small(v) ? Fr(*small(v) ^ uint64_t{1} << random() % 16) : v + v;
  }
}

// Whether a slot reads this constant: then it may not change. (This song looks up every entry of its table.)
bool read(const CellClass& c, uint64_t x) {
  if (c.region != "the constants") return false;
  for (unsigned k = 0; k < shape().slots(); k++)
    for (unsigned operand = 0; operand < 3; operand++)
      for (unsigned j = shape().first_constant(); j < shape().sources(); j++)
        if (constant_row(layout(), j) == x &&
            !attack_start().tables[kProg][selector_row(shape(), layout(), operand, j, k)].is_zero())
          return true;
  return false;
}

TEST(Cells, ChangedAtRandom) {
  std::mt19937_64 random(21);
  std::set<std::string> seen_harmless;
  size_t changes = 0, proofs = 0;
  const unsigned repeat = repetitions(25, 500), proofs_each = repetitions(1, 8);
  for (const CellClass& c : cell_classes()) {
    unsigned proved = 0;
    for (unsigned i = 0; i < repeat; i++) {
      Tables t = attack_start().tables;
      const uint64_t x = c.rows[random() % c.rows.size()];
      const Fr value = changed(t[c.column], c.rows, x, random);
      if (value == t[c.column][x]) continue;
      t[c.column][x] = value;
      if (c.column != kM) audit().recount(t);
      const bool good = audit().broken(t, attack_start().score).empty();
      changes++;
      if (good) {
        EXPECT_TRUE(harmless().contains(c.name())) << c.name() << ", row " << x << ": nobody minds";
        EXPECT_FALSE(read(c, x)) << c.name() << ", row " << x;
        seen_harmless.insert(c.name());
      }
      if (proved++ >= proofs_each) continue;
      proofs++;
      const Proven proven = forge::forge(attack_start(), {.phase1 = [&](Tables& all) { all = t; }});
      if (good)
        expect_accepted(attack_start().key->vk, proven, c.name());
      else
        expect_rejected(attack_start().key->vk, proven, c.name(), "reduction identity");
    }
  }
  for (const auto& [name, why] : harmless())
    EXPECT_TRUE(seen_harmless.contains(name)) << name << " never was harmless: " << why;
  std::cout << changes << " changed cells of " << cell_classes().size() << " classes, " << proofs
            << " of them in whole proofs\n";
}

// The columns of phase 2, which only whole proofs can judge: every cell that a region holds is pinned.
TEST(Cells, HelpersChangedAtRandom) {
  std::mt19937_64 random(22);
  const Shape& s = shape();
  const Layout& l = layout();
  std::vector<CellClass> all;
  std::vector<uint64_t> sources;
  for (unsigned j = 0; j < s.sources(); j++) sources.push_back(j);
  for (unsigned c : {kH1, kH2, kHL}) all.push_back({"the machine", c, machine_rows(s)});
  for (unsigned c : {kHJ, kHF}) {
    all.push_back({"the logarithm", c, log_rows(s, l)});
    for (unsigned i = 0; i < s.conv.size(); i++)
      all.push_back({"layer " + std::to_string(i), c, audit().conv_layer_rows(i)});
    all.push_back({"the score", c, {l.score_row}});
  }
  all.push_back({"the tables", kHT, table_rows(l)});
  all.push_back({"the song's table", kHT, song_rows(s, l)});
  for (unsigned c : {kV1, kV2}) all.push_back({"the sources", c, sources});
  for (const CellClass& c : all)
    for (unsigned i = 0; i < repetitions(2, 20); i++) {
      const Plan plan{.phase2 = [&](Tables& t, const Challenges&) {
        Fr& cell = t[c.column][c.rows[random() % c.rows.size()]];
        const Fr value = changed(t[c.column], c.rows, c.rows[random() % c.rows.size()], random);
        cell = value == cell ? value + Fr::one() : value;
      }};
      expect_rejected(attack_start().key->vk, forge::forge(attack_start(), plan), c.name(), "reduction identity");
    }
}

// ---- Edges: the smallest lie in the first and the last row of every region, in every direction.

struct Edge {
  std::string name, broken;  // what it must break, among others
  std::function<uint32_t(Tables&)> cells;
  bool recount = true;
};

std::vector<uint64_t> corners(const std::vector<uint64_t>& rows, size_t width) {
  return {rows[0], rows[width - 1], rows[rows.size() - width], rows.back()};
}

void machine_edges(std::vector<Edge>& all) {
  for (unsigned k : {0u, shape().slots() - 1})
    for (uint64_t i : {uint64_t{0}, uint64_t{shape().samples} - 1}) {
      const uint64_t x = row_of(k, i);
      const std::string at = ", slot " + std::to_string(k) + ", sample " + std::to_string(i);
      auto cell = [&](const std::string& name, const std::string& broken, unsigned column, const Fr& by) {
        all.push_back({name + at, broken, [=](Tables& t) { return t[column][x] += by, attack_start().score; }});
      };
      cell("result", "add 0", kR, Fr::one());
      cell("zero flag", "zero flag is a bit", kZ, Fr(uint64_t{2}));
      cell("range limb", "machine: range W2l", kW2l, Fr(uint64_t{256}));
      cell("and-limb", "machine: limb 3", kG3, Fr::one());
      cell("operand c", "operand c", kC, Fr::one());
    }
}

void judge_edges(std::vector<Edge>& all) {
  const Shape& s = shape();
  auto cell = [&](const std::string& name, const std::string& broken, unsigned column, uint64_t x, const Fr& by) {
    all.push_back({name + ", row " + std::to_string(x), broken,
                   [=](Tables& t) { return t[column][x] += by, attack_start().score; }});
  };
  for (uint64_t x : corners(dft_rows(s, layout()), size_t{1} << s.dft_bits))
    cell("spectrum", "spectrum", kD, x, Fr::one());
  for (uint64_t x : corners(log_rows(s, layout()), s.bands)) {
    cell("energy", "mel", kD, x, Fr::one());
    cell("rest", "logarithm", kQ0, x, Fr::one());
    cell("logarithm", "logarithm: log table", kOut, x, Fr::one());
    cell("power", "logarithm: exponent table", kIpw, x, Fr::one());
    cell("range limb", "logarithm: range q1", kQ1, x, Fr(uint64_t{256}));
  }
  for (unsigned i = 0; i < s.conv.size(); i++)
    for (uint64_t x : corners(audit().conv_layer_rows(i), s.conv[i].out_channels)) {
      cell("remainder", "convolution " + std::to_string(i), kQ0, x, Fr::one());
      cell("activation", "layer " + std::to_string(i) + ": activation table", kOut, x, Fr::one());
      cell("range limb", "layer " + std::to_string(i) + ": range q3", kQ3, x, Fr(uint64_t{256}));
    }
}

void program_edges(std::vector<Edge>& all) {
  const Shape& s = shape();
  const Layout& l = layout();
  auto program = [&](const std::string& name, const std::string& broken, uint64_t x, const Fr& value) {
    all.push_back({name, broken, [=](Tables& t) { return t[kProg][x] = value, attack_start().score; }});
  };
  for (unsigned k : {0u, s.slots() - 1}) {
    for (unsigned op : {0u, sound::kOpCount - 1, sound::kOpCount, 31u})
      program("flag " + std::to_string(op) + " of slot " + std::to_string(k), "bits: flags", flag_row(s, op, k),
              Fr(uint64_t{2}));
    for (unsigned x = 0; x < 3; x++) {
      const std::string part = std::string("selectors ") + "abc"[x];
      for (unsigned j : {0u, s.sources() - 1})
        program(part + ", source " + std::to_string(j) + " of slot " + std::to_string(k), "bits: " + part,
                selector_row(s, l, x, j, k), Fr(uint64_t{2}));
      for (unsigned j : {k, s.slots() - 1})
        program(part + ", slot " + std::to_string(j) + " of slot " + std::to_string(k), "forward: " + part,
                selector_row(s, l, x, j, k), Fr::one());
    }
  }
  auto multiplicity = [&](const std::string& name, const std::string& broken, uint64_t x) {
    all.push_back({name + ", row " + std::to_string(x), broken,
                   [=](Tables& t) { return t[kM][x] += Fr::one(), attack_start().score; }, false});
  };
  const uint64_t block = uint64_t{1} << s.range_bits();
  for (uint64_t at = l.tables_at; at < l.tables_end; at += block)
    for (uint64_t x : {at, std::min(at + block, l.tables_end) - 1}) multiplicity("multiplicity", "multiplicities", x);
  for (uint64_t x : {l.tables_end - s.exponents() - 1, l.tables_end - s.exponents()})
    multiplicity("multiplicity", "multiplicities", x);
  for (uint64_t x : {song_rows(s, l).front(), song_rows(s, l).back()})
    multiplicity("multiplicity", "multiplicities of the song", x);
}

TEST(Cells, EdgesOfEveryRegion) {
  std::vector<Edge> all;
  machine_edges(all), judge_edges(all), program_edges(all);
  for (const Edge& e : all) {
    Tables t = attack_start().tables;
    const uint32_t score = e.cells(t);
    if (e.recount) audit().recount(t);
    const std::set<Broken> broken = audit().broken(t, score);
    EXPECT_TRUE(std::any_of(broken.begin(), broken.end(), [&](const Broken& b) { return b.what == e.broken; }))
        << e.name;
    expect_rejected(attack_start().key->vk, forge::forge(attack_start(), {.phase1 = [&](Tables& now) { now = t; }}),
                    e.name, "reduction identity");
  }
  std::cout << all.size() << " lies at edges\n";
}

}  // namespace
}  // namespace sotto
