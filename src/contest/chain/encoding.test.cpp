// SPDX-License-Identifier: Apache-2.0
// RLP, ABI, amounts, reverts: what is compared with published vectors.
#include <gtest/gtest.h>

#include "base/keccak.h"
#include "contest/chain/abi.h"
#include "contest/chain/artifact.h"
#include "contest/chain/revert.h"
#include "contest/chain/rlp.h"
#include "contest/chain/rpc_values.h"

namespace sotto::contest {
namespace {

ByteSpan text(std::string_view s) { return ByteSpan(reinterpret_cast<const uint8_t*>(s.data()), s.size()); }

// Examples of the RLP page of the Ethereum documentation.
TEST(Rlp, KnownVectors) {
  EXPECT_EQ(to_hex(rlp_string(text("dog"))), "0x83646f67");
  EXPECT_EQ(to_hex(rlp_list(std::vector<Bytes>{rlp_string(text("cat")), rlp_string(text("dog"))})), "0xc88363617483646f67");
  EXPECT_EQ(to_hex(rlp_string({})), "0x80");
  EXPECT_EQ(to_hex(rlp_list({})), "0xc0");
  EXPECT_EQ(to_hex(rlp_number(Wei{0})), "0x80");
  EXPECT_EQ(to_hex(rlp_string(Bytes{0x00})), "0x00");
  EXPECT_EQ(to_hex(rlp_number(Wei{15})), "0x0f");
  EXPECT_EQ(to_hex(rlp_number(Wei{127})), "0x7f");
  EXPECT_EQ(to_hex(rlp_number(Wei{128})), "0x8180");
  EXPECT_EQ(to_hex(rlp_number(Wei{1024})), "0x820400");
  Bytes empty = rlp_list({});
  Bytes one = rlp_list(std::vector<Bytes>{empty});
  EXPECT_EQ(to_hex(rlp_list(std::vector<Bytes>{empty, one, rlp_list(std::vector<Bytes>{empty, one})})), "0xc7c0c1c0c3c0c1c0");
  EXPECT_EQ(to_hex(rlp_string(text("Lorem ipsum dolor sit amet, consectetur adipisicing elit"))).substr(0, 10), "0xb8384c6f");
}

TEST(Rlp, LengthsAtTheBorders) {
  EXPECT_EQ(rlp_string(Bytes(55, 1)).front(), 0x80 + 55);
  EXPECT_EQ(to_hex(ByteSpan(rlp_string(Bytes(56, 1))).first(2)), "0xb838");
  EXPECT_EQ(to_hex(ByteSpan(rlp_string(Bytes(256, 1))).first(3)), "0xb90100");
  EXPECT_EQ(to_hex(ByteSpan(rlp_string(Bytes(65536, 1))).first(4)), "0xba010000");
  EXPECT_EQ(to_hex(ByteSpan(rlp_list(std::vector<Bytes>{Bytes(56, 1)})).first(2)), "0xf838");
}

TEST(Abi, Selectors) {
  EXPECT_EQ(to_hex(selector_of("transfer(address,uint256)")), "0xa9059cbb");
  EXPECT_EQ(to_hex(selector_of("supportsInterface(bytes4)")), "0x01ffc9a7");
}

TEST(Abi, TrailingBytes) {
  AbiWriter w("f(uint256,bytes)");
  w.number(7);
  Bytes data = w.finish_with_bytes(Bytes{0xaa, 0xbb});
  ASSERT_EQ(data.size(), 4u + 4 * 32);
  std::string hex = to_hex(ByteSpan(data).subspan(4));
  EXPECT_EQ(hex.substr(2, 64), std::string(63, '0') + "7");
  EXPECT_EQ(hex.substr(66, 64), std::string(62, '0') + "40");  // offset: two words of head
  EXPECT_EQ(hex.substr(130, 64), std::string(63, '0') + "2");
  EXPECT_EQ(hex.substr(194), "aabb" + std::string(60, '0'));
  EXPECT_EQ(AbiWriter("f(bytes)").finish_with_bytes(Bytes(32)).size(), 4u + 3 * 32);
  EXPECT_EQ(AbiWriter("f(bytes)").finish_with_bytes({}).size(), 4u + 2 * 32);
}

TEST(Abi, ReaderRefusesMisfits) {
  Bytes words(64);
  words[31] = 5;
  words[32] = 1;  // the second word is 2^248
  AbiReader good(ByteSpan(words).first(32));
  EXPECT_EQ(good.number(8), 5u);
  EXPECT_TRUE(good.status("x").ok());
  AbiReader too_long(words);
  too_long.word();
  EXPECT_FALSE(too_long.status("x").ok());
  AbiReader too_short(ByteSpan(words).first(31));
  EXPECT_EQ(too_short.word(), Bytes32{});
  EXPECT_FALSE(too_short.status("x").ok());
  for (auto read : {+[](AbiReader& r) { r.number(64); }, +[](AbiReader& r) { r.address(); }, +[](AbiReader& r) { r.boolean(); }}) {
    AbiReader r(ByteSpan(words).subspan(32));
    read(r);
    EXPECT_FALSE(r.status("x").ok());
  }
}

TEST(Wei, DecimalAndEther) {
  EXPECT_EQ(wei_to_decimal(kEther), "1000000000000000000");
  EXPECT_EQ(wei_to_ether(kEther), "1");
  EXPECT_EQ(wei_to_ether(kEther / 20), "0.05");
  EXPECT_EQ(wei_to_ether(1), "0.000000000000000001");
  EXPECT_EQ(wei_to_ether(0), "0");
  EXPECT_TRUE(*wei_from_ether("0.05") == kEther / 20);
  EXPECT_TRUE(*wei_from_ether("12") == 12 * kEther);
  EXPECT_TRUE(*wei_from_decimal("340282366920938463463374607431768211455") == ~Wei{0});
  for (const char* bad : {"", ".", "1.", ".5", "-1", "1e18", "0x1", "1.0000000000000000001", "340282366920938463464", "1 "}) {
    EXPECT_FALSE(wei_from_ether(bad).ok()) << bad;
  }
  EXPECT_FALSE(wei_from_decimal("340282366920938463463374607431768211456").ok());
  EXPECT_TRUE(*wei_from_word(word_from_wei(~Wei{0})) == ~Wei{0});
  Bytes32 large{};
  large[15] = 1;
  EXPECT_FALSE(wei_from_word(large).ok());
}

TEST(RpcValues, Quantities) {
  EXPECT_EQ(quantity(0), "0x0");
  EXPECT_EQ(quantity(kEther), "0xde0b6b3a7640000");
  EXPECT_TRUE(*wei_value("0xde0b6b3a7640000", "x") == kEther);
  EXPECT_TRUE(*wei_value("0x" + std::string(32, 'f'), "x") == ~Wei{0});
  using Json = nlohmann::json;
  for (const Json& bad : {Json(""), Json("0x"), Json("12"), Json("0xg"), Json(12), Json(nullptr), Json::array(), Json("0x1" + std::string(32, '0'))}) {
    EXPECT_FALSE(wei_value(bad, "x").ok()) << bad;
  }
  EXPECT_FALSE(u64_value("0x10000000000000000", "x").ok());
  EXPECT_FALSE(hash_value("0x12", "x").ok());
  EXPECT_FALSE(address_value("0x" + std::string(64, '0'), "x").ok());
  EXPECT_FALSE(bytes_value("0x1", "x").ok());
}

TEST(Revert, InWords) {
  AbiWriter w("ScoreTooLow(uint256,uint256)");
  w.number(100).number(120);
  EXPECT_EQ(explain_revert(w.finish()), "ScoreTooLow(score 100, need 120): the score is too low");
  Bytes32 field{};
  const std::string_view name = "deadline";
  std::copy(name.begin(), name.end(), field.begin());
  EXPECT_EQ(explain_revert(AbiWriter("BadTerms(bytes32)").word(field).finish()),
            "BadTerms(field deadline): the contract does not accept these terms");
  EXPECT_EQ(explain_revert(AbiWriter("InvalidProof()").finish()), "InvalidProof(): the verifier rejected the proof");
  EXPECT_EQ(explain_revert(AbiWriter("Error(string)").finish_with_bytes(text("too poor"))), "revert: too poor");
  EXPECT_EQ(explain_revert(AbiWriter("Panic(uint256)").number(0x11).finish()), "panic in the contract, code 17");
  EXPECT_EQ(explain_revert(Bytes{1, 2, 3, 4, 5}), "the contract reverted with the unknown error 0x01020304");
  EXPECT_EQ(explain_revert({}), "the contract reverted without a reason");
  EXPECT_EQ(explain_revert(Bytes{1}), "the contract reverted with 0x01");
  EXPECT_TRUE(is_revert(AbiWriter("InvalidProof()").finish(), "InvalidProof()"));
  EXPECT_FALSE(is_revert(Bytes{1, 2}, "InvalidProof()"));
}

TEST(DataContract, HeaderAndHash) {
  Bytes payload = {0xde, 0xad};
  EXPECT_EQ(to_hex(*data_contract_init_code(payload)), "0x61000380600a5f395ff300dead");
  EXPECT_EQ(data_contract_hash(payload), keccak256(Bytes{0x00, 0xde, 0xad}));
  EXPECT_TRUE(data_contract_init_code(Bytes(24'575)).ok());
  EXPECT_FALSE(data_contract_init_code(Bytes(24'576)).ok());
}

}  // namespace
}  // namespace sotto::contest
