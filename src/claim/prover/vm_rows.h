// SPDX-License-Identifier: Apache-2.0
// Machine rows in the field: integers become field elements by table where they are small.
#pragma once
#include <unordered_map>

#include "claim/witness/witness.h"

namespace sotto::claim {

class VmRows {
 public:
  explicit VmRows(const Witness& w) : witness_(w), small_(uint64_t{1} << 16) {
    for (uint64_t v = 0; v < small_.size(); v++) small_[v] = Fr(v);
    for (unsigned i = 0; i < w.overrides.size(); i++) overridden_[w.overrides[i].row].push_back(i);
  }
  Fr value(uint32_t v) const { return v < small_.size() ? small_[v] : Fr(uint64_t{v}); }
  // The machine's columns kR .. kZ of one row.
  void load(uint64_t row, Fr out[kVmColumnCount]) const {
    for (unsigned c = 0; c < kVmColumnCount; c++) out[c] = value(witness_.vm[c][row]);
    if (overridden_.empty()) return;
    const auto it = overridden_.find(row);
    if (it == overridden_.end()) return;
    for (unsigned i : it->second) out[witness_.overrides[i].column] = witness_.overrides[i].value;
  }

 private:
  const Witness& witness_;
  std::vector<Fr> small_;
  std::unordered_map<uint64_t, std::vector<unsigned>> overridden_;
};

}  // namespace sotto::claim
