// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/credentials.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "contest/bus/subject.h"

namespace sotto::contest {
namespace {

constexpr uint64_t kMaxFile = 16 * 1024;
constexpr int kFormat = 1;

Error broken(const std::string& what) {
  return input_error("credentials: " + what + "; write new ones with `sotto bus config`");
}

}  // namespace

std::string credentials_text(const Credentials& c) {
  const nlohmann::ordered_json json = {{"sotto_bus", kFormat},   {"team", c.team},           {"user", c.user},
                                       {"password", c.password}, {"inbox", c.inbox},         {"rivals", c.rivals},
                                       {"one_operator", c.one_operator}, {"ca_file", c.ca_file}};
  return json.dump(2) + "\n";
}

Result<Credentials> parse_credentials(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return broken("not a JSON object");
  const auto string = [&](const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  // Absent or odd: the careful answer.
  const auto flag = [&](const char* key, bool careful) {
    const auto at = json.find(key);
    return at != json.end() && at->is_boolean() ? at->get<bool>() : careful;
  };
  const auto format = json.find("sotto_bus");
  if (format == json.end() || *format != kFormat) return broken("not in format " + std::to_string(kFormat));
  Credentials c{string("team"), string("user"), string("password"), string("inbox"), flag("rivals", true),
                flag("one_operator", false), string("ca_file")};
  if (!is_word(c.team)) return broken("no team");
  if (!is_word(c.user)) return broken("no user");
  if (c.password.empty()) return broken("no password");
  if (!c.inbox.starts_with("_INBOX.") || !check_name(c.inbox).ok()) return broken("no inbox");
  return c;
}

Result<Credentials> read_credentials(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0)
    return input_error("others can read " + path + ": chmod 600 it, and change the password if others use this machine");
  SOTTO_TRY(const Bytes bytes, read_file(path, kMaxFile));
  return parse_credentials(std::string(bytes.begin(), bytes.end()));
}

}  // namespace sotto::contest
