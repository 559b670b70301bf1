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

class Writer {
 public:
  explicit Writer(const Shared& shared) : shared_(shared) {}

  // Yul that gives the reduced value; first writes the statements that it rests on.
  std::string value(size_t id) {
    const Shared::Entry& e = shared_[id];
    if (e.kind == Kind::kLeaf) return e.text;
    if (e.uses < 2) return formula(e);
    if (const auto known = stored_.find(id); known != stored_.end()) return known->second;
    const std::string text = formula(e);
    std::string name = "t";
    name += std::to_string(stored_.size());
    stored_[id] = name;
    statement("let " + name + " := " + text);
    return name;
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
  // Operands are below r, so the difference is left + (r - right).
  std::string formula(const Shared::Entry& e) {
    const std::string left = value(e.left), right = value(e.right);
    switch (e.kind) {
      case Kind::kAdd:
        return "addmod(" + left + ", " + right + ", r)";
      case Kind::kSub:
        return "addmod(" + left + ", sub(r, " + right + "), r)";
      default:
        return "mulmod(" + left + ", " + right + ", r)";
    }
  }

  const Shared& shared_;
  std::string text_;
  std::map<size_t, std::string> stored_;
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
    const std::string value = writer.value(ids[i]);
    writer.statement("mstore(" + outputs[i].address + ", " + value + ") // " + outputs[i].comment);
  }
  return "            function " + name + "() {\n" + writer.text() + "            }\n";
}

}  // namespace sotto::claim
