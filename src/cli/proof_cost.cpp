// SPDX-License-Identifier: Apache-2.0
#include "cli/proof_cost.h"

#include <sys/resource.h>

#include <chrono>
#include <random>

#include "base/cpu_path.h"
#include "base/huge_pages.h"
#include "base/parallel.h"
#include "claim/network/verify.h"
#include "claim/verifier/verify.h"
#include "contest/arena/view.h"
#include "contest/secrecy/confine.h"
#include "contest/swarm/interrupt.h"
#include "sound/bytebeat/random_program.h"

namespace sotto::cli {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double cpu_now() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

uint64_t weight_count(const judge::Network& net) {
  uint64_t n = net.head_mean.size() + net.head_square.size() + 1;
  for (const judge::ConvLayer& layer : net.conv) n += layer.weights.size() + layer.bias.size();
  return n;
}

uint64_t activation_count(const judge::Network& net) {
  uint64_t n = 0;
  for (const judge::ConvLayer& layer : net.conv) n += uint64_t{layer.out_channels} * layer.out_frames;
  return n;
}

// Notes when each stage begins, and how long the one before it took.
class StageClock {
 public:
  explicit StageClock(std::vector<ProofCost::Stage>& stages) : stages_(stages) {}
  void enter(std::string_view stage) {
    if (!stages_.empty() && stages_.back().name == stage) return;
    const double time = now();
    if (!stages_.empty()) stages_.back().seconds = time - begun_;
    begun_ = time;
    if (stage != "done") stages_.push_back({std::string(stage), 0});
  }

 private:
  std::vector<ProofCost::Stage>& stages_;
  double begun_ = 0;
};

// prove: takes a progress callback and gives a Result of a Proven.
template <class Prove>
auto timed_proof(std::string_view title, ProofCost& cost, const Prove& prove) {
  contest::View view;
  StageClock clock(cost.stages);
  const double start = now(), cpu_start = cpu_now();
  auto proven = prove([&](std::string_view stage, double fraction) {
    clock.enter(stage);
    view.progress(title, stage, fraction);
    return !contest::interrupted();
  });
  cost.prove_seconds = now() - start;
  cost.cpu_seconds = cpu_now() - cpu_start;
  cost.peak_mib = (contest::peak_memory_kib() + 1023) / 1024;
  if (proven.ok()) cost.proof_bytes = proven.value().proof.size();
  return proven;
}

// verify: gives a Status.
template <class Verify>
Status timed_verification(ProofCost& cost, const Verify& verify) {
  const double start = now();
  SOTTO_TRY_STATUS(verify());
  cost.verify_seconds = now() - start;
  return ok_status();
}

}  // namespace

Result<MeasuredProof> measure_proof(const judge::Network& net, unsigned slots, const SetupInput& setup,
                                    std::string_view title) {
  MeasuredProof m;
  m.cost.slots = slots;
  m.cost.samples = net.samples;
  m.cost.weights = weight_count(net);
  m.cost.activations = activation_count(net);
  SOTTO_TRY(m.cost.log_rows, claim::required_log_size(net, slots));
  SOTTO_TRY(auto srs, setup.load(m.cost.log_rows));
  const FreedMemoryKept kept;
  const double key_start = now();
  SOTTO_TRY(m.key, claim::make_proving_key(net, slots, std::move(srs)));
  m.cost.key_seconds = now() - key_start;
  std::mt19937_64 random(1);
  const sound::Program program = sound::random_program(random, slots - 1);
  SOTTO_TRY(m.proven, timed_proof(title, m.cost, [&](const auto& progress) { return claim::prove(*m.key, program, {}, progress); }));
  SOTTO_TRY_STATUS(timed_verification(
      m.cost, [&] { return claim::verify(claim::verifying_key(*m.key), m.proven.statement, m.proven.proof); }));
  return m;
}

Result<MeasuredNetworkProof> measure_network_proof(claim::network::Network network, std::span<const uint32_t> input,
                                                   const SetupInput& setup, std::string_view title) {
  MeasuredNetworkProof m;
  m.cost.weights = network.weight_count;
  m.cost.activations = network.activations;
  m.cost.log_rows = network.circuit.log_n;
  SOTTO_TRY(auto srs, setup.load(m.cost.log_rows));
  const FreedMemoryKept kept;
  const double key_start = now();
  SOTTO_TRY(m.key, claim::network::make_proving_key(std::move(network), std::move(srs)));
  m.cost.key_seconds = now() - key_start;
  SOTTO_TRY(m.proven, timed_proof(title, m.cost, [&](const auto& progress) {
              return claim::network::prove(*m.key, input, {}, progress);
            }));
  SOTTO_TRY_STATUS(
      timed_verification(m.cost, [&] { return claim::network::verify(m.key->vk, m.proven.statement, m.proven.proof); }));
  return m;
}

std::string arithmetic_path() { return std::string(cpu_path_name(default_cpu_path())) + (use_ifma() ? "-ifma" : ""); }

Json as_json(const ProofCost& cost) {
  Json json;
  if (cost.slots) json = {{"slots", cost.slots}, {"samples", cost.samples}};
  json.update({{"weights", cost.weights},
          {"activations", cost.activations},
          {"log_rows", cost.log_rows},
          {"cpu_path", arithmetic_path()},
          {"threads", thread_count()},
          {"key_seconds", cost.key_seconds},
          {"prove_seconds", cost.prove_seconds},
          {"cpu_seconds", cost.cpu_seconds},
          {"peak_mib", cost.peak_mib},
          {"proof_bytes", cost.proof_bytes},
          {"verify_seconds", cost.verify_seconds}});
  return json;
}

}  // namespace sotto::cli
