// SPDX-License-Identifier: Apache-2.0
// Songs of one feature each, pinned stage by stage: the program (hash of its canonical text), the samples (hash), the score of
// the judge ear-20k. The first stage that differs is the guilty one. After a change that is meant:
//   SOTTO_BLESS=1 build/tests/test.tests.golden.golden     writes songs.txt anew and prints what changed
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/keccak.h"
#include "judge/net/network.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/render.h"

namespace sotto {
namespace {

const std::string kFile = std::string(SOTTO_SOURCE_DIR) + "/tests/golden/songs.txt";
const std::string kJudge = std::string(SOTTO_SOURCE_DIR) + "/judges/ear-20k.judge";

struct Stages {
  std::string program, samples, score;
  bool operator==(const Stages&) const = default;
};

struct Golden {
  std::string source;
  Stages stages;
};

std::string short_hash(ByteSpan bytes) { return to_hex(keccak256(bytes)).substr(2, 16); }

std::vector<Golden> read_golden(std::string& judge) {
  std::ifstream file(kFile);
  std::vector<Golden> all;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("judge ")) {
      judge = line.substr(6);
      continue;
    }
    std::istringstream fields(line);
    Golden g;
    std::getline(fields, g.source, '\t');
    std::getline(fields, g.stages.program, '\t');
    std::getline(fields, g.stages.samples, '\t');
    std::getline(fields, g.stages.score, '\t');
    all.push_back(g);
  }
  return all;
}

Stages run(const std::string& source, const judge::Network& net) {
  const Result<sound::Program> program = sound::compile(source);
  if (!program.ok()) return {"refused: " + program.error().message, "-", "-"};
  const std::string text = sound::to_source(*program);
  const sound::Samples samples = sound::render(*program, net.samples);
  return {short_hash(ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size())), short_hash(ByteSpan(samples)),
          std::to_string(judge::score(net, samples))};
}

std::string row(const std::string& source, const Stages& s) { return source + '\t' + s.program + '\t' + s.samples + '\t' + s.score; }

void bless(const std::vector<Golden>& all, const judge::Network& net, const std::string& judge) {
  std::ofstream file(kFile);
  file << "judge " << judge << '\n';
  for (const Golden& g : all) {
    const Stages now = run(g.source, net);
    file << row(g.source, now) << '\n';
    if (now != g.stages) std::cout << "- " << row(g.source, g.stages) << "\n+ " << row(g.source, now) << "\n";
  }
}

TEST(Golden, EveryStage) {
  const Result<judge::Network> net = judge::read_judge(kJudge);
  ASSERT_TRUE(net.ok()) << net.error().message;
  std::string pinned_judge;
  const std::vector<Golden> all = read_golden(pinned_judge);
  const std::string judge = to_hex(judge::judge_digest(*net));
  if (std::getenv("SOTTO_BLESS") != nullptr) return bless(all, *net, judge);
  EXPECT_GE(all.size(), 100u);
  const bool same_judge = judge == pinned_judge;
  EXPECT_TRUE(same_judge) << "guilty stage: the judge file is another one; programs and samples are compared, scores are not";
  for (const Golden& g : all) {
    const Stages now = run(g.source, *net);
    if (now.program != g.stages.program) {
      ADD_FAILURE() << "guilty stage: compiler, at " << g.source << ": " << now.program;
    } else if (now.samples != g.stages.samples) {
      ADD_FAILURE() << "guilty stage: renderer, at " << g.source;
    } else if (same_judge && now.score != g.stages.score) {
      ADD_FAILURE() << "guilty stage: judge, at " << g.source << ": " << now.score << " instead of " << g.stages.score;
    }
  }
}

}  // namespace
}  // namespace sotto
