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

struct YulFunction {
  std::string text;
  unsigned temporaries = 0;  // words that it uses from the address `temporary` on
};

// A Yul function without arguments that stores every value at its address, reduced modulo mload(modulus). What occurs more
// than once is computed once, into the words from the address `temporary` on. The text depends on nothing but the structure
// of the expressions.
YulFunction write_yul_function(const std::string& name, const std::vector<YulOutput>& outputs, const std::string& modulus,
                               const std::string& temporary);

}  // namespace sotto::claim
