// SPDX-License-Identifier: Apache-2.0
// Signatures of contracts/src/IPrize.sol, once for the whole program. prize.test.cpp compares them with the compiled
// interface.
#pragma once
#include <string_view>

namespace sotto::contest::prize_abi {

inline constexpr std::string_view kCreate =
    "create((address,address,bytes32,uint8,uint32,uint32,uint40,uint40,uint40,uint40,uint40))";
inline constexpr std::string_view kFund = "fund(uint256)";
inline constexpr std::string_view kSubmit = "submit(uint256,uint256,bytes32,address,bytes)";
inline constexpr std::string_view kProveBroken = "proveBroken(uint256,uint256,bytes32,bytes)";
inline constexpr std::string_view kSettle = "settle(uint256)";
inline constexpr std::string_view kOpenRefunds = "openRefunds(uint256)";
inline constexpr std::string_view kRefund = "refund(uint256,address)";
inline constexpr std::string_view kWithdraw = "withdraw(address)";
inline constexpr std::string_view kStatement = "statement(uint256,uint256,bytes32,address)";
inline constexpr std::string_view kContest = "contest(uint256)";
inline constexpr std::string_view kCount = "count()";
inline constexpr std::string_view kOwed = "owed(address)";
inline constexpr std::string_view kContributionOf = "contributionOf(uint256,address)";
inline constexpr std::string_view kCommitmentRecordedAt = "commitmentRecordedAt(address,bytes32)";
inline constexpr std::string_view kAllowDevelopment = "allowDevelopment()";
inline constexpr std::string_view kLiabilities = "liabilities()";
inline constexpr std::string_view kFunctions[] = {
    kCreate,      kFund,   kSubmit,    kProveBroken, kSettle, kOpenRefunds,    kRefund,
    kWithdraw,    kStatement, kContest, kCount,      kOwed,   kContributionOf, kCommitmentRecordedAt,
    kAllowDevelopment, kLiabilities};

inline constexpr std::string_view kContestCreated =
    "ContestCreated(uint256,address,bytes32,address,address,uint8,uint256,uint256)";
inline constexpr std::string_view kSubmitted = "Submitted(uint256,address,uint256,bytes32,bytes32)";

}  // namespace sotto::contest::prize_abi
