# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""What commands print and write: help, JSON, configurations, files that others can read."""
import json
import shutil
import subprocess
import time
import unittest

import support

try:
    import h5py
except ImportError:
    h5py = None
else:
    import result_schema

COMMANDS = (["demo"], ["train"], ["eval"], ["inspect"], ["plot"], ["config"], ["device"], ["device", "list"],
            ["device", "show"], ["device", "characterize"], ["device", "fit"], ["device", "gallery"],
            ["device", "tabulate"], ["device", "import"], ["data"], ["data", "list"])


class Help(support.ProgramTest):
    def test_of_every_command(self):
        for command in COMMANDS:
            with self.subTest(command):
                help_text = self.succeeds(*command, "--help")
                self.assertEqual(help_text.err, "")
                if command not in (["device"], ["data"]):
                    self.assertIn("Examples:\n  panther " + " ".join(command), help_text.out)
                for line in help_text.out.splitlines():
                    self.assertLessEqual(len(line), 140, line)

    def test_of_the_program(self):
        text = self.succeeds("--help").out
        for command in COMMANDS:
            self.assertIn(command[0], text)
        self.assertIn("Exit codes", text)
        self.assertRegex(self.succeeds("--version").out, r"^\d+\.\d+\.\d+\n$")


class Json(support.ProgramTest):
    KEYS = ["result", "epochs", "train_loss", "test_accuracy", "wall_s", "device_updates", "saturations"]

    def test_of_train(self):
        process = self.succeeds("train", "run.toml", "--json")
        self.assertEqual(process.out.count("\n"), 1)
        outcome = json.loads(process.out)
        self.assertEqual(list(outcome), self.KEYS)
        self.assertEqual((outcome["result"], outcome["epochs"]), ("run.h5", 2))
        self.assertIn("epoch", process.err)

    def test_of_train_with_baseline(self):
        outcome = self.json_of("train", "run.toml", "--json", "--set", "training.baseline=true")
        self.assertEqual(sorted(outcome), sorted([*self.KEYS, "baseline_test_accuracy"]))
        self.assertTrue(0.0 <= outcome["baseline_test_accuracy"] <= 1.0)

    def test_of_no_epochs(self):
        outcome = self.json_of("train", "run.toml", "--json", "--set", "training.epochs=0")
        self.assertEqual((outcome["epochs"], outcome["train_loss"], outcome["test_accuracy"]), (0, None, None))

    def test_nothing_on_standard_output_without_it(self):
        self.assertEqual(self.succeeds("train", "run.toml").out, "")

    def test_of_inspect(self):
        self.succeeds("train", "run.toml", "--set", "training.baseline=true")
        found = self.json_of("inspect", "run.h5", "--json")
        self.assertTrue(found["complete"])
        self.assertEqual([row["epoch"] for row in found["epochs"]], [1, 2])
        self.assertEqual(len(found["baseline"]), 2)
        self.assertEqual(found["provenance"]["seed"], 1)
        text = self.succeeds("inspect", "run.h5").out
        self.assertIn("complete", text)
        self.assertIn("layer_1", text)

    def test_of_devices(self):
        listed = self.json_of("device", "list", "--json")
        self.assertIn("exponential", [law["name"] for law in listed["laws"]])
        for entry in listed["laws"] + listed["presets"]:
            self.assertTrue(entry["doc"], entry)
            self.assertIn("law", self.json_of("device", "show", entry["name"], "--json"))
            self.assertIn("law = ", self.succeeds("device", "show", entry["name"]).out)


class Configurations(support.ProgramTest):
    def test_defaults_read_back(self):
        commented = self.succeeds("config", "--print-defaults").out
        self.assertIn("# ", commented)
        self.write("defaults.toml", commented)
        plain = self.succeeds("config", "defaults.toml").out
        self.write("empty.toml", "")
        self.assertEqual(plain, self.succeeds("config", "empty.toml").out)
        self.assertEqual(commented, self.succeeds("config", "defaults.toml", "--print-defaults").out)

    def test_a_result_carries_what_reproduces_it(self):
        self.succeeds("train", "run.toml", "--seed", "4")
        self.write("again.toml", self.succeeds("inspect", "run.h5", "--config").out)
        self.succeeds("train", "again.toml")
        self.assertEqual(self.digest("run.h5"), self.digest("again.h5"))

    def test_presets_can_be_printed(self):
        lines = self.succeeds("config", "--presets").out.splitlines()
        self.assertGreater(len(lines), 10)
        for line in lines:
            self.succeeds("config", line.split()[1])


