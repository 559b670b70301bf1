// SPDX-License-Identifier: Apache-2.0
// The distributions of scores, one above the other: what a judge makes of people's songs, of chance, of evolved songs.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"

namespace sotto::judge {

struct Distribution {
  std::string name;
  std::vector<double> scores;
};

// PNG or SVG, by the ending of the path. Scores run from 0 to `highest`.
Status write_distributions(const std::string& path, const std::string& title, const std::vector<Distribution>& list, double highest);

}  // namespace sotto::judge
