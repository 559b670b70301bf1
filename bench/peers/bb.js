// SPDX-License-Identifier: Apache-2.0
// mlp784 as a peer proves it: Noir program, Aztec's bb (UltraHonk with zero knowledge, for the EVM), bb's own Solidity verifier.
//   node bench/peers/bb.js BUILD [RUNS]    BUILD holds node_modules (./run bench --peers installs them); a table on stderr,
//                                          JSON on stdout; RUNS (default 5) proofs, of which the median by CPU time counts
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const { createRequire } = require('module');
const { writeCrs, g2Tau, kCeremonyG2 } = require('./crs');
const { verificationGas } = require('./evm');
const { measure, measureHere } = require('./measure');
const { network, reference, noir } = require('./mlp784');

const r = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;
const kCrsPoints = 1 << 16;  // for up to 2^16 gates; mlp784 needs 2^15

const build = path.resolve(process.argv[2] || 'build/peers'), runs = Number(process.argv[3] || 5);
if (!(Number.isInteger(runs) && runs > 0)) {
  process.stderr.write(`usage: ./run bench --peers [RUNS], not '${process.argv[3]}'\n`);
  process.exit(2);
}
const folder = path.join(build, 'mlp784'), crs = path.join(build, 'crs');
const peers = createRequire(path.join(build, 'package.json'));
const bbPackage = path.join(build, 'node_modules/@aztec/bb.js');
const file = (name) => path.join(folder, name);
const say = (text) => process.stderr.write(`${text}\n`);

const hex = (a) => a.toString(16).padStart(64, '0');

// bb has the ceremony's [tau] G2 built in and so refuses proofs under any other tau. The verifying copy gets ours.
function programs() {
  const prover = path.join(bbPackage, 'build/amd64-linux/bb');
  fs.chmodSync(prover, 0o755);
  const bytes = fs.readFileSync(prover);
  const theirs = Buffer.from([...kCeremonyG2.x, ...kCeremonyG2.y].map(hex).join(''), 'hex');
  const at = bytes.indexOf(theirs);
  if (at < 0 || bytes.indexOf(theirs, at + 1) >= 0) throw new Error('bb does not hold the ceremony\'s point exactly once');
  const { x, y } = g2Tau();
  Buffer.from([...x, ...y].map(hex).join(''), 'hex').copy(bytes, at);
  const verifier = file('bb-verify');
  fs.writeFileSync(verifier, bytes, { mode: 0o755 });
  return { prover, verifier };
}

// The same point in the Solidity verifier, coordinate by coordinate.
function withTau(source) {
  const { x, y } = g2Tau();
  const ours = [...x, ...y];
  return [...kCeremonyG2.x, ...kCeremonyG2.y].reduce((text, theirs, i) => {
    if (text.split(hex(theirs)).length !== 2) throw new Error('the Solidity verifier does not hold the ceremony\'s point once');
    return text.replace(hex(theirs), hex(ours[i]));
  }, source);
}

async function bb(program, ...args) {
  const run = await measure(program, [...args, '-t', 'evm'], { env: { ...process.env, CRS_PATH: crs } });
  if (run.code !== 0) throw new Error(`bb ${args[0]} failed:\n${run.log}${run.out}`);
  return run;
}

// Source -> program.json, the circuit as Noir's compiler leaves it.
async function compile() {
  const { compile_program, createFileManager } = peers('@noir-lang/noir_wasm');
  fs.mkdirSync(file('noir/src'), { recursive: true });
  fs.writeFileSync(file('noir/Nargo.toml'), '[package]\nname = "mlp784"\ntype = "bin"\n\n[dependencies]\n');
  fs.writeFileSync(file('noir/src/main.nr'), noir(network()));
  const quiet = () => {};
  console.log = quiet;  // the compiler's word on every file; stdout is for our JSON
  const run = await measureHere(() => compile_program(createFileManager(file('noir')), undefined, quiet, quiet));
  fs.writeFileSync(file('program.json'), JSON.stringify(run.value.program));
  return run;
}

async function witness() {
  const { Noir } = peers('@noir-lang/noir_js');
  const program = new Noir(JSON.parse(fs.readFileSync(file('program.json'), 'utf8')));
  await program.init();
  const run = await measureHere(() => program.execute({ x: network().x }));
  fs.writeFileSync(file('witness.gz'), run.value.witness);
  return run;
}

// The proof's public outputs, as signed integers, are those of the reference.
function checkOutputs() {
  const words = fs.readFileSync(file('proof/public_inputs')).toString('hex').match(/.{64}/g);
  const outputs = words.map((w) => BigInt('0x' + w)).map((v) => Number(v > r / 2n ? v - r : v));
  if (JSON.stringify(outputs) !== JSON.stringify(reference(network()))) throw new Error(`bb proved other outputs: ${outputs}`);
  return outputs;
}

const median = (list) => [...list].sort((a, b) => a.cpu_seconds - b.cpu_seconds)[list.length >> 1];
const round = (value, digits) => Number(value.toFixed(digits));
const figures = ({ wall_seconds: wall, cpu_seconds: cpu, peak_rss_mib: peak }) => ({
  wall_seconds: round(wall, 3), cpu_seconds: round(cpu, 3), ...(peak && { peak_rss_mib: round(peak, 1) }),
});

