// SPDX-License-Identifier: Apache-2.0
// Block-wise rendering: one loop per instruction over a block of samples, so that the compiler vectorises each loop and
// the working set stays in the first cache levels. The same loops are compiled twice, for the baseline and for AVX2.
#include "sound/bytebeat/render.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <string_view>

#include "base/check.h"
#include "sound/bytebeat/semantics.h"

namespace sotto::sound {
namespace {

constexpr unsigned kBlock = 512;
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
  }
}

void op_block_baseline(Op op, const KernelArguments& k) { op_block(op, k); }
#if defined(__x86_64__)
[[gnu::target("avx2")]] void op_block_avx2(Op op, const KernelArguments& k) { op_block(op, k); }
#endif

using Kernel = void (*)(Op, const KernelArguments&);
// SOTTO_CPU=portable forces the baseline, for tests and comparisons.
Kernel best_kernel() {
  const char* forced = std::getenv("SOTTO_CPU");
  if (forced != nullptr && std::string_view(forced) == "portable") return op_block_baseline;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return op_block_avx2;
#endif
  return op_block_baseline;
}

// The values of one block of samples: t, the broadcast constants, and the slots as they are computed.
class Block {
 public:
  explicit Block(const Program& program) : program_(program), slots_(program.code.size()), constants_(program.constants.size()) {
    for (size_t i = 0; i < constants_.size(); i++) constants_[i].fill(program.constants[i]);
    std::copy(program.table.begin(), program.table.end(), table_.begin());
  }

  // Runs the program for t = first .. first + kBlock - 1 (modulo 2^32) and returns its output.
  const Lane& run(uint32_t first, Kernel kernel) {
    for (unsigned i = 0; i < kBlock; i++) t_[i] = first + i;
    for (size_t i = 0; i < program_.code.size(); i++) {
      const Instruction& instruction = program_.code[i];
      kernel(instruction.op, {slots_[i].data(), lane(instruction.a).data(), lane(instruction.b).data(),
                              lane(instruction.c).data(), table_.data(), instruction.b.kind == Operand::Kind::kConstant});
    }
    return lane(program_.output);
  }

 private:
  const Lane& lane(const Operand& operand) const {
    switch (operand.kind) {
      case Operand::Kind::kSlot: return slots_[operand.index];
      case Operand::Kind::kConstant: return constants_[operand.index];
      case Operand::Kind::kT: break;
    }
    return t_;
  }

  const Program& program_;
  std::vector<Lane> slots_, constants_;
  std::array<uint32_t, kMaxTable> table_{};
  Lane t_{};
};

}  // namespace

Samples render(const Program& program, uint32_t count, uint32_t first) {
  SOTTO_CHECK(check_program(program).ok());
  const Kernel kernel = best_kernel();
  Block block(program);
  Samples samples(count);
  for (uint32_t done = 0; done < count;) {
    const Lane& output = block.run(first + done, kernel);
    const uint32_t n = std::min(kBlock, count - done);
    for (uint32_t i = 0; i < n; i++) samples[done + i] = static_cast<uint8_t>(output[i]);
    done += n;
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
