// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// The words at the head of a verifying key that the prize contract has to know; the rest is the verifier's business.
library VerifyingKeyData {
    bytes32 internal constant TAG = "SOTTO-VK-1";
    uint256 internal constant FLAG_DEVELOPMENT = 1;
    uint256 private constant HEAD_BYTES = 128;

    struct Head {
        bytes32 judgeFile; // word 1
        uint256 flags; // word 2
        uint256 maxScore; // word 3
    }

    /// The head, and whether this is a verifying key of our format at all: code 0x00 ++ "SOTTO-VK-1" ++ …
    function read(address vkData) internal view returns (bool ok, Head memory head) {
        if (vkData.code.length < 1 + HEAD_BYTES) return (false, head);
        bytes32 first;
        bytes32 tag;
        assembly ("memory-safe") {
            // The free memory behind the pointer is only scratch here.
            let m := mload(0x40)
            mstore(m, 0)
            extcodecopy(vkData, m, 0, 1)
            first := mload(m)
            extcodecopy(vkData, m, 1, HEAD_BYTES)
            tag := mload(m)
            mstore(head, mload(add(m, 0x20)))
            mstore(add(head, 0x20), mload(add(m, 0x40)))
            mstore(add(head, 0x40), mload(add(m, 0x60)))
        }
        ok = first == 0 && tag == TAG;
    }
}
