// SPDX-License-Identifier: Apache-2.0
// One end of the socket pair between a parent and an agent. Messages keep their boundaries; what they say is the business of
// swarm/wire.h.
#pragma once
#include <optional>

#include "base/bytes.h"

namespace sotto::contest {

inline constexpr size_t kMaxMessage = 65536;

class Channel {
 public:
  explicit Channel(int fd = -1) : fd_(fd) {}
  Channel(Channel&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Channel& operator=(Channel&& other) noexcept;
  ~Channel();

  int fd() const { return fd_; }
  // Waits while the other side is slow to read.
  Status send(ByteSpan message) const;
  // Never waits: false when the other side does not read. For the parent, which no agent may hold up.
  Result<bool> try_send(ByteSpan message) const;
  // The next message, waiting for it without end; nothing when the other side has gone. A message beyond kMaxMessage is an
  // error, descriptors that are sent along are dropped.
  Result<std::optional<Bytes>> receive() const;

 private:
  int fd_;
};

}  // namespace sotto::contest
