# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""`panther demo`, the first thing that a new user runs: table, result, picture, and nothing overwritten."""
import importlib.util
import re
import signal
import struct
import time
import unittest

import support

NEEDED = ("h5py", "matplotlib")


@unittest.skipUnless(all(map(importlib.util.find_spec, NEEDED)), f"the demo draws with {NEEDED}: not installed")
class Demo(support.ProgramTest):
    def setUp(self):
        super().setUp()
        found = {dataset["name"]: dataset["status"] for dataset in self.json_of("data", "list", "--json")}
        if found["fashion-mnist"] != "found":
            self.skipTest("the demo trains on fashion-mnist, which is in no folder that is searched")
        (self.folder / "run.toml").unlink()

    def check_table(self, text, result):
        """The table says what the file says."""
        import h5py
        with h5py.File(self.folder / result, "r") as file:
            self.assertEqual(file.attrs["complete"], 1)
            epochs, baseline = file["metrics/epoch"], file["metrics/baseline"]
            self.assertEqual(list(epochs["epoch"]), [1, 2, 3])
            self.assertEqual(list(baseline["epoch"]), [1, 2, 3])
            updates = epochs["device_updates"][:].sum()
            accuracy, float32 = epochs["test_accuracy"][-1], baseline["test_accuracy"][-1]
            expected = {
                "test accuracy, emulated devices": f"{100 * accuracy:.2f} %",
                "test accuracy, float32": f"{100 * float32:.2f} %",
                "device updates": f"{updates:.3g}",
                "of them saturated": f"{100 * epochs['saturated_slices'][:].sum() / updates:.3f} %",
                "level steps in the arrays": f"{epochs['level_steps'][:].sum():.3g}",
                "carry resolutions (layers x runs)": str(epochs["crs_runs"][:].sum()),
                "cells rewritten by them": f"{epochs['crs_cells_written'][:].sum():.3g}",
            }
        # A network that learns: ten classes are guessed with 10 %.
        self.assertGreater(min(accuracy, float32), 0.75)
        rows = dict(re.findall(r"^ {2,4}(\S.*?) {2,}(\S.*)$", text, re.MULTILINE))
        self.assertRegex(rows.pop("time here"), r"^\d+\.\d s$")
        expected |= {"result": result, "picture": "panther-demo.png",
                     "next": f"panther inspect {result}, panther train preset:mlp"}
        self.assertEqual(rows, expected)

    def check_picture(self, name):
        data = (self.folder / name).read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        # Three panels side by side, 12 x 3.8 inches of 120 dots.
        self.assertEqual(struct.unpack(">4sII", data[12:24]), (b"IHDR", 1440, 456))
        self.assertGreater(len(data), 10000, "an empty picture")

    def stopped_at_its_start(self, running):
        process = self.start("demo")
        deadline = time.monotonic() + 60
        while not (self.folder / running).exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, err)
        return err

    def test_results_are_kept(self):
        process = self.succeeds("demo")
        self.assertIn("epoch   3: ", process.err)
        self.check_table(process.out, "panther-demo.h5")
        self.check_picture("panther-demo.png")
        self.assertEqual(self.files(), ["panther-demo.h5", "panther-demo.png"])

        first = {name: (self.folder / name).read_bytes() for name in self.files()}
        advice = "continue with panther train preset:demo -o panther-demo-{}.h5 --resume"
        self.assertIn(advice.format(2), self.stopped_at_its_start("panther-demo-2.running.h5"))
        self.assertIn(advice.format(3), self.stopped_at_its_start("panther-demo-3.running.h5"))
        for name, content in first.items():
            self.assertEqual((self.folder / name).read_bytes(), content, name)


if __name__ == "__main__":
    support.main()
