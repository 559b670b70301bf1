// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/keccak.h"
#include "contest/chain/transaction.h"

namespace sotto::contest {
namespace {
namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "sotto-key-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  std::string file(const std::string& name, const std::string& content, mode_t mode = 0600) const {
    std::string p = (path / name).string();
    EXPECT_TRUE(write_file_atomically(p, ByteSpan(reinterpret_cast<const uint8_t*>(content.data()), content.size())).ok());
    ::chmod(p.c_str(), mode);
    return p;
  }
};

PrivateKey key_of(std::string_view hex) { return std::move(PrivateKey::from_bytes(*from_hex(hex))).value(); }

// Published examples: EIP-155's key of 0x46 bytes, and the key 1 (the generator).
TEST(Key, AddressOfKnownKeys) {
  EXPECT_EQ(to_hex(key_of("4646464646464646464646464646464646464646464646464646464646464646").address()),
            "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
  EXPECT_EQ(to_hex(key_of("0000000000000000000000000000000000000000000000000000000000000001").address()),
            "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf");
}

// EIP-155's example signs this hash with the key above; the signature is deterministic (RFC 6979).
TEST(Key, SignatureOfEip155) {
  PrivateKey key = key_of("4646464646464646464646464646464646464646464646464646464646464646");
  Bytes32 hash = *bytes32_from_hex("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
  Signature s = key.sign(hash);
  EXPECT_EQ(to_hex(s.r), "0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276");
  EXPECT_EQ(to_hex(s.s), "0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83");
  EXPECT_EQ(s.y_parity, 0);  // v = 37 = 35 + 2·1 + 0
  EXPECT_EQ(*recover_address(hash, s), key.address());
}

TEST(Key, RecoverRejectsNonsense) {
  PrivateKey key = PrivateKey::generate();
  Bytes32 hash = keccak256("x");
  Signature s = key.sign(hash);
  EXPECT_EQ(*recover_address(hash, s), key.address());
  s.y_parity ^= 1;
  Result<Address> other = recover_address(hash, s);
  EXPECT_TRUE(!other.ok() || *other != key.address());
  s.r.fill(0xff);
  EXPECT_FALSE(recover_address(hash, s).ok());
}

TEST(Key, RefusesNonKeys) {
  EXPECT_FALSE(PrivateKey::from_bytes(Bytes(32)).ok());
  EXPECT_FALSE(PrivateKey::from_bytes(Bytes(31, 1)).ok());
  // The order of the group, and one less.
  EXPECT_FALSE(PrivateKey::from_bytes(*from_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")).ok());
  EXPECT_TRUE(PrivateKey::from_bytes(*from_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140")).ok());
}

TEST(Key, GeneratedKeysDiffer) { EXPECT_NE(PrivateKey::generate().address(), PrivateKey::generate().address()); }

TEST(Key, FilesAndEnvironment) {
  Folder folder;
  PrivateKey key = PrivateKey::generate();
  std::string path = (folder.path / "key").string();
  ASSERT_TRUE(key.save_hex_file(path).ok());
  EXPECT_FALSE(key.save_hex_file(path).ok()) << "an existing file must not be overwritten";
  struct stat st;
  ASSERT_EQ(::stat(path.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0600u);
  EXPECT_EQ(PrivateKey::from_hex_file(path)->address(), key.address());

  const std::string hex(64, '4');
  EXPECT_EQ(PrivateKey::from_hex_file(folder.file("spaces", " 0x" + hex + "\r\n"))->address(), key_of(hex).address());
  Result<PrivateKey> open = PrivateKey::from_hex_file(folder.file("open", hex, 0644));
  ASSERT_FALSE(open.ok());
  EXPECT_NE(open.error().message.find("chmod 600"), std::string::npos);
  for (const std::string& bad : {std::string(), std::string("xyz"), hex + "4", hex + "44", std::string(5000, '4')}) {
    Result<PrivateKey> r = PrivateKey::from_hex_file(folder.file("bad", bad));
    ASSERT_FALSE(r.ok());
    EXPECT_EQ(r.error().message.find("444444"), std::string::npos) << "an error must not quote the key";
  }
  EXPECT_FALSE(PrivateKey::from_hex_file((folder.path / "none").string()).ok());
  EXPECT_FALSE(PrivateKey::from_hex_file(folder.path.string()).ok());

  ::setenv("SOTTO_TEST_KEY", hex.c_str(), 1);
  EXPECT_EQ(PrivateKey::from_environment("SOTTO_TEST_KEY")->address(), key_of(hex).address());
  ::setenv("SOTTO_TEST_KEY", "nonsense", 1);
  EXPECT_FALSE(PrivateKey::from_environment("SOTTO_TEST_KEY").ok());
  ::unsetenv("SOTTO_TEST_KEY");
  EXPECT_FALSE(PrivateKey::from_environment("SOTTO_TEST_KEY").ok());
  EXPECT_EQ(*password_from_file(folder.file("password", "two words \r\nsecond line\n")), "two words ");
}

// The pbkdf2 example of the Web3 secret storage definition, and the same key as `cast wallet import` 1.7.1 stores it; password
// "testpassword". (The definition's scrypt example has r = 1 with n = 2^18, which RFC 7914 forbids and OpenSSL refuses.)
constexpr const char* kPbkdf2File = R"({"crypto":{"cipher":"aes-128-ctr",
  "cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
  "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
  "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
  "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},
  "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3})";
constexpr const char* kScryptFile = R"({"crypto":{"cipher":"aes-128-ctr",
  "cipherparams":{"iv":"f3f6b697f511fc9d5c953404cddea648"},
  "ciphertext":"15dbe675d0bc8eb72576c128bd73210be735a960431452a808d0d40767528669","kdf":"scrypt",
  "kdfparams":{"dklen":32,"n":8192,"p":1,"r":8,"salt":"8f5646626f8981432802542f812ec0762421fafbef5e40e06b0cdd05f46f3a83"},
  "mac":"090be223a0ea52e5fae9e202b7ade6bb48c6ad5e3126407a23466c4783f87dda"},"id":"3e65ce61-40ce-469f-968f-abcf6d1a637b","version":3})";
constexpr const char* kSecret = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

TEST(Keystore, PublishedVectors) {
  Address expected = key_of(kSecret).address();
  for (const char* file : {kPbkdf2File, kScryptFile}) {
    Result<PrivateKey> key = PrivateKey::from_keystore_json(file, "testpassword");
    ASSERT_TRUE(key.ok()) << key.error().message;
    EXPECT_EQ(key->address(), expected);
    Result<PrivateKey> wrong = PrivateKey::from_keystore_json(file, "Testpassword");
    ASSERT_FALSE(wrong.ok());
    EXPECT_NE(wrong.error().message.find("wrong password"), std::string::npos);
  }
}

std::string replaced(std::string s, const std::string& from, const std::string& to) {
  size_t at = s.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return s.replace(at, from.size(), to);
}

TEST(Keystore, RefusesDamagedFiles) {
  const std::string good = kPbkdf2File;
  const std::string scrypt = kScryptFile;
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string(1 << 20, '['), good.substr(0, good.size() / 2),
        replaced(good, "\"version\":3", "\"version\":1"), replaced(good, "\"version\":3", "\"version\":\"3\""),
        replaced(good, "aes-128-ctr", "aes-256-ctr"), replaced(good, "hmac-sha256", "hmac-md5"),
        replaced(good, "\"dklen\":32", "\"dklen\":8"), replaced(good, "\"c\":262144", "\"c\":0"),
        replaced(good, "\"c\":262144", "\"c\":99999999999"), replaced(good, "\"c\":262144", "\"c\":-1"),
        replaced(good, "\"kdf\":\"pbkdf2\"", "\"kdf\":\"none\""), replaced(good, "6087dab2", "6087da"),
        replaced(good, "5318b4d5", "5318b4zz"), replaced(good, "517ead92", "517ead93"),
        // scrypt cost: not a power of two, and far beyond any memory
        replaced(scrypt, "\"n\":8192", "\"n\":8191"), replaced(scrypt, "\"n\":8192", "\"n\":1073741824"),
        replaced(scrypt, "\"p\":1", "\"p\":0"),
        replaced(scrypt, "\"r\":8", "\"r\":1000000")}) {
    EXPECT_FALSE(PrivateKey::from_keystore_json(bad, "testpassword").ok()) << bad.substr(0, 400);
  }
}

// The signed type-2 transaction of the same key and fields as written by Foundry's `cast mktx` 1.7.1:
//   cast mktx --private-key 0x46…46 --chain 42161 --nonce 9 --gas-limit 21000 --gas-price 40000000 --priority-gas-price 0
//   --value 1000000000000000000 0x3535353535353535353535353535353535353535
TEST(Transaction, LikeCast) {
  PrivateKey key = key_of("4646464646464646464646464646464646464646464646464646464646464646");
  Transaction tx;
  tx.chain_id = 42161;
  tx.nonce = 9;
  tx.gas_limit = 21000;
  tx.max_fee = 40'000'000;
  tx.to = *address_from_hex("0x3535353535353535353535353535353535353535");
  tx.value = kEther;
  SignedTransaction s = sign_transaction(tx, key);
  EXPECT_EQ(to_hex(s.raw), "0x02f87082a4b109808402625a00825208943535353535353535353535353535353535353535880de0b6b3a764000080c080a08d75752bdc36c996b018b19618636d4a04ad48ca60c81305207b3ac836f60ba2a03b2175ed34b4616e90ec10513a8d63c1e2609c151c15a737eaa2eec992f6131b");
  EXPECT_EQ(s.hash, keccak256(s.raw));
  EXPECT_EQ(*recover_address(signing_hash(tx), key.sign(signing_hash(tx))), key.address());
}

// Published example: contracts of 0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0.
TEST(Transaction, CreatedAddress) {
  Address sender = *address_from_hex("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0");
  EXPECT_EQ(to_hex(created_address(sender, 0)), "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d");
  EXPECT_EQ(to_hex(created_address(sender, 1)), "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8");
}

}  // namespace
}  // namespace sotto::contest
