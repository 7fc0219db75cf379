# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Same configuration and seed, same content: whatever computes, in whatever way."""
import os
import re

import support

REQUIRED = os.environ.get("PANTHER_TEST_REQUIRE", "").split(",")


class Digest(support.ProgramTest):
    def trained(self, name, *options):
        process = self.panther("train", "run.toml", "-o", name, *options)
        if process.returncode == 1 and re.search("set 'avx[0-9]+' is not available|no CUDA|no usable GPU", process.err):
            self.assertFalse("cuda" in options and "cuda" in REQUIRED, process.err)
            self.skipTest(process.err)
        self.assertEqual(process.returncode, 0, process.err)
        return self.digest(name)

    def test_repeats(self):
        first = self.trained("a.h5")
        self.assertRegex(first, "^[0-9a-f]{64}$")
        self.assertEqual(first, self.trained("b.h5"))

    def test_seed_changes_it(self):
        self.assertNotEqual(self.trained("a.h5"), self.trained("b.h5", "--seed", "2"))
        self.assertEqual(self.digest("b.h5"), self.trained("c.h5", "--set", "training.seed=2"))

    def test_threads(self):
        one = self.trained("a.h5", "--threads", "1")
        for threads in ("2", "3", "0"):
            self.assertEqual(one, self.trained(f"b{threads}.h5", "--threads", threads))

    def test_instruction_sets(self):
        scalar = self.trained("a.h5", "--isa", "scalar")
        for isa in ("avx2", "avx512", "auto"):
            with self.subTest(isa=isa):
                self.assertEqual(scalar, self.trained(f"{isa}.h5", "--isa", isa))

    def test_cuda(self):
        self.assertEqual(self.trained("a.h5", "--backend", "cpu"), self.trained("b.h5", "--backend", "cuda"))
        self.assertEqual(self.json_of("inspect", "b.h5", "--json")["provenance"]["backend"], "cuda")

    def test_variation_memory(self):
        stored = self.trained("a.h5", "--variation", "stored")
        self.assertEqual(stored, self.trained("b.h5", "--variation", "regenerated"))

    def test_metrics_do_not_disturb(self):
        plain = self.json_of("train", "run.toml", "-o", "a.h5", "--json")
        rows = self.json_of("train", "run.toml", "-o", "b.h5", "--json", "--set", "output.batch_metrics_every=7",
                            "--set", "output.checkpoint_every_batches=50", "--set", "training.baseline=true")
        for key in ("train_loss", "test_accuracy", "device_updates", "saturations"):
            self.assertEqual(plain[key], rows[key], key)


if __name__ == "__main__":
    support.main()
