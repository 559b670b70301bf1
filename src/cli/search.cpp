// SPDX-License-Identifier: Apache-2.0
#include "cli/search.h"

#include "cli/claim_file.h"
#include "cli/output.h"
#include "cli/setup_rules.h"
#include "contest/arena/score_text.h"
#include "contest/arena/view.h"
#include "contest/swarm/interrupt.h"

namespace sotto::cli {
namespace {

Json as_json(const contest::Swarm& swarm, std::optional<uint32_t> winner, uint32_t unit) {
  Json agents = Json::array();
  for (const contest::Standing& s : swarm.standings())
    agents.push_back({{"agent", s.agent}, {"best", score_number(s.best, unit)}, {"best_slot", s.best_slot}, {"songs", s.songs}, {"alive", s.alive}});
  Json json = {{"slots", swarm.slots_played()}, {"songs", swarm.songs()}, {"agents", agents}};
  json["winner"] = winner ? Json(*winner) : Json(nullptr);
  return json;
}

bool wants_proof(const SearchOptions& o) { return !o.output.empty(); }

// Plays until somebody reaches the target or the slots are over.
Result<std::optional<uint32_t>> play(contest::Swarm& swarm, const SearchOptions& o, uint32_t target, uint32_t unit, contest::View& view) {
  while (o.max_slots == 0 || swarm.slots_played() < o.max_slots) {
    SOTTO_TRY_STATUS(swarm.play_slot());
    view.standings(swarm.standings(), swarm.slots_played(), target, unit);
    if (const auto winner = swarm.winner(target)) return winner;
  }
  return std::optional<uint32_t>();
}

Status prove_and_write(contest::Swarm& swarm, uint32_t winner, const SearchOptions& o, const claim::Target& target, contest::View& view) {
  const auto progress = [&](std::string_view stage, double fraction) {
    view.progress("proving", stage, fraction);
    return !contest::interrupted();
  };
  SOTTO_TRY(const contest::AgentProof proof, swarm.prove(winner, target, o.setup, progress));
  view.progress("proving", "done", 1);
  SOTTO_TRY_STATUS(write_file_atomically(o.output, proof.proof));
  return write_claim(claim_path_of(o.output), {proof.statement, o.swarm.slots, o.setup.empty()});
}

}  // namespace

void SearchOptions::add_to(CLI::App* verb) {
  judge.add_to(verb);
  verb->add_option("--dir", swarm.folder, "Folder of the run; agents keep their private songs below it and go on from there")->required();
  verb->add_option("--seed", swarm.seed, "Same seed, same songs")->capture_default_str();
  verb->add_option("--slot-ms", swarm.slot_ms, "Length of a slot: every agent offers one song per slot")->capture_default_str();
  verb->add_option("--tries", swarm.tries, "Songs that an agent judges per slot")->capture_default_str();
  add_slots(verb, swarm.slots, "Size class of songs: 16, 32 or 64 instructions");
  verb->add_option("--target", target, "Score to reach")->required();
  verb->add_option("--max-slots", max_slots, "Stop after so many slots (exit code 1 when nobody has reached the target)");
  auto* out = verb->add_option("-o,--output", output, "Let the winner prove its song: x.proof, and x.claim.json beside it");
  verb->add_option("--claimant", claimant, "Who is to be paid: 0x and 20 bytes")->needs(out);
  verb->add_option("--contract", contract, "The prize contract: 0x and 20 bytes")->needs(out);
  verb->add_option("--contest", contest, "Number of the contest")->needs(out);
  verb->add_option("--chain-id", chain_id, "Chain of the contract")->needs(out);
  verb->add_option("--rpc-url", rpc_url, "A server of that chain: checked before the search")->needs(out);
  verb->add_option("--setup", setup, "A setup file from `sotto setup import`; without it the development setup")->needs(out);
  add_json_flag(verb, json);
}

Status search(SearchOptions& o) {
  contest::catch_interrupts();
  claim::Target claim;
  if (wants_proof(o)) {
    SOTTO_TRY(claim, parse_target(o.chain_id, o.claimant, o.contract, o.contest));
    SOTTO_TRY_STATUS(check_setup_use(o.setup, o.chain_id, o.rpc_url));
  }
  SOTTO_TRY(o.swarm.judge, o.judge.path());
  SOTTO_TRY(const judge::Network net, judge::read_judge(o.swarm.judge));
  SOTTO_TRY(const uint32_t target, contest::parse_score(o.target, net.score_unit));
  SOTTO_TRY(contest::Swarm swarm, contest::Swarm::start(o.swarm));
  contest::View view;
  SOTTO_TRY(const std::optional<uint32_t> winner, play(swarm, o, target, net.score_unit, view));
  if (winner && wants_proof(o)) SOTTO_TRY_STATUS(prove_and_write(swarm, *winner, o, claim, view));
  if (o.json) {
    print_json(as_json(swarm, winner, net.score_unit));
  } else if (winner) {
    const contest::Standing& s = swarm.standings()[*winner];
    print_text("agent " + std::to_string(*winner) + " reached " + contest::score_text(s.last, net.score_unit) + " in slot " +
               std::to_string(swarm.slots_played() - 1) + "; its song is in its own store only");
  }
  return winner ? ok_status() : Status(rejected("nobody reached " + contest::score_text(target, net.score_unit)));
}

}  // namespace sotto::cli
