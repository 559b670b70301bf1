// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IPrize} from "../src/IPrize.sol";
import {Prize} from "../src/Prize.sol";
import {PrizeTestBase} from "./PrizeTestBase.sol";
import {vm} from "./Vm.sol";

/// Whole lives of contests, and who may do what when.
contract PrizeFlowTest is PrizeTestBase {
    // ---- first to target

    function test_first_to_target_pays_the_beneficiary() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        claimThroughRelayer(id, 120, WINNER);
        IPrize.Contest memory c = prize.contest(id);
        require(c.status == IPrize.Status.Won && c.beneficiary == WINNER && c.best == 120 && c.songCommitment == SONG);
        eq(prize.owed(WINNER), 0, "not before settle");
        prize.settle(id);
        eq(prize.owed(WINNER), 1 ether, "owed");
        vm.prank(WINNER);
        prize.withdraw(payable(address(0xF00D)));
        eq(address(0xF00D).balance, 1 ether, "paid");
        eq(address(prize).balance, 0, "empty");
        eq(prize.liabilities(), 0, "no liabilities");
    }

    function claimThroughRelayer(uint256 id, uint256 score, address beneficiary) internal {
        bytes memory proof = proofOf(prize, id, score, beneficiary);
        vm.prank(OTHER);
        prize.submit(id, score, SONG, beneficiary, proof);
    }

    function test_only_the_first_claim_wins() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        claim(id, 100, WINNER);
        claimRefused(id, 200, OTHER, err(IPrize.NotOpen.selector, id));
        prize.settle(id);
        vm.expectRevert(err(IPrize.NotOpen.selector, id));
        prize.settle(id);
        claimRefused(id, 200, OTHER, err(IPrize.NotOpen.selector, id));
    }

    function test_claims_after_the_deadline_count_until_refunds_are_open() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        vm.warp(block.timestamp + 1000 + 500 + 1);
        claim(id, 100, WINNER);
        vm.expectRevert(err(IPrize.NotOpen.selector, id));
        prize.openRefunds(id);
        prize.settle(id);
        eq(prize.owed(WINNER), 1 ether, "late but in time");
    }

    function test_hold_delays_the_payment() public {
        IPrize.Terms memory t = terms(IPrize.Mode.FirstToTarget);
        t.hold = 100;
        uint256 id = prize.create{value: 1 ether}(t);
        claim(id, 100, WINNER);
        vm.expectRevert(err(IPrize.TooEarly.selector, block.timestamp + 100));
        prize.settle(id);
        vm.warp(block.timestamp + 100);
        prize.settle(id);
        eq(prize.owed(WINNER), 1 ether, "after the hold");
    }

    // ---- best by deadline

    function test_best_by_deadline() public {
        IPrize.Terms memory t = terms(IPrize.Mode.BestByDeadline);
        t.minIncrement = 10;
        uint256 id = prize.create{value: 1 ether}(t);
        claim(id, 120, OTHER);
        claimRefused(id, 120, WINNER, err(IPrize.ScoreTooLow.selector, 120, 130));
        claimRefused(id, 129, WINNER, err(IPrize.ScoreTooLow.selector, 129, 130));
        claim(id, 130, WINNER);
        vm.expectRevert(err(IPrize.TooEarly.selector, t.deadline + 1));
        prize.settle(id);
        vm.warp(t.deadline); // the deadline's own second counts
        claim(id, 140, WINNER);
        vm.expectRevert(err(IPrize.TooEarly.selector, t.deadline + 1));
        prize.settle(id);
        vm.warp(t.deadline + 1);
        claimRefused(id, 200, OTHER, err(IPrize.NotOpen.selector, id));
        prize.settle(id);
        eq(prize.owed(WINNER), 1 ether, "owed");
        eq(prize.owed(OTHER), 0, "second best gets nothing");
        vm.expectRevert(err(IPrize.NotOpen.selector, id));
        prize.openRefunds(id);
    }

    function test_soft_close_extends_but_not_for_ever() public {
        IPrize.Terms memory t = terms(IPrize.Mode.BestByDeadline);
        t.softClose = 300;
        t.maxExtension = 400;
        uint256 id = prize.create{value: 1 ether}(t);
        claim(id, 101, OTHER);
        eq(prize.contest(id).deadline, t.deadline, "early claims do not extend");
        vm.warp(t.deadline - 10);
        claim(id, 102, WINNER);
        eq(prize.contest(id).deadline, t.deadline + 290, "extended by soft close");
        vm.warp(t.deadline + 285);
        claim(id, 103, OTHER);
        eq(prize.contest(id).deadline, t.deadline + 400, "capped");
        vm.warp(t.deadline + 400);
        claim(id, 104, WINNER);
        eq(prize.contest(id).deadline, t.deadline + 400, "for good");
    }

    // ---- score range

    function test_scores_outside_the_range_are_refused() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        claimRefused(id, 99, WINNER, err(IPrize.ScoreTooLow.selector, 99, 100));
        uint256[5] memory bad = [
            uint256(MAX_SCORE) + 1,
            2 ** 32,
            2 ** 32 + 120,
            // 120 plus the order of BN254's scalar field: the same number inside a proof.
            21888242871839275222246405745257275088548364400416034343698204186575808495617 + 120,
            type(uint256).max
        ];
        for (uint256 i = 0; i < bad.length; i++) {
            claimRefused(id, bad[i], WINNER, err(IPrize.ScoreOutOfRange.selector, bad[i]));
        }
        claim(id, MAX_SCORE, WINNER);
    }

    function test_nobody_is_no_beneficiary() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        claimRefused(id, 100, address(0), abi.encodeWithSelector(IPrize.BadBeneficiary.selector));
    }

    function test_commitments_are_recorded_per_owner() public {
        uint256 id = open(IPrize.Mode.BestByDeadline);
        claim(id, 120, WINNER);
        eq(prize.commitmentRecordedAt(WINNER, SONG), 1_700_000_000, "recorded");
        eq(prize.commitmentRecordedAt(OTHER, SONG), 0, "for its owner only");
        vm.warp(1_700_000_005);
        claim(id, 121, WINNER);
        eq(prize.commitmentRecordedAt(WINNER, SONG), 1_700_000_000, "the first record stays");
    }

    // ---- refunds

    function test_refunds_after_the_gap() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        uint256 deadline = prize.contest(id).deadline;
        vm.deal(OTHER, 3 ether);
        vm.prank(OTHER);
        prize.fund{value: 3 ether}(id);
        vm.expectRevert(err(IPrize.NotOpen.selector, id));
        prize.refund(id, OTHER);
        vm.warp(deadline + 500);
        vm.expectRevert(err(IPrize.TooEarly.selector, deadline + 501));
        prize.openRefunds(id);
        vm.warp(deadline + 501);
        prize.openRefunds(id);
        claimRefused(id, 100, WINNER, err(IPrize.NotOpen.selector, id));
        prize.refund(id, OTHER); // anybody, for anybody
        vm.expectRevert(IPrize.NothingOwed.selector);
        prize.refund(id, OTHER);
        prize.refund(id, address(this));
        eq(prize.owed(OTHER), 3 ether, "other");
        eq(prize.owed(address(this)), 1 ether, "sponsor");
        eq(prize.contest(id).pot, 0, "pot");
        vm.prank(OTHER);
        prize.withdraw(payable(OTHER));
        eq(OTHER.balance, 3 ether, "back");
    }

    function test_the_sponsor_has_no_way_out_before_the_deadline() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        uint256 from = uint256(prize.contest(id).deadline) + 501;
        vm.expectRevert(err(IPrize.TooEarly.selector, from));
        prize.openRefunds(id);
        vm.expectRevert(err(IPrize.NotOpen.selector, id));
        prize.refund(id, address(this));
        vm.expectRevert(err(IPrize.NotOpen.selector, id));
        prize.settle(id);
        vm.expectRevert(IPrize.NothingOwed.selector);
        prize.withdraw(payable(address(this)));
    }

    function test_funding_stops_with_the_contest() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        vm.expectRevert(abi.encodeWithSelector(IPrize.BadTerms.selector, bytes32("value")));
        prize.fund(id);
        vm.warp(uint256(prize.contest(id).deadline) + 1);
        vm.expectRevert(err(IPrize.NotOpen.selector, id));
        prize.fund{value: 1}(id);
        vm.expectRevert(err(IPrize.UnknownContest.selector, id + 1));
        prize.fund{value: 1}(id + 1);
    }

    // ---- circuit breaker

    function breakerProof(uint256 id, uint256 score, address reporter) internal view returns (bytes memory) {
        return proofOf(prize, id, score, reporter);
    }

    function test_breaker_stops_and_refunds() public {
        IPrize.Terms memory t = terms(IPrize.Mode.FirstToTarget);
        t.hold = 100;
        uint256 id = prize.create{value: 1 ether}(t);
        claim(id, 100, WINNER); // perhaps forged
        bytes memory proof = breakerProof(id, uint256(MAX_SCORE) + 1, OTHER);
        vm.prank(OTHER);
        prize.proveBroken(id, uint256(MAX_SCORE) + 1, SONG, proof);
        require(status(id) == IPrize.Status.Broken);
        vm.warp(block.timestamp + 100);
        vm.expectRevert(err(IPrize.NotOpen.selector, id));
        prize.settle(id);
        prize.refund(id, address(this));
        eq(prize.owed(address(this)), 1 ether, "sponsor");
        eq(prize.owed(WINNER), 0, "winner of a broken contest");
    }

    function test_breaker_also_in_the_hold_of_best_by_deadline() public {
        IPrize.Terms memory t = terms(IPrize.Mode.BestByDeadline);
        t.hold = 100;
        uint256 id = prize.create{value: 1 ether}(t);
        claim(id, 150, WINNER);
        vm.warp(t.deadline + 50);
        vm.expectRevert(err(IPrize.TooEarly.selector, t.deadline + 101));
        prize.settle(id);
        bytes memory proof = breakerProof(id, type(uint32).max, address(this));
        prize.proveBroken(id, type(uint32).max, SONG, proof);
        require(status(id) == IPrize.Status.Broken);
    }

    function test_no_honest_score_trips_the_breaker() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        bytes memory proof = breakerProof(id, MAX_SCORE, address(this));
        vm.expectRevert(err(IPrize.ScoreNotImpossible.selector, MAX_SCORE, MAX_SCORE));
        prize.proveBroken(id, MAX_SCORE, SONG, proof);
        vm.expectRevert(err(IPrize.ScoreOutOfRange.selector, 2 ** 32));
        prize.proveBroken(id, 2 ** 32, SONG, proof);
        vm.expectRevert(IPrize.InvalidProof.selector);
        prize.proveBroken(id, uint256(MAX_SCORE) + 1, SONG, proof);
    }

    function test_breaker_is_bound_to_its_reporter() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        bytes memory proof = breakerProof(id, uint256(MAX_SCORE) + 1, OTHER);
        vm.expectRevert(IPrize.InvalidProof.selector);
        prize.proveBroken(id, uint256(MAX_SCORE) + 1, SONG, proof);
    }

    function test_breaker_is_too_late_once_settled() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        claim(id, 100, WINNER);
        prize.settle(id);
        bytes memory proof = breakerProof(id, uint256(MAX_SCORE) + 1, address(this));
        vm.expectRevert(err(IPrize.NotOpen.selector, id));
        prize.proveBroken(id, uint256(MAX_SCORE) + 1, SONG, proof);
    }

    // ---- interface

    function test_erc165() public view {
        require(prize.supportsInterface(type(IPrize).interfaceId));
        require(prize.supportsInterface(0x01ffc9a7));
        require(!prize.supportsInterface(0xffffffff));
    }
}
