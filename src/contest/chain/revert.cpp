// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/revert.h"

#include <algorithm>

#include "contest/chain/abi.h"

namespace sotto::contest {
namespace {

constexpr size_t kMaxParameters = 2;

// Names of parameters in the order of the signature; "" ends them. A test compares the list with the compiled
// contracts/src/IPrize.sol and IVerifierErrors.
struct CustomError {
  std::string_view signature;
  std::string_view parameters[kMaxParameters];
  std::string_view meaning;
};

constexpr CustomError kErrors[] = {
    {"BadTerms(bytes32)", {"field", ""}, "the contract does not accept these terms"},
    {"DevelopmentJudge()", {"", ""}, "this prize contract takes no judge that was made with a development setup"},
    {"UnknownContest(uint256)", {"id", ""}, "there is no such contest"},
    {"NotOpen(uint256)", {"id", ""}, "the state of the contest does not allow this (any more)"},
    {"ScoreOutOfRange(uint256)", {"score", ""}, "the judge cannot give such a score"},
    {"ScoreNotImpossible(uint256,uint256)", {"score", "maxScore"}, "the judge can give this score: nothing is broken"},
    {"ScoreTooLow(uint256,uint256)", {"score", "need"}, "the score is too low"},
    {"BadBeneficiary()", {"", ""}, "the receiving address is missing"},
    {"InvalidProof()", {"", ""}, "the verifier rejected the proof"},
    {"VerifierChanged()", {"", ""}, "the code of the verifier or of the verifying key is not the pinned one"},
    {"TooEarly(uint256)", {"notBefore", ""}, "it is too early"},
    {"NothingOwed()", {"", ""}, "nothing is owed"},
    {"TransferFailed()", {"", ""}, "the receiver refused the ether"},
    {"Reentered()", {"", ""}, "a call came back into the contract"},
    // of the verifier
    {"BadKey()", {"", ""}, "the data contract is not a verifying key"},
    {"BadScore()", {"", ""}, "the score is not below 2^32"},
    {"BadOutput()", {"", ""}, "the output has another size than the network's, or a number that does not fit into 64 bits"},
    {"BadLength()", {"", ""}, "the proof does not have the length that the verifying key demands"},
    {"BadSongCommitment()", {"", ""}, "the song commitment is not the one of this proof"},
    {"NotCanonical()", {"", ""}, "proof rejected: a scalar is not reduced"},
    {"BadReduction()", {"", ""}, "proof rejected: reduction identity (a proof for another statement, or a false one)"},
    {"DegenerateChallenge()", {"", ""}, "proof rejected: degenerate challenge"},
    {"BadPoint()", {"", ""}, "proof rejected: a point is not on the curve"},
    {"BadPairing()", {"", ""}, "proof rejected: pairing"},
    {"NoMemory()", {"", ""}, "the verifier was compiled without room for its memory map"},
};
constexpr std::string_view kRevertString = "Error(string)";
constexpr std::string_view kPanic = "Panic(uint256)";

// A number in decimal, ASCII text as text, the rest as hex.
std::string show(const Bytes32& word) {
  auto end = std::find(word.begin(), word.end(), 0);
  bool printable = std::all_of(word.begin(), end, [](uint8_t c) { return c > 0x20 && c < 0x7f; });
  bool padded = std::all_of(end, word.end(), [](uint8_t c) { return c == 0; });
  if (end != word.begin() && printable && padded) return std::string(word.begin(), end);
  Result<Wei> number = wei_from_word(word);
  return number.ok() ? wei_to_decimal(*number) : to_hex(word);
}

std::string explain_custom(const CustomError& error, ByteSpan arguments) {
  std::string out(error.signature.substr(0, error.signature.find('(')));
  out += "(";
  AbiReader reader(arguments);
  for (size_t i = 0; i < kMaxParameters && !error.parameters[i].empty(); i++) {
    if (i > 0) out += ", ";
    out += std::string(error.parameters[i]) + " " + show(reader.word());
  }
  return out + "): " + std::string(error.meaning);
}

// Error(string): offset, length, text. Foreign text: bounded, and control characters are dropped.
std::string explain_string(ByteSpan arguments) {
  constexpr size_t kShown = 200;
  std::string out;
  for (size_t i = 64; i < arguments.size() && out.size() < kShown; i++) {
    if (arguments[i] >= 0x20 && arguments[i] < 0x7f) out += static_cast<char>(arguments[i]);
  }
  return "revert: " + out;
}

}  // namespace

bool is_revert(ByteSpan data, std::string_view signature) {
  Selector s = selector_of(signature);
  return data.size() >= s.size() && std::equal(s.begin(), s.end(), data.begin());
}

std::string explain_revert(ByteSpan data) {
  if (data.empty()) return "the contract reverted without a reason";
  if (data.size() < 4) return "the contract reverted with " + to_hex(data);
  ByteSpan arguments = data.subspan(4);
  for (const CustomError& error : kErrors) {
    if (is_revert(data, error.signature)) return explain_custom(error, arguments);
  }
  if (is_revert(data, kRevertString)) return explain_string(arguments);
  if (is_revert(data, kPanic)) return "panic in the contract, code " + show(AbiReader(arguments).word());
  return "the contract reverted with the unknown error " + to_hex(data.first(4));
}

}  // namespace sotto::contest
