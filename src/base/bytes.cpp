// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sotto {
namespace {
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
struct Fd {
  int fd;
  ~Fd() { if (fd >= 0) ::close(fd); }
};
std::string reason() { return std::strerror(errno); }
template <size_t n>
Result<std::array<uint8_t, n>> fixed_from_hex(std::string_view text) {
  SOTTO_TRY(Bytes b, from_hex(text));
  if (b.size() != n) return input_error("expected " + std::to_string(n) + " bytes of hex, got " + std::to_string(b.size()));
  std::array<uint8_t, n> r;
  std::memcpy(r.data(), b.data(), n);
  return r;
}
}  // namespace

std::string to_hex(ByteSpan bytes) {
  static const char digits[] = "0123456789abcdef";
  std::string s = "0x";
  s.reserve(2 + 2 * bytes.size());
  for (uint8_t b : bytes) {
    s += digits[b >> 4];
    s += digits[b & 15];
  }
  return s;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  if (text.size() % 2) return input_error("hex text has an odd number of digits");
  Bytes out(text.size() / 2);
  for (size_t i = 0; i < out.size(); i++) {
    int hi = hex_digit(text[2 * i]), lo = hex_digit(text[2 * i + 1]);
    if (hi < 0 || lo < 0) return input_error("not a hex digit at position " + std::to_string(2 * i));
    out[i] = static_cast<uint8_t>(hi << 4 | lo);
  }
  return out;
}

Result<Bytes32> bytes32_from_hex(std::string_view text) { return fixed_from_hex<32>(text); }
Result<Address> address_from_hex(std::string_view text) { return fixed_from_hex<20>(text); }

Bytes32 word_from_u64(uint64_t v) {
  Bytes32 w{};
  for (int i = 0; i < 8; i++) w[31 - i] = static_cast<uint8_t>(v >> (8 * i));
  return w;
}

void append(Bytes& out, ByteSpan more) { out.insert(out.end(), more.begin(), more.end()); }

Result<Bytes> read_file(const std::string& path, uint64_t max_size) {
  Fd f{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (f.fd < 0) return input_error("cannot open " + path + ": " + reason());
  struct stat st;
  if (::fstat(f.fd, &st) != 0 || S_ISDIR(st.st_mode)) return input_error(path + " is not a readable file");
  if (static_cast<uint64_t>(st.st_size) > max_size) return input_error(path + " is too large (" + std::to_string(st.st_size) + " bytes)");
  Bytes out;
  uint8_t buffer[1 << 16];
  for (;;) {
    ssize_t n = ::read(f.fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return input_error("cannot read " + path + ": " + reason());
    if (n == 0) return out;
    if (out.size() + static_cast<size_t>(n) > max_size) return input_error(path + " is too large");
    out.insert(out.end(), buffer, buffer + n);
  }
}

Status write_file_atomically(const std::string& path, ByteSpan bytes) {
  const std::string temporary = path + ".tmp." + std::to_string(::getpid());
  auto fail = [&](const char* what) -> Status {
    Error e = environment_error(std::string("cannot ") + what + " " + path + ": " + reason());
    ::unlink(temporary.c_str());
    return e;
  };
  Fd f{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (f.fd < 0) return fail("write");
  for (size_t done = 0; done < bytes.size();) {
    ssize_t n = ::write(f.fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail("write");
    done += static_cast<size_t>(n);
  }
  if (::fsync(f.fd) != 0 && errno != EINVAL) return fail("write");
  if (::rename(temporary.c_str(), path.c_str()) != 0) return fail("write");
  return ok_status();
}

}  // namespace sotto
