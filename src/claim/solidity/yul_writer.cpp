// SPDX-License-Identifier: Apache-2.0
#include "claim/solidity/yul_writer.h"

#include <map>
#include <tuple>

namespace sotto::claim {
namespace {

using Kind = Expression::Kind;
using Node = Expression::Node;

constexpr size_t kZero = 0;  // id of the missing node
constexpr size_t kColumns = 120;

// Equal expressions get one id, however often they were built.
class Shared {
 public:
  struct Entry {
    Kind kind = Kind::kLeaf;
    std::string text = "0";
    size_t left = kZero, right = kZero;
    unsigned uses = 0;
  };

  Shared() : entries_(1) {}

  size_t add(const std::shared_ptr<const Node>& node) {
    if (!node) return kZero;
    if (const auto known = by_node_.find(node.get()); known != by_node_.end()) return known->second;
    const size_t left = add(node->left), right = add(node->right);
    const auto [at, fresh] =
        by_content_.try_emplace({node->kind, node->text, left, right}, entries_.size());
    if (fresh) {
      entries_.push_back({node->kind, node->text, left, right, 0});
      entries_[left].uses++;
      entries_[right].uses++;
    }
    return by_node_[node.get()] = at->second;
  }
  void use(size_t id) { entries_[id].uses++; }
  const Entry& operator[](size_t id) const { return entries_[id]; }

 private:
  std::vector<Entry> entries_;
  std::map<const Node*, size_t> by_node_;
  std::map<std::tuple<Kind, std::string, size_t, size_t>, size_t> by_content_;
};

// Yul that gives a value of at most `bound` times r.
struct Bounded {
  std::string text;
  unsigned bound = 1;
};
constexpr unsigned kMaxBound = 5;  // 5 r < 2^256 < 6 r

class Writer {
 public:
  explicit Writer(const Shared& shared) : shared_(shared) {}

  // The reduced value; first writes the statements that it rests on.
  std::string reduced(size_t id) {
    const Shared::Entry& e = shared_[id];
    if (e.uses < 2 && e.kind != Kind::kLeaf) return formula(e, 1).text;
    const Bounded v = value(id);
    return v.bound == 1 ? v.text : "mod(" + v.text + ", r)";
  }
  // One statement; lines end after a comma.
  void statement(std::string text) {
    for (size_t indent = 16;; indent = 20) {
      text_ += std::string(indent, ' ');
      const size_t comma = indent + text.size() <= kColumns
                               ? std::string::npos
                               : text.rfind(", ", kColumns - indent - 1);
      if (comma == std::string::npos) break;
      text_ += text.substr(0, comma + 1) + "\n";
      text.erase(0, comma + 2);
    }
    text_ += text + "\n";
  }
  const std::string& text() const { return text_; }

 private:
  // What is used twice gets a variable.
  Bounded value(size_t id) {
    const Shared::Entry& e = shared_[id];
    if (e.kind == Kind::kLeaf) return {e.text};
    if (e.uses < 2) return formula(e, kMaxBound);
    if (const auto known = stored_.find(id); known != stored_.end()) return known->second;
    Bounded v = formula(e, kMaxBound);
    std::string name = "t";
    name += std::to_string(stored_.size());
    statement("let " + name + " := " + v.text);
    return stored_[id] = {name, v.bound};
  }
  // Sums are reduced where they could exceed max r.
  Bounded formula(const Shared::Entry& e, unsigned max) {
    const Bounded left = value(e.left), right = value(e.right);
    if (e.kind == Kind::kMul) return {"mulmod(" + left.text + ", " + right.text + ", r)"};
    const std::string term = e.kind == Kind::kAdd ? right.text : complement(right);
    const unsigned bound = left.bound + right.bound;
    if (bound > max) return {"addmod(" + left.text + ", " + term + ", r)"};
    return {"add(" + left.text + ", " + term + ")", bound};
  }
  // bound r - v: not negative, at most bound r, and -v modulo r
  static std::string complement(const Bounded& v) {
    return "sub(" + (v.bound == 1 ? "r" : "mul(" + std::to_string(v.bound) + ", r)") + ", " + v.text + ")";
  }

  const Shared& shared_;
  std::string text_;
  std::map<size_t, Bounded> stored_;
};

}  // namespace

std::string write_yul_function(const std::string& name, const std::vector<YulOutput>& outputs) {
  Shared shared;
  std::vector<size_t> ids;
  for (const YulOutput& out : outputs) ids.push_back(shared.add(out.value.node()));
  for (const size_t id : ids) shared.use(id);
  Writer writer(shared);
  writer.statement("let r := modulus()");
  for (size_t i = 0; i < outputs.size(); i++) {
    const std::string value = writer.reduced(ids[i]);
    writer.statement("mstore(" + outputs[i].address + ", " + value + ") // " + outputs[i].comment);
  }
  return "            function " + name + "() {\n" + writer.text() + "            }\n";
}

}  // namespace sotto::claim
