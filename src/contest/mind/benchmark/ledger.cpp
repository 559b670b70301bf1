// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/ledger.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <tuple>

namespace sotto::contest {
namespace {

using Json = nlohmann::ordered_json;

constexpr uint64_t kMaxFile = uint64_t{1} << 28;

Json to_json(const Trial& trial) {
  Json milestones = Json::array();
  for (const Milestone& m : trial.milestones)
    milestones.push_back({m.songs, m.seconds, m.best, m.instructions, m.quality, m.coverage});
  Json records = Json::array();
  for (const Record& r : trial.records) records.push_back({r.songs, r.seconds, r.score});
  return {{"search", trial.search},
          {"seed", trial.seed},
          {"trail", trial.trail},
          {"milestones", milestones},
          {"records", records}};
}

Trial trial_from(const Json& json) {
  Trial trial{
      json.at("search").get<std::string>(), json.at("seed").get<uint64_t>(), json.at("trail").get<uint64_t>(), {}, {}};
  for (const Json& m : json.at("milestones")) {
    trial.milestones.push_back({m.at(0).get<uint64_t>(), m.at(1).get<double>(), m.at(2).get<uint32_t>(),
                                m.at(3).get<unsigned>(), m.at(4).get<double>(), m.at(5).get<double>()});
  }
  for (const Json& r : json.at("records"))
    trial.records.push_back({r.at(0).get<uint64_t>(), r.at(1).get<double>(), r.at(2).get<uint32_t>()});
  return trial;
}

Error damaged(const std::string& path, const std::string& why) {
  return input_error(path + ": " + why + "; choose another --results file, or remove this one");
}

}  // namespace

const Trial* Ledger::find(std::string_view search, uint64_t seed) const {
  for (const Trial& t : trials)
    if (t.search == search && t.seed == seed) return &t;
  return nullptr;
}

void Ledger::add(Trial trial) {
  const auto order = [](const Trial& a, const Trial& b) {
    return std::tie(a.search, a.seed) < std::tie(b.search, b.seed);
  };
  const auto at = std::lower_bound(trials.begin(), trials.end(), trial, order);
  if (at != trials.end() && !order(trial, *at)) {
    *at = std::move(trial);
  } else {
    trials.insert(at, std::move(trial));
  }
}

Result<std::vector<Trial>> read_trials(const std::string& path, const Ledger& expected) {
  if (!std::filesystem::exists(path)) return std::vector<Trial>();
  SOTTO_TRY(const Bytes bytes, read_file(path, kMaxFile));
  const Json json = Json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (json.is_discarded()) return damaged(path, "not JSON");
  Ledger ledger;
  try {
    if (json.at("judge").get<std::string>() != to_hex(expected.judge)) return damaged(path, "results of another judge");
    if (json.at("slots").get<unsigned>() != expected.slots) return damaged(path, "results of another size class");
    for (const Json& trial : json.at("trials")) {
      Trial t = trial_from(trial);
      if (t.milestones.empty() || t.records.empty()) return damaged(path, "an empty trial");
      ledger.add(std::move(t));
    }
  } catch (const Json::exception& error) {
    return damaged(path, error.what());
  }
  return std::move(ledger.trials);
}

Status write_ledger(const std::string& path, const Ledger& ledger) {
  std::string text =
      "{\"judge\":\"" + to_hex(ledger.judge) + "\",\"slots\":" + std::to_string(ledger.slots) + ",\"trials\":[";
  for (size_t i = 0; i < ledger.trials.size(); ++i) text += (i ? ",\n" : "\n") + to_json(ledger.trials[i]).dump();
  text += "\n]}\n";
  return write_file_atomically(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

}  // namespace sotto::contest
