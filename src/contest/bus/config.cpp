// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/config.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "base/bytes.h"
#include "contest/bus/credentials.h"
#include "contest/bus/nats_names.h"
#include "contest/bus/server_version.h"
#include "contest/bus/subject.h"

namespace sotto::contest {
namespace {

constexpr unsigned kMaxTeams = 64, kMaxNodes = 256;

// Requests that reach across accounts on servers with known holes, or that only the server's operator needs. The allow
// list below does not hold them either; a deny stands above every allow, also above one that somebody adds later.
constexpr const char* kDenied[] = {"$JS.API.ACCOUNT.PURGE.>",
                                   "$JS.API.SERVER.>",
                                   "$JS.API.ACCOUNT.STREAM.>",
                                   "$JS.API.META.>",
                                   "$JS.API.STREAM.RESTORE.>",
                                   "$JS.API.STREAM.SNAPSHOT.>",
                                   "$SYS.>"};

struct User {
  std::string name, password, inbox;
};

Result<std::string> random_hex(size_t bytes) {
  Bytes random(bytes);
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
    return environment_error("the system gives no random numbers");
  return to_hex(random).substr(2);
}

std::string quoted(const std::string& text) { return '"' + text + '"'; }

template <class List>
std::string quoted_list(const List& list) {
  std::string out = "[";
  for (const auto& item : list) out += (out.size() > 1 ? ", " : "") + quoted(item);
  return out + "]";
}

// What nats.cpp says, word for word.
std::vector<std::string> publish_rules() {
  const std::string stream = "$JS.API.STREAM.", consumer = "$JS.API.CONSUMER.", queues = kQueueStream;
  return {std::string(kTeamPrefix) + ">",
          std::string(kPublicPrefix) + ">",
          queue_subject(">"),
          bucket_subject(">"),
          stream + "INFO." + kBucketStream,
          stream + "CREATE." + kBucketStream,
          stream + "MSG.GET." + kBucketStream,
          std::string("$JS.API.DIRECT.GET.") + kBucketStream + ".>",
          stream + "CREATE." + queues,
          stream + "INFO." + queues,
          consumer + "INFO." + queues + ".*",
          consumer + "CREATE." + queues + ".>",
          consumer + "DURABLE.CREATE." + queues + ".*",
          consumer + "MSG.NEXT." + queues + ".*",
          "$JS.ACK." + queues + ".>"};
}

std::string user_text(const User& user) {
  const std::vector<std::string> hears = {std::string(kTeamPrefix) + ">", std::string(kPublicPrefix) + ">",
                                          std::string(kFromPrefix) + ">", user.inbox + ".>"};
  return "      { user: " + quoted(user.name) + ", password: " + quoted(user.password) + ", permissions: {\n" +
         "          publish: { allow: " + quoted_list(publish_rules()) + ",\n" +
         "                     deny: " + quoted_list(kDenied) + " }\n" +
         "          subscribe: { allow: " + quoted_list(hears) + " }\n" +
         "          allow_responses: { max: 1, expires: \"1m\" } } }\n";
}

std::string account_text(const BusConfig& config, const std::string& team, const std::vector<User>& users) {
  std::string text = "  TEAM_" + team +
                     ": {\n    jetstream: { max_mem: 1MB, max_file: " + std::to_string(config.megabytes) +
                     "MB, max_streams: 2, max_consumers: 64 }\n    users: [\n";
  for (const User& user : users) text += user_text(user);
  text += "    ]\n    exports: [ { stream: " + quoted(std::string(kPublicPrefix) + ">") + " } ]\n    imports: [\n";
  for (const std::string& other : config.teams)
    if (other != team)
      text += "      { stream: { account: TEAM_" + other + ", subject: " + quoted(std::string(kPublicPrefix) + ">") +
              " }, prefix: " + quoted(std::string(kFromPrefix) + other) + " }\n";
  return text + "    ]\n  }\n";
}

std::string server_text(const BusConfig& config, const std::string& accounts) {
  std::string text =
      "# Written by `sotto bus config` for nats-server -c. It holds passwords: keep it to yourself. docs/scale-out.md "
      "explains it.\n"
      "server_name: sotto\n"
      "listen: " +
      quoted(config.listen) +
      "\n"
      "max_payload: 128KB\nmax_connections: 1024\nmax_subscriptions: 1024\nmax_pending: 16MB\n";
  if (!config.tls_cert.empty())
    text += "tls: { cert_file: " + quoted(config.tls_cert) + ", key_file: " + quoted(config.tls_key) + " }\n";
  const unsigned teams = static_cast<unsigned>(config.teams.size());
  text += "jetstream: { store_dir: " + quoted(config.folder + "/jetstream") +
          ", max_memory_store: " + std::to_string(teams + 1) +
          "MB, max_file_store: " + std::to_string(uint64_t{teams} * config.megabytes + 1) + "MB }\n";
  return text + "system_account: SYS\naccounts: {\n  SYS: { users: [] }\n" + accounts + "}\n";
}

Status write_secret(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return environment_error("cannot make " + path + ": " + std::strerror(errno));
  const bool whole = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (close(fd) != 0 || !whole) return environment_error("cannot write " + path + "; is the disk full?");
  return ok_status();
}

bool this_machine_only(const std::string& listen) {
  return listen.starts_with("127.") || listen.starts_with("localhost:") || listen.starts_with("[::1]:");
}

Status check(const BusConfig& c) {
  if (c.teams.empty() || c.teams.size() > kMaxTeams) return usage_error("name 1 to 64 teams");
  if (c.nodes < 1 || c.nodes > kMaxNodes) return usage_error("a team has 1 to 256 nodes");
  if (c.megabytes < 40) return usage_error("a team needs at least 40 MB on the server's disk");
  if (std::set<std::string>(c.teams.begin(), c.teams.end()).size() != c.teams.size())
    return usage_error("two teams have the same name");
  for (const std::string& team : c.teams)
    if (!is_word(team) || team.size() > 40)
      return usage_error("a team is called by at most 40 letters, digits, _ and -, not '" + team + "'");
  for (const std::string& text : {c.folder, c.tls_cert, c.tls_key, c.listen})
    if (text.find_first_of("\"\\\n") != std::string::npos)
      return usage_error("quotes and backslashes cannot stand in " + text);
  if (c.tls_cert.empty() != c.tls_key.empty()) return usage_error("--tls-cert and --tls-key go together");
  SOTTO_TRY_STATUS(parse_bus_url("nats://" + c.listen));
  if (this_machine_only(c.listen) || !c.tls_cert.empty() || c.plain) return ok_status();
  return usage_error("whoever listens on " + c.listen +
                     " sends passwords and scores over the network: give --tls-cert and --tls-key, "
                     "or --plain when a tunnel or a private network encrypts them");
}

Result<User> make_user(const std::string& team, unsigned number) {
  SOTTO_TRY(std::string password, random_hex(32));
  SOTTO_TRY(const std::string inbox, random_hex(12));
  return User{team + "-" + std::to_string(number), std::move(password), "_INBOX." + inbox};
}

}  // namespace

Result<WrittenConfig> write_bus_config(const BusConfig& wish) {
  BusConfig config = wish;
  std::error_code error;
  config.folder = std::filesystem::absolute(wish.folder, error).lexically_normal().string();
  for (std::string* file : {&config.tls_cert, &config.tls_key, &config.tls_ca})
    if (!file->empty()) *file = std::filesystem::absolute(*file, error).lexically_normal().string();
  SOTTO_TRY_STATUS(check(config));
  if (mkdir(config.folder.c_str(), 0700) != 0 && errno != EEXIST)
    return environment_error("cannot make folder " + config.folder + ": " + std::strerror(errno));
  WrittenConfig written{config.folder + "/nats-server.conf", {}};
  if (std::filesystem::exists(written.server_file, error))
    return input_error(
        written.server_file +
        " is there already, and new passwords would lock out its nodes; choose another folder, or remove it");
  std::string accounts;
  for (const std::string& team : config.teams) {
    std::vector<User> users;
    for (unsigned n = 1; n <= config.nodes; ++n) {
      SOTTO_TRY(User user, make_user(team, n));
      written.credential_files.push_back(config.folder + "/" + user.name + ".creds");
      SOTTO_TRY_STATUS(write_secret(written.credential_files.back(),
                                    credentials_text({team, user.name, user.password, user.inbox,
                                                      config.teams.size() > 1, config.one_operator, config.tls_ca})));
      users.push_back(std::move(user));
    }
    accounts += account_text(config, team, users);
  }
  SOTTO_TRY_STATUS(write_secret(written.server_file, server_text(config, accounts)));
  return written;
}

}  // namespace sotto::contest
