// SPDX-License-Identifier: Apache-2.0
// sotto <verb>: see verb.h. Exit codes are those of ErrorKind; 0 is success.
#include <cstdio>
#include <cstring>

#include "cli/verb.h"
#include "contest/swarm/agent.h"

namespace {

using sotto::ErrorKind;

int code(ErrorKind kind) { return static_cast<int>(kind); }

int run(const sotto::cli::Verbs& verbs) {
  const sotto::Status done = verbs.chosen()();
  // Results that did not reach the disk or the pipe are no results.
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
    std::fprintf(stderr, "sotto: cannot write to the standard output\n");
    return code(ErrorKind::kEnvironment);
  }
  if (done.ok()) return 0;
  std::fprintf(stderr, "sotto: %s\n", done.error().message.c_str());
  return code(done.error().kind);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace sotto::cli;
  if (argc == 2 && std::strcmp(argv[1], sotto::contest::kAgentVerb) == 0)
    return sotto::contest::run_agent_process(sotto::contest::kAgentFd);

  CLI::App app("Sotto: prize contests for secret music. Agents evolve songs, a public judge scores them, a winner proves its score\n"
               "in zero knowledge, and a contract pays. Start with: sotto demo");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("sotto ") + kVersion);
  app.footer("Exit codes: 0 success, 1 the answer is no, 2 usage, 3 input refused, 4 environment, 130 interrupted.");
  Verbs verbs(app);
  for (const auto add : {add_demo, add_render, add_play, add_explain, add_picture, add_link, add_corpus, add_score, add_judge, add_prove,
                         add_verify, add_setup, add_contest, add_agent, add_swarm, add_songs, add_bus, add_bench, add_doctor, add_version})
    add(verbs);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : code(ErrorKind::kUsage);
  }
  return run(verbs);
}
