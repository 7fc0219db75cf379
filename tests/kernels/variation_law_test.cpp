// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Frozen variation, faults and write noise of random configurations: the same bits on every
// backend, stored or regenerated; and what a crossbar's devices do is what their traits say.

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/backends.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/scenario.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class VariationLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, VariationLaw, every_backend(), backend_label);

double often_zero(Random& random, double high) {
  return random.chance(0.4) ? 0.0 : random.real(0.0, high);
}

Spread random_spread(Random& random) {
  Spread spread;
  spread.distribution =
      random.pick<SlopeDistribution>({SlopeDistribution::normal, SlopeDistribution::log_normal});
  spread.slope = often_zero(random, 0.5);
  spread.slope_correlation = random.real(-1, 1);
  spread.asymmetry = often_zero(random, 0.3);
  spread.window = often_zero(random, 0.2);
  if (random.chance(0.3)) spread.window_low = random.real(0, 0.2);
  if (random.chance(0.3)) spread.window_high = random.real(0, 0.2);
  spread.window_correlation = random.real(-1, 1);
  spread.nonlinearity = often_zero(random, 0.3);
  spread.nonlinearity_correlation = random.real(-1, 1);
  return spread;
}

StuckCells random_faults(Random& random) {
  StuckCells stuck;
  stuck.low = often_zero(random, 0.05);
  stuck.high = often_zero(random, 0.05);
  stuck.dead = often_zero(random, 0.1);
  stuck.dead_low = random.real(0, 0.5);
  stuck.dead_high = random.real(0.5, 1);
  stuck.map = random.pick<FaultMap>({FaultMap::uniform, FaultMap::clustered});
  stuck.cluster = random.whole(1, 9);
  stuck.cluster_density = random.real(0.2, 1);
  stuck.word_lines = often_zero(random, 0.1);
  stuck.bit_lines = often_zero(random, 0.1);
  stuck.line_devices = random.whole(1, 130);
  return stuck;
}

WriteNoise random_noise(Random& random) {
  WriteNoise noise;
  noise.kind = random.pick<WriteNoiseKind>(
      {WriteNoiseKind::off, WriteNoiseKind::inverse, WriteNoiseKind::per_pulse,
       WriteNoiseKind::multiplicative, WriteNoiseKind::constant, WriteNoiseKind::state_dependent});
  bool const by_window =
      noise.kind == WriteNoiseKind::per_pulse || noise.kind == WriteNoiseKind::constant;
  (by_window ? noise.c2c : noise.sigma) = random.real(0, by_window ? 0.05 : 1);
  noise.c2c_pulses = random.whole(1, 500);
  if (noise.kind == WriteNoiseKind::state_dependent) {
    noise.add = random.real(0, 0.05);
    noise.slope = random.real(0, 0.2);
    noise.zero = random.real(0, 1);
  }
  return noise;
}

LawParams random_law(Random& random) {
  Exponential::Params exponential;
  exponential.alpha_up = random.real(-5, 5);
  exponential.alpha_down = random.real(-5, 5);
  return random.pick<LawParams>({Ideal::Params{}, exponential, Symmetric::Params{3.0, 2.0},
                                 SoftBounds::Params{}, ExpStep::Params{}});
}

Scenario random_scenario(Random& random) {
  Scenario scenario;
  scenario.name = "random";
  scenario.config = random_crossbar(random);
  LawParams const law = random_law(random);
  WriteNoise const noise = random_noise(random);
  for (DeviceConfig& device : scenario.config.devices) {
    device.law = law;
    device.write_noise = noise;
    device.spread = random_spread(random);
    device.stuck = random_faults(random);
  }
  scenario.update.fidelity = random.pick<Fidelity>({Fidelity::aggregate, Fidelity::pulse});
  scenario.write.mode =
      random.pick<WriteMode>({WriteMode::ideal, WriteMode::open_loop, WriteMode::write_verify});
  scenario.write.attempts = 3;
  return scenario;
}

TEST_P(VariationLaw, StoredRegeneratedAndScalarAgree) {
  auto const scalar = open_backend("cpu_scalar", 1).backend;
  Random random(1301);
  for (int trial = 0; trial < trials(8); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    Scenario scenario = random_scenario(random);
    auto const expected = hash_of(*scalar, scenario);
    ASSERT_EQ(hash_of(backend(), scenario), expected) << describe(scenario.config);
    scenario.config.stored_traits = true;
    ASSERT_EQ(hash_of(backend(), scenario), expected) << "stored, " << describe(scenario.config);
  }
}

