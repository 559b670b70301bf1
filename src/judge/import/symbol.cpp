// SPDX-License-Identifier: Apache-2.0
#include "judge/import/symbol.h"

#include "base/check.h"

namespace sotto::judge {

void Symbol::scale(const std::vector<double>& factor, const std::vector<double>& term) {
  const size_t n = outputs();
  SOTTO_CHECK((factor.size() == 1 || factor.size() == n) && (term.size() == 1 || term.size() == n));
  const auto f = [&](size_t o) { return factor.size() == 1 ? factor[0] : factor[o]; };
  const auto t = [&](size_t o) { return term.size() == 1 ? term[0] : term[o]; };
  if (kind == Kind::kSums) {
    for (size_t j = 0; j < sums.weights.size(); j++) sums.weights[j] *= f(j % n);
    for (size_t o = 0; o < n; o++) sums.bias[o] = sums.bias[o] * f(o) + t(o);
    return;
  }
  const size_t per_output = square.size() / n;
  for (size_t j = 0; j < square.size(); j++) {
    square[j] *= f(j / per_output);
    linear[j] *= f(j / per_output);
  }
  for (size_t o = 0; o < n; o++) offset[o] = offset[o] * f(o) + t(o);
}

Symbol signal_of_layer(size_t layer, size_t channels, bool channels_last) {
  Symbol out;
  out.kind = Symbol::Kind::kSignal;
  out.layer = layer, out.channels = channels, out.channels_last = channels_last;
  out.square.assign(channels, 0);
  out.linear.assign(channels, 1);
  out.offset.assign(channels, 0);
  return out;
}

Symbol input_signal(size_t bands, bool channels_last) { return signal_of_layer(0, bands, channels_last); }

}  // namespace sotto::judge
