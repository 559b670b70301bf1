// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/labels.h"

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/keccak.h"
#include "judge/teacher/resample.h"

namespace sotto::judge::teacher {
namespace {

using Json = nlohmann::ordered_json;

std::string header_line(const Bytes32& teacher) {
  return Json{{"sotto_labels", 1}, {"teacher", to_hex(teacher)}}.dump();
}

bool parse_label(const std::string& line, Bytes32& clip, Scores& scores) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("clip") || !json["clip"].is_string() || !json.contains("scores"))
    return false;
  const auto digest = bytes32_from_hex(json["clip"].get<std::string>());
  const Json& list = json["scores"];
  if (!digest.ok() || !list.is_array() || list.size() != kAxes) return false;
  for (size_t axis = 0; axis < kAxes; axis++) {
    if (!list[axis].is_number()) return false;
    scores[axis] = list[axis];
  }
  clip = *digest;
  return true;
}

}  // namespace

Bytes32 clip_digest(const sound::Samples& samples) { return keccak256(samples); }

std::vector<float> clip_of(const sound::Samples& samples) {
  std::vector<float> x;
  x.reserve(samples.size());
  for (uint8_t u : samples) x.push_back((static_cast<float>(u) - 128) / 128);
  return resample(x, sound::kSampleRate, kSampleRate);
}

Result<LabelFile> LabelFile::open(const std::string& path, const Bytes32& teacher) {
  LabelFile file;
  file.path_ = path;
  std::error_code error;
  uint64_t sound_bytes = 0;
  if (std::filesystem::exists(path, error)) {
    SOTTO_TRY(const Bytes bytes, read_file(path));
    std::istringstream in(std::string(bytes.begin(), bytes.end()));
    std::string line;
    for (size_t number = 1; std::getline(in, line) && !in.eof(); number++) {  // a line without its end was cut off
      if (number == 1 && line != header_line(teacher))
        return input_error(path +
                           " holds labels of another teacher, or something else; name another file for the labels");
      Bytes32 clip{};
      Scores scores{};
      if (number > 1 && !parse_label(line, clip, scores))
        return input_error(path + ", line " + std::to_string(number) + " is not a label; remove the line or the file");
      if (number > 1) file.labels_[clip] = scores;
      sound_bytes += line.size() + 1;
    }
    std::filesystem::resize_file(path, sound_bytes, error);
    if (error) return environment_error("cannot write " + path + ": " + error.message());
  }
  file.out_.open(path, std::ios::app);
  if (sound_bytes == 0) file.out_ << header_line(teacher) << '\n' << std::flush;
  if (!file.out_) return environment_error("cannot write " + path);
  return file;
}

const Scores* LabelFile::find(const Bytes32& clip) const {
  const auto found = labels_.find(clip);
  return found == labels_.end() ? nullptr : &found->second;
}

Status LabelFile::add(const Bytes32& clip, const Scores& scores) {
  out_ << Json{{"clip", to_hex(clip)}, {"scores", scores}}.dump() << '\n' << std::flush;
  if (!out_) return environment_error("cannot write " + path_ + ": is the disk full?");
  labels_[clip] = scores;
  return ok_status();
}

Result<std::vector<Scores>> label_clips(const Teacher& teacher, LabelFile& file,
                                        const std::vector<const sound::Samples*>& clips,
                                        const LabelProgress& progress) {
  std::vector<Scores> labels;
  for (const sound::Samples* samples : clips) {
    const Bytes32 digest = clip_digest(*samples);
    if (!file.find(digest)) {
      if (!progress(labels.size(), clips.size()))
        return Error{ErrorKind::kInterrupted,
                     "labelling was stopped; the same command goes on from " + std::to_string(file.size()) + " labels"};
      SOTTO_TRY_STATUS(file.add(digest, teacher.judge(clip_of(*samples))));
    }
    labels.push_back(*file.find(digest));
  }
  return labels;
}

}  // namespace sotto::judge::teacher
