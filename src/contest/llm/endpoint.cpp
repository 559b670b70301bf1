// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/endpoint.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <memory>

namespace sotto::contest {
namespace {

struct UrlDelete {
  void operator()(CURLU* u) const { curl_url_cleanup(u); }
  void operator()(char* text) const { curl_free(text); }
};

std::string part_of(CURLU* u, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(u, part, &text, flags) != CURLUE_OK) return "";
  return std::unique_ptr<char, UrlDelete>(text).get();
}

// 127.0.0.0/8 in digits, ::1, localhost. A name that only begins like an address is somebody else's.
bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "localhost" || host == "[::1]";
}

}  // namespace

Result<Endpoint> parse_base_url(const std::string& url) {
  const std::unique_ptr<CURLU, UrlDelete> u(curl_url());
  SOTTO_CHECK(u != nullptr);
  const std::string advice = "; a base URL looks like https://api.openai.com/v1 or http://127.0.0.1:8080";
  if (url.find("://") == std::string::npos || curl_url_set(u.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return usage_error("the address of the LLM server is not a URL" + advice);
  const std::string scheme = part_of(u.get(), CURLUPART_SCHEME), host = part_of(u.get(), CURLUPART_HOST);
  if (scheme != "http" && scheme != "https") return usage_error("the LLM server is reached by http or https only" + advice);
  if (!part_of(u.get(), CURLUPART_USER).empty() || !part_of(u.get(), CURLUPART_PASSWORD).empty())
    return usage_error("the address of the LLM server holds a user or password; give the key by file or environment" + advice);
  if (!part_of(u.get(), CURLUPART_QUERY).empty() || !part_of(u.get(), CURLUPART_FRAGMENT).empty())
    return usage_error("the address of the LLM server has a query; only scheme, host, port and path belong there" + advice);
  Endpoint e;
  e.encrypted = scheme == "https";
  e.loopback = is_loopback(host);
  const std::string port = part_of(u.get(), CURLUPART_PORT);
  e.shown = scheme + "://" + host + (port.empty() ? "" : ":" + port);
  std::string path = part_of(u.get(), CURLUPART_PATH);
  while (!path.empty() && path.back() == '/') path.pop_back();
  e.base = e.shown + (path.empty() ? "/v1" : path);
  return e;
}

}  // namespace sotto::contest
