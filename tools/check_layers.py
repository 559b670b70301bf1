#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the arrows of ARCHITECTURE.md point down: which folder may include which.

Every quoted include in src/, bench/ and tests/ is relative to src/ (or to tests/ for what tests share). Prints each
arrow that points up and ends with 1; ends with 0 when there is none. `--self-test` checks the checker.
"""
import re
import sys
from pathlib import Path

# A file's own folder is always allowed. The longest matching prefix decides.
ALLOWED = {
    "base": [],
    "sound": ["base"],
    "judge": ["base", "sound"],
    "zk": ["base"],
    "claim": ["base", "zk", "judge", "sound"],
    # The verifier is a pure function: no prover, no witness, no song, no judge that runs, no threads, no files.
    "claim/statement": ["base", "zk", "judge/net", "sound/bytebeat"],
    "claim/verifier": ["base", "zk", "claim/statement"],
    "contest": ["base", "zk", "judge", "sound", "claim"],
    "cli": ["base", "zk", "judge", "sound", "claim", "contest"],
}
FORBIDDEN = {
    "claim/verifier": ["base/parallel.h", "zk/commit/msm.h", "claim/prover", "claim/witness"],
    "claim/statement": ["claim/prover", "claim/witness", "claim/verifier"],
    "claim/witness": ["claim/prover"],
    "contest/secrecy": ["contest/swarm", "contest/llm", "contest/bus", "contest/chain", "contest/arena"],  # what it locks away
    "judge": ["judge/train"],  # optional and never part of the default build
}
SYSTEM_FORBIDDEN = {
    "claim/verifier": ["thread", "future", "mutex", "atomic", "fstream", "filesystem", "random", "chrono", "iostream"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.M)


def under(path, prefix):
    return path == prefix or path.startswith(prefix + "/")


def wing_rule(path):
    """The longest key of ALLOWED that holds `path`."""
    keys = [k for k in ALLOWED if under(path, k)]
    return max(keys, key=len) if keys else None


def faults(path, text):
    """Arrows of one file that point up. `path` is relative to src/."""
    rule = wing_rule(path)
    if rule is None:
        yield f"{path}: no layer is known for this folder"
        return
    is_test = path.endswith((".test.cpp", ".bench.cpp"))
    for quoted, system in INCLUDE.findall(text):
        if system:
            for folder, names in SYSTEM_FORBIDDEN.items():
                if under(path, folder) and not is_test and system in names:
                    yield f"{path}: includes <{system}>"
            continue
        wing = quoted.split("/")[0]
        if wing not in {k.split("/")[0] for k in ALLOWED}:
            if "/" in quoted or not is_test:
                yield f'{path}: includes "{quoted}", which is not relative to src/'
            continue
        # Tests of a wing may use all of the wing and what is below it, e.g. a verifier's test may prove.
        allowed = ALLOWED[rule.split("/")[0] if is_test else rule] + [rule.split("/")[0] if is_test else rule]
        if rule == "claim":  # the other rooms of the wing
            allowed = allowed + ["claim"]
        if not any(under(quoted, a) for a in allowed):
            yield f'{path}: includes "{quoted}"'
        for folder, names in FORBIDDEN.items():
            own = under(path, "judge/train") and folder == "judge"
            if under(path, folder) and not is_test and not own and any(under(quoted, n) for n in names):
                yield f'{path}: includes "{quoted}"'


def check(source):
    count, found = 0, []
    for file in sorted(source.rglob("*")):
        if file.suffix not in (".h", ".cpp", ".inc"):
            continue
        count += 1
        found += faults(file.relative_to(source).as_posix(), file.read_text(encoding="utf-8"))
    return count, found


def self_test():
    wrong = [
        ("zk/field/fr.h", '#include "sound/bytebeat/program.h"'),
        ("sound/audio/wav.cpp", '#include "zk/field/fr.h"'),
        ("judge/net/network.cpp", '#include "zk/field/fr.h"'),
        ("claim/verifier/verify.cpp", '#include "claim/prover/prove.h"'),
        ("claim/verifier/verify.cpp", '#include "claim/witness/witness.h"'),
        ("claim/verifier/verify.cpp", '#include "base/parallel.h"'),
        ("claim/verifier/verify.cpp", "#include <thread>"),
        ("claim/verifier/verify.cpp", "#include <fstream>"),
        ("claim/prover/prove.cpp", '#include "contest/chain/key.h"'),
        ("base/bytes.cpp", '#include "zk/field/fr.h"'),
        ("contest/swarm/agent.cpp", '#include "cli/verb.h"'),
        ("judge/net/network.cpp", '#include "judge/train/train.h"'),
        ("contest/secrecy/spawn.cpp", '#include "contest/swarm/agent.h"'),
        ("contest/swarm/agent.cpp", '#include "agent.h"'),
        ("novel/thing.cpp", '#include "base/bytes.h"'),
    ]
    right = [
        ("claim/verifier/verify.cpp", '#include "claim/statement/layout.h"\n#include <span>'),
        ("claim/prover/prove.cpp", '#include "claim/witness/witness.h"\n#include "base/parallel.h"'),
        ("cli/prove.cpp", '#include "contest/chain/key.h"\n#include "claim/prover/prove.h"'),
        ("claim/verifier/verify.test.cpp", '#include "claim/prover/prove.h"\n#include <random>'),
        ("judge/net/network.cpp", '#include "sound/bytebeat/render.h"'),
    ]
    for path, text in wrong:
        assert list(faults(path, text)), f"not noticed: {path}: {text}"
    for path, text in right:
        assert not list(faults(path, text)), f"wrongly refused: {path}: {text}: {list(faults(path, text))}"


def main():
    self_test()
    if "--self-test" in sys.argv:
        return 0
    source = Path(__file__).resolve().parent.parent / "src"
    count, found = check(source)
    for fault in found:
        print(fault)
    print(f"{count} files, {len(found)} arrows that point up")
    return 1 if found or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
