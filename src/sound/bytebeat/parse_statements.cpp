// SPDX-License-Identifier: Apache-2.0
// Blocks, declarations, conditions and loops (ECMA-262, section 14).
#include "sound/bytebeat/parser.h"
#include "sound/bytebeat/syntax_words.h"

namespace sotto::sound {

// function name(x, y) { ... }; the name is the caller's business.
Parser::NodeId Parser::function_word() {
  Node node;
  node.kind = Node::Kind::kFunction;
  node.position = peek().position;
  at_++;
  if (peek().kind == Token::Kind::kName) at_++;
  const Token opening = peek();
  if (!accept("(")) return unexpected();
  SOTTO_TRY(node.list, list(")", opening));
  SOTTO_TRY_STATUS(check_parameters(node, opening));
  if (!at("{")) return unexpected();
  SOTTO_TRY(node.a, block());
  return add(std::move(node));
}

Parser::NodeId Parser::block() {
  const Token opening = peek();
  at_++;
  SOTTO_TRY(const uint32_t statements, statement_list(opening));
  SOTTO_TRY_STATUS(expect("}", opening));
  return statements;
}

// Up to a closing brace or the end.
Parser::NodeId Parser::statement_list(const Token& first) {
  Node node;
  node.kind = Node::Kind::kBlock;
  node.position = first.position;
  while (accept(";")) {}
  while (!at("}") && peek().kind != Token::Kind::kEnd) {
    SOTTO_TRY(const uint32_t item, statement());
    node.list.push_back(item);
    while (accept(";")) {}
  }
  return add(std::move(node));
}

Parser::NodeId Parser::statement() {
  Level level(depth_);
  const Token first = peek();
  if (depth_ > kMaxNesting) return fail(first, "nested too deeply; at most " + std::to_string(kMaxNesting) + " levels");
  if (at("{")) return block();
  if (accept(";")) return constant(0);
  if (at_word("let") || at_word("const") || at_word("var")) return ended(declarations());
  if (accept_word("if")) return if_statement(first);
  if (accept_word("for")) return for_statement(first);
  if (accept_word("while")) {
    SOTTO_TRY(const uint32_t condition, bracketed_sequence());
    SOTTO_TRY(const uint32_t nothing, constant(0));
    return loop(first, nothing, condition, nothing);
  }
  if (at_word("function") && tokens_[at_ + 1].kind == Token::Kind::kName) {
    const Token name = tokens_[at_ + 1];
    SOTTO_TRY(const uint32_t function, function_word());
    return add(Node::Kind::kDeclare, name, function, 1);
  }
  if (accept_word("return")) {
    const bool empty = at(";") || at("}") || peek().kind == Token::Kind::kEnd;
    SOTTO_TRY(const uint32_t value, empty ? constant(0) : sequence());
    return ended(add(Node::Kind::kReturn, first, value));
  }
  return ended(sequence());
}

// A statement ends with a semicolon, before a brace, or with its line.
Parser::NodeId Parser::ended(NodeId statement) {
  if (!statement.ok() || accept(";") || at("}") || peek().kind == Token::Kind::kEnd) return statement;
  const Token& last = tokens_[at_ - 1];
  const std::string_view between = source_.substr(last.position, peek().position - last.position);
  return between.find('\n') == std::string_view::npos ? NodeId(unexpected()) : std::move(statement);
}

// let x = 1, y = 2
Parser::NodeId Parser::declarations() {
  Node all;
  all.kind = Node::Kind::kSequence;
  all.position = peek().position;
  const bool whole_function = at_word("var");
  at_++;
  do {
    const Token name = peek();
    if (name.kind != Token::Kind::kName || is_statement_word(name.text)) return unexpected();
    at_++;
    SOTTO_TRY(const uint32_t value, accept("=") ? assignment() : constant(0));
    SOTTO_TRY(const uint32_t item, add(Node::Kind::kDeclare, name, value, whole_function));
    all.list.push_back(item);
  } while (accept(","));
  if (all.list.size() == 1) return all.list[0];
  return add(std::move(all));
}

Parser::NodeId Parser::bracketed_sequence() {
  const Token opening = peek();
  if (!accept("(")) return unexpected();
  SOTTO_TRY(const uint32_t inner, sequence());
  SOTTO_TRY_STATUS(expect(")", opening));
  return inner;
}

Parser::NodeId Parser::if_statement(const Token& first) {
  SOTTO_TRY(const uint32_t condition, bracketed_sequence());
  SOTTO_TRY(const uint32_t yes, statement());
  SOTTO_TRY(const uint32_t no, accept_word("else") ? statement() : constant(0));
  return add(Node::Kind::kIf, first, condition, yes, no);
}

Parser::NodeId Parser::for_statement(const Token& first) {
  const Token opening = peek();
  if (!accept("(")) return unexpected();
  const bool declares = at_word("let") || at_word("const") || at_word("var");
  if (declares && tokens_[at_ + 1].kind == Token::Kind::kName && tokens_[at_ + 2].text == "of") return for_each(first, opening);
  SOTTO_TRY(const uint32_t start, at(";") ? constant(0) : declares ? declarations() : sequence());
  if (!accept(";")) return unexpected();
  SOTTO_TRY(const uint32_t condition, at(";") ? constant(1) : sequence());
  if (!accept(";")) return unexpected();
  SOTTO_TRY(const uint32_t step, at(")") ? constant(0) : sequence());
  SOTTO_TRY_STATUS(expect(")", opening));
  return loop(first, start, condition, step);
}

Parser::NodeId Parser::loop(const Token& first, uint32_t start, uint32_t condition, uint32_t step) {
  Node node;
  node.kind = Node::Kind::kFor;
  node.position = first.position;
  node.a = start;
  node.b = condition;
  node.c = step;
  SOTTO_TRY(const uint32_t body, statement());
  node.list.push_back(body);
  return add(std::move(node));
}

Parser::NodeId Parser::for_each(const Token& first, const Token& opening) {
  Node node;
  node.kind = Node::Kind::kEach;
  node.position = first.position;
  node.text = tokens_[at_ + 1].text;
  at_ += 3;
  SOTTO_TRY(node.a, assignment());
  SOTTO_TRY_STATUS(expect(")", opening));
  SOTTO_TRY(const uint32_t body, statement());
  node.list.push_back(body);
  return add(std::move(node));
}

// ++ and -- as the assignment they are: a++ is (a = a + 1) - 1.
Parser::NodeId Parser::step(const Token& op, uint32_t target) {
  if (tree_.nodes[target].kind != Node::Kind::kName) return fail(op, unsupported(op.text));
  const Token name{Token::Kind::kName, tree_.nodes[target].position, tree_.nodes[target].text, 0, {}};
  Token sign = op;
  sign.text = op.text.substr(1);
  SOTTO_TRY(const uint32_t one, constant(1));
  SOTTO_TRY(const uint32_t value, add(Node::Kind::kBinary, sign, target, one));
  return add(Node::Kind::kAssign, name, value);
}

Parser::NodeId Parser::step_after(const Token& op, uint32_t target) {
  SOTTO_TRY(const uint32_t stepped, step(op, target));
  Token back = op;
  back.text = op.text == "++" ? "-" : "+";
  SOTTO_TRY(const uint32_t one, constant(1));
  return add(Node::Kind::kBinary, back, stepped, one);
}

}  // namespace sotto::sound
