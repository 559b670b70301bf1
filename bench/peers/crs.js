// SPDX-License-Identifier: Apache-2.0
// A common reference string for bb that needs no network: powers of tau = 2 on BN254. Whoever reads this can forge proofs under
// it; what a proof costs is the same under any tau.
'use strict';
const fs = require('fs');
const path = require('path');

const p = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n;

const mod = (a) => ((a % p) + p) % p;

function inverse(a) {
  let [r0, r1, s0, s1] = [p, mod(a), 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - q * r1, s1, s0 - q * s1];
  }
  return mod(s0);
}

// Jacobian doubling on y^2 = x^3 + b ("dbl-2009-l" of the Explicit-Formulas Database).
function doubled([x, y, z]) {
  const a = (x * x) % p, b = (y * y) % p, c = (b * b) % p;
  const d = mod(2n * ((x + b) * (x + b) - a - c)), e = 3n * a;
  const x3 = mod(e * e - 2n * d);
  return [x3, mod(e * (d - x3) - 8n * c), (2n * y * z) % p];
}

// [tau^i] G for i < count, affine: all 1/z from one inversion (Montgomery's trick).
function g1Powers(count) {
  const points = [[1n, 2n, 1n]];
  while (points.length < count) points.push(doubled(points[points.length - 1]));
  const products = [1n];
  for (const [, , z] of points) products.push((products[products.length - 1] * z) % p);
  let inverted = inverse(products[count]);
  const affine = new Array(count);
  for (let i = count - 1; i >= 0; --i) {
    const [x, y, z] = points[i];
    const w = (inverted * products[i]) % p, w2 = (w * w) % p;
    inverted = (inverted * z) % p;
    affine[i] = [(x * w2) % p, (((y * w2) % p) * w) % p];
  }
  return affine;
}

// Fp2 = Fp[i] / (i^2 + 1), as [real, imaginary].
const fp2 = {
  mul: ([a, b], [c, d]) => [mod(a * c - b * d), mod(a * d + b * c)],
  sub: ([a, b], [c, d]) => [mod(a - c), mod(b - d)],
  inverse: ([a, b]) => {
    const n = inverse(a * a + b * b);
    return [mod(a * n), mod(-b * n)];
  },
};

// EIP-197's generator of G2, [real, imaginary] each.
const kG2 = {
  x: [10857046999023057135944570762232829481370756359578518086990519993285655852781n,
    11559732032986387107991004021392285783925812861821192530917403151452391805634n],
  y: [8495653923123431417604973247489272438418190587263600148770280649306958101930n,
    4082367875863433681332203403145435568316851327593401208105741076214120093531n],
};

// [tau] G2 of Aztec's ceremony, as bb and its Solidity verifiers hold it.
const kCeremonyG2 = {
  x: [0x0118c4d5b837bcc2bc89b5b398b5974e9f5944073b32078b7e231fec938883b0n,
    0x260e01b251f6f1c7e7ff4e580791dee8ea51d87a358e038b4efe30fac09383c1n],
  y: [0x22febda3c0c0632a56475b4214e5615e11e6dd3f96e6cea2854a87d4dacc5e55n,
    0x04fc6369f7110fe3d25156c1bb9a72859cf2a04641f99ba4ee413c80da6a5fe4n],
};

// [tau] G2: one affine doubling, l = 3 x^2 / (2 y).
function g2Tau() {
  const { x, y } = kG2;
  const l = fp2.mul(fp2.mul([3n, 0n], fp2.mul(x, x)), fp2.inverse(fp2.mul([2n, 0n], y)));
  const x3 = fp2.sub(fp2.sub(fp2.mul(l, l), x), x);
  return { x: x3, y: fp2.sub(fp2.mul(l, fp2.sub(x, x3)), y) };
}

const hex = (a) => a.toString(16).padStart(64, '0');

// bb's files: big-endian coordinates, in G2 the real part first.
function writeCrs(folder, count) {
  const file = path.join(folder, 'bn254_g1.dat');
  if (fs.existsSync(file) && fs.statSync(file).size === 64 * count) return;
  fs.mkdirSync(folder, { recursive: true });
  const { x, y } = g2Tau();
  fs.writeFileSync(path.join(folder, 'bn254_g2.dat'), Buffer.from([...x, ...y].map(hex).join(''), 'hex'));
  fs.writeFileSync(file, Buffer.from(g1Powers(count).map(([a, b]) => hex(a) + hex(b)).join(''), 'hex'));
}

module.exports = { writeCrs, g2Tau, kCeremonyG2 };
