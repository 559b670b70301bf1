// SPDX-License-Identifier: Apache-2.0
// Runs the sotto program as a user does, and watches the processes it starts.
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

namespace sotto::e2e {

struct Outcome {
  int code = -1;  // exit code; 128 + signal when killed
  std::string out, err;
};

// A running sotto with its output going to files; killed by the destructor if it still runs.
class Process {
 public:
  explicit Process(const std::vector<std::string>& arguments, const std::vector<std::string>& variables = {}, const std::string& input = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void send(int signal) const;
  bool running() const;
  Outcome wait();
  std::string err() const;  // so far
  // All processes below this one.
  std::vector<pid_t> descendants() const;

 private:
  std::string folder_;
  pid_t pid_ = -1;
};

Outcome run(const std::vector<std::string>& arguments, const std::vector<std::string>& variables = {}, const std::string& input = {});

// True when none of these processes is running any more; waits for it up to two seconds.
bool all_gone(const std::vector<pid_t>& pids);

// A folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void write_text(const std::string& path, const std::string& text);
std::string read_text(const std::string& path);
// A small judge with random weights: the whole path in a fraction of the time.
std::string write_small_judge(const TemporaryFolder& folder);

}  // namespace sotto::e2e
