// SPDX-License-Identifier: Apache-2.0
// What a child process costs: wall seconds, CPU seconds (user + system), peak resident memory.
'use strict';
const fs = require('fs');
const { spawn } = require('child_process');

const kTicksPerSecond = 100;  // USER_HZ, the same on every Linux that runs node

// proc(5), /proc/[pid]/stat: fields 16 and 17 are the ticks of children that have been waited for. The name in field 2 may
// hold spaces; fields are counted from behind it.
function childrensCpuSeconds() {
  const stat = fs.readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / kTicksPerSecond;
}

// The high-water mark only grows, so that a look every two milliseconds misses no more than the last growth of a process.
function peakMiB(pid) {
  try {
    const match = /^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) / 1024 : 0;
  } catch (e) {
    return 0;  // it has just ended
  }
}

// Runs one program; at no time may another child of this process end, or its CPU time is counted here.
function measure(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const cpu = childrensCpuSeconds(), start = process.hrtime.bigint();
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', log = '', peak = 0;
    const look = setInterval(() => { peak = Math.max(peak, peakMiB(child.pid)); }, 2);
    child.stdout.on('data', (bytes) => { out += bytes; });
    child.stderr.on('data', (bytes) => { log += bytes; });
    child.on('error', (e) => { clearInterval(look); reject(e); });
    child.on('close', (code) => {
      clearInterval(look);
      const wall = Number(process.hrtime.bigint() - start) / 1e9;
      resolve({ code, out, log, wall_seconds: wall, cpu_seconds: childrensCpuSeconds() - cpu, peak_rss_mib: peak });
    });
  });
}

// The same for a piece of work in this process, without memory: that is node's as a whole.
async function measureHere(work) {
  const cpu = process.cpuUsage(), start = process.hrtime.bigint();
  const value = await work();
  const { user, system } = process.cpuUsage(cpu);
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  return { value, wall_seconds: wall, cpu_seconds: (user + system) / 1e6 };
}

module.exports = { measure, measureHere };
