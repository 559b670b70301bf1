// SPDX-License-Identifier: Apache-2.0
// Compiled contracts as forge leaves them, and the data contract that holds a verifying key.
#pragma once
#include "base/bytes.h"

namespace sotto::contest {

// The contracts/ folder: $SOTTO_CONTRACTS, else contracts/ beside or above the working folder or the executable.
Result<std::string> contracts_folder();
// Creation code of contracts/out/<source>.sol/<name>.json; an error says which command builds it.
Result<Bytes> load_creation_code(const std::string& name, const std::string& source = {});

// Init code of a contract whose runtime code is 0x00 ‖ payload: STOP, so that it can be read but never run. Refuses
// what no contract can hold (24,576 bytes).
Result<Bytes> data_contract_init_code(ByteSpan payload);
// EXTCODEHASH of that contract: keccak256(0x00 ‖ payload).
Bytes32 data_contract_hash(ByteSpan payload);

}  // namespace sotto::contest
