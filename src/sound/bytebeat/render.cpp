// SPDX-License-Identifier: Apache-2.0
// Block-wise rendering: one loop per instruction over a block of samples, so that the compiler vectorises each loop and
// the working set stays in the first cache levels. The same loops are compiled for the baseline, AVX2 and AVX-512.
#include "sound/bytebeat/render.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/check.h"
#include "base/cpu_path.h"
#include "base/intrinsics.h"
#include "sound/bytebeat/semantics.h"

namespace sotto::sound {
namespace {

constexpr unsigned kBlock = 256;
using Lane = std::array<uint32_t, kBlock>;

struct KernelArguments {
  uint32_t* out;
  const uint32_t *a, *b, *c;
  const uint32_t* table;   // kMaxTable entries, zero past the end of the program's table
  bool uniform_shift;      // b is one value in the whole block
};

template <class F>
[[gnu::always_inline]] inline void for_each_sample(uint32_t* __restrict out, F f) {
  for (unsigned i = 0; i < kBlock; i++) out[i] = f(i);
}

// Truncating 32-bit division through double is exact: a quotient that is no integer is at least 1/|b| away from one,
// which is 2^-31 of its size or more, and double rounds at 2^-53. b = 0 and b = -1 (INT_MIN / -1) go around it.
[[gnu::always_inline]] inline int32_t quotient(uint32_t a, uint32_t b) {
  const int32_t sa = static_cast<int32_t>(a), sb = static_cast<int32_t>(b);
  const int32_t safe = ((sb == 0) | (sb == -1)) ? 1 : sb;
  const int32_t q = static_cast<int32_t>(static_cast<double>(sa) / static_cast<double>(safe));
  return sb == -1 ? static_cast<int32_t>(0u - a) : sb == 0 ? 0 : q;
}

[[gnu::always_inline]] inline int32_t as_signed(uint32_t word) { return static_cast<int32_t>(word); }

[[gnu::always_inline]] inline void shift_block(Op op, const KernelArguments& k) {
  const uint32_t *a = k.a, *b = k.b;
  if (k.uniform_shift) {
    const unsigned n = b[0] & 31;
    if (op == Op::kShl) return for_each_sample(k.out, [=](unsigned i) { return a[i] << n; });
    if (op == Op::kUshr) return for_each_sample(k.out, [=](unsigned i) { return a[i] >> n; });
    return for_each_sample(k.out, [=](unsigned i) { return static_cast<uint32_t>(as_signed(a[i]) >> n); });
  }
  if (op == Op::kShl) return for_each_sample(k.out, [=](unsigned i) { return a[i] << (b[i] & 31); });
  if (op == Op::kUshr) return for_each_sample(k.out, [=](unsigned i) { return a[i] >> (b[i] & 31); });
  for_each_sample(k.out, [=](unsigned i) { return static_cast<uint32_t>(as_signed(a[i]) >> (b[i] & 31)); });
}

[[gnu::always_inline]] inline void op_block(Op op, const KernelArguments& k) {
  const uint32_t *a = k.a, *b = k.b, *c = k.c;
  switch (op) {
    case Op::kAdd: return for_each_sample(k.out, [=](unsigned i) { return a[i] + b[i]; });
    case Op::kSub: return for_each_sample(k.out, [=](unsigned i) { return a[i] - b[i]; });
    case Op::kMul: return for_each_sample(k.out, [=](unsigned i) { return a[i] * b[i]; });
    case Op::kDiv: return for_each_sample(k.out, [=](unsigned i) { return static_cast<uint32_t>(quotient(a[i], b[i])); });
    case Op::kMod:
      return for_each_sample(k.out, [=](unsigned i) {
        return b[i] == 0 ? 0 : a[i] - static_cast<uint32_t>(quotient(a[i], b[i])) * b[i];
      });
    case Op::kAnd: return for_each_sample(k.out, [=](unsigned i) { return a[i] & b[i]; });
    case Op::kOr: return for_each_sample(k.out, [=](unsigned i) { return a[i] | b[i]; });
    case Op::kXor: return for_each_sample(k.out, [=](unsigned i) { return a[i] ^ b[i]; });
    case Op::kShl:
    case Op::kShr:
    case Op::kUshr: return shift_block(op, k);
    case Op::kLt: return for_each_sample(k.out, [=](unsigned i) { return uint32_t{as_signed(a[i]) < as_signed(b[i])}; });
    case Op::kGe: return for_each_sample(k.out, [=](unsigned i) { return uint32_t{as_signed(a[i]) >= as_signed(b[i])}; });
    case Op::kEq: return for_each_sample(k.out, [=](unsigned i) { return uint32_t{a[i] == b[i]}; });
    case Op::kNe: return for_each_sample(k.out, [=](unsigned i) { return uint32_t{a[i] != b[i]}; });
    case Op::kSelect: return for_each_sample(k.out, [=](unsigned i) { return a[i] ? b[i] : c[i]; });
    case Op::kLookup: {
      const uint32_t* table = k.table;
      return for_each_sample(k.out, [=](unsigned i) { return table[a[i] & (kMaxTable - 1)]; });
    }
    case Op::kSine: return for_each_sample(k.out, [=](unsigned i) { return static_cast<uint32_t>(int32_t{kSineTable[a[i] >> 16]}); });
  }
}

// A program made ready: the values of one block of samples for t, the broadcast constants, and the slots.
struct Block {
  explicit Block(const Program& program) : slots(program.code.size()), constants(program.constants.size()) {
    for (size_t i = 0; i < constants.size(); i++) constants[i].fill(program.constants[i]);
    std::copy(program.table.begin(), program.table.end(), table.begin());
    for (size_t i = 0; i < program.code.size(); i++) {
      const Instruction& x = program.code[i];
      steps.push_back({x.op, {slots[i].data(), lane(x.a), lane(x.b), lane(x.c), table.data(), x.b.kind == Operand::Kind::kConstant}});
    }
    output = lane(program.output);
  }
  const uint32_t* lane(const Operand& operand) const {
    if (operand.kind == Operand::Kind::kSlot) return slots[operand.index].data();
    return operand.kind == Operand::Kind::kConstant ? constants[operand.index].data() : t.data();
  }

