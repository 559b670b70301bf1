// SPDX-License-Identifier: Apache-2.0
// A judge measured on human songs and on what it should rank below them. Everything is made by our own front end from
// the songs' sources, deterministically from the corpus and a seed.
#pragma once
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "judge/eval/corpus.h"
#include "judge/net/scorer.h"

namespace sotto::judge {

enum class ClipKind : uint8_t { kHuman, kRandom, kMutant1, kMutant3, kMutant6, kShuffled };
inline constexpr size_t kClipKinds = 6;
inline constexpr const char* kClipKindNames[kClipKinds] = {"human", "random", "mutant1", "mutant3", "mutant6", "shuffled"};

struct HeardClip {
  ClipKind kind = ClipKind::kHuman;
  sound::Samples samples;
};
// All clips of one song, the human one first; empty where its source does not compile or is silent. Random programs borrow
// the rates of the songs, so that the rate is no cue.
std::vector<HeardClip> clips_of(const Corpus& corpus, size_t song, uint64_t seed);

struct JudgedClip {
  ClipKind kind = ClipKind::kHuman;
  size_t song = 0;
  uint32_t head = 0, score = 0;
};

struct JudgedCorpus {
  std::vector<JudgedClip> clips;  // in the order of the corpus
  size_t songs = 0;               // of the corpus
  size_t heard = 0;               // that compile and are not silent
  std::vector<double> heads(ClipKind kind) const;
};
// `stop` is asked often; a stopped run has fewer songs than the corpus. Uses all cores.
JudgedCorpus judge_corpus(const Corpus& corpus, const Scorer& scorer, uint64_t seed, const std::function<bool()>& stop);

struct Evaluation {
  std::optional<double> auc_random, auc_mutants, auc_shuffled, spearman_rating;  // nothing: no clips of the kind
  std::array<std::optional<double>, 3> auc_mutants_by_edits;                     // 1, 3, 6
  std::array<size_t, kClipKinds> clips{};
  size_t rated = 0;
};
Evaluation evaluate(const JudgedCorpus& judged, const Corpus& corpus);

// Songs that one core renders and judges per second, by its processor time.
double songs_per_second(const Corpus& corpus, const Scorer& scorer);

// What the card says of the integers against the trainer's floats ("Pearson 0.9999"); nothing if it does not.
std::optional<double> pearson_of_card(const std::string& card);

}  // namespace sotto::judge
