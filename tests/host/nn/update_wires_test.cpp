// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Resistive wires in updates: the models of the shares of steps agree where they must, wires of no
// resistance change nothing, and resistance keeps the devices far from the drivers where they are.

#include <gtest/gtest.h>

#include <cmath>

#include "host/nn/layers/step_shares.hpp"
#include "kernels/wires/exact.hpp"
#include "tests/host/nn/wired_layer.hpp"
#include "tests/support/backends.hpp"

namespace panther::test {
namespace {

/// The shares that updates of set 1 give, [replica][plane][row][column], in parts of 1.
std::vector<double> shares_of(WiredLayer const& layer, Backend& backend,
                              UpdateWiresConfig const& config) {
  StepShares view(backend, config, wired_block_lines, layer.devices());
  DeviceArray<std::int16_t> const own(backend, layer.codes);
  std::vector<double> shares;
  for (std::uint16_t const share : layer.of_set(backend, view.look(1U << 1, own, 1))) {
    shares.push_back(static_cast<double>(share_value(share)));
  }
  return shares;
}

class WiresInUpdates : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, WiresInUpdates, every_backend(), backend_label);

TEST_P(WiresInUpdates, WithoutResistanceLeaveAllSteps) {
  Random random(1);
  WiredLayer const layer(random, 19, 11, Encoding::differential);
  for (WireModel const model : wire_models) {
    for (double const share : shares_of(layer, backend(), wires_of<UpdateWiresConfig>(model, 0.0)))
      ASSERT_EQ(share, 1.0);
    // Devices of a million times the wires' resistance.
    for (double const share :
         shares_of(layer, backend(), wires_of<UpdateWiresConfig>(model, 1e-3))) {
      ASSERT_NEAR(share, 1.0, 1e-4);
    }
  }
}

TEST_P(WiresInUpdates, GiveTheBitsOfTheScalarPath) {
  auto const plain = plain_backend();
  Random random(2);
  for (Encoding const encoding : {Encoding::offset, Encoding::differential}) {
    WiredLayer const layer(random, 19, 11, encoding);
    for (WireModel const model : wire_models) {
      UpdateWiresConfig config = wires_of<UpdateWiresConfig>(model, 900.0);
      EXPECT_EQ(shares_of(layer, backend(), config), shares_of(layer, *plain, config));
      config.drivers = LineEnds::both;
      config.active = 0.3;
      EXPECT_EQ(shares_of(layer, backend(), config), shares_of(layer, *plain, config));
    }
  }
}

TEST_P(WiresInUpdates, SingleDevicesHaveTheClosedForm) {
  Random random(3);
  WiredLayer const layer(random, 1, 1, Encoding::offset);
  for (WireModel const model : wire_models) {
    UpdateWiresConfig config = wires_of<UpdateWiresConfig>(model, 3e4);
    config.threshold = 0.25;
    config.active = 0.5;
    std::vector<double> const shares = shares_of(layer, backend(), config);
    double const ohm = config.word_ohm + config.bit_ohm + config.driver_ohm + config.sense_ohm;
    for (int plane = 0; plane < 2 * layer.shape.planes; ++plane) {
      auto const code = layer.codes[static_cast<std::size_t>(
          layer.shape.index(plane / layer.shape.planes, 1, plane % layer.shape.planes, 0, 0))];
      double const siemens = wired_window.lowest + wired_window.width * (code + 32768.0) / 64512.0;
      double const drive = 1.0 / (1.0 + 0.5 * siemens * ohm);
      EXPECT_NEAR(shares[static_cast<std::size_t>(plane)], std::max(0.0, (drive - 0.25) / 0.75),
                  1.0 / share_one)
          << enum_name(model);
    }
  }
}

// The first-order model is off by the square of the drop, the iteration by its tolerance.
TEST(UpdateWireModels, AgreeWithinTheirErrors) {
  auto const backend = plain_backend();
  Random random(4);
  for (Encoding const encoding : {Encoding::offset, Encoding::differential}) {
    WiredLayer const layer(random, 19, 11, encoding);
    for (double const ohm : {10.0, 50.0, 200.0}) {
      UpdateWiresConfig config = wires_of<UpdateWiresConfig>(WireModel::exact, ohm);
      config.active = 0.7;
      std::vector<double> const exact = shares_of(layer, *backend, config);
      config.model = WireModel::first_order;
      std::vector<double> const first_order = shares_of(layer, *backend, config);
      config.model = WireModel::fixed_point;
      std::vector<double> const iterated = shares_of(layer, *backend, config);
      double const drop = config.active * largest_drop(config);
      double least = 1.0;
      for (std::size_t i = 0; i < exact.size(); ++i) {
        // Shares stretch what is above the threshold.
        EXPECT_NEAR(first_order[i], exact[i],
                    1.0 / share_one + drop * drop / (1.0 - config.threshold));
        EXPECT_NEAR(iterated[i], exact[i], 2.0 / share_one);
        least = std::min(least, exact[i]);
      }
      EXPECT_LT(least, 1.0 - 0.2 * drop) << "nothing to compare";
    }
  }
}

// A word line is nearest its terminal at the first column, a bit line at the last row; with lines
// alike, devices alike and as many, the array looks the same from both sides.
TEST(UpdateWireModels, AreSymmetricInRowsAndColumns) {
  auto const backend = plain_backend();
  Random random(5);
  WiredLayer layer(random, 6, 6, Encoding::offset);
  layer.codes.assign(layer.codes.size(), 7000);
  for (WireModel const model : wire_models) {
    UpdateWiresConfig config = wires_of<UpdateWiresConfig>(model, 2000.0);
    config.bit_ohm = config.word_ohm;
    config.sense_ohm = config.driver_ohm;
    std::vector<double> const shares = shares_of(layer, *backend, config);
    for (std::size_t i = 0; i < 6; ++i) {
      for (std::size_t j = 0; j < 6; ++j) {
        EXPECT_NEAR(shares[i * 6 + j], shares[(5 - j) * 6 + 5 - i], 2.0 / share_one)
            << enum_name(model);
      }
    }
    EXPECT_LT(shares[5], shares[30]) << "far corner, near corner";
  }
}

/// What single phases leave the devices of a square array: lines on at random, each with
/// probability `active`, and nothing flows at half-selected devices. The mean share of a device
/// over the phases that select it; negative: none did.
std::vector<double> mean_shares_of_phases(Random& random, UpdateWiresConfig const& config,
                                          std::vector<double> const& siemens, int lines,
                                          int phases) {
  auto const count = static_cast<std::size_t>(lines);
  std::vector<double> sum(siemens.size(), 0.0);
  std::vector<int> selected(siemens.size(), 0);
  for (int phase = 0; phase < phases; ++phase) {
    std::vector<double> volts(count);
    std::vector<std::uint8_t> on(count);
    for (double& volt : volts) volt = random.chance(config.active) ? 1.0 : 0.0;
    for (auto& column : on) column = random.chance(config.active) ? 1 : 0;
    std::vector<double> conducting(siemens.size(), 0.0);
    for (std::size_t i = 0; i < siemens.size(); ++i) {
      if (volts[i / count] != 0.0 && on[i % count] != 0) conducting[i] = siemens[i];
    }
    ExactWires const network(circuit_of(config, Driven::rows), lines, lines, conducting);
    std::vector<double> const ampere = network.solve(volts).device_ampere;
    for (std::size_t i = 0; i < siemens.size(); ++i) {
      if (conducting[i] == 0.0) continue;
      sum[i] += share_value(step_share(ampere[i] / siemens[i], config.threshold));
      ++selected[i];
    }
  }
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = selected[i] > 0 ? sum[i] / selected[i] : -1;
  return sum;
}

// A share with the mean part of active neighbours is the mean share over phases but for the device
// itself, which conducts whenever it moves: it adds (1 - active) / (active lines) of the drop, 0.8
// % for half of 128 lines; single devices have the chance of some tens of phases besides.
TEST(UpdateWireModels, ActivePartStandsForThePhases) {
  auto const backend = plain_backend();
  Random random(8);
  constexpr int lines = 24;
  for (double const active : {0.3, 0.5}) {
    SCOPED_TRACE("active " + std::to_string(active));
    WiredLayer const layer(random, lines, lines, Encoding::offset);
    UpdateWiresConfig config = wires_of<UpdateWiresConfig>(WireModel::exact, 60.0);
    config.active = active;
    StepShares view(*backend, config, lines, layer.devices());
    DeviceArray<std::int16_t> const own(*backend, layer.codes);
    std::vector<std::uint16_t> const shares = layer.of_set(*backend, view.look(1U << 1, own, 1));
    std::vector<std::int16_t> const codes = layer.of_set(layer.codes);
    std::vector<double> siemens;  // of the first plane
    for (std::size_t i = 0; i < lines * lines; ++i) {
      siemens.push_back(wired_window.lowest + wired_window.width * (codes[i] + 32768.0) / 64512.0);
    }
    std::vector<double> const found = mean_shares_of_phases(random, config, siemens, lines, 800);
    double const itself = (1.0 - active) / (active * lines);
    double mean_error = 0.0;
    double mean_loss = 0.0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      double const modelled = share_value(shares[i]);
      ASSERT_GE(found[i], 0.0) << "never selected";
      EXPECT_NEAR(found[i], modelled, (2.0 * itself + 0.12) * (1.0 - modelled)) << "device " << i;
      mean_error += (modelled - found[i]) / static_cast<double>(found.size());
      mean_loss += (1.0 - modelled) / static_cast<double>(found.size());
    }
    EXPECT_GT(mean_loss, 0.03) << "nothing to compare";
    EXPECT_GT(mean_error, 0.8 * itself * mean_loss);
    EXPECT_LT(mean_error, 1.6 * itself * mean_loss);
  }
}

