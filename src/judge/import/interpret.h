// SPDX-License-Identifier: Apache-2.0
// ONNX -> the shape of a judge, exactly or not at all. A judge can be proved because it has one fixed shape (network.h):
// conv layers of four frames and stride two, one activation for all, and a linear head over means and mean squares.
// Nodes are followed symbolically: what is linear is folded, and what does not come down to that shape is refused with
// the node, the operator, the reason, and what to use instead.
#pragma once
#include "judge/import/float_net.h"
#include "judge/import/onnx.h"

namespace sotto::judge {

// `bands` and `frames` are those of the front end: the model's input is [1, bands, frames] or [1, frames, bands], the L of
// network.h as floats.
Result<FloatNet> interpret(const OnnxModel& model, size_t bands, size_t frames);

}  // namespace sotto::judge
