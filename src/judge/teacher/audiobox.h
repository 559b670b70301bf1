// SPDX-License-Identifier: Apache-2.0
// The conventions of the authors' command audio-aes: recordings named by lines of JSON, scores as lines of JSON.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "judge/teacher/teacher.h"
#include "sound/audio/recording.h"

namespace sotto::judge::teacher {

// {"path": "a.wav"} or {"path": "a.wav", "start_time": 0, "end_time": 5}: whole seconds, both or none. Other keys are
// ignored.
struct Request {
  std::string path;
  std::optional<sound::Section> section;
};
Result<Request> parse_request(const std::string& line);

// A recording, or samples of a song, as the teacher hears it.
std::vector<float> clip_of(const sound::Recording& recording);
Result<Scores> judge_recording(const Teacher& teacher, const Request& request);

// Which axes are shown, in the order of kAxisList whatever the order in "PQ,CE"; empty: all.
Result<std::vector<size_t>> parse_axes(const std::string& list);
// {"CE": 5.146…, "CU": …}: single precision, spaces as Python writes them.
std::string score_line(const Scores& scores, const std::vector<size_t>& axes);

}  // namespace sotto::judge::teacher
