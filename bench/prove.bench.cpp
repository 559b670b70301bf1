// SPDX-License-Identifier: Apache-2.0
// bench.prove [SLOTS]: one whole claim, K slots in use over 80,000 samples, with the shipped judge (or the one that SOTTO_JUDGE
// names); prints one JSON object. Stage times are wall-clock seconds since the start of proving.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "claim/prover/prove.h"
#include "claim/verifier/verify.h"
#include "sound/bytebeat/random_program.h"

namespace sotto {
namespace {

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
double cpu_seconds() {
  rusage u;
  getrusage(RUSAGE_SELF, &u);
  return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

Status run(unsigned slots) {
  const char* path = std::getenv("SOTTO_JUDGE");
  SOTTO_TRY(const judge::Network net, judge::read_judge(path ? path : SOTTO_SOURCE_DIR "/judges/ear-20k.judge"));
  SOTTO_TRY(const unsigned log_size, claim::required_log_size(net, slots));
  SOTTO_TRY(zk::Srs setup, zk::cached_development_srs(log_size));
  const auto srs = std::make_shared<const zk::Srs>(std::move(setup));
  const double key_start = seconds();
  SOTTO_TRY(const auto key, claim::make_proving_key(net, slots, srs));
  const double key_seconds = seconds() - key_start;
  std::mt19937_64 random(1);
  const sound::Program program = sound::random_program(random, slots - 1);

  std::string stages, last;
  const double start = seconds(), cpu_start = cpu_seconds();
  const auto progress = [&](std::string_view stage, double) {
    if (stage != last) {
      if (!stages.empty()) stages += ", ";
      stages.append("\"").append(stage).append("\": ").append(std::to_string(seconds() - start));
    }
    last = stage;
    return true;
  };
  SOTTO_TRY(const claim::Proven proven, claim::prove(*key, program, {}, progress));
  const double prove_seconds = seconds() - start, prove_cpu = cpu_seconds() - cpu_start, verify_start = seconds();
  SOTTO_TRY_STATUS(claim::verify(claim::verifying_key(*key), proven.statement, proven.proof));
  const double verify_seconds = seconds() - verify_start;
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"workload\": \"song%u\", \"log_rows\": %u, \"key_seconds\": %.2f, \"prove_seconds\": %.2f, \"cpu_seconds\": %.2f, "
              "\"peak_mib\": %ld, \"proof_bytes\": %zu, \"verify_seconds\": %.4f, \"stage_starts\": {%s}}\n",
              slots, log_size, key_seconds, prove_seconds, prove_cpu, usage.ru_maxrss / 1024, proven.proof.size(), verify_seconds, stages.c_str());
  return ok_status();
}

}  // namespace
}  // namespace sotto

int main(int argc, char** argv) {
  const sotto::Status status = sotto::run(argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 32);
  if (status.ok()) return 0;
  std::fprintf(stderr, "bench.prove: %s\n", status.error().message.c_str());
  return static_cast<int>(status.error().kind);
}
