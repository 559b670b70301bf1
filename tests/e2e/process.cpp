// SPDX-License-Identifier: Apache-2.0
#include "e2e/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/bytes.h"
#include "judge/net/random_network.h"

namespace sotto::e2e {
namespace {

namespace fs = std::filesystem;

std::string make_folder() {
  std::string pattern = (fs::temp_directory_path() / "sotto-e2e-XXXXXX").string();
  SOTTO_CHECK(mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

struct ProcessState {
  pid_t parent = -1;
  bool running = false;
};

// From /proc/PID/stat: "PID (name) state parent ..."; the name may hold anything, even brackets.
ProcessState state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(file, text)) return {};
  const size_t close = text.rfind(')');
  if (close == std::string::npos || close + 4 >= text.size()) return {};
  return {std::atoi(text.c_str() + close + 4), text[close + 2] != 'Z' && text[close + 2] != 'X'};
}

void redirect(const std::string& path, int flags, int to) {
  const int fd = open(path.c_str(), flags, 0600);
  if (fd < 0 || dup2(fd, to) < 0) _exit(126);
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const std::vector<std::string>& variables, const std::string& input)
    : folder_(make_folder()) {
  write_text(folder_ + "/in", input);
  std::vector<std::string> words{SOTTO_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_ = fork();
  SOTTO_CHECK(pid_ >= 0);
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  redirect(folder_ + "/in", O_RDONLY, STDIN_FILENO);
  redirect(folder_ + "/out", O_WRONLY | O_CREAT, STDOUT_FILENO);
  redirect(folder_ + "/err", O_WRONLY | O_CREAT, STDERR_FILENO);
  for (const std::string& variable : variables) putenv(strdup(variable.c_str()));
  execv(argv[0], argv.data());
  _exit(127);
}

Process::~Process() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void Process::send(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

bool Process::running() const { return pid_ > 0 && state_of(pid_).running; }

Outcome Process::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_text(folder_ + "/out"), read_text(folder_ + "/err")};
}

std::string Process::err() const { return read_text(folder_ + "/err"); }

std::vector<pid_t> Process::descendants() const {
  std::vector<pid_t> found{pid_};
  for (size_t i = 0; i < found.size(); ++i) {
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const pid_t pid = std::atoi(entry.path().filename().c_str());
      if (pid > 0 && state_of(pid).parent == found[i]) found.push_back(pid);
    }
  }
  found.erase(found.begin());
  return found;
}

Outcome run(const std::vector<std::string>& arguments, const std::vector<std::string>& variables, const std::string& input) {
  return Process(arguments, variables, input).wait();
}

bool all_gone(const std::vector<pid_t>& pids) {
  for (unsigned waited = 0; waited < 200; ++waited) {
    bool any = false;
    for (const pid_t pid : pids) any |= state_of(pid).running;
    if (!any) return true;
    usleep(10'000);
  }
  return false;
}

TemporaryFolder::TemporaryFolder() : path_(make_folder()) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void write_text(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string read_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string write_small_judge(const TemporaryFolder& folder) {
  const judge::RandomShape shape{16, 8, 8000, 8, 16, 8, {6, 4}};
  const std::string path = folder / "small.judge";
  SOTTO_CHECK(write_file_atomically(path, judge::encode_judge(judge::random_network(shape, 5))).ok());
  return path;
}

}  // namespace sotto::e2e
