// SPDX-License-Identifier: Apache-2.0
// Writes the configuration of a NATS server for a contest: one account per team, so that nothing of a team reaches another
// one but its public board; one user per node, who may say and hear only what the bus needs (docs/scale-out.md).
#pragma once
#include <string>
#include <vector>

#include "base/result.h"

namespace sotto::contest {

struct BusConfig {
  std::vector<std::string> teams;
  unsigned nodes = 2;              // users per team: TEAM-1, TEAM-2, …
  std::string folder;              // where everything goes; made when missing, with mode 0700
  std::string listen = "127.0.0.1:4222";
  bool one_operator = false;       // all teams belong to one party that trusts itself
  std::string tls_cert, tls_key;   // of the server; needed to listen elsewhere than on this machine …
  std::string tls_ca;              // … and who signed it, for the credentials
  bool plain = false;              // … unless somebody else encrypts (a tunnel, a private network)
  unsigned megabytes = 64;         // on the server's disk, per team
};

struct WrittenConfig {
  std::string server_file;                    // for nats-server -c
  std::vector<std::string> credential_files;  // one per node
};

// Files have mode 0600. Refuses to overwrite: new files would lock out the running nodes.
Result<WrittenConfig> write_bus_config(const BusConfig& config);

}  // namespace sotto::contest
