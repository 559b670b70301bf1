// SPDX-License-Identifier: Apache-2.0
// sotto judge train and sotto judge distill: handed over to sotto-train, the only program that links libtorch.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/judge.h"

namespace sotto::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTrainer = "sotto-train";

// Beside this program first, where a build puts both, then wherever PATH says.
std::string trainer_beside_us() {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& candidate : {folder / kTrainer, folder / "src/judge/train" / kTrainer})
    if (fs::is_regular_file(candidate, error)) return candidate.string();
  return kTrainer;
}

// Becomes the trainer; returns only when that fails.
Status run_trainer(const std::string& verb, const std::vector<std::string>& rest) {
  const std::string program = trainer_beside_us();
  std::vector<std::string> words = {program, verb};
  words.insert(words.end(), rest.begin(), rest.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp(program.c_str(), arguments.data());
  if (errno == ENOENT) {
    return environment_error("training needs the program sotto-train, which is built apart because it links libtorch: "
                             "`./run train-tools` installs libtorch and builds it");
  }
  return environment_error("cannot run " + program + ": " + std::strerror(errno));
}

void add_handed_over(Verbs& verbs, CLI::App* judge, const std::string& name, const std::string& help) {
  CLI::App* verb = verbs.add(name, help + " (needs sotto-train: ./run train-tools)", judge);
  verb->prefix_command();
  verb->set_help_flag();  // --help is the trainer's, like all options
  verbs.on_run(verb, [verb, name] { return run_trainer(name, verb->remaining()); });
}

}  // namespace

void add_judge_train(Verbs& verbs, CLI::App* judge) {
  add_handed_over(verbs, judge, "train", "Train a judge from a corpus of songs");
  add_handed_over(verbs, judge, "distill", "Train a judge that imitates a teacher");
}

}  // namespace sotto::cli
