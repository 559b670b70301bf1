// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IPrize} from "../src/IPrize.sol";
import {Prize} from "../src/Prize.sol";
import {PrizeTestBase} from "./PrizeTestBase.sol";
import {vm} from "./Vm.sol";

/// A proof is good for one claim only: whatever else is claimed has another statement, and the copy is refused.
contract PrizeStatementTest is PrizeTestBase {
    uint256 internal id;
    bytes internal proof;
    bytes32 internal digest;

    function setUp() public override {
        super.setUp();
        id = open(IPrize.Mode.FirstToTarget);
        proof = proofOf(prize, id, 120, WINNER);
        digest = prize.statement(id, 120, SONG, WINNER);
    }

    function stolen(Prize p, uint256 contestId, uint256 score, bytes32 song, address beneficiary) internal {
        require(p.statement(contestId, score, song, beneficiary) != digest, "same statement");
        vm.expectRevert(IPrize.InvalidProof.selector);
        p.submit(contestId, score, song, beneficiary, proof);
    }

    function test_copied_for_another_beneficiary() public {
        stolen(prize, id, 120, SONG, OTHER);
    }

    function test_copied_with_another_score() public {
        stolen(prize, id, 121, SONG, WINNER);
    }

    function test_copied_with_another_song() public {
        stolen(prize, id, 120, keccak256("another"), WINNER);
    }

    function test_copied_to_another_contest() public {
        uint256 second = open(IPrize.Mode.FirstToTarget);
        stolen(prize, second, 120, SONG, WINNER);
    }

    function test_copied_to_another_judge() public {
        IPrize.Terms memory t = terms(IPrize.Mode.FirstToTarget);
        t.vkData = realKey;
        t.judgeId = realKey.codehash;
        stolen(prize, prize.create{value: 1 ether}(t), 120, SONG, WINNER);
    }

    function test_copied_to_another_contract() public {
        Prize twin = new Prize(true);
        uint256 twinId = twin.create{value: 1 ether}(terms(IPrize.Mode.FirstToTarget));
        eq(twinId, id, "same id");
        stolen(twin, twinId, 120, SONG, WINNER);
    }

    function test_copied_to_another_chain() public {
        vm.chainId(421_614);
        stolen(prize, id, 120, SONG, WINNER);
    }

    function test_a_copy_sent_by_somebody_else_pays_the_same_beneficiary() public {
        vm.prank(OTHER);
        prize.submit(id, 120, SONG, WINNER, proof);
        prize.settle(id);
        eq(prize.owed(WINNER), 1 ether, "owed");
        eq(prize.owed(OTHER), 0, "copier");
    }

    /// The same numbers are in src/claim/statement/eip712.test.cpp; both languages must give the same digest.
    function test_digest_vector_shared_with_cpp() public {
        vm.chainId(42_161);
        address place = 0x5077070000000000000000000000000000000001;
        vm.etch(place, address(prize).code);
        Prize fixedPrize = Prize(place);
        vm.etch(address(0x7e), bytes.concat(hex"00", key(1, MAX_SCORE)));
        IPrize.Terms memory t = terms(IPrize.Mode.FirstToTarget);
        t.vkData = address(0x7e);
        t.judgeId = t.vkData.codehash;
        for (uint256 i = 0; i < 3; i++) {
            fixedPrize.create{value: 1}(t);
        }
        require(t.judgeId == keccak256(bytes.concat(hex"00", key(1, MAX_SCORE))), "judge id");
        bytes32 got = fixedPrize.statement(2, 8123, SONG, 0x00000000000000000000000000000000DeaDBeef);
        require(got == VECTOR, "digest");
    }

    bytes32 internal constant VECTOR = 0x79d646b908808d63ade6c62075a6d4b1157e1ed73369ae442a042993af391a9e;
}
