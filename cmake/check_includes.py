#!/usr/bin/python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""check_includes.py [root]: who may include whom. Fails and lists every include that points upwards.

A file may include its own layer and the layers below it. Third-party headers are allowed by layer, too: what a GPU
machine with nothing but the CUDA toolkit builds (devicemodels, kernels, host/nn) may need none, not even through a
header of ours.
"""
import re
import sys
from pathlib import Path

# Lowest first. A file belongs to the longest prefix that matches.
LAYERS = [
    "devicemodels/core",
    "devicemodels",
    "kernels",
    "host/base",
    "host/arch",
    "host/isa",
    "host/sim",
    "host/nn",
    "host/run",
    "host/sweep",
    "host/tools",
]
RANK = {layer: rank for rank, layer in enumerate(LAYERS)}
MAY_USE_DATASETS = RANK["host/nn"]
FREE = ("tests", "bench")  # may include anything; nothing includes them
SUFFIXES = {".hpp", ".cpp", ".cu", ".cuh"}
BUILT_WITHOUT_PACKAGES = ("devicemodels", "kernels", "host/nn")

# Third-party header prefix -> folders whose files may include it.
THIRD_PARTY = {
    "fmt/": ("host/base", "host/arch", "host/isa", "host/sim", "host/run", "host/sweep", "host/tools"),
    "toml++/": ("host/base",),
    "nlohmann/": ("host/base", "host/isa", "host/sim", "host/run", "host/sweep", "host/tools"),
    "hdf5": ("host/base",),
    "H5": ("host/base",),
    "CLI/": ("host/tools",),
    "Eigen/": ("host/tools",),
    "openssl/": ("host/base", "datasets"),
    "zlib.h": ("datasets",),
    "cuda": ("devicemodels", "kernels"),
    "cooperative_groups": ("kernels",),
    "cub/": ("kernels",),
    "thrust/": ("kernels",),
    "mma.h": ("kernels",),
    "immintrin.h": ("kernels",),
}
POSIX = {"unistd.h", "fcntl.h", "sys/", "signal.h", "poll.h", "pthread.h", "sched.h", "termios.h", "dlfcn.h",
         "dirent.h", "spawn.h", "glob.h", "pwd.h", "time.h"}
POSIX_FOLDERS = ("host/", "datasets", "kernels/cpu/")  # kernels/cpu: advice on memory pages

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def layer_of(path):
    """The layer of a path below the root, 'datasets', one of FREE, or None."""
    for layer in sorted(LAYERS, key=len, reverse=True):
        if path.startswith(layer + "/"):
            return layer
    top = path.split("/", 1)[0]
    return top if top == "datasets" or top in FREE else None


def direction_error(source, target):
    """Why `source` must not include our file `target`; None if it may."""
    here, there = layer_of(source), layer_of(target)
    if here in FREE:
        return None
    if there is None:
        return "includes must be rooted at the repository: devicemodels/..., kernels/..., host/..., datasets/..."
    if there in FREE:
        return f"nothing includes {there}/"
    if here == there:
        return None
    if here == "datasets":
        return "datasets/ is a leaf: it includes nothing of ours"
    if there == "datasets":
        return None if RANK[here] >= MAY_USE_DATASETS else "only host/nn and above may include datasets/"
    return None if RANK[there] <= RANK[here] else f"{here} is below {there}"


def third_party_error(source, header):
    """Why `source` must not include the header <header>; None if it may."""
    if layer_of(source) in FREE:
        return None
    for prefix, folders in THIRD_PARTY.items():
        if header.startswith(prefix):
            return None if source.startswith(folders) else f"<{prefix}...> is for {', '.join(folders)} only"
    if any(header.startswith(name) for name in POSIX):
        return None if source.startswith(POSIX_FOLDERS) else "operating-system headers are for host/, datasets/ and kernels/cpu/"
    if "/" in header or header.endswith((".h", ".hpp")):
        return "unknown third-party header: list it in cmake/check_includes.py with who may use it"
    return None


def read_includes(root):
    """{path: [(line, is_ours, header)]} of every source file below the layers."""
    includes = {}
    for top in ("devicemodels", "kernels", "host", "datasets", "tests", "bench"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix in SUFFIXES:
                text = file.read_text(encoding="utf-8")
                includes[file.relative_to(root).as_posix()] = [
                    (text.count("\n", 0, m.start()) + 1, m.group(1) == '"', m.group(2)) for m in INCLUDE.finditer(text)
                ]
    return includes


def closure_errors(includes):
    """Packages that a file built without packages reaches through headers of ours."""
    for source in includes:
        if not source.startswith(tuple(f + "/" for f in BUILT_WITHOUT_PACKAGES)):
            continue
        seen, todo = {source}, [(source, (source,))]
        while todo:
            file, chain = todo.pop()
            for _, ours, header in includes.get(file, []):
                if ours and header not in seen:
                    seen.add(header)
                    todo.append((header, chain + (header,)))
                elif not ours and len(chain) > 1 and header.startswith(("fmt/", "toml++/", "nlohmann/", "hdf5", "openssl/")):
                    yield f"{source}: reaches <{header}> through {' -> '.join(chain[1:])}"


def find_errors(root):
    includes = read_includes(root)
    for source, entries in includes.items():
        if layer_of(source) is None:
            yield f"{source}: is in no layer; list its folder in cmake/check_includes.py"
            continue
        for line, ours, header in entries:
            error = direction_error(source, header) if ours else third_party_error(source, header)
            if error:
                yield f"{source}:{line}: {header}: {error}"
    yield from closure_errors(includes)


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    errors = list(find_errors(root))
    for error in errors:
        print(error, file=sys.stderr)
    print(f"include directions: {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
