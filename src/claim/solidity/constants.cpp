// SPDX-License-Identifier: Apache-2.0
// Constants.sol: numbers of the protocol, memory map, errors.
#include <algorithm>
#include <cstdio>

#include "base/bytes.h"
#include "base/keccak.h"
#include "claim/solidity/generate.h"
#include "claim/solidity/memory_map.h"
#include "claim/statement/closed_form.h"
#include "claim/statement/transcript.h"
#include "zk/commit/opening.h"

namespace sotto::claim {
namespace {

// What can be wrong, in the order of the checks.
struct Failure {
  const char* name;
  const char* comment;
};
constexpr Failure kFailures[] = {
    {"BadKey", "the data contract is not a verifying key"},
    {"BadScore", "the score is not below 2^32"},
    {"BadOutput", "an output of another size than the network's, or a number that does not fit into 64 bits"},
    {"BadLength", "the proof has not the length that the key demands"},
    {"BadSongCommitment", "not the hash of the proof's program commitment"},
    {"NotCanonical", "a scalar is not below r"},
    {"BadReduction", "the reduction identity fails"},
    {"DegenerateChallenge", "a challenge without an inverse: the points of the opening are not two"},
    {"BadPoint", "a point is not on the curve"},
    {"BadPairing", "the pairing check fails"},
    {"NoMemory", "the compiler left no room for the memory map"}};

std::string upper_words(const std::string& camel) {
  std::string out;
  for (const char c : camel) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) out += '_';
    out += static_cast<char>(upper || c < 'a' || c > 'z' ? c : c - 'a' + 'A');
  }
  return out;
}

std::string hex(uint64_t v) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(v));
  return text;
}

std::string define(const std::string& name, const std::string& value,
                   const std::string& comment = {}) {
  return "uint256 constant " + name + " = " + value + ";" +
         (comment.empty() ? "" : " // " + comment) + "\n";
}
std::string define(const std::string& name, uint64_t value, const std::string& comment = {}) {
  return define(name, std::to_string(value), comment);
}

template <class Field>
std::string modulus() {
  std::string out = "0x";
  for (unsigned i = 4; i-- > 0;) {
    char limb[20];
    std::snprintf(limb, sizeof limb, "%016llx",
                  static_cast<unsigned long long>(Field::kModulus[i]));
    out += limb;
  }
  return out;
}

struct Named {
  const char* name;
  unsigned value;
};
constexpr Named kNumbers[] = {{"COLUMNS", kColumnCount},
                              {"PHASE1_COLUMNS", kPhase1Count},
                              {"COLUMN_PROG", kProg},
                              {"COLUMN_Z1", kZ1},
                              {"EVALUATED_COLUMNS", kEvaluatedColumns},
                              {"DEGREE", kDegree},
                              {"OPS", sound::kOpCount},
                              {"TERMS_BEFORE_CONV", kRelConv},
                              {"CLAIM_DFT_0", kClaimDft0},
                              {"CLAIM_DFT_1", kClaimDft1},
                              {"CLAIM_DFT_BIAS", kClaimDftBias},
                              {"CLAIM_MEL", kClaimMel},
                              {"CLAIM_CONV", kClaimConv},
                              {"TABLE_A", kTableA},
                              {"TABLE_B", kTableB},
                              {"TABLE_C", kTableC},
                              {"TABLE_LOG", kTableLog},
                              {"TABLE_EXPONENT", kTableExponent},
                              {"TABLE_SONG", kTableSong},
                              {"BLOCK_A", Layout::kBlockA},
                              {"BLOCK_B", Layout::kBlockB},
                              {"BLOCK_C", Layout::kBlockC},
                              {"BLOCK_RANGE", Layout::kBlockRange},
                              {"BLOCK_LOG", Layout::kBlockLog},
                              {"MAX_LAYERS", kMaxLayers},
                              {"MAX_SAMPLE_BITS", kMaxSampleBits},
                              {"MAX_CHANNEL_BITS", kMaxChannelBits},
                              {"MAX_LOG_N", kMaxLogN}};
