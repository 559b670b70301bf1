// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IPrize} from "../src/IPrize.sol";
import {Prize} from "../src/Prize.sol";
import {DataContract, MockVerifier} from "./MockVerifier.sol";
import {vm} from "./Vm.sol";

/// What tests of the prize share: keys, terms, and proofs for the mock verifier.
abstract contract PrizeKit {
    uint32 internal constant MAX_SCORE = 10_000;
    bytes32 internal constant SONG = keccak256("a song commitment");
    bytes32 internal constant JUDGE_FILE = keccak256("a judge file");
    address internal constant WINNER = address(0xBEEF);
    address internal constant OTHER = address(0xCAFE);

    Prize internal prize;
    MockVerifier internal verifier;
    address internal devKey;
    address internal realKey;

    function key(uint256 flags, uint256 maxScore) internal pure returns (bytes memory) {
        return abi.encode(bytes32("SOTTO-VK-1"), JUDGE_FILE, flags, maxScore, keccak256("the rest of the key"));
    }

    function dataContract(bytes memory payload) internal returns (address) {
        return address(new DataContract(payload));
    }

    function terms(IPrize.Mode mode) internal view returns (IPrize.Terms memory) {
        return IPrize.Terms({
            verifier: address(verifier),
            vkData: devKey,
            judgeId: devKey.codehash,
            mode: mode,
            target: 100,
            minIncrement: 1,
            deadline: uint40(block.timestamp + 1000),
            refundGap: 500,
            hold: 0,
            softClose: 0,
            maxExtension: 0
        });
    }

    function open(IPrize.Mode mode) internal returns (uint256) {
        return prize.create{value: 1 ether}(terms(mode));
    }

    /// What MockVerifier takes as proof.
    function proofOf(Prize p, uint256 id, uint256 score, address beneficiary) internal view returns (bytes memory) {
        bytes32 s = p.statement(id, score, SONG, beneficiary);
        return abi.encode(keccak256(abi.encode(p.contest(id).vkData, s, score, SONG)));
    }

    function claim(uint256 id, uint256 score, address beneficiary) internal {
        prize.submit(id, score, SONG, beneficiary, proofOf(prize, id, score, beneficiary));
    }

    /// The same, refused.
    function claimRefused(uint256 id, uint256 score, address beneficiary, bytes memory why) internal {
        bytes memory proof = proofOf(prize, id, score, beneficiary);
        vm.expectRevert(why);
        prize.submit(id, score, SONG, beneficiary, proof);
    }

    function err(bytes4 selector, uint256 a) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, a);
    }

    function err(bytes4 selector, uint256 a, uint256 b) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, a, b);
    }

    function eq(uint256 a, uint256 b, string memory what) internal pure {
        require(a == b, what);
    }

    function status(uint256 id) internal view returns (IPrize.Status) {
        return prize.contest(id).status;
    }
}

/// A prize for development judges, a mock verifier, a development and a production key.
abstract contract PrizeTestBase is PrizeKit {
    function setUp() public virtual {
        vm.warp(1_700_000_000);
        prize = new Prize(true);
        verifier = new MockVerifier();
        devKey = dataContract(key(1, MAX_SCORE));
        realKey = dataContract(key(0, MAX_SCORE));
    }
}
