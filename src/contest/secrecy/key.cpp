// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/key.h"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "contest/secrecy/private_file.h"

namespace sotto::contest {

void wipe(void* bytes, size_t size) { sodium_memzero(bytes, size); }

// sodium_malloc: pages of its own between guard pages, mlock and MADV_DONTDUMP as far as limits allow, wiped by sodium_free.
SecretKey::SecretKey() {
  SOTTO_CHECK(sodium_init() >= 0);
  bytes_ = static_cast<uint8_t*>(sodium_malloc(kSize));
  SOTTO_CHECK(bytes_ != nullptr);
}

SecretKey SecretKey::random() {
  SecretKey key;
  randombytes_buf(key.bytes_, kSize);
  return key;
}

SecretKey SecretKey::take(Bytes32& from) {
  SecretKey key;
  std::memcpy(key.bytes_, from.data(), kSize);
  wipe(from.data(), from.size());
  return key;
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

SecretKey::~SecretKey() { sodium_free(bytes_); }

Bytes32 SecretKey::reveal() const {
  Bytes32 copy;
  std::memcpy(copy.data(), bytes_, kSize);
  return copy;
}

namespace {

Result<SecretKey> read_key_file(const std::string& path) {
  SOTTO_TRY(Bytes content, read_private_file(path, SecretKey::kSize));
  if (content.size() != SecretKey::kSize)
    return input_error("the key file " + path + " is damaged: the stores in this folder cannot be opened without it");
  Bytes32 bytes;
  std::copy(content.begin(), content.end(), bytes.begin());
  wipe(content.data(), content.size());
  return SecretKey::take(bytes);
}

}  // namespace

Result<SecretKey> open_master_key(const std::string& state_folder) {
  const std::string path = state_folder + "/master.key";
  if (access((state_folder + "/master.salt").c_str(), F_OK) == 0)
    return usage_error("the stores in " + state_folder + " belong to a passphrase; give the file that holds it");
  if (access(path.c_str(), F_OK) != 0) {
    const SecretKey fresh = SecretKey::random();
    SOTTO_TRY_STATUS(place_private_file(path, {fresh.data(), SecretKey::kSize}));
  }
  return read_key_file(path);
}

SecretKey agent_key(const SecretKey& master, uint32_t agent) {
  Bytes32 derived;
  SOTTO_CHECK(crypto_kdf_derive_from_key(derived.data(), derived.size(), agent, "sottokey", master.data()) == 0);
  return SecretKey::take(derived);
}

uint64_t agent_seed(const SecretKey& master, uint64_t run_seed, uint32_t agent) {
  Bytes32 seeds;
  SOTTO_CHECK(crypto_kdf_derive_from_key(seeds.data(), seeds.size(), run_seed, "sottosed", master.data()) == 0);
  uint8_t out[crypto_kdf_BYTES_MIN];
  SOTTO_CHECK(crypto_kdf_derive_from_key(out, sizeof out, agent, "sottosed", seeds.data()) == 0);
  wipe(seeds.data(), seeds.size());
  uint64_t seed = 0;
  for (unsigned i = 0; i < sizeof seed; ++i) seed |= uint64_t{out[i]} << (8 * i);
  return seed;
}

}  // namespace sotto::contest
