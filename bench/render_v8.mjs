// SPDX-License-Identifier: Apache-2.0
// Samples per second of V8 on a formula, as players run it: a compiled function, called once per sample, into a byte array.
const [formula, samples] = [process.argv[2], Number(process.argv[3])];
const sample = new Function('t', `return (${formula})&255`);
const out = new Uint8Array(samples);
let best = 0;
for (let run = 0; run < 30; run++) {  // the first runs warm the compiler up
  const start = process.hrtime.bigint();
  for (let t = 0; t < samples; t++) out[t] = sample(t);
  best = Math.max(best, samples / (Number(process.hrtime.bigint() - start) * 1e-9));
}
let sum = 0;
for (const v of out) sum = (sum * 31 + v) >>> 0;
console.log(JSON.stringify({samples_per_second: best, checksum: sum}));
