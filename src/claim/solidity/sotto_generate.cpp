// SPDX-License-Identifier: Apache-2.0
// sotto-generate [repository]: rewrites the generated parts of the contracts.
#include <fstream>
#include <iostream>
#include <sstream>

#include "claim/solidity/generate.h"

namespace {

bool write(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.flush();
  if (!out) std::cerr << "sotto-generate: cannot write " << path << "\n";
  return static_cast<bool>(out);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace sotto::claim;
  const std::string root = std::string(argc > 1 ? argv[1] : SOTTO_SOURCE_DIR) + "/";
  const auto read = [&](const char* path) {
    std::ifstream in(root + path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  };
  const auto failed = [](const char* path, const sotto::Error& error) {
    std::cerr << "sotto-generate: " << path << ": " << error.message << "\n";
    return 1;
  };
  const auto verifier = with_relations(read(kVerifierFile));
  if (!verifier.ok()) return failed(kVerifierFile, verifier.error());
  const auto network = with_network_parts(read(kNetworkVerifierFile), verifier.value());
  if (!network.ok()) return failed(kNetworkVerifierFile, network.error());
  const bool written = write(root + kConstantsFile, generated_constants()) && write(root + kVerifierFile, verifier.value()) &&
                       write(root + kNetworkConstantsFile, generated_network_constants()) &&
                       write(root + kNetworkVerifierFile, network.value());
  return written ? 0 : 1;
}
