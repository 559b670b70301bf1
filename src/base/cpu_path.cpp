// SPDX-License-Identifier: Apache-2.0
#include "base/cpu_path.h"

#include <cstdlib>
#include <string_view>

namespace sotto {
namespace {

#if defined(SOTTO_EMULATE_AVX512)
bool has_avx512() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool has_ifma() { return true; }
#elif defined(__x86_64__)
bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}
bool has_ifma() { return __builtin_cpu_supports("avx512ifma"); }
#endif

}  // namespace

const char* cpu_path_name(CpuPath path) {
  switch (path) {
    case CpuPath::kAvx512: return "avx512";
    case CpuPath::kAvx2: return "avx2";
    case CpuPath::kPortable: break;
  }
  return "portable";
}

std::vector<CpuPath> available_cpu_paths() {
  std::vector<CpuPath> paths = {CpuPath::kPortable};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) paths.push_back(CpuPath::kAvx2);
  if (has_avx512()) paths.push_back(CpuPath::kAvx512);
#endif
  return paths;
}

CpuPath default_cpu_path() {
  const std::vector<CpuPath> paths = available_cpu_paths();
  const char* wanted = std::getenv("SOTTO_CPU");
  for (CpuPath path : paths)
    if (wanted && std::string_view(wanted) == cpu_path_name(path)) return path;
  return paths.back();
}

bool use_ifma() {
#if defined(__x86_64__)
  return default_cpu_path() == CpuPath::kAvx512 && has_ifma();
#else
  return false;
#endif
}

}  // namespace sotto
