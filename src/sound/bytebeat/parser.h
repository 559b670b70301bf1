// SPDX-License-Identifier: Apache-2.0
// Recursive descent with precedence climbing for the binary operators (ECMA-262, section 13). Expressions are in parser.cpp,
// statements in parse_statements.cpp.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sound/bytebeat/lexer.h"
#include "sound/bytebeat/syntax.h"
#include "sound/bytebeat/syntax_words.h"

namespace sotto::sound {

class Parser {
 public:
  Parser(std::string_view source, std::vector<Token> tokens) : source_(source), tokens_(std::move(tokens)) {}

  Result<Syntax> run();

 private:
  using NodeId = Result<uint32_t>;

  // Counts the recursion of the parser while it is alive.
  struct Level {
    explicit Level(unsigned& depth) : depth_(depth) { depth_++; }
    ~Level() { depth_--; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    unsigned& depth_;
  };

  const Token& peek() const { return tokens_[at_]; }
  bool at(std::string_view punctuator) const { return peek().kind == Token::Kind::kPunctuator && peek().text == punctuator; }
  bool accept(std::string_view punctuator) {
    if (!at(punctuator)) return false;
    at_++;
    return true;
  }
  Error fail(const Token& token, const std::string& message) const { return error_at(source_, token.position, message); }
  Error unexpected() const;
  Status expect(std::string_view punctuator, const Token& opening);
  NodeId add(Node node);
  NodeId add(Node::Kind kind, const Token& token, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0);
  NodeId sequence();
  NodeId assignment();
  Status check_parameters(const Node& function, const Token& at) const;
  bool starts_function() const;
  void match_brackets();
  NodeId function();
  NodeId function_word();
  bool at_statement() const { return peek().kind == Token::Kind::kName && starts_statement(peek().text); }
  bool at_word(std::string_view word) const { return peek().kind == Token::Kind::kName && peek().text == word; }
  bool accept_word(std::string_view word) {
    if (!at_word(word)) return false;
    at_++;
    return true;
  }
  NodeId constant(double value);
  NodeId block();
  NodeId statement_list(const Token& first);
  NodeId statement();
  NodeId ended(NodeId statement);
  NodeId declarations();
  NodeId bracketed_sequence();
  NodeId if_statement(const Token& first);
  NodeId for_statement(const Token& first);
  NodeId loop(const Token& first, uint32_t start, uint32_t condition, uint32_t step);
  NodeId for_each(const Token& first, const Token& opening);
  NodeId step(const Token& op, uint32_t target);
  NodeId step_after(const Token& op, uint32_t target);
  NodeId conditional();
  NodeId binary(unsigned weakest);
  bool bracketed(uint32_t node) const { return last_bracketed_ == node + 1; }

  NodeId unary();
  NodeId postfix();
  Result<std::vector<uint32_t>> list(std::string_view close, const Token& opening);
  NodeId primary();
  std::string_view source_;
  std::vector<Token> tokens_;
  std::vector<size_t> closing_;
  size_t at_ = 0;
  unsigned depth_ = 0;
  uint32_t last_bracketed_ = 0;  // 1 + the node that the last pair of brackets enclosed
  Syntax tree_;
};

}  // namespace sotto::sound