/// A dead device stays at its code through programming, updates and carry resolution, whatever is
/// asked of it.
TEST_P(VariationLaw, FaultyDevicesStay) {
  Random random(1302);
  for (bool const stored : {false, true}) {
    CrossbarConfig config = crossbar_of(40, 70);
    config.stored_traits = stored;
    DeviceConfig& device = config.devices[0];
    device.stuck = {.dead = 0.2, .map = FaultMap::clustered, .bit_lines = 0.1, .line_devices = 16};
    device.write_noise = {.kind = WriteNoiseKind::constant, .c2c = 0.1};
    Crossbar xbar(backend(), config);
    std::vector<std::int32_t> weights(xbar.weight_count());
    for (auto& weight : weights) weight = random.whole(-20000, 20000);
    xbar.program(weights, {.mode = WriteMode::open_loop});
    xbar.update(random_outer(random, config, 5, 2, 10));
    xbar.resolve({.mode = WriteMode::write_verify, .attempts = 5, .event = 1});
    DeviceConstants const k = device_constants(device, config.seeds[0]);
    auto const codes = xbar.codes();
    std::uint64_t faulty = 0;
    for_each_device(xbar.shape(), [&](int, int set, int plane, int row, int col, std::size_t at) {
      auto const whole = [](int value) { return static_cast<std::uint64_t>(value); };
      std::uint64_t const item = device_item(0, whole(set), whole(plane), whole(row), whole(col));
      Traits const traits = traits_of(k, 64512.0F, regenerated_draws(k, item));
      if (traits.low < traits.high) return;
      ++faulty;
      ASSERT_EQ(position_of(codes[at]), traits.low) << row << ", " << col;
    });
    EXPECT_GT(faulty, 1000U);
  }
}

/// Noise of each kind that knows pulses, measured on a crossbar: one move of every device from
/// mid-window by `steps` level steps.
std::vector<double> moves(Backend& backend, WriteNoise const& noise, int steps) {
  CrossbarConfig config = crossbar_of(128, 64);
  config.slicing = {.weight_bits = 12, .cell_bits_lsb_first = {6, 6, 6}};
  config.devices[0].write_noise = noise;
  Crossbar xbar(backend, config);
  std::vector<std::int32_t> const change(xbar.weight_count(), steps);
  xbar.apply(change);
  std::vector<double> moved;
  auto const codes = xbar.codes();
  for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t at) {
    if (plane == 0) moved.push_back(static_cast<double>(codes[at]) / 64512.0);
  });
  return moved;
}

TEST_P(VariationLaw, DeviationsOfKindsThatKnowPulses) {
  for (int const steps : {1, 6}) {
    double const change = steps / 63.0;
    double const pulses = 100.0 * change;
    auto const check = [&](WriteNoise const& noise, double deviation) {
      auto const moved = moves(backend(), noise, steps);
      EXPECT_TRUE(mean_is(moved, change, deviation)) << enum_name(noise.kind) << ", " << steps;
      EXPECT_TRUE(variance_is(moved, deviation * deviation)) << enum_name(noise.kind);
      EXPECT_TRUE(distributed_as(moved, normal(change, deviation))) << enum_name(noise.kind);
    };
    check({.kind = WriteNoiseKind::per_pulse, .c2c = 0.01}, 0.01 * std::sqrt(pulses));
    check({.kind = WriteNoiseKind::constant, .c2c = 0.01}, 0.01);
    check({.kind = WriteNoiseKind::multiplicative, .sigma = 0.5}, 0.5 * change / std::sqrt(pulses));
    // Level 0 of a 6-bit cell stands at 32 of 63 steps.
    check({.kind = WriteNoiseKind::state_dependent,
           .sigma = 0.5,
           .add = 0.01,
           .slope = 0.1,
           .zero = 0.2},
          0.5 * std::sqrt(pulses) * (change / pulses + 0.01 + 0.1 * (32.0 / 63.0 - 0.2)));
  }
}

}  // namespace
}  // namespace panther::test
