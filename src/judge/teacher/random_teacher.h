// SPDX-License-Identifier: Apache-2.0
// Teachers with random weights: what the tests of this room and of distillation run on. tools/teacher_reference.py
// draws the same weights, number for number:
//
//   z(name, i) = mix(mix(fnv1a64(name) + seed) + i)      mix: the finaliser of splitmix64, after adding its constant
//   u(name, i) = (floor(z / 2^40) - 2^23) / 2^23         in [-1, 1)
//   value      = float(centre + spread * u)
#pragma once
#include <cstdint>

#include "judge/teacher/geometry.h"

namespace sotto::judge::teacher {

// A model with every part of Audiobox's, 24 wide: judges a clip in milliseconds.
Geometry small_geometry();

// u(name, i)
double random_value(const std::string& name, uint64_t seed, uint64_t i);

// A clip at kSampleRate: a tone of 220 Hz, loud and soft by turns, with noise.
std::vector<float> test_signal(size_t samples);

std::map<std::string, FloatTensor> random_teacher(const Geometry& geometry, uint64_t seed);
// The same as a file, which names its geometry if it is not Audiobox's.
Bytes random_teacher_file(const Geometry& geometry, uint64_t seed);

}  // namespace sotto::judge::teacher
