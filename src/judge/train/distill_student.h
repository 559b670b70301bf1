// SPDX-License-Identifier: Apache-2.0
// A student of the audio teacher: learns all four axes, is exported for some of them.
#pragma once
#include <cstdint>
#include <vector>

#include "judge/teacher/teacher.h"
#include "judge/train/float_model.h"

namespace sotto::judge::train {

// A clip with the teacher's scores.
struct Lesson {
  std::vector<uint16_t> features;  // L, [frames][bands]
  teacher::Scores label;
};

struct StudentOptions {
  std::vector<uint32_t> channels = {40, 40, 40};
  uint32_t bands = 48;
  unsigned epochs = 20, threads = 1;  // sums of floats depend on the number of threads
  uint64_t seed = 1;
  std::vector<size_t> axes = {0};  // the score is their mean
};

// The mean of the chosen axes of a score of the teacher.
double axis_mean(const teacher::Scores& scores, const std::vector<size_t>& axes);

// Huber loss of the four standardised axes, plus a logistic loss of the order of pairs by the chosen axes. The
// model's output is the chosen mean less a constant. Deterministic for a given number of threads. Requires at least
// two lessons.
FloatModel fit_student(const std::vector<Lesson>& lessons, const StudentOptions& options);

}  // namespace sotto::judge::train