@unittest.skipIf(h5py is None, "h5py is not installed")
class Files(support.ProgramTest):
    def test_h5py_reads_everything(self):
        self.succeeds("train", "run.toml", "--set", "training.baseline=true", "--set", "output.batch_metrics_every=1")
        with h5py.File(self.folder / "run.h5", "r") as file:
            self.assertIn("[training]", file["config"][()].decode())
            for name in ("provenance", "metrics/epoch", "metrics/batch", "metrics/baseline", "metrics/layers/layer_0",
                         "layers/layer_0/weights", "layers/layer_1/slice_codes"):
                self.assertIn(name, file)
            self.assertEqual(list(file["metrics/epoch/epoch"]), [1, 2])
            self.assertEqual(file["layers/layer_0/weights"].shape, (145, 9))
            self.assertEqual(file["layers/layer_0/slice_codes"].shape, (8, 145, 9))
            self.assertIn("unit", " ".join(file["metrics/epoch/train_loss"].attrs))

    def test_the_document_describes_every_dataset(self):
        """RESULT_SCHEMA.md and a file with everything in it say the same of every dataset."""
        self.succeeds("train", "run.toml", "--set", "training.baseline=true", "--set", "output.batch_metrics_every=1",
                      "--set", "device.endurance.count=updates")
        with h5py.File(self.folder / "run.h5", "r") as file:
            self.assertEqual(result_schema.differences(file), [])

    def test_writes_of_devices(self):
        self.succeeds("train", "run.toml", "--set", "device.endurance.count=updates")
        with h5py.File(self.folder / "run.h5", "r") as file:
            histogram = file["layers/layer_1/writes_histogram"][()]
            percentiles = file["layers/layer_1/writes_percentiles"][()]
            rows = file["metrics/layers/layer_1"]
            self.assertEqual(histogram.shape, (8, 33))
            self.assertEqual(list(histogram.sum(axis=1)), [100] * 8)
            self.assertTrue((percentiles[:, 1:] >= percentiles[:, :-1]).all())
            updates = rows["device_updates"][()].sum(axis=0)
            self.assertTrue((100 * percentiles[:, -1] >= updates).all(), "the mean exceeds the largest")
            self.assertEqual([low.bit_length() for low in map(int, percentiles[:, -1])],
                             [max(k for k in range(33) if row[k]) for row in histogram])

    def test_h5dump_reads_it(self):
        if shutil.which("h5dump") is None:
            self.skipTest("h5dump is not installed")
        self.succeeds("train", "run.toml")
        done = subprocess.run(["h5dump", "-H", "run.h5"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("train_loss", done.stdout)

    def test_batch_rows(self):
        self.succeeds("train", "run.toml", "--set", "output.batch_metrics_every=7", "--set", "training.batch=2",
                      "--set", "crossbar.variant=V2")
        with h5py.File(self.folder / "run.h5", "r") as file:
            rows = file["metrics/batch"]
            # 60 batches an epoch: rows after 7, 14, ..., 56; the last four batches of an epoch have none.
            self.assertEqual(list(rows["batch"]), [7 * i for i in range(1, 9)] + [60 + 7 * i for i in range(1, 9)])
            self.assertEqual(list(rows["epoch"]), [1] * 8 + [2] * 8)
            self.assertEqual(set(rows["examples"]), {14})
            self.assertTrue(all(rows["device_updates"][:] > 0))

    def test_batch_rows_add_up(self):
        self.succeeds("train", "run.toml", "--set", "output.batch_metrics_every=1")
        with h5py.File(self.folder / "run.h5", "r") as file:
            for key in ("device_updates", "level_steps", "crs_cells_written", "crs_runs"):
                self.assertEqual(file["metrics/batch"][key][:].sum(), file["metrics/epoch"][key][:].sum(), key)
            mean = file["metrics/batch/loss"][:].reshape(2, -1).mean(axis=1)
            for ours, theirs in zip(mean, file["metrics/epoch/train_loss"]):
                self.assertAlmostEqual(ours, theirs, places=12)

    def test_layers_add_up(self):
        """Epoch rows are the sums of the layers' rows. Large steps and few ADC codes saturate everything."""
        self.succeeds("train", "run.toml", "--set", "training.learning_rate=50", "--set", "formats.u_frac=10",
                      "--set", "read.mode=bit_serial", "--set", "read.adc_bits=6", "--set", "read.adc_range=fixed",
                      "--set", "read.adc_fixed_range=16")
        with h5py.File(self.folder / "run.h5", "r") as file:
            epochs, layers = file["metrics/epoch"], list(file["metrics/layers"].values())

            def compare(of_epoch, of_layer, per_slice=False):
                rows = [layer[of_layer][:] for layer in layers]
                self.assertTrue(all(row.any() for row in rows), of_layer)
                sums = sum(row if row.ndim == 1 or per_slice else row.sum(axis=1) for row in rows)
                self.assertEqual(epochs[of_epoch][:].tolist(), sums.tolist(), of_layer)

            for name in ("update_overflows", "saturated_weights", "saturated_words", "crs_runs", "device_updates",
                         "level_steps", "adc_clips"):
                compare(name, name)
            compare("crs_cells_written", "cells_written")
            compare("saturated_slices", "saturations", per_slice=True)

    def test_readable_while_the_run_lasts(self):
        process = self.start("train", "run.toml", "--set", "training.epochs=1000")
        try:
            rows = 0
            deadline = time.monotonic() + 60
            while rows < 3 and time.monotonic() < deadline:
                self.assertIsNone(process.poll(), "ended early")
                try:
                    with h5py.File(self.folder / "run.running.h5", "r", swmr=True) as file:
                        rows = len(file["metrics/epoch/epoch"])
                        self.assertEqual(list(file["metrics/epoch/epoch"]), list(range(1, rows + 1)))
                except OSError:
                    pass  # not there yet, or just made: it can be read from the first flush on
                time.sleep(0.05)
            self.assertGreaterEqual(rows, 3)
            self.assertIn("incomplete", self.succeeds("inspect", "run.h5").out)
        finally:
            process.kill()
            process.communicate()

    def test_plot(self):
        try:
            import matplotlib  # noqa: F401
        except ImportError:
            self.skipTest("matplotlib is not installed")
        self.succeeds("train", "run.toml", "--set", "training.baseline=true")
        self.assertEqual(self.succeeds("plot", "run.h5").out, "run.png\n")
        self.assertTrue((self.folder / "run.png").read_bytes().startswith(b"\x89PNG"))
        self.fails(1, "plot", "run.h5", "-o", "none/run.png", words=["none/run.png"])


if __name__ == "__main__":
    support.main()
