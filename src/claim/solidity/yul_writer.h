// SPDX-License-Identifier: Apache-2.0
// Prints expressions as Yul statements that leave their values in memory.
#pragma once
#include <vector>

#include "claim/solidity/expression.h"

namespace sotto::claim {

struct YulOutput {
  std::string address;  // Yul
  std::string comment;
  Expression value;
};

// A Yul function without arguments that stores every value at its address, reduced modulo r =
// modulus(). What occurs more than once is computed once, into t0, t1, ... (solc keeps in memory
// what does not fit on the stack). Sums in between are reduced only where they could exceed 5 r, the
// largest multiple of r below 2^256. The text depends on nothing but the structure of the
// expressions.
std::string write_yul_function(const std::string& name, const std::vector<YulOutput>& outputs);

}  // namespace sotto::claim
