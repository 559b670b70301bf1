// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/rpc.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include "contest/chain/rpc_values.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;

constexpr size_t kShownMessage = 300;
constexpr int64_t kLimitExceeded = -32005;  // EIP-1474: the request is fine, but not now
constexpr size_t kMaxFaultData = 64 << 10;

struct CurlDelete {
  void operator()(CURL* c) const { curl_easy_cleanup(c); }
  void operator()(curl_slist* l) const { curl_slist_free_all(l); }
  void operator()(CURLU* u) const { curl_url_cleanup(u); }
  void operator()(char* text) const { curl_free(text); }
};
template <class T>
using CurlPtr = std::unique_ptr<T, CurlDelete>;

void init_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  SOTTO_CHECK(code == CURLE_OK);
}

std::string printable(const std::string& foreign) {
  std::string out;
  for (char c : foreign) {
    if (out.size() == kShownMessage) return out + "…";
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  }
  return out;
}

// scheme://host:port only: path and user part may hold access keys.
struct Endpoint {
  std::string url;
  std::string shown;
  bool loopback = false;
  bool verified = false;  // has answered with the expected chain id
};

std::string part_of(CURLU* u, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(u, part, &text, part == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0) != CURLUE_OK) return "";
  return CurlPtr<char>(text).get();
}

Result<Endpoint> parse_endpoint(const std::string& url) {
  CurlPtr<CURLU> u(curl_url());
  SOTTO_CHECK(u != nullptr);
  if (curl_url_set(u.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return usage_error("the address of the chain's server is not a URL like https://host or http://127.0.0.1:8545");
  }
  std::string scheme = part_of(u.get(), CURLUPART_SCHEME), host = part_of(u.get(), CURLUPART_HOST);
  if (scheme != "http" && scheme != "https") {
    return usage_error("the chain's server must be reached by http or https, not " + scheme);
  }
  Endpoint e;
  e.url = url;
  e.shown = scheme + "://" + host + ":" + part_of(u.get(), CURLUPART_PORT);
  e.loopback = host == "127.0.0.1" || host == "localhost" || host == "[::1]";
  return e;
}

struct Sink {
  std::string text;
  size_t limit = 0;
  bool overflow = false;
};

size_t receive(char* data, size_t size, size_t count, void* user) {
  auto* sink = static_cast<Sink*>(user);
  size_t n = size * count;
  if (sink->text.size() + n > sink->limit) {
    sink->overflow = true;
    return 0;  // curl ends the transfer
  }
  sink->text.append(data, n);
  return n;
}

// What one attempt gave: an answer, or why there is none.
struct Attempt {
  std::optional<RpcAnswer> answer;
  std::string problem;
};

RpcFault parse_fault(const Json& error) {
  RpcFault fault;
  if (!error.is_object()) {
    fault.message = "an error without a description";
    return fault;
  }
  if (auto it = error.find("code"); it != error.end() && it->is_number_integer()) fault.code = it->get<int64_t>();
  if (auto it = error.find("message"); it != error.end() && it->is_string()) {
    fault.message = printable(it->get<std::string>());
  }
  // The revert data: a byte string, or nested once more, as some servers have it.
  const Json* data = error.contains("data") ? &error["data"] : nullptr;
  if (data != nullptr && data->is_object() && data->contains("data")) data = &(*data)["data"];
  if (data == nullptr) return fault;
  Result<Bytes> bytes = bytes_value(*data, "data");
  if (bytes.ok() && bytes->size() <= kMaxFaultData) fault.data = std::move(bytes).value();
  return fault;
}

Attempt parse_answer(const std::string& body, long http_status, int id) {
  Json root = Json::parse(body, nullptr, false);
  std::string status = http_status == 200 ? "" : " (HTTP status " + std::to_string(http_status) + ")";
  if (root.is_discarded() || !root.is_object()) return {{}, "the answer is not a JSON-RPC object" + status};
  auto error = root.find("error");
  bool has_error = error != root.end() && !error->is_null();
  auto answered = root.find("id");
  bool same_id = answered != root.end() && *answered == id;
  // A server that could not read the request answers with id null, which is only fit for an error.
  bool null_id = answered == root.end() || answered->is_null();
  if (!same_id && !(has_error && null_id)) return {{}, "the answer belongs to another request"};
  RpcAnswer out;
  if (has_error) {
    out.fault = parse_fault(*error);
    if (out.fault->code == kLimitExceeded) return {{}, "the server limits requests: " + out.fault->message};
    return {out, {}};
  }
  if (!root.contains("result")) return {{}, "the answer has neither result nor error" + status};
  if (http_status != 200) return {{}, "the server answered with HTTP status " + std::to_string(http_status)};
  out.result = std::make_shared<const Json>(std::move(root["result"]));
  return {out, {}};
}

}  // namespace

