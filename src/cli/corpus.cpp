// SPDX-License-Identifier: Apache-2.0
// sotto corpus: how many songs of a file are accepted, fit, and sound as they do under JavaScript.
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "cli/output.h"
#include "cli/verb.h"
#include "sound/bytebeat/coverage.h"

namespace sotto::cli {
namespace {

using sound::Coverage;

struct Options {
  std::string file;
  bool reasons = false, verbose = false, json = false;
};

std::string text_of(const Json& song, const char* key) {
  const auto field = song.find(key);
  return field != song.end() && field->is_string() ? field->get<std::string>() : std::string();
}

// Only songs in JavaScript's infix notation whose sample is the low byte of a number. Signed songs add 128 to it.
bool is_bytebeat(const Json& song) {
  const std::string mode = text_of(song, "mode"), type = text_of(song, "expr_type");
  return (mode.empty() || mode == "Bytebeat" || mode == "Signed Bytebeat") && (type.empty() || type == "infix" || type == "infix-C");
}

size_t characters(const std::string& utf8) {
  return static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

sound::CorpusSong read_corpus_song(const Json& line) {
  sound::CorpusSong song;
  song.id = text_of(line, "id");
  song.code = text_of(line, "code");
  song.sha256 = text_of(line, "js_sha256");
  song.classic = line.value("classic", Json(false)) == Json(true);
  song.characters = characters(song.code);
  return song;
}

Json json_of(const Coverage& c) {
  return {{"songs", c.songs}, {"compiles", c.compiles}, {"fits16", c.fits16}, {"fits32", c.fits32},
          {"fits64", c.fits64}, {"random", c.random},   {"exact", c.exact}, {"near", c.near}};
}

void print_row(const char* name, const Coverage& c) {
  const auto share = [](unsigned part, unsigned all) { return all ? 100.0 * part / all : 0.0; };
  std::printf("%-16s %6u %9.1f %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f\n", name, c.songs, share(c.compiles, c.songs), share(c.fits16, c.songs),
              share(c.fits32, c.songs), share(c.fits64, c.songs), share(c.random, c.fits64), share(c.exact, c.comparable()),
              share(c.near, c.comparable()));
}

std::vector<std::pair<std::string, unsigned>> by_share(const sound::CoverageReport& report) {
  std::vector<std::pair<std::string, unsigned>> reasons(report.reasons.begin(), report.reasons.end());
  std::stable_sort(reasons.begin(), reasons.end(), [](const auto& x, const auto& y) { return x.second > y.second; });
  return reasons;
}

void print_report(const Options& o, const sound::CoverageReport& report, unsigned left_out) {
  std::printf("%-16s %6s %9s %8s %8s %8s %8s %8s %8s\n", "%", "songs", "compiles", "fits16", "fits32", "fits64", "random",
              "exact", "near");
  print_row("classic", report.classic);
  print_row("<= 64 chars", report.le64);
  print_row("<= 256 chars", report.le256);
  print_row("all", report.all);
  std::printf("fits: with at most %u table entries. random: of the songs that fit 64 slots, those that call random(). exact, near: of "
              "the others that fit. Left out: %u songs that are no bytebeat formula (floating point, postfix)\n", sound::kCoverageTable, left_out);
  if (!o.reasons) return;
  std::printf("\nsongs  share  why it cannot be proved\n");
  for (const auto& [reason, songs] : by_share(report)) std::printf("%5u %5.1f%%  %s\n", songs, 100.0 * songs / report.all.songs, reason.c_str());
}

void print_report_json(const Options& o, const sound::CoverageReport& report, unsigned left_out) {
  Json json = {{"classic", json_of(report.classic)}, {"le64", json_of(report.le64)}, {"le256", json_of(report.le256)},
               {"all", json_of(report.all)},         {"left_out", left_out}};
  if (o.reasons) {
    json["reasons"] = Json::array();
    for (const auto& [reason, songs] : by_share(report)) json["reasons"].push_back({{"reason", reason}, {"songs", songs}});
  }
  print_json(json);
}

Status corpus(const Options& o) {
  std::ifstream file(o.file);
  if (!file) return input_error("cannot read " + o.file);
  sound::CoverageReport report;
  unsigned left_out = 0, number = 0;
  for (std::string line; std::getline(file, line);) {
    number++;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object() || text_of(json, "code").empty()) {
      return input_error(o.file + ", line " + std::to_string(number) + ": not a JSON object with a \"code\"");
    }
    if (!is_bytebeat(json)) {
      left_out++;
      continue;
    }
    const sound::CorpusSong song = read_corpus_song(json);
    const sound::SongCoverage coverage = sound::measure_song(song);
    if (o.verbose) {
      std::fprintf(stderr, "%s\t%u\t%s\t%s\n", song.id.c_str(), coverage.slots,
                   coverage.random ? "random" : coverage.exact ? "exact" : coverage.near ? "near" : song.sha256.empty() ? "-" : "differs", coverage.reason.c_str());
    }
    report.add(song, coverage);
  }
  o.json ? print_report_json(o, report, left_out) : print_report(o, report, left_out);
  return ok_status();
}

}  // namespace

void add_corpus(Verbs& verbs) {
  CLI::App* verb = verbs.add("corpus", "Measure how many songs of a corpus are accepted and exact");
  auto o = std::make_shared<Options>();
  verb->add_option("file", o->file, "One JSON object per line: code, and if known mode, classic, js_sha256")->required();
  verb->add_flag("--reasons", o->reasons, "Also why songs cannot be proved, the most common first");
  verb->add_flag("--verbose", o->verbose, "One line per song on the standard error: id, slots, exactness, reason");
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return corpus(*o); });
}

}  // namespace sotto::cli
