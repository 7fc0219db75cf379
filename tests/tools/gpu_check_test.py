# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""panther-gpu-check as a program: without a GPU it fails and says why, and it takes no option for another.

PANTHER_GPU_CHECK names the program, PANTHER_HAS_CUDA (ON, OFF) says how it was built. What it checks on the CPU and on a
GPU are the ctest cases gpu_check.cpu and gpu_check.cuda.
"""
import os
import subprocess
import unittest

import support

PROGRAM = os.environ["PANTHER_GPU_CHECK"]
REASON = "no usable GPU: " if os.environ["PANTHER_HAS_CUDA"] == "ON" else "this build has no CUDA: "


class GpuCheck(unittest.TestCase):
    def run_check(self, *arguments):
        """Without a GPU, on every machine: the CUDA runtime is shown none."""
        return subprocess.run([PROGRAM, *arguments], env=dict(os.environ, CUDA_VISIBLE_DEVICES=""), capture_output=True,
                              text=True, timeout=60, check=False)

    def test_fails_without_a_gpu(self):
        for arguments in ([], ["--no-timing"], ["--timing-only"]):
            done = self.run_check(*arguments)
            self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
            self.assertTrue(done.stderr.startswith("panther-gpu-check: " + REASON), done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)

    def test_help(self):
        done = self.run_check("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for option in ("--cpu-only", "--no-timing", "--timing-only", "--print-golden"):
            self.assertIn(f"\n  {option} ", done.stdout)

    def test_unknown_options(self):
        done = self.run_check("--cpu-olny")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("unknown option '--cpu-olny'", done.stderr)
        self.assertIn("--cpu-only", done.stderr)


if __name__ == "__main__":
    support.main()
