// SPDX-License-Identifier: Apache-2.0
// What key generation assumes, it checks: shapes and layouts that break a rule are refused, regions do not touch, and a verifying
// key's bytes are canonical.
#include "claim/statement/layout.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "claim/prover/proving_key.h"
#include "claim/statement/closed_form.h"
#include "claim/statement/verifying_key.h"
#include "judge/net/random_network.h"
#include "zk/transcript/transcript.h"

namespace sotto::claim {
namespace {

judge::Network toy_network(uint64_t seed = 1) {
  judge::RandomShape shape;
  shape.samples = 203;
  return judge::random_network(shape, seed);
}
judge::Network sotto_network() {
  judge::RandomShape shape;
  shape.range_bits = 16, shape.sample_bits = 8, shape.samples = 80000, shape.hop_bits = 8, shape.bins = 256, shape.bands = 48;
  shape.channels = {40, 40, 40};
  return judge::random_network(shape, 1);
}

struct Statement {
  Shape shape;
  Layout layout;
};
std::vector<Statement> statements() {
  std::vector<Statement> all;
  for (const judge::Network& net : {toy_network(), sotto_network()})
    for (unsigned slots : {16u, 32u, 64u}) {
      const Shape s = make_shape(net, slots).value();
      all.push_back({s, make_layout(s).value()});
    }
  return all;
}

// Two regions of one column that share rows would let one constraint's cells serve another.
void expect_disjoint(const std::vector<std::pair<std::string, Block>>& blocks, uint64_t end) {
  for (size_t i = 0; i < blocks.size(); i++) {
    EXPECT_LE(blocks[i].second.end(), end) << blocks[i].first;
    EXPECT_EQ(blocks[i].second.base % (uint64_t{1} << blocks[i].second.bits), 0u) << blocks[i].first << " is not aligned";
    for (size_t j = 0; j < i; j++)
      EXPECT_TRUE(blocks[i].second.end() <= blocks[j].second.base || blocks[j].second.end() <= blocks[i].second.base)
          << blocks[i].first << " and " << blocks[j].first;
  }
}

TEST(Layout, RegionsAreDisjointAndEndBeforeTheMasks) {
  for (const auto& [s, l] : statements()) {
    const uint64_t end = l.mask_at;
    EXPECT_LT(machine_row(s, s.slots() - 1, s.samples - 1), end);
    EXPECT_EQ(end % machine_row(s, 0, 8), 0u);
    EXPECT_LE(end + kMaskRows, l.used_rows);
    EXPECT_LE(l.used_rows, l.rows());
    EXPECT_LE(l.weight_rows, l.used_rows);
    EXPECT_LE(l.tables_end, end);
    EXPECT_LE(l.program_rows(), l.tables_at);  // the song's table and the public ones share the columns m and hT
    std::vector<std::pair<std::string, Block>> judge = {{"logarithms", l.log_rows}}, spectrum = {{"energies", l.log_rows}, {"spectrum", l.dft_rows}};
    std::vector<std::pair<std::string, Block>> weights = {{"spectrum", l.dft_weights}, {"spectrum bias", l.dft_bias}, {"mel", l.mel_weights},
                                                          {"head", l.head_mean}, {"head squares", l.head_square}};
    for (size_t i = 0; i < l.conv.size(); i++) {
      judge.emplace_back("layer", l.conv[i].rows);
      weights.emplace_back("layer", l.conv[i].weights);
      weights.emplace_back("layer bias", l.conv[i].bias);
    }
    judge.emplace_back("score", Block{l.score_row, 0});
    expect_disjoint(judge, end);
    expect_disjoint(spectrum, end);
    expect_disjoint(weights, l.used_rows);
  }
}

TEST(Layout, ProgramRowsAreDistinct) {
  for (const auto& [s, l] : statements()) {
    std::set<uint64_t> rows;
    size_t count = 0;
    auto add = [&, end = l.program_rows()](uint64_t row) {
      rows.insert(row), count++;
      EXPECT_LT(row, end);
      EXPECT_EQ(row % 2, 0u);
    };
    for (unsigned k = 0; k < s.slots(); k++) {
      for (unsigned op = 0; op < 32; op++) add(flag_row(s, op, k));
      for (unsigned operand = 0; operand < 3; operand++)
        for (unsigned j = 0; j < s.sources(); j++) add(selector_row(s, l, operand, j, k));
    }
    for (unsigned j = s.first_constant(); j < s.sources(); j++) add(constant_row(l, j));
    for (unsigned i = 0; i < 1u << s.limb_bits; i++) add(song_table_row(l, i));
    EXPECT_EQ(rows.size(), count);
  }
}

// Z1: at least 16 masks among the flags' rows and 8 in every dyadic block above them, all on odd rows, none twice.
TEST(Layout, MaskRowsAreWhereTheRankTestNeedsThem) {
  for (const auto& [s, l] : statements()) {
    const std::vector<uint64_t> masks = program_mask_rows(s, l);
    EXPECT_EQ(std::set<uint64_t>(masks.begin(), masks.end()).size(), masks.size());
    std::map<uint64_t, unsigned> in_block;
    const uint64_t flags = uint64_t{64} << s.slot_bits;
    for (uint64_t row : masks) {
      EXPECT_EQ(row % 2, 1u);
      uint64_t block = flags;
      while (row >= block) block *= 2;
      in_block[block]++;
    }
    for (uint64_t block = flags; block <= l.program_rows(); block *= 2) EXPECT_GE(in_block[block], block == flags ? 16u : 8u);
    const std::vector<uint64_t> z0 = z0_rows(l);
    EXPECT_EQ(std::set<uint64_t>(z0.begin(), z0.end()).size(), kZ0Entries);
    for (uint64_t row : z0) EXPECT_TRUE(row < l.mask_at || (row >= l.mask_at + kMaskRows && row < l.used_rows));
  }
}

// Every class of rows that a round of the reduction shows apart has masks, wherever the mask rows are.
TEST(Layout, MasksOfTheOpeningAreInEveryClass) {
  for (const unsigned slots : {16u, 32u, 64u})
    for (uint64_t mask_at = 8 * slots * 100; mask_at < uint64_t{1} << 25; mask_at += 8 * slots * 37) {
      Layout l;
      l.mask_at = mask_at;
      while (l.rows() < mask_at + kMaskRows + kZ0AtMasks || l.log_n < 12) l.log_n++;
      ASSERT_TRUE(in_every_class(l, z0_rows(l))) << mask_at;
    }
  // The check sees a class without one: no row has bit 3.
  Layout l;
  l.log_n = 12, l.mask_at = 3072;
  std::vector<uint64_t> rows = z0_rows(l);
  EXPECT_TRUE(in_every_class(l, rows));
  std::erase_if(rows, [](uint64_t row) { return (row >> 3 & 1) == 1; });
  EXPECT_FALSE(in_every_class(l, rows));
}

// Powers of alpha: one for every constraint and every relation.
TEST(Layout, TermsDoNotShareChallenges) {
  for (unsigned op = 0; op < sound::kOpCount; op++) EXPECT_LE(kFirstConstraint[op], kFirstConstraint[op + 1]);
  EXPECT_EQ(unsigned{kTermH1}, kFirstConstraint[sound::kOpCount]);
  EXPECT_EQ(unsigned{kTermForward} + 1, unsigned{kRelOperands});
  for (const auto& [s, l] : statements()) EXPECT_EQ(term_count(s), kRelConv + s.conv.size());
}

TEST(Layout, ImpossibleShapesAreRefused) {
  const Shape good = make_shape(toy_network(), 16).value();
  using Change = std::function<void(Shape&)>;
  const std::pair<const char*, Change> changes[] = {
      {"samples reach the mask rows", [](Shape& s) { s.samples = (1u << s.sample_bits) - 1; }},
      {"samples fill every row", [](Shape& s) { s.samples = 1u << s.sample_bits; }},
      {"more sources than the block holds", [](Shape& s) { s.source_bits = 4; }},
      {"flags past their sub-block", [](Shape& s) { s.source_bits = 5; }},
      {"exponents past their table", [](Shape& s) { s.limb_bits = 2; }},
      {"a spectrum that does not fit", [](Shape& s) { s.dft_bits = 12; }},
      {"too many rows", [](Shape& s) { s.sample_bits = 25; }},
      {"hardly any rows", [](Shape& s) { s.sample_bits = 5, s.samples = 20; }},
  };
  ASSERT_TRUE(make_layout(good).ok());
  for (const auto& [what, change] : changes) {
    Shape s = good;
    change(s);
    EXPECT_FALSE(make_layout(s).ok()) << what;
  }
  for (unsigned slots : {0u, 1u, 8u, 15u, 17u, 24u, 48u, 128u}) EXPECT_FALSE(make_shape(toy_network(), slots).ok()) << slots;
}

TEST(Layout, NetworksThatReadTooFarAreRefused) {
  using Change = std::function<void(judge::Network&)>;
  const std::pair<const char*, Change> changes[] = {
      {"one sample too few", [](judge::Network& n) { n.samples = n.hop() * (n.frames + 1) - 1; }},
      {"one frame too many", [](judge::Network& n) { n.frames++; }},
      {"samples of another width", [](judge::Network& n) { n.sample_bits = 5; }},
      {"bins no power of two", [](judge::Network& n) { n.bins = 3; }},
      {"range limbs of 12 bits", [](judge::Network& n) { n.range_bits = 12; }},
      {"a layer with one frame too many", [](judge::Network& n) { n.conv[0].out_frames++; }},
      {"a layer with another input", [](judge::Network& n) { n.conv[1].in_channels++; }},
      {"a huge weight", [](judge::Network& n) { n.conv[0].weights[0] = 1 << 30; }},
      {"a table that is too short", [](judge::Network& n) { n.act_table.pop_back(); }},
      {"a table that is too long", [](judge::Network& n) { n.score_table.push_back(0); }},
  };
  for (const auto& [what, change] : changes) {
    judge::Network net = toy_network();
    change(net);
    EXPECT_FALSE(make_shape(net, 16).ok()) << what;
  }
}

struct Columns {
  Shape shape;
  Layout layout;
  std::vector<Fr> weights, table_out;
};
Columns columns() {
  Columns c;
  const judge::Network net = toy_network();
  c.shape = make_shape(net, 16).value(), c.layout = make_layout(c.shape).value();
  c.weights = weight_column(c.shape, c.layout, net), c.table_out = table_out_column(c.shape, c.layout, net);
  return c;
}

// Rule 1: a weight on a row that nothing constrains would let the prover choose what the judge hears (review S1).
TEST(PublicColumns, WeightsOnRowsThatNothingConstrainsAreRefused) {
  const Columns good = columns();
  const Shape& s = good.shape;
  const Layout& l = good.layout;
  ASSERT_TRUE(check_public_columns(s, l, good.weights, good.table_out).ok());
  auto refused = [&](uint64_t row, const std::string& what) {
    Columns c = good;
    c.weights[row] = Fr::one();
    EXPECT_FALSE(check_public_columns(s, l, c.weights, c.table_out).ok()) << what;
  };
  ASSERT_EQ(s.bands, 3u);  // one of four band rows is free
  refused(l.mel_weights.base + 3, "mel weight of a band that does not exist");
  const ConvShape& first = s.conv[0];
  refused(l.conv[0].weights.base + (uint64_t{3} << first.out_channel_bits), "weight on an input that does not exist");
  ASSERT_EQ(s.conv[1].out_channels, 3u);
  refused(l.conv[1].weights.base + 3, "weight of an output that does not exist");
  refused(l.conv[1].bias.base + 3, "bias of an output that does not exist");
  refused(l.head_mean.base + 3, "head weight of a channel that does not exist");
  refused(l.head_square.base + 3, "head square of a channel that does not exist");
}

TEST(PublicColumns, TablesOfAnotherSizeAreRefused) {
  Columns c = columns();
  c.table_out.pop_back();
  EXPECT_FALSE(check_public_columns(c.shape, c.layout, c.weights, c.table_out).ok());
  c.table_out.resize(c.layout.tables_end + 1);
  EXPECT_FALSE(check_public_columns(c.shape, c.layout, c.weights, c.table_out).ok());
}

// Keys of every table are unique: no two rows of one id share their key, and no id is 0 (review S7).
TEST(PublicColumns, TableKeysAreUnique) {
  const Columns c = columns();
  Challenges ch;
  ch.beta = Fr(uint64_t{1} << 40);
  ch.gamma = Fr::zero();
  std::set<std::array<uint64_t, 4>> seen;
  for (uint64_t x = c.layout.tables_at; x < c.layout.tables_end; x++) {
    Point bits;
    for (unsigned i = 0; i < c.layout.log_n; i++) bits.push_back(Fr(uint64_t{x >> i & 1}));
    // id and first three values; Tout is a value of its own, so a repeated key with another output would show here as well.
    const Fr key = table_at(c.shape, c.layout, ch, bits, Fr::zero());
    EXPECT_FALSE(key.is_zero());
    EXPECT_TRUE(seen.insert(key.to_limbs()).second) << "row " << x;
  }
}

VerifyingKey key_for(const judge::Network& net) {
  static const auto srs = std::make_shared<const zk::Srs>(zk::make_development_srs(14));
  return make_proving_key(net, 16, srs).value()->vk;
}

TEST(VerifyingKey, IsReDerivedByteForByte) {
  const Bytes once = key_for(toy_network()).encode(), again = key_for(toy_network()).encode();
  EXPECT_EQ(once, again);
  EXPECT_NE(once, key_for(toy_network(2)).encode());
  const VerifyingKey decoded = VerifyingKey::decode(once).value();
  EXPECT_EQ(decoded.encode(), once);
  EXPECT_EQ(decoded.shape, key_for(toy_network()).shape);
  EXPECT_TRUE(decoded.development);
}

TEST(VerifyingKey, OtherBytesAreRefusedOrSayWhatTheyAre) {
  const Bytes good = key_for(toy_network()).encode();
  size_t refused = 0, tried = 0;
  auto attempt = [&](const Bytes& b) {
    const Result<VerifyingKey> k = VerifyingKey::decode(b);
    tried++;
    if (k.ok()) EXPECT_EQ(k.value().encode(), b);
    else refused++;
  };
  for (size_t bit = 0; bit < 8 * good.size(); bit += 7) {
    Bytes b = good;
    b[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    attempt(b);
  }
  EXPECT_GT(refused * 10, tried * 8) << refused << " of " << tried;
  for (size_t size = 0; size < good.size(); size += 13) EXPECT_FALSE(VerifyingKey::decode(ByteSpan(good).first(size)).ok()) << size;
  for (size_t more : {1u, 31u, 32u, 64u}) {
    Bytes b = good;
    b.resize(good.size() + more);
    EXPECT_FALSE(VerifyingKey::decode(b).ok());
  }
  // Infinity as [tau]_2 or as a generator elsewhere in the key.
  Bytes b = good;
  std::fill(b.begin() + 32 * 8, b.begin() + 32 * 12, uint8_t{0});
  attempt(b);
}

TEST(VerifyingKey, ShapesOutsideTheStatementAreRefused) {
  const VerifyingKey good = key_for(toy_network());
  using Change = std::function<void(Shape&)>;
  const std::pair<const char*, Change> changes[] = {
      {"T - 1 where a frame reads the last sample", [](Shape& s) { s.samples = ((s.frames + 1) << s.hop_bits) - 1; }},
      {"a frame more than samples", [](Shape& s) { s.frames = (s.samples >> s.hop_bits); }},
      {"no frames", [](Shape& s) { s.frames = 0; }},
      {"more bands than rows for them", [](Shape& s) { s.bands = (1u << s.band_bits) + 1; }},
      {"no bands", [](Shape& s) { s.bands = 0; }},
      {"frame bits", [](Shape& s) { s.frame_bits--; }},
      {"an output frame too many", [](Shape& s) { s.conv[0].out_frames = s.frames / 2; }},
      {"an output channel too many", [](Shape& s) { s.conv[0].out_channels = (1u << s.conv[0].out_channel_bits) + 1; }},
      {"input channels of another layer", [](Shape& s) { s.conv[1].in_channel_bits++; }},
      {"no layers", [](Shape& s) { s.conv.clear(); }},
      {"limbs of 5 bits", [](Shape& s) { s.limb_bits = 5; }},
  };
  for (const auto& [what, change] : changes) {
    VerifyingKey vk = good;
    change(vk.shape);
    if (!make_layout(vk.shape).ok()) continue;  // refused even earlier
    EXPECT_FALSE(VerifyingKey::decode(vk.encode()).ok()) << what;
  }
}

// review S10: the counter of challenges is wide, and every absorb starts it again.
TEST(Challenges, ManyInOnePhaseAreDistinct) {
  zk::Sponge sponge(Bytes(64, 1));
  std::set<std::array<uint64_t, 4>> seen;
  for (int i = 0; i < 300; i++) seen.insert(sponge.challenge().to_limbs());
  EXPECT_EQ(seen.size(), 300u);
  sponge.absorb(Bytes(32, 2));
  for (int i = 0; i < 300; i++) seen.insert(sponge.challenge().to_limbs());
  EXPECT_EQ(seen.size(), 600u);
}

}  // namespace
}  // namespace sotto::claim
