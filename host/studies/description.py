# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""A study's description, read from its TOML file; README.md says what stands in it."""
import itertools
import string
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

KINDS = {"curve": ("x",), "map": ("x", "y"), "cases": ("cases",)}
STUDY_KEYS = {"title", "configuration", "forms", "panels"}
FORM_KEYS = {"seeds", "last_epochs", "set"}
PANEL_KEYS = {"kind", "title", "set", "x", "y", "x_label", "y_label", "cases", "reported"}


@dataclass(frozen=True)
class Point:
    """One configuration of a panel: its name, its place, and the settings of its run."""
    name: str
    x: object
    y: object
    configuration: str
    settings: tuple
    variables: dict = field(compare=False)


@dataclass(frozen=True)
class Panel:
    kind: str
    title: str
    x_label: str
    y_label: str
    reported: dict  # column of the table -> variable of the cases
    points: list


@dataclass(frozen=True)
class Form:
    seeds: list
    last_epochs: int
    settings: tuple


@dataclass(frozen=True)
class Study:
    name: str
    title: str
    forms: dict
    panels: list


def require_keys(table, allowed, where):
    unknown = set(table) - allowed
    if unknown:
        raise ValueError(f"{where}: unknown key '{sorted(unknown)[0]}' (known: {', '.join(sorted(allowed))})")


def filled(text, variables, where):
    """The text with $variables replaced. One that is not known is an error."""
    try:
        return string.Template(text).substitute(variables)
    except (KeyError, ValueError) as error:
        raise ValueError(f"{where}: '{text}': no variable {error}") from error


def places_of(panel, where):
    """(name, x, y, variables) of every point of a panel."""
    kind = panel.get("kind", "curve")
    if kind not in KINDS:
        raise ValueError(f"{where}: kind = '{kind}' (must be one of {', '.join(KINDS)})")
    for key in KINDS[kind]:
        if not panel.get(key):
            raise ValueError(f"{where}: a panel of kind '{kind}' needs '{key}'")
    if kind == "cases":
        for index, case in enumerate(panel["cases"]):
            if "name" not in case:
                raise ValueError(f"{where}: case {index + 1} has no 'name'")
            yield case["name"], index, None, dict(case)
    elif kind == "map":
        for x, y in itertools.product(panel["x"], panel["y"]):
            yield f"{x}, {y}", x, y, {"x": x, "y": y}
    else:
        for x in panel["x"]:
            yield str(x), x, None, {"x": x}


def read_panel(panel, configuration, where):
    require_keys(panel, PANEL_KEYS, where)
    points = []
    for name, x, y, variables in places_of(panel, where):
        settings = tuple(filled(text, variables, where) for text in panel.get("set", []))
        points.append(Point(name, x, y, filled(configuration, variables, where), settings, variables))
    return Panel(panel.get("kind", "curve"), panel["title"], panel.get("x_label", ""), panel.get("y_label", ""),
                 panel.get("reported", {}), points)


def read_study(path):
    """Throws ValueError that names the file, the panel and the key."""
    path = Path(path)
    with open(path, "rb") as file:
        table = tomllib.load(file)
    require_keys(table, STUDY_KEYS, path.name)
    for key in ("title", "configuration", "forms", "panels"):
        if key not in table:
            raise ValueError(f"{path.name}: lacks '{key}'")
    forms = {}
    for name, form in table["forms"].items():
        require_keys(form, FORM_KEYS, f"{path.name}, form '{name}'")
        forms[name] = Form(form["seeds"], form.get("last_epochs", 1), tuple(form.get("set", [])))
    panels = [read_panel(panel, table["configuration"], f"{path.name}, panel '{panel.get('title', index + 1)}'")
              for index, panel in enumerate(table["panels"])]
    return Study(path.stem, table["title"], forms, panels)
