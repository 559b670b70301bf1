#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No two types of one namespace have the same name. Two classes of one name in one namespace are undefined behaviour that no compiler
and no linker reports: the program crashes, or calls the wrong destructor.

  check_names.py [FOLDER]      (src beside this file's folder)

Types of unnamed namespaces and nested types do not count. Test files are programs of their own and do not count; headers for
tests do.
"""
import collections
import pathlib
import re
import sys

# At the beginning of a line, so not nested; with a body or a base, so no declaration; `Outer::Inner` is nested.
DEFINITION = re.compile(r"(?:class|struct|enum class|enum|union)\s+(?:alignas\(\w+\)\s+)?(\w+)(?:\s+final)?\s*(?:\{|:[^:]|$)")


def types(path):
    unnamed, namespace = 0, ""
    for line in path.read_text().splitlines():
        if named := re.match(r"namespace\s+([\w:]+)\s*\{", line):
            namespace = named[1]
        elif re.match(r"namespace\s*\{", line):
            unnamed += 1
        elif unnamed and re.match(r"\}\s*// namespace$", line):
            unnamed -= 1
        elif not unnamed and (found := DEFINITION.match(line)):
            yield namespace, found[1]


def clashes(root):
    places = collections.defaultdict(set)
    for path in sorted(root.rglob("*")):
        if path.suffix in (".h", ".cpp") and not path.name.endswith(".test.cpp"):
            for namespace, name in types(path):
                places[path.relative_to(root).parts[0], namespace, name].add(str(path.relative_to(root)))
    return {key: sorted(files) for key, files in places.items() if len(files) > 1}


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent / "src"
    found = clashes(root)
    for (_, namespace, name), files in sorted(found.items()):
        print(f"{namespace}::{name} is defined in {', '.join(files)}")
    print(f"{len(found)} names of types are used twice")
    return 1 if found else 0


sys.exit(main())
