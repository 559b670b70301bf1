// SPDX-License-Identifier: Apache-2.0
// The committed contract is the generated one, byte for byte; the writer prints what the ring
// computes.
#include "claim/solidity/generate.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "claim/network/statement.h"
#include "claim/solidity/memory_map.h"
#include "claim/solidity/yul_writer.h"
#include "claim/statement/verifying_key.h"

namespace sotto::claim {
namespace {

constexpr const char* kAdvice = "run sotto-generate, compile and commit";

std::string read(const std::string& path) {
  std::ifstream in(std::string(SOTTO_SOURCE_DIR) + "/" + path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Generate, CommittedFilesAreUpToDate) {
  EXPECT_TRUE(read(kConstantsFile) == generated_constants()) << kAdvice;
  const std::string verifier = read(kVerifierFile);
  const auto fresh = with_relations(verifier);
  ASSERT_TRUE(fresh.ok());
  EXPECT_TRUE(fresh.value() == verifier) << kAdvice;
  EXPECT_TRUE(read(kNetworkConstantsFile) == generated_network_constants()) << kAdvice;
  const std::string network = read(kNetworkVerifierFile);
  const auto parts = with_network_parts(network, verifier);
  ASSERT_TRUE(parts.ok()) << parts.error().message;
  EXPECT_TRUE(parts.value() == network) << kAdvice;
}

TEST(Generate, RefusesASourceWithoutMarkers) {
  EXPECT_FALSE(with_relations("").ok());
  EXPECT_FALSE(with_relations("contract Verifier {}").ok());
  EXPECT_FALSE(with_network_parts(read(kNetworkVerifierFile), "contract Verifier {}").ok());
  EXPECT_FALSE(with_network_parts("contract NetworkVerifier {}", read(kVerifierFile)).ok());
}

TEST(Generate, MemoryRegionsDoNotOverlap) {
  for (const auto& map : {memory_map(), network_memory_map()}) {
    for (size_t i = 1; i < map.size(); i++)
      EXPECT_EQ(map[i].address, map[i - 1].address + 32 * map[i - 1].words) << map[i].name;
    EXPECT_EQ(map.front().address, kMemoryStart);
  }
}

// The names of the key's words against the bytes that encode() writes: every field has a value of
// its own.
TEST(Generate, KeyWordsAreWhereTheContractLooks) {
  VerifyingKey key;
  key.judge_file[31] = 0xaa;
  key.max_score = 1234567;
  key.weights = zk::G1Affine::generator();
  key.table_out = zk::G1(zk::G1Affine::generator()).doubled().to_affine();
  key.g2.tau = zk::G2Affine::generator();
  key.shape.head_bias = 77;
  key.shape.log_step = 33;
  key.shape.conv = {{6, 30, 5, 154, 8}, {5, 14, 4, 76, 7}};
  const Bytes code = key.encode();
  const Layout l = make_layout(key.shape).value();
  auto word = [&](const std::vector<std::string>& names, const std::string& name, size_t base = 0) {
    const auto at = std::find(names.begin(), names.end(), name);
    EXPECT_NE(at, names.end()) << name;
    const size_t index = base + static_cast<size_t>(at - names.begin());
    return Bytes(code.begin() + static_cast<long>(32 * index),
                 code.begin() + static_cast<long>(32 * index) + 32);
  };
  auto expect = [&](const std::string& name, uint64_t value) {
    const Bytes32 w = word_from_u64(value);
    EXPECT_EQ(word(kKeyWords, name), Bytes(w.begin(), w.end())) << name;
  };
  const Shape& s = key.shape;
  const std::pair<const char*, uint64_t> numbers[] = {{"JUDGE_FILE", 0xaa},
                                                      {"FLAGS", 0},
                                                      {"MAX_SCORE", key.max_score},
                                                      {"WEIGHTS", 1},
                                                      {"WEIGHTS_Y", 2},
                                                      {"HEAD_BIAS", 77},
                                                      {"LIMB_BITS", s.limb_bits},
                                                      {"SLOT_BITS", s.slot_bits},
                                                      {"SOURCE_BITS", s.source_bits},
                                                      {"SAMPLES", s.samples},
                                                      {"SAMPLE_BITS", s.sample_bits},
                                                      {"HOP_BITS", s.hop_bits},
                                                      {"FRAMES", s.frames},
                                                      {"FRAME_BITS", s.frame_bits},
                                                      {"DFT_BITS", s.dft_bits},
                                                      {"BANDS", s.bands},
                                                      {"BAND_BITS", s.band_bits},
                                                      {"LOG_STEP", 33},
                                                      {"LAYERS", 2},
                                                      {"LOG_N", l.log_n},
                                                      {"PROGRAM_BLOCK", l.program_block},
                                                      {"CONSTANTS_AT", l.constants_at},
                                                      {"SONG_TABLE_AT", l.song_table_at},
                                                      {"TABLES_AT", l.tables_at},
                                                      {"TABLES_END", l.tables_end},
                                                      {"DFT_ROWS", l.dft_rows.base},
                                                      {"SCORE_ROW", l.score_row},
                                                      {"DFT_WEIGHTS", l.dft_weights.base},
                                                      {"DFT_BIAS", l.dft_bias.base},
                                                      {"MEL_WEIGHTS", l.mel_weights.base},
                                                      {"HEAD_MEAN", l.head_mean.base},
                                                      {"HEAD_SQUARE", l.head_square.base}};
  for (const auto& [name, value] : numbers) expect(name, value);
  const auto table_out = key.table_out.to_bytes();
  EXPECT_EQ(word(kKeyWords, "TABLE_OUT"), Bytes(table_out.begin(), table_out.begin() + 32));
  const auto tau = key.g2.tau.to_bytes();
  EXPECT_EQ(word(kKeyWords, "TAU_3"), Bytes(tau.end() - 32, tau.end()));

  ASSERT_EQ(code.size(), 32 * (kKeyWords.size() + s.conv.size() * kLayerWords.size()));
  for (size_t i = 0; i < s.conv.size(); i++) {
    const ConvShape& c = s.conv[i];
    const std::pair<const char*, uint64_t> fields[] = {
        {"IN_CHANNEL_BITS", c.in_channel_bits},   {"OUT_CHANNELS", c.out_channels},
        {"OUT_CHANNEL_BITS", c.out_channel_bits}, {"OUT_FRAMES", c.out_frames},
        {"OUT_FRAME_BITS", c.out_frame_bits},     {"ROWS", l.conv[i].rows.base},
        {"WEIGHT_ROWS", l.conv[i].weights.base},  {"BIAS_ROWS", l.conv[i].bias.base}};
    for (const auto& [name, value] : fields) {
      const Bytes32 w = word_from_u64(value);
      EXPECT_EQ(word(kLayerWords, name, kKeyWords.size() + i * kLayerWords.size()),
                Bytes(w.begin(), w.end()))
          << i << " " << name;
    }
  }
}

TEST(Generate, NetworkKeyWordsAreWhereTheContractLooks) {
  network::VerifyingKey key;
  network::Circuit& c = key.circuit;
  key.development = true, key.g2.tau = zk::G2Affine::generator();
  c.log_n = 13, c.data_rows = 21, c.table_rows = 22, c.mask_at = 23, c.early = 24, c.late = 25, c.masked_value = 26;
  c.output_width = 27, c.output_bits = 28, c.output_rows = 29;
  c.gates = {network::Gate::kBit, network::Gate::kDivide};
  c.matrices = {{}, {}}, c.relations.resize(3);
  c.relations[1].terms.resize(4);
  key.commitments.assign(c.public_columns(), zk::G1Affine::generator());
  const Bytes code = key.encode();
  ASSERT_EQ(code.size(), 32 * (kNetworkKeyWords.size() + 2 * c.public_columns() + 2 + 3 + 4));
  const std::pair<const char*, uint64_t> numbers[] = {
      {"FLAGS", 1},         {"LOG_N", 13},        {"DATA_ROWS", 21},    {"TABLE_ROWS", 22}, {"MASK_AT", 23},     {"EARLY", 24}, {"LATE", 25},
      {"OUTPUT_WIDTH", 27}, {"OUTPUT_BITS", 28}, {"OUTPUT_ROWS", 29}, {"MASKED_VALUE", 26}, {"GATES", 0x101}, {"MATRICES", 2},
      {"RELATIONS", 3},     {"TERMS", 4}};
  for (const auto& [name, value] : numbers) {
    const auto at = std::find(kNetworkKeyWords.begin(), kNetworkKeyWords.end(), name);
    ASSERT_NE(at, kNetworkKeyWords.end()) << name;
    const Bytes32 w = word_from_u64(value);
    EXPECT_TRUE(std::equal(w.begin(), w.end(), code.begin() + 32 * (at - kNetworkKeyWords.begin()))) << name;
  }
}

TEST(YulWriter, SharesWhatOccursTwice) {
  const Expression a = Expression::leaf("a"), b = Expression::leaf("b");
  const Expression sum = a + b, same = a + b;
  EXPECT_EQ(write_yul_function("f", {{"X", "x", sum * same}, {"Z", "zero", Expression() * a}}),
            "            function f() {\n"
            "                let r := modulus()\n"
            "                let t0 := add(a, b)\n"
            "                mstore(X, mulmod(t0, t0, r)) // x\n"
            "                mstore(Z, 0) // zero\n"
            "            }\n");
}

TEST(YulWriter, SubtractsByAddingTheComplement) {
  const Expression a = Expression::leaf("a"), b = Expression::leaf("b");
  const std::string f = write_yul_function(
      "f", {{"X", "x", a - b}, {"Y", "y", Expression() - b}, {"Z", "z", a - Expression()}});
  EXPECT_NE(f.find("mstore(X, addmod(a, sub(r, b), r))"), std::string::npos) << f;
  EXPECT_NE(f.find("mstore(Y, addmod(0, sub(r, b), r))"), std::string::npos) << f;
  EXPECT_NE(f.find("mstore(Z, a)"), std::string::npos) << f;
}

// Leaves are below r; five of them fit into a word, six need not.
TEST(YulWriter, ReducesSumsThatMightNotFit) {
  const Expression a = Expression::leaf("a"), b = Expression::leaf("b"), c = Expression::leaf("c");
  const std::string f = write_yul_function("f", {{"X", "x", (a + b + c + a + b) * c},
                                                 {"Y", "y", (a + b + c + a + b + c) * c},
                                                 {"Z", "z", a + b + c},
                                                 {"U", "u", (c - (a + c)) * c},
                                                 {"V", "v", (a - (b + c + c + c + c)) * c}});
  for (const char* text : {"let t0 := add(add(a, b), c)\n", "let t1 := add(add(t0, a), b)\n", "mstore(X, mulmod(t1, c, r))",
                           "mstore(Y, mulmod(addmod(t1, c, r), c, r))", "mstore(Z, mod(t0, r))",
                           "mstore(U, mulmod(add(c, sub(mul(2, r), add(a, c))), c, r))",
                           "mstore(V, mulmod(addmod(a, sub(mul(5, r), add(add(add(add(b, c), c), c), c)), r), c, r))"})
    EXPECT_NE(f.find(text), std::string::npos) << text << "\n" << f;
}

}  // namespace
}  // namespace sotto::claim
