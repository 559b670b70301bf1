// SPDX-License-Identifier: Apache-2.0
// Inventory of absorb and challenge sites. The table of docs/protocol.md, section 8, is read and followed: its slices
// tile the proof, and a sponge that absorbs them and draws what the table says draws exactly the verifier's challenges,
// in number and value, for every shape. So prover and native verifier absorb every byte once and in order, and draw
// where the page says; and so does the contract, which would draw other challenges and refuse an honest proof
// otherwise.
#include <fstream>
#include <regex>
#include <sstream>

#include "base/keccak.h"
#include "claim/statement/transcript.h"
#include "support/corpus.h"
#include "support/damage.h"
#include "support/verdict.h"
#include "zk/transcript/transcript.h"

namespace sotto {
namespace {

using namespace claim;

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(SOTTO_SOURCE_DIR) + "/" + file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// A row of the table: what is absorbed, and the names of the challenges behind it.
struct Row {
  std::string slice;
  std::vector<std::string> challenges;
};
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  int depth = 0;
  std::string part;
  for (char ch : text + separator) {
    depth += (ch == '(') - (ch == ')');
    if (ch == separator && depth == 0) {
      const size_t from = part.find_first_not_of(' '), to = part.find_last_not_of(' ');
      if (from != std::string::npos) parts.push_back(part.substr(from, to - from + 1));
      part.clear();
    } else {
      part += ch;
    }
  }
  return parts;
}
std::vector<Row> documented() {
  std::istringstream page(text_of("docs/protocol.md"));
  std::vector<Row> rows;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("| bytes from | slice |"))
      inside = true;
    else if (inside && !line.starts_with("|"))
      break;
    else if (inside && !line.starts_with("|-")) {
      const std::vector<std::string> cells = split(line, '|');
      SOTTO_CHECK(cells.size() == 3);
      // "Q; W" with "z; none" are two rows in one
      const std::vector<std::string> slices = split(cells[1], ';'), challenges = split(cells[2], ';');
      for (size_t i = 0; i < std::max(slices.size(), challenges.size()); i++)
        rows.push_back({slices.size() == challenges.size() ? slices[i] : cells[1],
                        split(challenges.at(std::min(i, challenges.size() - 1)), ',')});
    }
  }
  return rows;
}

// How many challenges a name of the table stands for.
size_t count_of(const std::string& name, const Shape& s, const Layout& l) {
  size_t layers = 0;
  for (const ConvShape& c : s.conv) layers += c.out_frame_bits + c.out_channel_bits;
  const std::map<std::string, size_t> counts = {{"gamma", 1},
                                                {"beta", 1},
                                                {"r_k", s.slot_bits},
                                                {"r_t", s.sample_bits},
                                                {"chi (3)", 3},
                                                {"spectrum (i, c)", s.frame_bits + s.dft_bits},
                                                {"mel (i, b)", s.frame_bits + s.band_bits},
                                                {"per layer (i, c)", layers},
                                                {"s", s.source_bits},
                                                {"alpha", 1},
                                                {"tau (n)", l.log_n},
                                                {"rho", 1},
                                                {"u_i", 1},
                                                {"lambda", 1},
                                                {"mu", 1},
                                                {"x*_i", 1},
                                                {"kappa", 1},
                                                {"r_0", 1},
                                                {"nu", 1},
                                                {"z", 1},
                                                {"none", 0}};
  const auto it = counts.find(name);
  EXPECT_TRUE(it != counts.end()) << "docs/protocol.md names a challenge that this test does not know: " << name;
  return it == counts.end() ? 0 : it->second;
}

// The slices in order, each with the number of challenges behind it: rounds are repeated.
struct Site {
  ProofSlice slice;
  size_t challenges = 0;
};
std::vector<Site> sites(const Shape& s, const Layout& l) {
  const ProofMap map(s, l);
  std::vector<Site> all;
  for (const Row& row : documented()) {
    size_t count = 0;
    for (const std::string& name : row.challenges) count += count_of(name, s, l);
    const size_t times = row.slice.find("round i") == std::string::npos ? 1 : l.log_n;
    for (size_t i = 0; i < times; i++) {
      if (all.size() == map.slices().size()) {
        ADD_FAILURE() << "docs/protocol.md has more slices than a proof";
        return all;
      }
      all.push_back({map.slices()[all.size()], count});
    }
  }
  EXPECT_EQ(all.size(), map.slices().size()) << "docs/protocol.md has fewer slices than a proof";
  return all;
}

TEST(Inventory, SlicesTileTheProof) {
  for (const corpus::Named& k : corpus::keys()) {
    size_t at = 0;
    for (const Site& site : sites(k.key->shape, k.key->layout)) {
      EXPECT_EQ(site.slice.offset, at) << k.name << ", " << site.slice.name;
      size_t field_at = at;
      for (const ProofField& f : site.slice.fields) {
        EXPECT_EQ(f.offset, field_at) << f.name;
        field_at += f.bytes();
      }
      at += site.slice.bytes;
      EXPECT_EQ(field_at, at);
    }
    EXPECT_EQ(at, proof_sizes(k.key->shape, k.key->layout).total) << k.name;
  }
}

