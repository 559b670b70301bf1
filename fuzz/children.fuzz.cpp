// SPDX-License-Identifier: Apache-2.0
// What a language model answers.
#include "contest/llm/children.h"
#include "fuzz.h"

FUZZ_TARGET(bytes) {
  using namespace sotto;
  const auto children = contest::read_children(fuzz::text_of(bytes));
  SOTTO_CHECK(children.size() <= contest::kMaxChildren);
  for (const auto& child : children) SOTTO_CHECK(child.source.size() <= contest::kMaxChildSource);
}
