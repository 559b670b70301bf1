#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// forge wants a native solc; there is none in npm. This answers the two calls that forge makes (--version and
// --standard-json) with solc-js, so that `npm ci` is the whole set-up and builds need no network.
'use strict';
const fs = require('fs');
const path = require('path');

// Loading the compiler takes half a second; its version is pinned here and checked when it compiles.
const VERSION = '0.8.37+commit.f401782d';
const args = process.argv.slice(2);

function fail(message) {
  process.stderr.write(`solc.js: ${message}\n`);
  process.exit(1);
}

// The value that follows an option, or undefined.
function option(name) {
  const i = args.indexOf(name);
  return i >= 0 && i + 1 < args.length && !args[i + 1].startsWith('-') ? args[i + 1] : undefined;
}

function compile() {
  let solc;
  try {
    solc = require('solc');
  } catch (e) {
    fail('solc is missing; run `npm ci` in contracts/');
  }
  if (!solc.version().startsWith(VERSION)) fail(`expected ${VERSION}, found ${solc.version()}; run \`npm ci\``);
  const base = option('--base-path') || process.cwd();
  const readImport = (file) => {
    try {
      return { contents: fs.readFileSync(path.resolve(base, file), 'utf8') };
    } catch (e) {
      return { error: String(e.message) };
    }
  };
  const input = fs.readFileSync(option('--standard-json') || 0, 'utf8');
  process.stdout.write(solc.compile(input, { import: readImport }));
}

if (args.includes('--version')) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${VERSION}.Linux.g++\n`);
} else if (args.includes('--standard-json')) {
  compile();
} else {
  fail(`unsupported arguments: ${args.join(' ')}`);
}
