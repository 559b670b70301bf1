// SPDX-License-Identifier: Apache-2.0
// For searches that shall not stop at the cap.
#pragma once
#include "judge/net/network.h"

namespace sotto::judge {

// The same network whose score is its head (network.h: pre), in thousandths.
Network uncapped(Network net);

}  // namespace sotto::judge
