// SPDX-License-Identifier: Apache-2.0
// sotto contest claim: sends a proof to the prize contract.
#include "cli/claim_file.h"
#include "cli/contest_options.h"
#include "cli/output.h"

namespace sotto::cli {
namespace {

constexpr uint64_t kMaxProof = 1 << 20;

struct Options {
  ContestInput input;
  std::string proof_file, claim_file;
};

Status claim_prize(Options& o) {
  SOTTO_TRY(const Bytes proof, read_file(o.proof_file, kMaxProof));
  SOTTO_TRY(const ClaimFile claim, read_claim(o.claim_file.empty() ? claim_path_of(o.proof_file) : o.claim_file));
  SOTTO_TRY(const contest::PrivateKey key, o.input.key.load());
  o.input.contract = to_hex(claim.statement.contract);
  SOTTO_TRY(Desk desk, open_desk(o.input));
  if (claim.development) SOTTO_TRY_STATUS(desk.chain->require_embedded("a proof made with a development setup"));
  SOTTO_TRY(const contest::Receipt receipt, desk.prize->submit(key, claim.statement, proof));
  return print_receipt(receipt, o.input.json, {{"beneficiary", to_hex(claim.statement.beneficiary)}, {"score_ticks", claim.statement.score}});
}

}  // namespace

void add_contest_claim(Verbs& verbs, CLI::App* parent) {
  CLI::App* verb = verbs.add("claim", "Claim a prize with a proof; anybody may send it, the claimant is paid", parent);
  auto o = std::make_shared<Options>();
  add_chain_and_key(verb, o->input);
  verb->add_option("proof", o->proof_file, "The proof: x.proof")->required();
  verb->add_option("--claim", o->claim_file, "The claim; without it x.claim.json beside the proof");
  verbs.on_run(verb, [o] { return claim_prize(*o); });
}

}  // namespace sotto::cli
