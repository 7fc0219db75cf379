#!/usr/bin/python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a study: every point of its description with every seed, then a table (table.md), the single runs (runs.csv) and
a picture (picture.png). A study that was stopped goes on where it stood; one that is complete is only drawn again.
"""
import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent


def studies():
    return sorted(path.stem for path in HERE.glob("*.toml"))


def arguments():
    parser = argparse.ArgumentParser(prog="panther study", description=__doc__)
    parser.add_argument("study", help=f"{', '.join(studies())}, or a file of your own")
    parser.add_argument("--form", default="short", help="short (default), full, or another of the description's")
    parser.add_argument("--seeds", type=int, help="so many seeds, from 1, instead of the form's")
    parser.add_argument("-o", "--output", help="folder of results; default: study-NAME-FORM, here")
    parser.add_argument("--panther", default=os.environ.get("PANTHER_PROGRAM", "panther"), help="the built program")
    parser.add_argument("--data", action="append", default=[], help="folder of datasets; repeatable")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings",
                        help="laid over every configuration of the study; repeatable")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time; default: one a core")
    return parser.parse_args()


def main():
    from description import read_study
    from report import draw, table_of, write_csv
    from runs import Runner, summary_of

    given = arguments()
    path = HERE / f"{given.study}.toml" if given.study in studies() else Path(given.study)
    study = read_study(path)
    if given.form not in study.forms:
        raise ValueError(f"{path.name}: no form '{given.form}' (there are: {', '.join(study.forms)})")
    form = study.forms[given.form]
    if given.seeds is not None:
        form = replace(form, seeds=list(range(1, max(given.seeds, 1) + 1)))
    output = Path(given.output or f"study-{study.name}-{given.form}")
    runner = Runner(given.panther, output / "runs", form, given.settings, given.data, given.jobs)
    runner.run_all(study, lambda line: print(line, file=sys.stderr, flush=True))
    points = [point for panel in study.panels for point in panel.points]
    runs = {point: list(zip(form.seeds, runner.outcomes(point))) for point in points}
    summaries = {point: summary_of([run for _, run in runs[point]]) for point in points}
    table = table_of(study, summaries)
    (output / "table.md").write_text(table)
    write_csv(output / "runs.csv", study, runs)
    draw(output / "picture.png", study, summaries)
    print(table)
    print(f"table    {output / 'table.md'}\nruns     {output / 'runs.csv'}\npicture  {output / 'picture.png'}")


if __name__ == "__main__":
    try:
        main()
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(f"panther study: {error}")
    except ModuleNotFoundError as error:
        sys.exit(f"panther study: {error}; needs /usr/bin/python3 with numpy, h5py and matplotlib")
