// SPDX-License-Identifier: Apache-2.0
// A master key from a passphrase, by Argon2id (RFC 9106).
#include <sodium.h>
#include <unistd.h>

#include <algorithm>

#include "contest/secrecy/key.h"
#include "contest/secrecy/private_file.h"

namespace sotto::contest {
namespace {

constexpr size_t kSalt = crypto_pwhash_SALTBYTES, kCheck = 32, kMinPassphrase = 8, kMaxPassphrase = 1024;
constexpr uint64_t kMaxMemory = uint64_t{4} << 30, kMaxOperations = 1000;  // what a damaged file may make us spend

// folder/master.salt: salt | operations | memory | check value. Numbers have 8 bytes, low first.
constexpr size_t kOperationsAt = kSalt, kMemoryAt = kSalt + 8, kCheckAt = kSalt + 16, kSaltFile = kCheckAt + kCheck;

void put_number(Bytes& out, uint64_t v) {
  for (unsigned i = 0; i < 8; ++i) out.push_back(static_cast<uint8_t>(v >> (8 * i)));
}
uint64_t number_at(const Bytes& in, size_t at) {
  uint64_t v = 0;
  for (unsigned i = 0; i < 8; ++i) v |= uint64_t{in[at + i]} << (8 * i);
  return v;
}

// The first line. Whoever has the result wipes it.
Result<Bytes> read_passphrase(const std::string& path) {
  SOTTO_TRY(Bytes text, read_private_file(path, kMaxPassphrase));
  const size_t length = static_cast<size_t>(std::find(text.begin(), text.end(), '\n') - text.begin());
  const bool good = length >= kMinPassphrase && length <= kMaxPassphrase;
  if (!good) {
    wipe(text.data(), text.size());
    return input_error("the passphrase in " + path + " must have " + std::to_string(kMinPassphrase) + " to " +
                       std::to_string(kMaxPassphrase) + " bytes; longer is better");
  }
  wipe(text.data() + length, text.size() - length);
  text.resize(length);
  return text;
}

// 64 bytes: the key, and the check value.
struct Derived {
  Bytes32 key{}, check{};
  ~Derived() { wipe(key.data(), key.size()); }
};

Status derive(Derived& out, const Bytes& passphrase, const uint8_t* salt, const PassphraseCost& cost) {
  uint8_t both[64];
  const int failed = crypto_pwhash(both, sizeof both, reinterpret_cast<const char*>(passphrase.data()), passphrase.size(), salt,
                                   cost.operations, cost.memory, crypto_pwhash_ALG_ARGON2ID13);
  if (failed) return environment_error("not enough memory to compute the key from the passphrase");
  std::copy_n(both, 32, out.key.begin());
  std::copy_n(both + 32, 32, out.check.begin());
  wipe(both, sizeof both);
  return ok_status();
}

Result<SecretKey> first_key(const std::string& path, const Bytes& passphrase, const PassphraseCost& cost) {
  Bytes file(kSalt);
  randombytes_buf(file.data(), kSalt);
  Derived derived;
  SOTTO_TRY_STATUS(derive(derived, passphrase, file.data(), cost));
  put_number(file, cost.operations);
  put_number(file, cost.memory);
  append(file, derived.check);
  SOTTO_TRY_STATUS(place_private_file(path, file));
  return SecretKey::take(derived.key);
}

Result<SecretKey> same_key(const std::string& path, const Bytes& passphrase) {
  SOTTO_TRY(const Bytes file, read_private_file(path, kSaltFile));
  const Error damaged = input_error(path + " is damaged: the stores in this folder cannot be opened without it");
  if (file.size() != kSaltFile) return damaged;
  const PassphraseCost cost{number_at(file, kOperationsAt), number_at(file, kMemoryAt)};
  if (cost.operations < crypto_pwhash_OPSLIMIT_MIN || cost.operations > kMaxOperations || cost.memory < crypto_pwhash_MEMLIMIT_MIN ||
      cost.memory > kMaxMemory)
    return damaged;
  Derived derived;
  SOTTO_TRY_STATUS(derive(derived, passphrase, file.data(), cost));
  if (sodium_memcmp(derived.check.data(), file.data() + kCheckAt, kCheck) != 0)
    return input_error("this is not the passphrase that the stores were made with");
  return SecretKey::take(derived.key);
}

}  // namespace

Result<SecretKey> master_key_from_passphrase(const std::string& state_folder, const std::string& passphrase_file,
                                             const PassphraseCost& cost) {
  SOTTO_CHECK(sodium_init() >= 0);
  if (access((state_folder + "/master.key").c_str(), F_OK) == 0)
    return usage_error("the stores in " + state_folder + " belong to the key file there, not to a passphrase");
  SOTTO_TRY(Bytes passphrase, read_passphrase(passphrase_file));
  const std::string path = state_folder + "/master.salt";
  auto key = access(path.c_str(), F_OK) == 0 ? same_key(path, passphrase) : first_key(path, passphrase, cost);
  wipe(passphrase.data(), passphrase.size());
  return key;
}

}  // namespace sotto::contest