struct JsonRpc::State {
  RpcOptions options;
  std::vector<Endpoint> endpoints;
  size_t current = 0;
  int next_id = 1;
  CurlPtr<CURL> curl;
  CurlPtr<curl_slist> headers;

  CURLcode transfer(const Endpoint& to, const std::string& body, Sink& sink, char* why, long& status);
  Attempt attempt(const Endpoint& to, const std::string& method, const Json& params);
  std::string verify(Endpoint& endpoint);
};

CURLcode JsonRpc::State::transfer(const Endpoint& to, const std::string& body, Sink& sink, char* why, long& status) {
  CURL* c = curl.get();
  curl_easy_reset(c);
  curl_easy_setopt(c, CURLOPT_URL, to.url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout_ms));
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
  // A proxy cannot reach this machine's own loopback.
  if (to.loopback) curl_easy_setopt(c, CURLOPT_PROXY, "");
  CURLcode code = curl_easy_perform(c);
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, nullptr);
  return code;
}

Attempt JsonRpc::State::attempt(const Endpoint& to, const std::string& method, const Json& params) {
  int id = next_id++;
  std::string body = Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}}.dump();
  Sink sink;
  sink.limit = options.max_answer_bytes;
  char why[CURL_ERROR_SIZE] = {};
  long status = 0;
  CURLcode code = transfer(to, body, sink, why, status);
  if (sink.overflow) return {{}, "the answer is larger than " + std::to_string(sink.limit) + " bytes"};
  // Our own text for a failed transfer: curl's may quote the whole URL.
  if (code != CURLE_OK) return {{}, curl_easy_strerror(code)};
  return parse_answer(sink.text, status, id);
}

// "" or what is wrong.
std::string JsonRpc::State::verify(Endpoint& endpoint) {
  if (endpoint.verified || !options.chain_id) return "";
  Attempt a = attempt(endpoint, "eth_chainId", Json::array());
  if (!a.answer) return a.problem;
  if (a.answer->fault) return "it refuses to tell its chain id: " + a.answer->fault->message;
  Result<uint64_t> id = u64_value(*a.answer->result, "eth_chainId");
  if (!id.ok()) return id.error().message;
  if (*id != *options.chain_id) {
    return "it serves chain " + std::to_string(*id) + ", but chain " + std::to_string(*options.chain_id) + " is meant";
  }
  endpoint.verified = true;
  return "";
}

JsonRpc::JsonRpc(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonRpc::JsonRpc(JsonRpc&&) noexcept = default;
JsonRpc& JsonRpc::operator=(JsonRpc&&) noexcept = default;
JsonRpc::~JsonRpc() = default;

Result<JsonRpc> JsonRpc::open(RpcOptions options) {
  init_curl_once();
  if (options.urls.empty()) return usage_error("no address of a chain's server is given; set ETH_RPC_URL");
  auto state = std::make_unique<State>();
  for (const std::string& url : options.urls) {
    SOTTO_TRY(Endpoint e, parse_endpoint(url));
    state->endpoints.push_back(std::move(e));
  }
  state->options = std::move(options);
  state->curl.reset(curl_easy_init());
  state->headers.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
  // Without this, curl waits a second for a "100 Continue" before bodies that are as large as a proof.
  curl_slist_append(state->headers.get(), "Expect:");
  SOTTO_CHECK(state->curl && state->headers);
  return JsonRpc(std::move(state));
}

Result<RpcAnswer> JsonRpc::call(const std::string& method, const Json& params) {
  State& s = *state_;
  std::string problem;
  unsigned pause_ms = s.options.first_pause_ms;
  unsigned attempts = std::max<unsigned>(s.options.attempts, 1);
  for (unsigned i = 0; i < attempts; i++) {
    if (i > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
      pause_ms *= 2;
      s.current = (s.current + 1) % s.endpoints.size();
    }
    Endpoint& endpoint = s.endpoints[s.current];
    std::string mismatch = s.verify(endpoint);
    Attempt a = mismatch.empty() ? s.attempt(endpoint, method, params) : Attempt{{}, mismatch};
    if (a.answer) return std::move(*a.answer);
    problem = "the chain's server at " + endpoint.shown + " failed (" + method + "): " + a.problem;
  }
  return environment_error(problem + "; check ETH_RPC_URL");
}

std::string JsonRpc::server() const { return state_->endpoints[state_->current].shown; }

bool JsonRpc::is_loopback() const {
  return std::all_of(state_->endpoints.begin(), state_->endpoints.end(), [](const Endpoint& e) { return e.loopback; });
}

}  // namespace sotto::contest
