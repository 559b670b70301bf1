// SPDX-License-Identifier: Apache-2.0
// A limit on the CPU time of foreign code, so that a busy machine loses nothing that an idle one finishes.

const TIMED_OUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT';

// How far the limit was from deciding anything by chance: the most that finished work used, in milliseconds, and how often
// work was stopped.
export const cpuTimes = {slowest: 0, stopped: 0};

// work(milliseconds) runs code in a vm that is stopped after so much wall time. It starts again with twice as much if it was stopped
// before it had used `limit` milliseconds of this process's CPU time; what uses more than that throws, finished or not.
export function withinCpuTime(limit, work) {
  for (let wall = 1.25 * limit;; wall *= 2) {
    const before = process.cpuUsage();
    const used = () => {
      const {user, system} = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    try {
      const result = work(Math.ceil(wall));
      cpuTimes.slowest = Math.max(cpuTimes.slowest, Math.round(used()));
      if (used() <= limit) return result;
    } catch (e) {
      if (e.code !== TIMED_OUT) throw e;
      if (used() < limit) continue;
    }
    cpuTimes.stopped++;
    throw new Error(`more than ${limit} ms of CPU time`);
  }
}
