// SPDX-License-Identifier: Apache-2.0
// A judge without its highest score: where good searches all reach that, this tells them apart.
#pragma once
#include "judge/net/network.h"

namespace sotto::contest {

// The same judge up to its highest score; from there the score goes on with the slope that it had on the upper half
// of its way there, up to twice the highest score.
judge::Network with_open_scale(judge::Network net);

}  // namespace sotto::contest
