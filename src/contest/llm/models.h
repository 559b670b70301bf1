// SPDX-License-Identifier: Apache-2.0
// What models cost and until when they are served: a table with a date, and what GET /v1/models adds to it. Which model is asked
// is configuration; this only knows the default.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contest/llm/options.h"

namespace sotto::contest {

struct LlmModel {
  const char* name;
  LlmPrice price;
  const char* shutdown;   // last day that is known, "2027-01-14"; empty: none announced
  const char* successor;  // what its maker names instead; empty: none
};

inline constexpr const char* kDefaultLlmModel = "gpt-6-luna";
inline constexpr const char* kLlmPricesDate = "2026-11-22";
std::span<const LlmModel> llm_models();

// The row of a model, also of its dated snapshots ("gpt-6-luna-2026-10-01").
const LlmModel* find_llm_model(std::string_view name);

// What a call costs, rounded up to a whole micro-dollar.
struct LlmUsage;
Micros cost_of(const LlmUsage& usage, const LlmPrice& price);

// What a server says about itself in GET /v1/models.
struct LlmCatalogue {
  bool readable = false;             // an answer of the usual form
  std::vector<std::string> models;   // at most 200 names
  bool offered = false;              // the model that was asked about
  std::string shutdown;              // of it, "2027-01-14", if the server says so
};
LlmCatalogue parse_catalogue(const std::string& body, const std::string& model);

// The first few names of the list, for people: "a, b, c". Only what looks like a name is shown.
std::string shown_names(const LlmCatalogue& catalogue);

// One sentence for people about a model that will go or is gone; empty if there is nothing to say. `today` as "2026-11-22".
std::string shutdown_notice(const std::string& model, const std::string& shutdown, const std::string& today);
// "2026-11-22", UTC.
std::string utc_day(int64_t unix_ms);

}  // namespace sotto::contest
