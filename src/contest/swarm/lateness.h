// SPDX-License-Identifier: Apache-2.0
// How late songs were, in a fixed amount of memory however many there are.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

namespace sotto::contest {

class Lateness {
 public:
  void add(uint32_t ms) {
    ++counts_[std::min<size_t>(ms, counts_.size() - 1)];
    ++total_;
    max_ = std::max(max_, ms);
  }
  uint64_t total() const { return total_; }
  uint32_t max() const { return max_; }
  // The least value that at least `percent` of all do not exceed; to the millisecond below twenty seconds.
  uint32_t percentile(unsigned percent) const {
    uint64_t seen = 0;
    for (size_t ms = 0; ms + 1 < counts_.size(); ++ms)
      if ((seen += counts_[ms]) * 100 >= total_ * percent) return static_cast<uint32_t>(ms);
    return max_;
  }

 private:
  std::array<uint64_t, 20'001> counts_{};
  uint64_t total_ = 0;
  uint32_t max_ = 0;
};

}  // namespace sotto::contest
