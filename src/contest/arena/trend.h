// SPDX-License-Identifier: Apache-2.0
// How a number has grown, in one line of the terminal.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace sotto::contest {

class Trend {
 public:
  // Keeps at most twice as many points as it shows: when it is full, every second one goes.
  explicit Trend(size_t columns = 24) : columns_(columns) {}
  void add(uint32_t value);
  // Heights between zero and `high`, or the last value if that is higher; always `columns` wide.
  std::string text(uint32_t high, bool unicode) const;

 private:
  size_t columns_;
  std::vector<uint32_t> values_;
};

}  // namespace sotto::contest
