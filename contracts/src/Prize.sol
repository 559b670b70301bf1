// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC165, IPrize} from "./IPrize.sol";
import {IScoreVerifier} from "./IScoreVerifier.sol";
import {VerifyingKeyData} from "./VerifyingKeyData.sol";

/// See IPrize for what every function promises.
contract Prize is IPrize, IERC165 {
    // Bounds that keep every sum of times far below 2^40 and every promise within a human horizon.
    uint256 internal constant MAX_DURATION = 366 days;
    uint256 internal constant MAX_HOLD = 30 days;
    uint256 internal constant MAX_SOFT_CLOSE = 1 days;
    uint256 internal constant MAX_EXTENSION = 14 days;
    uint256 internal constant MAX_REFUND_GAP = 90 days;
    // A censored sequencer can hold a transaction back for a day; the gap lets a claim arrive through L1 all the same.
    uint256 internal constant MIN_REFUND_GAP = 48 hours;

    bytes32 internal constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 internal constant CLAIM_TYPEHASH =
        keccak256("Claim(uint256 contestId,bytes32 judgeId,uint256 score,bytes32 songCommitment,address beneficiary)");
    bytes32 internal constant NAME_HASH = keccak256("Sotto");
    bytes32 internal constant VERSION_HASH = keccak256("1");

    bool public immutable allowDevelopment;
    bool private transient entered_;
    Contest[] private contests_;
    mapping(uint256 id => mapping(address who => uint256)) public contributionOf;
    mapping(address who => uint256) public owed;
    mapping(address owner => mapping(bytes32 songCommitment => uint256)) public commitmentRecordedAt;
    uint256 public liabilities;

    modifier guarded() {
        if (entered_) revert Reentered();
        entered_ = true;
        _;
        entered_ = false;
    }

    constructor(bool allowDevelopment_) {
        allowDevelopment = allowDevelopment_;
    }

    // ---- creation and money in

    function create(Terms calldata t) external payable guarded returns (uint256 id) {
        VerifyingKeyData.Head memory key = _checkTerms(t);
        id = contests_.length;
        Contest storage c = contests_.push();
        c.verifier = t.verifier;
        c.mode = t.mode;
        c.deadline = t.deadline;
        c.hold = t.hold;
        c.vkData = t.vkData;
        c.target = t.target;
        c.maxScore = uint32(key.maxScore);
        c.sponsor = msg.sender;
        c.lastDeadline = t.deadline + t.maxExtension;
        c.refundGap = t.refundGap;
        c.judgeId = t.judgeId;
        c.verifierCodehash = t.verifier.codehash;
        c.judgeFile = key.judgeFile;
        c.softClose = t.softClose;
        c.maxExtension = t.maxExtension;
        c.minIncrement = t.minIncrement;
        c.development = key.flags & VerifyingKeyData.FLAG_DEVELOPMENT != 0;
        emit ContestCreated(id, msg.sender, t.judgeId, t.verifier, t.vkData, t.mode, t.target, t.deadline);
        _fund(id, c);
    }

    function fund(uint256 id) external payable guarded {
        Contest storage c = _at(id);
        if (c.status != Status.Open || block.timestamp > c.deadline) revert NotOpen(id);
        _fund(id, c);
    }

    // ---- claims

    function submit(uint256 id, uint256 score, bytes32 songCommitment, address beneficiary, bytes calldata proof)
        external
        guarded
    {
        Contest storage c = _at(id);
        if (c.status != Status.Open) revert NotOpen(id);
        if (c.mode == Mode.BestByDeadline && block.timestamp > c.deadline) revert NotOpen(id);
        // A score that the judge cannot give is the circuit breaker's business; it is never paid.
        if (score > c.maxScore) revert ScoreOutOfRange(score);
        uint256 need = c.beneficiary == address(0) ? c.target : uint256(c.best) + c.minIncrement;
        if (score < need) revert ScoreTooLow(score, need);
        if (beneficiary == address(0)) revert BadBeneficiary();

        bytes32 digest = _statement(id, c.judgeId, score, songCommitment, beneficiary);
        _verify(c, proof, digest, score, songCommitment);

        c.best = uint32(score);
        c.beneficiary = beneficiary;
        c.songCommitment = songCommitment;
        if (commitmentRecordedAt[beneficiary][songCommitment] == 0) {
            commitmentRecordedAt[beneficiary][songCommitment] = block.timestamp;
        }
        emit Submitted(id, beneficiary, score, songCommitment, digest);
        if (c.mode == Mode.FirstToTarget) {
            c.status = Status.Won;
            c.payableFrom = uint40(block.timestamp) + c.hold;
            emit Won(id, beneficiary, score, c.pot);
        } else {
            _extend(id, c);
        }
    }

    function proveBroken(uint256 id, uint256 score, bytes32 songCommitment, bytes calldata proof) external guarded {
        Contest storage c = _at(id);
        if (c.status != Status.Open && c.status != Status.Won) revert NotOpen(id);
        if (score > type(uint32).max) revert ScoreOutOfRange(score);
        if (score <= c.maxScore) revert ScoreNotImpossible(score, c.maxScore);
        bytes32 digest = _statement(id, c.judgeId, score, songCommitment, msg.sender);
        _verify(c, proof, digest, score, songCommitment);
        c.status = Status.Broken;
        emit Broken(id, msg.sender, score);
    }

    // ---- ends of a contest and money out

    function settle(uint256 id) external guarded {
        Contest storage c = _at(id);
        if (c.mode == Mode.FirstToTarget) {
            if (c.status != Status.Won) revert NotOpen(id);
            if (block.timestamp < c.payableFrom) revert TooEarly(c.payableFrom);
        } else {
            if (c.status != Status.Open || c.beneficiary == address(0)) revert NotOpen(id);
            // One second after the deadline: claims of the deadline's own second still count.
            uint40 from = c.deadline + c.hold + 1;
            if (block.timestamp < from) revert TooEarly(from);
            c.payableFrom = from;
            emit Won(id, c.beneficiary, c.best, c.pot);
        }
        uint256 amount = c.pot;
        c.status = Status.Settled;
        c.pot = 0;
        owed[c.beneficiary] += amount;
        emit Settled(id, c.beneficiary, amount);
    }

    function openRefunds(uint256 id) external guarded {
        Contest storage c = _at(id);
        if (c.status != Status.Open || c.beneficiary != address(0)) revert NotOpen(id);
        uint256 from = uint256(c.deadline) + c.refundGap + 1;
        if (block.timestamp < from) revert TooEarly(from);
        c.status = Status.Refunding;
        emit Refunding(id);
    }

    function refund(uint256 id, address contributor) external guarded {
        Contest storage c = _at(id);
        if (c.status != Status.Refunding && c.status != Status.Broken) revert NotOpen(id);
        uint256 amount = contributionOf[id][contributor];
        if (amount == 0) revert NothingOwed();
        contributionOf[id][contributor] = 0;
        c.pot -= uint96(amount);
        owed[contributor] += amount;
        emit Refunded(id, contributor, amount);
    }

    function withdraw(address payable to) external guarded {
        if (to == address(0)) revert BadBeneficiary();
        uint256 amount = owed[msg.sender];
        if (amount == 0) revert NothingOwed();
        owed[msg.sender] = 0;
        liabilities -= amount;
        emit Withdrawn(msg.sender, to, amount);
        (bool sent,) = to.call{value: amount}("");
        if (!sent) revert TransferFailed();
    }

    // ---- views

    function statement(uint256 id, uint256 score, bytes32 songCommitment, address beneficiary)
        external
        view
        returns (bytes32)
    {
        return _statement(id, _at(id).judgeId, score, songCommitment, beneficiary);
    }

    function contest(uint256 id) external view returns (Contest memory) {
        return _at(id);
    }

    function count() external view returns (uint256) {
        return contests_.length;
    }

    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IPrize).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    // ---- internals

    function _at(uint256 id) internal view returns (Contest storage) {
        if (id >= contests_.length) revert UnknownContest(id);
        return contests_[id];
    }

    function _fund(uint256 id, Contest storage c) internal {
        if (msg.value == 0) revert BadTerms("value");
        uint256 pot = uint256(c.pot) + msg.value;
        if (pot > type(uint96).max) revert BadTerms("value");
        c.pot = uint96(pot);
        contributionOf[id][msg.sender] += msg.value;
        liabilities += msg.value;
        emit Funded(id, msg.sender, msg.value);
    }

    function _checkTerms(Terms calldata t) internal view returns (VerifyingKeyData.Head memory key) {
        if (!_isFixedCode(t.verifier)) revert BadTerms("verifier");
        bool ok;
        (ok, key) = VerifyingKeyData.read(t.vkData);
        if (!ok) revert BadTerms("vkData");
        if (t.vkData.codehash != t.judgeId) revert BadTerms("judgeId");
        if (!allowDevelopment && key.flags & VerifyingKeyData.FLAG_DEVELOPMENT != 0) revert DevelopmentJudge();
        // Below 2^32 - 1, so that an impossible score exists that a verifier still accepts as a number.
        if (key.maxScore >= type(uint32).max) revert BadTerms("maxScore");
        if (t.target == 0 || t.target > key.maxScore) revert BadTerms("target");
        if (t.minIncrement == 0 || t.minIncrement > key.maxScore) revert BadTerms("minIncrement");
        if (t.deadline <= block.timestamp || t.deadline > block.timestamp + MAX_DURATION) revert BadTerms("deadline");
        if (t.hold > MAX_HOLD) revert BadTerms("hold");
        if (t.softClose > MAX_SOFT_CLOSE) revert BadTerms("softClose");
        if (t.maxExtension > MAX_EXTENSION) revert BadTerms("maxExtension");
        if (t.refundGap > MAX_REFUND_GAP) revert BadTerms("refundGap");
        if (!allowDevelopment && t.refundGap < MIN_REFUND_GAP) revert BadTerms("refundGap");
    }

    /// Code that its account cannot take away again: there is some, and it is not an EIP-7702 delegation (0xef0100 ++
    /// address, 23 bytes), which the account's key may clear at any time.
    function _isFixedCode(address a) internal view returns (bool) {
        if (a.code.length == 0) return false;
        if (a.code.length != 23) return true;
        bytes32 start;
        assembly ("memory-safe") {
            mstore(0, 0)
            extcodecopy(a, 0, 0, 3)
            start := mload(0)
        }
        return bytes3(start) != 0xef0100;
    }

    function _extend(uint256 id, Contest storage c) internal {
        uint256 moved = block.timestamp + c.softClose;
        if (moved > c.lastDeadline) moved = c.lastDeadline;
        if (moved <= c.deadline) return;
        c.deadline = uint40(moved);
        emit Extended(id, moved);
    }

    function _statement(uint256 id, bytes32 judgeId, uint256 score, bytes32 songCommitment, address beneficiary)
        internal
        view
        returns (bytes32)
    {
        bytes32 domain = keccak256(abi.encode(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, block.chainid, address(this)));
        bytes32 claim = keccak256(abi.encode(CLAIM_TYPEHASH, id, judgeId, score, songCommitment, beneficiary));
        return keccak256(abi.encodePacked(hex"1901", domain, claim));
    }

    function _verify(Contest storage c, bytes calldata proof, bytes32 digest, uint256 score, bytes32 songCommitment)
        internal
        view
    {
        address verifier = c.verifier;
        address vkData = c.vkData;
        if (verifier.codehash != c.verifierCodehash || vkData.codehash != c.judgeId) revert VerifierChanged();
        bytes4 magic = IScoreVerifier(verifier).verify(vkData, proof, digest, score, songCommitment);
        if (magic != IScoreVerifier.verify.selector) revert InvalidProof();
    }
}
