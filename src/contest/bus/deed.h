// SPDX-License-Identifier: Apache-2.0
// The file node.json in a node's folder: the random word that its agent numbers are bound to, and which numbers those
// are.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace sotto::contest {

std::string random_word();  // 32 hex digits

struct Deed {
  std::string node, word;
  std::vector<uint32_t> agents;
};

// Open while a node runs: a second process in the same folder is refused.
class DeedFile {
 public:
  // Reads the folder's deed, or makes one for `node`; refuses the folder of another node.
  static Result<DeedFile> open(const std::string& folder, const std::string& node);
  DeedFile(DeedFile&& other) noexcept
      : path_(std::move(other.path_)), deed_(std::move(other.deed_)), lock_(other.lock_) {
    other.lock_ = -1;
  }
  DeedFile& operator=(DeedFile&&) = delete;
  ~DeedFile();

  const Deed& deed() const { return deed_; }
  Status remember(std::vector<uint32_t> agents);

 private:
  DeedFile(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  Status write() const;

  std::string path_;
  Deed deed_;
  int lock_;
};

}  // namespace sotto::contest
