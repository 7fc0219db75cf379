# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the panther program in a folder of its own. PANTHER_PROGRAM names the program."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(os.environ.get("PANTHER_PROGRAM", "panther"))

# Rough devices, so that every source of randomness counts; a run takes a fraction of a second.
CONFIG = """
[data]
dataset = "synthetic"
train_examples = {train}
test_examples = 60
[network]
[[network.layers]]
units = 9
activation = "relu"
[[network.layers]]
units = 10
[training]
epochs = {epochs}
learning_rate = 0.05
[device]
law = "exponential"
alpha_up = 0.5
alpha_down = 0.5
[device.write_noise]
kind = "additive"
sigma = 0.02
[device.spread]
slope = 0.05
window = 0.02
[device.read_noise]
line = 0.01
"""


class ProgramTest(unittest.TestCase):
    """Each test works in an empty folder with the configuration run.toml."""

    train = 120
    epochs = 2

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="panther-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.write("run.toml", CONFIG.format(train=self.train, epochs=self.epochs))

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def start(self, *arguments, **options):
        return subprocess.Popen(
            [PROGRAM, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, **options)

    def panther(self, *arguments, **options):
        process = self.start(*arguments, **options)
        process.out, process.err = process.communicate(timeout=120)
        return process

    def succeeds(self, *arguments, **options):
        process = self.panther(*arguments, **options)
        self.assertEqual(process.returncode, 0, f"{arguments}\n{process.err}")
        return process

    def fails(self, code, *arguments, words=(), **options):
        """The program ends with this exit code and one message that has the words."""
        process = self.panther(*arguments, **options)
        self.assertEqual(process.returncode, code, f"{arguments}\n{process.out}{process.err}")
        self.assertIn("panther: ", process.err)
        self.assertEqual(process.out, "", "errors belong on standard error")
        for word in words:
            self.assertIn(word, process.err)
        return process

    def digest(self, result="run.h5"):
        return self.succeeds("inspect", "--digest", result).out.strip()

    def json_of(self, *arguments):
        return json.loads(self.succeeds(*arguments).out)

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())


def main():
    """Exit status 77, which ctest counts as skipped, if every test was skipped; the reasons as GoogleTest prints them."""
    result = unittest.main(verbosity=2, exit=False).result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.skipped and len(result.skipped) >= result.testsRun:
        for reason in sorted({reason for _, reason in result.skipped}):
            print(f"{pathlib.Path(sys.argv[0]).name}: Skipped\n{reason}")
        sys.exit(77)
