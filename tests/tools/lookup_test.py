#!/usr/bin/env python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Look-up tables: `device tabulate`, `device import`, and training on what they write."""
import hashlib
import math
import random
import signal
import time
import unittest

import support

ROUGH = """
[device]
law = "exponential"
alpha_up = 2
alpha_down = 1
[device.write_noise]
kind = "additive"
sigma = 0.03
[device.spread]
slope = 0.1
"""


def lookup(table, low=0, high=1, tables=1, pulses='"off"'):
    return (f'[device]\nlaw = "lookup"\nfile = "{table}"\nwindow_min = {low}\nwindow_max = {high}\n'
            f'tables = {tables}\npulses = {pulses}\n')


def pulse_trains(devices=3, pulses=40, noise=0.1, seed=5):
    """CSV of exponential devices in uS, 1 to 11: trains up, then down."""
    source = random.Random(seed)
    lines = ["device,pulse,polarity,conductance_uS"]
    for device in range(devices):
        for cycle in range(4):
            x, count = 0.0, 0
            for polarity in ("up", "down"):
                lines += [f"d{device},0,{polarity},{1 + 10 * x}"]
                for pulse in range(1, pulses + 1):
                    step = (1.2 - x if polarity == "up" else -0.2 - x) * 0.04
                    x = min(max(x + step * (1 + noise * source.gauss(0, 1)), 0.0), 1.0)
                    lines += [f"d{device},{pulse},{polarity},{1 + 10 * x}"]
    return "\n".join(lines) + "\n"


