// SPDX-License-Identifier: Apache-2.0
#include "judge/train/agents_search.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "judge/eval/corpus.h"
#include "judge/net/uncapped.h"

namespace sotto::judge::train {
namespace {

// Runs it without a shell, its standard output thrown away.
Status run(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return environment_error("cannot start a process for the search");
  if (pid == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return environment_error("the search of the agents failed: " + words[0] +
                             " judge attack; --search names the program sotto");
  return ok_status();
}

}  // namespace

Status agents_search(const Network& net, const AgentsSearch& search, const std::string& file) {
  if (std::filesystem::exists(file)) return ok_status();
  const std::string judge = file + ".judge", found = file + ".new";
  SOTTO_TRY_STATUS(write_file_atomically(judge, encode_judge(uncapped(net))));
  SOTTO_TRY_STATUS(run({search.program, "judge", "attack", judge, "--evaluations", std::to_string(search.evaluations),
                        "--seed", std::to_string(search.seed), "--songs", found}));
  std::filesystem::rename(found, file);
  std::filesystem::remove(judge);
  return ok_status();
}

Result<std::vector<Evolved>> read_evolved(const std::string& file) {
  SOTTO_TRY(const Corpus corpus, read_corpus(file));
  std::vector<Evolved> out;
  for (const CorpusSong& song : corpus.songs)
    if (auto samples = rendered(song.code)) out.push_back({0, song.code, std::move(*samples)});
  return out;
}

}  // namespace sotto::judge::train