  struct Step {
    Op op;
    KernelArguments arguments;
  };
  std::vector<Lane> slots, constants;
  std::array<uint32_t, kMaxTable> table{};
  Lane t{};
  std::vector<Step> steps;
  const uint32_t* output = nullptr;
};

// Samples t = first .. first + kBlock - 1 (modulo 2^32).
[[gnu::always_inline]] inline void run_block(Block& block, uint32_t first, uint8_t* __restrict samples) {
  for (unsigned i = 0; i < kBlock; i++) block.t[i] = first + i;
  for (const Block::Step& step : block.steps) op_block(step.op, step.arguments);
  const uint32_t* output = block.output;
  for (unsigned i = 0; i < kBlock; i++) samples[i] = static_cast<uint8_t>(output[i]);
}

void run_block_baseline(Block& block, uint32_t first, uint8_t* samples) { run_block(block, first, samples); }
#if defined(__x86_64__)
[[gnu::target("avx2")]] void run_block_avx2(Block& block, uint32_t first, uint8_t* samples) { run_block(block, first, samples); }
SOTTO_AVX512_WIDE("avx512f,avx512bw,avx512dq,avx512vl") void run_block_avx512(Block& block, uint32_t first, uint8_t* samples) {
  run_block(block, first, samples);
}
#endif

using Kernel = void (*)(Block&, uint32_t, uint8_t*);
Kernel best_kernel() {
#if defined(__x86_64__)
  const CpuPath path = default_cpu_path();
  if (path == CpuPath::kAvx512) return run_block_avx512;
  if (path == CpuPath::kAvx2) return run_block_avx2;
#endif
  return run_block_baseline;
}

}  // namespace

Samples render(const Program& program, uint32_t count, uint32_t first) {
  return render_stretches(program, {&first, 1}, count);
}

Samples render_stretches(const Program& program, std::span<const uint32_t> firsts, uint32_t length) {
  SOTTO_CHECK(check_program(program).ok());
  const Kernel kernel = best_kernel();
  Block block(program);
  Samples samples(firsts.size() * length);
  uint8_t* out = samples.data();
  for (const uint32_t first : firsts) {
    uint32_t done = 0;
    for (; length - done >= kBlock; done += kBlock) kernel(block, first + done, out + done);
    if (done < length) {
      std::array<uint8_t, kBlock> rest;
      kernel(block, first + done, rest.data());
      std::copy_n(rest.begin(), length - done, out + done);
    }
    out += length;
  }
  return samples;
}

uint8_t render_one(const Program& program, uint32_t t) {
  std::vector<uint32_t> slots;
  auto value = [&](const Operand& operand) -> uint32_t {
    if (operand.kind == Operand::Kind::kSlot) return slots[operand.index];
    return operand.kind == Operand::Kind::kConstant ? program.constants[operand.index] : t;
  };
  for (const Instruction& i : program.code) {
    slots.push_back(eval_op(i.op, value(i.a), value(i.b), value(i.c), program.table));
  }
  return static_cast<uint8_t>(value(program.output));
}

}  // namespace sotto::sound
