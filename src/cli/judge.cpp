// SPDX-License-Identifier: Apache-2.0
// sotto judge: the group of verbs about judges.
#include "cli/judge.h"

#include <algorithm>

#include "contest/swarm/interrupt.h"

namespace sotto::cli {

Result<std::unique_ptr<LoadedJudge>> load_judge(const JudgeInput& input) {
  SOTTO_TRY(const std::string path, input.path());
  SOTTO_TRY(judge::Network net, judge::read_judge(path));
  return std::make_unique<LoadedJudge>(path, std::move(net));
}

Result<judge::JudgedCorpus> judge_all(const judge::Corpus& corpus, const LoadedJudge& judge, uint64_t seed) {
  if (judge.net.samples != sound::kSamples)
    return input_error(judge.name + " judges " + std::to_string(judge.net.samples) + " samples; songs have " + std::to_string(sound::kSamples));
  judge::JudgedCorpus judged = judge::judge_corpus(corpus, judge.scorer, seed, contest::interrupted);
  if (contest::interrupted()) return contest::interrupted_error();
  if (judged.heard == 0) return input_error("no song of the corpus compiles; `sotto corpus --reasons` says why");
  return judged;
}

std::vector<double> shown_scores(const judge::JudgedCorpus& judged, const std::vector<judge::ClipKind>& kinds, uint32_t unit) {
  std::vector<double> out;
  for (const judge::JudgedClip& clip : judged.clips)
    if (std::find(kinds.begin(), kinds.end(), clip.kind) != kinds.end()) out.push_back(static_cast<double>(clip.score) / unit);
  return out;
}

Json json_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

void add_judge(Verbs& verbs) {
  CLI::App* judge = verbs.add("judge", "Look at a judge, measure it, attack it, make one");
  judge->require_subcommand(1);
  for (const auto add : {add_judge_info, add_judge_key, add_judge_eval, add_judge_compare, add_judge_attack, add_judge_train,
                         add_judge_import, add_judge_audiobox})
    add(verbs, judge);
}

}  // namespace sotto::cli
