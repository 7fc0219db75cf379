#!/usr/bin/python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""accuracy.py: does training on emulated crossbars reach the float32 network? Prints a Markdown table.

Every case is trained with several seeds, each beside its own float32 baseline (same seed, initial weights, order of
examples). The last column is the mean difference in points of test accuracy over the seeds.
"""
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

IDEAL = ["device.law=ideal"]


def labelled(share):
    """Settings of a device whose NeuroSim labels are a share of Ag:a-Si's, with its cycle-to-cycle noise."""
    return ["device.law=exponential", f"device.label_up={2.4 * share}", f"device.label_down={-4.88 * share}",
            "device.write_noise.kind=additive", "device.write_noise.c2c=0.035", "device.write_noise.c2c_pulses=97"]


def cases(arguments):
    """(title, dataset, slicing, settings) of every row: ideal devices, then labels on the first dataset."""
    rows = []
    for dataset in arguments.datasets.split(","):
        for case in arguments.slicings.split(","):
            slicing, method = case.split(":")
            rows.append((f"{dataset}, {slicing}, {method}, ideal", dataset, slicing,
                         [*IDEAL, f"update.method={method}"]))
    dataset = arguments.datasets.split(",")[0]
    for share in (float(text) for text in arguments.labels.split(",") if text):
        title = f"{dataset}, panther-16, opa_streamed, label {2.4 * share:.2f}/{-4.88 * share:.2f}, c2c 3.5 %"
        rows.append((title, dataset, "panther-16", labelled(share)))
    return rows


def configuration(dataset, slicing, arguments):
    return f"""include = "preset:{slicing}"
[data]
dataset = "{dataset}"
[network]
[[network.layers]]
units = {arguments.hidden}
activation = "relu"
[[network.layers]]
units = 10
[training]
epochs = {arguments.epochs}
learning_rate = {arguments.learning_rate}
schedule = "cosine"
baseline = true
[crs]
every = 64
"""


def train(folder, index, dataset, slicing, settings, seed, arguments):
    config = Path(folder) / f"{index}-{seed}.toml"
    config.write_text(configuration(dataset, slicing, arguments))
    command = [arguments.panther, "train", str(config), "--json", "--threads", "1", "--seed", str(seed), "-o",
               str(Path(folder) / f"{index}-{seed}.h5")]
    for setting in settings:
        command += ["--set", setting]
    for data in arguments.data:
        command += ["--data", data]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


def report(title, results):
    emulated = [100 * result["test_accuracy"] for result in results]
    baseline = [100 * result["baseline_test_accuracy"] for result in results]
    saturated = 100 * sum(r["saturations"] for r in results) / max(sum(r["device_updates"] for r in results), 1)
    seconds = statistics.mean(result["wall_s"] for result in results)
    difference = statistics.mean(emulated) - statistics.mean(baseline)
    print(f"| {title} | {statistics.mean(emulated):.2f} ({min(emulated):.2f} to {max(emulated):.2f}) "
          f"| {statistics.mean(baseline):.2f} | {difference:+.2f} | {saturated:.3g} | {seconds:.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panther", help="the built program")
    parser.add_argument("--data", action="append", default=[], help="folder of datasets; repeatable")
    parser.add_argument("--datasets", default="fashion-mnist,mnist")
    parser.add_argument("--slicings", default="panther-16:opa_digits,panther-16:opa_streamed,panther-32:opa_streamed",
                        help="slicing:update method, comma-separated")
    parser.add_argument("--labels", default="0.25,0.5,1.0", help="shares of the label 2.4/-4.88; empty for none")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=0.02)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    print("| run | test accuracy, % (range) | float32, % | difference, points | saturated updates, % | s a run |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(arguments.jobs) as pool:
        for index, (title, dataset, slicing, settings) in enumerate(cases(arguments)):
            report(title, list(pool.map(
                lambda seed: train(folder, index, dataset, slicing, settings, seed, arguments),
                range(1, arguments.seeds + 1))))


if __name__ == "__main__":
    main()
