// SPDX-License-Identifier: Apache-2.0
// In place of nats.cpp in a build without the NATS library.
#include "contest/bus/nats.h"

namespace sotto::contest {

Result<std::string> nats_library() {
  return environment_error("this sotto was built without NATS; install libnats-dev and build again");
}

Result<std::unique_ptr<Bus>> connect_nats(const NatsOptions&, std::string*) { return nats_library().error(); }

}  // namespace sotto::contest
