// SPDX-License-Identifier: Apache-2.0
// What goes to the standard output: one JSON object, or aligned lines for people.
#pragma once
#include <string>

#include "cli/verb.h"

namespace sotto::cli {

void print_json(const Json& object);
void print_text(const std::string& text);                           // with a newline at the end if it has none
void print_field(const char* name, const std::string& value);       // "  name            value"
void add_json_flag(CLI::App* verb, bool& json);
double score_number(uint32_t score, uint32_t unit);                 // for JSON: 512 of 100 -> 5.12

}  // namespace sotto::cli
