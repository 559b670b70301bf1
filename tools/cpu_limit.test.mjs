// SPDX-License-Identifier: Apache-2.0
// node tools/cpu_limit.test.mjs: work that is held up by other work is finished, work that is too long is not.
import assert from 'node:assert';
import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import vm from 'node:vm';

import {withinCpuTime} from './cpu_limit.mjs';

const LIMIT = 300;
const cpu = () => {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
};
let runs = 0;
globalThis.spin = ms => {  // uses so much CPU time, however long that takes
  runs++;
  const start = cpu();
  process.send?.('spins');
  while (cpu() - start < ms);
};
const limited = code => withinCpuTime(LIMIT, timeout => vm.runInThisContext(code, {timeout}));

if (process.argv[2] === 'child') {  // the other process stops this one while it spins
  limited('spin(100)');
  process.send({runs});
  process.disconnect();
} else {
  assert.throws(() => limited('spin(400)'), /CPU time/);
  assert.throws(() => limited('for (;;);'), /CPU time/);
  assert.throws(() => limited('nothing()'), ReferenceError);

  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'child'], {stdio: ['ignore', 'inherit', 'inherit', 'ipc']});
  let stops = 0, told = null;
  child.on('message', message => {
    if (message.runs) return void (told = message.runs);
    if (stops++ > 0) return;
    child.kill('SIGSTOP');
    setTimeout(() => child.kill('SIGCONT'), 4 * LIMIT);
  });
  child.on('exit', code => {
    assert.equal(code, 0);
    assert.ok(told >= 2, `the work was stopped and ran again: ${told} runs`);
    console.log('ok');
  });
}
