// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/report.h"

#include <algorithm>
#include <cstdio>
#include <set>

namespace sotto::contest {
namespace {

constexpr double kSignificant = 0.05;

using Values = std::vector<double>;
using Measure = double (*)(const Milestone&);

double best_of(const Milestone& m) { return m.best; }
double quality_of(const Milestone& m) { return m.quality; }
double coverage_of(const Milestone& m) { return m.coverage; }
double instructions_of(const Milestone& m) { return m.instructions; }
double seconds_of(const Milestone& m) { return m.seconds; }

Values values_at(const Ledger& ledger, const std::string& search, uint64_t songs, Measure measure) {
  Values out;
  for (const Trial& t : ledger.trials)
    for (const Milestone& m : t.milestones)
      if (t.search == search && m.songs == songs) out.push_back(measure(m));
  return out;
}

std::set<uint64_t> checkpoints(const Ledger& ledger) {
  uint64_t longest = 0;
  for (const Trial& t : ledger.trials) longest = std::max(longest, t.milestones.back().songs);
  std::set<uint64_t> out{longest};
  for (uint64_t songs = 1000; songs < longest; songs *= 10) out.insert(songs);
  return out;
}

Verdict verdict(const Ledger& ledger, const std::vector<std::string>& searches, uint64_t songs, Measure measure) {
  Verdict out;
  double highest = -1;
  for (const std::string& search : searches) {
    const Values values = values_at(ledger, search, songs, measure);
    if (search == kSearches[0] || values.empty() || quartiles(values).median <= highest) continue;
    highest = quartiles(values).median;
    out.rival = search;
  }
  if (!out.rival.empty())
    out.comparison =
        mann_whitney(values_at(ledger, kSearches[0], songs, measure), values_at(ledger, out.rival, songs, measure));
  return out;
}

Quartiles in_points(Quartiles q, double unit) { return {q.low / unit, q.median / unit, q.high / unit}; }

Row make_row(const Ledger& ledger, const std::vector<std::string>& searches, const std::string& search,
             uint64_t songs) {
  const auto of = [&](Measure measure) { return values_at(ledger, search, songs, measure); };
  Row row{songs,
          search,
          of(best_of).size(),
          in_points(quartiles(of(best_of)), ledger.score_unit),
          quartiles(of(quality_of)),
          quartiles(of(coverage_of)),
          quartiles(of(instructions_of)),
          quartiles(of(seconds_of)),
          {},
          {},
          {}};
  if (search == kSearches[0]) {
    row.by_best = verdict(ledger, searches, songs, best_of);
    row.by_quality = verdict(ledger, searches, songs, quality_of);
    row.by_coverage = verdict(ledger, searches, songs, coverage_of);
  }
  return row;
}

Reach make_reach(const Ledger& ledger, const std::string& search, uint32_t score) {
  Reach out{score, search, 0, 0, {}};
  Values songs;
  for (const Trial& t : ledger.trials) {
    if (t.search != search) continue;
    ++out.seeds;
    const auto at = std::find_if(t.records.begin(), t.records.end(), [&](const Record& r) { return r.score >= score; });
    if (at != t.records.end()) songs.push_back(static_cast<double>(at->songs));
  }
  out.reached = songs.size();
  // Trials that did not get there count as longer than all others.
  std::sort(songs.begin(), songs.end());
  if (out.seeds > 0 && songs.size() * 2 > out.seeds) {
    const size_t low = (out.seeds - 1) / 2, high = out.seeds / 2;
    out.median = (songs[low] + songs[high]) / 2;
  }
  return out;
}

std::string printed(const char* format, double a, double b = 0, double c = 0) {
  char text[120];
  std::snprintf(text, sizeof text, format, a, b, c);
  return text;
}

std::string grouped(uint64_t n) {
  const std::string digits = std::to_string(n);
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string show(const char* number, const Quartiles& q, double factor = 1) {
  std::string format = "**";
  for (const char* part : {number, "** [", number, ", ", number, "]"}) format += part;
  return printed(format.c_str(), q.median * factor, q.low * factor, q.high * factor);
}

std::string in_words(const Verdict& v) {
  if (v.rival.empty()) return "";
  const Comparison& c = v.comparison;
  const char* word = c.p >= kSignificant ? "ties with" : c.superiority > 0.5 ? "ahead of" : "behind";
  return std::string(word) + " " + v.rival + printed(", p = %.2g, A = %.2f", c.p, c.superiority);
}

}  // namespace

Report make_report(const Ledger& ledger, const std::vector<std::string>& searches) {
  Report report;
  if (ledger.trials.empty()) return report;
  for (const uint64_t songs : checkpoints(ledger))
    for (const std::string& search : searches)
      if (!values_at(ledger, search, songs, best_of).empty())
        report.rows.push_back(make_row(ledger, searches, search, songs));
  for (const uint32_t share : {70u, 80u, 90u, 100u, 110u, 120u, 130u}) {
    std::vector<Reach> reaches;
    for (const std::string& search : searches)
      reaches.push_back(make_reach(ledger, search, ledger.max_score * share / 100));
    // Of scores that nobody reached there is nothing to say.
    if (std::any_of(reaches.begin(), reaches.end(), [](const Reach& r) { return r.reached > 0; }))
      report.reaches.insert(report.reaches.end(), reaches.begin(), reaches.end());
  }
  return report;
}

std::string as_markdown(const Report& report, uint32_t unit) {
  std::string out =
      "| songs | search | seeds | best score | quality of the map, % | coverage of the map, % | instructions | CPU "
      "seconds |\n"
      "|---:|---|---:|---|---|---|---|---:|\n";
  for (const Row& r : report.rows)
    out += "| " + grouped(r.songs) + " | " + r.search + " | " + std::to_string(r.seeds) + " | " + show("%.2f", r.best) +
           " | " + show("%.1f", r.quality, 100) + " | " + show("%.1f", r.coverage, 100) + " | " +
           printed("%.0f", r.instructions.median) + " | " + printed("%.1f", r.seconds.median) + " |\n";
  out += "\n| songs | the evolver's best score | its quality | its coverage |\n|---:|---|---|---|\n";
  for (const Row& r : report.rows)
    if (!r.by_best.rival.empty())
      out += "| " + grouped(r.songs) + " | " + in_words(r.by_best) + " | " + in_words(r.by_quality) + " | " +
             in_words(r.by_coverage) + " |\n";
  out += "\n| to reach | search | trials that did | songs, median |\n|---:|---|---:|---:|\n";
  for (const Reach& r : report.reaches)
    if (r.seeds > 0)
      out += "| " + printed("%.2f", static_cast<double>(r.score) / unit) + " | " + r.search + " | " +
             std::to_string(r.reached) + " of " + std::to_string(r.seeds) + " | " +
             (r.median ? grouped(static_cast<uint64_t>(*r.median)) : "-") + " |\n";
  return out;
}

}  // namespace sotto::contest
