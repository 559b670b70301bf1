// SPDX-License-Identifier: Apache-2.0
// What a node needs to speak for its team: a small JSON file that `sotto bus config` writes, readable by its owner only.
#pragma once
#include <string>

#include "base/result.h"

namespace sotto::contest {

struct Credentials {
  std::string team, user, password;
  std::string inbox;           // prefix of the subjects on which answers to this user arrive; unguessable
  bool rivals = true;          // other teams have accounts on the same server
  bool one_operator = false;   // … but all of them belong to one trusted party, says the operator
  std::string ca_file;         // for tls://: who signed the server's certificate; empty: the system's authorities
};

std::string credentials_text(const Credentials& credentials);
Result<Credentials> parse_credentials(const std::string& text);
// Refuses a file that others can read.
Result<Credentials> read_credentials(const std::string& path);

}  // namespace sotto::contest
