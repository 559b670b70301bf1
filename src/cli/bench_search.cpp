// SPDX-License-Identifier: Apache-2.0
// sotto bench search: the agents' search against its baselines, by judged songs and by seconds.
#include <cinttypes>

#include "cli/bench.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "contest/mind/benchmark/campaign.h"
#include "contest/mind/benchmark/open_scale.h"
#include "contest/mind/benchmark/plot.h"
#include "contest/mind/benchmark/report.h"
#include "contest/swarm/interrupt.h"

namespace sotto::cli {
namespace {

// A document keeps everything outside these lines.
constexpr std::string_view kBegin = "<!-- sotto bench search: begin -->\n", kEnd = "<!-- sotto bench search: end -->";
constexpr uint64_t kMaxDocument = uint64_t{1} << 24;

struct Options {
  JudgeInput judge;
  contest::Campaign campaign{{}, 1000, 20, 1, {}, {}};
  unsigned slots = 32;
  std::string results = "sotto-bench-search.json", picture, markdown;
  bool open_scale = false, json = false;
};

Json as_json(const contest::Quartiles& q) { return {q.low, q.median, q.high}; }

Json as_json(const contest::Verdict& v) {
  if (v.rival.empty()) return nullptr;
  return {{"baseline", v.rival}, {"superiority", v.comparison.superiority}, {"p", v.comparison.p}};
}

Json as_json(const contest::Report& report, const contest::Ledger& ledger) {
  Json rows = Json::array(), reaches = Json::array();
  for (const contest::Row& r : report.rows)
    rows.push_back({{"songs", r.songs},
                    {"search", r.search},
                    {"seeds", r.seeds},
                    {"best", as_json(r.best)},
                    {"quality", as_json(r.quality)},
                    {"coverage", as_json(r.coverage)},
                    {"instructions", as_json(r.instructions)},
                    {"cpu_seconds", as_json(r.seconds)},
                    {"best_verdict", as_json(r.by_best)},
                    {"quality_verdict", as_json(r.by_quality)},
                    {"coverage_verdict", as_json(r.by_coverage)}});
  for (const contest::Reach& r : report.reaches)
    reaches.push_back({{"score", score_number(r.score, ledger.score_unit)},
                       {"search", r.search},
                       {"seeds", r.seeds},
                       {"reached", r.reached},
                       {"songs", r.median ? Json(*r.median) : Json(nullptr)}});
  return {{"judge", to_hex(ledger.judge)}, {"slots", ledger.slots}, {"quartiles", rows}, {"reach", reaches}};
}

Status write_document(const std::string& path, const std::string& table) {
  SOTTO_TRY(const Bytes bytes, read_file(path, kMaxDocument));
  std::string text(bytes.begin(), bytes.end());
  const size_t begin = text.find(kBegin), end = text.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin)
    return input_error(path + ": the table goes between the lines " + std::string(kBegin, 0, kBegin.size() - 1) +
                       " and " + std::string(kEnd) + ", which are not there");
  text.replace(begin + kBegin.size(), end - begin - kBegin.size(), table);
  return write_file_atomically(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

std::string preamble(const contest::Ledger& ledger, bool open_scale) {
  return "Judge " + to_hex(ledger.judge).substr(0, 18) + (open_scale ? "… with an open scale" : "…") +
         ", songs of at most " + std::to_string(ledger.slots - 1) +
         " instructions. **Median** [quartiles] over seeds.\n\n";
}

Status show(const Options& o, const contest::Ledger& ledger) {
  const contest::Report report = contest::make_report(ledger, o.campaign.searches);
  const std::string table = preamble(ledger, o.open_scale) + contest::as_markdown(report, ledger.score_unit);
  if (o.json) {
    print_json(as_json(report, ledger));
  } else {
    print_text(table);
  }
  if (!o.markdown.empty()) SOTTO_TRY_STATUS(write_document(o.markdown, table));
  return o.picture.empty() ? ok_status() : contest::write_plot(o.picture, ledger, o.campaign.searches);
}

Status bench(const Options& o) {
  contest::catch_interrupts();
  SOTTO_TRY(const sound::SizeClass size, contest::size_class(o.slots));
  SOTTO_TRY(judge::Network net, o.judge.load());
  const uint32_t max_score = judge::max_score(net);
  if (o.open_scale) net = contest::with_open_scale(std::move(net));
  contest::Ledger ledger{judge::judge_digest(net), max_score, net.score_unit, o.slots, {}};
  SOTTO_TRY(ledger.trials, contest::read_trials(o.results, ledger));
  const contest::Listener listener(std::move(net));
  contest::Campaign campaign = o.campaign;
  campaign.stop = contest::interrupted;
  campaign.finished = [&](const contest::Trial& t) {
    const contest::Milestone& m = t.milestones.back();
    std::fprintf(stderr, "%-10s seed %" PRIu64 ": %" PRIu64 " songs, best %.2f, %.1f s\n", t.search.c_str(), t.seed,
                 m.songs, score_number(m.best, ledger.score_unit), m.seconds);
    return contest::write_ledger(o.results, ledger);
  };
  SOTTO_TRY_STATUS(contest::run_campaign(campaign, listener, size, ledger));
  return show(o, ledger);
}

}  // namespace

void add_bench_search(Verbs& verbs, CLI::App* parent) {
  CLI::App* verb =
      verbs.add("search", "The agents' search against chance, hill climbing and a genetic algorithm", parent);
  auto o = std::make_shared<Options>();
  o->campaign.searches.assign(std::begin(contest::kSearches), std::end(contest::kSearches));
  o->judge.add_to(verb);
  verb->add_option("--songs", o->campaign.songs, "Songs that each trial judges")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000'000));
  verb->add_option("--seeds", o->campaign.seeds, "Trials per search")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  verb->add_option("--algorithms", o->campaign.searches, "Which searches, separated by commas")
      ->delimiter(',')
      ->capture_default_str()
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(contest::kSearches), std::end(contest::kSearches))));
  verb->add_option("--threads", o->campaign.threads, "Trials at the same time; the results do not depend on it")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  verb->add_flag("--open-scale", o->open_scale,
                 "Let scores go on above the judge's highest one, which good searches all reach");
  add_slots(verb, o->slots, "Size class of songs: 16, 32 or 64 instructions");
  verb->add_option("--results", o->results, "Finished trials are kept here; the same command goes on from them")
      ->capture_default_str();
  verb->add_option("--picture", o->picture, "Draw the curves into this .svg or .png file");
  verb->add_option("--markdown", o->markdown, "Put the tables into this document, between its two marked lines");
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return bench(*o); });
}

}  // namespace sotto::cli
