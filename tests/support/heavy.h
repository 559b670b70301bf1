// SPDX-License-Identifier: Apache-2.0
// Some tests can go on for as long as one likes. By default they fit a coffee break; SOTTO_HEAVY=1 (./run test --all)
// gives them more.
#pragma once
#include <cstdlib>
#include <string_view>

namespace sotto {

inline bool heavy() {
  const char* v = std::getenv("SOTTO_HEAVY");
  return v && std::string_view(v) != "" && std::string_view(v) != "0";
}
inline unsigned repetitions(unsigned by_default, unsigned when_heavy) { return heavy() ? when_heavy : by_default; }

}  // namespace sotto
