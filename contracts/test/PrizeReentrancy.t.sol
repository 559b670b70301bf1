// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IPrize} from "../src/IPrize.sol";
import {Prize} from "../src/Prize.sol";
import {PrizeTestBase} from "./PrizeTestBase.sol";
import {vm} from "./Vm.sol";

/// Takes its prize, and tries one more call while it receives the money.
contract Thief {
    Prize internal immutable PRIZE;
    bytes internal again;
    bool public tried;
    bytes4 public answer;

    constructor(Prize p, bytes memory again_) {
        PRIZE = p;
        again = again_;
    }

    function take() external {
        PRIZE.withdraw(payable(address(this)));
    }

    receive() external payable {
        tried = true;
        (bool ok, bytes memory data) = address(PRIZE).call(again);
        require(!ok && data.length >= 4, "the inner call went through");
        answer = bytes4(data);
    }
}

contract Refuser {
    function take(Prize p, address payable to) external {
        p.withdraw(to);
    }
}

contract PrizeReentrancyTest is PrizeTestBase {
    function attack(bytes memory again) internal {
        Thief thief = new Thief(prize, again);
        uint256 id = open(IPrize.Mode.FirstToTarget);
        open(IPrize.Mode.FirstToTarget); // somebody else's ether to steal
        claim(id, 100, address(thief));
        prize.settle(id);
        thief.take();
        require(thief.tried() && thief.answer() == IPrize.Reentered.selector, "not stopped by the guard");
        eq(address(thief).balance, 1 ether, "once");
        eq(prize.owed(address(thief)), 0, "nothing left");
        eq(address(prize).balance, 1 ether, "the other pot");
        eq(prize.liabilities(), 1 ether, "liabilities");
    }

    function test_reentering_withdraw() public {
        attack(abi.encodeCall(IPrize.withdraw, (payable(OTHER))));
    }

    function test_reentering_settle() public {
        attack(abi.encodeCall(IPrize.settle, (0)));
    }

    function test_reentering_submit() public {
        attack(abi.encodeCall(IPrize.submit, (1, 100, SONG, OTHER, hex"")));
    }

    function test_reentering_refund() public {
        attack(abi.encodeCall(IPrize.refund, (1, OTHER)));
    }

    function test_reentering_open_refunds() public {
        attack(abi.encodeCall(IPrize.openRefunds, (1)));
    }

    function test_reentering_prove_broken() public {
        attack(abi.encodeCall(IPrize.proveBroken, (1, MAX_SCORE + 1, SONG, hex"")));
    }

    function test_reentering_create() public {
        attack(abi.encodeCall(IPrize.create, (terms(IPrize.Mode.FirstToTarget))));
    }

    function test_reentering_fund() public {
        attack(abi.encodeCall(IPrize.fund, (1)));
    }

    /// A winner that cannot receive keeps its claim and can name another address.
    function test_a_refused_payment_stays_owed() public {
        Refuser refuser = new Refuser();
        uint256 id = open(IPrize.Mode.FirstToTarget);
        claim(id, 100, address(refuser));
        prize.settle(id);
        vm.expectRevert(IPrize.TransferFailed.selector);
        refuser.take(prize, payable(address(refuser)));
        eq(prize.owed(address(refuser)), 1 ether, "still owed");
        vm.expectRevert(IPrize.BadBeneficiary.selector);
        refuser.take(prize, payable(address(0)));
        refuser.take(prize, payable(WINNER));
        eq(WINNER.balance, 1 ether, "elsewhere");
    }
}
