// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <cstdio>

namespace sotto::cli {

// Text that is not UTF-8 (a name in a foreign file) is shown with replacement characters, never thrown at the user.
void print_json(const Json& object) {
  print_text(object.dump(2, ' ', false, Json::error_handler_t::replace));
}

void print_text(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (text.empty() || text.back() != '\n') std::fputc('\n', stdout);
}

void print_field(const char* name, const std::string& value) { std::printf("  %-18s%s\n", name, value.c_str()); }

void add_json_flag(CLI::App* verb, bool& json) { verb->add_flag("--json", json, "Print one JSON object on the standard output"); }

double score_number(uint32_t score, uint32_t unit) { return static_cast<double>(score) / unit; }

}  // namespace sotto::cli
