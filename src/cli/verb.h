// SPDX-License-Identifier: Apache-2.0
// How a verb joins the command line: it adds a subcommand with its options and says what to run when it is chosen.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/result.h"

namespace sotto::cli {

using Json = nlohmann::ordered_json;

class Verbs {
 public:
  explicit Verbs(CLI::App& app) : app_(&app) {}
  // A subcommand of `parent` (of the whole program without one).
  CLI::App* add(const std::string& name, const std::string& help, CLI::App* parent = nullptr) {
    return (parent ? parent : app_)->add_subcommand(name, help);
  }
  // Runs after the whole command line has been read without an error.
  void on_run(CLI::App* verb, std::function<Status()> body) {
    verb->callback([this, body = std::move(body)] { chosen_ = body; });
  }
  const std::function<Status()>& chosen() const { return chosen_; }

 private:
  CLI::App* app_;
  std::function<Status()> chosen_;
};

// One per verb, each in its own file.
void add_render(Verbs& verbs);
void add_play(Verbs& verbs);
void add_corpus(Verbs& verbs);
void add_explain(Verbs& verbs);
void add_picture(Verbs& verbs);
void add_link(Verbs& verbs);
void add_score(Verbs& verbs);
void add_judge(Verbs& verbs);
void add_prove(Verbs& verbs);
void add_verify(Verbs& verbs);
void add_setup(Verbs& verbs);
void add_contest(Verbs& verbs);
void add_agent(Verbs& verbs);
void add_swarm(Verbs& verbs);
void add_songs(Verbs& verbs);
void add_bus(Verbs& verbs);
void add_demo(Verbs& verbs);
void add_bench(Verbs& verbs);
void add_doctor(Verbs& verbs);
void add_version(Verbs& verbs);

inline constexpr const char* kVersion = "0.1.0";

}  // namespace sotto::cli
