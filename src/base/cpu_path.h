// SPDX-License-Identifier: Apache-2.0
// Which instruction set the fast paths use. All of them give the same bits; tests run every path that the machine has.
#pragma once
#include <vector>

namespace sotto {

enum class CpuPath { kPortable, kAvx2, kAvx512 };

const char* cpu_path_name(CpuPath path);
// The paths that this machine can run, slowest first; kPortable is always there. kAvx512: with DQ, VL, BW and VNNI; or emulated
// (base/intrinsics.h).
std::vector<CpuPath> available_cpu_paths();
// The fastest available path, or the one that SOTTO_CPU=portable|avx2|avx512 names if the machine has it.
CpuPath default_cpu_path();
// Whether the path is kAvx512 and the machine has the 52-bit multiplications (IFMA) as well.
bool use_ifma();

}  // namespace sotto
