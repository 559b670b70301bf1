// SPDX-License-Identifier: Apache-2.0
// Folders and files that only their owner can read.
#pragma once
#include <string>

#include "base/result.h"

namespace sotto::contest {

// Makes it when it is missing (its parent must be there); mode 0700.
Status make_private_folder(const std::string& folder);
// Makes it when it is missing; mode 0600; no symbolic link.
Status make_private_file(const std::string& path);

}  // namespace sotto::contest
