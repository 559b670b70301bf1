// SPDX-License-Identifier: Apache-2.0
// The prover of a sumcheck over a sum of products of two tables, as it reduces all evaluations of a proof to one point:
//   sum_x F(x) eq(x, u) + sum_i f_i(x) w_i(x)
// All tables are zero past their ends. Variables are bound from x_0 upwards.
#pragma once
#include "zk/transcript/transcript.h"

namespace sotto::zk {

class ProductSumcheck {
 public:
  // The first product: F and eq(., u).
  ProductSumcheck(const std::vector<Fr>& f, PointSpan u);
  void add(std::vector<Fr> f, std::vector<Fr> w) { terms_.emplace_back(std::move(f), std::move(w)); }
  // Sends u.size() rounds and returns their point.
  Point run(ProverTranscript& transcript);
  // After run(): the values of F, f_1, .. at the point, in order.
  std::vector<Fr> finals() const;

 private:
  void complete_last_pair(const Point& x);
  std::vector<std::pair<std::vector<Fr>, std::vector<Fr>>> terms_;  // (table, weight)
  Point u_;
};

}  // namespace sotto::zk
