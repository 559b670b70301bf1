// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/models.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>

#include "contest/llm/adapter.h"

namespace sotto::contest {
namespace {

constexpr size_t kMaxListed = 200, kShownModels = 8;
constexpr size_t kMaxModelName = 128;

// Micro-dollars per million tokens = dollars per million tokens * 1,000,000. docs/llm.md, section 3,
// says which of them were read where.
constexpr LlmModel kModels[] = {
    // name            in        cached   cache write  out         shutdown      successor
    {"gpt-6-luna",    {100'000,  10'000,  125'000,     500'000},   "",           ""},
    {"gpt-4o-mini",   {150'000,  75'000,  150'000,     600'000},   "2027-01-14", "gpt-6-luna"},
    {"gpt-5-nano",    { 50'000,   5'000,   50'000,     400'000},   "2026-12-11", "gpt-6-luna"},
    {"gpt-5-mini",    {250'000,  25'000,  250'000,   2'000'000},   "2026-12-11", "gpt-6-luna"},
    {"gpt-5",       {1'250'000, 125'000, 1'250'000, 10'000'000},   "2026-12-11", ""},
};

// "-2026-10-01": dated snapshots are named so.
bool is_date_suffix(std::string_view text) {
  static constexpr std::string_view kForm = "-dddd-dd-dd";
  return text.size() == kForm.size() && std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
           return form == 'd' ? c >= '0' && c <= '9' : c == form;
         });
}

bool is_day(const std::string& text) { return is_date_suffix("-" + text); }

// A date as servers give it: "2027-01-14", with a time behind it, or seconds since 1970.
std::string day_of(const nlohmann::json& value) {
  if (value.is_string()) {
    const std::string day = value.get<std::string>().substr(0, 10);
    return is_day(day) ? day : "";
  }
  return value.is_number_integer() && value.get<int64_t>() > 0 ? utc_day(value.get<int64_t>() * 1000) : "";
}

}  // namespace

std::span<const LlmModel> llm_models() { return kModels; }

const LlmModel* find_llm_model(std::string_view name) {
  for (const LlmModel& model : kModels) {
    const std::string_view known = model.name;
    if (name == known || (name.starts_with(known) && is_date_suffix(name.substr(known.size())))) return &model;
  }
  return nullptr;
}

Micros cost_of(const LlmUsage& usage, const LlmPrice& price) {
  const uint64_t plain = usage.in - std::min(usage.in, usage.cached + usage.cache_write);
  const unsigned __int128 sum = static_cast<unsigned __int128>(plain) * static_cast<uint64_t>(price.in) +
                                static_cast<unsigned __int128>(usage.cached) * static_cast<uint64_t>(price.cached) +
                                static_cast<unsigned __int128>(usage.cache_write) * static_cast<uint64_t>(price.cache_write) +
                                static_cast<unsigned __int128>(usage.out) * static_cast<uint64_t>(price.out);
  return static_cast<Micros>((sum + 999'999) / 1'000'000);
}

LlmCatalogue parse_catalogue(const std::string& body, const std::string& model) {
  LlmCatalogue out;
  const auto root = nlohmann::json::parse(body, nullptr, false);
  if (!root.is_object() || !root.contains("data") || !root["data"].is_array()) return out;
  out.readable = true;
  for (const auto& item : root["data"]) {
    if (!item.is_object() || !item.contains("id") || !item["id"].is_string()) continue;
    const std::string name = item["id"];
    if (name == model) {
      out.offered = true;
      for (const char* field : {"shutdown_date", "deprecation_date"})
        if (out.shutdown.empty() && item.contains(field)) out.shutdown = day_of(item[field]);
    }
    if (out.models.size() < kMaxListed && name.size() <= kMaxModelName) out.models.push_back(name);
  }
  return out;
}

std::string shown_names(const LlmCatalogue& catalogue) {
  std::string out;
  size_t shown = 0;
  for (const std::string& name : catalogue.models) {
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || (c && std::strchr(".-_:/", c)); });
    if (!plain || name.empty() || shown == kShownModels) continue;
    if (shown++) out += ", ";
    out += name;
  }
  return out;
}

std::string shutdown_notice(const std::string& model, const std::string& shutdown, const std::string& today) {
  if (shutdown.empty()) return "";
  const LlmModel* row = find_llm_model(model);
  const std::string next = row && *row->successor ? std::string("; its successor is ") + row->successor : "; choose another model in time";
  if (shutdown <= today) return "the model " + model + " was shut down on " + shutdown + next;
  return "the model " + model + " will be shut down on " + shutdown + next;
}

std::string utc_day(int64_t unix_ms) {
  const time_t seconds = static_cast<time_t>(unix_ms / 1000);
  tm parts{};
  gmtime_r(&seconds, &parts);
  char text[16];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%d", &parts));
}

}  // namespace sotto::contest
