// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/key.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/keccak.h"

namespace sotto::contest {

struct PrivateKey::Secret {
  Bytes32 bytes{};
  Address address{};
  // Locking may be refused (RLIMIT_MEMLOCK); the key then lives in ordinary memory.
  Secret() { ::mlock(bytes.data(), bytes.size()); }
  ~Secret() {
    OPENSSL_cleanse(bytes.data(), bytes.size());
    ::munlock(bytes.data(), bytes.size());
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
};

namespace {

// Erases what it refers to when the scope ends, on every path.
struct Erase {
  void* data;
  size_t size;
  ~Erase() { OPENSSL_cleanse(data, size); }
};

void fill_random(uint8_t* out, size_t size) {
  while (size > 0) {
    ssize_t n = ::getrandom(out, size, 0);
    SOTTO_CHECK(n > 0 || errno == EINTR);
    if (n <= 0) continue;
    out += n;
    size -= static_cast<size_t>(n);
  }
}

// One context for the process, blinded against side channels; const use of it is thread-safe.
const secp256k1_context* curve() {
  static const secp256k1_context* context = [] {
    secp256k1_context* c = secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
    Bytes32 seed;
    Erase erase{seed.data(), seed.size()};
    fill_random(seed.data(), seed.size());
    SOTTO_CHECK(c != nullptr && secp256k1_context_randomize(c, seed.data()) == 1);
    return c;
  }();
  return context;
}

// keccak256(x ‖ y)[12..]
Address address_of(const secp256k1_pubkey& key) {
  uint8_t serialized[65];
  size_t size = sizeof serialized;
  secp256k1_ec_pubkey_serialize(curve(), serialized, &size, &key, SECP256K1_EC_UNCOMPRESSED);
  Bytes32 hash = keccak256(ByteSpan(serialized + 1, 64));
  Address a;
  std::copy(hash.begin() + 12, hash.end(), a.begin());
  return a;
}

struct File {
  int fd;
  ~File() { if (fd >= 0) ::close(fd); }
};

// A short secret text. private_only: only the owner may be able to read the file. The caller erases the result.
Result<std::string> read_secret(const std::string& path, bool private_only) {
  constexpr size_t kMax = 4096;
  File f{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (f.fd < 0) return input_error("cannot open " + path + ": " + std::strerror(errno));
  struct stat st;
  if (::fstat(f.fd, &st) != 0 || S_ISDIR(st.st_mode)) return input_error(path + " is not a readable file");
  if (private_only && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0) {
    return input_error(path + " holds a secret but others may read it; run: chmod 600 " + path);
  }
  std::string text(kMax, '\0');
  Erase erase{text.data(), kMax};
  size_t size = 0;
  while (size < kMax) {
    ssize_t n = ::read(f.fd, text.data() + size, kMax - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return input_error("cannot read " + path + ": " + std::strerror(errno));
    if (n == 0) return text.substr(0, size);
    size += static_cast<size_t>(n);
  }
  return input_error(path + " is too long for a secret");
}

std::string_view trimmed(std::string_view s) {
  const char* white = " \t\r\n";
  size_t first = s.find_first_not_of(white);
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(white) - first + 1);
}

}  // namespace

PrivateKey::PrivateKey(std::unique_ptr<Secret> secret) : secret_(std::move(secret)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::from_bytes(ByteSpan secret) {
  if (secret.size() != 32) return input_error("a private key has 32 bytes");
  auto s = std::make_unique<Secret>();
  std::copy(secret.begin(), secret.end(), s->bytes.begin());
  secp256k1_pubkey pub;
  if (secp256k1_ec_pubkey_create(curve(), &pub, s->bytes.data()) != 1) {
    return input_error("the private key is zero or not below the order of secp256k1");
  }
  s->address = address_of(pub);
  return PrivateKey(std::move(s));
}

PrivateKey PrivateKey::generate() {
  Bytes32 bytes;
  Erase erase{bytes.data(), bytes.size()};
  for (;;) {
    fill_random(bytes.data(), bytes.size());
    if (Result<PrivateKey> key = from_bytes(bytes); key.ok()) return std::move(key).value();
  }
}

namespace {
// Errors never quote the text.
Result<PrivateKey> key_from_hex(std::string_view text, const std::string& where) {
  Result<Bytes> bytes = from_hex(trimmed(text));
  if (!bytes.ok()) return input_error(where + " does not hold a private key of 64 hex digits");
  Erase erase{bytes->data(), bytes->size()};
  if (bytes->size() != 32) return input_error(where + " does not hold a private key of 64 hex digits");
  return PrivateKey::from_bytes(*bytes);
}
}  // namespace

Result<PrivateKey> PrivateKey::from_hex_file(const std::string& path) {
  SOTTO_TRY(std::string text, read_secret(path, true));
  Erase erase{text.data(), text.size()};
  return key_from_hex(text, path);
}

Result<PrivateKey> PrivateKey::from_environment(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return usage_error(std::string("the environment variable ") + variable + " is not set");
  return key_from_hex(text, variable);
}

Result<std::string> password_from_file(const std::string& path) {
  SOTTO_TRY(std::string text, read_secret(path, true));
  Erase erase{text.data(), text.size()};
  std::string_view line = std::string_view(text).substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line);
}

Status PrivateKey::save_hex_file(const std::string& path) const {
  File f{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (f.fd < 0) return environment_error("cannot create " + path + ": " + std::strerror(errno));
  std::string text = to_hex(secret_->bytes) + "\n";
  Erase erase{text.data(), text.size()};
  ssize_t n = ::write(f.fd, text.data(), text.size());
  if (n == static_cast<ssize_t>(text.size()) && ::fsync(f.fd) == 0) return ok_status();
  std::string reason = std::strerror(errno);
  ::unlink(path.c_str());
  return environment_error("cannot write " + path + ": " + reason);
}

const Address& PrivateKey::address() const { return secret_->address; }

Signature PrivateKey::sign(const Bytes32& hash) const {
  secp256k1_ecdsa_recoverable_signature signature;
  // The default nonce function is RFC 6979; s comes out in the lower half.
  int ok = secp256k1_ecdsa_sign_recoverable(curve(), &signature, hash.data(), secret_->bytes.data(), nullptr, nullptr);
  SOTTO_CHECK(ok == 1);
  uint8_t compact[64];
  int recovery = 0;
  secp256k1_ecdsa_recoverable_signature_serialize_compact(curve(), compact, &recovery, &signature);
  SOTTO_CHECK(recovery == 0 || recovery == 1);  // 2 and 3: r wrapped, probability 2^-127
  Signature out;
  std::copy_n(compact, 32, out.r.begin());
  std::copy_n(compact + 32, 32, out.s.begin());
  out.y_parity = static_cast<uint8_t>(recovery);
  return out;
}

Result<Address> recover_address(const Bytes32& hash, const Signature& signature) {
  uint8_t compact[64];
  std::copy(signature.r.begin(), signature.r.end(), compact);
  std::copy(signature.s.begin(), signature.s.end(), compact + 32);
  secp256k1_ecdsa_recoverable_signature parsed;
  secp256k1_pubkey pub;
  bool ok = signature.y_parity <= 1 &&
            secp256k1_ecdsa_recoverable_signature_parse_compact(curve(), &parsed, compact, signature.y_parity) == 1 &&
            secp256k1_ecdsa_recover(curve(), &pub, &parsed, hash.data()) == 1;
  if (!ok) return input_error("not a signature");
  return address_of(pub);
}

}  // namespace sotto::contest
