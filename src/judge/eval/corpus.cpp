// SPDX-License-Identifier: Apache-2.0
#include "judge/eval/corpus.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <sstream>

#include "base/bytes.h"

namespace sotto::judge {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kMaxCorpus = uint64_t{1} << 28;

// The first of the names that is a text.
std::string text_of(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto field = object.find(name);
    if (field != object.end() && field->is_string() && !field->get_ref<const std::string&>().empty())
      return field->get<std::string>();
  }
  return "";
}

double number_of(const Json& object, std::initializer_list<const char*> names, double otherwise) {
  for (const char* name : names) {
    const auto field = object.find(name);
    if (field != object.end() && field->is_number()) return field->get<double>();
  }
  return otherwise;
}

// The hash of the original that a Dollchan song is a remix of; songs of one original belong together.
std::string original_of(const Json& song) {
  const auto remix = song.find("remix");
  if (remix == song.end() || !remix->is_array() || remix->empty() || !remix->front().is_object()) return "";
  return text_of(remix->front(), {"hash"});
}

void add(Corpus& corpus, const Json& json, const std::string& author) {
  CorpusSong song;
  song.id = text_of(json, {"id", "hash"});
  song.author = author;
  song.group = text_of(json, {"group"});
  if (song.group.empty()) song.group = original_of(json);
  song.code = text_of(json, {"code", "codeOriginal", "code_min", "codeMin", "codeMinified"});
  const std::string mode = text_of(json, {"mode"}), type = text_of(json, {"expr_type"});
  if (mode == "Signed Bytebeat") song.mode = sound::SampleMode::kSigned;
  const double rate = number_of(json, {"sample_rate", "sampleRate"}, sound::kSampleRate);
  const double rating = number_of(json, {"rating"}, -1);
  if (rating >= 0 && rating <= 2) song.rating = static_cast<int>(rating);
  const bool formula = (mode.empty() || mode == "Bytebeat" || mode == "Signed Bytebeat") &&
                       (type.empty() || type == "infix" || type == "infix-C");
  if (!formula || song.code.empty() || !(rate >= kMinRate && rate <= kMaxRate)) {
    corpus.left_out++;
    return;
  }
  song.sample_rate = static_cast<unsigned>(rate);
  corpus.songs.push_back(std::move(song));
}

Result<Corpus> parse_library(const Json& library, const std::string& name) {
  Corpus corpus;
  for (const Json& author : library) {
    const auto songs = author.is_object() ? author.find("songs") : author.end();
    if (!author.is_object() || songs == author.end() || !songs->is_array())
      return input_error(name + ": a library is an array of objects with `author` and `songs`");
    for (const Json& song : *songs)
      if (song.is_object()) add(corpus, song, text_of(author, {"author"}));
  }
  return corpus;
}

Result<Corpus> parse_lines(std::string_view text, const std::string& name) {
  Corpus corpus;
  std::istringstream lines{std::string(text)};
  size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    number++;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object()) return input_error(name + ", line " + std::to_string(number) + ": not a JSON object");
    add(corpus, json, text_of(json, {"author"}));
  }
  return corpus;
}

// Hann-windowed sinc, cut off at 0.46 of the lower rate, 8 of its samples to either side, in 64 phases: the same that
// tools/render_corpus.mjs applies to the clips that judges are trained on.
class LowPass {
 public:
  explicit LowPass(double ratio) : half_(static_cast<int64_t>(std::ceil(kReach * ratio))) {
    for (int phase = 0; phase <= kPhases; phase++) {
      std::vector<double> row;
      double sum = 0;
      for (int64_t j = -half_; j <= half_; j++) {
        const double d = static_cast<double>(j) - static_cast<double>(phase) / kPhases, z = std::numbers::pi * 2 * kCutOff / ratio * d;
        const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * d / static_cast<double>(half_ + 1));
        row.push_back((z == 0 ? 1 : std::sin(z) / z) * window);
        sum += row.back();
      }
      for (double& w : row) w /= sum;
      rows_.push_back(std::move(row));
    }
  }
  uint8_t at(const sound::Samples& samples, double position) const {
    const int64_t centre = static_cast<int64_t>(position), last = static_cast<int64_t>(samples.size()) - 1;
    const auto& row = rows_[static_cast<size_t>(std::lround((position - static_cast<double>(centre)) * kPhases))];
    double sum = 0;
    for (int64_t j = -half_; j <= half_; j++)
      sum += row[static_cast<size_t>(j + half_)] * samples[static_cast<size_t>(std::clamp<int64_t>(centre + j, 0, last))];
    return static_cast<uint8_t>(std::clamp(std::lround(sum), 0L, 255L));
  }

 private:
  static constexpr int kPhases = 64, kReach = 8;
  static constexpr double kCutOff = 0.46;
  int64_t half_;
  std::vector<std::vector<double>> rows_;
};

}  // namespace

Result<Corpus> parse_corpus(std::string_view text, const std::string& name) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  const bool array = first != std::string_view::npos && text[first] == '[';
  const Json library = array ? Json::parse(text, nullptr, false) : Json();
  if (array && !library.is_array()) return input_error(name + ": not a JSON array; gunzip a library first");
  SOTTO_TRY(Corpus corpus, array ? parse_library(library, name) : parse_lines(text, name));
  if (corpus.songs.empty()) return input_error(name + ": no bytebeat formula with a `code` in it");
  return corpus;
}

Result<Corpus> read_corpus(const std::string& path) {
  SOTTO_TRY(const Bytes bytes, read_file(path, kMaxCorpus));
  return parse_corpus({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

sound::Samples render_at(const sound::Program& program, unsigned rate) {
  if (rate == sound::kSampleRate) return sound::render(program);
  const double ratio = static_cast<double>(rate) / sound::kSampleRate;
  const sound::Samples all = sound::render(program, static_cast<uint32_t>(std::ceil(sound::kSamples * ratio)) + 1);
  sound::Samples out(sound::kSamples);
  if (rate < sound::kSampleRate) {  // held, as a player does
    for (uint64_t i = 0; i < out.size(); i++) out[i] = all[i * rate / sound::kSampleRate];
    return out;
  }
  const LowPass low_pass(ratio);
  for (size_t i = 0; i < out.size(); i++) out[i] = low_pass.at(all, static_cast<double>(i) * ratio);
  return out;
}

}  // namespace sotto::judge
