# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the points of a study, and reads what their result files say."""
import hashlib
import itertools
import statistics
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import h5py


@dataclass(frozen=True)
class Outcome:
    """One run, one seed. Accuracies are in percent."""
    accuracies: tuple  # of the last epochs
    float32: float     # mean of the last epochs; nan without a baseline
    saturated: float   # share of device updates, percent
    seconds: float


@dataclass(frozen=True)
class Summary:
    """One point over its seeds, and over the last epochs if there are several."""
    mean: float
    lowest: float
    highest: float
    float32: float
    saturated: float
    seconds: float


def summary_of(outcomes):
    every = [accuracy for outcome in outcomes for accuracy in outcome.accuracies]
    return Summary(statistics.mean(every), min(every), max(every),
                   statistics.mean(outcome.float32 for outcome in outcomes),
                   statistics.mean(outcome.saturated for outcome in outcomes),
                   statistics.mean(outcome.seconds for outcome in outcomes))


def read_outcome(path, last_epochs):
    with h5py.File(path, "r") as file:
        epoch = file["metrics/epoch"]
        accuracies = 100 * epoch["test_accuracy"][-last_epochs:]
        baseline = file.get("metrics/baseline")
        float32 = 100 * baseline["test_accuracy"][-last_epochs:].mean() if baseline is not None else float("nan")
        updates = sum(layer["device_updates"][:].sum() for layer in file["metrics/layers"].values())
        saturated = 100 * epoch["saturated_slices"][:].sum() / max(updates, 1)
        return Outcome(tuple(map(float, accuracies)), float(float32), float(saturated),
                       float(epoch["train_wall_s"][:].sum()))


class Runner:
    """Runs panther with one thread each, several at a time. What a folder has already is not run again."""

    def __init__(self, program, folder, form, extra, data, jobs):
        self.program = program
        self.folder = Path(folder)
        self.form = form
        self.extra = tuple(extra)
        self.options = list(itertools.chain.from_iterable(("--data", place) for place in data))
        self.jobs = jobs

    def result_of(self, point, seed):
        """Points that are the same run share a file."""
        text = "\n".join((point.configuration, *point.settings, *self.form.settings, *self.extra))
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}-{seed}.h5"

    def run(self, point, seed):
        result = self.result_of(point, seed)
        configuration = result.with_suffix(".toml")
        configuration.write_text(point.configuration)
        command = [self.program, "train", str(configuration), "--resume", "--threads", "1", "--seed", str(seed),
                   "-o", str(result), *self.options]
        for setting in (*point.settings, *self.form.settings, *self.extra):
            command += ["--set", setting]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")

    def run_all(self, study, announce):
        self.folder.mkdir(parents=True, exist_ok=True)
        wanted = {}
        for panel in study.panels:
            for point, seed in itertools.product(panel.points, self.form.seeds):
                wanted.setdefault(self.result_of(point, seed), (panel, point, seed))
        with ThreadPoolExecutor(self.jobs) as pool:
            pending = [(pool.submit(self.run, point, seed), panel, point, seed)
                       for panel, point, seed in wanted.values()]
            try:
                for done, (future, panel, point, seed) in enumerate(pending, 1):
                    future.result()
                    announce(f"{done}/{len(pending)} {panel.title}: {point.name}, seed {seed}")
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def outcomes(self, point):
        return [read_outcome(self.result_of(point, seed), self.form.last_epochs) for seed in self.form.seeds]
