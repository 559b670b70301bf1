// SPDX-License-Identifier: Apache-2.0
// Result<T>: what functions return that read foreign bytes or touch the world. Bugs use CHECK (check.h) instead.
#pragma once
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace sotto {

// The kinds are the exit codes of the command line.
enum class ErrorKind : int {
  kRejected = 1,     // the answer is no: proof rejected, score below target
  kUsage = 2,        // wrong arguments
  kInput = 3,        // input refused: song, judge, proof, setup file
  kEnvironment = 4,  // missing tool, no chain, full disk
  kInterrupted = 130,
};

struct Error {
  ErrorKind kind = ErrorKind::kInput;
  std::string message;  // says what is wrong and, where possible, what to do next
};

inline Error input_error(std::string m) { return {ErrorKind::kInput, std::move(m)}; }
inline Error environment_error(std::string m) { return {ErrorKind::kEnvironment, std::move(m)}; }
inline Error usage_error(std::string m) { return {ErrorKind::kUsage, std::move(m)}; }
inline Error rejected(std::string m) { return {ErrorKind::kRejected, std::move(m)}; }

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
  Result(Error e) : v_(std::in_place_index<1>, std::move(e)) {}
  bool ok() const { return v_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { SOTTO_CHECK(ok()); return std::get<0>(v_); }
  const T& value() const& { SOTTO_CHECK(ok()); return std::get<0>(v_); }
  T&& value() && { SOTTO_CHECK(ok()); return std::get<0>(std::move(v_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { SOTTO_CHECK(!ok()); return std::get<1>(v_); }

 private:
  std::variant<T, Error> v_;
};

struct Unit {};
using Status = Result<Unit>;
inline Status ok_status() { return Unit{}; }

}  // namespace sotto

#define SOTTO_CONCAT2(a, b) a##b
#define SOTTO_CONCAT(a, b) SOTTO_CONCAT2(a, b)
// SOTTO_TRY(auto x, f()): x is f()'s value, or the error is returned to the caller.
#define SOTTO_TRY(decl, expr)                                        \
  auto SOTTO_CONCAT(res_, __LINE__) = (expr);                        \
  if (!SOTTO_CONCAT(res_, __LINE__).ok())                            \
    return SOTTO_CONCAT(res_, __LINE__).error();                     \
  decl = std::move(SOTTO_CONCAT(res_, __LINE__)).value()
#define SOTTO_TRY_STATUS(expr)                                       \
  do {                                                               \
    if (auto res_status_ = (expr); !res_status_.ok()) return res_status_.error(); \
  } while (0)
