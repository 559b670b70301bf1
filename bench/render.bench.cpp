// SPDX-License-Identifier: Apache-2.0
// The renderer against V8 (`node`) on the same formula in one run, on one core each: best of many runs. JSON.
#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/render.h"

namespace {

using namespace sotto;
using Clock = std::chrono::steady_clock;

// The first is the one of the target: 14 instructions whose values all fit V8's small integers. The second leaves them, as
// many songs do, the third has fractions and a table of pitches.
constexpr const char* kFormulas[] = {"t*(t&16384?6:5)*(3+(3&t>>(t&2048?7:14)))>>(3&t>>9)|t>>2",
                                     "t*t*(t>>9&t>>8)*9^t%(t>>6|1)|t*t*t>>12&t>>3",
                                     "t*2**([0,3,7,10][t>>12&3]/12)&128|t/3&t>>5"};

double samples_per_second(const sound::Program& program) {
  double best = 0;
  for (int run = 0; run < 300; run++) {
    const auto start = Clock::now();
    const sound::Samples samples = sound::render(program);
    best = std::max(best, static_cast<double>(samples.size()) / std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

uint32_t checksum(const sound::Samples& samples) {
  uint32_t sum = 0;
  for (uint8_t v : samples) sum = sum * 31 + v;
  return sum;
}

nlohmann::json run_v8(const std::string& formula) {
  const std::string command = "node '" SOTTO_SOURCE_DIR "/bench/render_v8.mjs' '" + formula + "' " + std::to_string(sound::kSamples);
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) text += buffer.data();
  if (pipe == nullptr || pclose(pipe) != 0) return nullptr;
  return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace

int main() {
  auto reports = nlohmann::ordered_json::array();
  for (const char* formula : kFormulas) {
    const sound::Program program = sound::compile(formula).value();
    const double ours = samples_per_second(program);
    nlohmann::ordered_json report = {{"formula", formula}, {"instructions", program.code.size()}, {"samples_per_second", ours}};
    const nlohmann::json v8 = run_v8(formula);
    if (v8.is_object()) {
      report["v8_samples_per_second"] = v8["samples_per_second"];
      report["times_v8"] = ours / v8["samples_per_second"].get<double>();
      report["same_samples"] = v8["checksum"] == checksum(sound::render(program));
    }
    reports.push_back(report);
  }
  std::printf("%s\n", reports.dump(2).c_str());
}
