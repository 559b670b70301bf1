// SPDX-License-Identifier: Apache-2.0
// sotto bench prove: one whole proof, from the secret to the verdict: a song with every slot in use over 80,000 samples, or the
// input of a network.
#include <cmath>

#include "base/parallel.h"
#include "claim/network/gpt_onnx.h"
#include "cli/bench.h"
#include "cli/output.h"
#include "cli/proof_cost.h"
#include "contest/arena/network_gas.h"
#include "contest/swarm/interrupt.h"
#include "judge/net/random_network.h"

namespace sotto::cli {
namespace {

struct Workload {
  enum Kind { kSong, kSongMillion, kMlp, kGpt };  // kSongMillion: a judge of a million random weights instead of the one of --judge
  const char* name;
  Kind kind;
  unsigned slots;
  const char* what;
};
constexpr Workload kWorkloads[] = {
    {"song16", Workload::kSong, 16, "16 instructions"},
    {"song32", Workload::kSong, 32, "32 instructions"},
    {"song64", Workload::kSong, 64, "64 instructions"},
    {"song64-1m", Workload::kSongMillion, 64, "64 instructions, a judge of a million weights"},
    {"mlp784", Workload::kMlp, 0, "MLP 784-56-10 on a secret picture of 28 x 28 bytes"},
    {"nanogpt", Workload::kGpt, 0, "nanoGPT (4 layers of 4 heads, width 64) on 64 secret tokens"},
};

struct Options {
  JudgeInput judge;
  SetupInput setup;
  std::string workload = "song32", onnx;
  bool json = false, breakdown = false, no_gas = false;
};

struct Figures {
  ProofCost cost;
  std::optional<contest::VerificationGas> gas;
  std::string no_gas_because;
  std::optional<double> output_error;  // the integer network's largest distance from floating point
};

// Six layers that end in two frames; about a million weights between them.
judge::Network million_weights() { return judge::random_network({16, 8, 80000, 8, 256, 64, {96, 160, 224, 256, 256, 256}}, 1); }

// The contract's price on the embedded chain; a machine without the contract tools still measures the rest.
void note_gas(const Result<contest::VerificationGas>& measured, Figures& f) {
  if (measured.ok()) f.gas = measured.value();
  else f.no_gas_because = measured.error().message;
}
Result<contest::VerificationGas> gas_of(const MeasuredProof& m) {
  SOTTO_TRY(contest::Stage stage, contest::Stage::open());
  SOTTO_TRY_STATUS(stage.announce(claim::verifying_key(*m.key), 1, contest::kEther / 100));
  return stage.verification_gas(m.proven.statement, m.proven.proof);
}
Result<contest::VerificationGas> gas_of(const MeasuredNetworkProof& m) {
  return contest::network_verification_gas(m.key->vk, m.proven.statement, m.proven.proof);
}

Result<Figures> measure_mlp(const Options& o) {
  SOTTO_TRY(claim::network::Mlp mlp, claim::network::make_mlp(784, 56, 10, 7));
  SOTTO_TRY(const MeasuredNetworkProof proof, measure_network_proof(std::move(mlp.network), mlp.input, o.setup, "proving"));
  Figures f{proof.cost, {}, {}, {}};
  if (!o.no_gas) note_gas(gas_of(proof), f);
  return f;
}

Result<claim::network::Gpt> load_gpt(const Options& o) {
  if (o.onnx.empty()) return claim::network::Gpt::random({}, 7);
  SOTTO_TRY(const Bytes file, read_file(o.onnx, judge::kMaxOnnxFile));
  SOTTO_TRY(const judge::OnnxModel model, judge::parse_onnx(file));
  return claim::network::gpt_from_onnx(model);
}

Result<Figures> measure_gpt(const Options& o) {
  SOTTO_TRY(const claim::network::Gpt gpt, load_gpt(o));
  SOTTO_TRY(claim::network::Network network, gpt.quantised());
  claim::network::SplitMix random(7);
  std::vector<uint32_t> tokens;
  while (tokens.size() < network.input_size) tokens.push_back(static_cast<uint32_t>(random.next() % network.input_limit));
  SOTTO_TRY(const MeasuredNetworkProof proof, measure_network_proof(std::move(network), tokens, o.setup, "proving"));
  Figures f{proof.cost, {}, {}, 0.0};
  const std::vector<double> real = gpt.logits(tokens);
  for (size_t i = 0; i < real.size(); i++)
    f.output_error = std::max(*f.output_error, std::abs(real[i] - std::ldexp(static_cast<double>(proof.proven.statement.output[i]), -int{gpt.kLogitBits})));
  if (!o.no_gas) note_gas(gas_of(proof), f);
  return f;
}

Result<Figures> measure(const Options& o, const Workload& workload) {
  if (workload.kind == Workload::kMlp) return measure_mlp(o);
  if (workload.kind == Workload::kGpt) return measure_gpt(o);
  judge::Network net;
  if (workload.kind == Workload::kSongMillion) {
    net = million_weights();
  } else {
    SOTTO_TRY(net, o.judge.load());
  }
  SOTTO_TRY(const MeasuredProof proof, measure_proof(net, workload.slots, o.setup, "proving"));
  Figures f{proof.cost, {}, {}, {}};
  if (!o.no_gas) note_gas(gas_of(proof), f);
  return f;
}

Json as_json(const Options& o, const Workload& workload, const Figures& f) {
  Json json = {{"workload", workload.name}};
  json.update(as_json(f.cost));
  json["verify_gas"] = f.gas ? Json(f.gas->total()) : Json(nullptr);
  if (f.output_error) json["output_error"] = *f.output_error;
  if (o.breakdown) {
    for (const ProofCost::Stage& s : f.cost.stages) json["stages"][s.name] = s.seconds;
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
  const ProofCost& c = f.cost;
  print_field("workload", std::string(workload.name) + ": " + workload.what + ", " + std::to_string(c.weights) + " weights");
  print_field("path", arithmetic_path() + ", " + std::to_string(thread_count()) + " threads");
  print_field("proving", seconds_text(c.prove_seconds) + " (" + seconds_text(c.cpu_seconds) + " of CPU), " + std::to_string(c.peak_mib) + " MiB");
  for (const ProofCost::Stage& s : c.stages)
    if (o.breakdown) print_field(("  " + s.name).c_str(), seconds_text(s.seconds));
  print_field("proof", std::to_string(c.proof_bytes) + " bytes, verified in " + seconds_text(c.verify_seconds));
  if (f.output_error) {
    char text[64];
    std::snprintf(text, sizeof text, "within %.4f of floating point", *f.output_error);
    print_field("output", text);
  }
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
  CLI::App* verb = verbs.add("prove", "Prove one whole claim, or a network's output on a secret input, and verify it, here and on the embedded chain", parent);
  auto o = std::make_shared<Options>();
  std::string list;
  for (const Workload& w : kWorkloads) list += std::string(list.empty() ? "" : "; ") + w.name + ": " + w.what;
  verb->add_option("--workload", o->workload, list)->capture_default_str();
  verb->add_option("--onnx", o->onnx, "Weights of nanogpt: the ONNX file that nanoGPT's export writes; without it random ones of its kind");
  o->judge.add_to(verb);
  o->setup.add_to(verb);
  verb->add_flag("--breakdown", o->breakdown, "Also the stages of the proof and the parts of the gas");
  verb->add_flag("--no-gas", o->no_gas, "Do not start the embedded chain");
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return run(*o); });
}

}  // namespace sotto::cli
