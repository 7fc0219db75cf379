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

    def test_refuses(self):
        self.fails(2, "device", "characterize", "ag-a-si", "--devices", "0", words=["--devices"])
        self.fails(2, "device", "characterize", "ag-a-si", "--pulses", "x", words=["--pulses"])
        self.fails(1, "device", "characterize", "no-such-device", words=["no-such-device"])
        self.fails(1, "device", "characterize", "missing.toml", words=["missing.toml"])
        self.write("wrong.toml", '[device]\nlaw = "exponential"\nalpha_up = -30\n')
        self.fails(1, "device", "characterize", "wrong.toml", words=["wrong.toml", "alpha_up", "[-20, 20]"])


if __name__ == "__main__":
    unittest.main()
