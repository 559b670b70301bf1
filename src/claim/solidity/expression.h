// SPDX-License-Identifier: Apache-2.0
// A ring whose operators only note what they are asked to do. relations.h, instantiated with it,
// becomes a text (yul_writer.h) instead of a number.
#pragma once
#include <memory>
#include <string>

namespace sotto::claim {

class Expression {
 public:
  enum class Kind { kLeaf, kAdd, kSub, kMul };
  struct Node {
    Kind kind;
    std::string text;  // of a leaf: Yul that gives a reduced field element
    std::shared_ptr<const Node> left, right;
  };

  Expression() = default;  // zero
  static Expression leaf(std::string text) {
    return Expression(
        std::make_shared<const Node>(Node{Kind::kLeaf, std::move(text), nullptr, nullptr}));
  }

  friend Expression operator+(const Expression& a, const Expression& b) {
    if (a.is_zero()) return b;
    return b.is_zero() ? a : make(Kind::kAdd, a, b);
  }
  friend Expression operator-(const Expression& a, const Expression& b) {
    return b.is_zero() ? a : make(Kind::kSub, a, b);
  }
  friend Expression operator*(const Expression& a, const Expression& b) {
    return a.is_zero() || b.is_zero() ? Expression() : make(Kind::kMul, a, b);
  }

  bool is_zero() const { return node_ == nullptr; }
  const std::shared_ptr<const Node>& node() const { return node_; }  // null: zero

 private:
  explicit Expression(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  static Expression make(Kind kind, const Expression& a, const Expression& b) {
    return Expression(std::make_shared<const Node>(Node{kind, {}, a.node_, b.node_}));
  }

  std::shared_ptr<const Node> node_;
};

}  // namespace sotto::claim
