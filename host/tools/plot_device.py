# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Draws a characterized device from its result file alone: curves with spread, steps, change maps
and, where there are any, retention and endurance.

Usage: plot_device.py RESULT.h5 PICTURE
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


def columns(group, *names):
    """The columns as arrays: matplotlib cannot index HDF5 datasets."""
    return [group[name][:] for name in names]


def draw_curves(axis, device):
    pulse, *values = columns(device["curves"], "pulse", "up_mean", "up_std", "down_mean", "down_std")
    for (mean, std), color, style, name in ((values[:2], UP, "-", "up"), (values[2:], DOWN, "--", "down")):
        axis.fill_between(pulse, np.maximum(mean - std, 0), np.minimum(mean + std, 1), color=color, alpha=0.2,
                          linewidth=0)
        axis.plot(pulse, mean, style, color=color, linewidth=2, label=name)
    axis.set(title="Trains from the ends (mean, ± std)", xlabel="pulse", ylabel="conductance (windows)",
             ylim=(-0.02, 1.02), xlim=(0, pulse[-1]))
    axis.legend(frameon=False, loc="center right")


def draw_steps(axis, device):
    at, up, down = columns(device["steps"], "conductance", "up", "down")
    axis.plot(at, up, "-", color=UP, linewidth=2, label="up")
    axis.plot(at, -down, "--", color=DOWN, linewidth=2, label="down")
    if "symmetry_point" in device:
        axis.axvline(device["symmetry_point"][()], color=MUTED, linestyle=":", label="symmetry point")
    axis.set(title="Step of a nominal device", xlabel="conductance (windows)", ylabel="size of a step (windows)",
             xlim=(0, 1))
    axis.set_ylim(bottom=0)
    axis.legend(frameon=False)


def draw_map(axis, device, side, color):
    counts = device["changes"][side][:].astype(float)
    largest = device["change_scale/largest_change"][()]
    total = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    palette = matplotlib.colors.LinearSegmentedColormap.from_list("side", ["white", color])
    axis.pcolormesh(np.linspace(0, 1, share.shape[0] + 1), np.linspace(-largest, largest, share.shape[1] + 1),
                    share.T, cmap=palette, vmin=0, vmax=np.quantile(share[share > 0], 0.97), rasterized=True)
    at, step = columns(device["steps"], "conductance", side)
    axis.plot(at, step, color="black", linewidth=1, label="nominal")
    axis.axhline(0, color=MUTED, linewidth=0.8)
    edges = np.linspace(-largest, largest, share.shape[1] + 1)
    seen = np.flatnonzero(share.max(axis=0) > 0.005)
    low, high = min(edges[seen[0]], 0), max(edges[seen[-1] + 1], 0)
    axis.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    axis.set(title=f"Changes by a pulse {side}", xlabel="conductance before (windows)", ylabel="change (windows)")
    axis.legend(frameon=False)


def draw_retention(axis, device):
    start, time, median, low, high = columns(device["retention"], "start", "time_s", "median", "low", "high")
    levels = np.unique(start)
    for level, shade in zip(levels, np.linspace(0.0, 0.5, len(levels))):
        own = (start == level) & (time > 0)
        color = matplotlib.colors.to_rgb(UP)
        color = tuple(part + shade * (1 - part) for part in color)
        axis.fill_between(time[own], low[own], high[own], color=color, alpha=0.2, linewidth=0)
        axis.plot(time[own], median[own], "-", color=color, linewidth=2, label=f"from {level:g}")
        axis.axhline(level, color=MUTED, linestyle=":", linewidth=0.8)
    axis.set(title="Retention (median, 16 to 84 %)", xlabel="time since programming (s)",
             ylabel="conductance (windows)", xscale="log", ylim=(-0.02, 1.12), xlim=(time[time > 0].min(), time.max()))
    axis.legend(frameon=False, loc="upper center", ncols=len(levels), fontsize=8)


def draw_endurance(axis, device):
    writes, top, bottom, median, low, high, failed = columns(device["endurance"], "writes", "top", "bottom", "median",
                                                             "low", "high", "failed")
    axis.fill_between(writes, low, high, color=MUTED, alpha=0.25, linewidth=0)
    axis.plot(writes, median, "-.", color=MUTED, linewidth=1.5, label="width of the window")
    axis.plot(writes, top, "-", color=UP, linewidth=2, label="highest conductance")
    axis.plot(writes, bottom, "--", color=DOWN, linewidth=2, label="lowest conductance")
    axis.plot(writes, failed, ":", color="black", linewidth=1.5, label="share of failed devices")
    axis.set(title="Endurance (medians; width: 16 to 84 %)", xlabel="writes", ylabel="windows, or share of devices", xscale="log",
             ylim=(-0.02, 1.02), xlim=(writes[0], writes[-1]))
    axis.legend(frameon=False, loc="best", fontsize=8)


def main(result, picture):
    with h5py.File(result, "r") as file:
        device = file["device"]
        further = [draw for name, draw in (("retention", draw_retention), ("endurance", draw_endurance))
                   if name in device and (name != "retention" or device["retention/time_s"][:].max() > 0)]
        rows = 3 if further else 2
        figure, axes = plt.subplots(rows, 2, figsize=(10, 3.7 * rows), layout="constrained")
        draw_curves(axes[0, 0], device)
        draw_steps(axes[0, 1], device)
        draw_map(axes[1, 0], device, "up", UP)
        draw_map(axes[1, 1], device, "down", DOWN)
        for axis, draw in zip(axes.flat[4:], further):
            draw(axis, device)
        for axis in axes.flat[4 + len(further):]:
            axis.set_axis_off()
        for axis in axes.flat:
            axis.spines[["top", "right"]].set_visible(False)
        figure.suptitle("{}: {} devices, {} pulses".format(
            device["device"][()].decode(), device["devices"][()], device["pulses"][()]), fontsize=11)
        figure.savefig(picture, dpi=120)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1], sys.argv[2])
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
