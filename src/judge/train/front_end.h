// SPDX-License-Identifier: Apache-2.0
// The fixed part of ear-20k: Hann-windowed DFT, mel bands, logarithm, all as integers.
#pragma once
#include "judge/net/network.h"

namespace sotto::judge::train {

// A network with its shape, dft, mel and log_table filled in; conv layers, head and score table are still empty. With 9
// hop bits, windows are twice as long and half as many, and there are 72 bands instead of 48.
Network make_front_end(uint32_t hop_bits = 8);

}  // namespace sotto::judge::train
