// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IPrize} from "../src/IPrize.sol";
import {Prize} from "../src/Prize.sol";
import {MockVerifier} from "./MockVerifier.sol";
import {PrizeTestBase} from "./PrizeTestBase.sol";
import {vm} from "./Vm.sol";

/// What `create` refuses, and what it pins.
contract PrizeTermsTest is PrizeTestBase {
    function refused(IPrize.Terms memory t, bytes32 field) internal {
        vm.expectRevert(abi.encodeWithSelector(IPrize.BadTerms.selector, field));
        prize.create{value: 1 ether}(t);
    }

    function good() internal view returns (IPrize.Terms memory) {
        return terms(IPrize.Mode.FirstToTarget);
    }

    function test_a_contest_shows_its_terms() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        IPrize.Contest memory c = prize.contest(id);
        require(c.verifier == address(verifier) && c.vkData == devKey && c.sponsor == address(this));
        require(c.judgeId == devKey.codehash && c.verifierCodehash == address(verifier).codehash);
        require(c.judgeFile == JUDGE_FILE && c.maxScore == MAX_SCORE && c.development && c.pot == 1 ether);
        eq(prize.count(), 1, "count");
    }

    function test_money_and_scores() public {
        vm.expectRevert(abi.encodeWithSelector(IPrize.BadTerms.selector, bytes32("value")));
        prize.create(good());
        IPrize.Terms memory t = good();
        t.target = 0;
        refused(t, "target");
        t.target = MAX_SCORE + 1;
        refused(t, "target");
        t = good();
        t.minIncrement = 0;
        refused(t, "minIncrement");
        t.minIncrement = type(uint32).max;
        refused(t, "minIncrement");
    }

    /// Every time that could overflow or lock claims out is bounded, one by one.
    function test_times() public {
        uint40 huge = type(uint40).max;
        IPrize.Terms memory t = good();
        t.deadline = uint40(block.timestamp);
        refused(t, "deadline");
        t.deadline = uint40(block.timestamp + 366 days + 1);
        refused(t, "deadline");
        t.deadline = huge;
        refused(t, "deadline");
        t = good();
        t.hold = 30 days + 1;
        refused(t, "hold");
        t.hold = huge;
        refused(t, "hold");
        t = good();
        t.softClose = 1 days + 1;
        refused(t, "softClose");
        t = good();
        t.maxExtension = 14 days + 1;
        refused(t, "maxExtension");
        t.maxExtension = huge;
        refused(t, "maxExtension");
        t = good();
        t.refundGap = 90 days + 1;
        refused(t, "refundGap");
        t.refundGap = huge;
        refused(t, "refundGap");
    }

    function test_the_largest_times_work_to_the_end() public {
        IPrize.Terms memory t = terms(IPrize.Mode.BestByDeadline);
        t.deadline = uint40(block.timestamp + 366 days);
        t.hold = 30 days;
        t.softClose = 1 days;
        t.maxExtension = 14 days;
        t.refundGap = 90 days;
        uint256 id = prize.create{value: 1 ether}(t);
        vm.warp(t.deadline);
        claim(id, 100, WINNER);
        vm.warp(uint256(prize.contest(id).deadline) + 30 days + 1);
        prize.settle(id);
        eq(prize.owed(WINNER), 1 ether, "owed");
    }

    function test_production_keeps_two_days_for_late_claims() public {
        prize = new Prize(false);
        IPrize.Terms memory t = good();
        t.vkData = realKey;
        t.judgeId = realKey.codehash;
        t.refundGap = 48 hours - 1;
        refused(t, "refundGap");
        t.refundGap = 48 hours;
        prize.create{value: 1 ether}(t);
    }

    function test_development_judges_are_refused_for_real_money() public {
        prize = new Prize(false);
        IPrize.Terms memory t = good();
        t.refundGap = 48 hours;
        vm.expectRevert(IPrize.DevelopmentJudge.selector);
        prize.create{value: 1 ether}(t);
        // Other flags do not hide the mark.
        t.vkData = dataContract(key(type(uint256).max, MAX_SCORE));
        t.judgeId = t.vkData.codehash;
        vm.expectRevert(IPrize.DevelopmentJudge.selector);
        prize.create{value: 1 ether}(t);
    }

    function test_only_verifying_keys_are_keys() public {
        IPrize.Terms memory t = good();
        t.judgeId = realKey.codehash;
        refused(t, "judgeId");
        t.vkData = OTHER; // no code
        refused(t, "vkData");
        t.vkData = address(verifier); // real code
        refused(t, "vkData");
        t.vkData = dataContract(abi.encode(bytes32("SOTTO-VK-2"), JUDGE_FILE, 1, MAX_SCORE));
        refused(t, "vkData");
        t.vkData = dataContract(abi.encode(bytes32("SOTTO-VK-1"), JUDGE_FILE, 1)); // 96 bytes
        refused(t, "vkData");
        // The key's bytes without the leading STOP would be runnable code.
        bytes memory naked = key(1, MAX_SCORE);
        vm.etch(address(0x1234), naked);
        t.vkData = address(0x1234);
        refused(t, "vkData");
        vm.etch(address(0x1234), bytes.concat(hex"01", naked));
        refused(t, "vkData");
    }

    function test_judges_without_an_impossible_score_are_refused() public {
        uint256[3] memory bad = [uint256(type(uint32).max), 2 ** 32 + 5, type(uint256).max];
        for (uint256 i = 0; i < bad.length; i++) {
            IPrize.Terms memory t = good();
            t.vkData = dataContract(key(1, bad[i]));
            t.judgeId = t.vkData.codehash;
            refused(t, "maxScore");
        }
    }

    function test_verifiers_need_lasting_code() public {
        IPrize.Terms memory t = good();
        t.verifier = OTHER;
        refused(t, "verifier");
        // An account that delegates its code (EIP-7702) can take it back.
        vm.etch(OTHER, abi.encodePacked(hex"ef0100", address(verifier)));
        refused(t, "verifier");
    }

    // ---- pinned code

    function test_a_changed_verifier_is_refused() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        vm.etch(address(verifier), bytes.concat(address(verifier).code, hex"00"));
        claimRefused(id, 100, WINNER, abi.encodeWithSelector(IPrize.VerifierChanged.selector));
    }

    function test_a_changed_key_is_refused() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        vm.etch(devKey, bytes.concat(hex"00", key(1, MAX_SCORE - 1)));
        claimRefused(id, 100, WINNER, abi.encodeWithSelector(IPrize.VerifierChanged.selector));
    }

    function test_a_vanished_verifier_is_refused_and_money_comes_back() public {
        uint256 id = open(IPrize.Mode.FirstToTarget);
        vm.etch(address(verifier), "");
        claimRefused(id, 100, WINNER, abi.encodeWithSelector(IPrize.VerifierChanged.selector));
        vm.warp(block.timestamp + 1501);
        prize.openRefunds(id);
        prize.refund(id, address(this));
        eq(prize.owed(address(this)), 1 ether, "refund");
    }
}
