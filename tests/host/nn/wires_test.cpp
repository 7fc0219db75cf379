// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Resistive wires in training: the models agree where they must, wires of no resistance change
// nothing, and resistance costs accuracy.

#include <gtest/gtest.h>

#include <cmath>

#include "tests/host/nn/courses.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

constexpr SiemensWindow window{1e-6, 9e-6};  // 1 uS to 10 uS
constexpr int block_lines = 8;

/// A layer's devices in random states, and what reads see of them.
struct SeenLayer {
  SeenLayer(Random& random, Encoding encoding)
      : slicing(make_slicing({.encoding = encoding})),
        shape{.replicas = 2,
              .sets = 2,
              .planes = slicing.planes(),
              .rows = 19,
              .cols = 11,
              .stride = aligned_columns(11)},
        codes(static_cast<std::size_t>(shape.devices()), 0) {
    for (std::int64_t line = 0; line < shape.devices() / shape.stride; ++line) {
      for (int col = 0; col < shape.cols; ++col) {
        codes[static_cast<std::size_t>(line * shape.stride + col)] =
            static_cast<std::int16_t>(random.whole(-20000, 20000));
      }
    }
  }

  /// Codes of set 1, [replica][plane][row][column], as `config` sees them.
  std::vector<std::int16_t> seen(Backend& backend, WiresConfig const& config,
                                 Driven driven = Driven::rows) const {
    SeenCodes view(backend, config, block_lines, {shape, slicing, {window, window}, 1});
    DeviceArray<std::int16_t> const own(backend, codes);
    std::int16_t const* const found = view.look({driven, 1}, own, 1);
    std::vector<std::int16_t> all(codes.size());
    backend.download(all.data(), found, all.size() * sizeof(std::int16_t));
    return of_set(all);
  }

  std::vector<std::int16_t> of_set(std::vector<std::int16_t> const& all) const {
    std::vector<std::int16_t> kept;
    for (int line = 0; line < shape.replicas * shape.planes * shape.rows; ++line) {
      int const row = line % shape.rows;
      int const plane = line / shape.rows % shape.planes;
      int const replica = line / shape.rows / shape.planes;
      for (int col = 0; col < shape.cols; ++col) {
        kept.push_back(all[static_cast<std::size_t>(shape.index(replica, 1, plane, row, col))]);
      }
    }
    return kept;
  }

  Slicing slicing;
  XbarShape shape;
  std::vector<std::int16_t> codes;
};

WiresConfig wires_of(WireModel model, double ohm) {
  WiresConfig config;
  config.model = model;
  config.word_ohm = ohm;
  config.bit_ohm = 0.5 * ohm;
  config.driver_ohm = 3.0 * ohm;
  config.sense_ohm = 2.0 * ohm;
  return config;
}

constexpr WireModel models[] = {WireModel::first_order, WireModel::fixed_point, WireModel::exact};

class WiresInReads : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, WiresInReads, every_backend(), backend_label);

TEST_P(WiresInReads, WithoutResistanceAreNotSeen) {
  Random random(1);
  for (Encoding const encoding : {Encoding::offset, Encoding::differential}) {
    SeenLayer const layer(random, encoding);
    for (WireModel const model : models) {
      for (WireReference const reference : {WireReference::matched, WireReference::ideal}) {
        WiresConfig config = wires_of(model, 0.0);
        config.reference = reference;
        EXPECT_EQ(layer.seen(backend(), config), layer.of_set(layer.codes))
            << enum_name(model) << ", " << enum_name(encoding);
      }
    }
  }
}

TEST_P(WiresInReads, GiveTheBitsOfTheScalarPath) {
  auto const plain = plain_backend();
  Random random(2);
  for (Encoding const encoding : {Encoding::offset, Encoding::differential}) {
    SeenLayer const layer(random, encoding);
    for (WireModel const model : models) {
      WiresConfig config = wires_of(model, 40.0);
      for (Driven const driven : {Driven::rows, Driven::columns}) {
        EXPECT_EQ(layer.seen(backend(), config, driven), layer.seen(*plain, config, driven));
      }
      config.drivers = LineEnds::both;
      EXPECT_EQ(layer.seen(backend(), config), layer.seen(*plain, config));
    }
  }
}

/// The largest drop per volt that a device of a block can have: all devices at their highest.
double largest_drop(WiresConfig const& config) {
  double const currents = block_lines * (window.lowest + window.width);
  double const half = 0.5 * (block_lines + 1);  // segments to a line's cell, on average
  return currents *
         (config.driver_ohm + half * config.word_ohm + config.sense_ohm + half * config.bit_ohm);
}

