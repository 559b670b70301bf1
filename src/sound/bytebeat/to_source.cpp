// SPDX-License-Identifier: Apache-2.0
// Program -> source. Slots that are read once stand where they are used, the others become names.
#include <algorithm>
#include <map>
#include <vector>

#include "base/check.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/semantics.h"

namespace sotto::sound {
namespace {

// Expressions are named rather than nested beyond this.
constexpr unsigned kMaxDepth = 8;

enum Strength : int { kConditional = 1, kOr = 3, kXor = 4, kAnd = 5, kEqual = 6, kLess = 7, kShift = 8, kSum = 9, kProduct = 10, kAtom = 20 };

struct Expression {
  std::string text;
  int strength = kAtom;
  // The source's value may lie outside of int32, and is the machine's only modulo 2^32.
  bool wide = false;
  unsigned depth = 0;
};

struct Infix {
  const char* text;
  int strength;
  bool heeds_width;  // its result depends on more than the operands' low 32 bits
};
Infix infix(Op op) {
  switch (op) {
    case Op::kAdd: return {"+", kSum, false};
    case Op::kSub: return {"-", kSum, false};
    case Op::kMul: return {"*", kProduct, false};
    case Op::kDiv: return {"/", kProduct, true};
    case Op::kMod: return {"%", kProduct, true};
    case Op::kAnd: return {"&", kAnd, false};
    case Op::kOr: return {"|", kOr, false};
    case Op::kXor: return {"^", kXor, false};
    case Op::kShl: return {"<<", kShift, false};
    case Op::kShr: return {">>", kShift, false};
    case Op::kUshr: return {">>>", kShift, false};
    case Op::kLt: return {"<", kLess, true};
    case Op::kGe: return {">=", kLess, true};
    case Op::kEq: return {"==", kEqual, true};
    case Op::kNe: return {"!=", kEqual, true};
    case Op::kSelect:
    case Op::kLookup:
    case Op::kSine: break;
  }
  return {"", kAtom, false};
}

class Printer {
 public:
  explicit Printer(const Program& program) : program_(program) {}

  std::string run() {
    count_uses();
    for (size_t i = 0; i < program_.code.size(); i++) {
      slots_.push_back(uses_[i] == 0 ? Expression{"0"} : instruction(program_.code[i]));
      if (uses_[i] > 1 || slots_[i].depth >= kMaxDepth) give_name(i);
    }
    return assignments_ + operand(program_.output).text;
  }

 private:
  void count_uses() {
    uses_.assign(program_.code.size(), 0);
    auto use = [&](const Operand& o) { if (o.kind == Operand::Kind::kSlot) uses_[o.index]++; };
    use(program_.output);
    for (size_t i = program_.code.size(); i-- > 0;) {
      const Instruction& instruction = program_.code[i];
      if (uses_[i] == 0) continue;
      use(instruction.a);
      if (operand_count(instruction.op) > 1) use(instruction.b);
      if (operand_count(instruction.op) > 2) use(instruction.c);
    }
  }

  void give_name(size_t i) {
    if (slots_[i].strength == kAtom && slots_[i].depth == 0) return;  // a number is its own best name
    const std::string name = std::string("s").append(std::to_string(i));
    assignments_.append(name).append("=").append(slots_[i].text).append(",\n");
    slots_[i] = {name, kAtom, slots_[i].wide, 0};
  }

  static Expression number(uint32_t word) {
    const int32_t value = static_cast<int32_t>(word);
    const std::string digits = std::to_string(value);
    return {value < 0 ? std::string("(").append(digits).append(")") : digits, kAtom, false, 0};
  }

  Expression operand(const Operand& o) const {
    if (o.kind == Operand::Kind::kT) return {"t"};
    if (o.kind == Operand::Kind::kConstant) return number(program_.constants[o.index]);
    return slots_[o.index];
  }

