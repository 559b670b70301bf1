// SPDX-License-Identifier: Apache-2.0
// sotto judge audiobox: recordings -> the four scores of Audiobox Aesthetics. Same lines in and out as audio-aes.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "cli/judge.h"
#include "cli/output.h"
#include "contest/swarm/interrupt.h"
#include "judge/teacher/audiobox.h"

namespace sotto::cli {
namespace {

using namespace judge::teacher;

struct Options {
  std::string input, checkpoint, axes;
  unsigned threads = 0, batch_size = 0;
  bool check = false, json = false;
};

std::string line_name(const Options& o, size_t line) {
  return (o.input == "-" ? "standard input" : o.input) + ", line " + std::to_string(line);
}

// All lines are read before the first clip is judged, so that a misprint does not show after an hour.
Result<std::vector<Request>> read_requests(const Options& o) {
  std::ifstream file;
  if (o.input != "-") file.open(o.input);
  std::istream& in = o.input == "-" ? std::cin : file;
  if (!in) return input_error("cannot read " + o.input);
  std::vector<Request> requests;
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    number++;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto request = parse_request(line);
    if (!request) return Error{request.error().kind, line_name(o, number) + ": " + request.error().message};
    requests.push_back(std::move(*request));
  }
  return requests;
}

void show_progress(size_t done, size_t all) {
  if (isatty(STDERR_FILENO)) std::fprintf(stderr, "\r%zu of %zu recordings%s", done, all, done == all ? "\n" : "");
}

Status judge_recordings(const Options& o, const Teacher& teacher, const std::vector<size_t>& axes) {
  SOTTO_TRY(const std::vector<Request> requests, read_requests(o));
  contest::catch_interrupts();
  for (size_t i = 0; i < requests.size(); i++) {
    SOTTO_TRY(const Scores scores, judge_recording(teacher, requests[i]));
    std::printf("%s\n", score_line(scores, axes).c_str());
    std::fflush(stdout);
    show_progress(i + 1, requests.size());
    if (contest::interrupted()) return contest::interrupted_error();
  }
  return ok_status();
}

void show_model(const Options& o, const Teacher& teacher) {
  size_t tensors = 0, parameters = 0;
  for (const TensorSpec& t : tensor_list(teacher.geometry())) {
    size_t size = 1;
    for (uint64_t n : t.shape) size *= n;
    tensors++;
    parameters += size;
  }
  const bool whole = teacher.geometry().is_audiobox();
  if (o.json) {
    print_json({{"file", o.checkpoint}, {"tensors", tensors}, {"parameters", parameters}, {"audiobox_shape", whole}});
    return;
  }
  print_field("model", whole ? "the shape of Audiobox Aesthetics" : "a cut-down test model: its scores mean nothing");
  print_field("tensors", std::to_string(tensors) + ", all as they should be");
  print_field("parameters", std::to_string(parameters));
}

Status audiobox(const Options& o) {
  SOTTO_TRY(const std::vector<size_t> axes, parse_axes(o.axes));
  if (o.input.empty() && !o.check)
    return usage_error("name a file with one {\"path\": \"a.wav\"} per line, or - for the standard input");
  // Read when the first work is shared out, which is later.
  if (o.threads > 0) setenv("SOTTO_THREADS", std::to_string(o.threads).c_str(), 1);
  SOTTO_TRY(const Teacher teacher, Teacher::load(o.checkpoint));
  if (o.check) {
    show_model(o, teacher);
    return ok_status();
  }
  if (!teacher.geometry().is_audiobox())
    std::fprintf(stderr, "sotto: this is a cut-down test model: its scores mean nothing\n");
  return judge_recordings(o, teacher, axes);
}

}  // namespace

void add_judge_audiobox(Verbs& verbs, CLI::App* judge) {
  CLI::App* verb = verbs.add("audiobox", "Score recordings with Audiobox Aesthetics (weights: docs/teacher.md)", judge);
  auto o = std::make_shared<Options>();
  verb->add_option(
      "input", o->input,
      "One JSON object per line: {\"path\": \"a.wav\"}, also start_time and end_time; - is the standard input");
  verb->add_option("--ckpt", o->checkpoint, "model.safetensors of facebook/audiobox-aesthetics")->required();
  verb->add_option("--axes", o->axes, "Some of CE,CU,PC,PQ; without it all");
  verb->add_option("--threads", o->threads, "Threads; without it one per core")->check(CLI::Range(1, 256));
  verb->add_option("--batch-size", o->batch_size,
                   "Accepted because audio-aes has it; recordings are judged one by one");
  verb->add_flag("--check", o->check, "Only check the weights: every tensor's name, shape and type");
  verb->add_flag("--json", o->json, "With --check, one JSON object; the scores are lines of JSON in any case");
  verbs.on_run(verb, [o] { return audiobox(*o); });
}

}  // namespace sotto::cli
