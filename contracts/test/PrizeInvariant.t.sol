// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IPrize} from "../src/IPrize.sol";
import {Prize} from "../src/Prize.sol";
import {PrizeKit, PrizeTestBase} from "./PrizeTestBase.sol";
import {MockVerifier} from "./MockVerifier.sol";
import {vm} from "./Vm.sol";

/// Random but well-typed use of a prize by three people, with a ledger of its own.
contract Handler is PrizeKit {
    address[3] internal people = [address(0xA1), address(0xA2), address(0xA3)];
    uint256 public moneyIn;
    uint256 public moneyOut;
    bool public wrong;
    string public whatIsWrong;
    uint256 public claims;
    uint256 public wins;
    uint256 public breaks;
    uint256 public refunds;
    mapping(uint256 => uint256) internal best;
    mapping(uint256 => uint256) public paidOut;

    constructor(Prize p, MockVerifier v) {
        prize = p;
        verifier = v;
        devKey = dataContract(key(1, MAX_SCORE));
    }

    function note(bool good, string memory what) internal {
        if (!good) {
            wrong = true;
            whatIsWrong = what;
        }
    }

    function who(uint8 i) internal view returns (address) {
        return people[i % 3];
    }

    function pick(uint8 i) internal view returns (bool, uint256) {
        uint256 n = prize.count();
        return n == 0 ? (false, 0) : (true, i % n);
    }

    function create(uint8 mode, uint96 value, uint16 duration, uint16 hold, uint16 soft, uint16 gap) external {
        if (prize.count() >= 6) return;
        IPrize.Terms memory t = terms(IPrize.Mode(mode % 2));
        t.deadline = uint40(block.timestamp + 1 + duration % 2000);
        t.hold = hold % 500;
        t.softClose = soft % 300;
        t.maxExtension = soft % 1000;
        t.refundGap = gap % 500;
        t.minIncrement = 1 + hold % 3;
        uint256 amount = 1 + value % 1e24;
        vm.deal(people[0], amount);
        vm.prank(people[0]);
        prize.create{value: amount}(t);
        moneyIn += amount;
    }

    function fund(uint8 i, uint8 w, uint96 value) external {
        (bool any, uint256 id) = pick(i);
        if (!any) return;
        uint256 amount = 1 + value % 1e24;
        vm.deal(who(w), amount);
        vm.prank(who(w));
        try prize.fund{value: amount}(id) {
            moneyIn += amount;
        } catch {}
    }

    function submit(uint8 i, uint8 w, uint16 score, bool good) external {
        (bool any, uint256 id) = pick(i);
        if (!any) return;
        IPrize.Contest memory before = prize.contest(id);
        bytes memory proof = good ? proofOf(prize, id, score, who(w)) : abi.encode(score);
        try prize.submit(id, score, SONG, who(w), proof) {
            claims++;
            note(good, "a bad proof was accepted");
            note(score > best[id] && score >= before.target && score <= MAX_SCORE, "score not strictly better");
            note(before.status == IPrize.Status.Open, "claim on a closed contest");
            best[id] = score;
            if (before.mode == IPrize.Mode.FirstToTarget) note(before.beneficiary == address(0), "won twice");
        } catch {}
    }

    function proveBroken(uint8 i, uint8 w, uint32 score, uint8 rarely) external {
        (bool any, uint256 id) = pick(i);
        if (!any || rarely % 8 != 0) return;
        bytes memory proof = proofOf(prize, id, score, who(w));
        IPrize.Status before = status(id);
        vm.prank(who(w));
        try prize.proveBroken(id, score, SONG, proof) {
            breaks++;
            note(score > MAX_SCORE, "broken by a possible score");
            note(before == IPrize.Status.Open || before == IPrize.Status.Won, "broken after the end");
        } catch {}
    }

    function settle(uint8 i) external {
        (bool any, uint256 id) = pick(i);
        if (!any) return;
        IPrize.Contest memory c = prize.contest(id);
        try prize.settle(id) {
            wins++;
            note(paidOut[id] == 0, "pot paid twice");
            note(c.beneficiary != address(0) && c.pot > 0, "nothing to settle");
            paidOut[id] = c.pot;
        } catch {}
    }

    function openRefunds(uint8 i) external {
        (bool any, uint256 id) = pick(i);
        if (!any) return;
        IPrize.Contest memory c = prize.contest(id);
        try prize.openRefunds(id) {
            note(c.beneficiary == address(0), "refunds of a won contest");
            note(block.timestamp > uint256(c.deadline) + c.refundGap, "refunds too early");
        } catch {}
    }

    function refund(uint8 i, uint8 w) external {
        (bool any, uint256 id) = pick(i);
        if (!any) return;
        uint256 share = prize.contributionOf(id, who(w));
        uint256 before = prize.owed(who(w));
        try prize.refund(id, who(w)) {
            refunds++;
            note(paidOut[id] == 0, "refund after payment");
            note(prize.owed(who(w)) == before + share, "refund is not the contribution");
        } catch {}
    }

    function withdraw(uint8 w) external {
        uint256 due = prize.owed(who(w));
        vm.prank(who(w));
        try prize.withdraw(payable(address(0xdead))) {
            moneyOut += due;
        } catch {
            note(due == 0, "money is stuck");
        }
    }

    function wait(uint16 seconds_) external {
        vm.warp(block.timestamp + seconds_ % 1500);
    }
}

