// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IScoreVerifier} from "./IScoreVerifier.sol";
import "./generated/Constants.sol";

/// The twin of src/claim/verifier/verify.cpp for every judge and size class; docs/protocol.md explains the protocol.
///
/// One block of Yul, one function per section of the protocol, named after its C++ twin. All state lies in memory at
/// the addresses of generated/Constants.sol (capitals); a proof is read from calldata, whose addresses are called `p`.
/// Conventions: points and arrays are memory addresses of 32-byte words; field elements are below r unless a comment
/// says otherwise. Since 5 r < 2^256, up to five of them can be added before a mulmod reduces the sum.
contract Verifier is IScoreVerifier, IVerifierErrors {
    function verify(address vkData, bytes calldata proof, bytes32 statement, uint256 score, bytes32 songCommitment)
        external
        view
        returns (bytes4 magic)
    {
        magic = IScoreVerifier.verify.selector;
        // Memory-safe: what lies above the free memory pointer is ours, and nothing else runs before the return.
        assembly ("memory-safe") {
            function fail(selector) {
                mstore(0, shl(224, selector))
                revert(0, 4)
            }
            function modulus() -> r {
                r := mload(MODULUS)
            }
            // Address of word i of an array.
            function at(array, i) -> address_ {
                address_ := add(array, shl(5, i))
            }

            // ---- Multilinear extensions (zk/poly/multilinear.h). Variables bind from the lowest bit up.

            // eq(x, y) = prod_i (x_i y_i + (1 - x_i)(1 - y_i))
            function eq_at(x, y, n) -> v {
                let r := modulus()
                v := 1
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    let b := mload(y)
                    v := mulmod(v, add(add(1, shl(1, mulmod(a, b, r))), sub(shl(1, r), add(a, b))), r)
                    y := add(y, 32)
                }
            }
            // (1 - x_0) .. (1 - x_{n-1}): eq with index 0
            function eq_zero(x, n) -> v {
                let r := modulus()
                v := 1
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    v := mulmod(v, sub(add(r, 1), mload(x)), r)
                }
            }
            // For the points u, tau, x: the words at SUFFIX behind x_j are prod_{i >= j} (1 - x_i), 1 for j = log_n.
            function suffix_products(x) {
                let r := modulus()
                let v := 1
                for { let p := at(x, mload(KEY_LOG_N)) } 1 {} {
                    mstore(add(p, SUFFIX), v)
                    if eq(p, x) { break }
                    p := sub(p, 32)
                    v := mulmod(v, sub(add(r, 1), mload(p)), r)
                }
            }
            // eq(x_first .. x_{n-1}, bits of index) for a point with suffix products.
            function eq_index(x, first, index) -> v {
                let r := modulus()
                v := 1
                x := at(x, first)
                for {} index {} {
                    let a := mload(x)
                    if iszero(and(index, 1)) { a := sub(add(r, 1), a) }
                    v := mulmod(v, a, r)
                    index := shr(1, index)
                    x := add(x, 32)
                }
                v := mulmod(v, mload(add(x, SUFFIX)), r)
            }
            // x_0 .. x_{n-1}: eq with index 2^n - 1
            function eq_ones(x, n) -> v {
                let r := modulus()
                v := 1
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    v := mulmod(v, mload(x), r)
                }
            }
            // sum_{t < limit} eq(t, x) eq(t, y), limit > 0: nothing is below the limit in its low zero bits.
            function eq_truncated(x, y, n, limit) -> below {
                if shr(n, limit) {
                    below := eq_at(x, y, n)
                    leave
                }
                let r := modulus()
                let end := at(x, n)
                let zeros := 0
                for {} iszero(and(shr(zeros, limit), 1)) { zeros := add(zeros, 1) } {}
                let all := eq_at(x, y, zeros)
                x := at(x, zeros)
                y := at(y, zeros)
                limit := shr(zeros, limit)
                for {} lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    let b := mload(y)
                    let e1 := mulmod(a, b, r)
                    let e0 := add(add(1, e1), sub(shl(1, r), add(a, b)))
                    switch and(limit, 1)
                    case 0 { below := mulmod(e0, below, r) }
                    default { below := addmod(mulmod(e0, all, r), mulmod(e1, below, r), r) }
                    all := mulmod(all, add(e0, e1), r)
                    limit := shr(1, limit)
                    y := add(y, 32)
                }
            }
            // sum_{t < limit} eq(t, x)
            function indicator(x, n, limit) -> below {
                if shr(n, limit) {
                    below := 1
                    leave
                }
                let r := modulus()
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    switch and(limit, 1)
                    case 0 { below := mulmod(sub(add(r, 1), a), below, r) }
                    default { below := addmod(sub(add(r, 1), a), mulmod(a, below, r), r) }
                    limit := shr(1, limit)
                }
            }
            // sum_{t < limit} t eq(t, x), limit <= 2^n
            function weighted_indicator(x, n, limit) -> below_t {
                let r := modulus()
                let all_t := 0
                let below := 0
                let full := shr(n, limit)
                let power := 1
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    let e0 := sub(add(r, 1), a)
                    switch and(limit, 1)
                    case 0 {
                        below_t := mulmod(e0, below_t, r)
                        below := mulmod(e0, below, r)
                    }
                    default {
                        below_t := addmod(mulmod(e0, all_t, r), mulmod(a, add(below_t, mulmod(power, below, r)), r), r)
                        below := addmod(e0, mulmod(a, below, r), r)
                    }
                    all_t := addmod(all_t, mulmod(power, a, r), r)
                    power := shl(1, power)
                    limit := shr(1, limit)
                }
                if full { below_t := all_t }
            }
            // sum_{i < limit} eq(i, y) eq(i + 1, x), limit < 2^n: a shift by one block. States: carry into the next
            // bit, and the verdict i < limit of the bits so far (zk::shift_eq with d = 1).
            function shift_eq(x, y, n, limit) -> below0 {
                let r := modulus()
                let all0 := 0
                let all1 := 1
                let below1 := 0
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    let b := mload(y)
                    let up := mulmod(a, b, r) // bit 1, no carry
                    let keep := sub(add(r, b), up) // bit 1, carry: the only way to a carry
                    let stay := add(add(1, up), sub(shl(1, r), add(a, b))) // bit 0, no carry
                    let take := sub(add(r, a), up) // bit 0, carry
                    switch and(limit, 1)
                    case 0 {
                        below0 := addmod(mulmod(stay, below0, r), mulmod(take, below1, r), r)
                        below1 := 0
                    }
                    default {
                        below0 := addmod(
                            add(mulmod(stay, all0, r), mulmod(take, all1, r)), mulmod(up, below0, r), r
                        )
                        below1 := mulmod(keep, below1, r)
                    }
                    all0 := addmod(mulmod(add(stay, up), all0, r), mulmod(take, all1, r), r)
                    all1 := mulmod(keep, all1, r)
                    limit := shr(1, limit)
                    y := add(y, 32)
                }
            }
            // sum over 0 <= k <= j < 2^n of eq(j, xj) eq(j, yj) eq(k, xk) eq(k, yk)
            function triangle(xj, yj, xk, yk, n) -> ge {
                let r := modulus()
                let all := 1
                ge := 1
                for { let i := 0 } lt(i, n) { i := add(i, 1) } {
                    let a := mload(at(xj, i))
                    let b := mload(at(yj, i))
                    let j1 := mulmod(a, b, r)
                    let j0 := mod(add(add(1, j1), sub(shl(1, r), add(a, b))), r)
                    a := mload(at(xk, i))
                    b := mload(at(yk, i))
                    let k1 := mulmod(a, b, r)
                    let k0 := mod(add(add(1, k1), sub(shl(1, r), add(a, b))), r)
                    ge := addmod(
                        mulmod(add(mulmod(j0, k0, r), mulmod(j1, k1, r)), ge, r), mulmod(mulmod(j1, k0, r), all, r), r
                    )
                    all := mulmod(all, mulmod(add(j0, j1), add(k0, k1), r), r)
                }
            }
            // EQ_TABLE[e] = eq(e, x) for e < 2^n, n <= 5
            function eq_table(x, n) {
                let r := modulus()
                mstore(EQ_TABLE, 1)
                let half := 32
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    for { let e := EQ_TABLE } lt(e, add(EQ_TABLE, half)) { e := add(e, 32) } {
                        let low := mload(e)
                        let high := mulmod(low, a, r)
                        mstore(add(e, half), high)
                        mstore(e, addmod(low, sub(r, high), r))
                    }
                    half := shl(1, half)
                }
            }

            // ---- Transcript (zk/transcript): S <- keccak(S || slice); challenge i: keccak(S || uint32 i) mod r

            function absorb(p, size) {
                calldatacopy(COUNTER, p, size)
                mstore(STATE, keccak256(STATE, add(size, 32)))
                mstore(COUNTER, 0)
            }
            function challenge() -> v {
                v := mod(keccak256(STATE, 36), modulus())
                mstore(COUNTER, add(mload(COUNTER), shl(224, 1)))
            }
            function challenges(array, n) {
                let r := modulus()
                let counter := mload(COUNTER)
                for { let end := at(array, n) } lt(array, end) { array := add(array, 32) } {
                    mstore(array, mod(keccak256(STATE, 36), r))
                    counter := add(counter, shl(224, 1))
                    mstore(COUNTER, counter)
                }
            }
            // Canonical scalars only: every value has one encoding.
            function require_scalars(p, n) {
                let r := modulus()
                let bad := 0
                for { let end := at(p, n) } lt(p, end) { p := add(p, 32) } {
                    bad := or(bad, iszero(lt(calldataload(p), r)))
                }
                if bad { fail(FAIL_NOT_CANONICAL) }
            }
            function absorb_scalars(p, n) -> next {
                absorb(p, shl(5, n))
                require_scalars(p, n)
                next := at(p, n)
            }
            // sum_i c_i x^i of calldata words
            function horner(p, n, x) -> v {
                let r := modulus()
                for { let c := at(p, n) } gt(c, p) {} {
                    c := sub(c, 32)
                    v := addmod(mulmod(v, x, r), calldataload(c), r)
                }
            }

            // ---- Statement

            // What keeps every closed form within its domain (verifying_key.cpp, shape_is_sound); derived rows are the
            // word of whoever pins the key's hash.
            function read_key(data) {
                let size := extcodesize(data)
                let largest := add(add(1, KEY_HEAD_BYTES), mul(MAX_LAYERS, LAYER_BYTES))
                if or(lt(size, add(1, KEY_HEAD_BYTES)), gt(size, largest)) { fail(FAIL_BAD_KEY) }
                extcodecopy(data, add(KEY_PAD, 31), 0, size)
                let layers := mload(KEY_LAYERS)
                let bad := or(mload(KEY_PAD), xor(mload(KEY_TAG), VERIFYING_KEY_TAG))
                bad := or(bad, gt(sub(layers, 1), sub(MAX_LAYERS, 1)))
                bad := or(bad, xor(size, add(add(1, KEY_HEAD_BYTES), mul(layers, LAYER_BYTES))))
                bad := or(bad, gt(mload(KEY_FLAGS), 1))
                bad := or(bad, shr(32, mload(KEY_MAX_SCORE)))
                bad := or(bad, iszero(lt(mload(KEY_HEAD_BIAS), modulus())))
                bad := or(bad, and(xor(mload(KEY_LIMB_BITS), 4), sub(0, iszero(eq(mload(KEY_LIMB_BITS), 8)))))
                bad := or(bad, gt(sub(mload(KEY_SLOT_BITS), 4), 2))
                bad := or(bad, gt(sub(mload(KEY_SOURCE_BITS), 6), 1))
                bad := or(bad, iszero(gt(mload(KEY_SOURCE_BITS), mload(KEY_SLOT_BITS))))
                let sample_bits := mload(KEY_SAMPLE_BITS)
                let hop_bits := mload(KEY_HOP_BITS)
                let frame_bits := mload(KEY_FRAME_BITS)
                let channel_bits := mload(KEY_BAND_BITS)
                let frames := mload(KEY_FRAMES)
                bad := or(bad, gt(sample_bits, MAX_SAMPLE_BITS))
                bad := or(bad, iszero(lt(hop_bits, sample_bits)))
                bad := or(bad, xor(add(frame_bits, hop_bits), sample_bits))
                bad := or(bad, shr(sample_bits, mload(KEY_SAMPLES)))
                bad := or(bad, gt(sub(frames, 1), shr(hop_bits, mload(KEY_SAMPLES))))
                bad := or(bad, gt(shl(hop_bits, add(frames, 1)), mload(KEY_SAMPLES)))
                bad := or(bad, gt(sub(mload(KEY_DFT_BITS), 1), sub(MAX_CHANNEL_BITS, 1)))
                bad := or(bad, gt(channel_bits, MAX_CHANNEL_BITS))
                bad := or(bad, gt(sub(mload(KEY_BANDS), 1), sub(shl(channel_bits, 1), 1)))
                bad := or(bad, shr(32, mload(KEY_LOG_STEP)))
                bad := or(bad, xor(mload(KEY_LOG_N), add(sample_bits, mload(KEY_SLOT_BITS))))
                bad := or(bad, gt(sub(mload(KEY_LOG_N), 12), sub(MAX_LOG_N, 12)))
                let layer := LAYER_RECORDS
                for { let i := layers } i { i := sub(i, 1) } {
                    bad := or(bad, xor(mload(layer), channel_bits))
                    channel_bits := mload(add(layer, LAYER_OUT_CHANNEL_BITS))
                    bad := or(bad, gt(channel_bits, MAX_CHANNEL_BITS))
                    bad := or(bad, gt(sub(mload(add(layer, LAYER_OUT_CHANNELS)), 1), sub(shl(channel_bits, 1), 1)))
                    bad := or(bad, lt(frame_bits, 2))
                    frame_bits := sub(frame_bits, 1)
                    bad := or(bad, xor(mload(add(layer, LAYER_OUT_FRAME_BITS)), frame_bits))
                    let out := mload(add(layer, LAYER_OUT_FRAMES))
                    bad := or(bad, gt(sub(out, 1), frames))
                    bad := or(bad, gt(add(shl(1, out), 2), frames))
                    frames := out
                    layer := add(layer, LAYER_BYTES)
                    if bad { break }
                }
                if bad { fail(FAIL_BAD_KEY) }

                // every row of the key lies within the hypercube
                let rows := 0
                for { let w := KEY_PROGRAM_BLOCK } lt(w, LAYER_RECORDS) { w := add(w, 32) } {
                    rows := or(rows, mload(w))
                }
                for { layer := LAYER_RECORDS } layers { layers := sub(layers, 1) } {
                    rows := or(rows, mload(add(layer, LAYER_ROWS)))
                    rows := or(rows, or(mload(add(layer, LAYER_WEIGHT_ROWS)), mload(add(layer, LAYER_BIAS_ROWS))))
                    layer := add(layer, LAYER_BYTES)
                }
                if shr(mload(KEY_LOG_N), rows) { fail(FAIL_BAD_KEY) }

                let limb := shl(mload(KEY_LIMB_BITS), 1)
                mstore(LIMB, limb)
                mstore(RANGE, mul(limb, limb))
                mstore(HALF_RANGE, shr(1, mload(RANGE)))
                mstore(WORD, mul(mload(RANGE), mload(RANGE)))
            }
            function claim_count() -> n {
                n := add(add(CLAIM_CONV, 2), mul(3, mload(KEY_LAYERS)))
            }
            // proof_sizes().total
            function proof_bytes() -> size {
                let n := mload(KEY_LOG_N)
                size := add(add(PHASE1_BYTES, PHASE2_BYTES), add(FINALS_BYTES, OPENING_BYTES))
                let scalars := mul(n, add(DEGREE, REDUCTION_SCALARS))
                scalars := add(scalars, add(add(EVALUATED_COLUMNS, 1), claim_count()))
                size := add(size, shl(5, scalars))
            }
            // transcript_statement(); a score above 2^32 would be another number modulo r.
            function bind_statement(data, p, size, digest, public_score, song) {
                if shr(32, public_score) { fail(FAIL_BAD_SCORE) }
                if xor(size, proof_bytes()) { fail(FAIL_BAD_LENGTH) }
                calldatacopy(MSM, at(p, mul(2, COLUMN_PROG)), 64)
                if xor(song, keccak256(MSM, 64)) { fail(FAIL_BAD_SONG_COMMITMENT) }
                mstore(MSM, PROOF_TAG)
                mstore(add(MSM, 0x20), extcodehash(data))
                mstore(add(MSM, 0x40), digest)
                mstore(add(MSM, 0x60), public_score)
                mstore(add(MSM, 0x80), song)
                mstore(STATE, keccak256(MSM, 0xa0))
            }

            // ---- Challenges (statement/challenges.h)

            function draw_phase1() {
                let r := modulus()
                mstore(GAMMA, challenge())
                let beta := challenge()
                let power := beta
                for { let b := BETA } lt(b, RK) { b := add(b, 32) } {
                    mstore(b, power)
                    power := mulmod(power, beta, r)
                }
                challenges(RK, mload(KEY_SLOT_BITS))
                challenges(RT, mload(KEY_SAMPLE_BITS))
                challenges(CHI, 3)
                challenges(DFT_I, mload(KEY_FRAME_BITS))
                challenges(DFT_C, mload(KEY_DFT_BITS))
                challenges(MEL_I, mload(KEY_FRAME_BITS))
                challenges(MEL_B, mload(KEY_BAND_BITS))
                let conv := CONV
                let layer := LAYER_RECORDS
                for { let i := mload(KEY_LAYERS) } i { i := sub(i, 1) } {
                    let bits := add(mload(add(layer, LAYER_OUT_FRAME_BITS)), mload(add(layer, LAYER_OUT_CHANNEL_BITS)))
                    challenges(conv, bits)
                    conv := at(conv, bits)
                    layer := add(layer, LAYER_BYTES)
                }
            }
            function draw_phase2() {
                let r := modulus()
                challenges(S, mload(KEY_SOURCE_BITS))
                let alpha := challenge()
                let power := 1
                for { let a := ALPHA } lt(a, at(ALPHA_CONV, mload(KEY_LAYERS))) { a := add(a, 32) } {
                    mstore(a, power)
                    power := mulmod(power, alpha, r)
                }
                challenges(TAU, mload(KEY_LOG_N))
                mstore(RHO, challenge())
            }

            // ---- Sumchecks

            // Rounds of `sent` coefficients c_0, c_2, c_3, ...; c_1 follows from s(0) + s(1) = claim. Stores the
            // challenges at `point`, from variable `first` on and then from 0 on (round_variable); the claim becomes
            // s(challenge).
            function run_rounds(p, sent, claim, point, first) -> next, value {
                let r := modulus()
                let bad := 0
                let coordinate := at(point, first)
                for { let i := mload(KEY_LOG_N) } i { i := sub(i, 1) } {
                    absorb(p, shl(5, sent))
                    let x := challenge()
                    mstore(coordinate, x)
                    coordinate := add(coordinate, 32)
                    if eq(coordinate, at(point, mload(KEY_LOG_N))) { coordinate := point }
                    let linear := 0 // minus c_1, up to claim and c_0
                    let v := 0
                    next := at(p, sent)
                    for { let c := sub(next, 32) } gt(c, p) { c := sub(c, 32) } {
                        let coefficient := calldataload(c)
                        bad := or(bad, iszero(lt(coefficient, r)))
                        linear := addmod(linear, coefficient, r)
                        v := addmod(mulmod(v, x, r), coefficient, r)
                    }
                    let c0 := calldataload(p)
                    bad := or(bad, iszero(lt(c0, r)))
                    linear := addmod(claim, sub(r, addmod(linear, addmod(c0, c0, r), r)), r)
                    claim := addmod(mulmod(add(mulmod(v, x, r), linear), x, r), c0, r)
                    p := next
                }
                if bad { fail(FAIL_NOT_CANONICAL) }
                value := claim
            }

            // Evaluations at u: columns to their places in memory, claims stay in calldata.
            function read_evaluations(p) -> next {
                next := absorb_scalars(p, add(add(EVALUATED_COLUMNS, 1), claim_count()))
                calldatacopy(E_R, p, mul(32, COLUMN_Z1))
                calldatacopy(at(E_R, add(COLUMN_Z1, 1)), at(p, COLUMN_Z1), mul(32, sub(COLUMNS, COLUMN_Z1)))
                mstore(CLAIMS, at(p, add(EVALUATED_COLUMNS, 1)))
            }
            function claim_at(i) -> v {
                v := calldataload(at(mload(CLAIMS), i))
            }

            // ---- generated by sotto-generate from claim/statement/constraint_sums.h: do not edit
            // Constraints of the operations, weighted with powers of alpha (relations.h, op_sum).
            function op_sums() {
                let r := modulus()
                let t0 := addmod(mload(E_a2), mulmod(mload(LIMB), mload(E_a3), r), r)
                let t1 := addmod(mload(E_a0), mulmod(mload(LIMB), addmod(mload(E_a1), mulmod(mload(LIMB), t0, r), r),
                    r), r)
                let t2 := addmod(mload(E_b0), mulmod(mload(LIMB), addmod(mload(E_b1), mulmod(mload(LIMB),
                    addmod(mload(E_b2), mulmod(mload(LIMB), mload(E_b3), r), r), r), r), r), r)
                let t3 := mulmod(mload(RANGE), mload(RANGE), r)
                let t4 := mulmod(t3, mload(E_cy), r)
                mstore(C_OP, mulmod(mload(ALPHA), addmod(addmod(addmod(t1, t2, r), sub(r, mload(E_R)), r), sub(r, t4),
                    r), r)) // add
                let t5 := addmod(t1, sub(r, t2), r)
                mstore(add(C_OP, 32), mulmod(mload(add(ALPHA, 32)), addmod(addmod(t5, sub(r, mload(E_R)), r), t4, r),
                    r)) // sub
                let t6 := addmod(mload(E_W1l), mulmod(mload(RANGE), mload(E_W1h), r), r)
                let t7 := mulmod(t3, t6, r)
                mstore(add(C_OP, 64), mulmod(mload(add(ALPHA, 64)), addmod(addmod(mulmod(t1, t2, r), sub(r, mload(E_R)),
                    r), sub(r, t7), r), r)) // mul
                let t8 := mulmod(t3, mload(E_sa), r)
                let t9 := addmod(t1, sub(r, t8), r)
                let t10 := addmod(mload(E_R), sub(r, t4), r)
                let t11 := addmod(t2, sub(r, mulmod(t3, mload(E_sb), r)), r)
                let t12 := addmod(1, sub(r, mload(E_sa)), r)
                let t13 := addmod(t12, sub(r, mload(E_sa)), r)
                let t14 := addmod(1, sub(r, mload(E_z)), r)
                let t15 := mulmod(addmod(addmod(1, sub(r, mload(E_sb)), r), sub(r, mload(E_sb)), r), t11, r)
                let t16 := addmod(t15, sub(r, 1), r)
                let t17 := addmod(mload(E_W2l), mulmod(mload(RANGE), mload(E_W2h), r), r)
                let t18 := mulmod(mload(E_z), t2, r)
                let t19 := mulmod(mload(E_z), mload(E_R), r)
                mstore(add(C_OP, 96), addmod(addmod(addmod(mulmod(mload(add(ALPHA, 96)), addmod(addmod(t9, sub(r,
                    mulmod(t10, t11, r)), r), sub(r, mulmod(t13, t6, r)), r), r), mulmod(mload(add(ALPHA, 128)),
                    mulmod(t14, addmod(addmod(t16, sub(r, t6), r), sub(r, t17), r), r), r), r), mulmod(mload(add(ALPHA,
                    160)), t18, r), r), mulmod(mload(add(ALPHA, 192)), t19, r), r)) // div
                let t20 := mulmod(t13, t10, r)
                let t21 := addmod(1, sub(r, mload(E_cy)), r)
                mstore(add(C_OP, 128), addmod(addmod(addmod(addmod(addmod(mulmod(mload(add(ALPHA, 224)),
                    addmod(addmod(addmod(mulmod(t13, t9, r), sub(r, mulmod(t6, t15, r)), r), sub(r, t20), r), sub(r,
                    mulmod(mload(E_z), t17, r)), r), r), mulmod(mload(add(ALPHA, 256)), mulmod(t14, addmod(addmod(t16,
                    sub(r, t20), r), sub(r, t17), r), r), r), r), mulmod(mload(add(ALPHA, 288)), t18, r), r),
                    mulmod(mload(add(ALPHA, 320)), t19, r), r), mulmod(mload(add(ALPHA, 352)), mulmod(t12, mload(E_cy),
                    r), r), r), mulmod(mload(add(ALPHA, 384)), mulmod(mulmod(mload(E_sa), t21, r), mload(E_R), r), r),
                    r)) // mod
                let t22 := addmod(mload(E_g0), mulmod(mload(LIMB), addmod(mload(E_g1), mulmod(mload(LIMB),
                    addmod(mload(E_g2), mulmod(mload(LIMB), mload(E_g3), r), r), r), r), r), r)
                mstore(add(C_OP, 160), mulmod(mload(add(ALPHA, 416)), addmod(mload(E_R), sub(r, t22), r), r)) // and
                let t23 := addmod(addmod(addmod(mload(E_R), sub(r, t1), r), sub(r, t2), r), t22, r)
                mstore(add(C_OP, 192), mulmod(mload(add(ALPHA, 448)), t23, r)) // or
                mstore(add(C_OP, 224), mulmod(mload(add(ALPHA, 480)), addmod(t23, t22, r), r)) // xor
                mstore(add(C_OP, 256), mulmod(mload(add(ALPHA, 512)), addmod(addmod(mulmod(t1, mload(E_P), r), sub(r,
                    mload(E_R)), r), sub(r, t7), r), r)) // shl
                let t24 := addmod(addmod(addmod(mload(E_P), sub(r, 1), r), sub(r, t6), r), sub(r, t17), r)
                mstore(add(C_OP, 288), addmod(mulmod(mload(add(ALPHA, 544)), addmod(addmod(mulmod(addmod(mload(E_R),
                    sub(r, t8), r), mload(E_P), r), t6, r), sub(r, t9), r), r), mulmod(mload(add(ALPHA, 576)), t24, r),
                    r)) // shr
                mstore(add(C_OP, 320), addmod(mulmod(mload(add(ALPHA, 608)), addmod(addmod(mulmod(mload(E_R),
                    mload(E_P), r), t6, r), sub(r, t1), r), r), mulmod(mload(add(ALPHA, 640)), t24, r), r)) // ushr
                let t25 := addmod(addmod(addmod(t9, sub(r, t11), r), sub(r, t6), r), t4, r)
                mstore(add(C_OP, 352), addmod(mulmod(mload(add(ALPHA, 672)), t25, r), mulmod(mload(add(ALPHA, 704)),
                    addmod(mload(E_R), sub(r, mload(E_cy)), r), r), r)) // lt
                let t26 := addmod(mload(E_R), sub(r, 1), r)
                mstore(add(C_OP, 384), addmod(mulmod(mload(add(ALPHA, 736)), t25, r), mulmod(mload(add(ALPHA, 768)),
                    addmod(t26, mload(E_cy), r), r), r)) // ge
                let t27 := mulmod(mload(E_z), t5, r)
                let t28 := mulmod(t14, addmod(addmod(mulmod(addmod(t21, sub(r, mload(E_cy)), r), t5, r), sub(r, 1), r),
                    sub(r, t6), r), r)
                mstore(add(C_OP, 416), addmod(addmod(mulmod(mload(add(ALPHA, 800)), t27, r), mulmod(mload(add(ALPHA,
                    832)), t28, r), r), mulmod(mload(add(ALPHA, 864)), addmod(mload(E_R), sub(r, mload(E_z)), r), r),
                    r)) // eq
                mstore(add(C_OP, 448), addmod(addmod(mulmod(mload(add(ALPHA, 896)), t27, r), mulmod(mload(add(ALPHA,
                    928)), t28, r), r), mulmod(mload(add(ALPHA, 960)), addmod(t26, mload(E_z), r), r), r)) // ne
                mstore(add(C_OP, 480), addmod(addmod(mulmod(mload(add(ALPHA, 992)), mulmod(mload(E_z), t1, r), r),
                    mulmod(mload(add(ALPHA, 1024)), mulmod(t14, addmod(addmod(t1, sub(r, 1), r), sub(r, t6), r), r), r),
                    r), mulmod(mload(add(ALPHA, 1056)), addmod(addmod(mload(E_R), sub(r, mulmod(t14, t2, r)), r), sub(r,
                    mulmod(mload(E_z), mload(E_c), r)), r), r), r)) // select
                let t29 := mulmod(mload(add(BETA, 32)), mload(E_R), r)
                mstore(add(C_OP, 512), mulmod(mload(add(ALPHA, 1152)), addmod(mulmod(mload(E_hL),
                    addmod(addmod(addmod(addmod(mload(GAMMA), 10, r), mulmod(mload(BETA), mload(E_a0), r), r), t29, r),
                    sub(r, 1), r), r), sub(r, 1), r), r)) // lookup
                mstore(add(C_OP, 544), mulmod(mload(add(ALPHA, 1152)), addmod(mulmod(mload(E_hL),
                    addmod(addmod(addmod(addmod(mload(GAMMA), 7, r), mulmod(mload(BETA), t0, r), r), t29, r), sub(r, 1),
                    r), r), sub(r, 1), r), r)) // sine
                mstore(WORD_A, t1) // operand a
                mstore(WORD_B, t2) // operand b
            }

            // The other constraints of machine and judge rows (constraint_sums.h).
            function region_sums() {
                let r := modulus()
                let t0 := addmod(addmod(addmod(addmod(addmod(mload(GAMMA), 1, r), mulmod(mload(BETA), mload(E_a0), r),
                    r), mulmod(mload(add(BETA, 32)), mload(E_b0), r), r), mulmod(mload(add(BETA, 64)), mload(E_g0), r),
                    r), mulmod(mload(add(BETA, 96)), mload(E_P), r), r)
                let t1 := addmod(mload(GAMMA), 2, r)
                let t2 := addmod(addmod(addmod(t1, mulmod(mload(BETA), mload(E_a1), r), r), mulmod(mload(add(BETA, 32)),
                    mload(E_b1), r), r), mulmod(mload(add(BETA, 64)), mload(E_g1), r), r)
                let t3 := mulmod(t0, t2, r)
                let t4 := addmod(addmod(addmod(t1, mulmod(mload(BETA), mload(E_a2), r), r), mulmod(mload(add(BETA, 32)),
                    mload(E_b2), r), r), mulmod(mload(add(BETA, 64)), mload(E_g2), r), r)
                let t5 := addmod(addmod(addmod(addmod(addmod(addmod(mload(GAMMA), 3, r), mulmod(mload(BETA),
                    mload(E_a3), r), r), mulmod(mload(add(BETA, 32)), mload(E_b3), r), r), mulmod(mload(add(BETA, 64)),
                    mload(E_g3), r), r), mulmod(mload(add(BETA, 96)), mload(E_sa), r), r), mulmod(mload(add(BETA, 128)),
                    mload(E_sb), r), r)
                let t6 := mulmod(t4, t5, r)
                let t7 := addmod(mload(GAMMA), 4, r)
                let t8 := addmod(t7, mulmod(mload(BETA), mload(E_W1l), r), r)
                let t9 := addmod(t7, mulmod(mload(BETA), mload(E_W1h), r), r)
                let t10 := mulmod(t8, t9, r)
                let t11 := addmod(t7, mulmod(mload(BETA), mload(E_W2l), r), r)
                let t12 := addmod(t7, mulmod(mload(BETA), mload(E_W2h), r), r)
                let t13 := mulmod(t11, t12, r)
                mstore(SUM_VM, addmod(addmod(addmod(addmod(mulmod(mload(add(ALPHA, 1088)),
                    addmod(addmod(mulmod(mload(E_h1), mulmod(t3, t6, r), r), sub(r, mulmod(addmod(t0, t2, r), t6, r)),
                    r), sub(r, mulmod(addmod(t4, t5, r), t3, r)), r), r), mulmod(mload(add(ALPHA, 1120)),
                    addmod(addmod(mulmod(mload(E_h2), mulmod(t10, t13, r), r), sub(r, mulmod(addmod(t8, t9, r), t13,
                    r)), r), sub(r, mulmod(addmod(t11, t12, r), t10, r)), r), r), r), mulmod(mload(add(ALPHA, 1152)),
                    mload(E_hL), r), r), mulmod(mload(add(ALPHA, 1184)), mulmod(mload(E_cy), addmod(mload(E_cy), sub(r,
                    1), r), r), r), r), mulmod(mload(add(ALPHA, 1216)), mulmod(mload(E_z), addmod(mload(E_z), sub(r, 1),
                    r), r), r), r)) // machine rows
                let t14 := mulmod(mload(RANGE), mload(RANGE), r)
                let t15 := addmod(mulmod(mload(BETA), mload(E_in), r), mulmod(mload(add(BETA, 32)), mload(E_out), r), r)
                let t16 := addmod(addmod(mload(GAMMA), 8, r), t15, r)
                let t17 := addmod(addmod(addmod(mload(GAMMA), 9, r), mulmod(mload(BETA), mload(E_e), r), r),
                    mulmod(mload(add(BETA, 32)), mload(E_ipw), r), r)
                mstore(SUM_LOG, addmod(mulmod(mload(add(ALPHA, 1248)), addmod(addmod(mulmod(mulmod(addmod(mload(E_D), 1,
                    r), mload(HALF_RANGE), r), mload(E_ipw), r), sub(r, mulmod(addmod(mload(HALF_RANGE), mload(E_in),
                    r), mulmod(t14, t14, r), r)), r), sub(r, addmod(mload(E_q0), mulmod(mload(RANGE),
                    addmod(mload(E_q1), mulmod(mload(RANGE), addmod(mload(E_q2), mulmod(mload(RANGE), mload(E_q3), r),
                    r), r), r), r), r)), r), r), mulmod(mload(add(ALPHA, 1312)), addmod(addmod(mulmod(mload(E_hF),
                    mulmod(t16, t17, r), r), sub(r, t16), r), sub(r, t17), r), r), r)) // logarithms
                let t18 := addmod(t7, mulmod(mload(BETA), mload(E_q0), r), r)
                let t19 := addmod(t7, mulmod(mload(BETA), mload(E_q1), r), r)
                let t20 := mulmod(t18, t19, r)
                let t21 := addmod(t7, mulmod(mload(BETA), mload(E_q2), r), r)
                let t22 := addmod(t7, mulmod(mload(BETA), mload(E_q3), r), r)
                let t23 := mulmod(t21, t22, r)
                mstore(SUM_RANGE, mulmod(mload(add(ALPHA, 1280)), addmod(addmod(mulmod(mload(E_hJ), mulmod(t20, t23, r),
                    r), sub(r, mulmod(addmod(t18, t19, r), t23, r)), r), sub(r, mulmod(addmod(t21, t22, r), t20, r)),
                    r), r)) // range limbs of the judge
                mstore(SUM_ACT, mulmod(mload(add(ALPHA, 1344)), addmod(mulmod(mload(E_hF), addmod(addmod(mload(GAMMA),
                    5, r), t15, r), r), sub(r, 1), r), r)) // activations
                mstore(SUM_SCORE, mulmod(mload(add(ALPHA, 1376)), addmod(mulmod(mload(E_hF), addmod(addmod(mload(GAMMA),
                    6, r), t15, r), r), sub(r, 1), r), r)) // score
            }
            // ---- end of the generated part

            // ---- Closed forms (statement/closed_form.cpp)

            // Factor of a block's base in the variables above the block.
            function block_at(x, bits, base) -> v {
                v := eq_index(x, bits, shr(bits, base))
            }
            // eq(., tau) on the channels and on frame < frames of a block at u; of the first two factors the caller has
            // the block's at u and the channels'.
            function tensor_region(factors, base, channel_bits, frame_bits, frames) -> v {
                let r := modulus()
                v := mulmod(factors, block_at(TAU, add(channel_bits, frame_bits), base), r)
                v := mulmod(v, eq_truncated(at(U, channel_bits), at(TAU, channel_bits), frame_bits, frames), r)
            }
            // The extension at u of the same rows' indicator.
            function tensor_indicator(factors, channel_bits, frame_bits, frames) -> v {
                v := mulmod(factors, indicator(at(U, channel_bits), frame_bits, frames), modulus())
            }
            // A field of a layer's record.
            function layer_word(layer, field) -> v {
                v := mload(add(layer, field))
            }

            // The program column has its data on even rows: index v belongs to row 2v.
            function even(x) -> v {
                v := sub(add(modulus(), 1), mload(x))
            }
            // Factor of the block number of J * K entries (selectors of a, b, c are blocks 1, 2, 3).
            function program_block_at(x, block) -> v {
                v := eq_index(x, add(1, add(mload(KEY_SLOT_BITS), mload(KEY_SOURCE_BITS))), block)
            }
            function song_table_at(x) -> v {
                let lb := mload(KEY_LIMB_BITS)
                v := eq_index(x, add(1, lb), shr(lb, mload(KEY_SONG_TABLE_AT)))
            }
            // The song's table at u, without eq(., tau).
            function song_region() -> v {
                v := mulmod(even(U), song_table_at(U), modulus())
            }

            // The tables begin at row 2^tables_bits: above the program, and at a multiple of their blocks.
            function tables_bits() -> bits {
                bits := shl(1, mload(KEY_LIMB_BITS))
                let program := add(add(mload(KEY_SLOT_BITS), mload(KEY_SOURCE_BITS)), 3)
                if gt(program, bits) { bits := program }
                if xor(mload(KEY_TABLES_AT), shl(bits, 1)) { fail(FAIL_BAD_KEY) }
            }
            function regions_at() {
                let r := modulus()
                let n := mload(KEY_LOG_N)
                let kb := mload(KEY_SLOT_BITS)
                let samples := eq_truncated(at(U, kb), at(TAU, kb), sub(n, kb), mload(KEY_SAMPLES))
                mstore(REGION_VM, mulmod(samples, eq_at(U, TAU, kb), r))
                let cb := mload(KEY_BAND_BITS)
                let fb := mload(KEY_FRAME_BITS)
                let v := mulmod(block_at(U, add(cb, fb), 0), eq_truncated(U, TAU, cb, mload(KEY_BANDS)), r)
                mstore(REGION_LOG, tensor_region(v, 0, cb, fb, mload(KEY_FRAMES)))
                // layers of the same width share the sum over their channels; block_at(U) serves all relations
                let sum := 0
                let layer := LAYER_RECORDS
                let width := 0
                let channels := 0
                for { let i := 0 } lt(i, mload(KEY_LAYERS)) { i := add(i, 1) } {
                    cb := layer_word(layer, LAYER_OUT_CHANNEL_BITS)
                    fb := layer_word(layer, LAYER_OUT_FRAME_BITS)
                    let of_layer := or(shl(32, layer_word(layer, LAYER_OUT_CHANNELS)), cb)
                    if xor(width, of_layer) {
                        width := of_layer
                        channels := eq_truncated(U, TAU, cb, layer_word(layer, LAYER_OUT_CHANNELS))
                    }
                    let base := layer_word(layer, LAYER_ROWS)
                    v := block_at(U, add(cb, fb), base)
                    mstore(at(LAYER_BLOCK, i), v)
                    v := tensor_region(mulmod(v, channels, r), base, cb, fb, layer_word(layer, LAYER_OUT_FRAMES))
                    sum := addmod(sum, v, r)
                    layer := add(layer, LAYER_BYTES)
                }
                mstore(REGION_CONV, sum)
                let row := mload(KEY_SCORE_ROW)
                mstore(REGION_SCORE, mulmod(block_at(U, 0, row), block_at(TAU, 0, row), r))
                let first := tables_bits()
                let before := mulmod(mload(add(at(U, first), SUFFIX)), mload(add(at(TAU, first), SUFFIX)), r)
                before := mulmod(before, eq_at(U, TAU, first), r)
                mstore(REGION_TABLES, addmod(eq_truncated(U, TAU, n, mload(KEY_TABLES_END)), sub(r, before), r))
            }
            function program_regions_at() {
                let r := modulus()
                let kb := mload(KEY_SLOT_BITS)
                let both_even := mulmod(even(U), even(TAU), r)
                let v := mulmod(song_table_at(U), song_table_at(TAU), r)
                v := mulmod(v, eq_at(add(U, 32), add(TAU, 32), mload(KEY_LIMB_BITS)), r)
                mstore(REGION_SONG, mulmod(both_even, v, r))

                // selector (source, slot) of block x: row 2 (x J K + source K + slot)
                let selectors := 0
                for { let x := 1 } lt(x, 4) { x := add(x, 1) } {
                    selectors := addmod(selectors, mulmod(program_block_at(U, x), program_block_at(TAU, x), r), r)
                }
                selectors := mulmod(selectors, both_even, r)
                // flags: index op K + slot, op < 32
                v := eq_at(add(U, 32), add(TAU, 32), add(kb, 5))
                v := mulmod(v, mulmod(block_at(U, add(kb, 6), 0), block_at(TAU, add(kb, 6), 0), r), r)
                v := mulmod(v, both_even, r)
                let sb := mload(KEY_SOURCE_BITS)
                mstore(
                    REGION_BOOLEAN,
                    addmod(v, mulmod(selectors, eq_at(add(U, 32), add(TAU, 32), add(kb, sb)), r), r)
                )
                // registers are the sources below K
                let j := at(32, kb)
                v := triangle(add(U, j), add(TAU, j), add(U, 32), add(TAU, 32), kb)
                j := at(j, kb)
                v := mulmod(v, mulmod(eq_zero(add(U, j), sub(sb, kb)), eq_zero(add(TAU, j), sub(sb, kb)), r), r)
                mstore(REGION_FORWARD, mulmod(selectors, v, r))
            }

            // Fingerprint of the public tables' row at u, without gamma (table_at): x, y are the halves of the row's
            // index in its block of 2^range_bits rows.
            function table_at() -> v {
                let r := modulus()
                let lb := mload(KEY_LIMB_BITS)
                let x := 0
                let y := 0
                let both := 0
                for { let i := lb } i {} {
                    i := sub(i, 1)
                    let a := mload(at(U, i))
                    let b := mload(at(U, add(lb, i)))
                    x := addmod(shl(1, x), a, r)
                    y := addmod(shl(1, y), b, r)
                    both := addmod(shl(1, both), mulmod(a, b, r), r)
                }
                let beta1 := mload(BETA)
                let beta4 := mload(add(BETA, 0x60))
                let index := mulmod(beta1, add(x, mulmod(y, mload(LIMB), r)), r)
                let top := mload(at(U, sub(shl(1, lb), 1)))
                let operands := add(mulmod(beta1, x, r), mulmod(mload(add(BETA, 0x20)), y, r))
                operands := addmod(operands, mulmod(mload(add(BETA, 0x40)), both, r), r)

                let power := mulmod(beta4, power_of_word(at(U, lb)), r)
                let sum := mulmod(table_block_at(BLOCK_A), add(add(TABLE_A, operands), power), r)
                sum := add(sum, mulmod(table_block_at(BLOCK_B), add(TABLE_B, operands), r))
                let signs := add(mulmod(beta4, mload(at(U, sub(lb, 1))), r), mulmod(mload(add(BETA, 0x80)), top, r))
                sum := addmod(sum, mulmod(table_block_at(BLOCK_C), add(add(TABLE_C, operands), signs), r), r)
                // range limbs, activation, score, sine: a table's id is its block's number plus 1
                for { let i := BLOCK_RANGE } lt(i, BLOCK_LOG) {} {
                    let at_block := table_block_at(i)
                    i := add(i, 1)
                    sum := addmod(sum, mulmod(at_block, add(i, index), r), r)
                }
                // two tables of half a block: the top variable tells them apart and is no part of the index
                index := add(index, sub(r, mulmod(beta1, mulmod(mload(HALF_RANGE), top, r), r)))
                let id := add(mulmod(top, TABLE_EXPONENT, r), mulmod(sub(add(r, 1), top), TABLE_LOG, r))
                sum := add(sum, mulmod(table_block_at(BLOCK_LOG), add(id, index), r))
                v := addmod(sum, mulmod(mload(add(BETA, 0x20)), mload(E_TABLE_OUT), r), r)
            }
            function table_block_at(block) -> v {
                let rb := shl(1, mload(KEY_LIMB_BITS))
                v := eq_index(U, rb, add(shr(rb, mload(KEY_TABLES_AT)), block))
            }
            // 2^y = prod_i (1 + y_i (2^(2^i) - 1)) for y < word_bits
            function power_of_word(y) -> v {
                let r := modulus()
                v := 1
                let word_bits := shl(2, mload(KEY_LIMB_BITS))
                for { let bit := 1 } lt(bit, word_bits) { bit := shl(1, bit) } {
                    v := mulmod(v, add(1, mulmod(mload(y), sub(shl(bit, 1), 1), r)), r)
                    y := add(y, 32)
                }
            }
            // id + beta index on the song's table at u (song_table_index_at)
            function song_table_index_at() -> v {
                let r := modulus()
                let index := 0
                for { let i := mload(KEY_LIMB_BITS) } i { i := sub(i, 1) } {
                    index := addmod(shl(1, index), mload(at(U, i)), r) // rows are 2 * index
                }
                v := mulmod(song_region(), add(TABLE_SONG, mulmod(mload(BETA), index, r)), r)
            }

            // Constraints on the rows of their regions (evaluate_relations).
            function constraints() -> sum {
                let r := modulus()
                let vm := mload(REGION_VM)
                let log := mload(REGION_LOG)
                let conv := mload(REGION_CONV)
                let row := mload(REGION_SCORE)
                sum := addmod(mulmod(vm, mload(SUM_VM), r), mulmod(log, mload(SUM_LOG), r), r)
                sum := addmod(sum, mulmod(add(add(log, conv), row), mload(SUM_RANGE), r), r)
                sum := add(sum, mulmod(conv, mload(SUM_ACT), r))
                sum := addmod(sum, mulmod(row, mload(SUM_SCORE), r), r)

                let less_m := sub(r, mload(E_m))
                let v := mulmod(mload(E_hT), add(mload(GAMMA), table_at()), r)
                v := mulmod(add(v, less_m), mload(ALPHA_TERM_TABLES), r)
                sum := addmod(sum, mulmod(mload(REGION_TABLES), v, r), r)

                let prog := mload(E_Prog)
                v := add(add(mload(GAMMA), song_table_index_at()), mulmod(mload(add(BETA, 0x20)), prog, r))
                v := mulmod(add(mulmod(mload(E_hT), v, r), less_m), mload(ALPHA_TERM_SONG_TABLE), r)
                sum := addmod(sum, mulmod(mload(REGION_SONG), v, r), r)

                v := mulmod(mulmod(prog, add(prog, sub(r, 1)), r), mload(ALPHA_TERM_BOOLEAN), r)
                sum := addmod(sum, mulmod(mload(REGION_BOOLEAN), v, r), r)
                v := mulmod(prog, mload(ALPHA_TERM_FORWARD), r)
                sum := addmod(sum, mulmod(mload(REGION_FORWARD), v, r), r)
            }

            // Operands, folded vectors and flags (add_operand_weights), times the columns.
            function operand_relations() -> sum {
                let r := modulus()
                let kb := mload(KEY_SLOT_BITS)
                let sb := mload(KEY_SOURCE_BITS)
                let et := eq_truncated(at(U, kb), RT, mload(KEY_SAMPLE_BITS), mload(KEY_SAMPLES))
                let v := mulmod(mload(CHI), mload(WORD_A), r)
                v := add(v, mulmod(mload(add(CHI, 0x20)), mload(WORD_B), r))
                v := add(v, mulmod(mload(add(CHI, 0x40)), mload(E_c), r))
                v := mulmod(v, mulmod(et, eq_at(U, RK, kb), r), r)
                sum := mulmod(mload(ALPHA_OPERANDS), v, r)

                v := mulmod(eq_at(U, S, kb), eq_zero(at(S, kb), sub(sb, kb)), r)
                v := mulmod(mulmod(et, v, r), mulmod(mload(ALPHA_V2), mload(E_R), r), r)
                sum := addmod(sum, sub(r, v), r)

                let folded := eq_index(U, sb, 0)
                let v1 := mload(E_V1)
                let v2 := mload(E_V2)
                v := add(mulmod(mload(ALPHA_V1), v1, r), mulmod(mload(ALPHA_V2), v2, r))
                v := mulmod(v, eq_at(U, S, sb), r)
                v := add(v, sub(r, mulmod(mload(ALPHA_OPERANDS), mulmod(v1, v2, r), r)))
                sum := addmod(sum, mulmod(folded, v, r), r)

                v := mulmod(program_weight(), mulmod(even(U), mload(E_Prog), r), r)
                sum := addmod(sum, v, r)
            }
            function program_weight() -> sum {
                let r := modulus()
                let kb := mload(KEY_SLOT_BITS)
                let sb := mload(KEY_SOURCE_BITS)
                let slots := add(U, 32)
                let sources := at(slots, kb)
                let ej := mulmod(mload(ALPHA_V1), eq_at(sources, S, sb), r)
                for { let x := 0 } lt(x, 3) { x := add(x, 1) } {
                    let v := add(mload(at(ALPHA_SELECT_A, x)), sub(r, mulmod(mload(at(CHI, x)), ej, r)))
                    sum := addmod(sum, mulmod(program_block_at(U, add(x, 1)), v, r), r)
                }
                let flags := mulmod(indicator(sources, 5, OPS), block_at(U, add(kb, 6), 0), r)
                sum := addmod(sum, mulmod(mload(ALPHA_FLAGS), flags, r), r)
                sum := mulmod(sum, eq_at(slots, RK, kb), r)

                // constants are the sources above t; their block is aligned to the number of sources
                let first := add(shl(kb, 1), 1)
                let v := addmod(eq_at(slots, S, sb), sub(r, eq_truncated(slots, S, sb, first)), r)
                v := mulmod(v, eq_index(U, add(sb, 1), shr(sb, mload(KEY_CONSTANTS_AT))), r)
                v := mulmod(v, indicator(RT, mload(KEY_SAMPLE_BITS), mload(KEY_SAMPLES)), r)
                sum := addmod(sum, sub(r, mulmod(mload(ALPHA_V2), v, r)), r)
            }

            // Sum of all helpers (add_logup_weights), times the columns.
            function logup_relation() -> sum {
                let r := modulus()
                let n := mload(KEY_LOG_N)
                let v := indicator(at(U, mload(KEY_SLOT_BITS)), mload(KEY_SAMPLE_BITS), mload(KEY_SAMPLES))
                sum := mulmod(v, add(add(mload(E_h1), mload(E_h2)), mload(E_hL)), r)

                let cb := mload(KEY_BAND_BITS)
                let fb := mload(KEY_FRAME_BITS)
                v := mulmod(block_at(U, add(cb, fb), 0), indicator(U, cb, mload(KEY_BANDS)), r)
                v := tensor_indicator(v, cb, fb, mload(KEY_FRAMES))
                v := addmod(v, block_at(U, 0, mload(KEY_SCORE_ROW)), r)
                let layer := LAYER_RECORDS
                for { let i := 0 } lt(i, mload(KEY_LAYERS)) { i := add(i, 1) } {
                    cb := layer_word(layer, LAYER_OUT_CHANNEL_BITS)
                    fb := layer_word(layer, LAYER_OUT_FRAME_BITS)
                    let factors := mulmod(mload(at(LAYER_BLOCK, i)), indicator(U, cb, layer_word(layer, LAYER_OUT_CHANNELS)), r)
                    v := addmod(v, tensor_indicator(factors, cb, fb, layer_word(layer, LAYER_OUT_FRAMES)), r)
                    layer := add(layer, LAYER_BYTES)
                }
                sum := add(sum, mulmod(v, add(mload(E_hJ), mload(E_hF)), r))

                v := add(indicator(U, n, mload(KEY_TABLES_END)), sub(r, mload(add(at(U, tables_bits()), SUFFIX))))
                v := mulmod(add(v, song_region()), mload(E_hT), r)
                sum := mulmod(mload(ALPHA_LOG_UP), add(sum, sub(r, v)), r)
            }

            // The two-block window of spectrum and layers: sum_d S_d W_d with the claimed evaluations W_d of the
            // weights (window).
            function window(block_index, frame, bits, frames, claim) -> v {
                let r := modulus()
                v := mulmod(eq_truncated(block_index, frame, bits, frames), claim_at(claim), r)
                v := addmod(v, mulmod(shift_eq(block_index, frame, bits, frames), claim_at(add(claim, 1)), r), r)
            }
            // Spectrum and energies (add_judge_weights), times the columns.
            function spectrum_relations() -> sum {
                let r := modulus()
                let db := mload(KEY_DFT_BITS)
                let fb := mload(KEY_FRAME_BITS)
                let frames := mload(KEY_FRAMES)
                let energy := mload(E_D)
                let base := block_at(U, add(db, fb), mload(KEY_DFT_ROWS))
                let v := mulmod(eq_truncated(at(U, db), DFT_I, fb, frames), eq_at(U, DFT_C, db), r)
                v := mulmod(v, mulmod(base, energy, r), r)
                // the song's samples: the lowest limb of operand a of the last slot
                let kb := mload(KEY_SLOT_BITS)
                let slot := eq_ones(U, kb)
                let song := window(at(U, add(kb, mload(KEY_HOP_BITS))), DFT_I, fb, frames, CLAIM_DFT_0)
                v := add(v, sub(r, mulmod(mulmod(slot, song, r), mload(E_a0), r)))
                sum := mulmod(mload(ALPHA_DFT), v, r)

                let bb := mload(KEY_BAND_BITS)
                v := mulmod(eq_truncated(at(U, bb), MEL_I, fb, frames), eq_truncated(U, MEL_B, bb, mload(KEY_BANDS)), r)
                v := mulmod(v, block_at(U, add(bb, fb), 0), r)
                let power := mulmod(eq_truncated(at(U, db), MEL_I, fb, frames), claim_at(CLAIM_MEL), r)
                power := mulmod(mulmod(base, power, r), energy, r)
                v := mulmod(add(v, sub(r, power)), mulmod(energy, mload(ALPHA_MEL), r), r)
                sum := addmod(sum, v, r)
            }
            // Convolutions (add_judge_weights), times the columns. An input is the block of the layer before; the first
            // one reads the logarithms, whose value is out + log_step e.
            function layer_relations() -> sum {
                let r := modulus()
                let conv := CONV
                let claim := CLAIM_CONV
                let alpha := ALPHA_CONV
                let layer := LAYER_RECORDS
                let input := block_at(U, add(mload(KEY_BAND_BITS), mload(KEY_FRAME_BITS)), 0)
                let input_value := addmod(mload(E_out), mulmod(mload(KEY_LOG_STEP), mload(E_e), r), r)
                let output_value := addmod(mulmod(mload(RANGE), mload(E_in), r), mload(E_q0), r)
                for { let i := 0 } lt(i, mload(KEY_LAYERS)) { i := add(i, 1) } {
                    let cb := layer_word(layer, LAYER_OUT_CHANNEL_BITS)
                    let fb := layer_word(layer, LAYER_OUT_FRAME_BITS)
                    let frames := layer_word(layer, LAYER_OUT_FRAMES)
                    let v := mulmod(
                        input,
                        window(at(U, add(layer_word(layer, LAYER_IN_CHANNEL_BITS), 1)), conv, fb, frames, claim),
                        r
                    )
                    v := sub(r, mulmod(v, input_value, r))
                    input := mload(at(LAYER_BLOCK, i))
                    input_value := mload(E_out)
                    let e := mulmod(input, eq_truncated(at(U, cb), conv, fb, frames), r)
                    e := mulmod(e, eq_truncated(U, at(conv, fb), cb, layer_word(layer, LAYER_OUT_CHANNELS)), r)
                    v := add(v, mulmod(e, output_value, r))
                    sum := addmod(sum, mulmod(mload(alpha), v, r), r)
                    conv := at(conv, add(cb, fb))
                    claim := add(claim, 3)
                    alpha := add(alpha, 32)
                    layer := add(layer, LAYER_BYTES)
                }
            }
            // Pooling, head and score (add_judge_weights), times the columns.
            function head_relations() -> sum {
                let r := modulus()
                let layer := sub(add(LAYER_RECORDS, mul(mload(KEY_LAYERS), LAYER_BYTES)), LAYER_BYTES)
                let cb := layer_word(layer, LAYER_OUT_CHANNEL_BITS)
                let fb := layer_word(layer, LAYER_OUT_FRAME_BITS)
                let out := mload(E_out)
                let range := mload(RANGE)
                let pooled := mulmod(
                    mload(at(LAYER_BLOCK, sub(mload(KEY_LAYERS), 1))),
                    indicator(at(U, cb), fb, layer_word(layer, LAYER_OUT_FRAMES)),
                    r
                )
                let last := sub(claim_count(), 1)
                let v := addmod(claim_at(sub(last, 1)), mulmod(out, claim_at(last), r), r)
                pooled := mulmod(mulmod(pooled, out, r), v, r)
                let row := block_at(U, 0, mload(KEY_SCORE_ROW))
                v := add(mulmod(range, mload(E_in), r), mload(E_q1)) // range^2 in + range q1 + q0
                v := add(mulmod(range, v, r), mload(E_q0))
                v := add(mulmod(row, v, r), sub(r, pooled))
                sum := mulmod(mload(ALPHA_HEAD), v, r)
                sum := addmod(sum, mulmod(mload(ALPHA_SCORE), mulmod(row, out, r), r), r)
            }

            // Right sides of the linear relations (relation_constant).
            function relation_constant(public_score) -> sum {
                let r := modulus()
                let rb := shl(1, mload(KEY_LIMB_BITS))
                let kb := mload(KEY_SLOT_BITS) // source t is number 2^kb
                let v := mulmod(eq_zero(S, kb), mload(at(S, kb)), r)
                v := mulmod(v, eq_zero(at(S, add(kb, 1)), sub(sub(mload(KEY_SOURCE_BITS), kb), 1)), r)
                v := mulmod(v, weighted_indicator(RT, mload(KEY_SAMPLE_BITS), mload(KEY_SAMPLES)), r)
                sum := mulmod(mload(ALPHA_V2), v, r)
                for { let a := ALPHA_FLAGS } iszero(gt(a, ALPHA_SELECT_C)) { a := add(a, 32) } {
                    sum := addmod(sum, mload(a), r)
                }
                v := mulmod(indicator(DFT_I, mload(KEY_FRAME_BITS), mload(KEY_FRAMES)), claim_at(CLAIM_DFT_BIAS), r)
                sum := addmod(sum, mulmod(mload(ALPHA_DFT), v, r), r)

                let rounding := add(mload(HALF_RANGE), mul(mload(HALF_RANGE), mload(RANGE)))
                let conv := CONV
                let layer := LAYER_RECORDS
                for { let i := 0 } lt(i, mload(KEY_LAYERS)) { i := add(i, 1) } {
                    let fb := layer_word(layer, LAYER_OUT_FRAME_BITS)
                    let cb := layer_word(layer, LAYER_OUT_CHANNEL_BITS)
                    v := mulmod(indicator(at(conv, fb), cb, layer_word(layer, LAYER_OUT_CHANNELS)), rounding, r)
                    v := add(v, claim_at(add(CLAIM_CONV, add(mul(3, i), 2))))
                    v := mulmod(v, indicator(conv, fb, layer_word(layer, LAYER_OUT_FRAMES)), r)
                    sum := addmod(sum, mulmod(mload(at(ALPHA_CONV, i)), v, r), r)
                    conv := at(conv, add(cb, fb))
                    layer := add(layer, LAYER_BYTES)
                }
                v := add(mload(KEY_HEAD_BIAS), add(shl(sub(shl(1, rb), 1), 1), shl(sub(mul(3, rb), 1), 1)))
                sum := addmod(sum, mulmod(mload(ALPHA_HEAD), v, r), r)
                sum := addmod(sum, mulmod(mload(ALPHA_SCORE), public_score, r), r)
            }

            // ---- From the main sumcheck to the reduction

            // What remains of the main claim for the deferred check, <Prog, w_P> + rho <Z1, w_g>: the claim entered as
            // an unknown constant, in which the final value is affine with the slope prod_i u_i.
            function remaining_claim(rounds_value, public_score) -> v {
                let r := modulus()
                suffix_products(TAU)
                suffix_products(U)
                op_sums()
                region_sums()
                regions_at()
                program_regions_at()
                let known := addmod(constraints(), operand_relations(), r)
                known := add(known, add(logup_relation(), spectrum_relations()))
                known := addmod(known, add(layer_relations(), head_relations()), r)

                let slope := eq_ones(U, mload(KEY_LOG_N))
                v := add(relation_constant(public_score), mulmod(mload(RHO), mload(MASK_SUM), r))
                v := addmod(add(rounds_value, mulmod(slope, v, r)), sub(r, known), r)
            }
            // All evaluations at once: sum_i lambda^i sent_i + mu remaining + sum_j mu^(2 + j) claim_j.
            function reduction_claim(evaluations, remaining) -> v {
                let r := modulus()
                let mu := challenge()
                mstore(MU, mu)
                v := mulmod(horner(mload(CLAIMS), claim_count(), mu), mu, r)
                v := mulmod(add(v, remaining), mu, r)
                v := addmod(v, horner(evaluations, add(EVALUATED_COLUMNS, 1), mload(LAMBDA)), r)
            }
            // eq(x, point of a claim) of a block (claim_points): low is eq of the block's variables.
            function claim_point(base, bits, low) -> v {
                v := mulmod(low, block_at(X, bits, base), modulus())
            }
            // The claims of the blocks d = 0, 1: the variable above the others is d.
            function claim_pair(base, bits, low) -> v {
                let r := modulus()
                let d := mload(at(X, bits))
                v := claim_point(base, add(bits, 1), low)
                v := mulmod(v, addmod(sub(add(r, 1), d), mulmod(d, mload(MU), r), r), r)
            }
            // sum_j mu^j eq(x, point_j), Horner's rule from the last claim down. A block's low variables take the
            // challenges and then variables of u; layers of the same widths share the latter.
            function claim_weights() -> sum {
                let r := modulus()
                let mu := mload(MU)
                let mu2 := mulmod(mu, mu, r)
                let layers := mload(KEY_LAYERS)
                let layer := add(LAYER_RECORDS, mul(layers, LAYER_BYTES))
                let conv := CONV
                for { let l := LAYER_RECORDS } lt(l, layer) { l := add(l, LAYER_BYTES) } {
                    conv := at(conv, add(layer_word(l, LAYER_OUT_FRAME_BITS), layer_word(l, LAYER_OUT_CHANNEL_BITS)))
                }
                let bits := layer_word(sub(layer, LAYER_BYTES), LAYER_OUT_CHANNEL_BITS)
                let low := eq_at(X, U, bits)
                sum := claim_point(mload(KEY_HEAD_SQUARE), bits, low)
                sum := addmod(mulmod(sum, mu, r), claim_point(mload(KEY_HEAD_MEAN), bits, low), r)
                let widths := 0
                let inputs := 0
                for {} gt(layer, LAYER_RECORDS) {} {
                    layer := sub(layer, LAYER_BYTES)
                    bits := layer_word(layer, LAYER_OUT_CHANNEL_BITS)
                    conv := sub(conv, shl(5, bits)) // the channel's challenges come after the frame's
                    low := eq_at(X, conv, bits)
                    sum := addmod(mulmod(sum, mu, r), claim_point(layer_word(layer, LAYER_BIAS_ROWS), bits, low), r)
                    let input_bits := add(layer_word(layer, LAYER_IN_CHANNEL_BITS), 1)
                    if xor(widths, or(shl(8, bits), input_bits)) {
                        widths := or(shl(8, bits), input_bits)
                        inputs := eq_at(at(X, bits), U, input_bits)
                    }
                    low := mulmod(low, inputs, r)
                    let v := claim_pair(layer_word(layer, LAYER_WEIGHT_ROWS), add(bits, input_bits), low)
                    sum := addmod(mulmod(sum, mu2, r), v, r)
                    conv := sub(conv, shl(5, layer_word(layer, LAYER_OUT_FRAME_BITS)))
                }
                bits := mload(KEY_BAND_BITS)
                let db := mload(KEY_DFT_BITS)
                low := mulmod(eq_at(X, MEL_B, bits), eq_at(at(X, bits), add(U, 32), sub(db, 1)), r)
                let v := claim_point(mload(KEY_MEL_WEIGHTS), sub(add(bits, db), 1), low)
                sum := addmod(mulmod(sum, mu, r), v, r)
                low := eq_at(X, DFT_C, db)
                sum := addmod(mulmod(sum, mu, r), claim_point(mload(KEY_DFT_BIAS), db, low), r)
                bits := mload(KEY_HOP_BITS)
                low := mulmod(low, eq_at(at(X, db), at(U, mload(KEY_SLOT_BITS)), bits), r)
                v := claim_pair(mload(KEY_DFT_WEIGHTS), add(db, bits), low)
                sum := addmod(mulmod(sum, mu2, r), v, r)
            }
            // w_P(op, k) = c_op eq(k, u_k) on data rows (program_weight_at).
            function program_weight_at() -> v {
                let r := modulus()
                let kb := mload(KEY_SLOT_BITS)
                eq_table(at(X, add(kb, 1)), 5)
                for { let i := 0 } lt(i, shl(5, OPS)) { i := add(i, 32) } {
                    v := addmod(v, mulmod(mload(add(C_OP, i)), mload(add(EQ_TABLE, i)), r), r)
                }
                v := mulmod(mulmod(v, mload(REGION_VM), r), even(X), r)
                v := mulmod(v, eq_at(add(X, 32), U, kb), r)
                v := mulmod(v, block_at(X, add(kb, 6), 0), r)
            }
            // w_g(share, e, i) = u_i^e for e <= degree, i < n (mask_weight_at): rows share | e << 1 | i << 4. The sum
            // over all e < 8 is a product over the bits of e; the powers above the degree are taken off again.
            function mask_weight_at() -> sum {
                let r := modulus()
                eq_table(add(X, 0x80), 5)
                let x0 := mload(add(X, 0x20))
                let x1 := mload(add(X, 0x40))
                let x2 := mload(add(X, 0x60))
                let above := mulmod(mulmod(x0, x1, r), x2, r) // e = 7
                let table := EQ_TABLE
                for { let p := U } lt(p, at(U, mload(KEY_LOG_N))) { p := add(p, 32) } {
                    let y := mload(p)
                    let y2 := mulmod(y, y, r)
                    let y4 := mulmod(y2, y2, r)
                    let v := sub(r, mulmod(above, mulmod(y4, mulmod(y2, y, r), r), r))
                    y := addmod(1, mulmod(x0, add(y, sub(r, 1)), r), r)
                    y2 := addmod(1, mulmod(x1, add(y2, sub(r, 1)), r), r)
                    y4 := addmod(1, mulmod(x2, add(y4, sub(r, 1)), r), r)
                    v := add(v, mulmod(y, mulmod(y2, y4, r), r))
                    sum := addmod(sum, mulmod(v, mload(table), r), r)
                    table := add(table, 32)
                }
                sum := mulmod(sum, block_at(X, 9, 0), r)
            }
            // F eq(x, u) + mu (Prog w_P + rho Z1 w_g) + mu^2 P sum_j mu^j eq(x, point_j) = claim
            function check_reduction(p, claim) {
                let r := modulus()
                let mu := mload(MU)
                suffix_products(X)
                let v := mulmod(calldataload(add(p, 0x20)), program_weight_at(), r)
                let mask := mulmod(mload(RHO), mask_weight_at(), r)
                v := add(v, mulmod(calldataload(add(p, 0x40)), mask, r))
                v := add(v, mulmod(mu, mulmod(calldataload(add(p, 0x60)), claim_weights(), r), r))
                v := mulmod(mu, v, r)
                v := addmod(v, mulmod(calldataload(p), eq_at(X, U, mload(KEY_LOG_N)), r), r)
                if xor(v, claim) { fail(FAIL_BAD_REDUCTION) }
            }

            // ---- Opening (zk/commit/opening.h): B = 2^FOLD_BITS; the point X is (l, u), l of FOLD_BITS variables

            // P(y) = prod_i (1 - x_i + x_i y^(2^i)) of the variables from x to end, and y^(2^their number)
            function eq_polynomial(x, end, y) -> v, power {
                let r := modulus()
                v := 1
                power := y
                for {} lt(x, end) { x := add(x, 32) } {
                    v := mulmod(v, addmod(1, mulmod(mload(x), add(power, sub(r, 1)), r), r), r)
                    power := mulmod(power, power, r)
                }
            }
            // (gamma P_u - E_alpha)(y) with E_alpha(y) = prod_i (1 + (alpha y)^(2^i))
            function factor_of_h(y) -> v {
                let r := modulus()
                let x := at(X, FOLD_BITS)
                let end := at(X, mload(KEY_LOG_N))
                let power
                v, power := eq_polynomial(x, end, y)
                v := mulmod(v, mload(OPENING_GAMMA), r)
                power := mulmod(mload(OPENING_ALPHA), y, r)
                let e := sub(r, 1)
                for {} lt(x, end) { x := add(x, 32) } {
                    e := mulmod(e, add(1, power), r)
                    power := mulmod(power, power, r)
                }
                v := addmod(v, e, r)
            }
            // Absorbs h | q, g | s, d | values | v | w, each with its challenge.
            function read_opening(p) {
                require_scalars(add(p, 0x140), 5)
                let sizes := 0x4040a0808040 // a byte each
                for { let slot := OPENING_ALPHA } lt(slot, MSM) { slot := add(slot, 32) } {
                    let size := and(sizes, 0xff)
                    absorb(p, size)
                    mstore(slot, challenge())
                    p := add(p, size)
                    sizes := shr(8, sizes)
                }
            }
            // At y, one of zeta and 1/zeta: what the values at 1/y are multiplied by there, and g + nu h + nu^3 d with
            // d(y) = y^(B-1) g(1/y). The values of g and h at y lie at p, those at 1/y at q.
            function half_of_values(p, q, y, over_y) -> side, part {
                let r := modulus()
                let power
                side, power := eq_polynomial(X, at(X, FOLD_BITS), y)
                let other := calldataload(q)
                side := addmod(mulmod(side, other, r), mulmod(calldataload(add(q, 0x40)), factor_of_h(y), r), r)
                let nu := mload(NU)
                part := mulmod(mulmod(nu, nu, r), mulmod(mulmod(power, over_y, r), other, r), r)
                part := mulmod(nu, add(calldataload(add(p, 0x40)), part), r)
                part := add(calldataload(p), part)
            }
            // Of p = g + nu h + nu^2 s + nu^3 d the line through its values at zeta and 1/zeta, at z; and (z - zeta)(z - 1/zeta).
            // zeta s(zeta) + s(1/zeta) / zeta is what the inner products leave of 2 gamma value.
            function line_at_z(p, value) -> line, vanishing {
                let r := modulus()
                let zeta := mload(ZETA)
                let square := mulmod(zeta, zeta, r)
                let gap := addmod(1, sub(r, square), r)
                let inverse := inverse_of(mulmod(zeta, gap, r))
                let over_zeta := mulmod(inverse, gap, r)

                let side, first := half_of_values(p, add(p, 0x20), zeta, over_zeta)
                let rest, second := half_of_values(add(p, 0x20), p, over_zeta, zeta)
                let s := calldataload(add(p, 0x80))
                value := add(shl(1, mulmod(value, mload(OPENING_GAMMA), r)), mulmod(zeta, s, r))
                rest := addmod(add(side, rest), sub(mul(3, r), value), r)
                let nu2 := mulmod(mload(NU), mload(NU), r)
                first := addmod(first, mulmod(nu2, s, r), r)
                second := add(second, mulmod(nu2, mulmod(zeta, rest, r), r))

                let from_zeta := addmod(mload(Z), sub(r, zeta), r)
                line := mulmod(add(second, sub(r, first)), mulmod(mulmod(inverse, square, r), from_zeta, r), r)
                line := addmod(first, line, r)
                vanishing := mulmod(from_zeta, add(mload(Z), sub(r, over_zeta)), r)
            }
            // x^(r - 2); zero has no inverse.
            function inverse_of(x) -> v {
                let r := modulus()
                mstore(MSM, 32)
                mstore(add(MSM, 0x20), 32)
                mstore(add(MSM, 0x40), 32)
                mstore(add(MSM, 0x60), x)
                mstore(add(MSM, 0x80), sub(r, 2))
                mstore(add(MSM, 0xa0), r)
                let done := staticcall(gas(), 5, MSM, 0xc0, MSM, 0x20)
                done := and(done, eq(returndatasize(), 0x20))
                v := mload(MSM)
                if iszero(and(done, eq(mulmod(v, x, r), 1))) { fail(FAIL_DEGENERATE_CHALLENGE) }
            }

            // ---- Group

            // Sum += scalar * point; point and scalar lie at MSM + 0x40. The precompiles refuse coordinates >= q and
            // points off the curve.
            function add_term() {
                let done := staticcall(gas(), 7, add(MSM, 0x40), 0x60, add(MSM, 0x40), 0x40)
                done := and(done, eq(returndatasize(), 0x40))
                if done {
                    done := staticcall(gas(), 6, MSM, 0x80, MSM, 0x40)
                    done := and(done, eq(returndatasize(), 0x40))
                }
                if iszero(done) { fail(FAIL_BAD_POINT) }
            }
            function add_proof_point(p, scalar) {
                calldatacopy(add(MSM, 0x40), p, 0x40)
                mstore(add(MSM, 0x80), scalar)
                add_term()
            }
            function add_point(x, y, scalar) {
                mstore(add(MSM, 0x40), x)
                mstore(add(MSM, 0x60), y)
                mstore(add(MSM, 0x80), scalar)
                add_term()
            }
            // Sum = the next `count` points with the scalars 1, lambda, lambda^2, ...
            function add_first_run(p, count) -> next, power {
                calldatacopy(MSM, p, 0x40)
                next, power := add_run(add(p, 64), sub(count, 1), mload(LAMBDA))
            }
            // Adds the next `count` points with the scalars s, s lambda, s lambda^2, ...
            function add_run(p, count, s) -> next, power {
                let r := modulus()
                let lambda := mload(LAMBDA)
                next := add(p, shl(6, count))
                power := s
                for {} lt(p, next) { p := add(p, 64) } {
                    add_proof_point(p, power)
                    power := mulmod(power, lambda, r)
                }
            }
            // sum_i lambda^i C_i + kappa Prog + kappa^2 Z1 + kappa^3 P: the commitment that is opened. Z1 has no power of
            // lambda; the mask sum lies between the phases.
            function add_columns(p) {
                let r := modulus()
                let kappa := mload(KAPPA)
                let scalar
                p, scalar := add_first_run(p, COLUMN_PROG)
                add_proof_point(p, addmod(scalar, kappa, r))
                scalar := mulmod(scalar, mload(LAMBDA), r)
                p, scalar := add_run(add(p, 64), sub(sub(COLUMN_Z1, COLUMN_PROG), 1), scalar)
                let mixed := mulmod(kappa, kappa, r)
                add_proof_point(p, mixed)
                p, scalar := add_run(add(p, 96), sub(COLUMNS, PHASE1_COLUMNS), scalar)
                add_point(mload(KEY_TABLE_OUT), mload(KEY_TABLE_OUT_Y), scalar)
                add_point(mload(KEY_WEIGHTS), mload(KEY_WEIGHTS_Y), mulmod(mixed, kappa, r))
            }
            // A pair of - (x, y), y below FQ, and a point of the key
            function put_pair(to, x, y, g2) {
                mstore(to, x)
                mstore(add(to, 0x20), mod(sub(FQ, y), FQ))
                mcopy(add(to, 0x40), g2, 0x80)
            }
            // e(sum, [1]) = e(q, [tau^B]) e(delta w, [tau]); the precompiles have seen both points before
            function check_pairing(q, w) {
                let pairs := EQ_TABLE
                mcopy(pairs, MSM, 0x40)
                mstore(add(pairs, 0x40), G2_0)
                mstore(add(pairs, 0x60), G2_1)
                mstore(add(pairs, 0x80), G2_2)
                mstore(add(pairs, 0xa0), G2_3)
                put_pair(add(pairs, 0xc0), calldataload(q), calldataload(add(q, 0x20)), KEY_FOLD)
                calldatacopy(MSM, w, 0x40)
                mstore(add(MSM, 0x40), mload(DELTA))
                let done := staticcall(gas(), 7, MSM, 0x60, MSM, 0x40)
                done := and(done, eq(returndatasize(), 0x40))
                put_pair(add(pairs, 0x180), mload(MSM), mload(add(MSM, 0x20)), KEY_TAU)
                if done {
                    done := staticcall(gas(), 8, pairs, 0x240, pairs, 0x20)
                    done := and(done, eq(returndatasize(), 0x20))
                }
                if iszero(and(done, eq(mload(pairs), 1))) { fail(FAIL_BAD_PAIRING) }
            }
            // check_opening(), with delta^0 and delta:
            //   C_f - C_g + alpha C_q = tau^B C_q,     C_p - line(z) - Z(z) C_v + z C_w = tau C_w
            function check_opening(p, commitments, value) {
                let r := modulus()
                read_opening(p)
                let line, vanishing := line_at_z(add(p, 0x140), value)
                add_columns(commitments)
                let delta := mload(DELTA)
                let nu := mload(NU)
                add_proof_point(add(p, 0x40), mload(OPENING_ALPHA))
                add_proof_point(add(p, 0x80), addmod(delta, sub(r, 1), r))
                add_point(1, 2, mulmod(delta, sub(r, line), r))
                add_proof_point(add(p, 0x1e0), mulmod(delta, sub(r, vanishing), r))
                add_proof_point(add(p, 0x220), mulmod(delta, mload(Z), r))
                delta := mulmod(delta, nu, r)
                add_proof_point(p, delta)
                delta := mulmod(delta, nu, r)
                add_proof_point(add(p, 0xc0), delta)
                add_proof_point(add(p, 0x100), mulmod(delta, nu, r))
                check_pairing(add(p, 0x40), add(p, 0x220))
            }

            // ---- verify()

            if gt(mload(0x40), MEMORY_START) { fail(FAIL_NO_MEMORY) }
            mstore(MODULUS, FR)
            let p := proof.offset
            read_key(vkData)
            bind_statement(vkData, p, proof.length, statement, score, songCommitment)

            absorb(p, PHASE1_BYTES)
            p := add(p, sub(PHASE1_BYTES, 32))
            require_scalars(p, 1)
            mstore(MASK_SUM, calldataload(p))
            draw_phase1()
            absorb(add(p, 32), PHASE2_BYTES)
            p := add(p, add(32, PHASE2_BYTES))
            draw_phase2()

            let claim
            p, claim := run_rounds(p, DEGREE, 0, U, mload(KEY_SLOT_BITS))
            let evaluations := p
            p := read_evaluations(p)
            let remaining := remaining_claim(claim, score)
            mstore(LAMBDA, challenge())
            claim := reduction_claim(evaluations, remaining)
            p, claim := run_rounds(p, REDUCTION_SCALARS, claim, X, 0)
            let finals := p
            p := absorb_scalars(p, 4)
            check_reduction(finals, claim)

            let kappa := challenge()
            mstore(KAPPA, kappa)
            check_opening(p, proof.offset, horner(finals, 4, kappa))
            mstore(0, magic)
            return(0, 32)
        }
    }
}
