// SPDX-License-Identifier: Apache-2.0
// Options that several verbs share, and what they name.
#pragma once
#include <memory>
#include <string>

#include "claim/prover/prove.h"
#include "cli/verb.h"
#include "judge/net/network.h"
#include "sound/bytebeat/compile.h"

namespace sotto::cli {

// A song: a file, "-" for the standard input, or --expr CODE.
struct SongInput {
  std::string file, code;
  void add_to(CLI::App* verb);
  Result<sound::Song> load() const;
};

// A judge file: --judge, SOTTO_JUDGE, or the shipped judges/ear-quartet.judge beside or above the working folder or the program.
struct JudgeInput {
  std::string file;
  void add_to(CLI::App* verb);
  Result<std::string> path() const;
  Result<judge::Network> load() const;
};

// A file of the repository such as judges/ear-quartet.judge, looked for beside and above the working folder and the program.
Result<std::string> find_shipped(const std::string& relative);

// Where setups are cached: SOTTO_CACHE, else ~/.cache/sotto.
std::string cache_folder();

// A setup: --setup FILE, or the development setup from the cache.
struct SetupInput {
  std::string file;
  void add_to(CLI::App* verb);
  Result<std::shared_ptr<const zk::Srs>> load(unsigned log_size) const;
};

// "--slots": a size class, or 0 for the smallest that holds the song.
void add_slots(CLI::App* verb, unsigned& slots, const std::string& help);

// A contest number: decimal, or 0x and 32 bytes.
Result<Bytes32> parse_contest_id(const std::string& text);
// What a proof is for, from the texts of the command line.
Result<claim::Target> parse_target(uint64_t chain_id, const std::string& claimant, const std::string& contract, const std::string& contest);

// The key of a judge for a size class; loads the setup it needs.
Result<std::shared_ptr<const claim::ProvingKey>> load_key(const judge::Network& net, unsigned slots, const SetupInput& setup);

}  // namespace sotto::cli
