// SPDX-License-Identifier: Apache-2.0
// A judge and a size class, ready to prove: public columns and their commitments.
#pragma once
#include <memory>

#include "claim/prover/prove.h"
#include "claim/statement/challenges.h"

namespace sotto::claim {

struct ProvingKey {
  judge::Network net;
  Shape shape;
  Layout layout;
  std::shared_ptr<const zk::Srs> srs;
  std::vector<Fr> weights;    // column P, weight_rows entries
  std::vector<Fr> table_out;  // column Tout, tables_end entries (0 outside the function tables)
  VerifyingKey vk;
};

// The public columns of a judge. Pure; the verifying key re-derives from them and the setup.
std::vector<Fr> weight_column(const Shape& shape, const Layout& layout, const judge::Network& net);
std::vector<Fr> table_out_column(const Shape& shape, const Layout& layout, const judge::Network& net);
// Rule 1 (no weight on rows that nothing constrains) and the rules on tables, as a check of the finished columns.
Status check_public_columns(const Shape& shape, const Layout& layout, const std::vector<Fr>& weights, const std::vector<Fr>& table_out);

}  // namespace sotto::claim