class Tabulate(support.ProgramTest):
    def curves(self, name):
        return self.json_of("device", "characterize", name, "--pulses", "64", "--devices", "400", "--json")

    def compare(self, name, pulses, mean, spread):
        """Characterises a device and its table: curves and noise within the bounds."""
        self.succeeds("device", "tabulate", name, "-o", "table.csv", "--pulses", pulses)
        self.write("table.toml", lookup("table.csv", pulses=pulses))
        device, table = self.curves(name), self.curves("table.toml")
        for direction in ("up", "down"):
            for a, b in zip(device[direction]["mean"], table[direction]["mean"]):
                self.assertAlmostEqual(a, b, delta=mean)
        # At the very ends a cell's middle is half a cell away.
        for a, b in list(zip(device["steps"], table["steps"]))[1:-1]:
            self.assertAlmostEqual(a["up"], b["up"], delta=0.04 * abs(a["up"]) + 1e-4)
            self.assertAlmostEqual(a["down"], b["down"], delta=0.04 * abs(a["down"]) + 1e-4)
        self.assertAlmostEqual(device["up"]["cycle_noise"], table["up"]["cycle_noise"], delta=spread)

    def test_a_table_moves_as_the_physical_device(self):
        self.compare("vteam", "64", 0.002, 1e-5)
        self.compare("filament-gap", "64", 0.002, 1e-5)

    def test_noise_is_in_the_table(self):
        self.write("noisy.toml", ROUGH.replace("slope = 0.1", "slope = 0"))
        self.compare("noisy.toml", "64", 0.02, 3e-4)

    def test_spread_is_in_the_quantiles_or_in_a_table_a_device(self):
        self.write("rough.toml", ROUGH)
        self.succeeds("device", "tabulate", "rough.toml", "-o", "one.csv")
        self.succeeds("device", "tabulate", "rough.toml", "-o", "family.csv", "--tables", "40")
        self.write("one.toml", lookup("one.csv", pulses=64))
        self.write("family.toml", lookup("family.csv", tables=40, pulses=64))
        own, one, family = (self.curves(name) for name in ("rough.toml", "one.toml", "family.toml"))
        self.assertEqual(one["up"]["device_spread"], 0, "all devices are alike")
        # 40 of the 400 devices' slopes: the estimate's own deviation is 12 %.
        self.assertAlmostEqual(family["up"]["device_spread"] / own["up"]["device_spread"], 1, delta=0.5)
        self.assertGreater(one["up"]["cycle_noise"], family["up"]["cycle_noise"])

    def test_training_on_a_table_is_reproducible(self):
        self.succeeds("device", "tabulate", "vteam", "-o", "table.csv", "--conductances", "33")
        text = (self.folder / "run.toml").read_text().split("[device]")[0]
        self.write("run.toml", text + lookup("table.csv"))
        self.succeeds("train", "run.toml", "-o", "a.h5", "--threads", "1")
        self.succeeds("train", "run.toml", "-o", "b.h5", "--threads", "2")
        self.assertEqual(self.digest("a.h5"), self.digest("b.h5"))

    def test_a_hidden_state_is_in_no_table(self):
        self.fails(1, "device", "tabulate", "hidden_step", words=("law", "hidden_step", "hidden state"))

    def test_faults_name_key_value_and_what_is_allowed(self):
        self.fails(1, "device", "characterize", self.write("a.toml", lookup("none.csv")),
                   words=("none.csv", "cannot be read: No such file or directory", "device tabulate"))
        self.fails(1, "device", "characterize", self.write("b.toml", lookup("builtin:exponential", tables=9)),
                   words=("tables = 9", "has 4"))
        inverted = lookup("builtin:exponential", 0.8, 0.2)
        self.fails(1, "device", "characterize", self.write("c.toml", inverted), words=("window_max = 0.2", "above"))
        noisy = lookup("builtin:exponential") + '[device.write_noise]\nkind = "additive"\nsigma = 0.1\n'
        self.fails(1, "device", "characterize", self.write("d.toml", noisy),
                   words=("write_noise.kind", "lookup", "off"))


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class ChangedTable(support.ProgramTest):
    """A run is made of its table's content: it goes on with the same, and with no other."""

    epochs = 30
    run_files = ("run.checkpoint.h5", "run.running.h5")

    def setUp(self):
        super().setUp()
        self.succeeds("device", "tabulate", "vteam", "-o", "table.csv", "--conductances", "33", "--tables", "2")
        text = (self.folder / "run.toml").read_text().split("[device]")[0]
        self.write("run.toml", text + lookup("table.csv", tables=2))
        self.table = self.folder / "table.csv"
        self.former = self.table.read_bytes()

    def change_one_number(self):
        """Of the last device's last row; returns the checksum."""
        head, number = self.former.rstrip(b"\n").rsplit(b",", 1)
        self.table.write_bytes(head + b",%r\n" % (float(number) * 1.01))
        return sha256(self.table.read_bytes())

    def rewrite(self):
        self.table.unlink(missing_ok=True)
        self.table.write_bytes(self.former)

    def content(self, *names):
        return [(self.folder / name).read_bytes() for name in names]

    def interrupt(self):
        """Leaves a run that was stopped after its first checkpoint; one that ended before that is tried again."""
        for attempt in range(10):
            process = self.start("train", "run.toml", "--overwrite")
            while process.poll() is None and not (self.folder / "run.checkpoint.h5").exists():
                time.sleep(0.001)
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=60)
            if process.returncode == 1:
                self.assertIn("stopped by SIGTERM", err)
                return
            self.assertEqual(process.returncode, 0, err)
            (self.folder / "run.h5").unlink()
        self.fail("ten runs ended before the signal came")

    def refuses(self, *words):
        self.fails(1, "train", "run.toml", "--resume",
                   words=('device.file = "table.csv"', *words, "--overwrite"))

    def test_an_unfinished_run(self):
        self.succeeds("train", "run.toml", "-o", "whole.h5")
        self.interrupt()
        before = self.content(*self.run_files)
        now = self.change_one_number()
        self.refuses("run.running.h5", f"had SHA-256 {sha256(self.former)}, now it has {now}")
        self.assertEqual(self.content(*self.run_files), before)
        self.rewrite()
        self.succeeds("train", "run.toml", "--resume")
        self.assertEqual(self.digest(), self.digest("whole.h5"))

    def test_the_same_content_elsewhere_is_another_configuration(self):
        self.interrupt()
        self.table.rename(self.folder / "moved.csv")
        self.fails(1, "train", "run.toml", "--resume", "--set", "device.file=moved.csv",
                   words=("another configuration", 'file = "table.csv"', 'file = "moved.csv"'))

    def test_a_complete_result(self):
        self.succeeds("train", "run.toml", "--set", "training.epochs=2")
        (self.folder / "run.toml").write_text(
            (self.folder / "run.toml").read_text().replace("epochs = 30", "epochs = 2"))
        score = self.json_of("eval", "run.h5", "--json")
        before = self.content("run.h5")
        now = self.change_one_number()
        self.refuses("run.h5", f"had SHA-256 {sha256(self.former)}, now it has {now}")
        self.assertEqual(self.json_of("eval", "run.h5", "--json"), score, "reads move no device")
        self.table.unlink()
        for command in (("train", "run.toml", "--resume"), ("eval", "run.h5")):
            self.fails(1, *command, words=(command[1], 'table "table.csv" cannot be read: No such file'))
        self.rewrite()
        self.assertIn("is complete", self.succeeds("train", "run.toml", "--resume").err)
        self.assertEqual(self.content("run.h5"), before)


