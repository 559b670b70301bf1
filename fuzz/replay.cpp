// SPDX-License-Identifier: Apache-2.0
// The main function of a fuzz target in a build without libFuzzer: gives it every file of the folders (or files) named, and
// each of them cut short and with single bits turned, so that the test means something in every build.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "fuzz.h"

namespace {

constexpr size_t kVariants = 64;  // per file and kind

void replay(const std::string& path, size_t& runs) {
  const auto bytes = sotto::read_file(path, 1 << 20);
  SOTTO_CHECK(bytes.ok());
  const auto run = [&](const sotto::Bytes& input) {
    LLVMFuzzerTestOneInput(input.data(), input.size());
    ++runs;
  };
  run(*bytes);
  for (size_t i = 0; i < std::min(kVariants, bytes->size()); ++i) {
    // Positions spread over the whole file, the same in every run.
    const size_t at = bytes->size() * i / std::min(kVariants, bytes->size());
    run(sotto::Bytes(bytes->begin(), bytes->begin() + static_cast<std::ptrdiff_t>(at)));
    sotto::Bytes turned = *bytes;
    turned[at] ^= static_cast<uint8_t>(1u << (i % 8));
    run(turned);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (std::filesystem::is_directory(argv[i])) {
      for (const auto& entry : std::filesystem::directory_iterator(argv[i])) files.push_back(entry.path().string());
    } else {
      files.push_back(argv[i]);
    }
  }
  std::sort(files.begin(), files.end());
  size_t runs = 0;
  for (const std::string& file : files) replay(file, runs);
  std::printf("%zu files, %zu inputs\n", files.size(), runs);
  return files.empty() ? 1 : 0;  // a corpus that is not there tests nothing
}
