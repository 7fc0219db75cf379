#!/usr/bin/python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""neurosim_flow.py: MLP+NeuroSim's MNIST training in plain numpy, shares no code with panther. Prints a Markdown table.

What `./panther study neurosim-mnist` is compared with: 400-100-10 on images of 20x20 bits, a device a weight, 8000 drawn
images an epoch; pulse counts, curves and noise as Chen et al. (IEEE TCAD 37(12), 2018) and their program have them. The
program reads a sum and its reference by converters of 8 bits over the largest sum, each truncated; --sums exact leaves
them out, as the study does.
"""
import argparse
import gzip
import tomllib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
HIDDEN, CLASSES, EPOCH = 100, 10, 8000
RATES = (0.4, 0.2)


def read_idx(folder, name, header):
    return np.frombuffer(gzip.open(folder / f"{name}.gz").read(), np.uint8, offset=header)


def images(folder, part):
    pixels = read_idx(folder, f"{part}-images-idx3-ubyte", 16).reshape(-1, 28, 28)[:, 4:24, 4:24]
    return (pixels.reshape(len(pixels), -1) > 127).astype(np.float64), read_idx(folder, f"{part}-labels-idx1-ubyte", 8)


def rate_of_label(label):
    """P / A of the label: its curve is label / 0.07 / sqrt(2) away from the straight line, by bisection."""
    low, high = 1e-6, 200.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        a, c = 1 / middle, -np.expm1(-middle)
        low, high = (middle, high) if 1 / c - a + a * np.log(a * c) < 0.07 * np.sqrt(2) * abs(label) else (low, middle)
    return np.copysign(low, label)


class Curve:
    """G(x) = B (1 - exp(-x / A)) of P pulses, G from 0 to 1."""

    def __init__(self, label, pulses):
        self.pulses, self.rate = pulses, rate_of_label(label)
        self.top = -1 / np.expm1(-self.rate)

    def after(self, conductance, pulses):
        left = np.maximum(1 - conductance / self.top, 1e-300)
        return self.top * (1 - left * np.exp(-self.rate * pulses / self.pulses))


class Array:
    """Devices of one layer; a weight is 2 G - 1."""

    def __init__(self, device, shape, generator):
        self.up, self.down = Curve(device["up"], device["pulses_up"]), Curve(device["down"], device["pulses_down"])
        self.noise, self.generator = device["c2c"], generator
        self.conductance = generator.integers(0, 7, shape) / 6

    def weights(self):
        return 2 * self.conductance - 1

    def write(self, rows, change):
        """Adds `change` (of weights) to these rows by whole pulses."""
        per_window = np.where(change > 0, self.up.pulses, self.down.pulses)
        pulses = np.floor(np.abs(change) / 2 * per_window + 0.5)
        at = np.nonzero(pulses)
        old, count, rising = self.conductance[rows][at], pulses[at], change[at] > 0
        new = np.where(rising, self.up.after(old, count), self.down.after(old, -count))
        new += self.noise * np.sqrt(count) * self.generator.standard_normal(count.size)
        self.conductance[rows[at[0]], at[1]] = np.clip(new, 0, 1)


def sums(bits, weights, truncated):
    """What the reference leaves of the currents: half the products."""
    half = 0.5 * bits @ weights
    if not truncated:
        return half
    step = weights.shape[0] / 255
    reference = 0.5 * bits.sum(axis=-1, keepdims=True)
    return step * (np.floor((half + reference) / step) - np.floor(reference / step))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward(bits, arrays, truncated):
    hidden = sigmoid(sums(bits, arrays[0].weights(), truncated))
    return hidden, sigmoid(sums((hidden >= 0.5).astype(np.float64), arrays[1].weights(), truncated))


def learn(bits, label, arrays, truncated):
    hidden, output = forward(bits, arrays, truncated)
    slope = 2 * output * (1 - output) * (output - (np.arange(CLASSES) == label))
    inner = hidden * (1 - hidden) * (arrays[1].weights() @ slope)
    rows = np.nonzero(bits)[0]
    arrays[0].write(rows, np.tile(-RATES[0] * inner, (rows.size, 1)))
    arrays[1].write(np.arange(HIDDEN), -RATES[1] * np.outer(hidden, slope))


def accuracies(device, data, arguments):
    (train, labels), (test, truth) = data
    generator = np.random.default_rng(arguments.seed)
    arrays = [Array(device, (400, HIDDEN), generator), Array(device, (HIDDEN, CLASSES), generator)]
    truncated = arguments.sums == "truncated"
    for _ in range(arguments.epochs):
        for image in generator.integers(0, len(labels), EPOCH):
            learn(train[image], labels[image], arrays, truncated)
        yield 100 * np.mean(forward(test, arrays, truncated)[1].argmax(axis=1) == truth)


def device_of(case):
    table = tomllib.loads((ROOT / f"host/presets/devices/{case['name']}.toml").read_text())["device"]
    return {"up": table["label_up"], "down": table["label_down"], "c2c": table["write_noise"]["c2c"],
            "pulses_up": case["up"], "pulses_down": case["down"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the four files of MNIST")
    parser.add_argument("--sums", choices=["truncated", "exact"], default="truncated")
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    study = tomllib.loads((ROOT / "host/studies/neurosim-mnist.toml").read_text())
    data = images(arguments.data, "train"), images(arguments.data, "t10k")
    print(f"| device | mean of the last two fifths of the epochs, sums {arguments.sums} | range |\n|---|---|---|")
    for case in study["panels"][0]["cases"]:
        found = list(accuracies(device_of(case), data, arguments))
        last = found[-max(1, 2 * len(found) // 5):]
        print(f"| {case['name']} | {np.mean(last):.1f} | {min(last):.1f} to {max(last):.1f} |", flush=True)


if __name__ == "__main__":
    main()
