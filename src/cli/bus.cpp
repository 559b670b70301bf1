// SPDX-License-Identifier: Apache-2.0
// sotto bus: the configuration of a server for a team on several machines, and a look at its public board.
#include <chrono>
#include <thread>

#include "cli/output.h"
#include "contest/bus/board.h"
#include "contest/bus/config.h"
#include "contest/bus/nats.h"
#include "contest/bus/server_version.h"
#include "contest/swarm/interrupt.h"

namespace sotto::cli {
namespace {

using std::chrono::milliseconds;

struct ConfigOptions {
  contest::BusConfig config;
  bool json = false;
};

// The server that is installed here is likely the one that will run.
Result<std::string> look_at_server(const contest::BusConfig& config) {
  const auto program = contest::find_nats_server();
  if (!program) return std::string("none on this machine; its version is checked when a node connects");
  SOTTO_TRY(const auto version, contest::installed_server_version(*program));
  std::string warning;
  SOTTO_TRY_STATUS(contest::admit_server(version, config.teams.size() > 1, config.one_operator, &warning));
  if (!warning.empty()) std::fprintf(stderr, "sotto: warning: %s\n", warning.c_str());
  return *program + ", version " + version.text;
}

Status write_config(const ConfigOptions& o) {
  SOTTO_TRY(const std::string server, look_at_server(o.config));
  SOTTO_TRY(const auto written, contest::write_bus_config(o.config));
  if (o.json) {
    print_json({{"server_config", written.server_file}, {"credentials", written.credential_files}, {"server", server}, {"listen", o.config.listen}});
    return ok_status();
  }
  print_field("server", server);
  print_field("configuration", written.server_file);
  for (const std::string& file : written.credential_files) print_field("credentials", file);
  print_text("Start the server:  nats-server -c " + written.server_file +
             "\nGive each node its file, by a safe way, and start it there:\n"
             "  sotto swarm --bus nats://" + o.config.listen + " --creds FILE --node NAME --state DIR");
  return ok_status();
}

void add_config(Verbs& verbs, CLI::App* parent) {
  CLI::App* verb = verbs.add("config", "Write the configuration of a NATS server: an account per team, a user per node", parent);
  auto o = std::make_shared<ConfigOptions>();
  contest::BusConfig& c = o->config;
  verb->add_option("--teams", c.teams, "Names of the teams: a,b")->delimiter(',')->required();
  verb->add_option("--nodes", c.nodes, "Users per team, one for each of its machines")->capture_default_str();
  verb->add_option("--out", c.folder, "Folder for the files; they hold passwords")->required();
  verb->add_option("--listen", c.listen, "Where the server listens")->capture_default_str();
  verb->add_flag("--one-operator", c.one_operator, "All teams belong to one party that trusts itself: servers with known holes are allowed");
  verb->add_option("--tls-cert", c.tls_cert, "The server's certificate; needed to listen to other machines")->check(CLI::ExistingFile);
  verb->add_option("--tls-key", c.tls_key, "Its key")->check(CLI::ExistingFile);
  verb->add_option("--tls-ca", c.tls_ca, "Who signed it, for the nodes; default: the system's authorities")->check(CLI::ExistingFile);
  verb->add_flag("--plain", c.plain, "Listen to other machines without TLS: a tunnel or a private network encrypts");
  verb->add_option("--megabytes", c.megabytes, "Room on the server's disk, per team")->capture_default_str();
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return write_config(*o); });
}

struct BoardOptions {
  std::string url, credentials;
  unsigned seconds = 15;
  bool json = false;
};

Json score_json(const contest::PublicScore& s) {
  return {{"team", s.team}, {"node", s.node}, {"slot", s.slot}, {"agents", s.agents}, {"best", s.best}, {"songs", s.songs}};
}

Status show_board(const BoardOptions& o) {
  contest::NatsOptions nats;
  nats.url = o.url;
  SOTTO_TRY(nats.credentials, contest::read_credentials(o.credentials));
  std::string warning;
  SOTTO_TRY(const auto bus, contest::connect_nats(nats, &warning));
  if (!warning.empty()) std::fprintf(stderr, "sotto: warning: %s\n", warning.c_str());
  SOTTO_TRY(auto board, contest::Board::open(*bus));
  contest::catch_interrupts();
  for (unsigned waited = 0; waited < o.seconds * 10 && !contest::interrupted(); ++waited) std::this_thread::sleep_for(milliseconds(100));
  SOTTO_TRY_STATUS(board.hear(milliseconds(0)));
  const auto scores = board.scores(milliseconds(0));
  Json list = Json::array();
  for (const auto& s : scores) list.push_back(score_json(s));
  if (o.json) print_json({{"board", list}});
  else
    for (const auto& s : scores)
      print_field((s.team + "/" + s.node).c_str(), "best " + std::to_string(s.best) + ", slot " + std::to_string(s.slot) + ", " +
                                                       std::to_string(s.agents) + " agents, " + std::to_string(s.songs) + " songs");
  if (scores.empty()) return rejected("nobody has published a score within " + std::to_string(o.seconds) + " s");
  return ok_status();
}

void add_board(Verbs& verbs, CLI::App* parent) {
  CLI::App* verb = verbs.add("board", "Listen to the public board for a while and show it; scores are in the judge's ticks", parent);
  auto o = std::make_shared<BoardOptions>();
  verb->add_option("--bus", o->url, "nats://HOST:PORT or tls://HOST:PORT")->required();
  verb->add_option("--creds", o->credentials, "Credentials of a node")->required();
  verb->add_option("--seconds", o->seconds, "How long to listen; nodes speak once per slot")->capture_default_str()->check(CLI::Range(1, 86'400));
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return show_board(*o); });
}

}  // namespace

void add_bus(Verbs& verbs) {
  CLI::App* verb = verbs.add("bus", "A team on several machines: server configuration, public board (docs/scale-out.md)");
  verb->require_subcommand(1);
  add_config(verbs, verb);
  add_board(verbs, verb);
}

}  // namespace sotto::cli
