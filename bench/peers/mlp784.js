// SPDX-License-Identifier: Apache-2.0
// The workload mlp784: a perceptron 784-56-10 with weights drawn from a seed, its outputs on one drawn input, and the same
// network as a Noir program. README.md has the formulas.
//   node bench/peers/mlp784.js --reference    the ten outputs, as JSON
//   node bench/peers/mlp784.js --noir         the Noir program
'use strict';

const kInputs = 784, kHidden = 56, kOutputs = 10;
const kSeed = 7n;
const kShift = 8;          // requantisation: floor(sum / 2^8)
const kHiddenBits = 18;    // |sum >> 8| < 2^18 in the first layer: 784 * 255 * 128 + 2^15 < 2^25
const kOutputBits = 24;    // in the second: 56 * 2^17 * 128 + 2^15 < 2^30

// splitmix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014), 64 bits per draw.
function splitmix64(seed) {
  const mask = (1n << 64n) - 1n;
  let state = seed;
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return z ^ (z >> 31n);
  };
}

// The order of the draws is part of the workload: W1 row by row, b1, W2 row by row, b2, x.
function network() {
  const draw = splitmix64(kSeed);
  const int8 = () => Number(BigInt.asIntN(8, draw()));
  const int16 = () => Number(BigInt.asIntN(16, draw()));
  const uint8 = () => Number(BigInt.asUintN(8, draw()));
  const row = (n, of) => Array.from({ length: n }, of);
  return {
    w1: row(kHidden, () => row(kInputs, int8)),
    b1: row(kHidden, int16),
    w2: row(kOutputs, () => row(kHidden, int8)),
    b2: row(kOutputs, int16),
    x: row(kInputs, uint8),
  };
}

// Every sum stays below 2^31, so that >> is the arithmetic shift of the true integer.
function reference({ w1, b1, w2, b2, x }) {
  const sums = (w, b, v) => w.map((row, k) => row.reduce((sum, weight, l) => sum + weight * v[l], b[k]));
  const hidden = sums(w1, b1, x).map((sum) => Math.max(0, sum >> kShift));
  return sums(w2, b2, hidden).map((sum) => sum >> kShift);
}

// The cheapest program known for UltraHonk: a sum with constant weights is linear and costs one gate per three terms; a
// shift costs two range checks on limbs that an unconstrained function supplies; ReLU is one product with the sign limb.
//   sum + 2^(n+8) = 2^(n+8) sign + 2^8 low + rest,  sign in {0, 1}, low < 2^n, rest < 2^8
//   sum >> 8 = 2^n (sign - 1) + low,  relu(sum >> 8) = sign * low
function noir({ w1, b1, w2, b2 }) {
  const list = (values) => `[${values.join(', ')}]`;
  const matrix = (rows) => `[\n${rows.map((r) => `    ${list(r)},\n`).join('')}]`;
  return `// Made by bench/peers/mlp784.js.
global W1: [[Field; ${kInputs}]; ${kHidden}] = ${matrix(w1)};
global B1: [Field; ${kHidden}] = ${list(b1)};
global W2: [[Field; ${kHidden}]; ${kOutputs}] = ${matrix(w2)};
global B2: [Field; ${kOutputs}] = ${list(b2)};

unconstrained fn limbs(shifted: Field, n: u32) -> (Field, Field, Field) {
    let value = shifted as u64;
    let low = (value >> ${kShift}) & ((1 << (n as u64)) - 1);
    ((value >> ((n + ${kShift}) as u64)) as Field, low as Field, (value & ${(1 << kShift) - 1}) as Field)
}

// (sign, low): sum >> ${kShift} = 2^N (sign - 1) + low.
fn shifted<let N: u32>(sum: Field) -> (Field, Field) {
    let top = 2.pow_32((N + ${kShift}) as Field);
    // Safety: the assertions leave one solution.
    let (sign, low, rest) = unsafe { limbs(sum + top, N) };
    assert(sign * sign == sign);
    low.assert_max_bit_size::<N>();
    rest.assert_max_bit_size::<${kShift}>();
    assert(sum + top == sign * top + low * ${1 << kShift} + rest);
    (sign, low)
}

fn main(x: [u8; ${kInputs}]) -> pub [Field; ${kOutputs}] {
    let mut hidden = [0; ${kHidden}];
    for k in 0..${kHidden} {
        let mut sum = B1[k];
        for l in 0..${kInputs} {
            sum += W1[k][l] * (x[l] as Field);
        }
        let (sign, low) = shifted::<${kHiddenBits}>(sum);
        hidden[k] = sign * low;
    }
    let mut y = [0; ${kOutputs}];
    for k in 0..${kOutputs} {
        let mut sum = B2[k];
        for l in 0..${kHidden} {
            sum += W2[k][l] * hidden[l];
        }
        let (sign, low) = shifted::<${kOutputBits}>(sum);
        y[k] = (sign - 1) * ${2 ** kOutputBits} + low;
    }
    y
}
`;
}

module.exports = { network, reference, noir };

if (require.main === module) {
  const command = process.argv[2];
  if (command === '--reference') console.log(JSON.stringify(reference(network())));
  else if (command === '--noir') process.stdout.write(noir(network()));
  else {
    process.stderr.write('usage: node bench/peers/mlp784.js --reference | --noir\n');
    process.exit(2);
  }
}