async function repeated(work) {
  const list = [];
  for (let i = 0; i < runs; ++i) list.push(await work());
  return { ...figures(median(list)), chosen: median(list), all_cpu_seconds: list.map((run) => round(run.cpu_seconds, 3)) };
}

async function gasOnChain(prover) {
  const name = file('Verifier.sol');
  await bb(prover, 'write_solidity_verifier', '-k', file('vk/vk'), '-o', name, '--optimized');
  const read = (what) => fs.readFileSync(file(`proof/${what}`));
  return verificationGas(withTau(fs.readFileSync(name, 'utf8')), read('proof'), read('public_inputs'));
}

// Ours, in the same run: the whole process (setup, key and verification included) as bb's is measured, and the proof alone.
async function ours() {
  const program = path.join(__dirname, '../../build/sotto'), args = ['bench', 'prove', '--workload', 'mlp784', '--json'];
  const parsed = (run) => {
    if (run.code !== 0) throw new Error(`sotto ${args.join(' ')} failed: ${run.log}`);
    return JSON.parse(run.out);
  };
  const process_ = await repeated(async () => {
    const run = await measure(program, [...args, '--no-gas']);
    return { ...run, proof: parsed(run) };
  });
  const { proof } = process_.chosen;
  delete process_.chosen;
  return { process: process_, prove: figures({ wall_seconds: proof.prove_seconds, cpu_seconds: proof.cpu_seconds, peak_rss_mib: proof.peak_mib }),
    proof_bytes: proof.proof_bytes, cpu_path: proof.cpu_path, gas: parsed(await measure(program, args)).verify_gas };
}

async function run() {
  fs.mkdirSync(folder, { recursive: true });
  const { prover, verifier } = programs();
  say('reference string, circuit, key, witness');
  writeCrs(crs, kCrsPoints);
  const compiled = await compile();
  const gates = JSON.parse((await bb(prover, 'gates', '-b', file('program.json'))).out).functions[0].circuit_size;
  const key = await bb(prover, 'write_vk', '-b', file('program.json'), '-o', file('vk'));
  const witnessed = await repeated(witness);
  const load = os.loadavg()[0];
  say(`${runs} proofs`);
  const proved = await repeated(() =>
    bb(prover, 'prove', '-b', file('program.json'), '-w', file('witness.gz'), '-k', file('vk/vk'), '-o', file('proof')));
  const outputs = checkOutputs();
  const verified = await repeated(() =>
    bb(verifier, 'verify', '-p', file('proof/proof'), '-i', file('proof/public_inputs'), '-k', file('vk/vk')));
  say(`${runs} proofs of ours`);
  const sotto = await ours();
  for (const part of [witnessed, proved, verified]) delete part.chosen;
  say('Solidity verifier');
  const gas = await gasOnChain(prover);
  const version = (await measure(prover, ['--version'])).out.trim();
  return {
    workload: 'mlp784', peer: 'Aztec bb, UltraHonk (zero knowledge, target evm)',
    version: { 'bb.js': require(path.join(bbPackage, 'package.json')).version, bb: version },
    machine: { cpu: os.cpus()[0].model, cores: os.cpus().length, load_average: round(load, 2) },
    gates, proof_bytes: fs.statSync(file('proof/proof')).size, public_bytes: 32 * outputs.length, outputs,
    compile: figures(compiled), key: figures(key), witness: witnessed, prove: proved, verify: verified, gas, sotto,
  };
}

function table(result) {
  const line = (name, ...cells) => say(name.padEnd(22) + cells.map((cell) => String(cell).padStart(12)).join(''));
  say(`\n${result.peer}, ${result.version.bb}, on ${result.machine.cores} cores, load ${result.machine.load_average}`);
  line('', 'wall s', 'CPU s', 'peak MiB');
  for (const stage of ['compile', 'key', 'witness', 'prove', 'verify']) {
    const { wall_seconds, cpu_seconds, peak_rss_mib = '' } = result[stage];
    line(stage, wall_seconds, cpu_seconds, peak_rss_mib);
  }
  line('gates', result.gates);
  line('proof bytes', result.proof_bytes);
  line('public bytes', result.public_bytes);
  line('gas, all in', result.gas.all_in);
  line('  execution', result.gas.execution);
  line('  calldata', result.gas.calldata, `${result.gas.calldata_bytes} B`);
  line('  deployment', result.gas.deployment, `${result.gas.runtime_bytes} B`);
  const { sotto, prove, gas } = result;
  const ratio = (theirs, own) => `${(theirs / own).toFixed(2)} x`;
  say(`\nSotto, ${sotto.cpu_path}; in brackets what bb needs of it`);
  line('', 'wall s', 'CPU s', 'peak MiB');
  for (const [name, f] of [['whole process', sotto.process], ['prove', sotto.prove]])
    line(name, f.wall_seconds, f.cpu_seconds, f.peak_rss_mib, `(CPU ${ratio(prove.cpu_seconds, f.cpu_seconds)})`);
  line('proof bytes', sotto.proof_bytes, `(${ratio(result.proof_bytes, sotto.proof_bytes)})`);
  line('gas, all in', sotto.gas, sotto.gas ? `(${ratio(gas.all_in, sotto.gas)})` : '');
}

run().then((result) => {
  table(result);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}, (error) => {
  say(`bb.js: ${error.message}`);
  process.exit(1);
});
