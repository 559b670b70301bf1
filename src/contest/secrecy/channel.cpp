// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sotto::contest {

Channel& Channel::operator=(Channel&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Channel::~Channel() {
  if (fd_ >= 0) close(fd_);
}

namespace {

// False when the message would have to wait and must not.
Result<bool> send_with(int fd, ByteSpan message, int flags) {
  SOTTO_CHECK(message.size() <= kMaxMessage);
  for (;;) {
    const ssize_t n = ::send(fd, message.data(), message.size(), MSG_NOSIGNAL | flags);
    if (n == static_cast<ssize_t>(message.size())) return true;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && flags && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    return environment_error("the other process has gone");
  }
}

}  // namespace

Status Channel::send(ByteSpan message) const {
  SOTTO_TRY_STATUS(send_with(fd_, message, 0));
  return ok_status();
}

Result<bool> Channel::try_send(ByteSpan message) const { return send_with(fd_, message, MSG_DONTWAIT); }

Result<std::optional<Bytes>> Channel::receive() const {
  Bytes buffer(kMaxMessage);
  for (;;) {
    // MSG_TRUNC: the true length of a message that is too long
    const ssize_t n = ::recv(fd_, buffer.data(), buffer.size(), MSG_TRUNC);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno != ECONNRESET)
      return environment_error(std::string("cannot hear the other process: ") + std::strerror(errno));
    if (n <= 0) return std::optional<Bytes>();
    if (static_cast<size_t>(n) > kMaxMessage) return input_error("a message between parent and agent is too long");
    buffer.resize(static_cast<size_t>(n));
    return std::optional<Bytes>(std::move(buffer));
  }
}

}  // namespace sotto::contest
