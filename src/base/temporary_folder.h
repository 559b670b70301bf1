// SPDX-License-Identifier: Apache-2.0
// A folder of its own below the system's folder for temporary files, mode 0700; gone with the object.
#pragma once
#include <string>

namespace sotto {

class TemporaryFolder {
 public:
  // `name` begins the folder's name. Ends the program when the system gives no folder: for tests and tools.
  explicit TemporaryFolder(const std::string& name);
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace sotto
