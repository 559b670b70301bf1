// SPDX-License-Identifier: Apache-2.0
#include "zk/sumcheck/product_sumcheck.h"

#include "zk/poly/vector.h"
#include "zk/sumcheck/rounds.h"

namespace sotto::zk {

ProductSumcheck::ProductSumcheck(const std::vector<Fr>& f, PointSpan u) : u_(u.begin(), u.end()) {
  std::vector<Fr> eq = eq_table_start(u_, f.size());
  eq.resize(f.size());
  terms_.emplace_back(f, std::move(eq));
}

Point ProductSumcheck::run(ProverTranscript& t) {
  const Fr half = Fr(uint64_t{2}).inverse();
  Point x;
  while (x.size() < u_.size()) {
    complete_last_pair(x);
    Fr at0, at1, at2;
    for (auto& [f, w] : terms_) {
      const std::array<Fr, 3> v = product_round(f, w);
      at0 += v[0], at1 += v[1], at2 += v[2];
    }
    const Fr quadratic = (at2 - at1 - at1 + at0) * half;
    x.push_back(send_round(t, std::array<Fr, 3>{at0, at1 - at0 - quadratic, quadratic}));
    for (auto& [f, w] : terms_) {
      bind_lowest(f, x.back());
      bind_lowest(w, x.back());
    }
  }
  return x;
}

std::vector<Fr> ProductSumcheck::finals() const {
  std::vector<Fr> out;
  for (const auto& term : terms_) out.push_back(term.first[0]);
  return out;
}

// F ends where its rows do, eq does not: an odd last entry of F has a neighbour in eq.
void ProductSumcheck::complete_last_pair(const Point& x) {
  auto& [f, eq_u] = terms_[0];
  if (f.size() % 2 == 0) return;
  const PointSpan bound = PointSpan(u_).first(x.size()), left = PointSpan(u_).subspan(x.size());
  eq_u.push_back(eq(bound, x) * eq_index(left, f.size()));
}

}  // namespace sotto::zk
