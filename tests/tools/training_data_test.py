# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Datasets that are missing, empty, cut or damaged, and those that are found; what a result says of them."""
import gzip
import hashlib
import os
import pathlib
import unittest

import support

PACKAGE = pathlib.Path("/usr/share/datasets/fashion-mnist")
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
NETWORK = ["--set", "data.dataset=mnist"]


class Missing(support.ProgramTest):
    def test_says_where_it_looked_and_how_to_get_it(self):
        self.fails(1, "train", "run.toml", *NETWORK, "--data", "nowhere",
                   words=["mnist", "nowhere", "/usr/share/datasets", "To get it", "--data", "PANTHER_DATA"])
        environment = dict(os.environ, PANTHER_DATA="elsewhere")
        self.fails(1, "train", "run.toml", *NETWORK, words=["elsewhere"], env=environment)

    def test_unknown_names(self):
        self.fails(1, "train", "run.toml", "--set", "data.dataset=mnits", words=["mnits", "mnist", "fashion-mnist"])

    def test_damaged_files(self):
        folder = self.folder / "data"
        folder.mkdir()
        cases = {"empty": b"", "no gzip": b"hello", "other content": gzip.compress(b"\0\0\x08\x03" + bytes(100)),
                 "cut": gzip.compress(bytes(100000))[:60]}
        for name, content in cases.items():
            with self.subTest(name):
                for file in FILES:
                    (folder / (file + ".gz")).write_bytes(content)
                process = self.fails(1, "train", "run.toml", *NETWORK, "--data", "data",
                                     words=["data/train-images-idx3-ubyte.gz"])
                self.assertNotIn("epoch", process.err)
        self.assertEqual(self.files(), ["data", "run.toml"])

    def test_list(self):
        listed = {entry["name"]: entry for entry in self.json_of("data", "list", "--json")}
        self.assertEqual(listed["synthetic"]["status"], "generated")
        self.assertEqual(set(listed), {"digits", "fashion-mnist", "mnist", "synthetic"})
        for entry in listed.values():
            self.assertEqual(set(entry), {"name", "summary", "status", "rows", "cols", "channels", "classes",
                                          "train_examples", "test_examples", "paths", "licence", "get_it"})
            self.assertIn(entry["status"], ("generated", "found", "missing", "damaged"))
        self.assertIn("synthetic", self.succeeds("data", "list").out)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class Checksums(support.ProgramTest):
    def of(self, *options):
        """{path: checksum} of a run's provenance."""
        self.succeeds("train", "run.toml", "--overwrite", "--set", "training.epochs=0", *options)
        lines = self.json_of("inspect", "run.h5", "--json")["provenance"]["dataset_checksums"]
        return {path: checksum for checksum, path in (line.split("  ", 1) for line in lines)}

    def test_of_generated_images(self):
        first = self.of()
        self.assertEqual(list(first), [f"generated:{part}-{what}" for part in ("train", "test")
                                       for what in ("images", "labels")])
        for checksum in first.values():
            self.assertRegex(checksum, "^[0-9a-f]{64}$")
        self.assertEqual(len(set(first.values())), 4)
        self.assertEqual(first, self.of("--seed", "2"), "the images are the same whatever the seed")

    def test_of_a_table_of_the_device(self):
        self.succeeds("device", "tabulate", "exponential", "-o", "table.csv")
        self.write("run.toml", '[data]\ndataset = "synthetic"\n[network]\nlayers = [{ units = 10 }]\n'
                               '[device]\nlaw = "lookup"\nfile = "table.csv"\n')
        self.assertEqual(self.of()["table.csv"], sha256((self.folder / "table.csv").read_bytes()))

    @unittest.skipUnless(PACKAGE.is_dir(), f"{PACKAGE} is not there")
    def test_of_files_is_of_their_uncompressed_content(self):
        content = {f"{PACKAGE}/{name}.gz": gzip.decompress((PACKAGE / f"{name}.gz").read_bytes()) for name in FILES}
        self.assertEqual(self.of(*FashionMnist.SMALL), {path: sha256(bytes_) for path, bytes_ in content.items()})


@unittest.skipUnless(PACKAGE.is_dir(), f"{PACKAGE} is not there")
class FashionMnist(support.ProgramTest):
    SMALL = ["--set", "data.dataset=fashion-mnist", "--set", "data.train_examples=100"]

    def test_trains(self):
        outcome = self.json_of("train", "run.toml", "--json", *self.SMALL, "--set", "training.epochs=1")
        self.assertGreater(outcome["device_updates"], 0)

    def test_a_changed_byte_is_found(self):
        folder = self.folder / "data"
        folder.mkdir()
        for file in FILES:
            (folder / (file + ".gz")).symlink_to(PACKAGE / (file + ".gz"))
        labels = bytearray(gzip.decompress((PACKAGE / (FILES[1] + ".gz")).read_bytes()))
        labels[1000] ^= 1
        (folder / (FILES[1] + ".gz")).unlink()
        (folder / FILES[1]).write_bytes(labels)
        self.fails(1, "train", "run.toml", *self.SMALL, "--data", "data", words=["data/" + FILES[1], "SHA-256"])


if __name__ == "__main__":
    support.main()
