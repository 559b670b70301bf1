// SPDX-License-Identifier: Apache-2.0
// The kernels that a proof and a search spend their time in.
#include <benchmark/benchmark.h>

#include <random>

#include "judge/net/random_network.h"
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

void score(benchmark::State& state) {
  judge::RandomShape shape{16, 8, 80000, 8, 256, 48, {40, 40, 40}};
  const judge::Network net = judge::random_network(shape, 1);
  std::mt19937_64 random(1);
  const sound::Samples samples = sound::render(sound::random_program(random, 14));
  for (auto _ : state) benchmark::DoNotOptimize(judge::score(net, samples));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}
BENCHMARK(score)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sotto
