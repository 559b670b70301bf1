// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// The cheat codes of forge that our tests use.
interface Vm {
    function deal(address who, uint256 amount) external;
    function prank(address sender) external;
    function warp(uint256 timestamp) external;
    function chainId(uint256 id) external;
    function etch(address who, bytes calldata code) external;
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata data) external;
    function expectEmit() external;
    function readFileBinary(string calldata path) external view returns (bytes memory);
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