TEST(UpdateWireModels, FewerActiveDevicesLeaveMore) {
  auto const backend = plain_backend();
  Random random(6);
  WiredLayer const layer(random, 8, 8, Encoding::offset);
  for (WireModel const model : wire_models) {
    UpdateWiresConfig config = wires_of<UpdateWiresConfig>(model, 2000.0);
    std::vector<double> const all = shares_of(layer, *backend, config);
    config.active = 0.25;
    std::vector<double> const few = shares_of(layer, *backend, config);
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_GT(few[i], all[i]);
  }
}

TEST(UpdateWireModels, SayThatTheyDidNotConverge) {
  auto const backend = plain_backend();
  Random random(7);
  WiredLayer const layer(random, 8, 8, Encoding::offset);
  UpdateWiresConfig config = wires_of<UpdateWiresConfig>(WireModel::fixed_point, 1e5);
  config.iterations = 1;
  expect_unconverged([&] { shares_of(layer, *backend, config); }, "update.wires");
}

RunConfig lesson(WireModel model, double ohm) {
  RunConfig config = wired_run();
  set_lines(config.update.wires, model, ohm);
  return config;
}

TEST(UpdateWiresInTraining, WithoutResistanceTrainTheSameDevices) {
  auto const backend = make_cpu_backend({.threads = 1});
  TrainingData const data = synthetic_data(200, 50);
  for (UpdateMethod const method : {UpdateMethod::opa_streamed, UpdateMethod::batch_digits}) {
    RunConfig config = lesson(WireModel::off, 0.0);
    config.update.method = method;
    auto const without = single_trainer(config, data, *backend);
    config.update.wires.model = WireModel::first_order;
    auto const with = single_trainer(config, data, *backend);
    train_epochs(*without, 1);
    train_epochs(*with, 1);
    StateMap found = state_of(*with);
    std::erase_if(found, [](auto const& entry) {
      return entry.first.find("/step_shares") != std::string::npos;
    });
    EXPECT_EQ(first_difference(state_of(*without), found), "");
  }
}

