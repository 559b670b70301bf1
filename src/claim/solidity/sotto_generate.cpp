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
  const std::string root = std::string(argc > 1 ? argv[1] : SOTTO_SOURCE_DIR) + "/";
  std::ifstream in(root + sotto::claim::kVerifierFile, std::ios::binary);
  std::stringstream source;
  source << in.rdbuf();
  const auto verifier = sotto::claim::with_relations(source.str());
  if (!verifier.ok()) {
    std::cerr << "sotto-generate: " << sotto::claim::kVerifierFile << ": "
              << verifier.error().message << "\n";
    return 1;
  }
  return write(root + sotto::claim::kConstantsFile, sotto::claim::generated_constants()) &&
                 write(root + sotto::claim::kVerifierFile, verifier.value())
             ? 0
             : 1;
}
