// SPDX-License-Identifier: Apache-2.0
// Source text -> formula: the first half of compile(), for tools that compare or explain.
#pragma once
#include <string_view>

#include "base/result.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/formula.h"

namespace sotto::sound {

struct RootedFormula {
  Formula formula;
  TermId root = 0;
};

// `fold_tables`: arithmetic of a table element with a constant is done in the table.
Result<RootedFormula> compile_formula(std::string_view source, bool fold_tables = true, SampleMode mode = SampleMode::kBytebeat);

// How many calls of random() are heard. A player draws anew at each of them, Sotto does not (noise.h).
unsigned noises_heard(const RootedFormula& song);

}  // namespace sotto::sound
