// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

interface IERC165 {
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}

/// Prizes in ether for secret songs. No owner, no pause, no upgrade, no parameter that changes after creation.
///
/// Money: it comes in with `create` and `fund`, belongs to the pot of one contest, leaves the pot exactly once (to the
/// winner by `settle`, or back to the contributors by `refund`) into `owed`, and leaves the contract by `withdraw`.
interface IPrize {
    enum Mode {
        FirstToTarget, // the first valid claim with score >= target wins
        BestByDeadline // the highest valid claim at the deadline wins
    }

    enum Status {
        Open,
        Won, // first-to-target only: waits for `payableFrom`
        Settled, // the pot belongs to the winner
        Broken, // the proof system or the judge is broken: refunds
        Refunding // nobody won: refunds
    }

    /// What the sponsor fixes at creation.
    struct Terms {
        address verifier; // its code hash is pinned
        address vkData; // verifying key of the judge
        bytes32 judgeId; // must be vkData's code hash: the sponsor says which judge is meant
        Mode mode;
        uint32 target; // 1 <= target <= the judge's maximum
        uint32 minIncrement; // best-by-deadline: a new best is at least so much higher; >= 1
        uint40 deadline; // Unix seconds; best-by-deadline: claims up to and including it
        uint40 refundGap; // seconds after the deadline until refunds can be opened; >= 48 h unless development
        uint40 hold; // seconds between victory and payment in which `proveBroken` can still bite
        uint40 softClose; // best-by-deadline: a new best this close to the deadline moves the deadline,
        uint40 maxExtension; // in total by at most this
    }

    /// Everything about a contest. Static, so that its ABI encoding is flat words.
    struct Contest {
        address verifier;
        Mode mode;
        Status status;
        uint40 deadline; // extensions included
        uint40 hold;
        address vkData;
        uint96 pot;
        address beneficiary; // leader or winner; zero: none yet
        uint32 best;
        uint32 target;
        uint32 maxScore; // the judge's provable maximum, from the verifying key
        address sponsor;
        uint40 lastDeadline; // soft close never moves the deadline beyond
        uint40 refundGap;
        bytes32 judgeId;
        bytes32 verifierCodehash;
        bytes32 judgeFile; // hash of the judge file, from the verifying key
        bytes32 songCommitment; // of the leader or winner
        uint40 payableFrom; // 0 while nobody has won
        uint40 softClose;
        uint40 maxExtension;
        uint32 minIncrement;
        bool development; // the judge's setup has a known trapdoor
    }

    error BadTerms(bytes32 field); // ASCII name of the offending field
    error DevelopmentJudge(); // this Prize is for real money and takes no judge with a known trapdoor
    error UnknownContest(uint256 id);
    error NotOpen(uint256 id); // the contest's state does not allow this (any more)
    error ScoreOutOfRange(uint256 score); // not below 2^32, or above the judge's maximum
    error ScoreNotImpossible(uint256 score, uint256 maxScore);
    error ScoreTooLow(uint256 score, uint256 need);
    error BadBeneficiary();
    error InvalidProof();
    error VerifierChanged(); // code of the verifier or of the verifying key is not what was pinned
    error TooEarly(uint256 notBefore);
    error NothingOwed();
    error TransferFailed();
    error Reentered();

    event ContestCreated(
        uint256 indexed id,
        address indexed sponsor,
        bytes32 indexed judgeId,
        address verifier,
        address vkData,
        Mode mode,
        uint256 target,
        uint256 deadline
    );
    event Funded(uint256 indexed id, address indexed from, uint256 amount);
    event Submitted(
        uint256 indexed id, address indexed beneficiary, uint256 score, bytes32 songCommitment, bytes32 statement
    );
    event Extended(uint256 indexed id, uint256 deadline);
    event Won(uint256 indexed id, address indexed beneficiary, uint256 score, uint256 amount);
    event Settled(uint256 indexed id, address indexed beneficiary, uint256 amount);
    event Broken(uint256 indexed id, address indexed reporter, uint256 score);
    event Refunding(uint256 indexed id);
    event Refunded(uint256 indexed id, address indexed contributor, uint256 amount);
    event Withdrawn(address indexed who, address indexed to, uint256 amount);

    /// Opens a contest with msg.value (> 0) in its pot; anybody. Refuses terms under which a claim could overflow, be
    /// locked out, or the sponsor could take the money back early; refuses verifying keys of another format, of another
    /// judge, or with the development mark where that is not allowed. Returns the id: 0, 1, 2…
    function create(Terms calldata terms) external payable returns (uint256 id);

    /// Adds msg.value (> 0) to the pot of an open contest, until its deadline; anybody. Refundable like the first money.
    function fund(uint256 id) external payable;

    /// Claims: a proof that `beneficiary` is to be paid for a song with this score. Anybody may send it: the proof binds
    /// chain, contract, contest, judge, score, commitment and beneficiary, so that a copy pays the same beneficiary.
    /// First-to-target: the contest is won; valid until refunds are opened, even after the deadline.
    /// Best-by-deadline: until the deadline, and at least minIncrement above the best.
    function submit(uint256 id, uint256 score, bytes32 songCommitment, address beneficiary, bytes calldata proof)
        external;

    /// Circuit breaker: a valid proof, for msg.sender as beneficiary, of a score that the judge cannot give (above
    /// maxScore, below 2^32) shows that proofs mean nothing. Stops the contest and opens refunds, as long as the pot is
    /// not settled. No honest proof can trigger it.
    function proveBroken(uint256 id, uint256 score, bytes32 songCommitment, bytes calldata proof) external;

    /// Gives the pot to the winner's balance, once `hold` is over; anybody. Best-by-deadline: this ends the contest.
    function settle(uint256 id) external;

    /// Ends a contest that nobody won, refundGap after its deadline; anybody.
    function openRefunds(uint256 id) external;

    /// Gives a contributor's money of a broken or unwon contest to the contributor's balance; anybody, for anybody.
    function refund(uint256 id, address contributor) external;

    /// Sends the caller's whole balance to `to`.
    function withdraw(address payable to) external;

    /// EIP-712 digest that a proof for this claim must bind: domain {name "Sotto", version "1", chainId,
    /// verifyingContract}, Claim(uint256 contestId,bytes32 judgeId,uint256 score,bytes32 songCommitment,address beneficiary).
    function statement(uint256 id, uint256 score, bytes32 songCommitment, address beneficiary)
        external
        view
        returns (bytes32);

    function contest(uint256 id) external view returns (Contest memory);
    /// Number of contests.
    function count() external view returns (uint256);
    /// What `withdraw` would pay.
    function owed(address who) external view returns (uint256);
    /// What `who` has put into a contest and not been refunded.
    function contributionOf(uint256 id, address who) external view returns (uint256);
    /// Sum of all pots and balances. The contract's ether is at least that.
    function liabilities() external view returns (uint256);
    /// When an accepted claim recorded this song commitment for this owner; 0: never. Keyed by owner, because whoever
    /// copies a commitment could open it as well after the first reveal.
    function commitmentRecordedAt(address owner, bytes32 songCommitment) external view returns (uint256);
    /// True on test chains only: judges with a known trapdoor are accepted and refundGap is free.
    function allowDevelopment() external view returns (bool);
}
