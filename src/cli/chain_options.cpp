// SPDX-License-Identifier: Apache-2.0
#include "cli/chain_options.h"

#include <cstdlib>
#include <filesystem>

namespace sotto::cli {

void ChainInput::add_to(CLI::App* verb) {
  verb->add_option("--rpc-url", rpc_urls, "A server of the chain; the next one is used when one fails")->envname("ETH_RPC_URL")->required();
  verb->add_option("--chain-id,--chain", chain_id, "The chain that the server must be on")->envname("CHAIN");
}

Result<contest::ChainClient> ChainInput::connect() const {
  contest::ChainOptions options;
  options.rpc.urls = rpc_urls;
  if (chain_id) options.rpc.chain_id = chain_id;
  return contest::ChainClient::connect(std::move(options));
}

void KeyInput::add_to(CLI::App* verb) {
  verb->add_option("--keystore", keystore, "Keystore file (as `cast wallet import` and geth write it)")->envname("ETH_KEYSTORE");
  verb->add_option("--account", account, "Name of a keystore in ~/.foundry/keystores")->envname("ETH_KEYSTORE_ACCOUNT");
  verb->add_option("--password-file", password_file, "File with the keystore's password")->envname("ETH_PASSWORD");
  verb->add_option("--key-file", key_file, "File with a private key in hex, readable by its owner only");
  verb->footer("The key comes from --keystore or --account, --key-file, or the variable ETH_PRIVATE_KEY.");
}

Result<contest::PrivateKey> KeyInput::load() const {
  if (!key_file.empty()) return contest::PrivateKey::from_hex_file(key_file);
  std::string file = keystore;
  if (file.empty() && !account.empty()) {
    const char* home = std::getenv("HOME");
    file = (std::filesystem::path(home ? home : ".") / ".foundry" / "keystores" / account).string();
  }
  if (file.empty()) {
    const char* key = std::getenv("ETH_PRIVATE_KEY");
    if (!key || !*key) return usage_error("whose key? Give --keystore FILE or --account NAME with --password-file, --key-file FILE, or set ETH_PRIVATE_KEY");
    return contest::PrivateKey::from_environment();
  }
  if (password_file.empty()) return usage_error("the keystore needs --password-file (or ETH_PASSWORD)");
  SOTTO_TRY(const std::string password, contest::password_from_file(password_file));
  return contest::PrivateKey::from_keystore(file, password);
}

}  // namespace sotto::cli
