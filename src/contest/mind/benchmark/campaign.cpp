// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/campaign.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace sotto::contest {
namespace {

struct Task {
  std::string search;
  uint64_t seed;
};

// Trials of another version of a search do not mix with new ones: the first songs of one old trial per search are
// repeated.
Status check_trails(const Campaign& c, const Listener& judge, const sound::SizeClass& size, const Ledger& ledger) {
  for (const std::string& search : c.searches) {
    const auto same = [&](const Trial& t) { return t.search == search; };
    const auto old = std::find_if(ledger.trials.begin(), ledger.trials.end(), same);
    if (old == ledger.trials.end()) continue;
    const uint64_t songs = std::min(kTrailSongs, old->milestones.back().songs);
    const auto again = run_trial(search, old->seed, songs, judge, size, c.stop);
    if (!again) return Error{ErrorKind::kInterrupted, "interrupted"};
    if (again->trail != old->trail)
      return input_error("the results are of another version of " + search +
                         "; choose another --results file, or remove the old one");
  }
  return ok_status();
}

std::vector<Task> missing(const Campaign& c, const Ledger& ledger) {
  std::vector<Task> tasks;
  for (uint64_t seed = 1; seed <= c.seeds; ++seed)
    for (const std::string& search : c.searches) {
      const Trial* done = ledger.find(search, seed);
      if (!done || done->milestones.back().songs < c.songs) tasks.push_back({search, seed});
    }
  return tasks;
}

}  // namespace

Status run_campaign(const Campaign& c, const Listener& judge, const sound::SizeClass& size, Ledger& ledger) {
  SOTTO_TRY_STATUS(check_trails(c, judge, size, ledger));
  const std::vector<Task> tasks = missing(c, ledger);
  std::mutex mutex;  // guards everything below, and the ledger
  size_t next = 0;
  Status outcome = ok_status();
  const auto work = [&] {
    for (;;) {
      Task task;
      {
        const std::lock_guard lock(mutex);
        if (next == tasks.size() || !outcome.ok()) return;
        task = tasks[next++];
      }
      auto trial = run_trial(task.search, task.seed, c.songs, judge, size, c.stop);
      const std::lock_guard lock(mutex);
      if (!outcome.ok()) return;
      if (!trial) {
        outcome = c.stop() ? Error{ErrorKind::kInterrupted, "interrupted; the same command goes on"}
                           : input_error(task.search + ": no new song in many attempts");
        return;
      }
      ledger.add(*trial);
      outcome = c.finished(*trial);
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < c.threads; ++i) helpers.emplace_back(work);
  work();
  helpers.clear();
  return outcome;
}

}  // namespace sotto::contest
