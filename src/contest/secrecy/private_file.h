// SPDX-License-Identifier: Apache-2.0
// Folders and files that only their owner can read.
#pragma once
#include <string>

#include "base/bytes.h"

namespace sotto::contest {

// Makes it when it is missing (its parent must be there); mode 0700.
Status make_private_folder(const std::string& folder);
// Makes it when it is missing; mode 0600; no symbolic link.
Status make_private_file(const std::string& path);

// Makes path with this content, unless it is there: of two at once the first wins, and nobody ever sees a part.
Status place_private_file(const std::string& path, ByteSpan content);
// Refuses what others can read, and symbolic links. Reads at most `most` bytes and one more, which tells that there are more.
Result<Bytes> read_private_file(const std::string& path, size_t most);

}  // namespace sotto::contest
