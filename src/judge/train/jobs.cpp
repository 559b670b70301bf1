// SPDX-License-Identifier: Apache-2.0
#include "judge/train/jobs.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace sotto::judge::train {

Status in_processes(size_t count, size_t jobs, const std::function<Status(size_t)>& work) {
  std::vector<pid_t> children;
  for (size_t job = 0; job < jobs && job < count; job++) {
    const pid_t pid = fork();
    if (pid < 0) return environment_error("cannot start a process for training");
    if (pid == 0) {
      for (size_t i = job; i < count; i += jobs)
        if (const Status status = work(i); !status.ok()) {
          std::fprintf(stderr, "sotto-train: %s\n", status.error().message.c_str());
          _exit(1);
        }
      _exit(0);
    }
    children.push_back(pid);
  }
  bool good = true;
  for (pid_t pid : children) {
    int status = 0;
    good = waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0 && good;
  }
  return good ? ok_status() : Status(environment_error("a training process failed; its messages are above. What is finished is kept"));
}

}  // namespace sotto::judge::train
