// SPDX-License-Identifier: Apache-2.0
// Several networks over the same front end as one: their channels side by side.
#pragma once
#include <vector>

#include "judge/train/float_model.h"

namespace sotto::judge::train {

// The mean of their logits, by `weights`, one per member, positive (empty: all alike). All of as many layers; weights
// between members are zero. The members' scaling of the input goes into the first layer.
FloatModel mean_of(const std::vector<FloatModel>& members, const std::vector<float>& weights = {});

// The same function with silent channels added, so that the width of every layer is a multiple of 32: the contract pays
// for the ones in the binary digits of a width, about 7,000 gas in all where members make up odd ones.
FloatModel with_round_widths(const FloatModel& model);

}  // namespace sotto::judge::train
