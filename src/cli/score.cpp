// SPDX-License-Identifier: Apache-2.0
// sotto score: song + judge -> score.
#include "cli/inputs.h"
#include "cli/output.h"
#include "contest/arena/score_text.h"
#include "sound/bytebeat/render.h"

namespace sotto::cli {
namespace {

struct Options {
  SongInput song;
  JudgeInput judge;
  std::string at_least;
  bool json = false;
};

Status score(const Options& o) {
  SOTTO_TRY(const judge::Network net, o.judge.load());
  SOTTO_TRY(const sound::Song song, o.song.load());
  SOTTO_TRY(const sound::SizeClass size, sound::smallest_class(song.program));
  const uint32_t score = judge::score(net, sound::render(song.program, net.samples)), unit = net.score_unit;
  if (o.json) {
    print_json({{"score", score_number(score, unit)}, {"ticks", score}, {"max", score_number(judge::max_score(net), unit)},
                {"instructions", song.program.code.size()}, {"slots", size.slots}, {"judge", to_hex(judge::judge_digest(net))}});
  } else {
    print_text(contest::score_text(score, unit));
  }
  if (o.at_least.empty()) return ok_status();
  SOTTO_TRY(const uint32_t target, contest::parse_score(o.at_least, unit));
  return score >= target ? ok_status() : Status(rejected("the score is below " + contest::score_text(target, unit)));
}

}  // namespace

void add_score(Verbs& verbs) {
  CLI::App* verb = verbs.add("score", "Score a song");
  auto o = std::make_shared<Options>();
  o->song.add_to(verb);
  o->judge.add_to(verb);
  verb->add_option("--at-least", o->at_least, "End with exit code 1 when the score is lower");
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return score(*o); });
}

}  // namespace sotto::cli
