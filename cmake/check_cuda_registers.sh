#!/usr/bin/env bash
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# check_cuda_registers.sh <build folder>: compiles every .cu file of a CUDA build once more, as ptxas sees it, prints
# registers, shared memory, stack and spills of each kernel and fails if one spills. Needs nvcc, no GPU. Also run by the
# target cuda_resource_report.
# check_cuda_registers.sh <log>: the same from what a build with CUDAFLAGS=-Xptxas=-v has printed.
set -euo pipefail

report() {
  c++filt <"$1" | awk '
  /Compiling entry function/ {
    split($0, part, "\047"); kernel = part[2]; target = part[4]
    gsub(/\(anonymous namespace\)::/, "", kernel); gsub(/panther::|cuda::|void /, "", kernel); sub(/\(.*/, "", kernel)
    gsub(/CUB_[0-9_SM]*|THRUST_[0-9_SMN]*/, "", kernel)
    if (length(kernel) > 60) kernel = substr(kernel, 1, 57) "..."
    stack = spilled = 0
  }
  /bytes stack frame/ { stack += $1; spilled += $5 + $9 }
  /Used [0-9]+ registers/ {
    match($0, /Used [0-9]+/); registers = substr($0, RSTART + 5, RLENGTH - 5)
    shared = match($0, /[0-9]+ bytes smem/) ? substr($0, RSTART, RLENGTH - 11) : 0
    printf "%5s %4d registers %6d B shared %6d B stack %6d B spilled  %s%s\n", target, registers, shared, stack, spilled,
           kernel, (spilled > 0 ? "   <-- SPILLS" : "")
    kernels++; bad += (spilled > 0)
  }
  END { printf "%d kernels, %d with spills\n", kernels, bad; exit (bad > 0 || kernels == 0) }'
}

from=$1
if [ -f "$from" ]; then
  report "$from"
  exit
fi
[ -f "$from/compile_commands.json" ] || { echo "no $from/compile_commands.json: configure that preset first" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The build's own command of each .cu file, for each architecture, ending in a cubin instead of an object.
/usr/bin/python3 - "$from/compile_commands.json" "$scratch/unit.cubin" >"$scratch/commands" <<'PYTHON'
import json, re, shlex, sys
for unit in json.load(open(sys.argv[1])):
    if not unit["file"].endswith(".cu"):
        continue
    words = [word for word in shlex.split(unit["command"]) if word != "-c"]
    at = words.index("-o")
    words[at : at + 2] = ["-cubin", "-Xptxas=-v", "-o", sys.argv[2]]
    targets = [word for word in words if word.startswith("--generate-code")]
    words = [word for word in words if not word.startswith("--generate-code")]
    for sm in sorted(set(re.findall(r"sm_\w+", " ".join(targets)))) or ["sm_90"]:
        print(shlex.join(["cd", unit["directory"]]) + " && " + shlex.join(words + [f"--gpu-architecture={sm}"]))
PYTHON

compile_all() {
  local command
  while read -r command; do bash -c "$command" </dev/null || return 1; done <"$scratch/commands"
}
compile_all >"$scratch/report" 2>&1 || { cat "$scratch/report" >&2; exit 1; }
report "$scratch/report"
