// SPDX-License-Identifier: Apache-2.0
// The named constants and functions of a song, those of JavaScript's Math among them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sound/bytebeat/value.h"

namespace sotto::sound {

std::optional<double> builtin_constant(std::string_view name);
bool is_builtin_function(std::string_view name);
std::string builtin_function_names();
// Requires: is_builtin_function(name), and not random, of which every call is another stream. An error says which arguments are allowed, without a position. `fold_tables`: a sine of
// few integers becomes a table.
Result<Value> call_builtin(Formula& formula, std::string_view name, const std::vector<Value>& arguments, bool fold_tables);
// a ** b, if at most one of them varies and it takes at most 256 values.
Result<TermId> power(Formula& formula, TermId a, TermId b);

}  // namespace sotto::sound
