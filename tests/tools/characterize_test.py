#!/usr/bin/env python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""What `device characterize` measures, against the closed forms of CrossSim's asymmetric law."""
import json
import math
import unittest

import support

try:
    import h5py
except ImportError:
    h5py = None

NOISY = """
[device]
law = "exponential"
alpha_up = 1.5
alpha_down = 0.7
[device.write_noise]
kind = "additive"
c2c = 0.001
c2c_pulses = {pulses}
[device.spread]
slope = 0.1
"""


LASTING = """
[device]
law = "ideal"
on_off_ratio = 11.0
rounding = "nearest"
{tables}
"""
CODES = 63 * 1024  # of the window
ZERO = 32 * 1024 / CODES  # where level 0 is


def normal_part(z):
    """Share of a normal distribution below z."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def branch(alpha, part):
    """Part of the window covered after a part of the pulses, and the branch's asymptote."""
    asymptote = 1 / -math.expm1(-alpha)
    return asymptote * -math.expm1(-alpha * part), asymptote


class Characterize(support.ProgramTest):
    def measured(self, *arguments):
        return json.loads(self.succeeds("device", "characterize", *arguments, "--json").out)

    def test_ideal_devices_step_evenly(self):
        found = self.measured("ideal", "--pulses", "50", "--devices", "3")
        for pulse in range(51):
            self.assertAlmostEqual(found["up"]["mean"][pulse], pulse / 50, delta=50 / 65536)
            self.assertAlmostEqual(found["down"]["mean"][pulse], 1 - pulse / 50, delta=50 / 65536)
        self.assertLess(max(found["up"]["std"] + found["down"]["std"]), 50 / 65536, "rounding alone")
        self.assertEqual(found["up"]["pulses_to_95_percent"], 48)
        self.assertIsNone(found["symmetry_point"], "every point is one")

    def test_curves_have_the_closed_form(self):
        self.write("curved.toml", '[device]\nlaw = "exponential"\nalpha_up = 1.5\nalpha_down = 0.7\n')
        found = self.measured("curved.toml", "--pulses", "64", "--devices", "2")
        for pulse in range(65):
            self.assertAlmostEqual(found["up"]["mean"][pulse], branch(1.5, pulse / 64)[0], delta=64 / 65536)
            self.assertAlmostEqual(1 - found["down"]["mean"][pulse], branch(0.7, pulse / 64)[0], delta=64 / 65536)
        rise, fall = -math.expm1(-1.5 / 64), -math.expm1(-0.7 / 64)
        top, bottom = branch(1.5, 1)[1], branch(0.7, 1)[1]
        for step in found["steps"]:
            at = step["conductance"]
            self.assertAlmostEqual(step["up"], (top - at) * rise, delta=2e-6)
            self.assertAlmostEqual(step["down"], -(bottom - (1 - at)) * fall, delta=2e-6)
        balance = (top * rise - (bottom - 1) * fall) / (rise + fall)
        self.assertAlmostEqual(found["symmetry_point"], balance, delta=1e-3)

    def test_a_hidden_state_makes_a_staircase(self):
        self.write("stairs.toml", '[device]\nlaw = "hidden_step"\ndw_min = 0.012\nhidden_states = 4\n'
                                  'hidden_dtod = 0.0\nhidden_up_down_dtod = 0.0\n')
        found = self.measured("stairs.toml", "--pulses", "100", "--devices", "2")
        for pulse in range(101):  # four pulses reach 1, the fifth passes it
            stair = pulse // 5 * 4 / 100
            self.assertAlmostEqual(found["up"]["mean"][pulse], stair, delta=20 / 65536)
            self.assertAlmostEqual(1 - found["down"]["mean"][pulse], stair, delta=20 / 65536)
        for step in found["steps"]:
            self.assertAlmostEqual(step["up"], 0.8 / 100, delta=1e-4, msg="on average")
        self.assertLess(found["up"]["cycle_noise"], 1 / 65536, "the steps are the law's")

    def test_noise_and_spread_are_those_of_the_configuration(self):
        # 64,000 pulses: the estimate's own deviation is 0.3 %; rounding to codes adds 0.1 %, and the
        # bound that a train starts at takes half of the first pulses' noise.
        self.write("noisy.toml", NOISY.format(pulses=64))
        found = self.measured("noisy.toml", "--pulses", "64", "--devices", "1000")
        for side in ("up", "down"):
            self.assertAlmostEqual(found[side]["cycle_noise"], 0.001, delta=0.00002)
        # Half a train of 1.5: d/ds of (1 - e^(-0.75 s)) / (1 - e^-1.5) at s = 1, for a slope that
        # varies by 10 %; 1,000 devices estimate it within 2.3 % at one sigma.
        expected = 0.1 * 0.75 * math.exp(-0.75) * branch(1.5, 1)[1]
        self.assertAlmostEqual(found["up"]["device_spread"] / expected, 1, delta=0.12)

    def test_repeats_and_depends_on_the_seed(self):
        self.write("noisy.toml", NOISY.format(pulses=64))
        first = self.measured("noisy.toml", "--devices", "20")
        self.assertEqual(first, self.measured("noisy.toml", "--devices", "20"))
        self.assertNotEqual(first["up"], self.measured("noisy.toml", "--devices", "20", "--seed", "2")["up"])

    def test_every_device_can_be_characterized(self):
        listed = json.loads(self.succeeds("device", "list", "--json").out)
        for entry in listed["laws"] + listed["presets"]:
            found = self.measured(entry["name"], "--devices", "20")
            for side, sign in (("up", 1), ("down", -1)):
                mean = found[side]["mean"]
                self.assertTrue(all(0 <= value <= 1 for value in mean), entry["name"])
                self.assertGreater(sign * (mean[-1] - mean[0]), 0.01, entry["name"])
        self.assertIn("symmetry point", self.succeeds("device", "characterize", "ag-a-si").out)

    def test_states_and_changes_are_counted(self):
        self.write("noisy.toml", NOISY.format(pulses=64))
        found = self.measured("noisy.toml", "--pulses", "64", "--devices", "100")
        for side in ("up", "down"):
            train = found[side]
            way = abs(train["mean"][-1] - train["mean"][0])
            self.assertAlmostEqual(train["states_by_noise"], way / train["cycle_noise"], places=9)
            self.assertAlmostEqual(train["states_by_step"], way / train["mean_step"], places=9)
            counts = [sum(place[side]) for place in found["changes"]["places"]]
            self.assertEqual(sum(counts), 100 * 64, "every pulse once")
            # The mean change of a class is the nominal step, within its width and five deviations.
            largest = found["changes"]["largest_change"]
            place = found["changes"]["places"][10]
            middle = [largest * (2 * (i + 0.5) / 41 - 1) for i in range(41)]
            mean = sum(m * n for m, n in zip(middle, place[side])) / sum(place[side])
            step = next(s for s in found["steps"] if abs(s["conductance"] - 0.55) < 1e-9)[side]
            self.assertAlmostEqual(mean, step, delta=2 * largest / 41)
        self.assertIsNone(self.measured("ideal")["up"]["states_by_noise"])

    def lasting(self, tables, *arguments):
        self.write("lasting.toml", LASTING.format(tables=tables))
        return self.measured("lasting.toml", "--pulses", "2", *arguments)

    def test_retention_has_the_closed_form(self):
        found = self.lasting("[device.retention]\nlifetime_s = 1000\nrest = -0.2\n", "--devices", "3",
                             "--retention-s", "5000")
        self.assertIsNone(found["endurance"])
        rows, rest = found["retention"], ZERO - 0.2
        self.assertEqual(sorted({row["start"] for row in rows}), [0.1, 0.5, 0.9])
        self.assertEqual([row["time_s"] for row in rows[:2]] + [rows[-1]["time_s"]], [0, 1, 5000])
        for row in rows:
            left = rest + (row["start"] - rest) * math.exp(-row["time_s"] / 1000)
            self.assertAlmostEqual(row["median"], left, delta=1.1 / CODES)
            self.assertEqual(row["low"], row["high"])

    def test_retention_spreads_with_the_exponents_of_drift(self):
        devices = 3000
        found = self.lasting('[device.retention]\ndrift = "power"\nnu = 0.05\nnu_spread = 0.3\nonset_s = 2.0\n',
                             "--devices", str(devices))
        self.assertEqual([found["retention"][i]["time_s"] for i in (1, 25)], [2, 1e6])
        z = 0.994458  # what 16 % of a normal distribution lie beyond
        # Five deviations of an empirical quantile, in deviations of the exponents.
        error = 5 * math.sqrt(0.25 / devices) / 0.243
        for row in found["retention"]:
            def left(deviations):
                nu = 0.05 * (1 + 0.3 * deviations)
                return (row["start"] + 0.1) * ((row["time_s"] + 2) / 2) ** -nu - 0.1
            for name, deviations in (("median", 0), ("low", z), ("high", -z)):
                self.assertGreater(row[name], max(left(deviations + error), 0) - 1.1 / CODES, (name, row))
                self.assertLess(row[name], max(left(deviations - error), 0) + 1.1 / CODES, (name, row))

    def test_programming_scatters_what_is_retained(self):
        found = self.lasting('[device.retention]\nlifetime_s = 1000\n[device.programming]\nmodel = "custom"\n'
                             'coefficients = [0.02]\n', "--devices", "2000")
        for row in found["retention"]:
            wide = 0.02 * 1.1 * math.exp(-row["time_s"] / 1000)  # G_max is 1.1 windows
            spread = (row["high"] - row["low"]) / (2 * 0.994458)
            self.assertAlmostEqual(spread, wide, delta=0.12 * wide + 1 / CODES, msg=str(row))

    def test_programming_alone_is_seen_before_any_time(self):
        rows = self.lasting('[device.programming]\nmodel = "custom"\ncoefficients = [0.02]\n', "--devices", "2000",
                            "-o", "programmed.h5", "--plot", "programmed.svg")["retention"]
        self.assertEqual([(row["start"], row["time_s"]) for row in rows], [(0.1, 0), (0.5, 0), (0.9, 0)])
        for row in rows:
            self.assertAlmostEqual((row["high"] - row["low"]) / (2 * 0.994458), 0.022, delta=0.12 * 0.022, msg=str(row))

    def test_endurance_has_the_closed_form(self):
        devices = 2000
        found = self.lasting('[device.endurance]\ncount = "steps"\nonset_writes = 1e3\ntop_per_decade = 0.2\n'
                             "bottom_per_decade = 0.1\nfailure_writes = 1e5\nfailure_spread = 0.5\n"
                             "failed_level = 1.0\n", "--devices", str(devices))
        self.assertIsNone(found["retention"])
        rows = found["endurance"]
        self.assertEqual(rows[0]["writes"], 1)
        for row in rows:
            decades = max(math.log10(row["writes"] / 1e3), 0)
            low, high = 0.1 * decades, 1 - 0.2 * decades
            part = normal_part((math.log10(row["writes"]) - 5) / 0.5)
            self.assertAlmostEqual(row["failed"], part, delta=5 * math.sqrt(0.25 / devices))
            if row["failed"] < 0.45:
                self.assertAlmostEqual(row["top"], high, delta=2 / CODES)
                self.assertAlmostEqual(row["bottom"], low, delta=2 / CODES)
                self.assertAlmostEqual(row["median"], high - low, delta=4 / CODES)
            elif row["failed"] > 0.55:
                self.assertEqual((row["top"], row["bottom"], row["median"]), (1, 1, 0))
        self.assertGreater(rows[-1]["failed"], 0.9)

    def test_endurance_follows_a_curve(self):
        rows = self.lasting('[device.endurance]\ncount = "updates"\ncurve_writes = [10.0, 1e4, 1e6]\n'
                            "curve_top = [1.0, 0.8, 0.5]\ncurve_bottom = [0.0, 0.1, 0.4]\n",
                            "--devices", "5")["endurance"]
        self.assertEqual(rows[-1]["writes"], 1000000, "the last node")
        for row in rows:
            decades = math.log10(row["writes"])
            first, second = min(max((decades - 1) / 3, 0), 1), min(max((decades - 4) / 2, 0), 1)
            self.assertAlmostEqual(row["top"], 1 - 0.2 * first - 0.3 * second, delta=2 / CODES)
            self.assertAlmostEqual(row["bottom"], 0.1 * first + 0.3 * second, delta=2 / CODES)

    @unittest.skipIf(h5py is None, "h5py is not installed")
    def test_result_file_has_retention_and_endurance_of_the_json(self):
        self.write("lasting.toml", LASTING.format(
            tables="[device.retention]\ndiffusion = 1e-3\n"
                   '[device.endurance]\ncount = "updates"\nfailure_writes = 1e4\nfailure_spread = 1.0\n'))
        found = self.measured("lasting.toml", "--devices", "20", "-o", "device.h5", "--plot", "device.svg")
        with h5py.File(self.folder / "device.h5", "r") as file:
            for section in ("retention", "endurance"):
                for name in found[section][0]:
                    self.assertEqual(file[f"device/{section}/{name}"][:].tolist(),
                                     [row[name] for row in found[section]], (section, name))
        self.assertIn("<svg", (self.folder / "device.svg").read_text())
        self.measured("ideal", "--devices", "2", "-o", "none.h5")
        with h5py.File(self.folder / "none.h5", "r") as file:
            self.assertNotIn("retention", file["device"])
        text = self.succeeds("device", "characterize", "ideal", "--devices", "2").out
        self.assertRegex(text, "retention +none")
        self.assertRegex(text, "endurance +none")

    @unittest.skipIf(h5py is None, "h5py is not installed")
    def test_result_file_has_the_numbers_of_the_json(self):
        found = self.measured("ag-a-si", "--devices", "20", "-o", "device.h5", "--plot", "device.svg")
        with h5py.File(self.folder / "device.h5", "r") as file:
            device = file["device"]
            for side in ("up", "down"):
                self.assertEqual(list(device[f"curves/{side}_mean"]), found[side]["mean"])
                self.assertEqual(list(device[f"curves/{side}_std"]), found[side]["std"])
                self.assertEqual(device[f"{side}/cycle_noise"][()], found[side]["cycle_noise"])
                self.assertEqual(device[f"{side}/states_by_noise"][()], found[side]["states_by_noise"])
                self.assertEqual(device[f"changes/{side}"][:].tolist(),
                                 [place[side] for place in found["changes"]["places"]])
            self.assertEqual(device["symmetry_point"][()], found["symmetry_point"])
            self.assertEqual(device["curves/up_mean"].attrs["units"], "window")
        self.assertIn("<svg", (self.folder / "device.svg").read_text())
        self.fails(1, "device", "characterize", "ideal", "-o", "device.h5", words=["device.h5", "--overwrite"])

    def test_plots_png(self):
        try:
            import matplotlib  # noqa: F401
        except ImportError:
            self.skipTest("matplotlib is not installed")
        self.measured("ag-a-si", "--devices", "5", "-o", "device.h5", "--plot", "device.png")
        picture = (self.folder / "device.png").read_bytes()
        self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
        self.assertGreater(len(picture), 1000, "more than a header")

    def test_refuses(self):
        self.fails(2, "device", "characterize", "ag-a-si", "--devices", "0", words=["--devices"])
        self.fails(2, "device", "characterize", "ag-a-si", "--pulses", "x", words=["--pulses"])
        self.fails(2, "device", "characterize", "capacitor", "--retention-s", "0", words=["--retention-s"])
        self.fails(1, "device", "characterize", "ideal", "--retention-s", "5", words=["--retention-s", "lifetime_s"])
        self.fails(1, "device", "characterize", "no-such-device", words=["no-such-device"])
        self.fails(1, "device", "characterize", "missing.toml", words=["missing.toml"])
        self.write("wrong.toml", '[device]\nlaw = "exponential"\nalpha_up = -30\n')
        self.fails(1, "device", "characterize", "wrong.toml", words=["wrong.toml", "alpha_up", "[-20, 20]"])


if __name__ == "__main__":
    unittest.main()
