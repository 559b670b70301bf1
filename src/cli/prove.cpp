// SPDX-License-Identifier: Apache-2.0
// sotto prove: song + judge + claim -> x.proof and x.claim.json.
#include <chrono>
#include <cstdio>

#include "base/huge_pages.h"
#include "cli/claim_file.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/setup_rules.h"
#include "contest/arena/score_text.h"
#include "contest/arena/view.h"
#include "contest/secrecy/confine.h"
#include "contest/swarm/interrupt.h"

namespace sotto::cli {
namespace {

struct Options {
  SongInput song;
  JudgeInput judge;
  SetupInput setup;
  std::string claimant, contract, contest, output, rpc_url;
  uint64_t chain_id = 0;
  unsigned slots = 0;
  bool json = false;
};

Status report(const Options& o, const claim::Proven& proven, uint32_t unit, unsigned slots, double seconds) {
  const uint64_t peak_mib = (contest::peak_memory_kib() + 1023) / 1024;
  const std::string claim_path = claim_path_of(o.output);
  if (o.json) {
    print_json({{"proof", o.output}, {"claim", claim_path}, {"score", score_number(proven.statement.score, unit)},
                {"slots", slots}, {"proof_bytes", proven.proof.size()}, {"prove_seconds", seconds}, {"prove_peak_mib", peak_mib},
                {"song_commitment", to_hex(proven.statement.song_commitment)}});
    return ok_status();
  }
  char time[32];
  std::snprintf(time, sizeof time, "%.1f s", seconds);
  print_field("score", contest::score_text(proven.statement.score, unit));
  print_field("proof", o.output + ", " + std::to_string(proven.proof.size()) + " bytes");
  print_field("claim", claim_path);
  print_field("size class", std::to_string(slots) + " instructions");
  print_field("time", time);
  print_field("peak memory", std::to_string(peak_mib) + " MiB");
  return ok_status();
}

Status prove(const Options& o) {
  contest::catch_interrupts();
  SOTTO_TRY(const claim::Target target, parse_target(o.chain_id, o.claimant, o.contract, o.contest));
  SOTTO_TRY_STATUS(check_setup_use(o.setup.file, o.chain_id, o.rpc_url));
  SOTTO_TRY(const judge::Network net, o.judge.load());
  SOTTO_TRY(const sound::Song song, o.song.load());
  SOTTO_TRY(const sound::SizeClass smallest, sound::smallest_class(song.program));
  const unsigned slots = o.slots ? o.slots : smallest.slots;
  if (slots < smallest.slots) return input_error("the song needs size class " + std::to_string(smallest.slots));

  const FreedMemoryKept kept;
  const auto start = std::chrono::steady_clock::now();
  SOTTO_TRY(const auto key, load_key(net, slots, o.setup));
  contest::View view;
  const auto progress = [&](std::string_view stage, double fraction) {
    view.progress("proving", stage, fraction);
    return !contest::interrupted();
  };
  SOTTO_TRY(const claim::Proven proven, claim::prove(*key, song.program, target, progress));
  view.progress("proving", "done", 1);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  SOTTO_TRY_STATUS(write_file_atomically(o.output, proven.proof));
  SOTTO_TRY_STATUS(write_claim(claim_path_of(o.output), {proven.statement, slots, claim::verifying_key(*key).development}));
  return report(o, proven, net.score_unit, slots, seconds);
}

}  // namespace

void add_prove(Verbs& verbs) {
  CLI::App* verb = verbs.add("prove", "Prove in zero knowledge what a song scores");
  auto o = std::make_shared<Options>();
  o->song.add_to(verb);
  o->judge.add_to(verb);
  o->setup.add_to(verb);
  verb->add_option("--claimant", o->claimant, "Who is to be paid: 0x and 20 bytes")->required();
  verb->add_option("--contract", o->contract, "The prize contract: 0x and 20 bytes")->required();
  verb->add_option("--contest", o->contest, "Number of the contest")->required();
  verb->add_option("--chain-id", o->chain_id, "Chain of the contract")->required()->envname("CHAIN");
  verb->add_option("--rpc-url", o->rpc_url, "A server of that chain: checked before proving")->envname("ETH_RPC_URL");
  add_slots(verb, o->slots, "Size class: 16, 32 or 64; without it the smallest that holds the song");
  verb->add_option("-o,--output", o->output, "x.proof; the claim goes beside it to x.claim.json")->required();
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return prove(*o); });
}

}  // namespace sotto::cli