// Powers of alpha that Verifier.sol names; the generated functions know the others.
constexpr Named kTerms[] = {{"TERM_TABLES", kTermTables},
                            {"TERM_SONG_TABLE", kTermSongTable},
                            {"TERM_BOOLEAN", kTermBoolean},
                            {"TERM_FORWARD", kTermForward},
                            {"OPERANDS", kRelOperands},
                            {"V1", kRelV1},
                            {"V2", kRelV2},
                            {"LOG_UP", kRelLogUp},
                            {"FLAGS", kRelFlags},
                            {"SELECT_A", kRelSelectA},
                            {"SELECT_B", kRelSelectB},
                            {"SELECT_C", kRelSelectC},
                            {"DFT", kRelDft},
                            {"MEL", kRelMel},
                            {"HEAD", kRelHead},
                            {"SCORE", kRelScore},
                            {"CONV", kRelConv}};

std::string numbers() {
  std::string out = "\n// ---- Numbers of the protocol (src/claim/statement)\n\n";
  out += define("FR", modulus<zk::Fr>(), "order of the groups");
  out += define("FQ", modulus<zk::Fq>(), "field of the curve");
  const auto g2 = zk::G2Affine::generator().to_bytes();
  for (unsigned i = 0; i < 4; i++)
    out += define("G2_" + std::to_string(i), to_hex(ByteSpan(g2).subspan(32 * i, 32)),
                  i ? "" : "generator, EIP-197");
  out += define("FOLD_BITS", zk::kFoldBits, "an opening folds 2^FOLD_BITS rows");
  out += define("OPENING_BYTES", zk::kOpeningBytes);
  out += define("PROOF_TAG", to_hex(keccak256("SOTTO-PROOF-V1")));
  Bytes32 tag{};
  const std::string text = "SOTTO-VK-1";
  std::copy(text.begin(), text.end(), tag.begin());
  out += define("VERIFYING_KEY_TAG", to_hex(tag));
  for (const Named& n : kNumbers) out += define(n.name, n.value);
  Layout l;
  l.log_n = 12;
  const ProofSizes sizes = proof_sizes(Shape{}, l);
  out += define("PHASE1_BYTES", sizes.phase1, "slices of a proof");
  out += define("PHASE2_BYTES", sizes.phase2);
  out += define("REDUCTION_SCALARS", sizes.reduction_round / 32);
  out += define("FINALS_BYTES", sizes.finals);
  return out;
}

std::string memory_constants() {
  const std::vector<MemoryRegion> map = memory_map();
  std::string out =
      "\n// ---- Memory map; MODULUS holds FR: reading it is shorter code than the number\n\n";
  out += define("MODULUS", "0x00");
  out += define("MEMORY_START", hex(kMemoryStart));
  for (const MemoryRegion& region : map)
    out += define(region.name, hex(region.address), region.comment);
  out += define("SUFFIX", hex(32 * kMaxLogN), "from a variable to its suffix product");
  const auto alpha =
      std::find_if(map.begin(), map.end(), [](const MemoryRegion& r) { return r.name == "ALPHA"; });
  out += "\n// Powers of alpha by the relation that they weight.\n";
  for (const Named& term : kTerms)
    out += define(std::string("ALPHA_") + term.name, hex(alpha->address + 32 * term.value));
  out += "\n// A layer's record in LAYER_RECORDS.\n";
  for (size_t i = 0; i < kLayerWords.size(); i++)
    out += define("LAYER_" + kLayerWords[i], hex(32 * i));
  out += define("LAYER_BYTES", hex(32 * kLayerWords.size()));
  out += define("KEY_HEAD_BYTES", hex(32 * kKeyWords.size()));
  return out;
}

}  // namespace

std::string generated_constants() {
  std::string out =
      "// SPDX-License-Identifier: Apache-2.0\n"
      "// Generated by sotto-generate (src/claim/solidity): do not edit.\n"
      "pragma solidity ^0.8.37;\n";
  out += "\n// ---- Failures\n\ninterface IVerifierErrors {\n";
  for (const Failure& f : kFailures)
    out += std::string("    error ") + f.name + "(); // " + f.comment + "\n";
  out += "}\n\n";
  for (const Failure& f : kFailures)
    out += define("FAIL_" + upper_words(f.name),
                  to_hex(ByteSpan(keccak256(std::string(f.name) + "()")).first(4)));
  return out + numbers() + memory_constants();
}

}  // namespace sotto::claim
