// SPDX-License-Identifier: Apache-2.0
// sotto contest: show, fund, settle, refund, withdraw. create and claim have files of their own.
#include <ctime>

#include "cli/contest_options.h"
#include "cli/output.h"
#include "contest/arena/score_text.h"

namespace sotto::cli {
namespace {

using contest::wei_to_decimal;
using contest::wei_to_ether;

std::string time_text(uint64_t unix_seconds) {
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm utc{};
  char text[32] = "";
  if (gmtime_r(&time, &utc)) std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

Json as_json(const contest::ContestView& c) {
  return {{"id", c.id},
          {"status", contest::to_string(c.status)},
          {"mode", contest::to_string(c.terms.mode)},
          {"target_ticks", c.terms.target},
          {"best_ticks", c.best},
          {"max_score_ticks", c.max_score},
          {"pot_wei", wei_to_decimal(c.pot)},
          {"deadline", time_text(c.terms.deadline)},
          {"beneficiary", to_hex(c.beneficiary)},
          {"song_commitment", to_hex(c.song_commitment)},
          {"sponsor", to_hex(c.sponsor)},
          {"judge_id", to_hex(c.terms.judge_id)},
          {"judge_file", to_hex(c.judge_file)},
          {"development", c.development}};
}

Status show(const ContestInput& o) {
  SOTTO_TRY(Desk desk, open_desk(o));
  SOTTO_TRY(const contest::ContestView c, desk.prize->contest(o.id));
  if (o.json) {
    print_json(as_json(c));
    return ok_status();
  }
  print_field("contest", std::to_string(c.id) + ", " + std::string(contest::to_string(c.terms.mode)));
  print_field("status", std::string(contest::to_string(c.status)));
  print_field("pot", wei_to_ether(c.pot) + " ETH");
  print_field("target", std::to_string(c.terms.target) + " ticks of at most " + std::to_string(c.max_score));
  print_field("best", std::to_string(c.best) + " ticks");
  print_field("deadline", time_text(c.terms.deadline));
  print_field("judge file", to_hex(c.judge_file));
  if (c.best) print_field("beneficiary", to_hex(c.beneficiary));
  if (c.development) print_field("warning", "this judge rests on a development setup: anybody can forge proofs");
  return ok_status();
}

struct Amount {
  ContestInput input;
  std::string ether;
};

Status fund(const Amount& o) {
  SOTTO_TRY(const contest::Wei amount, contest::wei_from_ether(o.ether));
  SOTTO_TRY(const contest::PrivateKey key, o.input.key.load());
  SOTTO_TRY(Desk desk, open_desk(o.input));
  SOTTO_TRY(const contest::Receipt receipt, desk.prize->fund(key, o.input.id, amount));
  return print_receipt(receipt, o.input.json);
}

Status settle(const ContestInput& o) {
  SOTTO_TRY(const contest::PrivateKey key, o.key.load());
  SOTTO_TRY(Desk desk, open_desk(o));
  SOTTO_TRY(const contest::Receipt receipt, desk.prize->settle(key, o.id));
  return print_receipt(receipt, o.json);
}

struct Person {
  ContestInput input;
  std::string who;
};

Result<Address> person(const std::string& text, const contest::PrivateKey& key) {
  if (text.empty()) return key.address();
  return address_from_hex(text);
}

// Opens refunds first when nobody has done it yet.
Status refund(const Person& o) {
  SOTTO_TRY(const contest::PrivateKey key, o.input.key.load());
  SOTTO_TRY(const Address who, person(o.who, key));
  SOTTO_TRY(Desk desk, open_desk(o.input));
  SOTTO_TRY(const contest::ContestView view, desk.prize->contest(o.input.id));
  if (view.status == contest::PrizeStatus::kOpen) {
    SOTTO_TRY(const contest::Receipt opened, desk.prize->open_refunds(key, o.input.id));
  }
  SOTTO_TRY(const contest::Receipt receipt, desk.prize->refund(key, o.input.id, who));
  return print_receipt(receipt, o.input.json, {{"contributor", to_hex(who)}});
}

Status withdraw(const Person& o) {
  SOTTO_TRY(const contest::PrivateKey key, o.input.key.load());
  SOTTO_TRY(const Address to, person(o.who, key));
  SOTTO_TRY(Desk desk, open_desk(o.input));
  SOTTO_TRY(const contest::Wei owed, desk.prize->owed(key.address()));
  SOTTO_TRY(const contest::Receipt receipt, desk.prize->withdraw(key, to));
  return print_receipt(receipt, o.input.json, {{"amount_wei", wei_to_decimal(owed)}, {"to", to_hex(to)}});
}

}  // namespace

Result<Desk> open_desk(const ContestInput& input) {
  SOTTO_TRY(const Address address, address_from_hex(input.contract));
  Desk desk;
  SOTTO_TRY(contest::ChainClient chain, input.chain.connect());
  desk.chain = std::make_unique<contest::ChainClient>(std::move(chain));
  SOTTO_TRY(contest::PrizeClient prize, contest::PrizeClient::attach(*desk.chain, address));
  desk.prize = std::make_unique<contest::PrizeClient>(std::move(prize));
  return desk;
}

void add_chain_and_key(CLI::App* verb, ContestInput& input) {
  input.chain.add_to(verb);
  input.key.add_to(verb);
  add_json_flag(verb, input.json);
}

void add_contract_and_contest(CLI::App* verb, ContestInput& input) {
  verb->add_option("--contract", input.contract, "The prize contract: 0x and 20 bytes")->required();
  verb->add_option("--contest", input.id, "Number of the contest")->required();
}

Status print_receipt(const contest::Receipt& receipt, bool json, Json more) {
  if (json) {
    Json out = {{"tx", to_hex(receipt.tx)}, {"block", receipt.block}, {"gas", receipt.gas_used}, {"fee_wei", wei_to_decimal(receipt.fee())}};
    out.update(more);
    print_json(out);
    return ok_status();
  }
  print_field("transaction", to_hex(receipt.tx));
  print_field("gas", contest::with_commas(receipt.gas_used) + " (" + wei_to_ether(receipt.fee()) + " ETH)");
  for (const auto& [name, value] : more.items()) print_field(name.c_str(), value.is_string() ? value.get<std::string>() : value.dump());
  return ok_status();
}

void add_contest(Verbs& verbs) {
  CLI::App* parent = verbs.add("contest", "Prizes on a chain");
  parent->require_subcommand(1);
  add_contest_create(verbs, parent);

  CLI::App* show_verb = verbs.add("show", "State of a contest", parent);
  auto s = std::make_shared<ContestInput>();
  s->chain.add_to(show_verb);
  add_contract_and_contest(show_verb, *s);
  add_json_flag(show_verb, s->json);
  verbs.on_run(show_verb, [s] { return show(*s); });

  CLI::App* fund_verb = verbs.add("fund", "Add money to the pot", parent);
  auto f = std::make_shared<Amount>();
  add_chain_and_key(fund_verb, f->input);
  add_contract_and_contest(fund_verb, f->input);
  fund_verb->add_option("amount", f->ether, "In ETH, such as 0.5")->required();
  verbs.on_run(fund_verb, [f] { return fund(*f); });

  add_contest_claim(verbs, parent);

  CLI::App* settle_verb = verbs.add("settle", "Give the pot to the winner's account in the contract", parent);
  auto t = std::make_shared<ContestInput>();
  add_chain_and_key(settle_verb, *t);
  add_contract_and_contest(settle_verb, *t);
  verbs.on_run(settle_verb, [t] { return settle(*t); });

  CLI::App* refund_verb = verbs.add("refund", "After a contest that nobody won: a contributor's money back", parent);
  auto r = std::make_shared<Person>();
  add_chain_and_key(refund_verb, r->input);
  add_contract_and_contest(refund_verb, r->input);
  refund_verb->add_option("--who", r->who, "Whose money; without it the key's own");
  verbs.on_run(refund_verb, [r] { return refund(*r); });

  CLI::App* withdraw_verb = verbs.add("withdraw", "Take what the contract owes you", parent);
  auto w = std::make_shared<Person>();
  add_chain_and_key(withdraw_verb, w->input);
  withdraw_verb->add_option("--contract", w->input.contract, "The prize contract: 0x and 20 bytes")->required();
  withdraw_verb->add_option("--to", w->who, "Where to send it; without it the key's own address");
  verbs.on_run(withdraw_verb, [w] { return withdraw(*w); });
}

}  // namespace sotto::cli
