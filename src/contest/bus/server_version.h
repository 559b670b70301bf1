// SPDX-License-Identifier: Apache-2.0
// Which NATS server is at the other end, and whether its accounts hold between rivals.
//
// CVE-2025-30215 (fixed in 2.10.27 and 2.11.1): a message to $JS.API.ACCOUNT.PURGE.X from one account removed the streams of
// another. CVE-2026-33222 (fixed in 2.12.6): the same for restore. Security notes 2026-16 and 2026-18: fixed in 2.11.16,
// 2.12.7 and 2.14.0. The generated configuration denies these requests on every version; between rivals a server that is
// known to be broken is refused all the same.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sotto::contest {

struct ServerVersion {
  unsigned major = 0, minor = 0, patch = 0;
  bool release = true;  // false: a preview
  std::string text;     // as the server says it
  // No published hole between accounts.
  bool sound() const;
};

Result<ServerVersion> parse_server_version(std::string_view text);
// "nats-server: v2.9.10"
Result<ServerVersion> installed_server_version(const std::string& executable);
// Asks the server at nats://HOST:PORT or tls://HOST:PORT; every server says its version before anybody logs in.
Result<ServerVersion> running_server_version(const std::string& url, std::chrono::milliseconds wait);
// The nats-server program: $SOTTO_NATS_SERVER, or in PATH, /usr/sbin and /usr/local/sbin.
Result<std::string> find_nats_server();

struct BusAddress {
  std::string host, port;
  bool tls = false;
};
Result<BusAddress> parse_bus_url(std::string_view url);

// What to say about a server that is not sound: refused between rivals unless one party operates all of them.
Status admit_server(const ServerVersion& version, bool rivals, bool one_operator, std::string* warning);

}  // namespace sotto::contest
