// SPDX-License-Identifier: Apache-2.0
// Many HTTP exchanges at once on one thread (curl's multi interface). Answers are bounded in size and time. No redirect is
// followed, certificates are checked, other schemes than http and https are refused.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sotto::contest {

struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;  // may hold the key: wiped with the exchange
  std::string body;                  // empty: GET
  bool loopback = false;             // not through a proxy
  unsigned connect_ms = 5'000, total_ms = 30'000;
  size_t max_bytes = size_t{1} << 20;
};

struct HttpAnswer {
  long status = 0;
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string problem;                         // why there is no whole answer; never quotes address or body
  bool sent = true;                            // the server may have seen the request
};

class HttpClient {
 public:
  explicit HttpClient(unsigned connections);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Starts an exchange; its number comes back with its answer.
  uint64_t start(HttpRequest request);
  // Moves things on; returns after at most `ms`, or when something happened, or after wake().
  void wait(unsigned ms);
  std::vector<std::pair<uint64_t, HttpAnswer>> take_finished();
  size_t running() const;
  // From any thread.
  void wake();

 private:
  struct Exchange;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sotto::contest
