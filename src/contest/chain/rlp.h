// SPDX-License-Identifier: Apache-2.0
// Recursive length prefix encoding (Ethereum yellow paper, appendix B); the encoder only: we never read foreign RLP.
#pragma once
#include <span>

#include "contest/chain/wei.h"

namespace sotto::contest {

Bytes rlp_string(ByteSpan bytes);
Bytes rlp_number(Wei v);              // big-endian without leading zeros
Bytes rlp_number(const Bytes32& v);
Bytes rlp_list(std::span<const Bytes> encoded_items);

}  // namespace sotto::contest