// The page is what the verifiers do.
TEST(Inventory, ThePageDrawsTheVerifiersChallenges) {
  for (const corpus::Named& k : corpus::keys()) {
    const Proven proven = corpus::prove(*k.key, toy::program(4, k.key->shape.slots() - 1), 9);
    std::vector<Fr> drawn, expected;
    ASSERT_TRUE(verify_with(k.key->vk, proven.statement, proven.proof, {.drawn = &drawn}).ok()) << k.name;
    zk::Sponge sponge(transcript_statement(proven.statement));
    for (const Site& site : sites(k.key->shape, k.key->layout)) {
      sponge.absorb(ByteSpan(proven.proof).subspan(site.slice.offset, site.slice.bytes));
      for (const Fr& x : sponge.challenges(site.challenges)) expected.push_back(x);
    }
    EXPECT_EQ(drawn, expected) << k.name;
    expect_accepted(k.key->vk, proven, k.name);  // the contract draws the same, or it would not accept
  }
}

// One field changed: every challenge behind its slice changes, none before. So each field is absorbed where it lies.
TEST(Inventory, EveryFieldChangesTheNextChallenge) {
  const corpus::Named& k = corpus::keys()[0];
  const Proven proven = corpus::prove(*k.key, toy::program(4), 9), other = corpus::prove(*k.key, toy::program(4), 10);
  std::vector<Fr> honest;
  ASSERT_TRUE(verify_with(k.key->vk, proven.statement, proven.proof, {.drawn = &honest}).ok());
  size_t drawn_before = 0, fields = 0;
  std::set<std::string> unseen;
  for (const Site& site : sites(k.key->shape, k.key->layout)) {
    for (const ProofField& f : site.slice.fields) {
      Bytes changed = proven.proof;
      std::copy_n(&other.proof[f.offset], f.bytes(), &changed[f.offset]);  // valid, and different: masks are fresh
      ASSERT_NE(changed, proven.proof) << f.name;
      ClaimStatement s = proven.statement;
      s.song_commitment = keccak256(ByteSpan(changed).subspan(64 * kProg, 64));
      if (s.song_commitment != proven.statement.song_commitment) continue;  // the statement changes with it
      std::vector<Fr> drawn;
      EXPECT_FALSE(verify_with(k.key->vk, s, changed, {.drawn = &drawn}).ok());
      fields++;
      // Where an identity is checked before the next challenge, a verifier that fails draws no more: frozen.test.cpp
      // makes changes there that keep the identity.
      if (drawn.size() < drawn_before + site.challenges) {
        EXPECT_EQ(drawn.size(), drawn_before) << f.name;
        unseen.insert(site.slice.name);
      }
      for (size_t i = 0; i < drawn.size(); i++)
        ASSERT_EQ(drawn[i] == honest[i], i < drawn_before) << f.name << ", challenge " << i;
    }
    drawn_before += site.challenges;
  }
  EXPECT_EQ(drawn_before, honest.size());
  EXPECT_EQ(unseen, (std::set<std::string>{"finals", "folds and clear polynomial", "remainders"}));
  EXPECT_EQ(fields + 1, ProofMap(k.key->shape, k.key->layout).fields().size());
}

// The places in the source where something is absorbed or drawn. Whoever changes a number here has to write the attack
// for the new site in frozen.test.cpp, and to extend the page.
TEST(Inventory, SitesInTheSource) {
  const std::tuple<const char*, const char*, const char*, const char*, unsigned, unsigned> files[] = {
      // file, from this text on, pattern of an absorb, pattern of a challenge, absorbs, challenges
      {"src/claim/verifier/verify.cpp", "", R"(\.open_slice\()", R"(\bt_?\.challenges?\()", 5, 4},
      {"src/claim/statement/challenges.h", "", R"(\.open_slice\()", R"(\bt\.challenges?\()", 0, 15},
      {"src/zk/commit/opening.cpp", "const char* check_opening", R"(\.open_slice\()", R"(\btranscript\.challenges?\()",
       4, 3},
      // absorb and absorb_scalars; their definitions call absorb once more. challenge(): gamma, beta, alpha, rho,
      // rounds, lambda, mu,
      // kappa, r_0, nu, z; challenges(): eight points of phase 1 and 2, and layers
      {"contracts/src/Verifier.sol", "// ---- Statement", R"(\babsorb(_scalars)?\()", R"(\bchallenges?\()", 9, 21},
  };
  for (const auto& [file, from, absorb, draw, absorbs, draws] : files) {
    const std::string all = text_of(file), source = all.substr(all.find(from));
    auto count = [&](const char* pattern) {
      const std::regex r(pattern);
      return std::distance(std::sregex_iterator(source.begin(), source.end(), r), std::sregex_iterator());
    };
    EXPECT_EQ(count(absorb), absorbs) << file << ": absorbs";
    EXPECT_EQ(count(draw), draws) << file << ": challenges";
  }
}

}  // namespace
}  // namespace sotto
