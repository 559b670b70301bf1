// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IScoreVerifier} from "../src/IScoreVerifier.sol";

/// Stands for the real verifier in tests of the prize: a "proof" is the hash of exactly what a real one would bind.
/// Knows the way a broken proof system would behave too: it accepts any score below 2^32.
contract MockVerifier is IScoreVerifier {
    function verify(address vkData, bytes calldata proof, bytes32 statement, uint256 score, bytes32 songCommitment)
        external
        pure
        returns (bytes4)
    {
        if (score > type(uint32).max || proof.length != 32) return 0;
        if (bytes32(proof) != keccak256(abi.encode(vkData, statement, score, songCommitment))) return 0;
        return IScoreVerifier.verify.selector;
    }
}

/// A contract whose code is data: 0x00 ++ payload, as the client deploys verifying keys.
contract DataContract {
    constructor(bytes memory payload) {
        bytes memory code = bytes.concat(hex"00", payload);
        assembly ("memory-safe") {
            return(add(code, 0x20), mload(code))
        }
    }
}