// Columns at the far end of the word lines learn less. Seeds are fixed: the margin guards against
// changes of the arithmetic, not against chance.
TEST(UpdateWiresInTraining, FarColumnsLearnLess) {
  auto const backend = make_cpu_backend({.threads = 1});
  TrainingData const data = synthetic_data(300, 50);
  auto const distance = [&](WireModel model, std::size_t first_col) {
    RunConfig config = lesson(model, 1500.0);
    config.update.wires.bit_ohm = 0.0;
    auto const trainer = single_trainer(config, data, *backend);
    std::vector<double> const before = trainer->layers().front().weights(0);
    train_epochs(*trainer, 1);
    std::vector<double> const after = trainer->layers().front().weights(0);
    double sum = 0.0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      bool const counts = i % 16 >= first_col && i % 16 < first_col + 8;
      if (counts) sum += std::abs(after[i] - before[i]);
    }
    return sum;
  };
  double const near = distance(WireModel::first_order, 0) / distance(WireModel::off, 0);
  double const far = distance(WireModel::first_order, 8) / distance(WireModel::off, 8);
  EXPECT_LT(far, 0.8 * near) << near;
}

TEST(UpdateWiresInTraining, RefuseTwoEndsWithoutResistance) {
  RunConfig config = lesson(WireModel::first_order, 1.0);
  config.update.wires.senses = LineEnds::both;
  config.update.wires.end_segment = EndSegment::none;
  expect_refused_ends(config, "update.wires");
}

}  // namespace
}  // namespace panther::test
