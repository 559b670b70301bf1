#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Object files that are compiled for one instruction set must not leak it into the rest of the program.

  check_kernels.py FILE.o ...

The linker keeps one copy of every shared (weak) function: if it kept one from such a file, the program would fault on older
machines. So every weak function must be made for lanes (its name says so), and code that runs at start-up must hold no vector
instruction. Needs nm and objdump.
"""
import re
import subprocess
import sys


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def complaints(path):
    for line in output("nm", "-C", path).splitlines():
        kind, name = line[17:18], line[19:]
        if kind in "WV" and "Lanes" not in name:
            yield f"{path}: {name} could be shared with other files"
    start_up = False
    for line in output("objdump", "-d", "-C", "--no-show-raw-insn", path).splitlines():
        if line.endswith(">:"):
            start_up = "GLOBAL__sub_I" in line or "static_initialization" in line or ".text.startup" in line
        elif start_up and re.search(r"%[xyz]mm|%k[0-7]", line):
            yield f"{path}: start-up code uses vectors: {line.strip()}"


def main():
    found = [c for path in sys.argv[1:] for c in complaints(path)]
    print("\n".join(found) or f"{len(sys.argv) - 1} files, nothing leaks")
    return 1 if found or len(sys.argv) < 2 else 0


sys.exit(main())