contract PrizeInvariantTest is PrizeTestBase {
    Handler internal handler;

    function setUp() public override {
        super.setUp();
        handler = new Handler(prize, verifier);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function owedToAll() internal view returns (uint256 sum) {
        for (uint160 who = 0xA1; who <= 0xA3; who++) {
            sum += prize.owed(address(who));
        }
    }

    function invariant_solvent_and_conserving() public view {
        uint256 pots;
        for (uint256 id = 0; id < prize.count(); id++) {
            pots += prize.contest(id).pot;
        }
        require(pots + owedToAll() == prize.liabilities(), "pots + owed = liabilities");
        require(address(prize).balance == prize.liabilities(), "balance = liabilities");
        require(handler.moneyIn() == handler.moneyOut() + prize.liabilities(), "in = out + liabilities");
    }

    function invariant_pots_are_whole_until_they_leave() public view {
        for (uint256 id = 0; id < prize.count(); id++) {
            IPrize.Contest memory c = prize.contest(id);
            uint256 contributions;
            for (uint160 who = 0xA1; who <= 0xA3; who++) {
                contributions += prize.contributionOf(id, address(who));
            }
            uint256 expected = c.status == IPrize.Status.Settled ? 0 : contributions;
            require(c.pot == expected, "pot = contributions, or gone");
        }
    }

    function invariant_no_call_broke_a_promise() public view {
        require(!handler.wrong(), handler.whatIsWrong());
    }

    /// The handler is no idler: one long pseudo-random walk claims, wins, breaks and refunds.
    function test_the_handler_reaches_every_end() public {
        uint256 dice = 1;
        for (uint256 step = 0; step < 1500; step++) {
            dice = uint256(keccak256(abi.encode(dice)));
            // Narrowing on purpose: every argument takes its own bits.
            uint8 a = uint8(dice >> 8);
            uint8 b = uint8(dice >> 16);
            uint16 x = uint16(dice >> 24);
            uint256 action = dice % 10;
            if (action == 0) handler.create(a, uint96(dice >> 40), x, uint16(dice >> 136), 0, b);
            else if (action == 1) handler.fund(a, b, uint96(dice >> 40));
            else if (action < 4) handler.submit(a, b, x % 400, x % 5 != 0);
            else if (action == 4) handler.proveBroken(a, b, uint32(dice >> 40), b);
            else if (action == 5) handler.settle(a);
            else if (action == 6) handler.openRefunds(a);
            else if (action == 7) handler.refund(a, b);
            else if (action == 8) handler.withdraw(a);
            else handler.wait(x);
            if (step % 300 == 299) {
                handler = new Handler(fresh(), verifier);
                continue;
            }
            invariant_no_call_broke_a_promise();
            reached[0] += handler.claims();
            reached[1] += handler.wins();
            reached[2] += handler.breaks();
            reached[3] += handler.refunds();
        }
        for (uint256 i = 0; i < 4; i++) {
            require(reached[i] > 0, "an end was never reached");
        }
    }

    uint256[4] internal reached;

    function fresh() internal returns (Prize) {
        prize = new Prize(true);
        return prize;
    }
}
