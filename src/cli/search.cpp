// SPDX-License-Identifier: Apache-2.0
#include "cli/search.h"

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "cli/claim_file.h"
#include "cli/output.h"
#include "cli/setup_rules.h"
#include "contest/arena/score_text.h"
#include "contest/arena/scoreboard.h"
#include "contest/llm/estimate.h"
#include "contest/secrecy/confine.h"
#include "contest/swarm/interrupt.h"

namespace sotto::cli {
namespace {

using contest::CampaignEnd;

constexpr uint64_t kMaxProof = 1 << 20;
constexpr uint32_t kNoLimit = 1'000'000;

void add_claim_options(CLI::App* verb, SearchOptions& o) {
  verb->add_option("-o,--output", o.output, "Let the winner prove its song: x.proof, and x.claim.json beside it");
  verb->add_flag("--claim", o.claims,
                 "Claim the prize on the chain: target, mode and deadline come from the contract. Needs --contract, "
                 "--contest, --rpc-url and a key with some money for gas");
  verb->add_option("--claimant", o.claimant,
                   "Who is to be paid: 0x and 20 bytes; with --claim without it the key's own address");
  verb->add_option("--contract", o.contract, "The prize contract: 0x and 20 bytes");
  verb->add_option("--contest", o.contest, "Number of the contest");
  verb->add_option("--chain-id", o.chain_id, "Chain of the contract");
  verb->add_option("--rpc-url", o.rpc_url, "A server of that chain: checked before the search");
  verb->add_option("--setup", o.setup, "A setup file from `sotto setup import`; without it the development setup");
  o.key.add_to(verb);
}

// What an agent cannot be kept from on this machine, said once.
std::string isolation_text(const contest::IsolationOffer& offer) {
  std::string text =
      offer.landlock_abi ? "Landlock ABI " + std::to_string(offer.landlock_abi) : std::string("no Landlock");
  text += offer.seccomp ? ", seccomp" : ", no seccomp";
  for (const std::string& missing : offer.missing) text += "; not prevented: " + missing;
  return text;
}

// The words that this program was started with, fit to be pasted into a shell. No secret is ever an argument.
std::string command_line() {
  const auto bytes = read_file("/proc/self/cmdline", 1 << 16);
  if (!bytes.ok()) return "the same command";
  std::string out, word;
  for (const uint8_t c : *bytes) {
    if (c) {
      word += static_cast<char>(c);
      continue;
    }
    const bool plain =
        !word.empty() &&
        word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%") ==
            std::string::npos;
    if (!plain) {
      for (size_t at = 0; (at = word.find('\'', at)) != std::string::npos; at += 4) word.replace(at, 1, "'\\''");
      word = "'" + word + "'";
    }
    out += (out.empty() ? "" : " ") + word;
    word.clear();
  }
  return out;
}

// A proof that an earlier run has kept and perhaps not claimed.
std::optional<contest::AgentProof> kept_proof(const std::string& path, const claim::Target& target) {
  const auto proof = read_file(path, kMaxProof);
  const auto claim = read_claim(claim_path_of(path));
  if (!proof.ok() || !claim.ok()) return {};
  const claim::ClaimStatement& s = claim->statement;
  const bool same = s.chain_id == target.chain_id && s.contract == target.contract &&
                    s.contest_id == target.contest_id && s.beneficiary == target.beneficiary;
  return same ? std::optional(contest::AgentProof{*proof, s, 0, 0}) : std::nullopt;
}

Status prepare_claim(SearchOptions& o, const Bytes32& judge, contest::CampaignOptions& campaign) {
  if (o.contract.empty() || o.contest.empty() || o.rpc_url.empty())
    return usage_error("--claim needs --contract, --contest and --rpc-url");
  SOTTO_TRY(contest::PrivateKey key, o.key.load());
  contest::ChainContest chain;
  chain.rpc_urls = {o.rpc_url};
  chain.chain_id = o.chain_id;
  SOTTO_TRY(chain.contract, address_from_hex(o.contract));
  SOTTO_TRY(const Bytes32 id, parse_contest_id(o.contest));
  for (size_t i = 24; i < id.size(); ++i) chain.id = chain.id << 8 | id[i];
  chain.beneficiary = key.address();
  if (!o.claimant.empty()) {
    SOTTO_TRY(chain.beneficiary, address_from_hex(o.claimant));
  }
  chain.judge = judge;
  chain.development_setup = o.setup.empty();
  SOTTO_TRY(contest::OpenContest open, contest::open_contest(chain, std::move(key)));
  campaign.port = std::move(open.port);
  campaign.contest = open.now;
  campaign.claim = open.target;
  campaign.target = open.now.target;
  if (o.output.empty()) o.output = o.swarm.folder + "/claim.proof";
  campaign.kept = kept_proof(o.output, campaign.claim);
  return ok_status();
}

Status prepare_proof(SearchOptions& o, const judge::Network& net, contest::CampaignOptions& campaign) {
  campaign.proves = o.claims || !o.output.empty();
  if (!campaign.proves) return ok_status();
  if (o.claims) {
    SOTTO_TRY_STATUS(prepare_claim(o, judge::judge_digest(net), campaign));
  } else {
    SOTTO_TRY(campaign.claim, parse_target(o.chain_id, o.claimant, o.contract, o.contest));
    SOTTO_TRY_STATUS(check_setup_use(o.setup, o.chain_id, o.rpc_url));
  }
  // A setup that is no good is better noticed now than at the proof. Agents may read the cache and not write it.
  SOTTO_TRY(const unsigned log_size, claim::required_log_size(net, o.swarm.slots));
  {
    SOTTO_TRY(const auto setup, SetupInput{o.setup}.load(log_size));
  }
  malloc_trim(0);
  campaign.setup = o.setup;
  if (!o.setup.empty()) campaign.swarm.public_files.push_back(o.setup);
  campaign.keep_proof = [output = o.output, slots = o.swarm.slots,
                         development = o.setup.empty()](const contest::AgentProof& proof) -> Status {
    SOTTO_TRY_STATUS(write_file_atomically(output, proof.proof));
    return write_claim(claim_path_of(output), {proof.statement, slots, development});
  };
  return ok_status();
}

Status outcome(const contest::CampaignResult& result, const SearchOptions& o, uint32_t unit) {
  const auto score = [&](uint32_t ticks) { return contest::score_text(ticks, unit); };
  const auto say = [&](const std::string& text) {
    if (!o.json) print_text(text);
    return ok_status();
  };
  switch (result.end) {
    case CampaignEnd::kReached:
      return say("agent " + std::to_string(*result.winner) + " reached " + score(result.score) + " in slot " +
                 std::to_string(result.slot) + "; its song is in its own store only");
    case CampaignEnd::kElsewhere: return say("another node of the team has proved a song at the target");
    case CampaignEnd::kClaimed: return say("the prize is claimed with " + score(result.score));
    case CampaignEnd::kLost: return rejected("the contest is closed, and the prize is not ours");
    case CampaignEnd::kInterrupted:
      return Error{ErrorKind::kInterrupted, "interrupted after " + std::to_string(result.summary.slots) +
                                                " slots; go on with: " + command_line()};
    case CampaignEnd::kOver:
    case CampaignEnd::kTime: break;
  }
  if (!o.target.empty()) return rejected("nobody reached " + o.target);
  return say(contest::with_commas(result.summary.songs) + " songs in " + std::to_string(result.summary.slots) +
             " slots");
}

}  // namespace

void SearchOptions::add_to(CLI::App* verb) {
  judge.add_to(verb);
  verb->add_option("--state,--dir", swarm.folder,
                   "Folder of the run; agents keep their private songs below it and go on from there")
      ->required();
  verb->add_option("--seed", swarm.seed, "Same seed and --tries, same songs. Without it agents search by secret seeds")
      ->each([this](const std::string&) { seed_given = true; });
  verb->add_option("--slot-ms", swarm.slot_ms, "Length of a slot: every agent offers one new song per slot")
      ->capture_default_str()
      ->check(CLI::Range(1, 3'600'000));
  verb->add_option(
          "--tries", swarm.tries,
          "Songs that an agent judges per slot. Without it 100, or as many as its share of the processors allows")
      ->check(CLI::Range(1u, kNoLimit))
      ->each([this](const std::string&) { tries_given = true; });
  verb->add_option("--cpu-share", cpu_share,
                   "auto: an agent stops when its equal share of the processors is spent (with --tries also after so "
                   "many songs); off: it always judges --tries songs")
      ->check(CLI::IsMember({"auto", "off"}));
  verb->add_flag("--lockstep", swarm.lockstep,
                 "Every slot waits for every agent: for runs that are to be repeated exactly");
  add_slots(verb, swarm.slots, "Size class of songs: 16, 32 or 64 instructions");
  verb->add_option("--target", target, "Score to reach; without it the run ends by --seconds, --max-slots or Ctrl-C");
  verb->add_option("--max-slots", max_slots,
                   "Stop after so many slots (exit code 1 when nobody has reached the target)");
  verb->add_option("--seconds", seconds, "Stop after so much time (likewise)");
  verb->add_option("--isolation", isolation, "strict: no agent runs where the kernel cannot lock it up completely")
      ->check(CLI::IsMember({"strict", "best-effort"}))->capture_default_str();
  verb->add_option("--passphrase-file", swarm.passphrase_file,
                   "The key of the agents' stores comes from the first line of this file; without "
                   "it from a random key in the state folder");
  add_claim_options(verb, *this);
  llm.add_to(verb);
  node.add_to(verb);
  verb->add_flag("--json", json, "Print the events of the run, one JSON object per line (docs/swarm.md)");
}

Result<contest::CampaignOptions> make_campaign(SearchOptions& o) {
  contest::CampaignOptions c;
  SOTTO_TRY(o.swarm.judge, o.judge.path());
  SOTTO_TRY(const judge::Network net, judge::read_judge(o.swarm.judge));
  o.swarm.cpu_share = o.cpu_share == "auto" || (o.cpu_share.empty() && !o.tries_given && !o.swarm.lockstep);
  if (o.cpu_share == "auto" && !o.tries_given) o.swarm.tries = kNoLimit;
  o.swarm.secret_seed = !o.seed_given;
  o.swarm.strict_isolation = o.isolation == "strict";
  // An agent that has not answered for three slots, or a quarter of a minute, hangs.
  o.swarm.patience_ms = std::max<int64_t>(15'000, 3 * int64_t{o.swarm.slot_ms});
  if (o.tries_given && !o.swarm.cpu_share) o.swarm.patience_ms = 600'000;  // many tries may take long
  const auto offer = contest::isolation_offer();
  if (o.swarm.strict_isolation && !offer.missing.empty())
    return environment_error("--isolation strict: this kernel does not offer it: " + isolation_text(offer));
  if (!offer.missing.empty()) std::fprintf(stderr, "isolation of agents: %s\n", isolation_text(offer).c_str());
  SOTTO_TRY(c.llm, o.llm.load(o.swarm.folder));
  if (c.llm) {
    o.swarm.llm_children = c.llm->children;
    o.swarm.llm_every = c.llm->every;
    std::fprintf(stderr, "%s\n", contest::estimate_text(*c.llm, o.swarm.agents, o.swarm.slot_ms).c_str());
  }
  c.swarm = o.swarm;
  c.judge_digest = to_hex(judge::judge_digest(net));
  c.isolation = isolation_text(offer);
  c.score_unit = net.score_unit;
  c.max_slots = o.max_slots;
  c.seconds = o.seconds;
  if (!o.target.empty()) {
    SOTTO_TRY(c.target, contest::parse_score(o.target, net.score_unit));
  }
  SOTTO_TRY_STATUS(prepare_proof(o, net, c));
  if (c.proves && !c.target)
    return usage_error("a proof of which score? Give --target, or --claim to take it from the contest");
  return c;
}

Status search(SearchOptions& o) {
  contest::catch_interrupts();
  contest::outlive_terminal();
  SOTTO_TRY_STATUS(contest::close_memory());
  SOTTO_TRY(contest::CampaignOptions campaign, make_campaign(o));
  SOTTO_TRY(campaign.node, o.node.join(o.swarm.folder, o.swarm.agents, o.swarm.slot_ms, campaign.score_unit));
  if (campaign.node) campaign.swarm.numbers = campaign.node->agents();
  if (o.json) campaign.mirror = stdout;
  const uint32_t unit = campaign.score_unit;
  contest::LiveBoard board;
  campaign.show = [&](const contest::CampaignView& view) { board.show(view); };
  SOTTO_TRY(const contest::CampaignResult result, contest::run_campaign(std::move(campaign)));
  return outcome(result, o, unit);
}

}  // namespace sotto::cli
