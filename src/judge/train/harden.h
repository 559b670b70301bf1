// SPDX-License-Identifier: Apache-2.0
// The arms race: attack a judge, label what fooled it by judges that the attack has not seen, train again.
#pragma once
#include <string>
#include <vector>

#include "judge/train/attack.h"
#include "judge/train/examples.h"
#include "judge/train/float_model.h"

namespace sotto::judge::train {

// A judge that was never attacked, and what it says of human clips that neither it nor the attacked judge was trained on.
struct Gold {
  FloatModel model;
  std::vector<double> human;  // logits
};

// One search against a judge, and how what it found is seen by others.
struct Assault {
  uint64_t seed = 0;
  std::vector<double> climb;       // best head after options.evaluations[i] songs
  std::vector<double> percentile;  // its rank among the held-out human clips of the attacked judge
  double gold_best = 0;            // mean percentile of the best song under the gold judges
  double gold_mean = 0;            // of the ten best
  std::vector<Evolved> best;       // best first
};

Assault assault(const Network& net, const Network& front_end, const std::vector<double>& human_heads, const std::vector<Gold>& golds,
                const AttackOptions& options);

// Evolved songs as examples. Their target is soft: the mean probability that the labelling judges give them, since a song that
// fooled one judge is not thereby a bad song.
std::vector<Example> lessons(const std::vector<Assault>& assaults, const Network& front_end, const std::vector<Gold>& labellers);

// Markdown, one line per assault; `named` goes into the first column.
std::string assault_rows(const std::string& named, const std::vector<Assault>& assaults);
std::string assault_header(const AttackOptions& options);

}  // namespace sotto::judge::train
