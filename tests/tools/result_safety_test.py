# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""What is there stays: existing results, full disks, folders without permission."""
import os
import resource
import subprocess
import unittest

import support

ROWS = ["--set", "output.batch_metrics_every=1", "--set", "output.checkpoint_every_batches=20"]


class Existing(support.ProgramTest):
    def test_is_not_overwritten(self):
        self.succeeds("train", "run.toml")
        before = (self.folder / "run.h5").read_bytes()
        self.fails(1, "train", "run.toml", words=["run.h5", "--output", "--overwrite"])
        self.assertEqual((self.folder / "run.h5").read_bytes(), before)

    def test_is_replaced_if_asked_for(self):
        self.succeeds("train", "run.toml")
        first = self.digest()
        self.succeeds("train", "run.toml", "--overwrite", "--seed", "5")
        self.assertNotEqual(self.digest(), first)

    def test_a_second_process_is_refused(self):
        long = ["--set", "training.epochs=500"]
        first = self.start("train", "run.toml", *long)
        try:
            while not (self.folder / "run.running.h5").exists():
                self.assertIsNone(first.poll(), "ended early")
            self.fails(1, "train", "run.toml", "--resume", *long, words=["run.running.h5.lock", "another process"])
            self.fails(1, "train", "run.toml", "--overwrite", *long, words=["run.running.h5.lock", "another process"])
        finally:
            first.kill()
            first.communicate()

    def test_is_not_touched_by_a_run_that_fails(self):
        self.succeeds("train", "run.toml")
        before = (self.folder / "run.h5").read_bytes()
        self.fails(1, "train", "run.toml", "--overwrite", "--set", "network.layers[1].units=9")
        self.fails(1, "train", "run.toml", "--overwrite", "--set", "data.dataset=mnist", "--data", "nowhere")
        self.assertEqual((self.folder / "run.h5").read_bytes(), before)
        self.assertEqual(self.files(), ["run.h5", "run.toml"])


class Folder(support.ProgramTest):
    def test_missing(self):
        self.fails(1, "train", "run.toml", "-o", "none/run.h5", words=["none/run.h5", "no folder 'none'", "--output"])

    def test_is_no_file(self):
        (self.folder / "out").mkdir()
        self.fails(1, "train", "run.toml", "-o", "out", words=["out", "is a folder"])
        self.fails(1, "train", "run.toml", "-o", "out/", words=["out", "is a folder"])

    def test_unwritable(self):
        target = "/proc/run.h5"
        if os.geteuid() != 0:
            (self.folder / "closed").mkdir(mode=0o500)
            target = "closed/run.h5"
        process = self.fails(1, "train", "run.toml", "-o", target, words=[target.rpartition("/")[0]])
        self.assertNotIn("epoch", process.err, "found out before any work")


def limited(size):
    """Files of this process end at `size` bytes: write() fails with EFBIG."""
    def limit():
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


class FullDisk(support.ProgramTest):
    def setUp(self):
        super().setUp()
        self.succeeds("train", "run.toml", "-o", "whole.h5", *ROWS)
        self.expected = self.digest("whole.h5")
        self.size = (self.folder / "whole.h5").stat().st_size

    def test_any_size_limit(self):
        """However far the files get: one clear message, then the run resumes to the same content."""
        failures = 0
        for share in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98):
            with self.subTest(share=share):
                process = self.panther("train", "run.toml", "--resume", *ROWS,
                                       preexec_fn=limited(int(share * self.size)))
                if process.returncode != 0:
                    failures += 1
                    self.assertEqual(process.returncode, 1, process.err)
                    self.assertRegex(process.err, "panther: .*run\\.(running|checkpoint|h5).*")
                    self.assertRegex(process.err, "File too large|disk|space")
                    self.assertFalse((self.folder / "run.h5").exists())
        self.assertGreater(failures, 3)
        self.succeeds("train", "run.toml", "--resume", *ROWS)
        self.assertEqual(self.digest(), self.expected)

    def test_older_result_and_checkpoint_stay(self):
        self.succeeds("train", "run.toml", "--seed", "9", *ROWS)
        old = self.digest()
        self.fails(1, "train", "run.toml", "--overwrite", *ROWS, preexec_fn=limited(int(0.9 * self.size)))
        self.assertEqual(self.digest(), old)
        self.succeeds("train", "run.toml", "--resume", *ROWS)
        self.assertEqual(self.digest(), self.expected)

    @unittest.skipUnless(os.geteuid() == 0, "mounting a tmpfs needs root")
    def test_small_tmpfs(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest(mounted.stderr.decode())
        try:
            self.fails(1, "train", "run.toml", "-o", "disk/run.h5", *ROWS, words=["disk/run", "o space left"])
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            self.succeeds("train", "run.toml", "-o", "disk/run.h5", "--resume", *ROWS)
            self.assertEqual(self.digest("disk/run.h5"), self.expected)
        finally:
            subprocess.run(["umount", disk], check=True)


if __name__ == "__main__":
    support.main()
