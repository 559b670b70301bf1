// SPDX-License-Identifier: Apache-2.0
#include "judge/train/mentor.h"

#include <xgboost/c_api.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "judge/train/fit.h"
#include "judge/train/traits.h"

namespace sotto::judge::train {
namespace {

constexpr size_t kPartCount = 4;
constexpr int kRounds = 220;
// Small steps, small trees, few traits for each: what the traits share, no tree can learn by heart.
constexpr const char* kParameters[][2] = {{"objective", "binary:logistic"},
                                          {"base_score", "0.3"},
                                          {"tree_method", "hist"},
                                          {"max_bin", "64"},
                                          {"eta", "0.06"},
                                          {"max_depth", "4"},
                                          {"min_child_weight", "5"},
                                          {"lambda", "5"},
                                          {"subsample", "0.7"},
                                          {"colsample_bytree", "0.2"},
                                          {"nthread", "1"},
                                          {"verbosity", "0"}};

Status done(int result) {
  if (result == 0) return ok_status();
  return environment_error(std::string("XGBoost: ") + XGBGetLastError());
}

// What XGBoost gives by handle.
template <int (*kFree)(void*)>
struct Freed {
  void operator()(void* handle) const { kFree(handle); }
};
template <int (*kFree)(void*)>
using Owned = std::unique_ptr<void, Freed<kFree>>;

using Table = Owned<XGDMatrixFree>;  // of traits
Result<Table> table_of(const std::vector<const std::vector<float>*>& rows) {
  std::vector<float> all;
  for (const auto* row : rows) all.insert(all.end(), row->begin(), row->end());
  DMatrixHandle handle = nullptr;
  SOTTO_TRY_STATUS(done(XGDMatrixCreateFromMat(all.data(), rows.size(), rows[0]->size(), -1e30f, &handle)));
  return Table(handle);
}

// Clips of one author stay together.
size_t part_of(const Example& e, size_t index) {
  if (e.song < 0) return index % kPartCount;
  return static_cast<size_t>(e.author >= 0 ? e.author : e.group) % kPartCount;
}

// So much that each kind counts as in a batch, 1 on average.
std::vector<float> weights_of(const std::vector<const Example*>& clips) {
  std::map<std::string, double> count, share = {{"human", kHumans}};
  for (const Share& s : kShares) share[s.kind] = static_cast<double>(s.count);
  auto kind = [](const Example* e) { return e->mutant() ? std::string("mutant") : e->kind; };
  for (const Example* e : clips) count[kind(e)]++;
  std::vector<float> out;
  double sum = 0;
  for (const Example* e : clips) {
    const double w = share[kind(e)] / count[kind(e)];
    out.push_back(static_cast<float>(w));
    sum += w;
  }
  for (float& w : out) w = static_cast<float>(static_cast<double>(w) * static_cast<double>(clips.size()) / sum);
  return out;
}

}  // namespace

struct Mentor::Trees {
  Owned<XGBoosterFree> handle;

  Status grow(const Table& table, const std::vector<const Example*>& clips, uint64_t seed) {
    std::vector<float> label;
    for (const Example* e : clips) label.push_back(e->human() ? 1.0f : 0.0f);
    const std::vector<float> weight = weights_of(clips);
    SOTTO_TRY_STATUS(done(XGDMatrixSetFloatInfo(table.get(), "label", label.data(), label.size())));
    SOTTO_TRY_STATUS(done(XGDMatrixSetFloatInfo(table.get(), "weight", weight.data(), weight.size())));
    const DMatrixHandle data = table.get();
    BoosterHandle made = nullptr;
    SOTTO_TRY_STATUS(done(XGBoosterCreate(&data, 1, &made)));
    handle.reset(made);
    for (const auto& [name, value] : kParameters) SOTTO_TRY_STATUS(done(XGBoosterSetParam(made, name, value)));
    SOTTO_TRY_STATUS(done(XGBoosterSetParam(made, "seed", std::to_string(seed).c_str())));
    for (int round = 0; round < kRounds; round++)
      SOTTO_TRY_STATUS(done(XGBoosterUpdateOneIter(made, round, data)));
    return ok_status();
  }
  Result<std::vector<float>> predict(const Table& table) const {
    bst_ulong count = 0;
    const float* values = nullptr;
    SOTTO_TRY_STATUS(done(XGBoosterPredict(handle.get(), table.get(), 0, 0, 0, &count, &values)));
    return std::vector<float>(values, values + count);
  }
};

Mentor::Mentor() = default;
Mentor::Mentor(Mentor&&) noexcept = default;
Mentor& Mentor::operator=(Mentor&&) noexcept = default;
Mentor::~Mentor() = default;

Result<Mentor> Mentor::learn(const std::vector<const Example*>& clips, size_t bands, uint64_t seed) {
  Mentor mentor;
  mentor.bands_ = bands;
  std::vector<std::vector<float>> all;
  for (const Example* e : clips) all.push_back(traits(e->features, bands));
  for (size_t part = 0; part < kPartCount; part++) {
    std::vector<const Example*> seen, unseen;
    std::vector<const std::vector<float>*> seen_traits, unseen_traits;
    for (size_t i = 0; i < clips.size(); i++) {
      const bool own = part_of(*clips[i], i) == part;
      (own ? unseen : seen).push_back(clips[i]);
      (own ? unseen_traits : seen_traits).push_back(&all[i]);
    }
    if (seen.empty() || unseen.empty()) return input_error("too few clips for a mentor");
    SOTTO_TRY(const Table table, table_of(seen_traits));
    Trees trees;
    SOTTO_TRY_STATUS(trees.grow(table, seen, seed + part));
    SOTTO_TRY(const Table others, table_of(unseen_traits));
    SOTTO_TRY(const std::vector<float> opinions, trees.predict(others));
    for (size_t i = 0; i < unseen.size(); i++) mentor.learned_[unseen[i]] = opinions[i];
    mentor.parts_.push_back(std::move(trees));
    std::fprintf(stderr, "mentor: %zu of %zu parts learned\n", part + 1, kPartCount);
  }
  return mentor;
}

Result<float> Mentor::opinion(const Example& e) const {
  if (const auto found = learned_.find(&e); found != learned_.end()) return found->second;
  const std::vector<float> own = traits(e.features, bands_);
  SOTTO_TRY(const Table table, table_of({&own}));
  float sum = 0;
  for (const Trees& trees : parts_) {
    SOTTO_TRY(const std::vector<float> opinions, trees.predict(table));
    sum += opinions[0];
  }
  return sum / static_cast<float>(parts_.size());
}

}  // namespace sotto::judge::train
