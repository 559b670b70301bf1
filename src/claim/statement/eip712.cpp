// SPDX-License-Identifier: Apache-2.0
#include "claim/statement/eip712.h"

#include <cstring>

#include "base/keccak.h"

namespace sotto::claim {
namespace {

// EIP-712, definition of hashStruct: keccak256(typeHash ‖ enc(member₁) ‖ … ‖ enc(memberₙ)), every member one word.
constexpr std::string_view kDomainType =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
constexpr std::string_view kClaimType =
    "Claim(uint256 contestId,bytes32 judgeId,uint256 score,bytes32 songCommitment,address beneficiary)";
constexpr std::string_view kName = "Sotto";
constexpr std::string_view kVersion = "1";

Bytes32 word_from_address(const Address& a) {
  Bytes32 w{};
  std::memcpy(w.data() + 12, a.data(), a.size());
  return w;
}

Bytes32 hash_words(std::initializer_list<Bytes32> words) {
  Bytes all;
  all.reserve(32 * words.size());
  for (const Bytes32& w : words) append(all, w);
  return keccak256(all);
}

}  // namespace

Bytes32 claim_digest(const ClaimStatement& s) {
  Bytes32 domain = hash_words({keccak256(kDomainType), keccak256(kName), keccak256(kVersion),
                               word_from_u64(s.chain_id), word_from_address(s.contract)});
  Bytes32 claim = hash_words({keccak256(kClaimType), s.contest_id, s.judge_id, word_from_u64(s.score),
                              s.song_commitment, word_from_address(s.beneficiary)});
  Bytes message = {0x19, 0x01};
  append(message, domain);
  append(message, claim);
  return keccak256(message);
}

}  // namespace sotto::claim
