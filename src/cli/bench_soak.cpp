// SPDX-License-Identifier: Apache-2.0
// sotto bench soak: a whole swarm for half an hour. Does everybody get a new judged song into every slot, in time, in flat memory,
// and is every song accounted for?
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/parallel.h"
#include "cli/bench.h"
#include "cli/output.h"
#include "cli/search.h"
#include "contest/arena/scoreboard.h"
#include "contest/mind/benchmark/statistics.h"
#include "contest/secrecy/store.h"
#include "contest/swarm/crew.h"
#include "contest/swarm/interrupt.h"

namespace sotto::cli {
namespace {

constexpr uint32_t kMostLateMs = 1000;    // 99 of 100 songs
constexpr double kMostGrowth = 1.10;      // of resident memory, from a third of the run to its end

struct Options {
  SearchOptions search;
  double minutes = 30;
};

struct Figures {
  uint64_t told = 0, stored = 0;
  uint64_t parent_start = 0, parent_end = 0, agents_start = 0, agents_end = 0;  // KiB, from a third of the run on
  double agents_kib_per_hour = 0;
  double fairness = 0;                    // least processor time of an agent by the most
};

// A folder of its own, gone at the end.
struct Scratch {
  std::string path;
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
};

Result<uint64_t> count_stored(const contest::SwarmOptions& o, const Bytes32& judge) {
  SOTTO_TRY(const contest::SecretKey master, contest::open_master_key(o.folder));
  uint64_t songs = 0;
  for (uint32_t agent = 0; agent < o.agents; ++agent) {
    const contest::StoreIdentity identity{o.seed, agent, o.slots, o.cpu_share ? 0 : o.tries, judge};
    SOTTO_TRY(const contest::Store store,
              contest::Store::open(contest::agent_folder(o.folder, agent), identity, agent_key(master, agent)));
    SOTTO_TRY_STATUS(store.replay([&](const contest::StoredSlot& slot) {
      songs += slot.songs.size();
      return ok_status();
    }));
  }
  return songs;
}

// KiB per hour of the line through the samples, which are equally spaced.
double slope(const std::vector<contest::HealthEvent>& health, size_t from, double hours) {
  if (health.size() < from + 3 || hours <= 0) return 0;
  std::vector<double> x, y;
  for (size_t i = from; i < health.size(); ++i) {
    x.push_back(static_cast<double>(i - from) * hours / static_cast<double>(health.size() - from - 1));
    y.push_back(static_cast<double>(health[i].agents_kib));
  }
  return contest::fit_line(x, y).slope;
}

Figures figures_of(const contest::CampaignResult& result, double minutes) {
  Figures f;
  f.told = result.summary.songs;
  const size_t from = std::min(result.health.size() - 1, std::max<size_t>(1, result.health.size() / 3));
  const contest::HealthEvent &early = result.health[from], &last = result.health.back();
  f.parent_start = early.parent_kib;
  f.parent_end = last.parent_kib;
  f.agents_start = early.agents_kib;
  f.agents_end = last.agents_kib;
  const double part = static_cast<double>(result.health.size() - from) / static_cast<double>(result.health.size());
  f.agents_kib_per_hour = slope(result.health, from, minutes / 60 * part);
  uint64_t least = UINT64_MAX, most = 1;
  for (const contest::Standing& s : result.summary.standings)
    least = std::min(least, s.cpu_ms), most = std::max(most, s.cpu_ms);
  f.fairness = static_cast<double>(least) / static_cast<double>(most);
  return f;
}

// What is not as it has to be, in words.
std::vector<std::string> misses(const contest::CampaignResult& r, const Figures& f, uint32_t agents) {
  std::vector<std::string> out;
  const auto must = [&](bool good, const char* what) {
    if (!good) out.emplace_back(what);
  };
  const auto& s = r.summary;
  must(s.late_p99 < kMostLateMs, "99 of 100 songs must be less than a second late");
  must(f.told == f.stored && s.unaccounted == 0, "every song that was told must be stored, and the other way round");
  must(r.late.total() + agents >= uint64_t{s.slots} * agents, "every agent must offer a song in every slot");
  must(s.slips == 0, "no slot may be prolonged");
  must(s.restarts == 0, "no agent may have been started again");
  must(static_cast<double>(f.agents_end) <= kMostGrowth * static_cast<double>(f.agents_start),
       "the agents' memory must be flat");
  must(static_cast<double>(f.parent_end) <= kMostGrowth * static_cast<double>(f.parent_start) + 1024,
       "the parent's memory must be flat");
  return out;
}

Json as_json(const Options& o, const contest::CampaignResult& r, const Figures& f,
             const std::vector<std::string>& missed) {
  const auto& s = r.summary;
  return {{"minutes", o.minutes},
          {"agents", o.search.swarm.agents},
          {"threads", thread_count()},
          {"slot_ms", o.search.swarm.slot_ms},
          {"slots", s.slots},
          {"offers", r.late.total()},
          {"songs_told", f.told},
          {"songs_stored", f.stored},
          {"late_ms", {{"p50", s.late_p50}, {"p99", s.late_p99}, {"max", s.late_max}}},
          {"slips", s.slips},
          {"restarts", s.restarts},
          {"cpu_least_by_most", f.fairness},
          {"parent_kib", {{"early", f.parent_start}, {"end", f.parent_end}}},
          {"agents_kib", {{"early", f.agents_start}, {"end", f.agents_end}, {"per_hour", f.agents_kib_per_hour}}},
          {"missed", missed},
          {"ok", missed.empty()}};
}

Status soak(Options& o) {
  contest::catch_interrupts();
  contest::outlive_terminal();
  Scratch scratch;
  if (o.search.swarm.folder.empty()) {
    std::error_code error;
    std::string pattern = (std::filesystem::temp_directory_path(error) / "sotto-soak-XXXXXX").string();
    if (error || !mkdtemp(pattern.data()))
      return environment_error("cannot make a temporary folder; choose one with --state DIR");
    scratch.path = o.search.swarm.folder = pattern;
  }
  o.search.seconds = static_cast<uint64_t>(o.minutes * 60);
  o.search.seed_given = true;
  SOTTO_TRY(contest::CampaignOptions campaign, make_campaign(o.search));
  const contest::SwarmOptions swarm = campaign.swarm;
  SOTTO_TRY(const Bytes32 judge, bytes32_from_hex(campaign.judge_digest));
  contest::LiveBoard board;
  campaign.show = [&](const contest::CampaignView& view) { board.show(view); };
  SOTTO_TRY(const contest::CampaignResult result, contest::run_campaign(std::move(campaign)));
  if (result.end == contest::CampaignEnd::kInterrupted) return contest::interrupted_error();
  Figures figures = figures_of(result, o.minutes);
  SOTTO_TRY(figures.stored, count_stored(swarm, judge));
  const auto missed = misses(result, figures, swarm.agents);
  print_json(as_json(o, result, figures, missed));
  return missed.empty() ? ok_status() : Status(rejected("soak: " + missed.front()));
}

}  // namespace

void add_bench_soak(Verbs& verbs, CLI::App* parent) {
  CLI::App* verb = verbs.add(
      "soak", "A swarm for half an hour: in time, in flat memory, every song accounted for? Prints one JSON object",
      parent);
  auto o = std::make_shared<Options>();
  contest::SwarmOptions& swarm = o->search.swarm;
  swarm.agents = 64;
  swarm.lockstep = false;
  verb->add_option("minutes", o->minutes, "How long")->capture_default_str()->check(CLI::Range(0.05, 10'000.0));
  verb->add_option("--agents", swarm.agents, "Number of agents")->capture_default_str()->check(CLI::Range(1, 256));
  verb->add_option("--slot-ms", swarm.slot_ms, "Length of a slot")
      ->capture_default_str()
      ->check(CLI::Range(1, 3'600'000));
  verb->add_option("--tries", swarm.tries, "Songs that an agent judges per slot at most")->capture_default_str();
  verb->add_option("--state", swarm.folder, "Keep the run in this folder; without it a temporary one");
  o->search.judge.add_to(verb);
  verbs.on_run(verb, [o] { return soak(*o); });
}

}  // namespace sotto::cli
