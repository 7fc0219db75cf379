#!/usr/bin/python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""check_sizes.py [root]: lists long files and functions; fails on the hard limits.

Function lengths come from counting braces, not from a parser: a block that follows a parameter list and is not a
control statement or a lambda argument counts as a function, from its opening line to its closing one.
"""
import re
import sys
from pathlib import Path

FILE_AIM, FILE_LIMIT = 350, 600
FUNCTION_AIM, FUNCTION_LIMIT = 40, 80
README_LIMIT = 40
TOP_CMAKE_LIMIT = 150
FOLDERS = ("devicemodels", "kernels", "host", "datasets", "bench", "tests", "cmake")
CODE = {".hpp", ".cpp", ".cu", ".cuh"}
SCRIPT = {".py", ".sh", ".cmake"}

NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.DOTALL)
CONTROL = re.compile(r"\b(if|for|while|switch|catch|else|do|try)\b")
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()]*$")
HEAD_END = re.compile(r"\)\s*(const|noexcept(\([^()]*\))?|override|final|mutable|->[^{};]*|:[^;]*|requires[^{};]*|\s)*$")


def blank_noise(text):
    """The text without comments and literals, every line kept."""
    return NOISE.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)


def function_lengths(text):
    """(line, length) of every outermost function."""
    text = blank_noise(text)
    depth, start, head_from = 0, None, 0
    for match in re.finditer(r"[{};]", text):
        token, at = match.group(0), match.start()
        if token == "{":
            head = text[head_from:at]
            if start is None and HEAD_END.search(head) and not CONTROL.match(head.strip()) and not SCOPE.search(head):
                first = head_from + len(head) - len(head.lstrip())
                start = (depth, text.count("\n", 0, first) + 1)
            depth += 1
        elif token == "}":
            depth -= 1
            if start and depth == start[0]:
                yield start[1], text.count("\n", 0, at) + 2 - start[1]
                start = None
        if token != ";" or start is None:
            head_from = match.end()


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    long, errors = [], []

    def note(where, what, size, aim, limit):
        if size > limit:
            errors.append(f"{where}: {what} of {size} lines (limit {limit})")
        elif size > aim:
            long.append(f"{where}: {what} of {size} lines (aim {aim})")

    files = lines = functions = 0
    for file in sorted(p for top in FOLDERS for p in (root / top).rglob("*") if p.suffix in CODE | SCRIPT):
        text, name = file.read_text(encoding="utf-8"), file.relative_to(root).as_posix()
        files, lines = files + 1, lines + text.count("\n")
        note(name, "file", text.count("\n"), FILE_AIM, FILE_LIMIT)
        if file.suffix in CODE:
            for line, length in function_lengths(text):
                functions += 1
                note(f"{name}:{line}", "function", length, FUNCTION_AIM, FUNCTION_LIMIT)
    for file in sorted(p for top in FOLDERS for p in (root / top).rglob("README.md")):
        note(file.relative_to(root).as_posix(), "README", file.read_text().count("\n"), README_LIMIT, 2 * README_LIMIT)
    note("CMakeLists.txt", "file", (root / "CMakeLists.txt").read_text().count("\n"), TOP_CMAKE_LIMIT, TOP_CMAKE_LIMIT)

    print(f"{files} files, {lines} lines, {functions} functions; {len(long)} longer than aimed at:")
    print("\n".join("  " + entry for entry in long))
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
