// SPDX-License-Identifier: Apache-2.0
// A key in memory: wiped when it goes, and without any way to be printed by accident.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace sotto::contest {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  bool empty() const { return text_.empty(); }
  // To be given to the transport, to nothing else.
  const std::string& reveal() const { return text_; }

 private:
  void wipe();
  std::string text_;
};

// The first line of a file that only its owner can read.
Result<Secret> secret_from_file(const std::string& path);

// Overwrites the text before it lets go of it.
void wipe(std::string& text);

}  // namespace sotto::contest
