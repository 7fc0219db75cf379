// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Writes of whole runs: all are counted, counting changes nothing, wear shows in the accuracy.

#include <gtest/gtest.h>

#include "tests/host/nn/courses.hpp"

namespace panther::test {
namespace {

RunConfig lesson() {
  RunConfig config;
  config.network.layers = dense_layers({16}, 10);
  config.training.learning_rate = 0.05;
  config.crs.every = 16;
  return config;
}

struct Lesson {
  explicit Lesson(RunConfig const& config)
      : backend(make_cpu_backend({.threads = 1})),
        data(synthetic_data(1000, 400)),
        trainer(single_trainer(config, data, *backend)) {
    train_epochs(*trainer, 3);
  }
  double accuracy() { return trainer->evaluate(data.test).front().accuracy; }

  std::unique_ptr<Backend> backend;
  TrainingData data;
  std::unique_ptr<Trainer> trainer;
};

TEST(WearRun, EveryWriteIsCounted) {
  RunConfig config = lesson();
  Lesson plain(config);
  for (WriteCount const count : {WriteCount::updates, WriteCount::steps}) {
    config.device.endurance.count = count;
    Lesson counted(config);
    EXPECT_EQ(plain.accuracy(), counted.accuracy());
    for (std::size_t l = 0; l < 2; ++l) {
      DenseLayer const& layer = counted.trainer->layers()[l];
      EXPECT_EQ(layer.codes(0), plain.trainer->layers()[l].codes(0));
      LayerActivity const activity = counted.trainer->activity(0)[l];
      for (int slice = 0; slice < layer.slicing().slices; ++slice) {
        std::uint64_t writes = 0;
        for (std::uint32_t const each : layer.plane_writes(0, slice)) writes += each;
        // Ideal writes are exact, so that distances are whole levels.
        SliceCounters const& c = activity.slices[static_cast<std::size_t>(slice)];
        EXPECT_EQ(writes, count == WriteCount::updates ? c.updates + c.cells_written
                                                       : c.steps + c.write_steps);
      }
    }
  }
}

TEST(WearRun, WornDevicesLearnLess) {
  RunConfig config = lesson();
  config.device.endurance.count = WriteCount::steps;
  config.device.endurance.onset_writes = 1e6;
  config.device.endurance.top_per_decade = 0.4;
  double const fresh = Lesson(config).accuracy();
  EXPECT_GT(fresh, 0.6);
  config.device.endurance.onset_writes = 10.0;
  config.device.endurance.bottom_per_decade = 0.4;
  config.device.endurance.failure_writes = 1000.0;
  EXPECT_LT(Lesson(config).accuracy(), fresh - 0.1);
}

TEST(WearRun, WearWithoutCountsIsRefused) {
  RunConfig config = lesson();
  config.device.endurance.failure_writes = 1000.0;
  try {
    check(config);
    FAIL() << "wear without counted writes was accepted";
  } catch (std::invalid_argument const& error) {
    EXPECT_NE(std::string(error.what()).find("device.endurance.count"), std::string::npos);
  }
}

}  // namespace
}  // namespace panther::test
