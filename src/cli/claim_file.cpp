// SPDX-License-Identifier: Apache-2.0
#include "cli/claim_file.h"

#include "cli/verb.h"

namespace sotto::cli {
namespace {

constexpr uint64_t kMaxFile = 65536;

Result<std::string> text_field(const Json& json, const char* name) {
  const auto it = json.find(name);
  if (it == json.end() || !it->is_string()) return input_error(std::string("claim: \"") + name + "\" is missing or not text");
  return it->get<std::string>();
}

Result<uint64_t> number_field(const Json& json, const char* name, uint64_t max) {
  const auto it = json.find(name);
  if (it == json.end() || !it->is_number_unsigned() || it->get<uint64_t>() > max)
    return input_error(std::string("claim: \"") + name + "\" is missing or out of range");
  return it->get<uint64_t>();
}

Result<Bytes32> word_field(const Json& json, const char* name) {
  SOTTO_TRY(const std::string text, text_field(json, name));
  return bytes32_from_hex(text);
}

Result<Address> address_field(const Json& json, const char* name) {
  SOTTO_TRY(const std::string text, text_field(json, name));
  return address_from_hex(text);
}

Result<ClaimFile> parse(const Json& json) {
  if (!json.is_object()) return input_error("claim: not a JSON object");
  ClaimFile claim;
  claim::ClaimStatement& s = claim.statement;
  SOTTO_TRY(s.chain_id, number_field(json, "chain_id", UINT64_MAX));
  SOTTO_TRY(s.contract, address_field(json, "contract"));
  SOTTO_TRY(s.contest_id, word_field(json, "contest"));
  SOTTO_TRY(s.judge_id, word_field(json, "judge_id"));
  SOTTO_TRY(const uint64_t ticks, number_field(json, "score_ticks", UINT32_MAX));
  s.score = static_cast<uint32_t>(ticks);
  SOTTO_TRY(s.song_commitment, word_field(json, "song_commitment"));
  SOTTO_TRY(s.beneficiary, address_field(json, "claimant"));
  SOTTO_TRY(const uint64_t slots, number_field(json, "slots", 64));
  claim.slots = static_cast<unsigned>(slots);
  const auto development = json.find("development");
  claim.development = development != json.end() && development->is_boolean() && development->get<bool>();
  return claim;
}

}  // namespace

std::string claim_path_of(const std::string& proof_path) {
  constexpr std::string_view kSuffix = ".proof";
  const bool named = proof_path.size() > kSuffix.size() && proof_path.ends_with(kSuffix);
  return (named ? proof_path.substr(0, proof_path.size() - kSuffix.size()) : proof_path) + ".claim.json";
}

Status write_claim(const std::string& path, const ClaimFile& claim) {
  const claim::ClaimStatement& s = claim.statement;
  const Json json = {{"chain_id", s.chain_id},
                     {"contract", to_hex(s.contract)},
                     {"contest", to_hex(s.contest_id)},
                     {"judge_id", to_hex(s.judge_id)},
                     {"score_ticks", s.score},
                     {"song_commitment", to_hex(s.song_commitment)},
                     {"claimant", to_hex(s.beneficiary)},
                     {"digest", to_hex(claim::claim_digest(s))},
                     {"slots", claim.slots},
                     {"development", claim.development}};
  const std::string text = json.dump(2) + "\n";
  return write_file_atomically(path, ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

Result<ClaimFile> read_claim(const std::string& path) {
  SOTTO_TRY(const Bytes bytes, read_file(path, kMaxFile));
  const Json json = Json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (json.is_discarded()) return input_error(path + ": not JSON");
  auto claim = parse(json);
  if (!claim) return Error{claim.error().kind, path + ": " + claim.error().message};
  return claim;
}

}  // namespace sotto::cli
