// SPDX-License-Identifier: Apache-2.0
// sotto bench prove: one whole claim, every slot in use over 80,000 samples, from song to verdict.
#include <sys/resource.h>

#include <chrono>
#include <random>

#include "base/cpu_path.h"
#include "base/huge_pages.h"
#include "base/parallel.h"
#include "claim/verifier/verify.h"
#include "cli/bench.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "contest/arena/stage.h"
#include "contest/arena/view.h"
#include "contest/secrecy/confine.h"
#include "contest/swarm/interrupt.h"
#include "judge/net/random_network.h"
#include "sound/bytebeat/random_program.h"

namespace sotto::cli {
namespace {

struct Workload {
  const char* name;
  unsigned slots;
  bool million;  // a judge of a million random weights instead of the one of --judge
  const char* what;
};
constexpr Workload kWorkloads[] = {
    {"song16", 16, false, "16 instructions"},
    {"song32", 32, false, "32 instructions"},
    {"song64", 64, false, "64 instructions"},
    {"song64-1m", 64, true, "64 instructions, a judge of a million weights"},
};

struct Options {
  JudgeInput judge;
  SetupInput setup;
  std::string workload = "song32";
  bool json = false, breakdown = false, no_gas = false;
};

struct Stage {
  std::string name;
  double seconds = 0;
};
struct Figures {
  uint64_t weights = 0;
  unsigned log_rows = 0;
  double key_seconds = 0, prove_seconds = 0, cpu_seconds = 0, verify_seconds = 0;
  uint64_t peak_mib = 0;
  size_t proof_bytes = 0;
  std::vector<Stage> stages;
  std::optional<contest::VerificationGas> gas;
  std::string no_gas_because;
};

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
double cpu_now() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

// Six layers that end in two frames; about a million weights between them.
judge::Network million_weights() { return judge::random_network({16, 8, 80000, 8, 256, 64, {96, 160, 224, 256, 256, 256}}, 1); }

uint64_t weight_count(const judge::Network& net) {
  uint64_t n = net.head_mean.size() + net.head_square.size() + 1;
  for (const judge::ConvLayer& layer : net.conv) n += layer.weights.size() + layer.bias.size();
  return n;
}

// The contract's price on the embedded chain; a machine without the contract tools still measures the rest.
void measure_gas(const claim::ProvingKey& key, const claim::Proven& proven, Figures& f) {
  const auto measured = [&]() -> Result<contest::VerificationGas> {
    SOTTO_TRY(contest::Stage stage, contest::Stage::open());
    SOTTO_TRY_STATUS(stage.announce(claim::verifying_key(key), 1, contest::kEther / 100));
    return stage.verification_gas(proven.statement, proven.proof);
  }();
  if (measured.ok()) f.gas = measured.value();
  else f.no_gas_because = measured.error().message;
}

Result<Figures> measure(const Options& o, const Workload& workload) {
  Figures f;
  judge::Network net;
  if (workload.million) {
    net = million_weights();
  } else {
    SOTTO_TRY(net, o.judge.load());
  }
  f.weights = weight_count(net);
  SOTTO_TRY(f.log_rows, claim::required_log_size(net, workload.slots));
  SOTTO_TRY(const auto srs, o.setup.load(f.log_rows));
  const FreedMemoryKept kept;
  const double key_start = now();
  SOTTO_TRY(const auto key, claim::make_proving_key(net, workload.slots, srs));
  f.key_seconds = now() - key_start;
  std::mt19937_64 random(1);
  const sound::Program program = sound::random_program(random, workload.slots - 1);

  contest::View view;
  const double start = now(), cpu_start = cpu_now();
  const auto progress = [&](std::string_view stage, double fraction) {
    if (f.stages.empty() || f.stages.back().name != stage) {
      if (!f.stages.empty()) f.stages.back().seconds = now() - start - f.stages.back().seconds;
      f.stages.push_back({std::string(stage), now() - start});
    }
    view.progress("proving", stage, fraction);
    return !contest::interrupted();
  };
  SOTTO_TRY(const claim::Proven proven, claim::prove(*key, program, {}, progress));
  f.prove_seconds = now() - start;
  f.cpu_seconds = cpu_now() - cpu_start;
  f.peak_mib = (contest::peak_memory_kib() + 1023) / 1024;
  if (!f.stages.empty() && f.stages.back().name == "done") f.stages.pop_back();
  f.proof_bytes = proven.proof.size();
  const double verify_start = now();
  SOTTO_TRY_STATUS(claim::verify(claim::verifying_key(*key), proven.statement, proven.proof));
  f.verify_seconds = now() - verify_start;
  if (!o.no_gas) measure_gas(*key, proven, f);
  return f;
}

Json as_json(const Options& o, const Workload& workload, const Figures& f) {
  Json json = {{"workload", workload.name}, {"slots", workload.slots}, {"samples", sound::kSamples}, {"weights", f.weights},
               {"log_rows", f.log_rows}, {"cpu_path", std::string(cpu_path_name(default_cpu_path())) + (use_ifma() ? "-ifma" : "")},
               {"threads", thread_count()}, {"key_seconds", f.key_seconds}, {"prove_seconds", f.prove_seconds},
               {"cpu_seconds", f.cpu_seconds}, {"peak_mib", f.peak_mib}, {"proof_bytes", f.proof_bytes}, {"verify_seconds", f.verify_seconds}};
  json["verify_gas"] = f.gas ? Json(f.gas->total()) : Json(nullptr);
  if (o.breakdown) {
    for (const Stage& s : f.stages) json["stages"][s.name] = s.seconds;
    if (f.gas) json["gas"] = {{"transaction_and_calldata", f.gas->base}, {"verification", f.gas->execution}};
  }
  return json;
}

std::string seconds_text(double s) {
  char text[32];
  std::snprintf(text, sizeof text, s < 0.1 ? "%.4f s" : "%.2f s", s);
  return text;
}

void print_figures(const Options& o, const Workload& workload, const Figures& f) {
  print_field("workload", std::string(workload.name) + ": " + workload.what + ", " + std::to_string(f.weights) + " weights");
  print_field("path", std::string(cpu_path_name(default_cpu_path())) + (use_ifma() ? " with IFMA" : "") + ", " +
                          std::to_string(thread_count()) + " threads");
  print_field("proving", seconds_text(f.prove_seconds) + " (" + seconds_text(f.cpu_seconds) + " of CPU), " + std::to_string(f.peak_mib) + " MiB");
  for (const Stage& s : f.stages)
    if (o.breakdown) print_field(("  " + s.name).c_str(), seconds_text(s.seconds));
  print_field("proof", std::to_string(f.proof_bytes) + " bytes, verified in " + seconds_text(f.verify_seconds));
  if (f.gas) print_field("on chain", std::to_string(f.gas->total()) + " gas, " + std::to_string(f.gas->execution) + " of it for verification");
  else if (!o.no_gas) print_field("on chain", "not measured: " + f.no_gas_because);
}

Status run(const Options& o) {
  contest::catch_interrupts();
  for (const Workload& workload : kWorkloads) {
    if (o.workload != workload.name) continue;
    SOTTO_TRY(const Figures figures, measure(o, workload));
    if (o.json) print_json(as_json(o, workload, figures));
    else print_figures(o, workload, figures);
    return ok_status();
  }
  return usage_error("there is no workload " + o.workload + "; --help lists them");
}

}  // namespace

void add_bench_prove(Verbs& verbs, CLI::App* parent) {
  CLI::App* verb = verbs.add("prove", "Prove one whole claim and verify it, here and on the embedded chain", parent);
  auto o = std::make_shared<Options>();
  std::string list;
  for (const Workload& w : kWorkloads) list += std::string(list.empty() ? "" : "; ") + w.name + ": " + w.what;
  verb->add_option("--workload", o->workload, list)->capture_default_str();
  o->judge.add_to(verb);
  o->setup.add_to(verb);
  verb->add_flag("--breakdown", o->breakdown, "Also the stages of the proof and the parts of the gas");
  verb->add_flag("--no-gas", o->no_gas, "Do not start the embedded chain");
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return run(*o); });
}

}  // namespace sotto::cli
