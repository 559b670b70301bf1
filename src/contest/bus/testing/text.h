// SPDX-License-Identifier: Apache-2.0
// What tests of the bus have in common: text as bytes, and how long to wait.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace sotto::contest {

using namespace std::chrono_literals;

inline constexpr auto kSoon = 5'000ms;   // for what must come
inline constexpr auto kQuiet = 200ms;    // for what must not come

inline Bytes bytes(std::string_view text) { return Bytes(text.begin(), text.end()); }
inline std::string text(const Bytes& b) { return std::string(b.begin(), b.end()); }

}  // namespace sotto::contest
