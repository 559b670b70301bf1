// SPDX-License-Identifier: Apache-2.0
#include "judge/train/standings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "judge/net/scorer.h"
#include "judge/train/agents_search.h"
#include "judge/train/report.h"

namespace sotto::judge::train {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kTop = 10;

// 10000 -> "10,000"
std::string with_commas(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

void read_search(SongsStanding& out) {
  std::ifstream in(out.file);
  std::string line;
  if (!std::getline(in, line)) return;
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return;
  const auto number = [&](const char* name) {
    const auto field = json.find(name);
    return field != json.end() && field->is_number_unsigned() ? field->get<uint64_t>() : 0;
  };
  out.evaluations = number("evaluations"), out.seed = number("seed");
}

Standing standing(const Witness& witness, const std::vector<Evolved>& songs, size_t ten) {
  const Scorer scorer(witness.net);
  Standing out;
  for (size_t i = 0; i < ten; i++) {
    const uint32_t head = scorer.head(songs[i].samples);
    const double score = scorer.score_of(head) / static_cast<double>(witness.net.score_unit),
                 percentile = rank_of(head, witness.human);
    if (i == 0) out.score = score, out.percentile = percentile;
    out.ten_score += score / static_cast<double>(ten), out.ten_percentile += percentile / static_cast<double>(ten);
  }
  return out;
}

}  // namespace

Result<Witness> witness(const std::string& file, const Clips& clips) {
  SOTTO_TRY(Network net, read_judge(file));
  Witness out{std::filesystem::path(file).stem().string(), std::move(net), {}};
  const Scorer scorer(out.net);
  for (const Clip& clip : clips.list)
    if (clip.human() && !clip.extra) out.human.push_back(scorer.head(clip.samples));
  if (out.human.empty()) return input_error("the clips hold none of people in the fold that is measured on");
  return out;
}

Result<SongsStanding> standing_of(const std::string& file, const std::vector<Witness>& witnesses) {
  SongsStanding out;
  out.file = file;
  SOTTO_TRY(const auto songs, read_evolved(file));
  if (songs.empty()) return input_error(file + " holds no song that sounds");
  read_search(out);
  out.code = songs[0].source;
  out.ten = std::min(kTop, songs.size());
  for (const Witness& w : witnesses) out.by.push_back(standing(w, songs, out.ten));
  return out;
}

std::string standings_table(const std::vector<Witness>& witnesses, const std::vector<SongsStanding>& rows) {
  std::string head = "| songs | seed | best score | its percentile, by " + witnesses[0].name,
              line = "|---|---|---|---|";
  for (size_t i = 1; i < witnesses.size(); i++) head += " | by " + witnesses[i].name, line += "---|";
  for (size_t i = 1; i < witnesses.size(); i++)
    head += (i == 1 ? " | the ten best, by " : " | by ") + witnesses[i].name, line += "---|";
  std::string out = head + " |\n" + line + "\n";
  for (const SongsStanding& row : rows) {
    const std::string songs = row.evaluations ? with_commas(row.evaluations) : row.file;
    out +=
        "| " + songs + " | " + (row.evaluations ? std::to_string(row.seed) : "-") + format(" | %.2f", row.by[0].score);
    for (const Standing& s : row.by) out += format(" | %.1f", s.percentile);
    for (size_t i = 1; i < row.by.size(); i++) out += format(" | %.1f", row.by[i].ten_percentile);
    out += " |\n";
  }
  return out;
}

Json standings_json(const std::vector<Witness>& witnesses, const std::vector<SongsStanding>& rows) {
  Json list = Json::array();
  for (const SongsStanding& row : rows) {
    Json by = Json::array();
    for (size_t i = 0; i < witnesses.size(); i++) {
      const Standing& s = row.by[i];
      by.push_back({{"judge", witnesses[i].name},
                    {"score", s.score},
                    {"percentile", s.percentile},
                    {"ten_best_score", s.ten_score},
                    {"ten_best_percentile", s.ten_percentile}});
    }
    list.push_back({{"file", row.file},
                    {"evaluations", row.evaluations ? Json(row.evaluations) : Json(nullptr)},
                    {"seed", row.evaluations ? Json(row.seed) : Json(nullptr)},
                    {"best", row.code},
                    {"ten_best", row.ten},
                    {"by", by}});
  }
  return {{"attacked", witnesses[0].name}, {"human_clips", witnesses[0].human.size()}, {"songs", list}};
}

}  // namespace sotto::judge::train
