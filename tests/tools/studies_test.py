# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Studies: every one of host/studies at its smallest on generated images, its files, its errors, going on."""
import csv
import importlib.util
import pathlib
import subprocess
import sys
import unittest

import support

STUDIES = pathlib.Path(__file__).resolve().parents[2] / "host" / "studies"
sys.path.insert(0, str(STUDIES))
from description import read_study  # noqa: E402

SMALL = ["data.dataset=synthetic", "data.train_examples=64", "data.test_examples=16", "training.epochs=1"]

MINE = """
title = "mine"
configuration = '''
[data]
dataset = "synthetic"
train_examples = 40
test_examples = 20
[training]
epochs = 2
[network]
[[network.layers]]
units = $units
[[network.layers]]
units = 10
'''
[forms.short]
seeds = [1, 2]
{more}
[[panels]]
kind = "cases"
title = "sizes"
reported = {{ "found by others" = "found" }}
cases = [{{ name = "small", units = 3, found = 50.0 }}, {{ name = "large", units = 8 }}]
"""


NEEDED = ("h5py", "matplotlib")


@unittest.skipUnless(all(map(importlib.util.find_spec, NEEDED)), f"{sys.executable} lacks one of {NEEDED}")
class StudyTest(support.ProgramTest):
    def study(self, *arguments):
        return subprocess.run([sys.executable, str(STUDIES / "run_study.py"), *arguments, "--panther", support.PROGRAM,
                               "--jobs", "1", "-o", "out"], cwd=self.folder, capture_output=True, text=True)

    def runs(self):
        with open(self.folder / "out" / "runs.csv", newline="") as file:
            return list(csv.DictReader(file))

    def refused(self, text, *words):
        self.write("mine.toml", text)
        done = self.study("mine.toml")
        self.assertEqual(done.returncode, 1, done.stdout)
        for word in words:
            self.assertIn(word, done.stderr)


class Shipped(StudyTest):
    def check(self, name, *settings):
        arguments = [part for setting in (*SMALL, *settings) for part in ("--set", setting)]
        done = self.study(name, "--seeds", "1", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        study = read_study(STUDIES / f"{name}.toml")
        points = [(panel.title, point.name) for panel in study.panels for point in panel.points]
        runs = self.runs()
        self.assertEqual(sorted((run["panel"], run["point"], run["seed"]) for run in runs),
                         sorted((*point, "1") for point in points))
        for run in runs:
            self.assertTrue(0 <= float(run["test_accuracy_percent"]) <= 100, run)
        table = (self.folder / "out" / "table.md").read_text()
        rows = [line for line in table.splitlines() if line.startswith("|") and "(" in line and "range" not in line]
        self.assertEqual(len(rows), len(points))
        picture = (self.folder / "out" / "picture.png").read_bytes()
        self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
        self.assertGreater(len(picture), 10000)

    def test_nonideality(self):
        self.check("nonideality", "training.baseline=false")

    def test_neurosim(self):
        self.check("neurosim-mnist", "data.crop=10", "training.epoch_examples=64")

    def test_slicing(self):
        self.check("slicing")


class Own(StudyTest):
    def test_counts_the_last_epochs_of_every_seed(self):
        self.write("mine.toml", MINE.format(more="last_epochs = 2"))
        done = self.study("mine.toml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.runs()), 2 * 2 * 2)
        self.assertIn("| 50.0 |", done.stdout)
        accuracies = [float(run["test_accuracy_percent"]) for run in self.runs() if run["point"] == "small"]
        expected = f"{sum(accuracies) / 4:.2f} ({min(accuracies):.2f} to {max(accuracies):.2f})"
        self.assertIn(f"| small | {expected} |", done.stdout)

    def test_does_not_run_again_what_is_there(self):
        self.write("mine.toml", MINE.format(more=""))
        self.assertEqual(self.study("mine.toml").returncode, 0)
        results = {path: path.stat().st_mtime_ns for path in (self.folder / "out" / "runs").glob("*.h5")}
        self.assertEqual(len(results), 4)
        removed = next(iter(results))
        removed.unlink()
        self.assertEqual(self.study("mine.toml").returncode, 0)
        for path, time in results.items():
            self.assertEqual(path.stat().st_mtime_ns == time, path != removed)

    def test_errors_name_what_is_wrong(self):
        good = MINE.format(more="")
        self.refused(good.replace("$units", "$unit"), "mine.toml", "sizes", "'unit'")
        self.refused(good.replace('kind = "cases"', 'kind = "pie"'), "kind = 'pie'", "curve, map, cases")
        self.refused(good.replace('kind = "cases"', 'kind = "map"'), "'map' needs 'x'")
        self.refused(MINE.format(more="last_epoch = 2"), "'last_epoch'", "last_epochs")
        self.refused(good.replace("forms.short", "forms.long"), "no form 'short'", "long")
        self.refused(good.replace("units = 3", "units = 0"), "train out/runs/", "network.layers[0].units: 0 must lie in")
        self.assertEqual(self.study("absent.toml").returncode, 1)


if __name__ == "__main__":
    support.main()
