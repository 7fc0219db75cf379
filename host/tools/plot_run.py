# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Draws a training run from its result file alone: loss, accuracy beside float32, saturation per slice.

Usage: plot_run.py RESULT.h5 PICTURE.png
"""
import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator

INK = "#1b3a5b"
ACCENT = "#c8553d"
MUTED = "#8a939b"


def draw_loss(axis, epoch):
    axis.plot(epoch["epoch"], epoch["train_loss"], "o-", color=INK, label="training")
    axis.plot(epoch["epoch"], epoch["test_loss"], "s--", color=ACCENT, label="test")
    axis.set(title="Loss", xlabel="epoch")
    axis.set_ylim(bottom=0)
    axis.legend(frameon=False)


def draw_accuracy(axis, epoch, baseline):
    axis.plot(epoch["epoch"], 100 * epoch["test_accuracy"][:], "o-", color=INK, label="emulated devices")
    if baseline is not None:
        axis.plot(baseline["epoch"], 100 * baseline["test_accuracy"][:], "s--", color=MUTED, label="float32")
    axis.set(title="Test accuracy", xlabel="epoch", ylabel="%")
    axis.legend(frameon=False, loc="lower right")


def draw_saturation(axis, layers):
    for index, (name, layer) in enumerate(sorted(layers.items())):
        updates = layer["device_updates"][:].sum(axis=0)
        saturations = layer["saturations"][:].sum(axis=0)
        share = [100 * s / u if u else 0 for s, u in zip(saturations, updates)]
        width = 0.8 / len(layers)
        places = [slice_ + (index + 0.5) * width - 0.4 for slice_ in range(len(share))]
        axis.bar(places, share, width, label=name.replace("_", " "), color=plt.cm.viridis(index / max(len(layers), 2)))
    axis.set(title="Saturated updates per slice", xlabel="slice (0: least significant)", ylabel="% of device updates")
    axis.legend(frameon=False)


def main(result, picture):
    with h5py.File(result, "r") as file:
        metrics = file["metrics"]
        figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
        draw_loss(axes[0], metrics["epoch"])
        draw_accuracy(axes[1], metrics["epoch"], metrics.get("baseline"))
        draw_saturation(axes[2], metrics["layers"])
        for axis in axes:
            axis.spines[["top", "right"]].set_visible(False)
            axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.savefig(picture, dpi=120)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
