// SPDX-License-Identifier: Apache-2.0
// sotto demo: a whole contest on this machine.
#include "contest/arena/demo.h"

#include <cstdio>

#include "cli/inputs.h"
#include "cli/output.h"
#include "contest/arena/score_text.h"
#include "contest/swarm/interrupt.h"

namespace sotto::cli {
namespace {

struct Options {
  contest::DemoOptions demo;
  JudgeInput judge;
  std::string target;
  bool json = false;
};

Json as_json(const contest::DemoReport& r) {
  return {{"songs", r.songs},
          {"agents", r.agents},
          {"winner", r.winner},
          {"score", score_number(r.score, r.score_unit)},
          {"target", score_number(r.target, r.score_unit)},
          {"prove_seconds", r.prove_seconds},
          {"prove_peak_mib", r.prove_peak_mib},
          {"proof_bytes", r.proof_bytes},
          {"verify_gas", r.payout.verify_gas},
          {"total_gas", r.payout.total_gas},
          {"tx", to_hex(r.payout.tx)},
          {"balance_before_wei", contest::wei_to_decimal(r.payout.before)},
          {"balance_after_wei", contest::wei_to_decimal(r.payout.after)}};
}

void print_report(const contest::DemoReport& r) {
  using contest::score_text;
  using contest::with_commas;
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.1f s", r.prove_seconds);
  std::printf("\n");
  print_field("songs tried", with_commas(r.songs));
  print_field("agents", std::to_string(r.agents));
  print_field("winner", "agent " + std::to_string(r.winner));
  print_field("score", score_text(r.score, r.score_unit) + " (target " + score_text(r.target, r.score_unit) + ")");
  print_field("proving", std::string(seconds) + ", " + with_commas(r.prove_peak_mib) + " MiB at its peak");
  print_field("proof", with_commas(r.proof_bytes) + " bytes");
  print_field("verification", with_commas(r.payout.verify_gas) + " gas");
  print_field("claim in all", with_commas(r.payout.total_gas) + " gas");
  print_field("transaction", to_hex(r.payout.tx));
  print_field("winner before", contest::wei_to_ether(r.payout.before) + " ETH");
  print_field("winner after", contest::wei_to_ether(r.payout.after) + " ETH");
}

Status demo(Options& o) {
  contest::catch_interrupts();
  SOTTO_TRY(o.demo.judge, o.judge.path());
  if (!o.target.empty()) {
    SOTTO_TRY(const judge::Network net, judge::read_judge(o.demo.judge));
    SOTTO_TRY(o.demo.target, contest::parse_score(o.target, net.score_unit));
  }
  contest::View view;
  SOTTO_TRY(const contest::DemoReport report, contest::run_demo(o.demo, view));
  if (o.json) {
    print_json(as_json(report));
  } else {
    print_report(report);
  }
  return ok_status();
}

}  // namespace

void add_demo(Verbs& verbs) {
  CLI::App* verb = verbs.add("demo", "A whole contest on this machine: agents, judge, proof, contract, prize");
  auto o = std::make_shared<Options>();
  o->judge.add_to(verb);
  verb->add_option("--seed", o->demo.seed, "Same seed, same songs")->capture_default_str();
  verb->add_option("--agents", o->demo.agents, "Number of agents")->capture_default_str()->check(CLI::Range(1, 256));
  verb->add_option("--slot-ms", o->demo.slot_ms, "Length of a slot: every agent offers one song per slot")->capture_default_str();
  verb->add_option("--tries", o->demo.tries, "Songs that an agent judges per slot")->capture_default_str();
  add_slots(verb, o->demo.slots, "Size class of songs: 16, 32 or 64 instructions");
  verb->add_option("--random", o->demo.random_programs, "Random programs that the target has to beat")->capture_default_str();
  verb->add_option("--target", o->target, "Score to reach; without it one that chance misses");
  verb->add_option("--keep", o->demo.folder, "Keep the agents' private stores in this folder, and go on from them next time");
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return demo(*o); });
}

}  // namespace sotto::cli
