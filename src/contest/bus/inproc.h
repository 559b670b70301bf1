// SPDX-License-Identifier: Apache-2.0
// The bus inside one process: no server, no thread of its own, messages in the order in which they were sent.
#pragma once
#include "contest/bus/bus.h"

namespace sotto::contest {

class InProcHub {
 public:
  explicit InProcHub(std::chrono::milliseconds ack_wait = std::chrono::seconds(30));
  ~InProcHub();
  // A bus of this team. It may outlive the hub object.
  Result<std::unique_ptr<Bus>> connect(const std::string& team);

  struct World;

 private:
  std::shared_ptr<World> world_;
};

}  // namespace sotto::contest
