// SPDX-License-Identifier: Apache-2.0
// What the verbs of `sotto contest` share: a chain, a prize contract on it, a contest in that, and somebody's key.
#pragma once
#include <memory>

#include "cli/chain_options.h"
#include "cli/inputs.h"
#include "contest/chain/prize.h"

namespace sotto::cli {

struct ContestInput {
  ChainInput chain;
  KeyInput key;
  std::string contract;
  uint64_t id = 0;
  bool json = false;
};

// A connected prize client; keeps its chain client's address.
struct Desk {
  std::unique_ptr<contest::ChainClient> chain;
  std::unique_ptr<contest::PrizeClient> prize;
};
Result<Desk> open_desk(const ContestInput& input);

void add_chain_and_key(CLI::App* verb, ContestInput& input);
void add_contract_and_contest(CLI::App* verb, ContestInput& input);
Status print_receipt(const contest::Receipt& receipt, bool json, Json more = Json::object());

void add_contest_create(Verbs& verbs, CLI::App* parent);
void add_contest_claim(Verbs& verbs, CLI::App* parent);

}  // namespace sotto::cli
