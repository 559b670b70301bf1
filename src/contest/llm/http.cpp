// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>

#include "base/check.h"
#include "contest/llm/secret.h"

namespace sotto::contest {
namespace {

constexpr size_t kMaxHeaders = 64;
constexpr size_t kMaxHeaderLine = 1024;

void init_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  SOTTO_CHECK(code == CURLE_OK);
}

struct EasyDelete {
  void operator()(CURL* c) const { curl_easy_cleanup(c); }
};
struct MultiDelete {
  void operator()(CURLM* m) const { curl_multi_cleanup(m); }
};

// Header lines that may hold a key: overwritten before they are freed.
struct ListWipe {
  void operator()(curl_slist* list) const {
    for (curl_slist* item = list; item != nullptr; item = item->next)
      for (volatile char* c = item->data; *c != 0; c++) *c = 0;
    curl_slist_free_all(list);
  }
};

}  // namespace

struct HttpClient::Exchange {
  uint64_t id = 0;
  HttpRequest request;
  HttpAnswer answer;
  bool overflow = false;
  std::unique_ptr<curl_slist, ListWipe> headers;
  std::unique_ptr<CURL, EasyDelete> curl;

  ~Exchange() {
    for (std::string& line : request.headers) wipe(line);
  }

  static size_t receive(char* data, size_t size, size_t count, void* user) {
    auto* self = static_cast<Exchange*>(user);
    const size_t n = size * count;
    if (self->answer.body.size() + n > self->request.max_bytes) {
      self->overflow = true;
      return 0;  // curl ends the transfer
    }
    self->answer.body.append(data, n);
    return n;
  }

  static size_t receive_header(char* data, size_t size, size_t count, void* user) {
    auto* self = static_cast<Exchange*>(user);
    const size_t n = size * count;
    const std::string_view line(data, n);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || n > kMaxHeaderLine || self->answer.headers.size() >= kMaxHeaders) return n;
    std::string name(line.substr(0, colon));
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const size_t from = std::min(line.find_first_not_of(" \t", colon + 1), n);
    const size_t to = line.find_last_not_of(" \t\r\n");
    self->answer.headers[name] = to == std::string_view::npos || to < from ? "" : std::string(line.substr(from, to + 1 - from));
    return n;
  }

  void prepare() {
    CURL* c = curl.get();
    curl_easy_setopt(c, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(c, CURLOPT_PRIVATE, this);
    // A redirect would carry song and key to another host; nobody of this kind needs one.
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // a proxy does not see the key
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_ms));
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_ms));
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, this);
    if (request.loopback) curl_easy_setopt(c, CURLOPT_PROXY, "");  // a proxy cannot reach this machine's own loopback
    for (const std::string& line : request.headers) add_header(line);
    if (request.body.empty()) return;
    add_header("Content-Type: application/json");
    add_header("Expect:");  // without it curl waits a second before it sends a body
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }

  void add_header(const std::string& line) {
    curl_slist* list = curl_slist_append(headers.get(), line.c_str());
    SOTTO_CHECK(list != nullptr);
    if (!headers) headers.reset(list);
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  }

  void finish(CURLcode code) {
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    curl_off_t connected = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_PRETRANSFER_TIME_T, &connected);
    answer.sent = connected > 0;
    if (overflow) answer.problem = "the answer is larger than " + std::to_string(request.max_bytes) + " bytes";
    else if (code != CURLE_OK) answer.problem = curl_easy_strerror(code);  // curl's longer text may quote the address
  }
};

struct HttpClient::State {
  std::unique_ptr<CURLM, MultiDelete> multi;
  std::map<uint64_t, std::unique_ptr<Exchange>> running;
  std::vector<std::pair<uint64_t, HttpAnswer>> finished;
  uint64_t next = 1;

  void end(Exchange* exchange, CURLcode code) {
    exchange->finish(code);
    curl_multi_remove_handle(multi.get(), exchange->curl.get());
    finished.emplace_back(exchange->id, std::move(exchange->answer));
    running.erase(exchange->id);
  }
};

HttpClient::HttpClient(unsigned connections) : state_(std::make_unique<State>()) {
  init_curl_once();
  state_->multi.reset(curl_multi_init());
  SOTTO_CHECK(state_->multi != nullptr);
  curl_multi_setopt(state_->multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
}

HttpClient::~HttpClient() {
  for (auto& [id, exchange] : state_->running) curl_multi_remove_handle(state_->multi.get(), exchange->curl.get());
}

uint64_t HttpClient::start(HttpRequest request) {
  auto exchange = std::make_unique<Exchange>();
  exchange->id = state_->next++;
  exchange->request = std::move(request);
  exchange->curl.reset(curl_easy_init());
  SOTTO_CHECK(exchange->curl != nullptr);
  exchange->prepare();
  SOTTO_CHECK(curl_multi_add_handle(state_->multi.get(), exchange->curl.get()) == CURLM_OK);
  const uint64_t id = exchange->id;
  state_->running[id] = std::move(exchange);
  return id;
}

void HttpClient::wait(unsigned ms) {
  CURLM* multi = state_->multi.get();
  int active = 0;
  curl_multi_perform(multi, &active);
  int left = 0;
  bool any = false;
  while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Exchange* exchange = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
    state_->end(exchange, message->data.result);
    any = true;
  }
  if (!any) curl_multi_poll(multi, nullptr, 0, static_cast<int>(ms), nullptr);
}

std::vector<std::pair<uint64_t, HttpAnswer>> HttpClient::take_finished() { return std::exchange(state_->finished, {}); }
size_t HttpClient::running() const { return state_->running.size(); }
void HttpClient::wake() { curl_multi_wakeup(state_->multi.get()); }

}  // namespace sotto::contest
