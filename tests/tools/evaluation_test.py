# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""panther eval: the trained devices, read under other conditions."""
import support

BIT_SERIAL = ["--set", "read.mode=bit_serial"]


class Evaluation(support.ProgramTest):
    train = 600
    epochs = 3

    def setUp(self):
        super().setUp()
        self.trained = self.json_of("train", "run.toml", "--json", "--set", "device.write_noise.kind=off",
                                    "--set", "device.read_noise.line=0.0")

    def evaluated(self, *options):
        return self.json_of("eval", "run.h5", "--json", *options)

    def test_same_conditions_give_the_accuracy_of_the_run(self):
        outcome = self.evaluated()
        self.assertEqual(set(outcome), {"result", "dataset", "examples", "test_loss", "test_accuracy"})
        self.assertEqual(outcome["test_accuracy"], self.trained["test_accuracy"])
        self.assertEqual((outcome["dataset"], outcome["examples"]), ("synthetic", 60))
        self.assertIn("accuracy", self.succeeds("eval", "run.h5").out)

    def test_every_variant(self):
        for variant in ("V2", "V3"):
            trained = self.json_of("train", "run.toml", "--json", "-o", variant + ".h5", "--set",
                                   "crossbar.variant=" + variant, "--set", "training.batch=4")
            outcome = self.json_of("eval", variant + ".h5", "--json")
            self.assertEqual(outcome["test_accuracy"], trained["test_accuracy"])

    def test_converters(self):
        fine = self.evaluated(*BIT_SERIAL, "--set", "read.adc_bits=12", "--set", "read.adc_range=calibrated")
        coarse = self.evaluated(*BIT_SERIAL, "--set", "read.adc_bits=2", "--set", "read.adc_range=calibrated")
        self.assertAlmostEqual(fine["test_loss"], self.evaluated()["test_loss"], delta=0.1)
        self.assertGreater(coarse["test_loss"], fine["test_loss"] + 0.1)

    def test_read_noise(self):
        self.assertGreater(self.evaluated("--set", "device.read_noise.relative=0.2")["test_loss"],
                           self.evaluated()["test_loss"])

    def test_time_after_programming(self):
        def waited(seconds, *options):
            return self.evaluated("--set", "device.retention.wait_s=" + seconds, *options)["test_loss"]

        fresh = self.evaluated()["test_loss"]
        decay = ("--set", "device.retention.lifetime_s=1000.0")
        self.assertEqual(waited("0.0", *decay), fresh)
        self.assertGreater(waited("300.0", *decay), fresh)
        self.assertGreater(waited("3000.0", *decay), waited("300.0", *decay))
        programmed = self.evaluated("--set", "device.programming.model=pcm", "--set", "device.programming.transfer=true")
        self.assertNotEqual(programmed["test_loss"], fresh)
        self.fails(1, "eval", "run.h5", "--set", "device.retention.wait_s=-1.0", words=["wait_s", "-1", "[0, 1"])

    def test_other_data(self):
        self.assertEqual(self.evaluated("--set", "data.test_examples=1000")["examples"], 1000)

    def test_leaves_the_result_alone(self):
        before = (self.folder / "run.h5").read_bytes()
        self.evaluated(*BIT_SERIAL)
        self.assertEqual((self.folder / "run.h5").read_bytes(), before)
        self.assertEqual(self.files(), ["run.h5", "run.toml"])

    def test_refuses_what_training_decided(self):
        for key in ("training.epochs=3", "slicing.weight_bits=32", "device.law=ideal", "network.loss=squared_error",
                    "formats.w_frac=12", "crs.every=3"):
            self.fails(1, "eval", "run.h5", "--set", key, words=[key, "allowed", "read.*"])
        self.fails(1, "eval", "run.h5", "--set", "read.adc_bit=3", words=["read.adc_bit", "did you mean 'adc_bits'"])
        self.fails(1, "eval", "run.h5", "--set", "read.adc_bits=3", words=["run.h5", "read.mode"])

    def test_needs_device_states(self):
        self.succeeds("train", "run.toml", "-o", "small.h5", "--set", "output.final_levels=false")
        self.fails(1, "eval", "small.h5", words=["small.h5", "output.final_levels"])


if __name__ == "__main__":
    support.main()
