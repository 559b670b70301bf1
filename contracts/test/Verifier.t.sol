// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IPrize} from "../src/IPrize.sol";
import {IScoreVerifier} from "../src/IScoreVerifier.sol";
import {Prize} from "../src/Prize.sol";
import {Verifier} from "../src/Verifier.sol";
import {DataContract} from "./MockVerifier.sol";
import {vm} from "./Vm.sol";

/// A real proof (fixtures/, of toy size) before the real verifier and the real prize. tests/evm has the thorough attacks.
contract VerifierTest {
    Prize internal constant PRIZE = Prize(address(0x1111111111111111111111111111111111111111));
    Prize internal constant OTHER_PRIZE = Prize(address(0x3333333333333333333333333333333333333333));
    address internal constant WINNER = address(0x2222222222222222222222222222222222222222);
    address internal constant THIEF = address(0xBAD);

    Verifier internal verifier;
    address internal key;
    bytes internal proof;
    uint256 internal score;
    bytes32 internal song;
    bytes32 internal digest;

    receive() external payable {}

    function setUp() public {
        vm.chainId(42161);
        verifier = new Verifier();
        key = address(new DataContract(vm.readFileBinary("test/fixtures/toy.key")));
        proof = vm.readFileBinary("test/fixtures/toy.proof");
        (score, song, digest) = abi.decode(vm.readFileBinary("test/fixtures/toy.claim"), (uint256, bytes32, bytes32));
        bytes memory code = address(new Prize(true)).code;
        vm.etch(address(PRIZE), code);
        vm.etch(address(OTHER_PRIZE), code);
        for (uint256 i = 0; i < 2; i++) {
            create(PRIZE);
            create(OTHER_PRIZE);
        }
    }

    function create(Prize prize) internal returns (uint256) {
        return prize.create{value: 1 ether}(
            IPrize.Terms({
                verifier: address(verifier),
                vkData: key,
                judgeId: key.codehash,
                mode: IPrize.Mode.FirstToTarget,
                target: 1,
                deadline: uint40(block.timestamp + 1 days),
                hold: 0,
                softClose: 0,
                maxExtension: 0,
                refundGap: 0,
                minIncrement: 1
            })
        );
    }

    function accepted(bytes memory p, bytes32 d, uint256 s, bytes32 c) internal view returns (bool) {
        try verifier.verify(key, p, d, s, c) returns (bytes4 magic) {
            return magic == IScoreVerifier.verify.selector;
        } catch {
            return false;
        }
    }

    function submitted(Prize prize, uint256 id, uint256 s, address beneficiary) internal returns (bool) {
        try prize.submit(id, s, song, beneficiary, proof) {
            return true;
        } catch {
            return false;
        }
    }

    function test_HonestProofIsPaid() public {
        require(accepted(proof, digest, score, song), "verifier");
        require(PRIZE.statement(0, score, song, WINNER) == digest, "digest");
        vm.prank(THIEF); // anyone may bring it; the beneficiary is bound
        PRIZE.submit(0, score, song, WINNER, proof);
        PRIZE.settle(0);
        uint256 before = WINNER.balance;
        vm.prank(WINNER);
        PRIZE.withdraw(payable(WINNER));
        require(WINNER.balance == before + 1 ether, "balance");
        require(!submitted(PRIZE, 0, score, WINNER), "paid twice");
    }

    function test_CopiedProofIsWorthless() public {
        require(!submitted(PRIZE, 0, score, THIEF), "other beneficiary");
        require(!submitted(PRIZE, 1, score, WINNER), "other contest");
        require(!submitted(OTHER_PRIZE, 0, score, WINNER), "other contract");
        require(!submitted(PRIZE, 0, score + 1, WINNER), "other score");
        vm.chainId(1);
        require(!submitted(PRIZE, 0, score, WINNER), "other chain");
        vm.chainId(42161);
        require(submitted(PRIZE, 0, score, WINNER), "the claim itself");
    }

    function test_ScoreHasOneEncoding() public view {
        uint256 r = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
        require(!accepted(proof, digest, score + r, song), "score + r");
        require(!accepted(proof, digest, r - 1, song), "negative");
        require(!accepted(proof, digest, 1 << 32, song), "2^32");
    }

    function test_OtherSongOrJudge() public {
        require(!accepted(proof, digest, score, keccak256("another song")), "commitment");
        bytes memory other = vm.readFileBinary("test/fixtures/toy.key");
        other[63] = bytes1(uint8(other[63]) ^ 1); // the judge file's digest
        key = address(new DataContract(other));
        require(!accepted(proof, digest, score, song), "judge");
    }

    function testFuzz_ChangedProof(uint256 position, uint8 change) public view {
        bytes memory p = proof;
        uint256 i = position % p.length;
        p[i] = bytes1(uint8(p[i]) ^ (change == 0 ? 1 : change));
        require(!accepted(p, digest, score, song), "changed byte");
    }

    function test_Length() public view {
        require(!accepted(bytes.concat(proof, hex"00"), digest, score, song), "longer");
        bytes memory p = proof;
        assembly ("memory-safe") {
            mstore(p, sub(mload(p), 32))
        }
        require(!accepted(p, digest, score, song), "shorter");
        require(!accepted("", digest, score, song), "empty");
    }
}
