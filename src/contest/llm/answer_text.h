// SPDX-License-Identifier: Apache-2.0
// Finds the children in whatever a model has written: the JSON that was asked for, JSON in prose or fences, JSON that was cut
// off, a list of lines. Knows nothing of formulas.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sotto::contest {

struct RawChild {
  std::string op;            // as it stands there, may be empty
  std::vector<int> parents;
  std::string formula;
  bool named = true;         // called a formula by the answer; false: a line that may be one
};

inline constexpr size_t kMaxAnswer = 65536;  // what is beyond is not read

// At most `limit` that are called formulas; of lines, four times as many are looked at. Linear in the length of the answer.
std::vector<RawChild> find_raw_children(std::string_view answer, size_t limit);

}  // namespace sotto::contest
