// SPDX-License-Identifier: Apache-2.0
#include "claim/solidity/memory_map.h"

#include "claim/statement/relations.h"
#include "claim/statement/transcript.h"
#include "zk/commit/opening.h"

namespace sotto::claim {

const std::vector<std::string> kKeyWords = {
    "TAG",         "JUDGE_FILE",  "FLAGS",      "MAX_SCORE",     "WEIGHTS",      "WEIGHTS_Y",
    "TABLE_OUT",   "TABLE_OUT_Y", "TAU",        "TAU_1",         "TAU_2",        "TAU_3",
    "FOLD",        "FOLD_1",      "FOLD_2",     "FOLD_3",
    "HEAD_BIAS",   "LIMB_BITS",   "SLOT_BITS",  "SOURCE_BITS",   "SAMPLES",      "SAMPLE_BITS",
    "HOP_BITS",    "FRAMES",      "FRAME_BITS", "DFT_BITS",      "BANDS",        "BAND_BITS",
    "LOG_STEP",    "LAYERS",      "LOG_N",      "PROGRAM_BLOCK", "CONSTANTS_AT", "SONG_TABLE_AT",
    "TABLES_AT",   "TABLES_END",  "DFT_ROWS",   "SCORE_ROW",     "DFT_WEIGHTS",  "DFT_BIAS",
    "MEL_WEIGHTS", "HEAD_MEAN",   "HEAD_SQUARE"};
const std::vector<std::string> kLayerWords = {
    "IN_CHANNEL_BITS", "OUT_CHANNELS", "OUT_CHANNEL_BITS", "OUT_FRAMES",
    "OUT_FRAME_BITS",  "ROWS",         "WEIGHT_ROWS",      "BIAS_ROWS"};
const std::vector<std::string> kNetworkKeyWords = {
    "TAG",          "FLAGS",       "TAU",         "TAU_1",        "TAU_2", "TAU_3",    "FOLD", "FOLD_1", "FOLD_2", "FOLD_3", "LOG_N",     "DATA_ROWS", "TABLE_ROWS", "MASK_AT",
    "EARLY",        "LATE",        "OUTPUT_WIDTH", "OUTPUT_BITS", "OUTPUT_ROWS", "MASKED_VALUE", "GATES", "MATRICES", "RELATIONS", "TERMS"};

namespace {

constexpr unsigned kMaxClaims = 4 + 3 * kMaxLayers + 2;
// Slices of a proof that can be the longest one; behind its copy lies the key.
constexpr unsigned kSliceWords = std::max(2 * kPhase1Count + 1, kEvaluatedColumns + 1 + kMaxClaims);

void add_proof_values(std::vector<MemoryRegion>& m) {
  m.push_back({"LIMB", 1, "2^limb_bits, 2^range_bits and its half, 2^word_bits", 0});
  for (const char* name : {"RANGE", "HALF_RANGE", "WORD"}) m.push_back({name, 1, "", 0});
  for (unsigned c = 0; c < kColumnCount; c++)
    m.push_back({std::string("E_") + kColumnNames[c], 1,
                 c == 0 ? "columns at u; Z1 stays 0: it is not sent" : "", 0});
  m.push_back({"E_TABLE_OUT", 1, "function table at u", 0});
  m.push_back({"MASK_SUM", 1, "sum of the sumcheck mask", 0});
  m.push_back({"CLAIMS", 1, "calldata address of the evaluations of the weight column", 0});
}

void add_key(std::vector<MemoryRegion>& m) {
  m.push_back({"KEY_PAD", 1, "its last byte is the first one of the data contract", 0});
  for (size_t i = 0; i < kKeyWords.size(); i++)
    m.push_back({"KEY_" + kKeyWords[i], 1,
                 i == 0 ? "the verifying key, as VerifyingKey::encode() writes it" : "", 0});
  m.push_back(
      {"LAYER_RECORDS", static_cast<unsigned>(kMaxLayers * kLayerWords.size()), "its layers, and challenges behind them", 0});
}

void add_challenges(std::vector<MemoryRegion>& m) {
  m.push_back({"GAMMA", 1, "challenges, as statement/challenges.h names them", 0});
  m.push_back({"BETA", 6, "beta^1 .. beta^6", 0});
  m.push_back({"RK", kMaxSlotBits, "", 0});
  m.push_back({"RT", kMaxSampleBits, "", 0});
  m.push_back({"CHI", 3, "", 0});
  m.push_back({"DFT_I", kMaxSampleBits, "", 0});
  m.push_back({"DFT_C", kMaxChannelBits, "", 0});
  m.push_back({"MEL_I", kMaxSampleBits, "", 0});
  m.push_back({"MEL_B", kMaxChannelBits, "", 0});
  m.push_back({"S", kMaxSourceBits, "", 0});
  m.push_back({"ALPHA", kRelConv + kMaxLayers, "powers of alpha; ALPHA_ addresses below", 0});
  m.push_back({"TAU", 2 * kMaxLogN + 1, "", 0});
  m.push_back({"RHO", 1, "", 0});
  m.push_back(
      {"U", 2 * kMaxLogN + 1,
       "point of the main sumcheck; every point of the rows is followed by its suffix products",
       0});
  m.push_back({"LAMBDA", 1, "", 0});
  m.push_back({"MU", 1, "", 0});
  m.push_back({"X", 2 * kMaxLogN + 1, "point of the reduction sumcheck", 0});
  m.push_back({"KAPPA", 1, "", 0});
  m.push_back({"CONV", 1, "address of conv_i, conv_c of every layer, without gaps, behind the layers' records", 0});
}

void add_results(std::vector<MemoryRegion>& m) {
  m.push_back(
      {"C_OP", sound::kOpCount + 1, "coefficients of the flags, without the factor REGION_VM; a word more for fold()", 0});
  m.push_back({"SUM_VM", 1, "constraint sums of the regions", 0});
  for (const char* name : {"SUM_LOG", "SUM_RANGE", "SUM_ACT", "SUM_SCORE"})
    m.push_back({name, 1, "", 0});
  m.push_back({"WORD_A", 1, "operand words at u", 0});
  m.push_back({"WORD_B", 1, "", 0});
  m.push_back({"REGION_VM", 1, "eq(., tau) restricted to a region, at u", 0});
  for (const char* name : {"LOG", "CONV", "SCORE", "TABLES", "SONG", "BOOLEAN", "FORWARD"})
    m.push_back({std::string("REGION_") + name, 1, "", 0});
  m.push_back({"SCORE_AT_U", 1, "eq(u, .) of the score's row; of the song's table, summed", 0});
  m.push_back({"SONG_AT_U", 1, "", 0});
  m.push_back({"FRAMES_AT_U", 1, "the same of the last layer's block, over its frames", 0});
  m.push_back({"TIME_AT_RT", 1, "sum of t eq(t, rt) over the samples", 0});
  m.push_back({"NEIGHBOURS", 1, "which blocks have the factor at x that follows", 0});
  m.push_back({"NEIGHBOURS_AT_X", 1, "", 0});
  m.push_back({"LAYER_BLOCK", kMaxLayers, "eq(u, .) of the bits of a layer's block", 0});
  m.push_back({"EQ_TABLE", 32, "words that are folded; later the input of the pairing", 0});
  add_opening(m);
}

}  // namespace

void add_opening(std::vector<MemoryRegion>& m) {
  const char* comment = "challenges of the opening";
  for (const char* name : {"OPENING_ALPHA", "OPENING_GAMMA", "ZETA", "NU", "Z", "DELTA"})
    m.push_back({name, 1, comment, 0}), comment = "";
  m.push_back({"MSM", 6, "sum, then point and scalar of the next term; input of modexp", 0});
}

std::vector<MemoryRegion> memory_map() {
  std::vector<MemoryRegion> m;
  add_proof_values(m);
  add_challenges(m);
  add_results(m);
  m.push_back({"STATE", 1, "transcript state, then the counter or the slice that is absorbed", 0});
  m.push_back({"COUNTER", kSliceWords, "", 0});
  add_key(m);
  uint32_t address = kMemoryStart;
  for (MemoryRegion& region : m) {
    region.address = address;
    address += 32 * region.words;
  }
  return m;
}

}  // namespace sotto::claim
