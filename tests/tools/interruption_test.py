# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM end a run with a checkpoint; --resume goes on to the same content."""
import random
import signal
import time

import support

EVERYTHING = ["--set", "output.batch_metrics_every=5", "--set", "training.baseline=true"]


def catches(pid, which):
    """Whether the process has a handler for the signal (the mask SigCgt of /proc/PID/status)."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            masks = [line.split()[1] for line in status if line.startswith("SigCgt:")]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return bool(masks) and bool(int(masks[0], 16) >> (which - 1) & 1)


class Interruption(support.ProgramTest):
    train = 400
    epochs = 3

    def setUp(self):
        super().setUp()
        start = time.monotonic()
        self.succeeds("train", "run.toml", "-o", "whole.h5", *EVERYTHING)
        self.duration = time.monotonic() - start
        self.expected = self.digest("whole.h5")

    def signalled(self, which, after, *options):
        """The run, ended, which got the signal this many seconds after it had begun to listen to signals."""
        process = self.start("train", "run.toml", *EVERYTHING, *options)
        while process.poll() is None and not catches(process.pid, which):
            time.sleep(0.001)
        time.sleep(after)
        process.send_signal(which)
        process.out, process.err = process.communicate(timeout=60)
        return process

    def interrupted(self, which, part, *options):
        """Stopped after about this part of a run. A run that was quicker than that is tried again, stopped earlier."""
        for attempt in range(10):
            process = self.signalled(which, part * self.duration / 2**attempt, *options)
            if process.returncode == 1:
                return process
            self.assertTrue((self.folder / "run.h5").exists(), f"{process.returncode}: {process.err}")
            (self.folder / "run.h5").unlink()
        self.fail("ten runs ended before the signal came")

    def test_continues_to_the_same_content(self):
        chance = random.Random(3)
        for which in (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            process = self.interrupted(which, chance.uniform(0.0, 0.4), "--resume")
            self.assertRegex(process.err, "stopped by SIG(INT|TERM) in epoch [123] after batch [0-9]+ of 400")
            self.assertIn("run.checkpoint.h5", process.err)
            self.assertIn("--resume", process.err)
            self.assertEqual(process.out, "")
            self.assertEqual([name for name in self.files() if name.startswith("run.")],
                             ["run.checkpoint.h5", "run.running.h5", "run.toml"])
        process = self.succeeds("train", "run.toml", "--resume", *EVERYTHING)
        self.assertEqual(self.digest(), self.expected)
        self.assertEqual([name for name in self.files() if name.startswith("run.")], ["run.h5", "run.toml"])

    def test_right_after_the_start(self):
        for after in (0.02, 0.05, 0.1):
            process = self.start("train", "run.toml", *EVERYTHING, "--resume")
            time.sleep(after)
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=60)
            # Before the program has taken over the signals, they end it as they end any program.
            self.assertIn(process.returncode, (0, 1, -signal.SIGTERM), err)
        self.succeeds("train", "run.toml", "--resume", *EVERYTHING)
        self.assertEqual(self.digest(), self.expected)

    def test_resumes_with_other_threads(self):
        self.interrupted(signal.SIGINT, 0.5, "--threads", "1")
        self.succeeds("train", "run.toml", "--resume", "--threads", "2", "--variation", "regenerated", *EVERYTHING)
        self.assertEqual(self.digest(), self.expected)

    def test_refuses_to_start_over_an_unfinished_run(self):
        self.interrupted(signal.SIGINT, 0.5)
        before = (self.folder / "run.checkpoint.h5").read_bytes()
        self.fails(1, "train", "run.toml", *EVERYTHING,
                   words=["run.running.h5", "unfinished", "--resume", "--overwrite"])
        self.assertEqual((self.folder / "run.checkpoint.h5").read_bytes(), before)

    def test_refuses_another_configuration(self):
        self.interrupted(signal.SIGINT, 0.5)
        before = (self.folder / "run.checkpoint.h5").read_bytes()
        self.fails(1, "train", "run.toml", "--resume", "--set", "training.learning_rate=0.25", *EVERYTHING,
                   words=["run.checkpoint.h5", "another configuration", "[training]", "learning_rate = 0.05",
                          "learning_rate = 0.25"])
        self.assertEqual((self.folder / "run.checkpoint.h5").read_bytes(), before)
        self.succeeds("train", "run.toml", "--resume", *EVERYTHING)
        self.assertEqual(self.digest(), self.expected)

    def test_refuses_a_damaged_checkpoint(self):
        self.interrupted(signal.SIGINT, 0.5)
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
        self.interrupted(signal.SIGINT, 0.5)
        (self.folder / "run.running.h5").unlink()
        self.fails(1, "train", "run.toml", "--resume", *EVERYTHING, words=["run.checkpoint.h5", "run.running.h5"])

    def test_unfinished_runs_can_be_looked_at(self):
        self.interrupted(signal.SIGINT, 0.6)
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
