# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""Wrong input: exit code, and a message that names the file or key, the value and what is allowed."""
import support


class Configuration(support.ProgramTest):
    def refused(self, text, *words):
        self.write("bad.toml", text)
        process = self.fails(1, "train", "bad.toml", words=["bad.toml", *words])
        self.fails(1, "config", "bad.toml", words=["bad.toml", *words])
        self.assertEqual(self.files(), ["bad.toml", "run.toml"], "nothing may be left behind")
        return process

    def test_unknown_keys(self):
        self.refused("[training]\nepoch = 3\n", "training.epoch", "unknown key", "did you mean 'epochs'")
        self.refused("[trainig]\nepochs = 3\n", "trainig", "did you mean 'training'")
        self.refused("[[network.layers]]\nunit = 10\n", "network.layers[0].unit", "did you mean 'units'")

    def test_wrong_types(self):
        self.refused("[training]\nepochs = \"three\"\n", "training.epochs", "integer", "string")
        self.refused("[training]\nshuffle = 1\n", "training.shuffle")
        self.refused("training = 3\n", "training", "table")
        self.refused("[slicing]\ncell_bits_lsb_first = 6\n", "slicing.cell_bits_lsb_first", "list")

    def test_out_of_range(self):
        self.refused("[training]\nbatch = 0\n", "training.batch", "0", "[1, 65536]")
        self.refused("[device.spread]\nwindow = 0.3\n", "device.spread.window", "0.3", "0.25")
        self.refused("[slicing]\ncell_bits_lsb_first = [6, 17]\n", "slicing.cell_bits_lsb_first[1]", "17", "16")

    def test_wrong_words(self):
        self.refused("[training]\noptimizer = \"adan\"\n", "training.optimizer", "adan", "sgd", "momentum", "adam")
        self.refused("[device]\nlaw = \"exponentail\"\n", "device.law", "exponentail", "exponential", "ideal")

    def test_combinations(self):
        self.refused("[read]\nadc_bits = 6\n", "read.mode", "read.adc_bits = 6", "bit_serial")
        self.refused("[training]\noptimizer = \"adam\"\n", "training.optimizer", "batch_digits")
        self.refused("[device]\nlaw = \"exponential\"\nlabel_up = 2.4\nalpha_up = 1.0\n",
                     "device", "label_up", "alpha_up")
        self.refused("[slicing]\nweight_bits = 15\n", "weight_bits = 15")
        self.refused("[formats]\nw_frac = 20\n", "formats.w_frac = 20", "slicing.weight_bits = 16")

    def test_shapes_that_do_not_fit(self):
        self.write("bad.toml", "[data]\ndataset = \"synthetic\"\n[[network.layers]]\nunits = 9\n")
        self.fails(1, "train", "bad.toml", words=["bad.toml", "network.layers", "9 units", "10 classes"])
        self.fails(1, "train", "run.toml", "--set", "data.train_examples=99999",
                   words=["data.train_examples = 99999", "4000"])
        self.fails(1, "train", "run.toml", "--set", "data.dataset=mnits",
                   words=["data.dataset", "'mnits'", "mnist"])

    def test_text_that_is_no_toml(self):
        self.refused("[training\nepochs = 3\n", "bad.toml:1:")
        self.refused("epochs = \n", "bad.toml:1:")

    def test_all_problems_at_once(self):
        process = self.refused("[training]\nepochs = -1\nbtach = 3\n", "training.epochs", "training.btach")
        self.assertGreaterEqual(process.err.count("\n"), 2)

    def test_includes(self):
        self.refused("include = \"preset:panther-17\"\n", "panther-17", "did you mean 'panther-16'")
        self.refused("include = \"gone.toml\"\n", "gone.toml", "No such file")
        self.refused("include = \"bad.toml\"\n", "includes itself")

    def test_sources(self):
        self.fails(1, "train", "gone.toml", words=["gone.toml", "No such file"])
        self.fails(1, "train", "preset:nlp", words=["nlp", "did you mean 'mlp'"])

    def test_overrides(self):
        self.fails(1, "train", "run.toml", "--set", "training.epoch=3", words=["--set training.epoch=3", "epochs"])
        self.fails(1, "train", "run.toml", "--set", "training.epochs=x", words=["--set training.epochs=x", "integer"])
        self.fails(1, "train", "run.toml", "--set", "training.epochs", words=["--set training.epochs"])
        self.fails(1, "train", "run.toml", "--set", "network.layers[7].units=3", words=["network.layers[7].units=3"])


    def test_negative_spreads(self):
        for key, highest in (("device.spread.slope", 2), ("device.spread.asymmetry", 2),
                             ("device.spread.window", 0.25), ("device.spread.window_low", 0.5),
                             ("device.spread.nonlinearity", 2), ("device.retention.lifetime_spread", 1),
                             ("device.retention.rest_spread", 1), ("device.retention.diffusion_spread", 2),
                             ("device.retention.nu_spread", 10), ("device.write_noise.hidden_std", None)):
            allowed = "[0, " if highest is None else f"[0, {highest}]"
            self.fails(1, "train", "run.toml", "--set", f"{key}=-0.1", words=[f"--set {key}=-0.1", allowed])

    def test_laws_that_contradict_themselves(self):
        self.refused("[device]\nlaw = \"soft_bounds\"\nwindow_min = 2.0\nwindow_max = 1.0\n",
                     "window_min = 2", "must lie below window_max = 1")
        self.refused("[device.stuck]\ndead_low = 0.75\ndead_high = 0.5\n", "stuck.dead_low = 0.75",
                     "must not exceed stuck.dead_high = 0.5")


