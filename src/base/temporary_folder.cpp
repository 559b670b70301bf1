// SPDX-License-Identifier: Apache-2.0
#include "base/temporary_folder.h"

#include <cstdlib>
#include <filesystem>

#include "base/check.h"

namespace sotto {

TemporaryFolder::TemporaryFolder(const std::string& name) : path_(std::filesystem::temp_directory_path() / (name + "-XXXXXX")) {
  SOTTO_CHECK(mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace sotto
