// SPDX-License-Identifier: Apache-2.0
// Where the server is. A base URL may or may not end in "/v1" or "/"; calls are joined to it in one place.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace sotto::contest {

struct Endpoint {
  std::string base;       // ends in ".../v1" or in whatever path was given, without a slash
  std::string shown;      // scheme://host:port, fit for messages: paths can hold access keys
  bool loopback = false;
  bool encrypted = false; // https

  // "chat/completions" -> the whole URL.
  std::string url(std::string_view call) const { return base + '/' + std::string(call); }
};

// http and https only, no user or password in it, no query. A URL without a path gets "/v1", which every server of this kind has.
Result<Endpoint> parse_base_url(const std::string& url);

}  // namespace sotto::contest
