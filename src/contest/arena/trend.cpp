// SPDX-License-Identifier: Apache-2.0
#include "contest/arena/trend.h"

#include <algorithm>

namespace sotto::contest {

void Trend::add(uint32_t value) {
  values_.push_back(value);
  if (values_.size() < 2 * columns_) return;
  for (size_t k = 0; k < columns_; ++k) values_[k] = values_[2 * k + 1];
  values_.resize(columns_);
}

std::string Trend::text(uint32_t high, bool unicode) const {
  static constexpr const char* kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static constexpr const char* kAscii[] = {"_", ".", ".", "-", "-", "=", "=", "#"};
  if (values_.empty()) return std::string(columns_, ' ');
  const size_t from = values_.size() > columns_ ? values_.size() - columns_ : 0;
  const uint64_t top = std::max<uint64_t>({high, *std::max_element(values_.begin(), values_.end()), 1});
  std::string out;
  for (size_t i = from; i < values_.size(); ++i) {
    const uint64_t height = uint64_t{values_[i]} * 7 / top;  // by itself: g++ 12's -fsanitize=bounds loses it in a choice of arrays
    out += unicode ? kBlocks[height] : kAscii[height];
  }
  return out + std::string(columns_ - (values_.size() - from), ' ');
}

}  // namespace sotto::contest
