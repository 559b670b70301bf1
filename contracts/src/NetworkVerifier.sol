// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {INetworkVerifier} from "./INetworkVerifier.sol";
import "./generated/NetworkConstants.sol";

/// The twin of src/claim/network/verify.cpp for every network that has a key; docs/network-proof.md explains the protocol.
///
/// One block of Yul with the conventions of Verifier.sol. Relations, matrices and gates are data of the key and are
/// interpreted here. Memory addresses are those of generated/NetworkConstants.sol; what depends on the size of a key lies behind
/// the key.
contract NetworkVerifier is INetworkVerifier, IVerifierErrors {
    function verify(address keyData, bytes calldata proof, bytes32 context, int256[] calldata output)
        external
        view
        returns (bytes4 magic)
    {
        magic = INetworkVerifier.verify.selector;
        // Memory-safe: what lies above the free memory pointer is ours, and nothing else runs before the return.
        assembly ("memory-safe") {
            // ---- from Verifier.sol by sotto-generate: do not edit
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
            // ---- end of the part from Verifier.sol

            // eq(x_0 .. x_{n-1}, bits of index), index < 2^n
            function eq_bits(x, n, index) -> v {
                let r := modulus()
                v := 1
                for { let end := at(x, n) } lt(x, end) { x := add(x, 32) } {
                    let a := mload(x)
                    if iszero(and(index, 1)) { a := sub(add(r, 1), a) }
                    v := mulmod(v, a, r)
                    index := shr(1, index)
                }
            }
            // The field element of a number in two's complement whose size is below r.
            function from_signed(v) -> element {
                element := add(v, mul(modulus(), slt(v, 0)))
            }

            // ---- Statement

            // What keeps every closed form within its domain (key.cpp, circuit_is_sound); terms are checked where they are
            // read. Where the masks of the opening lie concerns the prover's secrets only: it is the prover who checks that.
            function read_key(data) {
                let size := extcodesize(data)
                if lt(size, add(1, KEY_HEAD_BYTES)) { fail(FAIL_BAD_KEY) }
                extcodecopy(data, add(KEY_PAD, 31), 0, size)
                let bad := or(mload(KEY_PAD), xor(mload(KEY_TAG), NETWORK_KEY_TAG))
                bad := or(bad, gt(mload(KEY_FLAGS), 1))
                bad := or(bad, or(gt(mload(KEY_EARLY), MAX_POINTS), gt(mload(KEY_LATE), MAX_POINTS)))
                bad := or(bad, gt(points(), MAX_POINTS))
                bad := or(bad, gt(mload(KEY_MATRICES), MAX_MATRICES))
                bad := or(bad, gt(mload(KEY_RELATIONS), MAX_RELATIONS))
                bad := or(bad, gt(mload(KEY_TERMS), MAX_TERMS))
                bad := or(bad, shr(GATES, mload(KEY_GATES)))
                let masked := mload(KEY_MASKED_VALUE)
                let limit := shl(MAX_MASKED_BITS, 1)
                bad := or(bad, iszero(or(lt(masked, limit), lt(sub(sub(FR, 1), masked), sub(limit, 1)))))

                let log_n := mload(KEY_LOG_N)
                bad := or(bad, gt(sub(log_n, MIN_LOG_N), sub(MAX_LOG_N, MIN_LOG_N)))
                let mask_at := mload(KEY_MASK_AT)
                bad := or(bad, gt(mask_at, sub(shl(log_n, 1), ROWS_BEHIND_MASK)))
                bad := or(bad, or(iszero(mload(KEY_DATA_ROWS)), gt(mload(KEY_DATA_ROWS), mask_at)))
                bad := or(bad, or(iszero(mload(KEY_TABLE_ROWS)), gt(mload(KEY_TABLE_ROWS), mask_at)))

                let width := mload(KEY_OUTPUT_WIDTH)
                let rows := mload(KEY_OUTPUT_ROWS)
                bad := or(bad, gt(mload(KEY_OUTPUT_BITS), MAX_OUTPUT_BITS))
                bad := or(bad, gt(sub(width, 1), sub(shl(mload(KEY_OUTPUT_BITS), 1), 1)))
                bad := or(bad, or(iszero(rows), and(rows, sub(rows, 1))))
                bad := or(bad, or(gt(rows, shl(MAX_OUTPUT_BITS, 1)), gt(mul(rows, width), shl(MAX_OUTPUT_BITS, 1))))

                let selectors := 0
                for { let g := 0 } lt(g, GATES) { g := add(g, 1) } {
                    selectors := add(selectors, and(shr(g, mload(KEY_GATES)), 1))
                }
                mstore(SELECTORS, selectors)
                let words := shl(1, add(PUBLIC_COLUMNS, selectors))
                words := add(add(words, mload(KEY_MATRICES)), add(mload(KEY_RELATIONS), mload(KEY_TERMS)))
                bad := or(bad, xor(size, add(add(1, KEY_HEAD_BYTES), shl(5, words))))
                if bad { fail(FAIL_BAD_KEY) }
                read_records(log_n)
            }
            // Records of the key: where they lie; matrices and relations are sound.
            function read_records(log_n) {
                let bad := 0
                let record := add(KEY_COMMITMENTS, shl(6, add(PUBLIC_COLUMNS, mload(SELECTORS))))
                mstore(MATRICES, record)
                for { let end := at(record, mload(KEY_MATRICES)) } lt(record, end) { record := add(record, 32) } {
                    let matrix := mload(record)
                    let base := shr(224, matrix)
                    let out_bits := byte(5, matrix)
                    let bits := add(byte(4, matrix), out_bits)
                    bad := or(bad, or(gt(bits, log_n), and(base, sub(shl(bits, 1), 1))))
                    bad := or(bad, or(shr(log_n, base), gt(add(matrix_point(matrix), out_bits), mload(KEY_EARLY))))
                    bad := or(bad, shl(64, matrix))
                }
                mstore(RELATIONS, record)
                let terms := 0
                let outputs := 0
                for { let end := at(record, mload(KEY_RELATIONS)) } lt(record, end) { record := add(record, 32) } {
                    let relation := mload(record)
                    terms := add(terms, shr(240, relation))
                    outputs := add(outputs, byte(2, relation))
                    bad := or(bad, or(gt(byte(2, relation), 1), shl(88, relation)))
                }
                mstore(TERMS, record)
                let row_bits := 0
                for {} lt(shl(row_bits, 1), mload(KEY_OUTPUT_ROWS)) { row_bits := add(row_bits, 1) } {}
                mstore(ROW_BITS, row_bits)
                bad := or(bad, or(xor(terms, mload(KEY_TERMS)), xor(outputs, 1)))
                bad := or(bad, gt(add(mload(KEY_OUTPUT_BITS), row_bits), mload(KEY_EARLY)))
                if bad { fail(FAIL_BAD_KEY) }
                let point := at(record, terms)
                mstore(POINT, point)
                mstore(OUTPUT, at(point, points()))
            }
            function matrix_point(matrix) -> coordinate {
                coordinate := and(shr(192, matrix), 0xffff)
            }
            function points() -> n {
                n := add(mload(KEY_EARLY), mload(KEY_LATE))
            }
            // evaluated_columns()
            function evaluated() -> n {
                n := add(EVALUATED_COLUMNS, mload(SELECTORS))
            }
            // proof_sizes(): what is left over are evaluations of matrices, which the relations must ask for.
            function read_length(size) {
                let n := mload(KEY_LOG_N)
                let scalars := add(mul(n, add(DEGREE, REDUCTION_SCALARS)), add(evaluated(), FINAL_SCALARS))
                let fixed := add(add(PHASE1_BYTES, PHASE2_BYTES), add(shl(5, scalars), OPENING_BYTES))
                let factors := sub(size, fixed)
                if or(lt(size, fixed), and(factors, 31)) { fail(FAIL_BAD_LENGTH) }
                factors := shr(5, factors)
                if gt(factors, mul(MAX_FACTORS, mload(KEY_TERMS))) { fail(FAIL_BAD_LENGTH) }
                mstore(MATRIX_FACTORS, factors)
            }
            // transcript_statement(); a number of more than 64 bits might be another one modulo r.
            function bind_statement(data, bound_to, p, count) {
                if xor(count, mul(mload(KEY_OUTPUT_WIDTH), mload(KEY_OUTPUT_ROWS))) { fail(FAIL_BAD_OUTPUT) }
                let r := modulus()
                let bad := 0
                let w := mload(OUTPUT)
                for { let end := at(p, count) } lt(p, end) { p := add(p, 32) } {
                    let v := calldataload(p)
                    bad := or(bad, xor(v, signextend(7, v)))
                    mstore(w, add(v, mul(r, shr(255, v)))) // from_signed
                    w := add(w, 32)
                }
                if bad { fail(FAIL_BAD_OUTPUT) }
                mstore(SPARE, w)
                mstore(FOUND, w)
                mstore(MSM, NETWORK_TAG)
                mstore(add(MSM, 0x20), extcodehash(data))
                mstore(add(MSM, 0x40), bound_to)
                mstore(add(MSM, 0x60), keccak256(mload(OUTPUT), shl(5, count)))
                mstore(STATE, keccak256(MSM, 0x80))
            }

            // ---- Challenges (claim/network/statement.h)

            function draw_phase1() {
                mstore(GAMMA, challenge())
                let beta := challenge()
                mstore(BETA, beta)
                mstore(BETA2, mulmod(beta, beta, modulus()))
                challenges(mload(POINT), mload(KEY_EARLY))
            }
            function draw_phase2() {
                challenges(at(mload(POINT), mload(KEY_EARLY)), mload(KEY_LATE))
                mstore(ALPHA, challenge())
                challenges(TAU, mload(KEY_LOG_N))
                mstore(RHO, challenge())
            }

            // ---- Constant of the main sumcheck (relation_constant)

            // sum_{i,k} eq(i, .) eq(k, .) output[i, k] at the relations' point, k first; a row at a time, in blocks of 32.
            function output_at() -> sum {
                let bits := mload(KEY_OUTPUT_BITS)
                let low := bits
                if gt(low, 5) { low := 5 }
                eq_table(mload(POINT), low)
                let r := modulus()
                let high := at(mload(POINT), low)
                let row_point := at(mload(POINT), bits)
                let width := shl(5, mload(KEY_OUTPUT_WIDTH))
                for { let row := mload(OUTPUT) } lt(row, mload(SPARE)) { row := add(row, width) } {
                    let v := 0
                    let end := add(row, width)
                    for { let w := row } lt(w, end) {} {
                        let e := eq_bits(high, sub(bits, low), shr(low, shr(5, sub(w, row))))
                        let part := sub(end, w)
                        if gt(part, shl(low, 32)) { part := shl(low, 32) }
                        v := addmod(v, mulmod(e, weighted(w, part), r), r)
                        w := add(w, part)
                    }
                    let index := div(sub(row, mload(OUTPUT)), width)
                    sum := addmod(sum, mulmod(v, eq_bits(row_point, mload(ROW_BITS), index), r), r)
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
            // sum_k EQ_TABLE[k] w[k] over so many bytes
            function weighted(w, bytes_) -> v {
                let r := modulus()
                let table := sub(EQ_TABLE, w)
                for { let end := add(w, bytes_) } lt(w, end) { w := add(w, 32) } {
                    v := addmod(v, mulmod(mload(add(table, w)), mload(w), r), r)
                }
            }
            // sum_l alpha^l (constant_l + the output); alpha^l of the first relation is kept.
            function relation_constant() -> sum {
                let r := modulus()
                let alpha := mload(ALPHA)
                let power := 1
                for { let i := first_relation_power() } i { i := sub(i, 1) } { power := mulmod(power, alpha, r) }
                mstore(RELATION_POWER, power)
                for { let p := mload(RELATIONS) } lt(p, mload(TERMS)) { p := add(p, 32) } {
                    let relation := mload(p)
                    let constant := from_signed(signextend(7, shr(168, relation)))
                    if byte(2, relation) { constant := add(constant, output_at()) }
                    sum := addmod(sum, mulmod(power, constant, r), r)
                    power := mulmod(power, alpha, r)
                }
            }
            function first_relation_power() -> n {
                n := FIRST_GATE_POWER
                for { let g := 0 } lt(g, GATES) { g := add(g, 1) } {
                    n := add(n, mul(byte(g, GATE_CONSTRAINTS), and(shr(g, mload(KEY_GATES)), 1)))
                }
            }

            // ---- Evaluations at u: columns to their places in memory, matrices stay in calldata

            // Absorbs from spare memory: there may be many. reduction_claim() refuses those that are not canonical; nothing that
            // comes before depends on them but numbers.
            function read_evaluations(p) -> next {
                let n := add(evaluated(), mload(MATRIX_FACTORS))
                let slice := mload(SPARE)
                mstore(slice, mload(STATE))
                calldatacopy(add(slice, 32), p, shl(5, n))
                mstore(STATE, keccak256(slice, shl(5, add(n, 1))))
                mstore(COUNTER, 0)
                calldatacopy(E_In, p, mul(32, COLUMN_Z1))
                calldatacopy(at(E_In, add(COLUMN_Z1, 1)), at(p, COLUMN_Z1), shl(5, sub(evaluated(), COLUMN_Z1)))
                mstore(KNOWN, at(slice, add(n, 1)))
                mstore(MATRIX_VALUES, at(p, evaluated()))
                next := at(p, n)
            }

            // ---- generated by sotto-generate from claim/network/constraints.h: do not edit
            // All constraints of a row at u, without selectors.
            function row_constraints() {
                let r := modulus()
                let t0 := mulmod(mload(E_C), add(mload(E_C), sub(r, 0x1)), r)
                mstore(ROW_GATES, t0) // bit
                mstore(add(ROW_GATES, 32), mulmod(mload(E_C), mload(E_In), r)) // zero
                mstore(add(ROW_GATES, 64), t0) // relu
                mstore(add(ROW_GATES, 96), addmod(add(mload(E_Q1), sub(r, mulmod(0x2, mload(E_In), r))), mulmod(0x10000,
                    mload(E_C), r), r)) // relu
                let t1 := add(mload(E_In), sub(r, 0x8000))
                mstore(add(ROW_GATES, 128), addmod(mload(E_A), sub(r, mulmod(mload(E_C), t1, r)), r)) // relu
                let t2 := add(mload(E_Q0), mulmod(0x10000, mload(E_Q1), r))
                mstore(add(ROW_GATES, 160), addmod(add(mulmod(0x100000000, t1, r), t2), sub(r, mulmod(0x20,
                    add(mulmod(mload(E_B), mload(E_C), r), 0x4000000), r)), r)) // scale
                let t3 := add(add(t2, mulmod(0x100000000, mload(E_Q2), r)), mulmod(0x1000000000000, mload(E_Q3), r))
                mstore(add(ROW_GATES, 192), addmod(add(0x40000000000000000000, sub(r, mulmod(mulmod(mload(E_A),
                    mload(E_A), r), mload(E_B), r))), sub(mul(4, r), t3), r)) // root, below
                let t4 := add(mload(E_A), 0x1)
                mstore(add(ROW_GATES, 224), addmod(add(add(mulmod(mulmod(t4, t4, r), mload(E_B), r), sub(r,
                    0x40000000000000000000)), sub(r, 0x1)), sub(mul(4, r), t3), r)) // root, above
                let t5 := add(mload(E_In), sub(r, mload(E_B)))
                mstore(add(ROW_GATES, 256), addmod(t5, mload(E_A), r)) // shift
                mstore(add(ROW_GATES, 288), addmod(t5, mload(KEY_MASKED_VALUE), r)) // masked
                let t6 := mulmod(0x2, mload(E_B), r)
                mstore(add(ROW_GATES, 320), addmod(add(add(mulmod(0x10000, mload(E_A), r), mload(E_B)), sub(r,
                    mulmod(t6, mload(E_In), r))), sub(mul(2, r), t2), r)) // divide
                mstore(add(ROW_GATES, 352), addmod(add(add(t6, sub(r, 0x1)), sub(mul(2, r), t2)), sub(mul(2, r),
                    add(mload(E_Q2), mulmod(0x10000, mload(E_Q3), r))), r)) // divide
                let t7 := add(mload(GAMMA), 1)
                let t8 := add(t7, mulmod(mload(BETA), mload(E_Q0), r))
                let t9 := add(t7, mulmod(mload(BETA), mload(E_Q1), r))
                let t10 := mulmod(t8, t9, r)
                let t11 := add(t7, mulmod(mload(BETA), mload(E_Q2), r))
                mstore(ROW_LOOKUP_1, addmod(add(mulmod(mulmod(mload(E_H1), t10, r), t11, r), sub(r, mulmod(addmod(t8,
                    t9, r), t11, r))), sub(r, t10), r)) // lookups of h1
                let t12 := add(t7, mulmod(mload(BETA), mload(E_Q3), r))
                let t13 := add(add(add(mload(GAMMA), mload(E_Lookup)), mulmod(mload(BETA), mload(E_In), r)),
                    mulmod(mload(BETA2), mload(E_Out), r))
                mstore(ROW_LOOKUP_2, addmod(add(mulmod(mulmod(mload(E_H2), t12, r), t13, r), sub(mul(3, r), t12)),
                    sub(mul(4, r), t13), r)) // lookups of h2
                mstore(ROW_TABLE, addmod(mulmod(mload(E_HT), add(add(add(mload(GAMMA), mload(E_TableId)),
                    mulmod(mload(BETA), mload(E_TableIn), r)), mulmod(mload(BETA2), mload(E_TableOut), r)), r), sub(r,
                    mload(E_M)), r)) // a table's row
            }
            // ---- end of the generated part

            // ---- Closed forms (polynomial_at)

            // Gates in use, each times its selector and its powers of alpha (gate_sum).
            function gate_sum() -> sum {
                let r := modulus()
                let alpha := mload(ALPHA)
                let power := mulmod(alpha, alpha, r)
                power := mulmod(power, power, r)
                let constraint := ROW_GATES
                let selector := E_SELECTORS
                for { let g := 0 } lt(g, GATES) { g := add(g, 1) } {
                    let next := at(constraint, byte(g, GATE_CONSTRAINTS))
                    if and(shr(g, mload(KEY_GATES)), 1) {
                        let v := 0
                        for {} lt(constraint, next) { constraint := add(constraint, 32) } {
                            v := addmod(v, mulmod(power, mload(constraint), r), r)
                            power := mulmod(power, alpha, r)
                        }
                        sum := addmod(sum, mulmod(v, mload(selector), r), r)
                        selector := add(selector, 32)
                    }
                    constraint := next
                }
            }
            function polynomial_at() -> sum {
                row_constraints()
                let r := modulus()
                let n := mload(KEY_LOG_N)
                let data_rows := mload(KEY_DATA_ROWS)
                let table_rows := mload(KEY_TABLE_ROWS)
                let alpha := mload(ALPHA)
                let rows := add(add(mload(ROW_LOOKUP_1), mulmod(alpha, mload(ROW_LOOKUP_2), r)), gate_sum())
                sum := mulmod(rows, eq_truncated(U, TAU, n, data_rows), r)
                let helpers := mulmod(indicator(U, n, data_rows), add(mload(E_H1), mload(E_H2)), r)
                helpers := add(helpers, sub(r, mulmod(indicator(U, n, table_rows), mload(E_HT), r)))
                let tables := mulmod(mload(ROW_TABLE), eq_truncated(U, TAU, n, table_rows), r)
                let alpha2 := mulmod(alpha, alpha, r)
                sum := add(sum, mulmod(alpha2, add(tables, mulmod(alpha, helpers, r)), r))
                sum := addmod(sum, relations_at(), r)
            }
            // A term is column, other column, scale (8 bytes), number of factors, factors (4 bytes each).
            function relations_at() -> sum {
                let r := modulus()
                let alpha := mload(ALPHA)
                let power := mload(RELATION_POWER)
                let term := mload(TERMS)
                for { let relation := mload(RELATIONS) } lt(relation, mload(TERMS)) { relation := add(relation, 32) } {
                    let v := 0
                    for { let end := at(term, shr(240, mload(relation))) } lt(term, end) { term := add(term, 32) } {
                        let t := mload(term)
                        let w, last := weight_at(t)
                        w := mulmod(w, column_at(byte(0, t), last), r)
                        let times := byte(1, t)
                        if xor(times, NO_COLUMN) { w := mulmod(w, column_at(times, last), r) }
                        v := addmod(v, mulmod(w, from_signed(signextend(7, shr(176, t))), r), r)
                    }
                    sum := addmod(sum, mulmod(power, v, r), r)
                    power := mulmod(power, alpha, r)
                }
                if xor(sub(mload(FOUND), mload(SPARE)), shl(5, mload(MATRIX_FACTORS))) { fail(FAIL_BAD_LENGTH) }
            }
            // A column at u; a relation may read its rows up to where masks begin or nothing pins them (readable_rows).
            function column_at(column, last) -> v {
                let rows := mload(KEY_MASK_AT)
                if lt(column, COLUMN_M) { rows := mload(KEY_DATA_ROWS) }
                if eq(column, COLUMN_WEIGHTS) { rows := not(0) }
                if iszero(and(shr(column, READABLE_COLUMNS), lt(last, rows))) { fail(FAIL_BAD_KEY) }
                v := mload(at(E_In, column))
            }
            // Product of a term's factors, and the last row that they let it read (weight_at, term_is_sound). A factor is kind (2
            // bits), bits (6) and value (24); kinds are those of circuit.h: 0 bits, 1 point, 2 ones, 3 matrix. No coordinate of the
            // point serves two axes: `taken` has a bit for each.
            function weight_at(term) -> w, last {
                let u := U
                let end := at(U, mload(KEY_LOG_N))
                let count := byte(10, term)
                if gt(count, MAX_FACTORS) { fail(FAIL_BAD_KEY) }
                let factors := shl(88, term)
                let taken := 0
                w := 1
                for {} count { count := sub(count, 1) } {
                    let factor := shr(224, factors)
                    let bits := and(shr(24, factor), 63)
                    let next := at(u, bits)
                    if gt(next, end) { fail(FAIL_BAD_KEY) }
                    let axis := sub(shl(bits, 1), 1)
                    let coordinates := 0
                    let v := 1
                    switch shr(30, factor)
                    case 0 {
                        v := eq_factor(u, factor)
                        axis := and(factor, 0xffffff)
                    }
                    case 1 {
                        v := eq_factor(u, factor)
                        coordinates := shl(and(factor, 0xffffff), axis)
                    }
                    case 2 { if and(factor, 0xffffff) { fail(FAIL_BAD_KEY) } }
                    default { v, coordinates := matrix_factor(u, factor) }
                    if and(taken, coordinates) { fail(FAIL_BAD_KEY) }
                    taken := or(taken, coordinates)
                    last := or(last, shl(shr(5, sub(u, U)), axis))
                    w := mulmod(w, v, modulus())
                    factors := shl(32, factors)
                    u := next
                }
                if or(factors, xor(u, end)) { fail(FAIL_BAD_KEY) }
            }
            // eq of bits of u with a number or with coordinates of the point. Relations of layers repeat them, so what was computed
            // is kept, in a table with two words for each hash.
            function eq_factor(u, factor) -> v {
                let key := or(shl(32, u), factor)
                let slot := add(mload(KNOWN), shl(6, mod(key, or(mload(KEY_TERMS), 1))))
                if eq(mload(slot), key) {
                    v := mload(add(slot, 32))
                    leave
                }
                let bits := and(shr(24, factor), 63)
                let value := and(factor, 0xffffff)
                switch shr(30, factor)
                case 0 {
                    if shr(bits, value) { fail(FAIL_BAD_KEY) }
                    v := eq_bits(u, bits, value)
                }
                default {
                    if gt(add(value, bits), points()) { fail(FAIL_BAD_KEY) }
                    v := eq_at(u, at(mload(POINT), value), bits)
                }
                mstore(slot, key)
                mstore(add(slot, 32), v)
            }
            // The next evaluation of a matrix, and its coordinates; notes for the reduction where u and which matrix it belongs to.
            function matrix_factor(u, factor) -> v, coordinates {
                let index := and(factor, 0xffffff)
                if iszero(lt(index, mload(KEY_MATRICES))) { fail(FAIL_BAD_KEY) }
                let record := at(mload(MATRICES), index)
                let matrix := mload(record)
                if xor(and(shr(24, factor), 63), byte(4, matrix)) { fail(FAIL_BAD_KEY) }
                coordinates := shl(matrix_point(matrix), sub(shl(byte(5, matrix), 1), 1))
                let found := mload(FOUND)
                v := calldataload(add(mload(MATRIX_VALUES), sub(found, mload(SPARE))))
                mstore(found, or(shl(128, u), record))
                mstore(FOUND, add(found, 32))
            }

            // ---- Reduction of all evaluations to the point x*

            // sum_j lambda^j e_j + mu (remaining + mu sum_s mu^s matrix_s)
            function reduction_claim(evaluations, remaining) -> v {
                let r := modulus()
                let mu := challenge()
                mstore(MU, mu)
                v := add(remaining, mulmod(mu, horner(mload(MATRIX_VALUES), mload(MATRIX_FACTORS), mu), r))
                v := addmod(horner(evaluations, evaluated(), mload(LAMBDA)), mulmod(mu, v, r), r)
            }
            // sum_s mu^s eq(x, point_s) with the points of matrix_points(): in at u, out at the matrix' coordinates, base.
            function matrix_weights() -> sum {
                let r := modulus()
                let mu := mload(MU)
                let n := mload(KEY_LOG_N)
                for { let found := mload(FOUND) } gt(found, mload(SPARE)) {} {
                    found := sub(found, 32)
                    let u := shr(128, mload(found))
                    let matrix := mload(and(mload(found), 0xffffffff))
                    let in_bits := byte(4, matrix)
                    let out_bits := byte(5, matrix)
                    let bits := add(in_bits, out_bits)
                    let v := eq_at(X, u, in_bits)
                    v := mulmod(v, eq_at(at(X, in_bits), at(mload(POINT), matrix_point(matrix)), out_bits), r)
                    v := mulmod(v, eq_bits(at(X, bits), sub(n, bits), shr(bits, shr(224, matrix))), r)
                    sum := addmod(mulmod(sum, mu, r), v, r)
                }
            }
            // w_g(share, e, i) = u_i^e for e <= degree = 5, i < n (LibraMask::weight_at): rows share | e << 1 | i << 4. With
            // x = (x_1, x_2, x_3) of e, sum_{e<6} eq(e, x) y^e = (1 - x_1 + x_1 y) ((1 - x_2)(1 - x_3) + x_2 (1 - x_3) y^2
            // + (1 - x_2) x_3 y^4).
            function mask_weight_at() -> sum {
                let r := modulus()
                let x1 := mload(add(X, 0x20))
                let x2 := mload(add(X, 0x40))
                let x3 := mload(add(X, 0x60))
                let both := mulmod(x2, x3, r)
                let e4 := add(x3, sub(r, both))
                let e2 := add(x2, sub(r, both))
                let e0 := add(add(1, both), sub(shl(1, r), add(x2, x3)))
                eq_table(add(X, 0x80), 5)
                let table := EQ_TABLE
                for { let p := U } lt(p, at(U, mload(KEY_LOG_N))) { p := add(p, 32) } {
                    let y := mload(p)
                    let y2 := mulmod(y, y, r)
                    let v := add(add(e0, mulmod(e2, y2, r)), mulmod(e4, mulmod(y2, y2, r), r))
                    v := mulmod(v, add(1, mulmod(x1, add(y, sub(r, 1)), r)), r)
                    sum := addmod(sum, mulmod(v, mload(table), r), r)
                    table := add(table, 32)
                }
                sum := mulmod(sum, eq_bits(add(X, 0x120), sub(mload(KEY_LOG_N), 9), 0), r)
            }
            // F eq(x, u) + mu (rho Z1 w_g + mu P sum_s mu^s eq(x, point_s)) = claim
            function check_reduction(p, claim) {
                let r := modulus()
                let mu := mload(MU)
                let v := mulmod(calldataload(add(p, 0x20)), mulmod(mload(RHO), mask_weight_at(), r), r)
                v := add(v, mulmod(mu, mulmod(calldataload(add(p, 0x40)), matrix_weights(), r), r))
                v := mulmod(mu, v, r)
                v := addmod(v, mulmod(calldataload(p), eq_at(X, U, mload(KEY_LOG_N)), r), r)
                if xor(v, claim) { fail(FAIL_BAD_REDUCTION) }
            }

            // sum_i lambda^i C_i + kappa Z1 + kappa^2 P: the commitment that is opened; P is the weight column, the first
            // of the key's. Horner's rule for the proof's points. Z1 has no power of lambda; the mask sum lies between the phases.
            function add_columns(p) {
                let r := modulus()
                let lambda := mload(LAMBDA)
                let late := add(p, add(mul(64, add(COLUMN_Z1, 1)), 32))
                calldatacopy(add(MSM, 0x40), add(late, mul(64, sub(PHASE2_COLUMNS, 1))), 0x40)
                horner_points(late, sub(PHASE2_COLUMNS, 1), lambda)
                horner_points(p, COLUMN_Z1, lambda)
                mcopy(MSM, add(MSM, 0x40), 0x40)
                let mixed := mload(KAPPA)
                add_proof_point(add(p, mul(64, COLUMN_Z1)), mixed)
                mixed := mulmod(mixed, mixed, r)
                let scalar := power_of(lambda, add(COLUMN_Z1, PHASE2_COLUMNS))
                for { let c := KEY_COMMITMENTS } lt(c, mload(MATRICES)) { c := add(c, 64) } {
                    add_point(mload(c), mload(add(c, 32)), addmod(scalar, mixed, r))
                    mixed := 0
                    scalar := mulmod(scalar, lambda, r)
                }
            }

            // ---- verify()

            if gt(mload(0x40), MEMORY_START) { fail(FAIL_NO_MEMORY) }
            mstore(MODULUS, FR)
            let p := proof.offset
            read_key(keyData)
            read_length(proof.length)
            bind_statement(keyData, context, output.offset, output.length)

            absorb(p, PHASE1_BYTES)
            p := add(p, sub(PHASE1_BYTES, 32))
            require_scalars(p, 1)
            let mask_sum := calldataload(p)
            draw_phase1()
            absorb(add(p, 32), PHASE2_BYTES)
            p := add(p, add(32, PHASE2_BYTES))
            draw_phase2()

            let claim := addmod(relation_constant(), mulmod(mload(RHO), mask_sum, FR), FR)
            p, claim := run_rounds(p, DEGREE, claim, U, mload(KEY_LOG_N))
            let evaluations := p
            p := read_evaluations(p)
            claim := addmod(claim, sub(FR, polynomial_at()), FR)
            mstore(LAMBDA, challenge())
            claim := reduction_claim(evaluations, claim)
            p, claim := run_rounds(p, REDUCTION_SCALARS, claim, X, mload(KEY_LOG_N))
            let finals := p
            p := add(p, mul(32, FINAL_SCALARS))
            let kappa := absorb_and_draw(finals, mul(32, FINAL_SCALARS))
            mstore(KAPPA, kappa)
            let value := horner(finals, FINAL_SCALARS, kappa)
            check_reduction(finals, claim)
            check_opening(p, proof.offset, value)
            mstore(0, magic)
            return(0, 32)
        }
    }
}
