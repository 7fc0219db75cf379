#!/usr/bin/env bash
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# check_cuda_registers.sh <build folder>: compiles every .cu file of a CUDA build once more, as ptxas sees it, prints
# registers, stack and spills of each kernel and fails if one spills. Needs nvcc, no GPU.
set -euo pipefail

build=$1
[ -f "$build/compile_commands.json" ] || { echo "no $build/compile_commands.json: configure that preset first" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The build's own command of each .cu file, ending in a cubin instead of an object.
/usr/bin/python3 - "$build/compile_commands.json" "$scratch/unit.cubin" >"$scratch/commands" <<'PYTHON'
import json, shlex, sys
for unit in json.load(open(sys.argv[1])):
    if unit["file"].endswith(".cu"):
        words = shlex.split(unit["command"])
        words = [word for word in words if word != "-c"]
        at = words.index("-o")
        words[at : at + 2] = ["-cubin", "-Xptxas=-v", "-o", sys.argv[2]]
        words = ["--gpu-architecture=sm_90" if w.startswith("--generate-code") else w for w in words]
        print(shlex.join(["cd", unit["directory"]]) + " && " + shlex.join(words))
PYTHON

while read -r command; do bash -c "$command" 2>&1; done <"$scratch/commands" >"$scratch/report" ||
  { cat "$scratch/report" >&2; exit 1; }

c++filt <"$scratch/report" | awk '
  /Compiling entry function/ { split($0, part, "\047"); kernel = part[2]; sub(/\(.*/, "", kernel) }
  /bytes stack frame/        { stack = $1; stores = $5; loads = $9 }
  /Used [0-9]+ registers/    {
    match($0, /Used [0-9]+/); registers = substr($0, RSTART + 5, RLENGTH - 5)
    spilled = stores + loads > 0
    printf "%4d registers %6d B stack %6d B spilled  %s%s\n", registers, stack, stores + loads, kernel,
           spilled ? "   <-- SPILLS" : ""
    kernels++; bad += spilled; stores = loads = stack = 0
  }
  END { printf "%d kernels, %d with spills\n", kernels, bad; exit bad > 0 }'
