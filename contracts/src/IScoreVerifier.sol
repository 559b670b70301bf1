// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// One generic verifier for every judge: stateless, without owner, without upgrade.
///
/// What differs per judge is a data contract (`vkData`) whose runtime code is 0x00 followed by the verifying key. The
/// leading STOP makes it inert: it can be read, never run, and so never destroyed. Its EXTCODEHASH,
/// keccak256(0x00 ++ key), is the judge's id.
interface IScoreVerifier {
    /// Checks a proof that somebody knows a song with this score and commitment.
    /// Contract of the implementation:
    ///  - returns the selector of this very function if and only if the proof is valid, else anything else, or reverts;
    ///  - `statement` is absorbed first by the transcript; the verifier does not interpret it;
    ///  - checks by itself score < 2^32 before hashing, the exact proof length, canonical scalars, points on the curve,
    ///    and songCommitment = keccak256(the proof's own program commitment);
    ///  - reads nothing but its arguments and the code of `vkData`, of which the caller vouches for the hash.
    function verify(address vkData, bytes calldata proof, bytes32 statement, uint256 score, bytes32 songCommitment)
        external
        view
        returns (bytes4 magic);
}
