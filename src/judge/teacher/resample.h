// SPDX-License-Identifier: Apache-2.0
// Another sample rate, as torchaudio.functional.resample does by default (which the teacher was trained with): sinc
// interpolation, 6 zero crossings, roll-off 0.99, Hann window.
#pragma once
#include <span>
#include <vector>

namespace sotto::judge::teacher {

// ceil(n · to / from) samples.
std::vector<float> resample(std::span<const float> samples, unsigned from, unsigned to);

}  // namespace sotto::judge::teacher
