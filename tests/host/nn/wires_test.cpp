// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Resistive wires in training: the models agree where they must, wires of no resistance change
// nothing, and resistance costs accuracy.

#include <gtest/gtest.h>

#include <cmath>

#include "tests/host/nn/wired_layer.hpp"
#include "tests/support/backends.hpp"

namespace panther::test {
namespace {

/// What reads see of set 1, [replica][plane][row][column].
std::vector<std::int16_t> seen(WiredLayer const& layer, Backend& backend, WiresConfig const& config,
                               Driven driven = Driven::rows) {
  SeenCodes view(backend, config, wired_block_lines, layer.devices());
  DeviceArray<std::int16_t> const own(backend, layer.codes);
  return layer.of_set(backend, view.look({driven, 1}, own, 1));
}

class WiresInReads : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, WiresInReads, every_backend(), backend_label);

TEST_P(WiresInReads, WithoutResistanceAreNotSeen) {
  Random random(1);
  for (Encoding const encoding : {Encoding::offset, Encoding::differential}) {
    WiredLayer const layer(random, 19, 11, encoding);
    for (WireModel const model : wire_models) {
      for (WireReference const reference : {WireReference::matched, WireReference::ideal}) {
        WiresConfig config = wires_of<WiresConfig>(model, 0.0);
        config.reference = reference;
        EXPECT_EQ(seen(layer, backend(), config), layer.of_set(layer.codes))
            << enum_name(model) << ", " << enum_name(encoding);
      }
    }
  }
}

TEST_P(WiresInReads, GiveTheBitsOfTheScalarPath) {
  auto const plain = plain_backend();
  Random random(2);
  for (Encoding const encoding : {Encoding::offset, Encoding::differential}) {
    WiredLayer const layer(random, 19, 11, encoding);
    for (WireModel const model : wire_models) {
      WiresConfig config = wires_of<WiresConfig>(model, 40.0);
      for (Driven const driven : {Driven::rows, Driven::columns}) {
        EXPECT_EQ(seen(layer, backend(), config, driven), seen(layer, *plain, config, driven));
      }
      config.drivers = LineEnds::both;
      EXPECT_EQ(seen(layer, backend(), config), seen(layer, *plain, config));
    }
  }
}

// The first-order model is off by the square of the drop, the iteration by its tolerance. In codes:
// a window is 64512 of them, and G_max is 10/9 of a window.
TEST(WireModels, AgreeWithinTheirErrors) {
  auto const backend = plain_backend();
  Random random(3);
  for (Encoding const encoding : {Encoding::offset, Encoding::differential}) {
    WiredLayer const layer(random, 19, 11, encoding);
    for (double const ohm : {1.0, 10.0, 100.0}) {
      for (Driven const driven : {Driven::rows, Driven::columns}) {
        WiresConfig config = wires_of<WiresConfig>(WireModel::exact, ohm);
        config.reference = WireReference::ideal;
        std::vector<std::int16_t> const exact = seen(layer, *backend, config, driven);
        config.model = WireModel::first_order;
        std::vector<std::int16_t> const first_order = seen(layer, *backend, config, driven);
        config.model = WireModel::fixed_point;
        std::vector<std::int16_t> const iterated = seen(layer, *backend, config, driven);
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
  WiredLayer const layer(random, 19, 11, Encoding::offset);
  for (WireModel const model : {WireModel::first_order, WireModel::exact}) {
    WiresConfig config = wires_of<WiresConfig>(model, 50.0);
    config.sense_ohm = config.driver_ohm;
    EXPECT_EQ(seen(layer, *backend, config, Driven::rows),
              seen(layer, *backend, config, Driven::columns));
  }
}

TEST(WireModels, SayThatTheyDidNotConverge) {
  auto const backend = plain_backend();
  Random random(5);
  WiredLayer const layer(random, 19, 11, Encoding::offset);
  WiresConfig config = wires_of<WiresConfig>(WireModel::fixed_point, 1e5);
  config.iterations = 1;
  expect_unconverged([&] { seen(layer, *backend, config); }, "read.wires");
}

RunConfig lesson(WireModel model, double ohm) {
  RunConfig config = wired_run();
  set_lines(config.read.wires, model, ohm);
  return config;
}

double accuracy_with(WireModel model, double ohm) {
  auto const backend = make_cpu_backend({.threads = 1});
  TrainingData const data = synthetic_data(1000, 400);
  auto const trainer = single_trainer(lesson(model, ohm), data, *backend);
  train_epochs(*trainer, 2);
  return trainer->evaluate(data.test).front().accuracy;
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
  expect_refused_ends(config, "read.wires");
  config.read.wires.model = WireModel::exact;
  EXPECT_NO_THROW(check(config));
}

}  // namespace
}  // namespace panther::test
