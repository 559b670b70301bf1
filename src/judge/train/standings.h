// SPDX-License-Identifier: Apache-2.0
// Where the songs of a search stand among people's clips, by the judge that it attacked and by judges that it never
// asked: the rows of "Known exploits" on the cards.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "judge/net/network.h"
#include "judge/train/clips.h"

namespace sotto::judge::train {

// Percentiles are shares of people's clips whose head is lower: the score has a cap, the head has none.
struct Standing {
  double score = 0, percentile = 0;          // of the first song of the file, which is the best by the judge attacked
  double ten_score = 0, ten_percentile = 0;  // means of the first ten
};

struct SongsStanding {
  std::string file, code;              // code: of the first song
  uint64_t evaluations = 0, seed = 0;  // of the search, as the file says; 0 evaluations: it does not
  size_t ten = 0;                      // how many songs the means are of
  std::vector<Standing> by;            // one per judge
};

// A judge, and its heads of people's clips.
struct Witness {
  std::string name;
  Network net;
  std::vector<double> human;
};
// The judge of a file, which gives its name, and the human clips of `clips`; these hold at least one.
Result<Witness> witness(const std::string& file, const Clips& clips);

// Of a file that `sotto judge attack --songs` wrote.
Result<SongsStanding> standing_of(const std::string& file, const std::vector<Witness>& witnesses);

// The first witness is the judge that was attacked. Markdown as on the cards; or every figure.
std::string standings_table(const std::vector<Witness>& witnesses, const std::vector<SongsStanding>& rows);
nlohmann::ordered_json standings_json(const std::vector<Witness>& witnesses, const std::vector<SongsStanding>& rows);

}  // namespace sotto::judge::train
