// SPDX-License-Identifier: Apache-2.0
// JSON-RPC 2.0 over HTTP(S). The other side is not trusted: answers are bounded in size and time, must be JSON objects
// with the id that was asked, and every failure is an Error that names the host (never the path or credentials of the
// URL).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/bytes.h"

namespace sotto::contest {

struct RpcOptions {
  std::vector<std::string> urls;          // in order of preference; the next one is tried when one fails
  std::optional<uint64_t> chain_id;       // every URL must answer eth_chainId with it before it is used
  unsigned timeout_ms = 10'000;           // one attempt
  unsigned attempts = 4;                  // over all URLs, with doubling pauses from first_pause_ms
  unsigned first_pause_ms = 200;
  size_t max_answer_bytes = size_t{16} << 20;
};

// The server understood and said no.
struct RpcFault {
  int64_t code = 0;
  std::string message;  // at most 300 characters, control characters removed
  Bytes data;           // revert data, if any
};

// Exactly one of the two is meaningful.
struct RpcAnswer {
  std::shared_ptr<const nlohmann::json> result;
  std::optional<RpcFault> fault;
};

// Not thread-safe: one object per thread.
class JsonRpc {
 public:
  static Result<JsonRpc> open(RpcOptions options);
  JsonRpc(JsonRpc&&) noexcept;
  JsonRpc& operator=(JsonRpc&&) noexcept;
  ~JsonRpc();

  // Transport failures, overload answers (429, 5xx) and nonsense are retried, then an Error (kEnvironment).
  Result<RpcAnswer> call(const std::string& method, const nlohmann::json& params);
  // scheme://host:port of the URL in use, for messages.
  std::string server() const;
  // Every URL is on this machine.
  bool is_loopback() const;

 private:
  struct State;
  explicit JsonRpc(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sotto::contest
