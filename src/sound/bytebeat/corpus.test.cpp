// SPDX-License-Identifier: Apache-2.0
// The front end and the renderer against JavaScript: the reference hashes of a corpus of human songs. The corpus is not
// part of the repository (its songs belong to their authors); without it the test is skipped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/render.h"
#include "sound/bytebeat/coverage.h"

namespace sotto::sound {
namespace {

std::string corpus_path() {
  // A corpus file, or the folder of shared data that zk/commit/ptau_ceremony.test.cpp takes too.
  if (const char* path = std::getenv("SOTTO_CORPUS"))
    return std::filesystem::is_directory(path) ? std::string(path) + "/bytebeat/corpus.jsonl" : path;
  return std::string(SOTTO_SOURCE_DIR) + "/../shared/data/bytebeat/corpus.jsonl";
}

struct Tier {
  unsigned songs = 0, compiled = 0, fitting = 0, exact = 0;
  unsigned expected = 0, missed = 0;  // exact in the reference model of static rationals; of these, not exact here
};

bool is_candidate(const nlohmann::json& song) {
  if (song["js_sha256"].is_null() || song["mode"] != "Bytebeat") return false;
  const std::string type = song.value("expr_type", "infix");
  return type == "infix" || type == "infix-C";
}

bool expected_exact(const nlohmann::json& song) {
  const auto& analysis = song["analysis"];
  return analysis.contains("diff80000") && analysis["diff80000"].value("sr32", 1) == 0;
}

void judge_song(const nlohmann::json& song, Tier& tier, bool verbose) {
  tier.songs++;
  tier.expected += expected_exact(song);
  const Result<Program> program = compile(song["code"].get<std::string>());
  bool exact = false;
  if (program.ok()) {
    tier.compiled++;
    tier.fitting += smallest_class(*program).ok();
    exact = sha256_hex(render(*program)) == song["js_sha256"].get<std::string>();
    tier.exact += exact;
  }
  if (exact || !expected_exact(song)) {
    if (verbose && !exact) std::cout << (program.ok() ? "differs " : "refused ") << song["id"] << "\n";
    return;
  }
  tier.missed++;
  if (verbose) std::cout << "missed " << song["id"] << (program.ok() ? "" : " " + program.error().message) << "\n";
}

double percent(unsigned part, unsigned all) { return all ? 100.0 * part / all : 0; }

void print_row(const std::string& name, const Tier& t) {
  std::cout << std::left << std::setw(16) << name << std::right << std::fixed << std::setprecision(1) << std::setw(6) << t.songs
            << " songs, compiled " << std::setw(5) << percent(t.compiled, t.songs) << " %, fit 63 instructions " << std::setw(5)
            << percent(t.fitting, t.songs) << " %, bit-exact " << std::setw(5) << percent(t.exact, t.songs) << " %; model says exact "
            << t.expected << ", of these missed " << t.missed << "\n";
}

TEST(BytebeatCorpus, AgreesWithJavaScript) {
  std::ifstream file(corpus_path());
  if (!file) {
    std::cout << "SOTTO-SKIPPED: no corpus\n";
    GTEST_SKIP();
  }
  const bool verbose = std::getenv("SOTTO_VERBOSE") != nullptr;
  std::map<std::string, Tier> tiers;
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json song = nlohmann::json::parse(line);
    if (!is_candidate(song)) continue;
    const std::string name = song["analysis"].contains("tier") ? song["analysis"]["tier"].get<std::string>() : "unclassified";
    judge_song(song, tiers[name], verbose);
    if (song["classic"] == true) judge_song(song, tiers["(classic)"], false);
  }
  for (const auto& [name, tier] : tiers) print_row(name, tier);
  // Floors a little below what is reached; the model's share is what 32-bit words can do at all.
  const Tier &core = tiers["int-core"], &classic = tiers["(classic)"];
  EXPECT_GE(percent(core.compiled, core.songs), 98);
  EXPECT_GE(percent(core.exact, core.songs), 97);
  EXPECT_LE(core.missed, 2u);
  EXPECT_GE(percent(classic.exact, classic.songs), 86);
  EXPECT_EQ(classic.missed, 0u);
  EXPECT_GE(percent(tiers["core+fractions"].exact, tiers["core+fractions"].songs), 52);
  EXPECT_GE(percent(tiers["tables"].exact, tiers["tables"].songs), 31);
}

void print_coverage(const std::string& name, const Coverage& c) {
  std::cout << std::left << std::setw(14) << name << std::right << std::fixed << std::setprecision(1) << std::setw(5) << c.songs
            << " songs; % that compile " << percent(c.compiles, c.songs) << ", fit 16/32/64 slots " << percent(c.fits16, c.songs) << " / "
            << percent(c.fits32, c.songs) << " / " << percent(c.fits64, c.songs) << "; of these random " << percent(c.random, c.fits64)
            << "; of the others exact " << percent(c.exact, c.comparable()) << ", near " << percent(c.near, c.comparable()) << "\n";
}

void expect_coverage(const std::string& name, const Coverage& c, double fits, double exact) {
  print_coverage(name, c);
  EXPECT_GE(percent(c.fits64, c.songs), fits) << name;
  EXPECT_GE(percent(c.exact, c.comparable()), exact) << name;
}

// The figures that `sotto corpus` prints. A rejection names its position, or says what is too long.
TEST(BytebeatCorpus, Coverage) {
  std::ifstream file(corpus_path());
  if (!file) {
    std::cout << "SOTTO-SKIPPED: no corpus\n";
    GTEST_SKIP();
  }
  CoverageReport report;
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json json = nlohmann::json::parse(line);
    const std::string mode = json["mode"], type = json.value("expr_type", "infix");
    if ((mode != "Bytebeat" && mode != "Signed Bytebeat") || (type != "infix" && type != "infix-C")) continue;
    const std::string hash = json["js_sha256"].is_string() ? json["js_sha256"].get<std::string>() : "";
    const CorpusSong song{json["id"], json["code"], json["classic"] == true, json["chars"], hash};
    const SongCoverage coverage = measure_song(song);
    report.add(song, coverage);
    EXPECT_TRUE(coverage.reason.empty() || coverage.reason.starts_with("line ") || coverage.reason.starts_with("the song"))
        << song.id << ": " << coverage.reason;
  }
  print_coverage("all", report.all);
  expect_coverage("classic", report.classic, 97, 88);
  expect_coverage("<= 64 chars", report.le64, 85, 85);
  expect_coverage("<= 256 chars", report.le256, 55, 70);
}

}  // namespace
}  // namespace sotto::sound
