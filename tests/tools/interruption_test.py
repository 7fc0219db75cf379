# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM end a run with a checkpoint; --resume goes on to the same content."""
import random
import signal
import time

import support

EVERYTHING = ["--set", "output.batch_metrics_every=5", "--set", "training.baseline=true"]


class Interruption(support.ProgramTest):
    train = 400
    epochs = 3

    def setUp(self):
        super().setUp()
        start = time.monotonic()
        self.succeeds("train", "run.toml", "-o", "whole.h5", *EVERYTHING)
        self.duration = time.monotonic() - start
        self.expected = self.digest("whole.h5")

    def interrupted(self, which, after, *options):
        process = self.start("train", "run.toml", *EVERYTHING, *options)
        time.sleep(after)
        process.send_signal(which)
        process.out, process.err = process.communicate(timeout=60)
        return process

    def test_continues_to_the_same_content(self):
        chance = random.Random(3)
        stops = 0
        for which in (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            after = chance.uniform(0.2, 0.8) * self.duration
            process = self.interrupted(which, after, "--resume")
            if process.returncode == 0:
                break
            stops += 1
            self.assertEqual(process.returncode, 1, process.err)
            self.assertRegex(process.err, "stopped by SIG(INT|TERM) in epoch [123] after batch [0-9]+ of 400")
            self.assertIn("run.checkpoint.h5", process.err)
            self.assertIn("--resume", process.err)
            self.assertEqual(process.out, "")
            self.assertEqual([name for name in self.files() if name.startswith("run.")],
                             ["run.checkpoint.h5", "run.running.h5", "run.toml"])
        self.assertGreater(stops, 0)
        process = self.succeeds("train", "run.toml", "--resume", *EVERYTHING)
        self.assertEqual(self.digest(), self.expected)
        self.assertEqual([name for name in self.files() if name.startswith("run.")], ["run.h5", "run.toml"])

    def test_right_after_the_start(self):
        for after in (0.02, 0.05, 0.1):
            process = self.interrupted(signal.SIGTERM, after, "--resume")
            # Before the program has taken over the signals, they end it as they end any program.
            self.assertIn(process.returncode, (1, -signal.SIGTERM), process.err)
        self.succeeds("train", "run.toml", "--resume", *EVERYTHING)
        self.assertEqual(self.digest(), self.expected)

    def test_resumes_with_other_threads(self):
        process = self.interrupted(signal.SIGINT, 0.5 * self.duration, "--threads", "1")
        self.assertEqual(process.returncode, 1, process.err)
        self.succeeds("train", "run.toml", "--resume", "--threads", "2", "--variation", "regenerated", *EVERYTHING)
        self.assertEqual(self.digest(), self.expected)

    def test_refuses_to_start_over_an_unfinished_run(self):
        self.assertEqual(self.interrupted(signal.SIGINT, 0.5 * self.duration).returncode, 1)
        before = (self.folder / "run.checkpoint.h5").read_bytes()
        self.fails(1, "train", "run.toml", *EVERYTHING,
                   words=["run.running.h5", "unfinished", "--resume", "--overwrite"])
        self.assertEqual((self.folder / "run.checkpoint.h5").read_bytes(), before)

    def test_refuses_another_configuration(self):
        self.assertEqual(self.interrupted(signal.SIGINT, 0.5 * self.duration).returncode, 1)
        before = (self.folder / "run.checkpoint.h5").read_bytes()
        self.fails(1, "train", "run.toml", "--resume", "--set", "training.learning_rate=0.25", *EVERYTHING,
                   words=["run.checkpoint.h5", "another configuration", "[training]", "learning_rate = 0.05",
                          "learning_rate = 0.25"])
        self.assertEqual((self.folder / "run.checkpoint.h5").read_bytes(), before)
        self.succeeds("train", "run.toml", "--resume", *EVERYTHING)
        self.assertEqual(self.digest(), self.expected)

    def test_refuses_a_damaged_checkpoint(self):
        self.assertEqual(self.interrupted(signal.SIGINT, 0.5 * self.duration).returncode, 1)
        checkpoint = self.folder / "run.checkpoint.h5"
        whole = checkpoint.read_bytes()
        middle = len(whole) // 2
        for name, damaged in {"bit": whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1:],
                              "cut": whole[:middle], "empty": b"", "text": b"no checkpoint at all" * 40}.items():
            with self.subTest(name):
                checkpoint.write_bytes(damaged)
                self.fails(1, "train", "run.toml", "--resume", *EVERYTHING, words=["run.checkpoint.h5"])
        checkpoint.write_bytes(whole)
        self.succeeds("train", "run.toml", "--resume", *EVERYTHING)
        self.assertEqual(self.digest(), self.expected)

    def test_says_what_is_missing(self):
        self.assertEqual(self.interrupted(signal.SIGINT, 0.5 * self.duration).returncode, 1)
        (self.folder / "run.running.h5").unlink()
        self.fails(1, "train", "run.toml", "--resume", *EVERYTHING, words=["run.checkpoint.h5", "run.running.h5"])

    def test_unfinished_runs_can_be_looked_at(self):
        self.assertEqual(self.interrupted(signal.SIGINT, 0.6 * self.duration).returncode, 1)
        self.assertIn("incomplete", self.succeeds("inspect", "run.h5").out)
        outcome = self.json_of("eval", "run.h5", "--json")
        self.assertEqual(outcome["result"], "run.checkpoint.h5")
        self.assertEqual(self.json_of("eval", "run.checkpoint.h5", "--json"), outcome)


class Resume(support.ProgramTest):
    def test_starts_if_there_is_nothing(self):
        self.succeeds("train", "run.toml", "--resume")
        self.succeeds("train", "run.toml", "-o", "again.h5")
        self.assertEqual(self.digest(), self.digest("again.h5"))

    def test_says_that_a_result_is_complete(self):
        first = self.json_of("train", "run.toml", "--json")
        before = (self.folder / "run.h5").read_bytes()
        process = self.succeeds("train", "run.toml", "--resume", "--json")
        self.assertIn("complete", process.err)
        self.assertEqual((self.folder / "run.h5").read_bytes(), before)
        again = self.json_of("train", "run.toml", "--resume", "--json")
        del first["wall_s"], again["wall_s"]
        self.assertEqual(first, again)

    def test_refuses_a_complete_result_of_another_configuration(self):
        self.succeeds("train", "run.toml")
        before = (self.folder / "run.h5").read_bytes()
        self.fails(1, "train", "run.toml", "--resume", "--set", "training.epochs=3",
                   words=["run.h5", "[training]", "epochs = 2", "epochs = 3", "--overwrite"])
        self.assertEqual((self.folder / "run.h5").read_bytes(), before)


if __name__ == "__main__":
    support.main()
