// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/secret.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace sotto::contest {
namespace {

constexpr size_t kMaxKey = 4096;

}  // namespace

void wipe(std::string& text) {
  explicit_bzero(text.data(), text.size());
  text.clear();
}

void Secret::wipe() { contest::wipe(text_); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

// Short strings live in the object itself: a move leaves them behind unless they are wiped.
Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
  }
  return *this;
}

Result<Secret> secret_from_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return usage_error("the key file " + path + " cannot be read");
  struct stat info {};
  char buffer[kMaxKey];
  const bool known = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  const ssize_t n = known ? ::read(fd, buffer, sizeof buffer) : -1;
  ::close(fd);
  if (n < 0) return usage_error("the key file " + path + " cannot be read");
  std::string text(buffer, static_cast<size_t>(n));
  explicit_bzero(buffer, sizeof buffer);
  if (info.st_mode & 077) {
    wipe(text);
    return usage_error("the key file " + path + " can be read by others; run: chmod 600 " + path);
  }
  const size_t end = std::min(text.find_first_of("\r\n"), text.size());
  Secret secret(text.substr(0, end));
  wipe(text);
  for (const char c : secret.reveal())
    if (c <= ' ' || c == 0x7f) return usage_error("the first line of the key file " + path + " is not a key: it holds spaces or control characters");
  if (secret.empty()) return usage_error("the key file " + path + " is empty");
  return secret;
}

}  // namespace sotto::contest
