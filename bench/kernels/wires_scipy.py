#!/usr/bin/python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""wires_scipy.py BENCH_WIRES: the cases of bench_wires beside SciPy's sparse LU on the same arrays, in the same run.

Both solve 8 vectors of inputs; SciPy factors once (SuperLU, COLAMD) and substitutes 8 times, assembly not counted.
Total currents must agree. Prints a Markdown table: microseconds of processor time, one thread each, for an array with
its 8 inputs, and their ratio.
"""
import json
import subprocess
import sys
import time

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import splu

INPUTS = 8


def numbers(count, state=1):
    """The generator of bench/kernels/wires.cpp."""
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 11) * 2.0**-53


def array_of(size):
    """Conductances [row][column] and inputs [row][vector]."""
    values = np.array(list(numbers(size * size + size * INPUTS)))
    siemens = 1e-6 * (1 + 9 * values[: size * size].reshape(size, size))
    return siemens, values[size * size:].reshape(INPUTS, size).T


def nodal_matrix(siemens, ohm):
    """Word nodes, then bit nodes; drivers left, senses below the last row, a segment before each."""
    size = len(siemens)
    word = np.arange(size * size).reshape(size, size)
    bit = word + size * size
    pairs = [(word[:, :-1], word[:, 1:], 1 / ohm), (bit[:-1], bit[1:], 1 / ohm), (word, bit, siemens)]
    rows, cols, values = [], [], []
    for a, b, conductance in pairs:
        flat = np.broadcast_to(conductance, a.shape).ravel()
        for i, j, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
            rows.append(i.ravel()), cols.append(j.ravel()), values.append(sign * flat)
    ends = np.concatenate([word[:, 0], bit[-1]])
    rows.append(ends), cols.append(ends), values.append(np.full(2 * size, 1 / ohm))
    return coo_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(cols)))).tocsc(), word, bit


def time_scipy(size, ohm):
    """Fastest of three, seconds, and the total sensed current."""
    siemens, volts = array_of(size)
    matrix, word, bit = nodal_matrix(siemens, ohm)
    right = np.zeros((matrix.shape[0], INPUTS))
    right[word[:, 0]] = volts / ohm
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        solution = splu(matrix).solve(right)
        best = min(best, time.process_time() - start)
    return best, (solution[bit[-1]] / ohm).sum()


def main():
    command = [sys.argv[1], "--benchmark_format=json", "--benchmark_filter=iterate", "--benchmark_min_time=0.1"]
    cases = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["benchmarks"]
    print("| array | iterations | us, panther | us, SciPy | ratio |\n|---|---|---|---|---|")
    known = {}
    for case in cases:
        _, _, isa, size, ohm = case["name"].split("/")
        size, ohm = int(size), float(ohm.removesuffix("_ohm"))
        if (size, ohm) not in known:
            known[size, ohm] = time_scipy(size, ohm)
        seconds, total = known[size, ohm]
        if abs(case["total_ampere"] / total - 1) > 1e-5:
            sys.exit(f"{case['name']}: total {case['total_ampere']} A, SciPy {total} A")
        print(f"| {size} x {size}, {ohm:g} ohm, {isa} | {case['iterations']:.0f} | {case['cpu_time']:.0f} | "
              f"{1e6 * seconds:.0f} | {1e6 * seconds / case['cpu_time']:.1f} |")


if __name__ == "__main__":
    main()
