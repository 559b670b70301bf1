// SPDX-License-Identifier: Apache-2.0
// Gas of a contract's verify(bytes proof, bytes32[] publicInputs), as a transaction on anvil under Cancun's rules: the chain
// and the compiler of contracts/, so that figures compare with Sotto's own.
'use strict';
const path = require('path');
const { spawn } = require('child_process');
const { createRequire } = require('module');

const kContracts = path.join(__dirname, '../../contracts');
const kGasLimit = '0x1c9c380';  // 30,000,000

// Creation code, runtime size and selector of HonkVerifier.
function compile(source) {
  const solc = createRequire(path.join(kContracts, 'package.json'))('solc');
  const input = {
    language: 'Solidity',
    sources: { 'Verifier.sol': { content: source } },
    settings: {
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 20000 },
      metadata: { bytecodeHash: 'none', appendCBOR: false },
      outputSelection: { '*': { HonkVerifier: ['evm.bytecode.object', 'evm.deployedBytecode.object', 'evm.methodIdentifiers'] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const errors = (output.errors || []).filter((e) => e.severity === 'error');
  if (errors.length) throw new Error(errors.map((e) => e.formattedMessage).join('\n'));
  const { evm } = output.contracts['Verifier.sol'].HonkVerifier;
  return {
    creation: '0x' + evm.bytecode.object,
    runtimeBytes: evm.deployedBytecode.object.length / 2,
    selector: evm.methodIdentifiers['verify(bytes,bytes32[])'],
  };
}

const word = (n) => n.toString(16).padStart(64, '0');

// ABI of (bytes, bytes32[]): two offsets, then length and contents of each; bytes are padded to whole words.
function callData(selector, proof, publicInputs) {
  const padded = Math.ceil(proof.length / 32) * 32;
  return '0x' + selector + word(64) + word(64 + 32 + padded) + word(proof.length) +
    proof.toString('hex').padEnd(2 * padded, '0') + word(publicInputs.length / 32) + publicInputs.toString('hex');
}

// EIP-2028: 16 gas per byte of calldata, 4 where it is zero.
function callDataGas(data) {
  return Buffer.from(data.slice(2), 'hex').reduce((gas, byte) => gas + (byte ? 16 : 4), 0);
}

// anvil on a port that it chooses itself; it ends with the returned stop().
function startAnvil() {
  const program = path.join(kContracts, 'node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil');
  const child = spawn(program, ['--host', '127.0.0.1', '--port', '0', '--hardfork', 'cancun', '--accounts', '1',
    '--gas-limit', '32000000'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => child.kill();
  process.once('exit', stop);
  return new Promise((resolve, reject) => {
    let out = '';
    child.on('error', reject);
    child.on('close', () => reject(new Error(`anvil ended early: ${out}`)));
    child.stdout.on('data', (bytes) => {
      out += bytes;
      const match = /Listening on (\S+)/.exec(out);
      if (match) resolve({ url: `http://${match[1]}`, stop });
    });
  });
}

async function ask(url, method, ...params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const answer = await response.json();
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}

// anvil mines every transaction at once, but answers before it has.
async function send(url, transaction) {
  const [from] = await ask(url, 'eth_accounts');
  const hash = await ask(url, 'eth_sendTransaction', { from, gas: kGasLimit, ...transaction });
  let receipt = null;
  for (let tries = 0; !receipt && tries < 600; ++tries) {
    receipt = await ask(url, 'eth_getTransactionReceipt', hash);
    if (!receipt) await new Promise((resume) => setTimeout(resume, 100));
  }
  if (!receipt) throw new Error('anvil mines nothing');
  return { accepted: receipt.status === '0x1', gas: Number(receipt.gasUsed), address: receipt.contractAddress };
}

async function verificationGas(source, proof, publicInputs) {
  const { creation, runtimeBytes, selector } = compile(source);
  const anvil = await startAnvil();
  try {
    const deployment = await send(anvil.url, { data: creation });
    if (!deployment.accepted) throw new Error(`the verifier was not deployed (${runtimeBytes} bytes)`);
    const data = callData(selector, proof, publicInputs);
    const verification = await send(anvil.url, { to: deployment.address, data });
    if (!verification.accepted) throw new Error('the contract refused the proof');
    // A gas figure is worth something only from a contract that also refuses.
    const other = Buffer.from(publicInputs);
    other[other.length - 1] ^= 1;
    const forged = await send(anvil.url, { to: deployment.address, data: callData(selector, proof, other) });
    if (forged.accepted) throw new Error('the contract accepted other public inputs');
    return {
      all_in: verification.gas,
      calldata: callDataGas(data),
      execution: verification.gas - callDataGas(data) - 21000,
      deployment: deployment.gas,
      calldata_bytes: data.length / 2 - 1,
      runtime_bytes: runtimeBytes,
    };
  } finally {
    anvil.stop();
  }
}

module.exports = { verificationGas };
