// SPDX-License-Identifier: Apache-2.0
// What a teacher says of many clips, kept in a file: labelling takes hours, is interrupted, and goes on. One line of
// JSON per clip, which names it by its digest only:
//
//   {"sotto_labels": 1, "teacher": "0x…"}
//   {"clip": "0x…", "scores": [CE, CU, PC, PQ]}
#pragma once
#include <fstream>
#include <functional>
#include <map>
#include <optional>

#include "judge/teacher/teacher.h"
#include "sound/bytebeat/render.h"

namespace sotto::judge::teacher {

// The name of a clip: keccak256 of its samples.
Bytes32 clip_digest(const sound::Samples& samples);
// 8-bit samples at 8 kHz as the teacher hears them: (u - 128) / 128, at kSampleRate.
std::vector<float> clip_of(const sound::Samples& samples);

class LabelFile {
 public:
  // Reads what is there; a last line that was cut off is dropped. Refused: labels of another teacher, damaged lines.
  static Result<LabelFile> open(const std::string& path, const Bytes32& teacher);

  const Scores* find(const Bytes32& clip) const;
  size_t size() const { return labels_.size(); }
  // On disk when this returns.
  Status add(const Bytes32& clip, const Scores& scores);

 private:
  LabelFile() = default;
  std::string path_;
  std::map<Bytes32, Scores> labels_;
  std::ofstream out_;
};

// Called before every clip that has no label yet; false stops.
using LabelProgress = std::function<bool(size_t done, size_t all)>;

// The labels of all clips, in their order. kInterrupted when progress says so; what was labelled stays in the file.
Result<std::vector<Scores>> label_clips(const Teacher& teacher, LabelFile& file,
                                        const std::vector<const sound::Samples*>& clips, const LabelProgress& progress);

}  // namespace sotto::judge::teacher
