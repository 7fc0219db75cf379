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


def columns(group, *names):
    """The columns as arrays: matplotlib cannot index HDF5 datasets."""
    return [group[name][:] for name in names]


def label_epochs(axis, epochs):
    axis.set_xlabel("epoch")
    axis.set_xlim(min(epochs, default=1) - 0.5, max(epochs, default=1) + 0.5)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))


def draw_loss(axis, epoch):
    number, training, test = columns(epoch, "epoch", "train_loss", "test_loss")
    axis.plot(number, training, "o-", color=INK, label="training")
    axis.plot(number, test, "s--", color=ACCENT, label="test")
    axis.set(title="Loss", ylabel="mean loss")
    axis.set_ylim(bottom=0)
    label_epochs(axis, number)
    axis.legend(frameon=False)


def draw_accuracy(axis, epoch, baseline):
    number, accuracy = columns(epoch, "epoch", "test_accuracy")
    axis.plot(number, 100 * accuracy, "o-", color=INK, label="emulated devices")
    if baseline is not None:
        reference_number, reference = columns(baseline, "epoch", "test_accuracy")
        axis.plot(reference_number, 100 * reference, "s--", color=MUTED, label="float32")
    axis.set(title="Test accuracy", ylabel="right answers (%)")
    label_epochs(axis, number)
    axis.legend(frameon=False, loc="lower right")


def draw_saturation(axis, layers):
    for index, (name, layer) in enumerate(sorted(layers.items())):
        updates = layer["device_updates"][:].sum(axis=0)
        saturations = layer["saturations"][:].sum(axis=0)
        share = [100 * s / u if u else 0 for s, u in zip(saturations, updates)]
        width = 0.8 / len(layers)
        places = [slice_ + (index + 0.5) * width - 0.4 for slice_ in range(len(share))]
        color = plt.cm.viridis(0.85 * index / max(len(layers) - 1, 1))
        axis.bar(places, share, width, label=name.replace("_", " "), color=color)
    axis.set(title="Saturated updates by slice", xlabel="slice (0: least significant)",
             ylabel="share of device updates (%)")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.legend(frameon=False)


def main(result, picture):
    with h5py.File(result, "r") as file:
        metrics = file["metrics"]
        figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
        draw_loss(axes[0], metrics["epoch"])
        draw_accuracy(axes[1], metrics["epoch"], metrics.get("baseline"))
        draw_saturation(axes[2], metrics["layers"])
        for axis in axes:
            axis.spines[["top", "right"]].set_visible(False)
            axis.grid(axis="y", color="#e6e6e6")
            axis.set_axisbelow(True)
        figure.savefig(picture, dpi=120)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1], sys.argv[2])
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
