// SPDX-License-Identifier: Apache-2.0
// Float model -> integer network. Scales are as large as the intervals of check_network allow.
#pragma once
#include <utility>
#include <vector>

#include "judge/net/network.h"
#include "judge/train/float_model.h"

namespace sotto::judge::train {

// Adds conv layers, activation table and head to a front end. The score table stays zero (calibrate fills it), and the
// result passes check_network.
Network quantise(const Network& front_end, const FloatModel& model);

// Points (head `pre`, score), both ascending: linear in between, constant outside.
using Calibration = std::vector<std::pair<double, double>>;
void calibrate(Network& net, const Calibration& points);

}  // namespace sotto::judge::train
