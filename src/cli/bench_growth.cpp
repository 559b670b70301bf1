// SPDX-License-Identifier: Apache-2.0
// sotto bench growth: how the cost of a proof grows with slots, samples and activations. One whole proof a point, each
// in a process of its own, and the line of least squares through each series.
#include "base/parallel.h"
#include "cli/bench.h"
#include "cli/growth_picture.h"
#include "cli/output.h"
#include "cli/own_process.h"
#include "cli/proof_cost.h"
#include "contest/arena/score_text.h"
#include "contest/swarm/interrupt.h"
#include "judge/net/random_network.h"
#include "sound/picture/canvas.h"

namespace sotto::cli {
namespace {

struct Options {
  JudgeInput judge;
  SetupInput setup;
  std::string picture;
  bool json = false;
};

struct Workload {
  unsigned slots;
  std::optional<judge::RandomShape> shape;  // of a judge of random weights; without it the judge of --judge
};
struct Series {
  const char* name;    // the member of a point that is the x of this series
  const char* across;  // what that is, and what stays the same
  double unit;         // slopes are told per so many
  const char* per;
  std::vector<Workload> workloads;
};
using Growth = std::array<Series, 3>;

judge::RandomShape production_shape(uint32_t samples, uint32_t channels) {
  return {16, 8, samples, 8, 256, 48, {channels, channels, channels}};
}

Growth all_series() {
  const auto samples = [](uint32_t n) { return Workload{32, production_shape(n, 40)}; };
  const auto channels = [](uint32_t n) { return Workload{16, production_shape(80'000, n)}; };
  return {{{"slots", "slots K; 80,000 samples, one judge", 1, "slot", {{16, {}}, {32, {}}, {64, {}}}},
           {"samples",
            "samples T; K = 32",
            1000,
            "1,000 samples",
            {samples(20'000), samples(40'000), samples(60'000), samples(80'000)}},
           {"activations",
            "activations of the judge; K = 16, 80,000 samples",
            1000,
            "1,000 activations",
            {channels(20), channels(40), channels(80), channels(160)}}}};
}

struct Measured {
  Json points = Json::array();
  std::vector<double> x;
  std::vector<double> cpu, mib;
  contest::LineFit cpu_fit, mib_fit;
};

Result<Json> measure_here(const Options& o, const Workload& workload, const std::string& title) {
  judge::Network net;
  if (workload.shape) {
    net = judge::random_network(*workload.shape, 1);
  } else {
    SOTTO_TRY(net, o.judge.load());
  }
  SOTTO_TRY(const MeasuredProof proof, measure_proof(net, workload.slots, o.setup, title));
  return as_json(proof.cost);
}

std::string fixed(double v, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, v);
  return text;
}

std::string describe(const Json& p) {
  return fixed(p["cpu_seconds"].get<double>(), 2) + " s of CPU, " + fixed(p["prove_seconds"].get<double>(), 2) +
         " s, " + std::to_string(p["peak_mib"].get<uint64_t>()) + " MiB, " +
         std::to_string(p["proof_bytes"].get<uint64_t>()) + " bytes, 2^" +
         std::to_string(p["log_rows"].get<unsigned>()) + " rows";
}

Result<Measured> measure(const Options& o, const Series& series) {
  Measured m;
  for (const Workload& workload : series.workloads) {
    if (contest::interrupted()) return contest::interrupted_error();
    const std::string title = std::string(series.name) + ", proof " + std::to_string(m.x.size() + 1) + " of " +
                              std::to_string(series.workloads.size());
    SOTTO_TRY(const Json point, in_own_process([&] { return measure_here(o, workload, title); }));
    m.x.push_back(point[series.name].get<double>());
    m.cpu.push_back(point["cpu_seconds"].get<double>());
    m.mib.push_back(point["peak_mib"].get<double>());
    std::fprintf(stderr, "%s %s: %s\n", contest::with_commas(point[series.name].get<uint64_t>()).c_str(), series.name,
                 describe(point).c_str());
    m.points.push_back(point);
  }
  m.cpu_fit = contest::fit_line(m.x, m.cpu);
  m.mib_fit = contest::fit_line(m.x, m.mib);
  return m;
}

Json as_json(const contest::LineFit& fit) {
  return {{"intercept", fit.intercept}, {"slope", fit.slope}, {"r_squared", fit.r_squared}};
}

Json as_json(const Growth& growth, const std::vector<Measured>& measured) {
  Json json = {{"cpu_path", arithmetic_path()}, {"threads", thread_count()}, {"series", Json::array()}};
  for (size_t i = 0; i < growth.size(); ++i)
    json["series"].push_back({{"name", growth[i].name},
                              {"points", measured[i].points},
                              {"cpu_seconds", as_json(measured[i].cpu_fit)},
                              {"peak_mib", as_json(measured[i].mib_fit)}});
  return json;
}

// "0.52 s + 0.361 s per slot, R² = 0.99981"
std::string fit_text(const Series& series, const contest::LineFit& fit, const std::string& unit, int digits) {
  const double slope = fit.slope * series.unit;
  return fixed(fit.intercept, digits) + unit + (slope < 0 ? " - " : " + ") + fixed(std::abs(slope), digits + 1) + unit +
         " per " + series.per + ", R² = " + fixed(fit.r_squared, 5);
}

void print(const Growth& growth, const std::vector<Measured>& measured) {
  for (size_t i = 0; i < growth.size(); ++i) {
    print_text(growth[i].name);
    for (const Json& point : measured[i].points)
      print_field(contest::with_commas(point[growth[i].name].get<uint64_t>()).c_str(), describe(point));
    print_field("CPU", fit_text(growth[i], measured[i].cpu_fit, " s", 2));
    print_field("memory", fit_text(growth[i], measured[i].mib_fit, " MiB", 0));
  }
}

Status draw(const Options& o, const Growth& growth, const std::vector<Measured>& measured) {
  std::array<GrowthPanel, 3> panels;
  for (size_t i = 0; i < growth.size(); ++i)
    panels[i] = {fit_text(growth[i], measured[i].cpu_fit, " s", 2), growth[i].across, measured[i].x, measured[i].cpu,
                 measured[i].cpu_fit};
  return write_growth(
      o.picture, "CPU seconds of a whole proof (" + arithmetic_path() + "): points are proofs, lines least squares",
      panels);
}

Status run(const Options& o) {
  if (!o.picture.empty()) SOTTO_TRY_STATUS(sound::Canvas::check_ending(o.picture));
  contest::catch_interrupts();
  const Growth growth = all_series();
  std::vector<Measured> measured;
  for (const Series& series : growth) {
    SOTTO_TRY(Measured one, measure(o, series));
    measured.push_back(std::move(one));
  }
  if (o.json)
    print_json(as_json(growth, measured));
  else
    print(growth, measured);
  return o.picture.empty() ? ok_status() : draw(o, growth, measured);
}

}  // namespace

void add_bench_growth(Verbs& verbs, CLI::App* parent) {
  CLI::App* verb = verbs.add(
      "growth", "How the cost of a proof grows with slots, samples and activations: 11 whole proofs, some minutes",
      parent);
  auto o = std::make_shared<Options>();
  verb->add_option("-o,--output", o->picture, "Draw points and lines into this .svg or .png file");
  o->judge.add_to(verb);
  o->setup.add_to(verb);
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return run(*o); });
}

}  // namespace sotto::cli
