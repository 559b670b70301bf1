// SPDX-License-Identifier: Apache-2.0
// The verbs of `sotto judge`, and what they share.
#pragma once
#include <string>

#include "cli/inputs.h"
#include "judge/eval/evaluate.h"

namespace sotto::cli {

void add_judge_info(Verbs& verbs, CLI::App* judge);
void add_judge_key(Verbs& verbs, CLI::App* judge);
void add_judge_eval(Verbs& verbs, CLI::App* judge);
void add_judge_compare(Verbs& verbs, CLI::App* judge);
void add_judge_attack(Verbs& verbs, CLI::App* judge);
void add_judge_audiobox(Verbs& verbs, CLI::App* judge);
void add_judge_import(Verbs& verbs, CLI::App* judge);
void add_judge_train(Verbs& verbs, CLI::App* judge);    // train and distill

// A judge made ready; the scorer keeps the address of the network.
struct LoadedJudge {
  std::string name;
  judge::Network net;
  judge::Scorer scorer{net};
  LoadedJudge(std::string file, judge::Network network) : name(std::move(file)), net(std::move(network)) {}
  LoadedJudge(const LoadedJudge&) = delete;
};
Result<std::unique_ptr<LoadedJudge>> load_judge(const JudgeInput& input);

// Every clip of the corpus judged; kInterrupted after Ctrl-C.
Result<judge::JudgedCorpus> judge_all(const judge::Corpus& corpus, const LoadedJudge& judge, uint64_t seed);

// Shown scores of some clips.
std::vector<double> shown_scores(const judge::JudgedCorpus& judged, const std::vector<judge::ClipKind>& kinds, uint32_t unit);
Json json_or_null(const std::optional<double>& value);

}  // namespace sotto::cli
