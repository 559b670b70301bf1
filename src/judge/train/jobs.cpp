// SPDX-License-Identifier: Apache-2.0
#include "judge/train/jobs.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace sotto::judge::train {

Status in_processes(size_t count, size_t jobs, const std::function<Status(size_t)>& work) {
  size_t running = 0;
  bool good = true;
  const auto await_one = [&] {
    int status = 0;
    good = wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 && good;
    running--;
  };
  for (size_t i = 0; i < count; i++) {
    if (running == jobs) await_one();
    if (!good) break;
    const pid_t pid = fork();
    if (pid == 0) {
      const Status status = work(i);
      if (!status.ok()) std::fprintf(stderr, "sotto-train: %s\n", status.error().message.c_str());
      _exit(status.ok() ? 0 : 1);
    }
    if (pid > 0)
      running++;
    else
      good = false;
  }
  while (running > 0) await_one();
  if (good) return ok_status();
  return environment_error("a training process failed; its messages are above. What is finished is kept");
}

}  // namespace sotto::judge::train
