# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""What a study ends with: a Markdown table, a CSV file and a picture."""
import csv
import math

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

INK = "#1b3a5b"
ACCENT = "#c8553d"
MUTED = "#8a939b"


def number(value, digits=2):
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def table_of(study, summaries):
    """Markdown, one table a panel."""
    lines = [f"## {study.title}"]
    for panel in study.panels:
        axes = [panel.x_label or "case"] + ([panel.y_label] if panel.kind == "map" else [])
        head = axes + ["test accuracy, % (range)", "float32, %", "saturated updates, %", "s a run", *panel.reported]
        lines += ["", f"### {panel.title}", "", f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
        for point in panel.points:
            one = summaries[point]
            cells = [str(point.x), str(point.y)] if panel.kind == "map" else [point.name]
            cells += [f"{one.mean:.2f} ({one.lowest:.2f} to {one.highest:.2f})", number(one.float32),
                      f"{one.saturated:.3g}", number(one.seconds, 1)]
            cells += [str(point.variables.get(variable, "–")) for variable in panel.reported.values()]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def write_csv(path, study, runs):
    """One row a run and epoch counted."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["panel", "point", "seed", "epoch_from_last", "test_accuracy_percent", "float32_percent",
                         "saturated_percent", "train_s"])
        for panel in study.panels:
            for point in panel.points:
                for seed, run in runs[point]:
                    for back, accuracy in enumerate(reversed(run.accuracies)):
                        writer.writerow([panel.title, point.name, seed, back, f"{accuracy:.4f}",
                                         f"{run.float32:.4f}", f"{run.saturated:.6g}", f"{run.seconds:.3f}"])


def draw_curve(axis, panel, summaries):
    """Evenly spaced points: the values of an axis are rarely evenly spaced themselves."""
    places = range(len(panel.points))
    every = [summaries[point] for point in panel.points]
    axis.fill_between(places, [one.lowest for one in every], [one.highest for one in every], color=INK, alpha=0.2,
                      linewidth=0)
    axis.plot(places, [one.mean for one in every], "o-", color=INK, markersize=4)
    if not math.isnan(every[0].float32):
        axis.axhline(every[0].float32, color=MUTED, linestyle="--", linewidth=1)
    axis.set_xticks(places, [point.name for point in panel.points])
    axis.set(xlabel=panel.x_label, ylabel="test accuracy (%)")
    axis.grid(axis="y", color="#e6e6e6")


def draw_map(axis, panel, summaries):
    """Colours of all maps of a study share a scale, from the lowest to the highest mean."""
    means = [summary.mean for summary in summaries.values()]
    middle = (min(means) + max(means)) / 2
    xs = list(dict.fromkeys(point.x for point in panel.points))
    ys = list(dict.fromkeys(point.y for point in panel.points))
    cells = {(point.x, point.y): summaries[point].mean for point in panel.points}
    axis.imshow([[cells[x, y] for x in xs] for y in ys], vmin=min(means), vmax=max(means), cmap="viridis",
                aspect="auto", origin="lower")
    for column, x in enumerate(xs):
        for row, y in enumerate(ys):
            axis.text(column, row, f"{cells[x, y]:.1f}", ha="center", va="center", fontsize=9,
                      color="black" if cells[x, y] > middle else "white")
    axis.set_xticks(range(len(xs)), xs)
    axis.set_yticks(range(len(ys)), ys)
    axis.set(xlabel=panel.x_label, ylabel=panel.y_label)


def draw_cases(axis, panel, summaries):
    places = range(len(panel.points))
    for place, point in zip(places, panel.points):
        one = summaries[point]
        axis.plot([one.lowest, one.highest], [place, place], color=INK, linewidth=5, alpha=0.3)
        axis.plot(one.mean, place, "o", color=INK, label="mean and range here" if place == 0 else None)
    for marker, (column, variable) in zip("xD+", panel.reported.items()):
        found = [(point.variables[variable], place) for place, point in zip(places, panel.points)
                 if variable in point.variables]
        axis.plot(*zip(*found), marker, color=ACCENT, linestyle="", label=column)
    axis.set_yticks(places, [point.name for point in panel.points])
    axis.invert_yaxis()
    axis.set(xlabel="test accuracy (%)", xlim=(0, 100))
    axis.grid(axis="x", color="#e6e6e6")
    axis.legend(frameon=False, fontsize=8)


DRAW = {"curve": draw_curve, "map": draw_map, "cases": draw_cases}


def share_scale(axes):
    low, high = min(axis.get_ylim()[0] for axis in axes), max(axis.get_ylim()[1] for axis in axes)
    for axis in axes:
        axis.set_ylim(low, high)


def draw(path, study, summaries):
    columns = min(len(study.panels), 4 if len(study.panels) > 4 else 2)
    rows = math.ceil(len(study.panels) / columns)
    width, height = {1: (8.5, 4.5), 4: (3.3, 2.9)}.get(columns, (5.2, 4.2))
    figure, grid = plt.subplots(rows, columns, figsize=(width * columns, height * rows), layout="constrained",
                                squeeze=False)
    axes = list(grid.flat)
    for axis, panel in zip(axes, study.panels):
        DRAW[panel.kind](axis, panel, summaries)
        axis.set_title(panel.title, fontsize=10)
        axis.set_axisbelow(True)
    share_scale([axis for axis, panel in zip(axes, study.panels) if panel.kind == "curve"] or [axes[0]])
    for axis in axes[len(study.panels):]:
        axis.set_visible(False)
    notes = {"curve": "band: lowest to highest run; dashed: float32", "map": "mean test accuracy, %",
             "cases": "bars: lowest to highest epoch"}
    figure.suptitle(f"{study.title}\n{notes[study.panels[0].kind]}", fontsize=11)
    figure.savefig(path, dpi=110)
