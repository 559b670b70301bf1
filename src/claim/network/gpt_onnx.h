// SPDX-License-Identifier: Apache-2.0
// The weights of a decoder in nanoGPT's shape from the ONNX file that its export writes.
#pragma once
#include "claim/network/examples.h"
#include "judge/import/onnx.h"

namespace sotto::claim::network {

// Follows the file node by node; whatever is not exactly this architecture (no biases, masked scores of -10, epsilon
// 1e-5, GELU's tanh form) is refused with the node that differs. Heads are told by the file's scale 1 / sqrt(width of a
// head).
Result<Gpt> gpt_from_onnx(const judge::OnnxModel& model);

}  // namespace sotto::claim::network
