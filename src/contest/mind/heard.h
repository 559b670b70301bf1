// SPDX-License-Identifier: Apache-2.0
// Which audio a search has judged before: fingerprints in a bounded table, so that days of searching take no more memory than an
// hour. Two generations of kGeneration songs each: when the young one is full it becomes the old one, and the old one is
// forgotten. A song of so long ago may be judged again, which costs one judgement.
//
// Of every fingerprint 32 bits are kept, in a table addressed by 18 others: that two songs are taken for one happens once in some
// 2^31 questions. What is known is a function of what was told, in order.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace sotto::contest {

class Heard {
 public:
  static constexpr size_t kGeneration = size_t{1} << 17;

  bool contains(uint64_t fingerprint) const { return young_.contains(fingerprint) || old_.contains(fingerprint); }
  void insert(uint64_t fingerprint) {
    if (contains(fingerprint)) return;
    if (young_.size == kGeneration) old_ = std::exchange(young_, {});
    young_.insert(fingerprint);
  }

 private:
  // Open addressing, at most half full; 0 marks an empty place.
  struct Table {
    std::vector<uint32_t> tags;
    size_t size = 0;

    static uint32_t tag(uint64_t fingerprint) {
      const auto high = static_cast<uint32_t>(fingerprint >> 32);
      return high ? high : 1;
    }
    // The place of the fingerprint, or the empty one where it belongs.
    size_t place(uint64_t fingerprint) const {
      size_t at = fingerprint & (tags.size() - 1);
      while (tags[at] && tags[at] != tag(fingerprint)) at = (at + 1) & (tags.size() - 1);
      return at;
    }
    bool contains(uint64_t fingerprint) const { return size > 0 && tags[place(fingerprint)] != 0; }
    void insert(uint64_t fingerprint) {
      if (tags.empty()) tags.resize(2 * kGeneration);
      tags[place(fingerprint)] = tag(fingerprint);
      ++size;
    }
  };

  Table young_, old_;
};

}  // namespace sotto::contest
