// SPDX-License-Identifier: Apache-2.0
#include "judge/eval/evaluate.h"

#include <time.h>

#include <algorithm>
#include <cstdlib>

#include "base/parallel.h"
#include "judge/eval/metrics.h"
#include "judge/eval/negatives.h"

namespace sotto::judge {
namespace {

constexpr unsigned kRandomPerSong = 3, kMutantsPerSeverity = 2, kAttempts = 20;
constexpr unsigned kEdits[] = {1, 3, 6};
constexpr size_t kMaxMutatedCode = 1024;

std::optional<sound::Samples> heard(const std::string& code, sound::SampleMode mode, unsigned rate) {
  const auto program = sound::compile(code, mode);
  if (!program.ok()) return {};
  sound::Samples samples = render_at(*program, rate);
  if (is_silent(samples)) return {};
  return samples;
}

void add_mutants(std::vector<HeardClip>& clips, const CorpusSong& song, std::mt19937_64& random) {
  if (song.code.size() > kMaxMutatedCode) return;
  for (size_t severity = 0; severity < std::size(kEdits); severity++)
    for (unsigned n = 0; n < kMutantsPerSeverity; n++)
      for (unsigned attempt = 0; attempt < kAttempts; attempt++) {
        auto samples = heard(mutated(song.code, kEdits[severity], random), song.mode, song.sample_rate);
        if (!samples || *samples == clips.front().samples) continue;
        clips.push_back({static_cast<ClipKind>(static_cast<size_t>(ClipKind::kMutant1) + severity), std::move(*samples)});
        break;
      }
}

void add_random(std::vector<HeardClip>& clips, const Corpus& corpus, std::mt19937_64& random) {
  for (unsigned n = 0; n < kRandomPerSong; n++)
    for (unsigned attempt = 0; attempt < kAttempts; attempt++) {
      const unsigned rate = random() % 2 ? sound::kSampleRate : corpus.songs[random() % corpus.songs.size()].sample_rate;
      auto samples = heard(random_formula(random), sound::SampleMode::kBytebeat, rate);
      if (!samples) continue;
      clips.push_back({ClipKind::kRandom, std::move(*samples)});
      break;
    }
}

std::optional<double> auc_if(const std::vector<double>& positives, const std::vector<double>& negatives) {
  if (positives.empty() || negatives.empty()) return {};
  return auc(positives, negatives);
}

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

std::vector<HeardClip> clips_of(const Corpus& corpus, size_t song, uint64_t seed) {
  const CorpusSong& from = corpus.songs[song];
  std::seed_seq words{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32), static_cast<uint32_t>(song)};
  std::mt19937_64 random(words);
  std::vector<HeardClip> clips;
  auto human = heard(from.code, from.mode, from.sample_rate);
  if (!human) return clips;
  clips.push_back({ClipKind::kHuman, std::move(*human)});
  clips.push_back({ClipKind::kShuffled, shuffled(clips.front().samples, random)});
  add_mutants(clips, from, random);
  add_random(clips, corpus, random);
  return clips;
}

std::vector<double> JudgedCorpus::heads(ClipKind kind) const {
  std::vector<double> out;
  for (const JudgedClip& clip : clips)
    if (clip.kind == kind) out.push_back(clip.head);
  return out;
}

JudgedCorpus judge_corpus(const Corpus& corpus, const Scorer& scorer, uint64_t seed, const std::function<bool()>& stop) {
  std::vector<std::vector<JudgedClip>> by_song(corpus.songs.size());
  parallel_for(corpus.songs.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end && !stop(); i++)
      for (const HeardClip& clip : clips_of(corpus, i, seed)) {
        const uint32_t head = scorer.head(clip.samples);
        by_song[i].push_back({clip.kind, i, head, scorer.score_of(head)});
      }
  });
  JudgedCorpus out;
  out.songs = corpus.songs.size();
  for (const auto& clips : by_song) {
    out.heard += !clips.empty();
    out.clips.insert(out.clips.end(), clips.begin(), clips.end());
  }
  return out;
}

Evaluation evaluate(const JudgedCorpus& judged, const Corpus& corpus) {
  Evaluation out;
  const std::vector<double> human = judged.heads(ClipKind::kHuman);
  out.auc_random = auc_if(human, judged.heads(ClipKind::kRandom));
  out.auc_shuffled = auc_if(human, judged.heads(ClipKind::kShuffled));
  std::vector<double> mutants;
  for (size_t severity = 0; severity < std::size(kEdits); severity++) {
    const auto some = judged.heads(static_cast<ClipKind>(static_cast<size_t>(ClipKind::kMutant1) + severity));
    out.auc_mutants_by_edits[severity] = auc_if(human, some);
    mutants.insert(mutants.end(), some.begin(), some.end());
  }
  out.auc_mutants = auc_if(human, mutants);
  std::vector<double> heads, ratings;
  for (const JudgedClip& clip : judged.clips) {
    out.clips[static_cast<size_t>(clip.kind)]++;
    const auto& rating = corpus.songs[clip.song].rating;
    if (clip.kind != ClipKind::kHuman || !rating) continue;
    heads.push_back(clip.head);
    ratings.push_back(*rating);
  }
  out.rated = heads.size();
  if (out.rated >= 2) out.spearman_rating = spearman(heads, ratings);
  return out;
}

double songs_per_second(const Corpus& corpus, const Scorer& scorer) {
  constexpr size_t kSongs = 400;
  std::vector<sound::Program> programs;
  for (const CorpusSong& song : corpus.songs) {
    auto program = sound::compile(song.code, song.mode);
    if (program.ok()) programs.push_back(std::move(*program));
    if (programs.size() == kSongs) break;
  }
  if (programs.empty()) return 0;
  const double start = thread_seconds();
  uint64_t sum = 0;
  for (size_t i = 0; i < kSongs; i++) sum += scorer.score(sound::render(programs[i % programs.size()]));
  const double seconds = thread_seconds() - start;
  SOTTO_CHECK(sum <= uint64_t{kSongs} << 32);  // keeps the work from being left out
  return kSongs / seconds;
}

std::optional<double> pearson_of_card(const std::string& card) {
  const std::string word = "Pearson ";
  const size_t at = card.find(word);
  if (at == std::string::npos) return {};
  char* end = nullptr;
  const char* begin = card.c_str() + at + word.size();
  const double value = std::strtod(begin, &end);
  if (end == begin || !(value >= -1 && value <= 1)) return {};
  return value;
}

}  // namespace sotto::judge
