// SPDX-License-Identifier: Apache-2.0
// The fixed part of ear-20k: Hann-windowed DFT, mel bands, logarithm, all as integers.
#pragma once
#include "judge/net/network.h"

namespace sotto::judge::train {

// A network with its shape, dft, mel and log_table filled in; conv layers, head and score table are still empty.
Network make_front_end();

}  // namespace sotto::judge::train
