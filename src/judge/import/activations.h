// SPDX-License-Identifier: Apache-2.0
// The activations that a table of a judge can hold.
#pragma once
#include <optional>

#include "judge/import/float_net.h"
#include "judge/import/onnx.h"

namespace sotto::judge {

// Nothing for an operator that is no activation. Requires that attributes are finite. Clip takes its bounds from `low`
// and `high`, since they are inputs of the node.
std::optional<Activation> activation_of(const OnnxNode& node, double low, double high);

}  // namespace sotto::judge
