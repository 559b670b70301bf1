// SPDX-License-Identifier: Apache-2.0
// The syntax tree of a song, and the parser. The grammar is that of JavaScript's expressions and simple statements;
// what Sotto cannot run (state, objects) is refused here or in compile.cpp, with its position.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sotto::sound {

struct Node {
  enum class Kind : uint8_t {
    kNumber,       // number
    kString,       // string
    kName,         // text
    kArray,        // list
    kUnary,        // text: + - ~ !; a
    kBinary,       // text; a, b: values of both
    kLogical,      // text: && ||; a, b
    kConditional,  // a ? b : c
    kAssign,       // text: the name; assigns a, which for "x += y" is already x + y
    kSequence,     // list; the value is the last one's
    kIndex,        // a[b]
    kMember,       // a.text
    kCall,         // a(list...)
    kFunction,     // (list: names) => a, an expression or a block
    kBlock,        // { list: statements }, or a whole song of statements
    kDeclare,      // let text = a; b: 1 for var
    kIf,           // if (a) b else c
    kFor,          // for (a; b; c) list[0]; a `while` has no a and c
    kEach,         // for (let text of a) list[0]
    kReturn,       // return a
  };
  Kind kind = Kind::kNumber;
  uint32_t position = 0;
  std::string_view text;
  double number = 0;
  uint32_t a = 0, b = 0, c = 0;  // children; a child's number is smaller than its parent's
  std::vector<uint32_t> list;
  std::string string;
  uint32_t depth = 1;  // of the tree below, at most kMaxTreeDepth
};

// Bounds that keep recursion over the text and over the tree far from the end of the stack.
inline constexpr uint32_t kMaxSource = 65536;    // characters
inline constexpr unsigned kMaxNesting = 200;     // brackets, unary operators, conditionals inside one another
inline constexpr uint32_t kMaxTreeDepth = 400;   // "t+t+t+..." is a deep tree without being nested

struct Syntax {
  std::vector<Node> nodes;
  uint32_t root = 0;
};

// Linear in the size of the source. The tree points into `source`.
Result<Syntax> parse(std::string_view source);

}  // namespace sotto::sound
