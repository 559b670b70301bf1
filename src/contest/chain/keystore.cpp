// SPDX-License-Identifier: Apache-2.0
// Web3 secret storage, version 3:
//   derived = kdf(password)
//   key = AES-128-CTR(derived[0..16], iv)(ciphertext)
//   mac = keccak256(derived[16..32] ‖ ciphertext)
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "base/keccak.h"
#include "contest/chain/key.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;

constexpr size_t kMaxFile = 64 << 10;
constexpr size_t kDerivedBytes = 32;
// geth's own files need 256 MiB; a file may not make us take the machine's memory or hours of its time.
constexpr uint64_t kMaxScryptBytes = uint64_t{1} << 30;
constexpr uint64_t kMaxIterations = 20'000'000;

struct Derived {
  std::array<uint8_t, kDerivedBytes> bytes{};
  ~Derived() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

Error malformed(const std::string& what) { return input_error("the keystore is malformed: " + what); }

Result<Json> member(const Json& object, const char* name) {
  if (!object.is_object()) return malformed("not an object");
  auto it = object.find(name);
  if (it == object.end()) return malformed(std::string("no \"") + name + "\"");
  return *it;
}

Result<uint64_t> number(const Json& object, const char* name) {
  SOTTO_TRY(Json v, member(object, name));
  if (!v.is_number_unsigned()) return malformed(std::string("\"") + name + "\" is not a number");
  return v.get<uint64_t>();
}

Result<std::string> text(const Json& object, const char* name) {
  SOTTO_TRY(Json v, member(object, name));
  if (!v.is_string()) return malformed(std::string("\"") + name + "\" is not a text");
  return v.get<std::string>();
}

Result<Bytes> hex(const Json& object, const char* name, size_t size) {
  SOTTO_TRY(std::string t, text(object, name));
  Result<Bytes> bytes = from_hex(t);
  if (!bytes.ok() || bytes->size() > 1024 || (size != 0 && bytes->size() != size)) {
    return malformed(std::string("\"") + name + "\" is not the hex it should be");
  }
  return bytes;
}

Status derive_scrypt(const Json& parameters, std::string_view password, const Bytes& salt, Derived& out) {
  SOTTO_TRY(uint64_t n, number(parameters, "n"));
  SOTTO_TRY(uint64_t r, number(parameters, "r"));
  SOTTO_TRY(uint64_t p, number(parameters, "p"));
  bool sane = n >= 2 && n <= (1u << 24) && (n & (n - 1)) == 0 && r >= 1 && r <= 64 && p >= 1 && p <= 64;
  // RFC 7914 §6: n < 2^(128·r/8).
  sane = sane && (r >= 4 || n < uint64_t{1} << (16 * r));
  if (!sane || 128 * n * r + 128 * r * p > kMaxScryptBytes) return malformed("scrypt parameters out of range");
  uint64_t memory = 128 * n * r + 128 * r * p + (uint64_t{32} << 20);
  int ok = EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(), n, r, p, memory,
                          out.bytes.data(), out.bytes.size());
  return ok == 1 ? ok_status() : environment_error("scrypt failed: not enough memory for this keystore");
}

Status derive_pbkdf2(const Json& parameters, std::string_view password, const Bytes& salt, Derived& out) {
  SOTTO_TRY(uint64_t c, number(parameters, "c"));
  SOTTO_TRY(std::string prf, text(parameters, "prf"));
  if (prf != "hmac-sha256" || c < 1 || c > kMaxIterations) return malformed("pbkdf2 parameters out of range");
  int ok = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                             static_cast<int>(salt.size()), static_cast<int>(c), EVP_sha256(),
                             static_cast<int>(out.bytes.size()), out.bytes.data());
  SOTTO_CHECK(ok == 1);
  return ok_status();
}

Status derive(const Json& crypto, std::string_view password, Derived& out) {
  SOTTO_TRY(std::string kdf, text(crypto, "kdf"));
  SOTTO_TRY(Json parameters, member(crypto, "kdfparams"));
  SOTTO_TRY(uint64_t size, number(parameters, "dklen"));
  SOTTO_TRY(Bytes salt, hex(parameters, "salt", 0));
  if (size != kDerivedBytes) return malformed("dklen is not 32");
  if (password.size() > 4096) return usage_error("the password is too long");
  if (kdf == "scrypt") return derive_scrypt(parameters, password, salt, out);
  if (kdf == "pbkdf2") return derive_pbkdf2(parameters, password, salt, out);
  return malformed("unknown key derivation");
}

bool decrypt(const Derived& derived, const Bytes& iv, const Bytes& ciphertext, uint8_t* out) {
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int written = 0;
  return context &&
         EVP_DecryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, derived.bytes.data(), iv.data()) == 1 &&
         EVP_DecryptUpdate(context.get(), out, &written, ciphertext.data(), static_cast<int>(ciphertext.size())) == 1 &&
         written == static_cast<int>(ciphertext.size());
}

}  // namespace

Result<PrivateKey> PrivateKey::from_keystore_json(std::string_view json, std::string_view password) {
  if (json.size() > kMaxFile) return malformed("too large");
  Json root = Json::parse(json, nullptr, false);
  if (root.is_discarded()) return malformed("not JSON");
  SOTTO_TRY(uint64_t version, number(root, "version"));
  if (version != 3) return malformed("version is not 3");
  SOTTO_TRY(Json crypto, member(root, root.contains("Crypto") ? "Crypto" : "crypto"));
  SOTTO_TRY(std::string cipher, text(crypto, "cipher"));
  if (cipher != "aes-128-ctr") return malformed("unknown cipher");
  SOTTO_TRY(Json cipher_parameters, member(crypto, "cipherparams"));
  SOTTO_TRY(Bytes iv, hex(cipher_parameters, "iv", 16));
  SOTTO_TRY(Bytes ciphertext, hex(crypto, "ciphertext", 32));
  SOTTO_TRY(Bytes mac, hex(crypto, "mac", 32));

  Derived derived;
  SOTTO_TRY_STATUS(derive(crypto, password, derived));
  Bytes authenticated(derived.bytes.begin() + 16, derived.bytes.end());
  append(authenticated, ciphertext);
  Bytes32 expected = keccak256(authenticated);
  OPENSSL_cleanse(authenticated.data(), authenticated.size());
  if (CRYPTO_memcmp(expected.data(), mac.data(), 32) != 0) return input_error("wrong password, or a damaged keystore");

  Derived secret;
  if (!decrypt(derived, iv, ciphertext, secret.bytes.data())) return environment_error("AES-128-CTR failed");
  return from_bytes(secret.bytes);
}

Result<PrivateKey> PrivateKey::from_keystore(const std::string& path, std::string_view password) {
  SOTTO_TRY(Bytes file, read_file(path, kMaxFile));
  return from_keystore_json(std::string_view(reinterpret_cast<const char*>(file.data()), file.size()), password);
}

}  // namespace sotto::contest
