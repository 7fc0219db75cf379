#!/usr/bin/env python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""`device fit` as its users see it: emulated trains in, a preset that the program takes back out."""
import json
import unittest

import support

try:
    import h5py
except ImportError:
    h5py = None

DEVICE = """
[device]
law = "linear_step"
dw_min = 0.03
up_down = 0.2
gamma_up = 0.4
gamma_down = 0.7
[device.write_noise]
kind = "additive"
sigma = 0.02
[device.spread]
slope = 0.1
"""
HEADER = "device,pulse,polarity,conductance_uS\n"


class Fit(support.ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("truth.toml", DEVICE)
        self.succeeds("device", "characterize", "truth.toml", "--devices", "12", "--pulses", "40", "--trains", "t.csv")

    def test_picks_the_law_and_writes_a_preset_that_works(self):
        found = self.json_of("device", "fit", "t.csv", "--pick", "bic", "-o", "mine.toml", "--json")
        self.assertEqual((found["law"], found["criterion"], found["devices"]), ("linear_step", "bic", 12))
        numbers = {row["key"]: row for row in found["numbers"]}
        # Six numbers of 95 %: one may miss; the seed is fixed.
        truth = {"dw_min": 0.03, "up_down": 0.2, "gamma_up": 0.4, "gamma_down": 0.7, "write_noise.sigma": 0.02,
                 "spread.slope": 0.1}
        held = [numbers[key]["low"] <= value <= numbers[key]["high"] for key, value in truth.items()]
        self.assertGreaterEqual(sum(held), 5, numbers)
        for row in found["numbers"]:
            ends = [row[name] for name in ("low_99", "low", "value", "high", "high_99")]
            self.assertEqual(ends, sorted(ends), "an interval of 99 % holds that of 95 %")
            self.assertLess(ends[0], ends[-1])
        self.assertEqual(found["write_noise"], "additive")
        text = (self.folder / "mine.toml").read_text()
        self.assertEqual(text, found["preset"])
        self.assertIn("fitted to t.csv: 12 devices, 24 trains", text)
        curves = [self.json_of("device", "characterize", name, "--json", "--devices", "50", "--pulses", "40")["up"]["mean"]
                  for name in ("mine.toml", "truth.toml")]
        self.assertLess(max(abs(a - b) for a, b in zip(*curves)), 0.08, "as pulses, not as requests")
        self.write("trained.toml", 'include = "mine.toml"\n' + (self.folder / "run.toml").read_text().split("[device]")[0])
        self.succeeds("train", "trained.toml", "--set", "training.epochs=1")
        self.assertIn("linear_step", self.succeeds("device", "fit", "t.csv", "--law", "linear_step").out)
        self.fails(1, "device", "fit", "t.csv", "-o", "mine.toml", words=["mine.toml", "--overwrite"])

    def test_measured_units_give_the_same_law(self):
        rows = (self.folder / "t.csv").read_text().splitlines()[1:]
        scaled = [",".join([*row.split(",")[:3], f"{5 + 45 * float(row.split(',')[3]):.7g}"]) for row in rows]
        self.write("us.csv", HEADER + "\n".join(scaled) + "\n")
        found = self.json_of("device", "fit", "us.csv", "--law", "linear_step", "--window", "5:50", "--json")
        reference = self.json_of("device", "fit", "t.csv", "--law", "linear_step", "--json")
        self.assertAlmostEqual(found["g_max"] / 50e-6, 1, places=6)
        self.assertIn("on_off_ratio = 10", self.preset_or_default(found["preset"]))
        for ours, theirs in zip(found["numbers"], reference["numbers"]):
            self.assertEqual(ours["key"], theirs["key"])
            self.assertAlmostEqual(ours["value"] / theirs["value"], 1, delta=0.02, msg=ours["key"])

    @staticmethod
    def preset_or_default(text):
        return text if "on_off_ratio" in text else text + "on_off_ratio = 10 (the default)"

    def test_result_and_picture(self):
        if h5py is None:
            self.skipTest("h5py is not installed")
        found = self.json_of("device", "fit", "t.csv", "--law", "linear_step", "--result", "fit.h5", "--plot", "fit.png",
                             "--json")
        with h5py.File(self.folder / "fit.h5", "r") as file:
            self.assertEqual(file["fit/aic"][()], found["aic"])
            self.assertEqual(list(file["fit/numbers/value"]), [row["value"] for row in found["numbers"]])
            self.assertEqual(len(file["fit/pulses/residual"]), found["pulses_used"])
            self.assertEqual(file["fit/pulses/change"].attrs["units"], "window")
            self.assertEqual(file["config"][()].decode(), found["preset"])
        self.assertTrue((self.folder / "fit.png").read_bytes().startswith(b"\x89PNG"))

    def test_refuses(self):
        fit = ("device", "fit", "t.csv")
        self.fails(2, *fit, "--law", "ideal", "--pick", "aic", words=["--law and --pick"])
        self.fails(2, *fit, "--pick", "best", words=["--pick best", "aic, bic or cv"])
        self.fails(2, *fit, "--window", "2:1", words=["LOW must be below HIGH"])
        self.fails(2, *fit, "--window", "2", words=["LOW:HIGH"])
        self.fails(1, *fit, "--law", "hidden_step", "--free", "dw_min", words=["hidden_step", "not fitted"])
        self.fails(1, *fit, "--law", "linear", words=["linear", "linear_step"])
        self.fails(1, *fit, "--law", "linear_step", "--free", "gama_up", words=["gama_up", "did you mean 'gamma_up'"])
        self.fails(1, *fit, "--law", "linear_step", "--fix", "gamma_up=11", words=["gamma_up", "[-10, 10]"])
        self.fails(1, *fit, "--law", "linear_step", "--fix", "read_noise.line=1", words=["read_noise.line", "allowed"])
        self.fails(1, *fit, "--law", "linear_step", "--free", "w_max", words=["do not determine", "w_max"])
        self.fails(1, *fit, "--law", "exponential", "--free", "g_min", "--free", "g_max",
                   words=["do not determine", "g_m"])

    def test_refuses_tables(self):
        def refused(text, *words):
            self.write("bad.csv", text)
            self.fails(1, "device", "fit", "bad.csv", "--law", "linear_step", words=["bad.csv", *words])

        refused(HEADER + "A,0,up,1\nA,1,up,nan\n", "line 3", "conductance_uS", "nan")
        refused(HEADER + "A,0,up,1\nA,1,up,2\n", "pulses")
        rows = [f"A,{i},up,{1 + i}" for i in range(60)] + [f"A,{i},down,{60 - i}" for i in range(60)]
        swapped = [row.replace("up", "x").replace("down", "up").replace("x", "down") for row in rows]
        refused(HEADER + "\n".join(swapped), "polarities")
        refused(HEADER + "\n".join(rows[:60]), "do not determine")


if __name__ == "__main__":
    unittest.main()
