// SPDX-License-Identifier: Apache-2.0
// The kernels that a proof and a search spend their time in.
#include <benchmark/benchmark.h>

#include <random>

#include "base/check.h"
#include "judge/net/random_network.h"
#include "judge/net/scorer.h"
#include "sound/bytebeat/random_program.h"
#include "sound/bytebeat/render.h"
#include "zk/commit/msm.h"
#include "zk/commit/srs.h"

namespace sotto {
namespace {

void field_multiplication(benchmark::State& state) {
  zk::Fr a(uint64_t{3}), b = zk::Fr(uint64_t{5}).inverse();
  for (auto _ : state) benchmark::DoNotOptimize(a = a * b);
}
BENCHMARK(field_multiplication);

const zk::Srs& setup() {
  static const zk::Srs srs = zk::make_development_srs(18);
  return srs;
}

void msm_full(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<zk::Fr> scalars(setup().g1.size());
  for (auto& s : scalars) s = zk::Fr(random()) * zk::Fr(random()) * zk::Fr(random()) * zk::Fr(random());
  for (auto _ : state) benchmark::DoNotOptimize(zk::msm(setup().g1, scalars));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * scalars.size()));
}
BENCHMARK(msm_full)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

void msm_small(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<uint32_t> scalars(setup().g1.size());
  for (auto& s : scalars) s = static_cast<uint32_t>(random() >> (64 - state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(zk::msm_u32(setup().g1, scalars));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * scalars.size()));
}
BENCHMARK(msm_small)->Arg(1)->Arg(8)->Arg(16)->Arg(32)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

void render(benchmark::State& state) {
  std::mt19937_64 random(1);
  const sound::Program p = sound::random_program(random, 14);
  for (auto _ : state) benchmark::DoNotOptimize(sound::render(p));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * sound::kSamples);
}
BENCHMARK(render)->Unit(benchmark::kMicrosecond);

// The judge alone, made ready once. `dense`: random weights, without the symmetries that a windowed DFT has.
void score_with(benchmark::State& state, const judge::Network& net, bool with_render) {
  const judge::Scorer scorer(net);
  std::mt19937_64 random(1);
  const sound::Program program = sound::random_program(random, 14);
  const sound::Samples samples = sound::render(program);
  for (auto _ : state) benchmark::DoNotOptimize(scorer.score(with_render ? sound::render(program) : samples));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}

const judge::Network& shipped() {
  static const judge::Network net = *judge::read_judge(SOTTO_SOURCE_DIR "/judges/ear-20k.judge");
  return net;
}

// The front end of the shipped judge with layers of a million weights.
judge::Network million() {
  judge::Network net = judge::random_network({16, 8, 80000, 8, 256, 48, {256, 256, 256, 256, 184}}, 1);
  const judge::Network& front = shipped();
  net.dft = front.dft, net.dft_bias = front.dft_bias, net.mel = front.mel;
  net.log_step = front.log_step, net.log_table = front.log_table;
  SOTTO_CHECK(judge::check_network(net).ok());
  return net;
}

void score_20k(benchmark::State& state) { score_with(state, shipped(), false); }
void score_20k_dense(benchmark::State& state) {
  score_with(state, judge::random_network({16, 8, 80000, 8, 256, 48, {40, 40, 40}}, 1), false);
}
void score_1m(benchmark::State& state) { score_with(state, million(), false); }
void render_and_score_20k(benchmark::State& state) { score_with(state, shipped(), true); }
void render_and_score_1m(benchmark::State& state) { score_with(state, million(), true); }
BENCHMARK(score_20k)->Unit(benchmark::kMicrosecond);
BENCHMARK(score_20k_dense)->Unit(benchmark::kMicrosecond);
BENCHMARK(score_1m)->Unit(benchmark::kMicrosecond);
BENCHMARK(render_and_score_20k)->Unit(benchmark::kMicrosecond);
BENCHMARK(render_and_score_1m)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sotto
