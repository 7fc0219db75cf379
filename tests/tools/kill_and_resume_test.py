# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Killed with SIGKILL at random moments, a run always resumes and ends with the same content.

PANTHER_KILLS: how many kills in all (default 50), PANTHER_KILL_SEED: of the moments (default 1).
"""
import os
import random
import shutil
import signal
import time

import support

KILLS = int(os.environ.get("PANTHER_KILLS", "50"))
SEED = int(os.environ.get("PANTHER_KILL_SEED", "1"))
OPTIONS = ["--set", "output.checkpoint_every_batches=40", "--set", "output.batch_metrics_every=10",
           "--set", "training.baseline=true"]


class KillAndResume(support.ProgramTest):
    train = 200
    epochs = 2

    def setUp(self):
        super().setUp()
        start = time.monotonic()
        self.succeeds("train", "run.toml", "-o", "whole.h5", *OPTIONS)
        self.duration = time.monotonic() - start
        self.expected = self.digest("whole.h5")
        self.chance = random.Random(SEED)
        print(f"a whole run takes {self.duration:.2f} s; seed {SEED}", flush=True)

    def killed(self, after, *options):
        """False if the run ended before the kill. A killed run may have published its result before."""
        process = self.start("train", "run.toml", *OPTIONS, *options)
        time.sleep(after)
        process.kill()
        _, err = process.communicate(timeout=60)
        self.assertIn(process.returncode, (0, -signal.SIGKILL), err)
        return process.returncode != 0

    def ends_equal(self):
        self.succeeds("train", "run.toml", "--resume", *OPTIONS)
        self.assertEqual(self.digest(), self.expected)
        self.assertFalse((self.folder / "run.running.h5").exists())
        self.assertFalse((self.folder / "run.checkpoint.h5").exists())

    def test_at_random_moments(self):
        kills = runs = 0
        while kills < KILLS:
            runs += 1
            # One run dies several times: each time a little further on, until it ends.
            while kills < KILLS and self.killed(self.chance.uniform(0.0, 0.7) * self.duration, "--resume"):
                kills += 1
            self.ends_equal()
            (self.folder / "run.h5").unlink()
        print(f"{kills} kills in {runs} runs", flush=True)

    def test_around_the_end(self):
        """From the last epoch's end on: the final state, the renames, the checkpoint's removal."""
        for _ in range(max(KILLS // 3, 3)):
            process = self.start("train", "run.toml", *OPTIONS)
            for line in process.stderr:
                if line.startswith(f"epoch   {self.epochs}:"):
                    break
            time.sleep(self.chance.uniform(0.0, 0.03))
            process.kill()
            process.communicate(timeout=60)
            self.ends_equal()
            (self.folder / "run.h5").unlink()

    def test_an_older_result_stays_until_the_new_one_is_complete(self):
        self.succeeds("train", "run.toml", "-o", "old.h5", "--seed", "9")
        old = self.digest("old.h5")
        for _ in range(3):
            shutil.copy(self.folder / "old.h5", self.folder / "run.h5")
            # So many epochs that the kill comes long before the end, however fast the machine is just then.
            endless = ["--overwrite", "--set", "training.epochs=1000"]
            self.assertTrue(self.killed(self.chance.uniform(0.1, 0.6) * self.duration, *endless))
            self.assertEqual(self.digest(), old)
            self.assertEqual(self.json_of("eval", "run.h5", "--json")["result"], "run.h5")
        self.succeeds("train", "run.toml", "--overwrite", *OPTIONS)
        self.assertEqual(self.digest(), self.expected)


if __name__ == "__main__":
    support.main()
