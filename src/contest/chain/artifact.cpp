// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/artifact.h"

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/keccak.h"

namespace sotto::contest {
namespace {
namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr uint64_t kMaxArtifact = uint64_t{64} << 20;

bool is_contracts_folder(const fs::path& p) {
  std::error_code ignored;
  return fs::exists(p / "foundry.toml", ignored) && fs::exists(p / "src" / "Prize.sol", ignored);
}

// contracts/ in the folder or in one above it.
std::optional<std::string> search_upwards(fs::path folder) {
  for (;; folder = folder.parent_path()) {
    if (is_contracts_folder(folder / "contracts")) return (folder / "contracts").string();
    if (folder == folder.parent_path()) return {};
  }
}

}  // namespace

Result<std::string> contracts_folder() {
  if (const char* given = std::getenv("SOTTO_CONTRACTS")) {
    if (is_contracts_folder(given)) return std::string(given);
    return usage_error(std::string("SOTTO_CONTRACTS names ") + given + ", which is not Sotto's contracts folder");
  }
  std::error_code failed;
  for (const fs::path& start : {fs::current_path(failed), fs::read_symlink("/proc/self/exe", failed).parent_path()}) {
    if (start.empty()) continue;
    if (auto found = search_upwards(start)) return *found;
  }
  return environment_error("the contracts folder is not found; run from Sotto's repository or set SOTTO_CONTRACTS");
}

Result<Bytes> load_creation_code(const std::string& name, const std::string& source) {
  SOTTO_TRY(std::string folder, contracts_folder());
  std::string path = folder + "/out/" + (source.empty() ? name : source) + ".sol/" + name + ".json";
  Result<Bytes> file = read_file(path, kMaxArtifact);
  if (!file.ok()) {
    return environment_error("the compiled contract " + name + " is missing (" + file.error().message +
                             "); run ./run build");
  }
  Error damaged = environment_error(path + " is not a compiled contract; delete contracts/out and run ./run build");
  Json root = Json::parse(file->begin(), file->end(), nullptr, false);
  if (!root.is_object() || !root.contains("bytecode") || !root["bytecode"].is_object()) return damaged;
  const Json& object = root["bytecode"].value("object", Json());
  if (!object.is_string()) return damaged;
  // A library that is still to be linked leaves "__$…$__" in the hex: not hex, so refused.
  Result<Bytes> code = from_hex(object.get<std::string>());
  if (!code.ok() || code->empty()) return damaged;
  return code;
}

Result<Bytes> data_contract_init_code(ByteSpan payload) {
  constexpr size_t kMaxCode = 24'576;  // EIP-170
  if (payload.size() + 1 > kMaxCode) {
    return input_error("a data contract holds at most " + std::to_string(kMaxCode - 1) + " bytes, not " +
                       std::to_string(payload.size()));
  }
  const uint16_t size = static_cast<uint16_t>(payload.size() + 1);
  const uint8_t high = static_cast<uint8_t>(size >> 8), low = static_cast<uint8_t>(size);
  // PUSH2 size, DUP1, PUSH1 offset, PUSH0, CODECOPY, PUSH0, RETURN: returns what follows these ten bytes.
  constexpr uint8_t kHeader = 10;
  Bytes code = {0x61, high, low, 0x80, 0x60, kHeader, 0x5f, 0x39, 0x5f, 0xf3};
  SOTTO_CHECK(code.size() == kHeader);
  code.push_back(0x00);
  append(code, payload);
  return code;
}

Bytes32 data_contract_hash(ByteSpan payload) {
  Bytes code = {0x00};
  append(code, payload);
  return keccak256(code);
}

}  // namespace sotto::contest
