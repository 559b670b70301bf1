// SPDX-License-Identifier: Apache-2.0
// Everything in the contract that follows from C++: constants, memory map, error selectors, the
// constraints of a row. `sotto-generate` writes it below contracts/src; a test compares.
#pragma once
#include <string>

#include "base/result.h"

namespace sotto::claim {

inline constexpr const char* kConstantsFile = "contracts/src/generated/Constants.sol";
inline constexpr const char* kVerifierFile = "contracts/src/Verifier.sol";
inline constexpr const char* kNetworkConstantsFile = "contracts/src/generated/NetworkConstants.sol";
inline constexpr const char* kNetworkVerifierFile = "contracts/src/NetworkVerifier.sol";

// The text of Constants.sol.
std::string generated_constants();

// The Yul functions between the markers of Verifier.sol.
std::string generated_relations();
// Verifier.sol with the text between its markers replaced.
Result<std::string> with_relations(const std::string& source);

// The text of NetworkConstants.sol.
std::string generated_network_constants();
// NetworkVerifier.sol with the text between its markers replaced: functions that it shares with Verifier.sol, and the constraints
// of a row.
Result<std::string> with_network_parts(const std::string& source, const std::string& verifier);

}  // namespace sotto::claim
