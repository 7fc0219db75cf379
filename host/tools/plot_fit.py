# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Draws a fitted device from its result file alone: trains, changes against conductance, residuals.

Usage: plot_fit.py RESULT.h5 PICTURE
"""
import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

UP = "#1b3a5b"
DOWN = "#c8553d"
MUTED = "#8a939b"
PREFIXES = ((1.0, "S"), (1e-3, "mS"), (1e-6, "µS"), (1e-9, "nS"), (1e-12, "pS"))


def columns(group, *names):
    """The columns as arrays; truth values are stored as bytes."""
    return [group[name][:].astype(bool) if name == "up" and group[name].dtype.kind != "f" else group[name][:]
            for name in names]


class Scale:
    """From parts of the window to the measure of the axis."""

    def __init__(self, fit):
        low, high = fit["g_min"][()], fit["g_max"][()]
        self.size, self.unit = 1.0, "window"
        if fit["unit"][()].decode() == "S":
            self.size, self.unit = next((p for p in PREFIXES if high >= p[0]), PREFIXES[-1])
        self.low, self.width = low / self.size, (high - low) / self.size

    def place(self, part):
        return self.low + self.width * part

    def label(self, what):
        return f"{what} ({self.unit})" if self.unit != "window" else f"{what} (windows)"


def draw_trains(axis, fit, scale):
    train, up, pulse, conductance = columns(fit["measured"], "train", "up", "pulse", "conductance")
    for number in np.unique(train)[:200]:
        own = train == number
        color = UP if up[own][0] else DOWN
        axis.plot(pulse[own], scale.place(conductance[own]), color=color, linewidth=0.6, alpha=0.25)
    pulses, rise, fall = columns(fit["law_curves"], "pulse", "up", "down")
    axis.plot(pulses, scale.place(rise), color=UP, linewidth=2, label="law, up")
    axis.plot(pulses, scale.place(fall), color=DOWN, linewidth=2, linestyle="--", label="law, down")
    axis.set(title="Trains", xlabel="pulse", ylabel=scale.label("conductance"))


def draw_changes(axis, fit, scale):
    up, conductance, change = columns(fit["pulses"], "up", "conductance", "change")
    at, rise, fall = columns(fit["law_changes"], "conductance", "up", "down")
    for mask, law, color, style, name in ((up, rise, UP, "-", "up"), (~up, fall, DOWN, "--", "down")):
        axis.plot(scale.place(conductance[mask]), scale.width * change[mask], ".", color=color, markersize=2.5,
                  alpha=0.3, rasterized=True)
        axis.plot(scale.place(at), scale.width * law, style, color=color, linewidth=2, label=f"law, {name}")
    axis.axhline(0, color=MUTED, linewidth=0.8)
    low, high = np.percentile(scale.width * change, [0.5, 99.5])
    margin = 0.25 * (high - low)
    axis.set_ylim(low - margin, high + margin)
    axis.set(title="Change of a pulse", xlabel=scale.label("conductance before"), ylabel=scale.label("change"))


def draw_residuals(axis, fit, scale):
    up, conductance, residual = columns(fit["pulses"], "up", "conductance", "residual")
    for mask, color, aside in ((up, UP, -0.01), (~up, DOWN, 0.01)):
        axis.plot(scale.place(conductance[mask]), residual[mask], ".", color=color, markersize=2.5, alpha=0.3,
                  rasterized=True)
        places = np.linspace(0, 1, 11)
        for low, high in zip(places, places[1:]):
            own = mask & (conductance >= low) & (conductance < high)
            if own.sum() >= 5:
                error = residual[own].std() / np.sqrt(own.sum())
                axis.errorbar(scale.place((low + high) / 2 + aside), residual[own].mean(), 2 * error, fmt="o", color=color,
                              markersize=4, capsize=2)
    axis.axhline(0, color=MUTED, linewidth=0.8)
    axis.set_ylim(-4.5, 4.5)
    axis.set(title="Residuals, with their local means", xlabel=scale.label("conductance before"),
             ylabel="standard deviations")


def draw_distribution(axis, fit):
    residual = fit["pulses"]["residual"][:]
    axis.hist(residual, bins=np.linspace(-4.5, 4.5, 37), density=True, color=MUTED, alpha=0.5, label="residuals")
    z = np.linspace(-4.5, 4.5, 200)
    axis.plot(z, np.exp(-z * z / 2) / np.sqrt(2 * np.pi), color=UP, linewidth=2, label="normal")
    axis.set(title="Distribution of residuals", xlabel="standard deviations", ylabel="density")


def main(result, picture):
    with h5py.File(result, "r") as file:
        fit = file["fit"]
        scale = Scale(fit)
        figure, axes = plt.subplots(2, 2, figsize=(10, 7.4), layout="constrained")
        draw_trains(axes[0, 0], fit, scale)
        draw_changes(axes[0, 1], fit, scale)
        draw_residuals(axes[1, 0], fit, scale)
        draw_distribution(axes[1, 1], fit)
        for axis in axes.flat:
            axis.spines[["top", "right"]].set_visible(False)
            if axis.get_legend_handles_labels()[0]:
                axis.legend(frameon=False)
        text = "{} fitted to {}: {} devices, {} of {} pulses".format(
            *(fit[name][()].decode() for name in ("law", "source")),
            *(fit[name][()] for name in ("devices", "pulses_used", "pulses_measured")))
        figure.suptitle(text, fontsize=11)
        figure.savefig(picture, dpi=120)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1], sys.argv[2])
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
