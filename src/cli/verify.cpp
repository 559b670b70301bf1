// SPDX-License-Identifier: Apache-2.0
// sotto verify: is this proof one for this claim? Exit code 0: yes, 1: no.
#include "claim/verifier/verify.h"

#include "cli/claim_file.h"
#include "cli/inputs.h"
#include "cli/output.h"

namespace sotto::cli {
namespace {

constexpr uint64_t kMaxProof = 1 << 20;
constexpr uint64_t kMaxKey = 1 << 20;

struct Options {
  JudgeInput judge;
  SetupInput setup;
  std::string key_file, claim_file, proof_file;
  bool json = false;
};

Result<claim::VerifyingKey> load_verifying_key(const Options& o, unsigned slots) {
  if (!o.key_file.empty()) {
    SOTTO_TRY(const Bytes bytes, read_file(o.key_file, kMaxKey));
    return claim::VerifyingKey::decode(bytes);
  }
  SOTTO_TRY(const judge::Network net, o.judge.load());
  SOTTO_TRY(const auto key, load_key(net, slots, o.setup));
  return claim::verifying_key(*key);
}

Status verify(const Options& o) {
  SOTTO_TRY(const Bytes proof, read_file(o.proof_file, kMaxProof));
  SOTTO_TRY(const ClaimFile claim, read_claim(o.claim_file.empty() ? claim_path_of(o.proof_file) : o.claim_file));
  SOTTO_TRY(const claim::VerifyingKey key, load_verifying_key(o, claim.slots));
  const Status answer = claim::verify(key, claim.statement, proof);
  if (o.json) {
    Json json = {{"valid", answer.ok()}, {"score_ticks", claim.statement.score}, {"claimant", to_hex(claim.statement.beneficiary)},
                 {"judge_id", to_hex(claim.statement.judge_id)}, {"development", key.development}};
    if (!answer.ok()) json["reason"] = answer.error().message;
    print_json(json);
  } else if (answer.ok()) {
    print_text(key.development ? "valid (development setup: its trapdoor is known)" : "valid");
  }
  return answer;
}

}  // namespace

void add_verify(Verbs& verbs) {
  CLI::App* verb = verbs.add("verify", "Check a proof");
  auto o = std::make_shared<Options>();
  verb->add_option("proof", o->proof_file, "The proof: x.proof")->required();
  verb->add_option("--claim", o->claim_file, "The claim; without it x.claim.json beside the proof");
  o->judge.add_to(verb);
  o->setup.add_to(verb);
  verb->add_option("--vk", o->key_file, "A verifying key (`sotto judge key`) instead of the judge");
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return verify(*o); });
}

}  // namespace sotto::cli
