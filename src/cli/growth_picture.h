// SPDX-License-Identifier: Apache-2.0
// The picture of `sotto bench growth`: three panels of measured points and the line through them, with axes from 0.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "base/result.h"
#include "contest/mind/benchmark/statistics.h"

namespace sotto::cli {

struct GrowthPanel {
  std::string title, across;
  std::vector<double> x, y;
  contest::LineFit fit;
};

// SVG or PNG, by the ending of the path.
Status write_growth(const std::string& path, const std::string& heading, const std::array<GrowthPanel, 3>& panels);

}  // namespace sotto::cli