// The first-order model is off by the square of the drop, the iteration by its tolerance. In codes:
// a window is 64512 of them, and G_max is 10/9 of a window.
TEST(WireModels, AgreeWithinTheirErrors) {
  auto const backend = plain_backend();
  Random random(3);
  for (Encoding const encoding : {Encoding::offset, Encoding::differential}) {
    SeenLayer const layer(random, encoding);
    for (double const ohm : {1.0, 10.0, 100.0}) {
      for (Driven const driven : {Driven::rows, Driven::columns}) {
        WiresConfig config = wires_of(WireModel::exact, ohm);
        config.reference = WireReference::ideal;
        std::vector<std::int16_t> const exact = layer.seen(*backend, config, driven);
        config.model = WireModel::first_order;
        std::vector<std::int16_t> const first_order = layer.seen(*backend, config, driven);
        config.model = WireModel::fixed_point;
        std::vector<std::int16_t> const iterated = layer.seen(*backend, config, driven);
        double const drop = largest_drop(config);
        double largest = 0.0;
        for (std::size_t i = 0; i < exact.size(); ++i) {
          EXPECT_NEAR(first_order[i], exact[i], 1.0 + 10.0 / 9.0 * 64512.0 * drop * drop);
          EXPECT_NEAR(iterated[i], exact[i], 1.0);
          largest = std::max(largest, std::abs(1.0 * exact[i] - layer.of_set(layer.codes)[i]));
        }
        EXPECT_GT(largest, 64512.0 * 0.1 * drop) << "nothing to compare";
      }
    }
  }
}

// Drivers and senses alike: the same conductances from either side.
TEST(WireModels, AreReciprocal) {
  auto const backend = plain_backend();
  Random random(4);
  SeenLayer const layer(random, Encoding::offset);
  for (WireModel const model : {WireModel::first_order, WireModel::exact}) {
    WiresConfig config = wires_of(model, 50.0);
    config.sense_ohm = config.driver_ohm;
    EXPECT_EQ(layer.seen(*backend, config, Driven::rows),
              layer.seen(*backend, config, Driven::columns));
  }
}

TEST(WireModels, SayThatTheyDidNotConverge) {
  auto const backend = plain_backend();
  Random random(5);
  SeenLayer const layer(random, Encoding::offset);
  WiresConfig config = wires_of(WireModel::fixed_point, 1e5);
  config.iterations = 1;
  try {
    layer.seen(*backend, config);
    FAIL() << "an iteration that had not converged was used";
  } catch (std::runtime_error const& error) {
    EXPECT_NE(std::string(error.what()).find("read.wires.iterations = 1"), std::string::npos)
        << error.what();
  }
}

RunConfig lesson(WireModel model, double ohm) {
  RunConfig config;
  config.network.layers = dense_layers({16}, 10);
  config.training.learning_rate = 0.05;
  config.crs.every = 16;
  config.read.wires.model = model;
  config.read.wires.word_ohm = ohm;
  config.read.wires.bit_ohm = ohm;
  return config;
}

double accuracy_with(WireModel model, double ohm) {
  auto const backend = make_cpu_backend({.threads = 1});
  TrainingData const data = synthetic_data(1000, 400);
  auto const trainer = single_trainer(lesson(model, ohm), data, *backend);
  train_epochs(*trainer, 2);
  return trainer->evaluate(data.test).front().accuracy;
}

TEST(WiresInTraining, WithoutResistanceTrainTheSameDevices) {
  auto const backend = make_cpu_backend({.threads = 1});
  TrainingData const data = synthetic_data(200, 50);
  auto const without = single_trainer(lesson(WireModel::off, 0.0), data, *backend);
  auto const with = single_trainer(lesson(WireModel::first_order, 0.0), data, *backend);
  train_epochs(*without, 1);
  train_epochs(*with, 1);
  StateMap const expected = state_of(*without);
  StateMap found = state_of(*with);
  std::erase_if(found,
                [](auto const& entry) { return entry.first.find("/seen_") != std::string::npos; });
  EXPECT_EQ(first_difference(expected, found), "");
}

// Seeds are fixed: the margins guard against changes of the arithmetic, not against chance.
TEST(WiresInTraining, ResistanceCostsAccuracy) {
  double const without = accuracy_with(WireModel::off, 0.0);
  double const little = accuracy_with(WireModel::first_order, 0.35);
  double const much = accuracy_with(WireModel::first_order, 3e3);
  EXPECT_NEAR(little, without, 0.05);
  EXPECT_LT(much, without - 0.2);
}

TEST(WiresInTraining, RefuseTwoEndsWithoutResistance) {
  RunConfig config = lesson(WireModel::first_order, 1.0);
  config.read.wires.drivers = LineEnds::both;
  config.read.wires.end_segment = EndSegment::none;
  try {
    check(config);
    FAIL() << "accepted";
  } catch (std::invalid_argument const& error) {
    EXPECT_NE(std::string(error.what()).find("read.wires"), std::string::npos) << error.what();
  }
  config.read.wires.model = WireModel::exact;
  EXPECT_NO_THROW(check(config));
}

}  // namespace
}  // namespace panther::test