class Import(support.ProgramTest):
    def imported(self, text, *arguments):
        self.write("measured.csv", text)
        self.succeeds("device", "import", "measured.csv", "-o", "table.csv", *arguments)
        return (self.folder / "table.csv").read_text().splitlines()

    def test_changes_are_those_of_the_measured_devices(self):
        lines = self.imported(pulse_trains())
        head = dict(line.split(",", 1) for line in lines[:6])
        self.assertEqual(head["unit"], "S")
        first, last, count = (float(word) for word in head["conductance"].split(","))
        rows = [[float(word) for word in line.split(",")] for line in lines[7:7 + int(head["levels"])]]
        for i in range(int(count)):
            conductance = first + (last - first) * i / (count - 1)
            column = sorted(row[i] for row in rows)
            mean = sum(column) / len(column)
            x = (conductance * 1e6 - 1) / 10
            self.assertAlmostEqual(mean * 1e6, (1.2 - x) * 0.4, delta=0.1 * 0.4 * (1.2 - x))
            deviation = math.sqrt(sum((value - mean) ** 2 for value in column) / len(column))
            self.assertAlmostEqual(deviation / mean, 0.1, delta=0.06)

    def test_a_table_a_device(self):
        lines = self.imported(pulse_trains(), "--per-device")
        self.assertIn("tables,3", lines)
        self.write("family.toml", lookup("table.csv", 0.1, 0.9, 3))
        self.json_of("device", "characterize", "family.toml", "--json")

    def test_faults_are_named(self):
        trains = pulse_trains()
        cases = {
            "nan.csv": (trains.replace("d0,5,up,", "d0,5,up,nan#", 1), ("nan.csv, line", "conductance")),
            "unit.csv": (trains.replace("uS", "ohm", 1), ("unit.csv, line 1", "ohm", "allowed")),
            "one.csv": (trains.replace("down", "up"), ("pulse",)),
        }
        for name, (text, words) in cases.items():
            self.fails(1, "device", "import", self.write(name, text), words=words)
        self.fails(1, "device", "import", self.write("turned.csv", trains.replace(",up,", ",x,").replace(
            ",down,", ",up,").replace(",x,", ",down,")), words=("set 0", "must be positive"))

    def test_holes_are_named(self):
        rows = ["device,pulse,polarity,conductance [uS]"]
        for cycle in range(4):
            rows += [f"a,{pulse},up,{value}" for pulse, value in enumerate((1, 2, 3, 4, 12, 13, 14))]
            rows += [f"a,{pulse},down,{value}" for pulse, value in enumerate((14, 13, 12, 4, 3, 2, 1))]
        self.fails(1, "device", "import", self.write("holes.csv", "\n".join(rows)),
                   words=("holes.csv, set", "within", "bandwidth"))

    def test_tables_of_crosssim(self):
        head = "dG table\n1e-6,2e-6,3e-6,4e-6,5e-6\n0,0.5,1\n"
        rows = lambda sign: "".join(
            ",".join(str(sign * (part + 0.1 * i) * 1e-8) for i in range(5)) + "\n" for part in (1, 2, 3))
        self.write("inc.txt", head + rows(1))
        self.write("dec.txt", head + rows(-1))
        self.succeeds("device", "import", "inc.txt", "--crosssim-reset", "dec.txt", "-o", "table.csv")
        lines = (self.folder / "table.csv").read_text().splitlines()
        self.assertIn("levels,3", lines)
        # Quantiles 1/6, 1/2, 5/6 of changes that grow by 1e-8 each half.
        for line, part in zip(lines[7:10], (4 / 3, 2, 8 / 3)):
            for i, value in enumerate(line.split(",")):
                self.assertAlmostEqual(float(value) * 1e8, part + 0.1 * i, places=5)
        faults = {
            "nan": (head + rows(1).replace("\n2e-08", "\nnan", 1), ("line 5", "field 1", "finite")),
            "short": (head + rows(1).rsplit("\n", 2)[0] + "\n", ("line 6", "ends")),
            "grid": (head.replace("3e-6", "9e-6") + rows(1), ("line 2", "conductance")),
            "cdf": (head.replace("0,0.5,1", "0,0.5,1.5") + rows(1), ("line 3", "probability = 1.5", "[0, 1]")),
            "width": (head + rows(1).replace(",", "", 1), ("line 4",)),
        }
        for name, (text, words) in faults.items():
            self.fails(1, "device", "import", self.write(name, text), "--crosssim-reset", "dec.txt",
                       words=(name, *words))


if __name__ == "__main__":
    support.main()
