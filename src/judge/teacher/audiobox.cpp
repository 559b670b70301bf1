// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/audiobox.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "judge/teacher/resample.h"

namespace sotto::judge::teacher {
namespace {

using Json = nlohmann::json;

constexpr const char* kForm =
    "{\"path\": \"a.wav\"}, with \"start_time\" and \"end_time\" in whole seconds or without them";

}  // namespace

Result<Request> parse_request(const std::string& line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("path") || !json["path"].is_string())
    return input_error(std::string("not of the form ") + kForm);
  Request request{json["path"].get<std::string>(), {}};
  if (request.path.find('\0') != std::string::npos) return input_error("the path holds a zero byte");
  const bool start = json.contains("start_time"), end = json.contains("end_time");
  if (start != end) return input_error("start_time and end_time are needed both or not at all");
  if (!start) return request;
  if (!json["start_time"].is_number_unsigned() || !json["end_time"].is_number_unsigned())
    return input_error("start_time and end_time must be whole seconds");
  request.section = sound::Section{json["start_time"], json["end_time"]};
  return request;
}

std::vector<float> clip_of(const sound::Recording& recording) {
  return resample(recording.samples, recording.rate, kSampleRate);
}

Result<Scores> judge_recording(const Teacher& teacher, const Request& request) {
  SOTTO_TRY(const sound::Recording recording, sound::read_recording(request.path, request.section));
  return teacher.judge(clip_of(recording));
}

Result<std::vector<size_t>> parse_axes(const std::string& list) {
  std::vector<size_t> axes;
  std::istringstream in(list);
  for (std::string name; std::getline(in, name, ',');) {
    const auto found =
        std::find_if(kAxisList.begin(), kAxisList.end(), [&](const Axis& axis) { return name == axis.name; });
    if (found == kAxisList.end()) return usage_error("there is no axis " + name + "; choose from CE,CU,PC,PQ");
    axes.push_back(static_cast<size_t>(found - kAxisList.begin()));
  }
  if (axes.empty()) axes = {0, 1, 2, 3};
  std::sort(axes.begin(), axes.end());
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  return axes;
}

std::string score_line(const Scores& scores, const std::vector<size_t>& axes) {
  std::string line = "{";
  for (size_t axis : axes) {
    if (line.size() > 1) line += ", ";
    const double single = static_cast<double>(static_cast<float>(scores[axis]));
    line.append("\"").append(kAxisList[axis].name).append("\": ").append(Json(single).dump());
  }
  return line + "}";
}

}  // namespace sotto::judge::teacher
