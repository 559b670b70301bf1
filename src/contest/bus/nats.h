// SPDX-License-Identifier: Apache-2.0
// The bus over a NATS server. One connection per process; the account of the user is the team.
#pragma once
#include "contest/bus/bus.h"
#include "contest/bus/credentials.h"

namespace sotto::contest {

struct NatsOptions {
  std::string url;  // nats://HOST:PORT, or tls://HOST:PORT; no password in it
  Credentials credentials;
  std::chrono::milliseconds ack_wait{30'000};
  std::chrono::milliseconds call_wait{5'000};  // for an answer of the server
};

// Is the NATS library in this build? Its version, or an error that says how to get it.
Result<std::string> nats_library();
// Connects, or says why not: no server, wrong password, a server that must not be used between rivals (server_version.h).
// `warning` gets what the operator should know.
Result<std::unique_ptr<Bus>> connect_nats(const NatsOptions& options, std::string* warning = nullptr);

}  // namespace sotto::contest
