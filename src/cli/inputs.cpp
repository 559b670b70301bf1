// SPDX-License-Identifier: Apache-2.0
#include "cli/inputs.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>

namespace sotto::cli {
namespace fs = std::filesystem;

void SongInput::add_to(CLI::App* verb) {
  auto* song = verb->add_option("song", file, "A *.song file, or - for the standard input");
  auto* expr = verb->add_option("--expr", code, "The song itself. For songs that are no secret: other users see the command line");
  song->excludes(expr);
}

Result<sound::Song> SongInput::load() const {
  if (!code.empty()) return sound::parse_song(code);
  if (file.empty()) return usage_error("which song? Give a file, - for the standard input, or --expr CODE");
  return sound::read_song(file);
}

void JudgeInput::add_to(CLI::App* verb) {
  verb->add_option("--judge", file, "A *.judge file; without it the shipped judge")->envname("SOTTO_JUDGE");
}

Result<std::string> find_shipped(const std::string& relative) {
  std::error_code error;
  const fs::path starts[] = {fs::current_path(error), fs::read_symlink("/proc/self/exe", error).parent_path()};
  for (fs::path folder : starts) {
    for (unsigned level = 0; level < 4 && !folder.empty(); ++level, folder = folder.parent_path())
      if (fs::is_regular_file(folder / relative, error)) return fs::weakly_canonical(folder / relative, error).string();
  }
  return environment_error("cannot find " + relative + " beside or above the working folder or the program; name the file");
}

Result<std::string> JudgeInput::path() const {
  if (file.empty()) return find_shipped("judges/ear-quartet.judge");
  std::error_code error;
  const fs::path absolute = fs::absolute(file, error);
  return error ? file : absolute.string();
}

Result<judge::Network> JudgeInput::load() const {
  SOTTO_TRY(const std::string name, path());
  return judge::read_judge(name);
}

std::string cache_folder() {
  if (const char* cache = std::getenv("SOTTO_CACHE"); cache && *cache) return cache;
  const char* home = std::getenv("HOME");
  return (fs::path(home && *home ? home : ".") / ".cache" / "sotto").string();
}

void SetupInput::add_to(CLI::App* verb) {
  verb->add_option("--setup", file, "A setup file from `sotto setup import`; without it the development setup, whose trapdoor is known");
}

Result<std::shared_ptr<const zk::Srs>> SetupInput::load(unsigned log_size) const {
  SOTTO_TRY(zk::Srs srs, file.empty() ? zk::cached_development_srs(log_size) : zk::read_srs(file, log_size));
  return std::shared_ptr<const zk::Srs>(std::make_shared<zk::Srs>(std::move(srs)));
}

void add_slots(CLI::App* verb, unsigned& slots, const std::string& help) {
  verb->add_option("--slots", slots, help)->check(CLI::IsMember({16, 32, 64}));
}

Result<Bytes32> parse_contest_id(const std::string& text) {
  if (text.starts_with("0x")) return bytes32_from_hex(text);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return usage_error("a contest is a number such as 0");
  return word_from_u64(number);
}

Result<claim::Target> parse_target(uint64_t chain_id, const std::string& claimant, const std::string& contract, const std::string& contest) {
  claim::Target target;
  target.chain_id = chain_id;
  SOTTO_TRY(target.beneficiary, address_from_hex(claimant));
  SOTTO_TRY(target.contract, address_from_hex(contract));
  SOTTO_TRY(target.contest_id, parse_contest_id(contest));
  return target;
}

Result<std::shared_ptr<const claim::ProvingKey>> load_key(const judge::Network& net, unsigned slots, const SetupInput& setup) {
  SOTTO_TRY(const unsigned log_size, claim::required_log_size(net, slots));
  SOTTO_TRY(auto srs, setup.load(log_size));
  return claim::make_proving_key(net, slots, std::move(srs));
}

}  // namespace sotto::cli
