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

            // eq(x, y) = prod_i (x_i y_i + (1 - x_i)(1 - y_i)), two variables at a time, after one if n is odd; at most
            // 4 r if n is 1
            function eq_at(x, y, n) -> v {
                let r := modulus()
                let end := at(x, n)
                v := 1
                if and(n, 1) {
                    let a := mload(x)
                    let b := mload(y)
                    v := sub(add(add(1, shl(1, r)), shl(1, mulmod(a, b, r))), add(a, b))
                    x := add(x, 32)
                    y := add(y, 32)
                }
                for {} lt(x, end) {} {
                    let a := mload(x)
                    let b := mload(y)
                    v := mulmod(v, sub(add(add(1, shl(1, r)), shl(1, mulmod(a, b, r))), add(a, b)), r)
                    a := mload(add(x, 32))
                    b := mload(add(y, 32))
                    v := mulmod(v, sub(add(add(1, shl(1, r)), shl(1, mulmod(a, b, r))), add(a, b)), r)
                    x := add(x, 64)
                    y := add(y, 64)
                }
            }
            // (1 - x_0) .. (1 - x_{n-1}): eq with index 0
            function eq_zero(x, n) -> v {
                let r := modulus()
                let one := add(r, 1)
                v := 1
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    v := mulmod(v, sub(one, mload(x)), r)
                }
            }
            // For the points u, tau, x: the words at SUFFIX behind x_j are prod_{i >= j} (1 - x_i), 1 for j = log_n.
            function suffix_products(x) {
                let r := modulus()
                let one := add(r, 1)
                let n := mload(KEY_LOG_N)
                let p := at(x, n)
                let v := 1
                mstore(add(p, SUFFIX), v)
                if and(n, 1) {
                    p := sub(p, 32)
                    v := mod(sub(one, mload(p)), r)
                    mstore(add(p, SUFFIX), v)
                }
                for {} gt(p, x) {} {
                    v := mulmod(sub(one, mload(sub(p, 32))), v, r)
                    mstore(add(p, sub(SUFFIX, 32)), v)
                    p := sub(p, 64)
                    v := mulmod(sub(one, mload(p)), v, r)
                    mstore(add(p, SUFFIX), v)
                }
            }
            // eq(x_first .. x_{n-1}, bits of index) for a point with suffix products.
            function eq_index(x, first, index) -> v {
                let r := modulus()
                v := 1
                x := at(x, first)
                for {} index {} {
                    switch and(index, 1)
                    case 0 { v := mulmod(sub(add(r, 1), mload(x)), v, r) }
                    default { v := mulmod(mload(x), v, r) }
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
            // sum_{t < limit} eq(t, x) eq(t, y), limit > 0, at most 4 r: nothing is below the limit in its low zero
            // bits.
            function eq_truncated(x, y, n, limit) -> below {
                if shr(n, limit) {
                    below := eq_at(x, y, n)
                    leave
                }
                let r := modulus()
                let one := add(1, shl(1, r))
                let end := at(x, n)
                let zeros := 0
                for {} iszero(and(shr(zeros, limit), 1)) { zeros := add(zeros, 1) } {}
                let all := eq_at(x, y, zeros)
                y := sub(y, x)
                x := at(x, zeros)
                limit := shr(zeros, limit)
                for {} lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    let b := mload(add(x, y))
                    let e1 := mulmod(a, b, r)
                    let e0 := sub(add(one, e1), add(a, b)) // at most 3 r
                    switch and(limit, 1)
                    case 0 { below := mulmod(e0, below, r) }
                    default { below := add(mulmod(e0, all, r), mulmod(e1, below, r)) }
                    all := mulmod(all, add(e0, e1), r)
                    limit := shr(1, limit)
                }
            }
            // sum_{t < limit} eq(t, x), limit > 0, at most 2 r: the low zero bits of the limit do not matter.
            function indicator(x, n, limit) -> below {
                if shr(n, limit) {
                    below := 1
                    leave
                }
                let r := modulus()
                let one := add(r, 1)
                let end := at(x, n)
                for {} iszero(and(limit, 1)) { limit := shr(1, limit) } { x := add(x, 32) }
                for {} lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    switch and(limit, 1)
                    case 0 { below := mulmod(sub(one, a), below, r) }
                    default { below := add(sub(one, a), mulmod(a, below, r)) }
                    limit := shr(1, limit)
                }
            }
            // sum_{t < limit} t eq(t, x) and sum_{t < limit} eq(t, x), limit <= 2^n, at most 2 r
            function weighted_indicator(x, n, limit) -> below_t, below {
                let r := modulus()
                let one := add(r, 1)
                let all_t := 0
                let full := shr(n, limit)
                let power := 1
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    switch and(limit, 1)
                    case 0 {
                        below_t := mulmod(sub(one, a), below_t, r)
                        below := mulmod(sub(one, a), below, r)
                    }
                    default {
                        below_t := add(
                            mulmod(sub(one, a), all_t, r), mulmod(a, add(below_t, mulmod(power, below, r)), r)
                        )
                        below := add(sub(one, a), mulmod(a, below, r))
                    }
                    all_t := addmod(all_t, mulmod(power, a, r), r)
                    power := shl(1, power)
                    limit := shr(1, limit)
                }
                if full {
                    below_t := all_t
                    below := 1
                }
            }
            // sum_{i < limit} eq(i, y) (w0 eq(i, x) + w1 eq(i + 1, x)), limit < 2^n, at most 3 r: a window of two
            // blocks (zk::shift_eq with d = 0 and 1). The states are a carry into the next bit and the verdict
            // i < limit of the bits so far; both shifts step alike, w0 begins without the carry, w1 with it. i < limit
            // excludes the carry: with it the bits of i so far are all 1.
            function window(x, y, n, limit, w0, w1) -> below {
                let r := modulus()
                let one := add(1, shl(1, r))
                y := sub(y, x)
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    let b := mload(add(x, y))
                    let up := mulmod(a, b, r) // bit 1, no carry
                    // bit 0, no carry, at most 3 r; bit 0, carry, at most 2 r
                    let stay := sub(add(one, up), add(a, b))
                    let lower := add(mulmod(stay, w0, r), mulmod(sub(add(r, a), up), w1, r))
                    switch and(limit, 1)
                    case 0 { below := mulmod(stay, below, r) }
                    default { below := add(lower, mulmod(up, below, r)) }
                    w0 := add(lower, mulmod(up, w0, r))
                    w1 := mulmod(sub(add(r, b), up), w1, r) // bit 1, carry: the only way to a carry
                    limit := shr(1, limit)
                }
            }
            // sum over 0 <= k <= j < 2^n of eq(j, xj) eq(j, yj) eq(k, xk) eq(k, yk), at most 2 r
            function triangle(xj, yj, xk, yk, n) -> ge {
                let r := modulus()
                let one := add(1, shl(1, r))
                let all := 1
                ge := 1
                for { let end := at(xj, n) } lt(xj, end) { xj := add(xj, 32) } {
                    let a := mload(xj)
                    let b := mload(yj)
                    let j1 := mulmod(a, b, r)
                    let j0 := sub(add(one, j1), add(a, b)) // at most 3 r, as k0
                    a := mload(xk)
                    b := mload(yk)
                    let k1 := mulmod(a, b, r)
                    let k0 := sub(add(one, k1), add(a, b))
                    ge := add(
                        mulmod(add(mulmod(j0, k0, r), mulmod(j1, k1, r)), ge, r), mulmod(mulmod(j1, k0, r), all, r)
                    )
                    all := mulmod(all, mulmod(add(j0, j1), add(k0, k1), r), r)
                    yj := add(yj, 32)
                    xk := add(xk, 32)
                    yk := add(yk, 32)
                }
            }
            // The value at x of the multilinear polynomial whose values are the `count` words from `array` on, and then
            // zeros, in n > 0 variables; at most 2 r. Overwrites the words and the one behind them.
            function fold(array, count, x, n) -> v {
                let r := modulus()
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    let not_a := sub(add(r, 1), a)
                    let last := at(array, count)
                    mstore(last, 0)
                    let to := array
                    for { let from := array } lt(from, last) { from := add(from, 64) } {
                        mstore(to, add(mulmod(mload(from), not_a, r), mulmod(mload(add(from, 32)), a, r)))
                        to := add(to, 32)
                    }
                    count := shr(1, add(count, 1))
                }
                v := mload(array)
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
            // absorb and challenge, where the next thing is an absorb again: the counter stays 0.
            function absorb_and_draw(p, size) -> v {
                calldatacopy(COUNTER, p, size)
                mstore(STATE, keccak256(STATE, add(size, 32)))
                mstore(COUNTER, 0)
                v := mod(keccak256(STATE, 36), modulus())
            }
            // Two at a time, after one if n is odd.
            function challenges(array, n) {
                let r := modulus()
                let step := shl(224, 1)
                let counter := mload(COUNTER)
                let end := at(array, n)
                if and(n, 1) {
                    mstore(array, mod(keccak256(STATE, 36), r))
                    counter := add(counter, step)
                    mstore(COUNTER, counter)
                    array := add(array, 32)
                }
                for {} lt(array, end) { array := add(array, 64) } {
                    mstore(array, mod(keccak256(STATE, 36), r))
                    counter := add(counter, step)
                    mstore(COUNTER, counter)
                    mstore(add(array, 32), mod(keccak256(STATE, 36), r))
                    counter := add(counter, step)
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
            // sum_i c_i x^i of calldata words, at most 2 r; two at a time, after one if n is odd. Canonical scalars
            // only.
            function horner(p, n, x) -> v {
                let r := modulus()
                let good := 1
                let c := at(p, n)
                if and(n, 1) {
                    c := sub(c, 32)
                    v := calldataload(c)
                    good := lt(v, r)
                }
                for {} gt(c, p) {} {
                    let high := calldataload(sub(c, 32))
                    c := sub(c, 64)
                    let low := calldataload(c)
                    good := and(good, and(lt(high, r), lt(low, r)))
                    v := add(mulmod(add(mulmod(v, x, r), high), x, r), low)
                }
                if iszero(good) { fail(FAIL_NOT_CANONICAL) }
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
                let bits := 0 // of all layers
                let layer := LAYER_RECORDS
                for { let i := mload(KEY_LAYERS) } i { i := sub(i, 1) } {
                    bits := add(bits, mload(add(layer, LAYER_OUT_FRAME_BITS)))
                    bits := add(bits, mload(add(layer, LAYER_OUT_CHANNEL_BITS)))
                    layer := add(layer, LAYER_BYTES)
                }
                mstore(CONV, layer) // behind the layers' records
                challenges(layer, bits)
            }
            function draw_phase2() {
                let r := modulus()
                challenges(S, mload(KEY_SOURCE_BITS))
                let alpha := challenge()
                let power := 1
                let end := at(ALPHA_CONV, mload(KEY_LAYERS))
                // two at a time; TAU, which comes next, is drawn afterwards
                for { let a := ALPHA } lt(a, end) { a := add(a, 64) } {
                    mstore(a, power)
                    power := mulmod(power, alpha, r)
                    mstore(add(a, 32), power)
                    power := mulmod(power, alpha, r)
                }
                challenges(TAU, mload(KEY_LOG_N))
                mstore(RHO, challenge())
            }

            // ---- Sumchecks

            // `count` rounds of `sent` coefficients c_0, c_2, c_3, ...; c_1 follows from s(0) + s(1) = claim. Stores
            // the challenges from `point` on; the claim becomes s(challenge). At most five coefficients lie above c_0,
            // or their sum, which is not reduced, could exceed 2^256; of what is not canonical the sums do not matter.
            function run_rounds(p, sent, claim, point, count) -> next, value {
                let r := modulus()
                let good := 1
                next := p
                value := claim
                for { let end := at(point, count) } lt(point, end) { point := add(point, 32) } {
                    let x := absorb_and_draw(next, shl(5, sent))
                    mstore(point, x)
                    p := next
                    next := at(p, sent)
                    let c := next
                    let sum := 0 // of the coefficients above c_0
                    let v := 0
                    if iszero(and(sent, 1)) {
                        c := sub(c, 32)
                        v := calldataload(c)
                        sum := v
                        good := and(good, lt(v, r))
                    }
                    for {} gt(c, add(p, 32)) {} {
                        let high := calldataload(sub(c, 32))
                        c := sub(c, 64)
                        let low := calldataload(c)
                        good := and(good, and(lt(high, r), lt(low, r)))
                        sum := add(sum, add(high, low))
                        v := add(mulmod(add(mulmod(v, x, r), high), x, r), low)
                    }
                    c := calldataload(p)
                    good := and(good, lt(c, r))
                    sum := add(value, sub(r, addmod(sum, shl(1, c), r))) // c_1
                    value := addmod(mulmod(add(mulmod(v, x, r), sum), x, r), c, r)
                }
                if iszero(good) { fail(FAIL_NOT_CANONICAL) }
            }

            // Evaluations at u: columns to their places in memory, claims stay in calldata. reduction_claim() refuses
            // those that are not canonical; nothing that comes before depends on them but numbers.
            function read_evaluations(p) -> next {
                let size := shl(5, add(add(EVALUATED_COLUMNS, 1), claim_count()))
                absorb(p, size)
                next := add(p, size)
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
                let t0 := add(mload(E_a2), mulmod(mload(LIMB), mload(E_a3), r))
                let t1 := add(mload(E_a0), mulmod(mload(LIMB), add(mload(E_a1), mulmod(mload(LIMB), t0, r)), r))
                let t2 := add(mload(E_b0), mulmod(mload(LIMB), add(mload(E_b1), mulmod(mload(LIMB), add(mload(E_b2),
                    mulmod(mload(LIMB), mload(E_b3), r)), r)), r))
                let t3 := mulmod(mload(RANGE), mload(RANGE), r)
                let t4 := mulmod(t3, mload(E_cy), r)
                mstore(C_OP, mulmod(mload(ALPHA), addmod(add(add(t1, t2), sub(r, mload(E_R))), sub(r, t4), r),
                    r)) // add
                let t5 := add(t1, sub(mul(2, r), t2))
                mstore(add(C_OP, 32), mulmod(mload(add(ALPHA, 32)), addmod(add(t5, sub(r, mload(E_R))), t4, r),
                    r)) // sub
                let t6 := add(mload(E_W1l), mulmod(mload(RANGE), mload(E_W1h), r))
                let t7 := mulmod(t3, t6, r)
                mstore(add(C_OP, 64), mulmod(mload(add(ALPHA, 64)), add(add(mulmod(t1, t2, r), sub(r, mload(E_R))),
                    sub(r, t7)), r)) // mul
                let t8 := mulmod(t3, mload(E_sa), r)
                let t9 := add(t1, sub(r, t8))
                let t10 := add(mload(E_R), sub(r, t4))
                let t11 := add(t2, sub(r, mulmod(t3, mload(E_sb), r)))
                let t12 := add(1, sub(r, mload(E_sa)))
                let t13 := add(t12, sub(r, mload(E_sa)))
                let t14 := add(1, sub(r, mload(E_z)))
                let t15 := mulmod(add(add(1, sub(r, mload(E_sb))), sub(r, mload(E_sb))), t11, r)
                let t16 := add(t15, sub(r, 1))
                let t17 := add(mload(E_W2l), mulmod(mload(RANGE), mload(E_W2h), r))
                let t18 := mulmod(mload(E_z), t2, r)
                let t19 := mulmod(mload(E_z), mload(E_R), r)
                mstore(add(C_OP, 96), addmod(add(add(mulmod(mload(add(ALPHA, 96)), add(add(t9, sub(r, mulmod(t10, t11,
                    r))), sub(r, mulmod(t13, t6, r))), r), mulmod(mload(add(ALPHA, 128)), mulmod(t14, addmod(add(t16,
                    sub(mul(2, r), t6)), sub(mul(2, r), t17), r), r), r)), mulmod(mload(add(ALPHA, 160)), t18, r)),
                    mulmod(mload(add(ALPHA, 192)), t19, r), r)) // div
                let t20 := mulmod(t13, t10, r)
                let t21 := add(1, sub(r, mload(E_cy)))
                mstore(add(C_OP, 128), addmod(add(add(add(add(mulmod(mload(add(ALPHA, 224)), add(add(add(mulmod(t13, t9,
                    r), sub(r, mulmod(t6, t15, r))), sub(r, t20)), sub(r, mulmod(mload(E_z), t17, r))), r),
                    mulmod(mload(add(ALPHA, 256)), mulmod(t14, add(add(t16, sub(r, t20)), sub(mul(2, r), t17)), r), r)),
                    mulmod(mload(add(ALPHA, 288)), t18, r)), mulmod(mload(add(ALPHA, 320)), t19, r)),
                    mulmod(mload(add(ALPHA, 352)), mulmod(t12, mload(E_cy), r), r)), mulmod(mload(add(ALPHA, 384)),
                    mulmod(mulmod(mload(E_sa), t21, r), mload(E_R), r), r), r)) // mod
                let t22 := add(mload(E_g0), mulmod(mload(LIMB), add(mload(E_g1), mulmod(mload(LIMB), add(mload(E_g2),
                    mulmod(mload(LIMB), mload(E_g3), r)), r)), r))
                mstore(add(C_OP, 160), mulmod(mload(add(ALPHA, 416)), add(mload(E_R), sub(mul(2, r), t22)), r)) // and
                let t23 := addmod(add(add(mload(E_R), sub(mul(2, r), t1)), sub(mul(2, r), t2)), t22, r)
                mstore(add(C_OP, 192), mulmod(mload(add(ALPHA, 448)), t23, r)) // or
                mstore(add(C_OP, 224), mulmod(mload(add(ALPHA, 480)), add(t23, t22), r)) // xor
                mstore(add(C_OP, 256), mulmod(mload(add(ALPHA, 512)), add(add(mulmod(t1, mload(E_P), r), sub(r,
                    mload(E_R))), sub(r, t7)), r)) // shl
                let t24 := addmod(add(add(mload(E_P), sub(r, 1)), sub(mul(2, r), t6)), sub(mul(2, r), t17), r)
                mstore(add(C_OP, 288), addmod(mulmod(mload(add(ALPHA, 544)), addmod(add(mulmod(add(mload(E_R), sub(r,
                    t8)), mload(E_P), r), t6), sub(mul(3, r), t9), r), r), mulmod(mload(add(ALPHA, 576)), t24, r),
                    r)) // shr
                mstore(add(C_OP, 320), addmod(mulmod(mload(add(ALPHA, 608)), add(add(mulmod(mload(E_R), mload(E_P), r),
                    t6), sub(mul(2, r), t1)), r), mulmod(mload(add(ALPHA, 640)), t24, r), r)) // ushr
                let t25 := add(add(addmod(t9, sub(mul(3, r), t11), r), sub(mul(2, r), t6)), t4)
                mstore(add(C_OP, 352), addmod(mulmod(mload(add(ALPHA, 672)), t25, r), mulmod(mload(add(ALPHA, 704)),
                    add(mload(E_R), sub(r, mload(E_cy))), r), r)) // lt
                let t26 := add(mload(E_R), sub(r, 1))
                mstore(add(C_OP, 384), addmod(mulmod(mload(add(ALPHA, 736)), t25, r), mulmod(mload(add(ALPHA, 768)),
                    add(t26, mload(E_cy)), r), r)) // ge
                let t27 := mulmod(mload(E_z), t5, r)
                let t28 := mulmod(t14, add(add(mulmod(add(t21, sub(r, mload(E_cy))), t5, r), sub(r, 1)), sub(mul(2, r),
                    t6)), r)
                mstore(add(C_OP, 416), addmod(add(mulmod(mload(add(ALPHA, 800)), t27, r), mulmod(mload(add(ALPHA, 832)),
                    t28, r)), mulmod(mload(add(ALPHA, 864)), add(mload(E_R), sub(r, mload(E_z))), r), r)) // eq
                mstore(add(C_OP, 448), addmod(add(mulmod(mload(add(ALPHA, 896)), t27, r), mulmod(mload(add(ALPHA, 928)),
                    t28, r)), mulmod(mload(add(ALPHA, 960)), add(t26, mload(E_z)), r), r)) // ne
                mstore(add(C_OP, 480), addmod(add(mulmod(mload(add(ALPHA, 992)), mulmod(mload(E_z), t1, r), r),
                    mulmod(mload(add(ALPHA, 1024)), mulmod(t14, add(add(t1, sub(r, 1)), sub(mul(2, r), t6)), r), r)),
                    mulmod(mload(add(ALPHA, 1056)), add(add(mload(E_R), sub(r, mulmod(t14, t2, r))), sub(r,
                    mulmod(mload(E_z), mload(E_c), r))), r), r)) // select
                let t29 := mulmod(mload(add(BETA, 32)), mload(E_R), r)
                mstore(add(C_OP, 512), mulmod(mload(add(ALPHA, 1152)), add(mulmod(mload(E_hL),
                    add(add(add(add(mload(GAMMA), 10), mulmod(mload(BETA), mload(E_a0), r)), t29), sub(r, 1)), r),
                    sub(r, 1)), r)) // lookup
                mstore(add(C_OP, 544), mulmod(mload(add(ALPHA, 1152)), add(mulmod(mload(E_hL),
                    add(add(add(add(mload(GAMMA), 7), mulmod(mload(BETA), t0, r)), t29), sub(r, 1)), r), sub(r, 1)),
                    r)) // sine
                mstore(WORD_A, mod(t1, r)) // operand a
                mstore(WORD_B, mod(t2, r)) // operand b
            }

            // The other constraints of machine and judge rows (constraint_sums.h).
            function region_sums() {
                let r := modulus()
                let t0 := addmod(add(add(add(add(mload(GAMMA), 1), mulmod(mload(BETA), mload(E_a0), r)),
                    mulmod(mload(add(BETA, 32)), mload(E_b0), r)), mulmod(mload(add(BETA, 64)), mload(E_g0), r)),
                    mulmod(mload(add(BETA, 96)), mload(E_P), r), r)
                let t1 := add(mload(GAMMA), 2)
                let t2 := add(add(add(t1, mulmod(mload(BETA), mload(E_a1), r)), mulmod(mload(add(BETA, 32)),
                    mload(E_b1), r)), mulmod(mload(add(BETA, 64)), mload(E_g1), r))
                let t3 := mulmod(t0, t2, r)
                let t4 := add(add(add(t1, mulmod(mload(BETA), mload(E_a2), r)), mulmod(mload(add(BETA, 32)),
                    mload(E_b2), r)), mulmod(mload(add(BETA, 64)), mload(E_g2), r))
                let t5 := add(addmod(add(add(add(add(mload(GAMMA), 3), mulmod(mload(BETA), mload(E_a3), r)),
                    mulmod(mload(add(BETA, 32)), mload(E_b3), r)), mulmod(mload(add(BETA, 64)), mload(E_g3), r)),
                    mulmod(mload(add(BETA, 96)), mload(E_sa), r), r), mulmod(mload(add(BETA, 128)), mload(E_sb), r))
                let t6 := mulmod(t4, t5, r)
                let t7 := add(mload(GAMMA), 4)
                let t8 := add(t7, mulmod(mload(BETA), mload(E_W1l), r))
                let t9 := add(t7, mulmod(mload(BETA), mload(E_W1h), r))
                let t10 := mulmod(t8, t9, r)
                let t11 := add(t7, mulmod(mload(BETA), mload(E_W2l), r))
                let t12 := add(t7, mulmod(mload(BETA), mload(E_W2h), r))
                let t13 := mulmod(t11, t12, r)
                mstore(SUM_VM, addmod(add(add(add(mulmod(mload(add(ALPHA, 1088)), add(add(mulmod(mload(E_h1), mulmod(t3,
                    t6, r), r), sub(r, mulmod(addmod(t0, t2, r), t6, r))), sub(r, mulmod(addmod(t4, t5, r), t3, r))),
                    r), mulmod(mload(add(ALPHA, 1120)), add(add(mulmod(mload(E_h2), mulmod(t10, t13, r), r), sub(r,
                    mulmod(addmod(t8, t9, r), t13, r))), sub(r, mulmod(addmod(t11, t12, r), t10, r))), r)),
                    mulmod(mload(add(ALPHA, 1152)), mload(E_hL), r)), mulmod(mload(add(ALPHA, 1184)),
                    mulmod(mload(E_cy), add(mload(E_cy), sub(r, 1)), r), r)), mulmod(mload(add(ALPHA, 1216)),
                    mulmod(mload(E_z), add(mload(E_z), sub(r, 1)), r), r), r)) // machine rows
                let t14 := mulmod(mload(RANGE), mload(RANGE), r)
                let t15 := add(mulmod(mload(BETA), mload(E_in), r), mulmod(mload(add(BETA, 32)), mload(E_out), r))
                let t16 := add(add(mload(GAMMA), 8), t15)
                let t17 := add(add(add(mload(GAMMA), 9), mulmod(mload(BETA), mload(E_e), r)), mulmod(mload(add(BETA,
                    32)), mload(E_ipw), r))
                mstore(SUM_LOG, addmod(mulmod(mload(add(ALPHA, 1248)), add(add(mulmod(mulmod(add(mload(E_D), 1),
                    mload(HALF_RANGE), r), mload(E_ipw), r), sub(r, mulmod(add(mload(HALF_RANGE), mload(E_in)),
                    mulmod(t14, t14, r), r))), sub(mul(2, r), add(mload(E_q0), mulmod(mload(RANGE), add(mload(E_q1),
                    mulmod(mload(RANGE), add(mload(E_q2), mulmod(mload(RANGE), mload(E_q3), r)), r)), r)))), r),
                    mulmod(mload(add(ALPHA, 1312)), addmod(add(mulmod(mload(E_hF), mulmod(t16, t17, r), r), sub(mul(4,
                    r), t16)), sub(mul(4, r), t17), r), r), r)) // logarithms
                let t18 := add(t7, mulmod(mload(BETA), mload(E_q0), r))
                let t19 := add(t7, mulmod(mload(BETA), mload(E_q1), r))
                let t20 := mulmod(t18, t19, r)
                let t21 := add(t7, mulmod(mload(BETA), mload(E_q2), r))
                let t22 := add(t7, mulmod(mload(BETA), mload(E_q3), r))
                let t23 := mulmod(t21, t22, r)
                mstore(SUM_RANGE, mulmod(mload(add(ALPHA, 1280)), add(add(mulmod(mload(E_hJ), mulmod(t20, t23, r), r),
                    sub(r, mulmod(addmod(t18, t19, r), t23, r))), sub(r, mulmod(addmod(t21, t22, r), t20, r))),
                    r)) // range limbs of the judge
                mstore(SUM_ACT, mulmod(mload(add(ALPHA, 1344)), add(mulmod(mload(E_hF), add(add(mload(GAMMA), 5), t15),
                    r), sub(r, 1)), r)) // activations
                mstore(SUM_SCORE, mulmod(mload(add(ALPHA, 1376)), add(mulmod(mload(E_hF), add(add(mload(GAMMA), 6),
                    t15), r), sub(r, 1)), r)) // score
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
            // A field of a layer's record.
            function layer_word(layer, field) -> v {
                v := mload(add(layer, field))
            }

            // The program column has its data on even rows: index v belongs to row 2v.
            function even(x) -> v {
                v := sub(add(modulus(), 1), mload(x))
            }
            // Factors of the blocks 1, 2, 3 of J * K entries, the selectors of a, b, c; that of b is at most 2 r.
            function selector_blocks_at(x) -> a, b, c {
                let r := modulus()
                x := at(x, add(1, add(mload(KEY_SLOT_BITS), mload(KEY_SOURCE_BITS))))
                let low := mload(x)
                let high := mulmod(mload(add(x, 32)), mload(add(x, add(SUFFIX, 64))), r)
                a := mulmod(low, mload(add(x, add(SUFFIX, 32))), r)
                c := mulmod(low, high, r)
                b := add(high, sub(r, c))
            }
            function song_table_at(x) -> v {
                let lb := mload(KEY_LIMB_BITS)
                v := eq_index(x, add(1, lb), shr(lb, mload(KEY_SONG_TABLE_AT)))
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
                v := block_at(U, 0, row)
                mstore(SCORE_AT_U, v)
                mstore(REGION_SCORE, mulmod(v, block_at(TAU, 0, row), r))
                let first := tables_bits()
                let before := mulmod(mload(add(at(U, first), SUFFIX)), mload(add(at(TAU, first), SUFFIX)), r)
                before := mulmod(before, eq_at(U, TAU, first), r)
                mstore(REGION_TABLES, addmod(eq_truncated(U, TAU, n, mload(KEY_TABLES_END)), sub(r, before), r))
            }
            function program_regions_at() {
                let r := modulus()
                let kb := mload(KEY_SLOT_BITS)
                let sb := mload(KEY_SOURCE_BITS)
                let both_even := mulmod(even(U), even(TAU), r)
                // eq(u, tau) of the index' lowest bits: limb_bits, then slot_bits + 5, then slot_bits + source_bits
                let bits := add(1, mload(KEY_LIMB_BITS))
                let flags := add(kb, 6)
                let v := eq_at(add(U, 32), add(TAU, 32), sub(bits, 1))
                let song := mulmod(even(U), song_table_at(U), r)
                mstore(SONG_AT_U, song)
                mstore(REGION_SONG, mulmod(mulmod(song, even(TAU), r), mulmod(song_table_at(TAU), v, r), r))

                // flags: index op K + slot, op < 32
                v := mulmod(v, eq_at(at(U, bits), at(TAU, bits), sub(flags, bits)), r)
                let sum := mulmod(v, mulmod(block_at(U, flags, 0), block_at(TAU, flags, 0), r), r)
                // selector (source, slot) of block x: row 2 (x J K + source K + slot)
                let u1, u2, u3 := selector_blocks_at(U)
                let t1, t2, t3 := selector_blocks_at(TAU)
                let selectors := add(mulmod(u1, t1, r), add(mulmod(u2, t2, r), mulmod(u3, t3, r)))
                v := mulmod(v, eq_at(at(U, flags), at(TAU, flags), sub(sb, 5)), r)
                mstore(REGION_BOOLEAN, mulmod(both_even, add(sum, mulmod(selectors, v, r)), r))
                // registers are the sources below K
                let k := add(U, 32)
                let j := at(k, kb)
                let to_tau := sub(TAU, U)
                v := triangle(j, add(j, to_tau), k, add(k, to_tau), kb)
                j := at(j, kb)
                v := mulmod(v, mulmod(eq_zero(j, sub(sb, kb)), eq_zero(add(j, to_tau), sub(sb, kb)), r), r)
                mstore(REGION_FORWARD, mulmod(mulmod(both_even, selectors, r), v, r))
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

                // Each block's at its number modulo 16: the first one's is a power of two, and there are eight.
                let first := shr(shl(1, lb), mload(KEY_TABLES_AT))
                let count := add(and(first, 15), add(BLOCK_LOG, 1))
                calldatacopy(EQ_TABLE, calldatasize(), 0x200) // zeros
                let blocks := at(EQ_TABLE, and(first, 15))
                let power := mulmod(beta4, power_of_word(at(U, lb)), r)
                mstore(add(blocks, mul(32, BLOCK_A)), add(add(TABLE_A, operands), power))
                mstore(add(blocks, mul(32, BLOCK_B)), add(TABLE_B, operands))
                let signs := add(mulmod(beta4, mload(at(U, sub(lb, 1))), r), mulmod(mload(add(BETA, 0x80)), top, r))
                mstore(add(blocks, mul(32, BLOCK_C)), add(add(TABLE_C, operands), signs))
                // range limbs, activation, score, sine: a table's id is its block's number plus 1
                for { let i := BLOCK_RANGE } lt(i, BLOCK_LOG) {} {
                    let at_block := at(blocks, i)
                    i := add(i, 1)
                    mstore(at_block, add(i, index))
                }
                // two tables of half a block: the top variable tells them apart and is no part of the index
                index := add(index, sub(r, mulmod(beta1, mulmod(mload(HALF_RANGE), top, r), r)))
                let id := add(mulmod(top, TABLE_EXPONENT, r), mulmod(sub(add(r, 1), top), TABLE_LOG, r))
                mstore(add(blocks, mul(32, BLOCK_LOG)), add(id, index))
                v := fold(EQ_TABLE, count, at(U, shl(1, lb)), 4)
                v := mulmod(v, eq_index(U, add(shl(1, lb), 4), shr(4, first)), r)
                v := add(v, mulmod(mload(add(BETA, 0x20)), mload(E_TABLE_OUT), r))
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
                v := mulmod(mload(SONG_AT_U), add(TABLE_SONG, mulmod(mload(BETA), index, r)), r)
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

                let low := eq_at(U, S, kb)
                v := mulmod(low, eq_zero(at(S, kb), sub(sb, kb)), r)
                v := mulmod(mulmod(et, v, r), mulmod(mload(ALPHA_V2), mload(E_R), r), r)
                sum := addmod(sum, sub(r, v), r)

                let folded := eq_index(U, sb, 0)
                let v1 := mload(E_V1)
                let v2 := mload(E_V2)
                v := add(mulmod(mload(ALPHA_V1), v1, r), mulmod(mload(ALPHA_V2), v2, r))
                v := mulmod(v, mulmod(low, eq_at(at(U, kb), at(S, kb), sub(sb, kb)), r), r)
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
                {
                    let a, b, c := selector_blocks_at(U)
                    sum := mulmod(a, add(mload(ALPHA_SELECT_A), sub(r, mulmod(mload(CHI), ej, r))), r)
                    a := add(mload(ALPHA_SELECT_B), sub(r, mulmod(mload(add(CHI, 0x20)), ej, r)))
                    sum := add(sum, mulmod(b, a, r))
                    a := add(mload(ALPHA_SELECT_C), sub(r, mulmod(mload(add(CHI, 0x40)), ej, r)))
                    sum := add(sum, mulmod(c, a, r))
                }
                let flags := mulmod(indicator(sources, 5, OPS), block_at(U, add(kb, 6), 0), r)
                sum := add(sum, mulmod(mload(ALPHA_FLAGS), flags, r))
                sum := mulmod(sum, eq_at(slots, RK, kb), r)

                // constants are the sources above t; their block is aligned to the number of sources
                let first := add(shl(kb, 1), 1)
                let v := add(eq_at(slots, S, sb), sub(shl(2, r), eq_truncated(slots, S, sb, first)))
                v := mulmod(v, eq_index(U, add(sb, 1), shr(sb, mload(KEY_CONSTANTS_AT))), r)
                let time, samples := weighted_indicator(RT, mload(KEY_SAMPLE_BITS), mload(KEY_SAMPLES))
                mstore(TIME_AT_RT, time)
                v := mulmod(v, samples, r)
                sum := add(sum, sub(r, mulmod(mload(ALPHA_V2), v, r)))
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
                v := mulmod(v, indicator(at(U, cb), fb, mload(KEY_FRAMES)), r)
                v := add(v, mload(SCORE_AT_U))
                // layers of the same width share the sum over their channels
                let width := 0
                let channels := 0
                let at_block := LAYER_BLOCK
                let layer := LAYER_RECORDS
                for { let end := add(layer, mul(mload(KEY_LAYERS), LAYER_BYTES)) } lt(layer, end) {} {
                    cb := layer_word(layer, LAYER_OUT_CHANNEL_BITS)
                    let of_layer := or(shl(32, layer_word(layer, LAYER_OUT_CHANNELS)), cb)
                    if xor(width, of_layer) {
                        width := of_layer
                        channels := indicator(U, cb, layer_word(layer, LAYER_OUT_CHANNELS))
                    }
                    fb := layer_word(layer, LAYER_OUT_FRAME_BITS)
                    let frames := indicator(at(U, cb), fb, layer_word(layer, LAYER_OUT_FRAMES))
                    frames := mulmod(mload(at_block), frames, r)
                    mstore(FRAMES_AT_U, frames) // the last layer's stays
                    v := addmod(v, mulmod(frames, channels, r), r)
                    at_block := add(at_block, 32)
                    layer := add(layer, LAYER_BYTES)
                }
                sum := add(sum, mulmod(v, add(mload(E_hJ), mload(E_hF)), r))

                v := add(indicator(U, n, mload(KEY_TABLES_END)), sub(r, mload(add(at(U, tables_bits()), SUFFIX))))
                v := mulmod(add(v, mload(SONG_AT_U)), mload(E_hT), r)
                sum := mulmod(mload(ALPHA_LOG_UP), add(sum, sub(r, v)), r)
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
                let song := at(U, add(kb, mload(KEY_HOP_BITS)))
                song := window(song, DFT_I, fb, frames, claim_at(CLAIM_DFT_0), claim_at(CLAIM_DFT_1))
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
                let conv := mload(CONV)
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
                    let v := at(U, add(layer_word(layer, LAYER_IN_CHANNEL_BITS), 1))
                    v := window(v, conv, fb, frames, claim_at(claim), claim_at(add(claim, 1)))
                    v := sub(r, mulmod(mulmod(input, v, r), input_value, r))
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
                let out := mload(E_out)
                let range := mload(RANGE)
                let last := sub(claim_count(), 1)
                let v := add(claim_at(sub(last, 1)), mulmod(out, claim_at(last), r))
                let pooled := mulmod(mulmod(mload(FRAMES_AT_U), out, r), v, r)
                let row := mload(SCORE_AT_U)
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
                v := mulmod(v, mload(TIME_AT_RT), r)
                sum := mulmod(mload(ALPHA_V2), v, r)
                for { let a := ALPHA_FLAGS } iszero(gt(a, ALPHA_SELECT_C)) { a := add(a, 32) } {
                    sum := addmod(sum, mload(a), r)
                }
                v := mulmod(indicator(DFT_I, mload(KEY_FRAME_BITS), mload(KEY_FRAMES)), claim_at(CLAIM_DFT_BIAS), r)
                sum := addmod(sum, mulmod(mload(ALPHA_DFT), v, r), r)

                let rounding := add(mload(HALF_RANGE), mul(mload(HALF_RANGE), mload(RANGE)))
                let conv := mload(CONV)
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
            // The same for the small blocks, which lie side by side: keeps the factor of the variables four above the
            // block.
            function small_claim_point(base, bits, low) -> v {
                let r := modulus()
                let first := add(bits, 4)
                if gt(first, mload(KEY_LOG_N)) { first := mload(KEY_LOG_N) }
                let neighbours := or(shl(8, shr(first, base)), first)
                if xor(neighbours, mload(NEIGHBOURS)) {
                    mstore(NEIGHBOURS, neighbours)
                    mstore(NEIGHBOURS_AT_X, block_at(X, first, base))
                }
                v := mulmod(low, mload(NEIGHBOURS_AT_X), r)
                base := shr(bits, base)
                let x := at(X, bits)
                for { let end := at(X, first) } lt(x, end) { x := add(x, 32) } {
                    switch and(base, 1)
                    case 0 { v := mulmod(sub(add(r, 1), mload(x)), v, r) }
                    default { v := mulmod(mload(x), v, r) }
                    base := shr(1, base)
                }
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
                let conv := mload(CONV)
                for { let l := LAYER_RECORDS } lt(l, layer) { l := add(l, LAYER_BYTES) } {
                    conv := at(conv, add(layer_word(l, LAYER_OUT_FRAME_BITS), layer_word(l, LAYER_OUT_CHANNEL_BITS)))
                }
                let bits := layer_word(sub(layer, LAYER_BYTES), LAYER_OUT_CHANNEL_BITS)
                let low := eq_at(X, U, bits)
                sum := small_claim_point(mload(KEY_HEAD_SQUARE), bits, low)
                sum := addmod(mulmod(sum, mu, r), small_claim_point(mload(KEY_HEAD_MEAN), bits, low), r)
                let widths := 0
                let inputs := 0
                for {} gt(layer, LAYER_RECORDS) {} {
                    layer := sub(layer, LAYER_BYTES)
                    bits := layer_word(layer, LAYER_OUT_CHANNEL_BITS)
                    conv := sub(conv, shl(5, bits)) // the channel's challenges come after the frame's
                    low := eq_at(X, conv, bits)
                    let bias := small_claim_point(layer_word(layer, LAYER_BIAS_ROWS), bits, low)
                    sum := addmod(mulmod(sum, mu, r), bias, r)
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
                v := fold(C_OP, OPS, at(X, add(kb, 1)), 5)
                v := mulmod(mulmod(v, mload(REGION_VM), r), even(X), r)
                v := mulmod(v, eq_at(add(X, 32), U, kb), r)
                v := mulmod(v, block_at(X, add(kb, 6), 0), r)
            }
            // w_g(share, e, i) = u_i^e for e <= degree = 6, i < n (mask_weight_at): rows share | e << 1 | i << 4. With
            // e's coefficients eq(e, x_1 x_2 x_3) that is a polynomial in u_i.
            function mask_weight_at() -> sum {
                let r := modulus()
                let n := mload(KEY_LOG_N)
                let e1 := mload(add(X, 0x20))
                let e2 := mload(add(X, 0x40))
                let e4 := mload(add(X, 0x60))
                let e3 := mulmod(e1, e2, r)
                let e5 := mulmod(e1, e4, r)
                let e6 := mulmod(e2, e4, r)
                let e7 := mulmod(e3, e4, r)
                // from products to coefficients, whose sum is 1; e3, e5 and e6 are at most 2 r
                e3 := add(e3, sub(r, e7))
                e5 := add(e5, sub(r, e7))
                e6 := add(e6, sub(r, e7))
                e1 := addmod(e1, sub(mul(5, r), add(e7, add(e3, e5))), r)
                e2 := addmod(e2, sub(mul(5, r), add(e7, add(e3, e6))), r)
                e4 := addmod(e4, sub(mul(5, r), add(e7, add(e5, e6))), r)
                let e0 := addmod(add(e1, add(e2, e4)), addmod(add(e3, e5), add(e6, e7), r), r)
                e0 := sub(add(r, 1), e0)
                let to := EQ_TABLE
                for { let p := U } lt(p, at(U, n)) { p := add(p, 32) } {
                    let y := mload(p)
                    let v := add(mulmod(e6, y, r), e5)
                    v := add(mulmod(v, y, r), e4)
                    v := add(mulmod(v, y, r), e3)
                    v := add(mulmod(v, y, r), e2)
                    v := add(mulmod(v, y, r), e1)
                    mstore(to, add(mulmod(v, y, r), e0))
                    to := add(to, 32)
                }
                sum := mulmod(fold(EQ_TABLE, n, add(X, 0x80), 5), block_at(X, 9, 0), r)
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
                let minus := sub(r, 1)
                v := 1
                power := y
                for {} lt(x, end) { x := add(x, 32) } {
                    v := mulmod(v, add(1, mulmod(mload(x), add(power, minus), r)), r)
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
                    mstore(slot, absorb_and_draw(p, size))
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
            // Of p = g + nu h + nu^2 s + nu^3 d the line through its values at zeta and 1/zeta, at z; and
            // (z - zeta)(z - 1/zeta). zeta s(zeta) + s(1/zeta) / zeta is what the inner products leave of 2 gamma
            // value.
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
            // Sum = s Sum + C for the `count` points C from p on, the last one first; the sum lies at MSM + 0x40
            // meanwhile. What precompiles answer is 64 bytes, unless there are none: add_term() asks for that.
            function horner_points(p, count, s) {
                mstore(add(MSM, 0x80), s)
                for { let c := add(p, shl(6, count)) } gt(c, p) {} {
                    if iszero(staticcall(gas(), 7, add(MSM, 0x40), 0x60, MSM, 0x40)) { fail(FAIL_BAD_POINT) }
                    c := sub(c, 64)
                    calldatacopy(add(MSM, 0x40), c, 0x40)
                    if iszero(staticcall(gas(), 6, MSM, 0x80, add(MSM, 0x40), 0x40)) { fail(FAIL_BAD_POINT) }
                }
            }
            function power_of(x, e) -> v {
                let r := modulus()
                v := 1
                for {} e { e := shr(1, e) } {
                    if and(e, 1) { v := mulmod(v, x, r) }
                    x := mulmod(x, x, r)
                }
            }
            // sum_i lambda^i C_i + kappa Prog + kappa^2 Z1 + kappa^3 P: the commitment that is opened. Horner's rule,
            // from the function table down; without Prog, for which there is one product in the end, and Z1, which has
            // no power of lambda. The mask sum lies between the phases.
            function add_columns(p) {
                let r := modulus()
                let lambda := mload(LAMBDA)
                mcopy(add(MSM, 0x40), KEY_TABLE_OUT, 0x40)
                horner_points(add(p, add(mul(64, PHASE1_COLUMNS), 32)), sub(COLUMNS, PHASE1_COLUMNS), lambda)
                horner_points(add(p, mul(64, add(COLUMN_PROG, 1))), sub(sub(COLUMN_Z1, COLUMN_PROG), 1), lambda)
                horner_points(add(p, mul(64, sub(COLUMN_PROG, 1))), 1, mulmod(lambda, lambda, r))
                horner_points(p, sub(COLUMN_PROG, 1), lambda)
                mcopy(MSM, add(MSM, 0x40), 0x40)
                let kappa := mload(KAPPA)
                add_proof_point(add(p, mul(64, COLUMN_PROG)), addmod(power_of(lambda, COLUMN_PROG), kappa, r))
                let power := mulmod(kappa, kappa, r)
                add_proof_point(add(p, mul(64, COLUMN_Z1)), power)
                add_point(mload(KEY_WEIGHTS), mload(KEY_WEIGHTS_Y), mulmod(power, kappa, r))
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
            {
                let kb := mload(KEY_SLOT_BITS) // the order of the rounds: round_variable()
                p, claim := run_rounds(p, DEGREE, 0, at(U, kb), sub(mload(KEY_LOG_N), kb))
                p, claim := run_rounds(p, DEGREE, claim, U, kb)
            }
            let evaluations := p
            p := read_evaluations(p)
            let remaining := remaining_claim(claim, score)
            mstore(LAMBDA, challenge())
            claim := reduction_claim(evaluations, remaining)
            p, claim := run_rounds(p, REDUCTION_SCALARS, claim, X, mload(KEY_LOG_N))
            let finals := p
            let kappa := absorb_and_draw(p, FINALS_BYTES)
            mstore(KAPPA, kappa)
            let value := horner(finals, 4, kappa)
            check_reduction(finals, claim)
            check_opening(add(p, FINALS_BYTES), proof.offset, value)
            mstore(0, magic)
            return(0, 32)
        }
    }
}