  // The value of an operand that is known without t.
  bool constant(const Operand& o, uint32_t& value) const {
    if (o.kind == Operand::Kind::kConstant) {
      value = program_.constants[o.index];
      return true;
    }
    if (o.kind != Operand::Kind::kSlot || !folded_.contains(o.index)) return false;
    value = folded_.at(o.index);
    return true;
  }

  static std::string bracketed(const Expression& e, int strength) {
    return e.strength >= strength ? e.text : std::string("(").append(e.text).append(")");
  }

  // x|0 brings a wide value to the machine's word.
  static Expression narrow(const Expression& e) {
    if (!e.wide) return e;
    return {bracketed(e, kOr).append("|0"), kOr, false, e.depth + 1};
  }

  Expression instruction(const Instruction& i) {
    // Constant operations are printed as their result: JavaScript would compute them in doubles.
    uint32_t a = 0, b = 0, c = 0;
    const unsigned operands = operand_count(i.op);
    const bool known = constant(i.a, a) && (operands < 2 || constant(i.b, b)) && (operands < 3 || constant(i.c, c));
    if (known) {
      const uint32_t value = eval_op(i.op, a, b, c, program_.table);
      folded_[static_cast<uint8_t>(slots_.size())] = value;
      return number(value);
    }
    if (i.op == Op::kSelect) return select(i);
    if (i.op == Op::kLookup) return lookup(i);
    if (i.op == Op::kSine) return sine(i);
    const Infix op = infix(i.op);
    const Expression x = op.heeds_width ? narrow(operand(i.a)) : operand(i.a);
    const Expression y = op.heeds_width ? narrow(operand(i.b)) : operand(i.b);
    Expression r;
    r.text = bracketed(x, op.strength).append(op.text).append(bracketed(y, op.strength + 1));
    r.strength = op.strength;
    r.depth = std::max(x.depth, y.depth) + 1;
    r.wide = i.op == Op::kAdd || i.op == Op::kSub || i.op == Op::kMul || i.op == Op::kUshr;
    if (i.op == Op::kDiv) {  // the machine truncates
      r.text += "|0";
      r.strength = kOr;
    }
    return r;
  }

  Expression select(const Instruction& i) {
    const Expression k = narrow(operand(i.a)), x = operand(i.b), y = operand(i.c);
    Expression r;
    r.text = bracketed(k, kOr).append("?").append(bracketed(x, kOr)).append(":").append(bracketed(y, kOr));
    r.strength = kConditional;
    r.wide = x.wide || y.wide;
    r.depth = std::max(k.depth, std::max(x.depth, y.depth)) + 1;
    return r;
  }

  // Past the end JavaScript has no number and the machine has 0: |0 makes both 0.
  Expression lookup(const Instruction& i) {
    if (program_.table.empty()) return number(0);
    if (!table_named_) {
      assignments_ += "table=[";
      for (size_t k = 0; k < program_.table.size(); k++) {
        assignments_.append(k ? "," : "").append(std::to_string(static_cast<int32_t>(program_.table[k])));
      }
      assignments_ += "],\n";
      table_named_ = true;
    }
    const Expression index = operand(i.a);
    return {std::string("table[").append(bracketed(index, kShift)).append("&255]|0"), kOr, false, index.depth + 1};
  }

  Expression sine(const Instruction& i) const {
    const Expression angle = operand(i.a);
    return {sine_source(bracketed(angle, kShift)), kAtom, false, angle.depth + 3};
  }

  const Program& program_;
  std::vector<unsigned> uses_;
  std::vector<Expression> slots_;
  std::map<uint8_t, uint32_t> folded_;
  std::string assignments_;
  bool table_named_ = false;
};

}  // namespace

std::string sine_source(const std::string& angle) {
  return std::string("round(sin(((").append(angle).append(">>>16)+.5)*PI/32768)*16384)");
}

std::string to_source(const Program& program) {
  SOTTO_CHECK(check_program(program).ok());
  return Printer(program).run();
}

}  // namespace sotto::sound
