// SPDX-License-Identifier: Apache-2.0
// sotto contest create: deploys what is missing and opens a contest.
#include <charconv>

#include "cli/contest_options.h"
#include "cli/output.h"
#include "contest/arena/score_text.h"
#include "contest/chain/artifact.h"

namespace sotto::cli {
namespace {

constexpr uint32_t kDay = 24 * 3600;

struct Options {
  ContestInput input;
  JudgeInput judge;
  SetupInput setup;
  unsigned slots = 32;
  std::string verifier, key_data, target, prize, mode = "first-to-target", lasts = "7d";
  std::string hold;
};

// "90s", "12h", "7d"
Result<uint32_t> parse_duration(const std::string& text) {
  uint32_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  const uint64_t scale = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? kDay : 0;
  if (error != std::errc{} || scale == 0 || n * scale > 10ull * 365 * kDay) return usage_error("a time is a number with s, m, h or d, such as 7d");
  return static_cast<uint32_t>(n * scale);
}

struct Deployed {
  Address verifier{}, key_data{};
};

Result<Address> deploy_or(const std::string& given, contest::ChainClient& chain, const contest::PrivateKey& key, const Result<Bytes>& code) {
  if (!given.empty()) return address_from_hex(given);
  if (!code.ok()) return code.error();
  SOTTO_TRY(const contest::Deployment made, chain.deploy(key, *code));
  return made.address;
}

Result<contest::PrizeTerms> terms_of(const Options& o, contest::ChainClient& chain, const judge::Network& net, const claim::VerifyingKey& vk,
                                     const Deployed& at) {
  contest::PrizeTerms terms;
  terms.verifier = at.verifier;
  terms.vk_data = at.key_data;
  terms.judge_id = vk.judge_id();
  terms.mode = o.mode == "best-by-deadline" ? contest::PrizeMode::kBestByDeadline : contest::PrizeMode::kFirstToTarget;
  SOTTO_TRY(terms.target, contest::parse_score(o.target, net.score_unit));
  SOTTO_TRY(const uint32_t lasts, parse_duration(o.lasts));
  // Real money waits a day between victory and payment, so that the circuit breaker can bite.
  terms.hold = chain.is_embedded() ? 0 : kDay;
  if (!o.hold.empty()) {
    SOTTO_TRY(terms.hold, parse_duration(o.hold));
  }
  SOTTO_TRY(const contest::BlockHeader now, chain.block());
  terms.deadline = now.timestamp + lasts;
  return terms;
}

Status create(const Options& o) {
  SOTTO_TRY(const contest::Wei prize, contest::wei_from_ether(o.prize));
  SOTTO_TRY(const contest::PrivateKey key, o.input.key.load());
  SOTTO_TRY(contest::ChainClient chain, o.input.chain.connect());
  if (o.setup.file.empty()) SOTTO_TRY_STATUS(chain.require_embedded("the development setup"));
  SOTTO_TRY(const judge::Network net, o.judge.load());
  SOTTO_TRY(const auto proving_key, load_key(net, o.slots, o.setup));
  const claim::VerifyingKey& vk = claim::verifying_key(*proving_key);
  if (vk.development) SOTTO_TRY_STATUS(chain.require_embedded("a judge made with a development setup"));

  Deployed at;
  SOTTO_TRY(at.verifier, deploy_or(o.verifier, chain, key, contest::load_creation_code("Verifier")));
  SOTTO_TRY(at.key_data, deploy_or(o.key_data, chain, key, contest::data_contract_init_code(vk.encode())));
  Result<Address> contract = address_from_hex(o.input.contract);
  SOTTO_TRY(contest::PrizeClient client, o.input.contract.empty() ? contest::PrizeClient::deploy(chain, key, vk.development)
                                         : contract.ok()          ? contest::PrizeClient::attach(chain, *contract)
                                                                  : Result<contest::PrizeClient>(contract.error()));
  SOTTO_TRY(const contest::PrizeTerms terms, terms_of(o, chain, net, vk, at));
  SOTTO_TRY(const contest::Created created, client.create(key, terms, prize));
  return print_receipt(created.receipt, o.input.json,
                       {{"contest", created.id}, {"contract", to_hex(client.address())}, {"verifier", to_hex(at.verifier)},
                        {"verifying_key", to_hex(at.key_data)}, {"judge_id", to_hex(terms.judge_id)}, {"target_ticks", terms.target}});
}

}  // namespace

void add_contest_create(Verbs& verbs, CLI::App* parent) {
  CLI::App* verb = verbs.add("create", "Open a contest and put the prize in its pot", parent);
  auto o = std::make_shared<Options>();
  add_chain_and_key(verb, o->input);
  o->judge.add_to(verb);
  o->setup.add_to(verb);
  add_slots(verb, o->slots, "Size class of songs: 16, 32 or 64 instructions");
  verb->add_option("--target", o->target, "Score to reach")->required();
  verb->add_option("--prize", o->prize, "In ETH, such as 1")->required();
  verb->add_option("--mode", o->mode, "What wins")->check(CLI::IsMember({"first-to-target", "best-by-deadline"}))->capture_default_str();
  verb->add_option("--lasts", o->lasts, "Until the deadline, such as 12h or 7d")->capture_default_str();
  verb->add_option("--hold", o->hold, "Between victory and payment; without it a day on real chains");
  verb->add_option("--contract", o->input.contract, "An existing prize contract; without it a new one");
  verb->add_option("--verifier", o->verifier, "An existing verifier contract; without it a new one");
  verb->add_option("--key-data", o->key_data, "An existing data contract of this judge's key; without it a new one");
  verbs.on_run(verb, [o] { return create(*o); });
}

}  // namespace sotto::cli
