// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// One generic verifier for proofs about networks with private inputs: stateless, without owner, without upgrade.
///
/// What differs per network is a data contract (`keyData`) whose runtime code is 0x00 followed by the verifying key. Its
/// EXTCODEHASH, keccak256(0x00 ++ key), is the network's id.
interface INetworkVerifier {
    /// Checks a proof that somebody knows an input on which the network gives this output.
    /// Contract of the implementation:
    ///  - returns the selector of this very function if and only if the proof is valid, else anything else, or reverts;
    ///  - `context` is whatever the proof was bound to: an address, a session, a digest. The verifier does not interpret it;
    ///  - `output` is row by row, every number within 64 bits, and as many numbers as the key says;
    ///  - checks by itself the exact proof length, canonical scalars, points on the curve;
    ///  - reads nothing but its arguments and the code of `keyData`, of which the caller vouches for the hash.
    function verify(address keyData, bytes calldata proof, bytes32 context, int256[] calldata output)
        external
        view
        returns (bytes4 magic);
}
