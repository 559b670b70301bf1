// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/key.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

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

Error cannot(const char* what, const std::string& path) {
  return environment_error(std::string("cannot ") + what + " the key file " + path + ": " + std::strerror(errno));
}

// Closes at the end of the scope.
struct File {
  int fd;
  ~File() {
    if (fd >= 0) close(fd);
  }
};

Result<SecretKey> read_key_file(const std::string& path, int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return cannot("read", path);
  if (!S_ISREG(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077) != 0)
    return input_error("the key file " + path + " must be a plain file of yours that nobody else can read (chmod 600)");
  Bytes32 bytes{};
  const ssize_t n = info.st_size == SecretKey::kSize ? read(fd, bytes.data(), bytes.size()) : 0;
  SecretKey key = SecretKey::take(bytes);
  if (n != SecretKey::kSize) return input_error("the key file " + path + " is damaged: the stores in this folder cannot be opened without it");
  return key;
}

// Written beside its place and linked there: whoever reads it sees 32 bytes or no file, and of two starts one wins.
Status make_key_file(const std::string& path) {
  const std::string fresh = path + "." + std::to_string(getpid());
  const File file{open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (file.fd < 0) return cannot("make", fresh);
  const SecretKey key = SecretKey::random();
  const bool written = fchmod(file.fd, 0600) == 0 && write(file.fd, key.data(), SecretKey::kSize) == SecretKey::kSize && fsync(file.fd) == 0;
  const bool placed = written && (link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int reason = errno;
  unlink(fresh.c_str());
  errno = reason;
  return placed ? ok_status() : Status(cannot("make", path));
}

}  // namespace

Result<SecretKey> open_master_key(const std::string& state_folder) {
  const std::string path = state_folder + "/master.key";
  for (const bool again : {false, true}) {
    const File file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (file.fd >= 0) return read_key_file(path, file.fd);
    if (errno != ENOENT || again) break;
    SOTTO_TRY_STATUS(make_key_file(path));
  }
  return cannot("open", path);
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
