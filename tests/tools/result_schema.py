# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""RESULT_SCHEMA.md as a reader of results takes it: what every dataset of a file has to be."""
import collections
import pathlib
import re

import h5py

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "host" / "base" / "RESULT_SCHEMA.md"
UNDIGESTED = " (not part of the digest)"
# "any": a list of any length, which has no scale
Entry = collections.namedtuple("Entry", "name kind dimensions unit range description")


def sections():
    """{path of a group: {name of a dataset: Entry}}; <name> in a path stands for any name."""
    found = {}
    for line in DOCUMENT.read_text().splitlines():
        if heading := re.fullmatch(r"## `(.*)`", line):
            entries = found.setdefault(heading.group(1), {})
        elif line.startswith("| ") and not line.startswith(("| dataset |", "| --- |")):
            name, kind, dimensions, unit, bounds, doc = (cell.strip() for cell in line[1:-1].split("|"))
            listed = tuple(dimensions.split(", ")) if dimensions else ()
            entries[name] = Entry(name, kind, listed, unit, bounds, doc)
    return found


def section_of(group, documented):
    return next((path for path in documented if re.fullmatch(path.replace("<name>", "[^/]+"), group)), None)


def kind_of(dataset):
    if h5py.check_string_dtype(dataset.dtype):
        return "text"
    return "bool" if dataset.attrs.get("dtype") == "bool" else dataset.dtype.name


def dimensions_of(dataset):
    """The scales along the axes; the first dataset of a table is its own."""
    if h5py.h5ds.is_scale(dataset.id):
        return (dataset.name.rpartition("/")[2],)
    return tuple(axis[0].name.rpartition("/")[2] if len(axis) else "any" for axis in dataset.dims)


def range_of(attributes):
    low, high = attributes.get("minimum"), attributes.get("maximum")
    if low is None or high is None:
        return f"≥ {low:g}" if low is not None else f"≤ {high:g}" if high is not None else ""
    return f"{low:g} … {high:g}"


def as_entry(dataset):
    """What the file itself says of a dataset, in the document's words."""
    attributes = dataset.attrs
    note = UNDIGESTED if attributes.get("excluded_from_digest") else ""
    return Entry(dataset.name.rpartition("/")[2], kind_of(dataset), dimensions_of(dataset), attributes.get("units", ""),
                 range_of(attributes), attributes.get("description", "") + note)


def is_counting_scale(dataset, entries):
    """A dimension of a described dataset, with the coordinates 0, 1, ..."""
    named = any(dataset.name.rpartition("/")[2] in entry.dimensions for entry in entries.values())
    return named and h5py.h5ds.is_scale(dataset.id) and list(dataset) == list(range(len(dataset)))


def differences(file):
    """Where the file and the document disagree; the file is to hold everything that a run can write."""
    documented, found = sections(), []
    missing = {(path, name) for path, entries in documented.items() for name in entries}

    def compare(_, item):
        if not isinstance(item, h5py.Dataset):
            return
        group, _, name = item.name.rpartition("/")
        path = section_of(group, documented)
        entries = documented.get(path, {})
        missing.discard((path, name))
        if name in entries and as_entry(item) != entries[name]:
            found.append(f"{item.name}: {as_entry(item)} in the file, {entries[name]} in the document")
        if name not in entries and item.name not in documented and not is_counting_scale(item, entries):
            found.append(f"{item.name}: not in the document")

    file.visititems(compare)
    return found + [f"{path}/{name}: not in the file" for path, name in sorted(missing)]
