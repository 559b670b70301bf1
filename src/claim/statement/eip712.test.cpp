// SPDX-License-Identifier: Apache-2.0
#include "claim/statement/eip712.h"

#include <gtest/gtest.h>

#include <set>

#include "base/keccak.h"

namespace sotto::claim {
namespace {

Bytes32 right_aligned(uint64_t v) { return word_from_u64(v); }

// The key, contract, contest and claim of test_digest_vector_shared_with_cpp in contracts/test/PrizeStatement.t.sol.
ClaimStatement shared_vector() {
  Bytes key(160);
  const std::string_view tag = "SOTTO-VK-1";
  std::copy(tag.begin(), tag.end(), key.begin());
  auto put = [&](size_t word, const Bytes32& value) { std::copy(value.begin(), value.end(), key.begin() + 32 * word); };
  put(1, keccak256("a judge file"));
  put(2, right_aligned(1));
  put(3, right_aligned(10'000));
  put(4, keccak256("the rest of the key"));
  Bytes code = {0x00};
  append(code, key);
  ClaimStatement s;
  s.chain_id = 42161;
  s.contract = *address_from_hex("0x5077070000000000000000000000000000000001");
  s.contest_id = right_aligned(2);
  s.judge_id = keccak256(code);
  s.score = 8123;
  s.song_commitment = keccak256("a song commitment");
  s.beneficiary = *address_from_hex("0x00000000000000000000000000000000deadbeef");
  return s;
}

TEST(Eip712, DigestIsTheContracts) {
  EXPECT_EQ(to_hex(claim_digest(shared_vector())), "0x79d646b908808d63ade6c62075a6d4b1157e1ed73369ae442a042993af391a9e");
}

TEST(Eip712, EveryFieldChangesTheDigest) {
  std::set<Bytes32> digests = {claim_digest(shared_vector())};
  auto with = [&](auto change) {
    ClaimStatement s = shared_vector();
    change(s);
    digests.insert(claim_digest(s));
  };
  with([](ClaimStatement& s) { s.chain_id++; });
  with([](ClaimStatement& s) { s.contract[19] ^= 1; });
  with([](ClaimStatement& s) { s.contest_id[0] ^= 0x80; });
  with([](ClaimStatement& s) { s.judge_id[31] ^= 1; });
  with([](ClaimStatement& s) { s.score++; });
  with([](ClaimStatement& s) { s.song_commitment[0] ^= 1; });
  with([](ClaimStatement& s) { s.beneficiary[0] ^= 1; });
  EXPECT_EQ(digests.size(), 8u);
}

}  // namespace
}  // namespace sotto::claim
