// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/parser.h"

#include <algorithm>
#include <limits>

#include "sound/bytebeat/syntax_words.h"

namespace sotto::sound {

Result<Syntax> Parser::run() {
  if (peek().kind == Token::Kind::kEnd) return error_at(source_, 0, "the song is empty; write a formula of t, for example t*(42&t>>10)");
  match_brackets();
  if (at_statement()) {  // a player would refuse it as an expression: here the last expression, or return, is the sample
    SOTTO_TRY(tree_.root, statement_list(peek()));
    if (peek().kind != Token::Kind::kEnd) return unexpected();
    return std::move(tree_);
  }
  SOTTO_TRY(tree_.root, sequence());
  while (accept(";")) {}
  if (peek().kind != Token::Kind::kEnd) {
    if (at_ > 0 && tokens_[at_ - 1].text == ";") return fail(peek(), "a second statement is not supported; join the parts with commas");
    return unexpected();
  }
  return std::move(tree_);
}

Error Parser::unexpected() const {
  const Token& token = peek();
  if (token.kind == Token::Kind::kEnd) return fail(token, "the formula ends too early; an operand or a closing bracket is missing");
  if (token.kind == Token::Kind::kPunctuator) return fail(token, unsupported(token.text));
  if (is_statement_word(token.text)) return fail(token, quoted(token.text) + " is not supported here");
  return fail(token, "an operator is missing before this");
}

Status Parser::expect(std::string_view punctuator, const Token& opening) {
  if (accept(punctuator)) return ok_status();
  if (peek().kind == Token::Kind::kEnd) {
    return fail(opening, "this " + std::string(opening.text) + " is never closed; add " + std::string(punctuator));
  }
  return unexpected();
}

Parser::NodeId Parser::add(Node node) {
  auto deepen = [&](uint32_t child) { node.depth = std::max(node.depth, tree_.nodes[child].depth + 1); };
  using K = Node::Kind;
  const bool three = node.kind == K::kConditional || node.kind == K::kIf || node.kind == K::kFor;
  if (node.kind >= K::kUnary && node.kind != K::kSequence && node.kind != K::kBlock) deepen(node.a);
  if (node.kind == K::kBinary || node.kind == K::kLogical || node.kind == K::kIndex || three) deepen(node.b);
  if (three) deepen(node.c);
  for (uint32_t child : node.list) deepen(child);
  if (node.depth > kMaxTreeDepth) {
    return error_at(source_, node.position, "the formula is too long at this point; no program of 63 instructions can hold it");
  }
  tree_.nodes.push_back(std::move(node));
  return static_cast<uint32_t>(tree_.nodes.size() - 1);
}

Parser::NodeId Parser::add(Node::Kind kind, const Token& token, uint32_t a, uint32_t b, uint32_t c) {
  Node node;
  node.kind = kind;
  node.position = token.position;
  node.text = token.text;
  node.a = a;
  node.b = b;
  node.c = c;
  return add(std::move(node));
}

Parser::NodeId Parser::sequence() {
  Node node;
  node.kind = Node::Kind::kSequence;
  node.position = peek().position;
  do {
    SOTTO_TRY(uint32_t item, assignment());
    node.list.push_back(item);
  } while (accept(","));
  if (node.list.size() == 1) return node.list[0];
  return add(std::move(node));
}

// name = value, name op= value, or a conditional.
Parser::NodeId Parser::assignment() {
  Level level(depth_);
  if (depth_ > kMaxNesting) return fail(peek(), "nested too deeply; at most " + std::to_string(kMaxNesting) + " levels");
  if (starts_function()) return function();
  const Token first = peek();
  SOTTO_TRY(uint32_t target, conditional());
  const Token op = peek();
  if (op.kind != Token::Kind::kPunctuator || op.text.back() != '=' || (op.text != "=" && precedence(op.text) != 0) || op.text == "=>") return target;
  const std::string_view binary = op.text.substr(0, op.text.size() - 1);
  if (op.text != "=" && (precedence(binary) < 3 || precedence(binary) == 6 || precedence(binary) == 7)) return unexpected();
  if (tree_.nodes[target].kind != Node::Kind::kName) {
    return fail(op, "only a plain name can be assigned; elements, members and results cannot");
  }
  at_++;
  SOTTO_TRY(uint32_t value, assignment());
  if (!binary.empty()) {
    Token part = op;
    part.text = binary;
    SOTTO_TRY(value, add(Node::Kind::kBinary, part, target, value));
  }
  return add(Node::Kind::kAssign, first, value);
}

Status Parser::check_parameters(const Node& function, const Token& at) const {
  for (uint32_t parameter : function.list) {
    const Node::Kind kind = tree_.nodes[parameter].kind;  // "x = 2" is a name with a default
    if (kind != Node::Kind::kName && kind != Node::Kind::kAssign) return fail(at, "parameters are plain names: (x, y) => formula");
  }
  return ok_status();
}

// x => ... or (x, y) => ...
bool Parser::starts_function() const {
  auto is = [&](size_t i, std::string_view punctuator) {
    return i < tokens_.size() && tokens_[i].kind == Token::Kind::kPunctuator && tokens_[i].text == punctuator;
  };
  if (peek().kind == Token::Kind::kName) return is(at_ + 1, "=>");
  return at("(") && closing_[at_] > 0 && is(closing_[at_] + 1, "=>");
}

// For every opening round bracket the token that closes it, 0 if nothing does. Once, so that parsing stays linear.
void Parser::match_brackets() {
  closing_.assign(tokens_.size(), 0);
  std::vector<size_t> open;
  for (size_t i = 0; i < tokens_.size(); i++) {
    if (tokens_[i].kind != Token::Kind::kPunctuator) continue;
    if (tokens_[i].text == "(") open.push_back(i);
    if (tokens_[i].text != ")" || open.empty()) continue;
    closing_[open.back()] = i;
    open.pop_back();
  }
}

Parser::NodeId Parser::function() {
  const Token first = peek();
  Node node;
  node.kind = Node::Kind::kFunction;
  node.position = first.position;
  if (first.kind == Token::Kind::kName) {
    SOTTO_TRY(uint32_t parameter, primary());
    node.list.push_back(parameter);
  } else {
    at_++;
    SOTTO_TRY(node.list, list(")", first));
  }
  SOTTO_TRY_STATUS(check_parameters(node, first));
  at_++;  // =>
  SOTTO_TRY(node.a, at("{") ? block() : assignment());
  return add(std::move(node));
}

Parser::NodeId Parser::constant(double value) {
  Node node;
  node.position = peek().position;
  node.number = value;
  return add(std::move(node));
}

Parser::NodeId Parser::conditional() {
  SOTTO_TRY(uint32_t condition, binary(1));
  if (!at("?")) return condition;
  const Token question = peek();
  at_++;
  SOTTO_TRY(uint32_t yes, assignment());
  if (!accept(":")) {
    if (peek().kind == Token::Kind::kEnd) return fail(question, "this ? has no : after it; write condition ? a : b");
    return unexpected();
  }
  SOTTO_TRY(uint32_t no, assignment());
  return add(Node::Kind::kConditional, question, condition, yes, no);
}

Parser::NodeId Parser::binary(unsigned weakest) {
  SOTTO_TRY(uint32_t left, unary());
  for (;;) {
    const Token op = peek();
    const unsigned strength = op.kind == Token::Kind::kPunctuator ? precedence(op.text) : 0;
    if (strength == 0 || strength < weakest) return left;
    if (strength == kPower && tree_.nodes[left].kind == Node::Kind::kUnary && !bracketed(left)) {
      return fail(op, "write (-a)**b or -(a**b); JavaScript refuses -a**b");
    }
    at_++;
    Level level(depth_);
    if (depth_ > kMaxNesting) return fail(op, "nested too deeply; at most " + std::to_string(kMaxNesting) + " levels");
    SOTTO_TRY(uint32_t right, binary(strength == kPower ? strength : strength + 1));
    SOTTO_TRY(left, add(strength <= 2 ? Node::Kind::kLogical : Node::Kind::kBinary, op, left, right));
  }
}

Parser::NodeId Parser::unary() {
  const Token op = peek();
  if (at("++") || at("--")) {
    at_++;
    SOTTO_TRY(const uint32_t target, postfix());
    return step(op, target);
  }
  if (!(at("+") || at("-") || at("~") || at("!"))) return postfix();
  at_++;
  Level level(depth_);
  if (depth_ > kMaxNesting) return fail(op, "nested too deeply; at most " + std::to_string(kMaxNesting) + " levels");
  SOTTO_TRY(uint32_t operand, unary());
  return add(Node::Kind::kUnary, op, operand);
}

Parser::NodeId Parser::postfix() {
  SOTTO_TRY(uint32_t value, primary());
  for (;;) {
    const Token token = peek();
    if (accept("[")) {
      SOTTO_TRY(uint32_t index, sequence());
      SOTTO_TRY_STATUS(expect("]", token));
      SOTTO_TRY(value, add(Node::Kind::kIndex, token, value, index));
    } else if (accept(".")) {
      const Token name = peek();
      if (name.kind != Token::Kind::kName) return unexpected();
      at_++;
      SOTTO_TRY(value, add(Node::Kind::kMember, name, value));
    } else if (accept("(")) {
      Node call;
      call.kind = Node::Kind::kCall;
      call.position = tree_.nodes[value].position;
      call.a = value;
      SOTTO_TRY(call.list, list(")", token));
      SOTTO_TRY(value, add(std::move(call)));
    } else if ((at("++") || at("--")) && tree_.nodes[value].kind == Node::Kind::kName) {
      at_++;
      return step_after(token, value);
    } else {
      return value;
    }
  }
}

// Elements separated by commas; one trailing comma is allowed, as in JavaScript.
Result<std::vector<uint32_t>> Parser::list(std::string_view close, const Token& opening) {
  std::vector<uint32_t> items;
  while (!at(close)) {
    if (close == "]" && at(",")) {  // a hole: [1,,2] has no element 1
      Node hole;
      hole.position = peek().position;
      hole.number = std::numeric_limits<double>::quiet_NaN();
      SOTTO_TRY(const uint32_t item, add(std::move(hole)));
      items.push_back(item);
      at_++;
      continue;
    }
    SOTTO_TRY(uint32_t item, assignment());
    items.push_back(item);
    if (!accept(",")) break;
  }
  SOTTO_TRY_STATUS(expect(close, opening));
  return items;
}

Parser::NodeId Parser::primary() {
  const Token token = peek();
  if (token.kind == Token::Kind::kNumber) {
    at_++;
    Node node;
    node.position = token.position;
    node.number = token.number;
    return add(std::move(node));
  }
  if (token.kind == Token::Kind::kString) {
    at_++;
    Node node;
    node.kind = Node::Kind::kString;
    node.position = token.position;
    node.string = token.string;
    return add(std::move(node));
  }
  if (token.kind == Token::Kind::kName && !is_statement_word(token.text)) {
    at_++;
    return add(Node::Kind::kName, token);
  }
  if (at_word("function")) return function_word();
  if (accept("(")) {
    if (at(")")) return fail(token, "empty brackets; a formula is missing, and functions are not supported");
    SOTTO_TRY(uint32_t inner, sequence());
    SOTTO_TRY_STATUS(expect(")", token));
    last_bracketed_ = inner + 1;
    return inner;
  }
  if (accept("[")) {
    Node node;
    node.kind = Node::Kind::kArray;
    node.position = token.position;
    SOTTO_TRY(node.list, list("]", token));
    return add(std::move(node));
  }
  return unexpected();
}

Result<Syntax> parse(std::string_view source) {
  if (source.size() > kMaxSource) {
    return input_error("the song has " + std::to_string(source.size()) + " characters; at most " + std::to_string(kMaxSource) + " are accepted");
  }
  SOTTO_TRY(std::vector<Token> tokens, tokenise(source));
  return Parser(source, std::move(tokens)).run();
}

}  // namespace sotto::sound
