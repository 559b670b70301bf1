// SPDX-License-Identifier: Apache-2.0
// One program at a time in a state folder.
#pragma once
#include <string>

#include "base/result.h"

namespace sotto::contest {

// Holds folder/lock for as long as it lives. Makes the folder (mode 0700) when it is missing.
class FolderLock {
 public:
  static Result<FolderLock> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace sotto::contest