class CommandLine(support.ProgramTest):
    def test_unknown_commands(self):
        self.fails(2, "trian", words=["unknown command 'trian'", "did you mean 'train'"])
        self.fails(2, "device", "lst", words=["unknown command 'lst'", "did you mean 'list'"])
        self.fails(2, words=["command", "train", "demo"])
        self.fails(2, "device", words=["command", "list", "show"])

    def test_unknown_options(self):
        self.fails(2, "train", "run.toml", "--resum", words=["--resum", "did you mean '--resume'"])
        self.fails(2, "inspect", "run.h5", "--digets", words=["did you mean '--digest'"])

    def test_missing_and_wrong_arguments(self):
        self.fails(2, "train", words=["config", "required"])
        self.fails(2, "train", "run.toml", "more.toml", words=["more.toml"])
        self.fails(2, "train", "run.toml", "--seed", "x", words=["--seed", "x", "whole number"])
        self.fails(2, "train", "run.toml", "--seed", "-1", words=["--seed", "-1"])
        self.fails(2, "train", "run.toml", "--threads", "-1", words=["--threads", "-1"])
        self.fails(2, "train", "run.toml", "--threads", "many", words=["--threads", "many"])
        self.fails(2, "train", "run.toml", "--isa", "sse", words=["--isa", "sse", "scalar", "avx2"])
        self.fails(2, "train", "run.toml", "--backend", "gpu", words=["--backend", "gpu", "cpu", "cuda"])
        self.fails(2, "config", words=["config", "--print-defaults"])

    def test_cuda_without_a_gpu(self):
        process = self.panther("train", "run.toml", "--backend", "cuda")
        if process.returncode == 0:
            self.skipTest("there is a GPU")
        self.assertEqual(process.returncode, 1)
        self.assertRegex(process.err, "cuda.*(no CUDA|GPU)")
        self.assertEqual(self.files(), ["run.toml"])

    def test_files_that_are_no_results(self):
        self.write("text.h5", "not HDF5\n")
        self.write("empty.h5", "")
        (self.folder / "folder.h5").mkdir()
        for command in ("inspect", "eval", "plot"):
            self.fails(1, command, "gone.h5", words=["gone.h5", "no such result"])
            self.fails(1, command, "text.h5", words=["text.h5", "no HDF5 file"])
            self.fails(1, command, "empty.h5", words=["empty.h5", "no HDF5 file"])
            self.fails(1, command, "folder.h5", words=["folder.h5", "is a folder"])

    def test_damaged_results(self):
        self.succeeds("train", "run.toml")
        whole = (self.folder / "run.h5").read_bytes()
        for share in (0.01, 0.2, 0.5, 0.9, 0.999):
            (self.folder / "cut.h5").write_bytes(whole[:int(share * len(whole))])
            for command in (["inspect"], ["inspect", "--digest"], ["eval"], ["inspect", "--json"]):
                process = self.panther(*command, "cut.h5")
                self.assertEqual(process.returncode, 1, f"{command} of {share}: {process.err}")
                self.assertIn("cut.h5", process.err)

    def test_devices(self):
        self.fails(1, "device", "show", "exponentail", words=["exponentail", "did you mean 'exponential'"])


if __name__ == "__main__":
    support.main()
