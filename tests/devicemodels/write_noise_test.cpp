// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Standard deviations of write noise against the formulas of their sources.

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "devicemodels/cell.hpp"

namespace panther::test {
namespace {

constexpr float range = 64512.0F;  // of a 6-bit cell: 63 level steps of 1024 codes

/// CrossSim's kinds: sigma sqrt(R |change|), times w/R, times R/w, w the conductance before the
/// move.
TEST(WriteNoise, DeviationOfTheThreeKinds) {
  DeviceConfig config;
  config.on_off_ratio = 10.0;
  config.write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.3};
  DeviceConstants const k = device_constants(config, 1);
  for (float const position : {0.0F, 1000.0F, 30000.0F, 64512.0F}) {
    for (float const change : {-4096.0F, 0.0F, 1.0F, 10240.0F}) {
      double const base = 0.3 * std::sqrt(64512.0 * std::abs(change));
      double const w = (position + 64512.0 / 9.0) / 64512.0;  // G_min = R / (on/off - 1)
      double const tolerance = 8 * 0x1p-24;                   // a handful of float32 roundings
      auto const std_of = [&](WriteNoiseKind kind) {
        return static_cast<double>(write_noise_std(k, kind, range, position, 1.0F, change));
      };
      EXPECT_NEAR(std_of(WriteNoiseKind::additive), base, base * tolerance);
      EXPECT_NEAR(std_of(WriteNoiseKind::proportional), base * w, base * w * tolerance);
      EXPECT_NEAR(std_of(WriteNoiseKind::inverse), base / w, base / w * tolerance);
    }
  }
}

/// NeuroSim's per-pulse sigma over P pulses is CrossSim's sigma = c2c sqrt(P).
TEST(WriteNoise, CycleToCycleFigureIsAccepted) {
  DeviceConfig config;
  config.write_noise = {.kind = WriteNoiseKind::additive, .c2c = 0.035, .c2c_pulses = 100};
  EXPECT_FLOAT_EQ(device_constants(config, 1).write_sigma, 0.35F);
  config.write_noise.sigma = 0.1;
  EXPECT_THROW(device_constants(config, 1), std::invalid_argument);
  config.write_noise.kind = WriteNoiseKind::off;
  EXPECT_EQ(device_constants(config, 1).write_sigma, 0.0F);
}

/// A move of three level steps under 126 pulses a window: six pulses.
double deviation(WriteNoise const& noise, float position, float change) {
  DeviceConfig config;
  config.write_noise = noise;
  DeviceConstants const k = device_constants(config, 1);
  return static_cast<double>(write_noise_std(k, noise.kind, range, position, 3.0F, change));
}

constexpr double pulses = 6.0;

void expect_deviation(WriteNoise const& noise, float position, float change, double expected) {
  EXPECT_NEAR(deviation(noise, position, change), expected, expected * 16 * 0x1p-24)
      << enum_name(noise.kind) << " at " << position << " by " << change;
}

TEST(WriteNoise, KindsThatKnowPulses) {
  for (float const position : {0.0F, 1000.0F, 30000.0F, 64512.0F}) {
    for (float const change : {-4096.0F, 1.0F, 10240.0F}) {
      double const moved = std::abs(static_cast<double>(change));
      double const w = std::abs(static_cast<double>(position) / 64512.0 - 0.25);
      expect_deviation({.kind = WriteNoiseKind::per_pulse, .c2c = 0.02, .c2c_pulses = 126},
                       position, change, 0.02 * 64512.0 * std::sqrt(pulses));
      expect_deviation({.kind = WriteNoiseKind::multiplicative, .sigma = 0.6, .c2c_pulses = 126},
                       position, change, 0.6 * moved / pulses * std::sqrt(pulses));
      expect_deviation({.kind = WriteNoiseKind::constant, .c2c = 0.02, .c2c_pulses = 126}, position,
                       change, 0.02 * 64512.0);
      expect_deviation({.kind = WriteNoiseKind::state_dependent,
                        .sigma = 0.6,
                        .c2c_pulses = 126,
                        .add = 0.021,
                        .slope = 0.108,
                        .zero = 0.25},
                       position, change,
                       0.6 * std::sqrt(pulses) * (moved / pulses + 64512.0 * (0.021 + 0.108 * w)));
    }
  }
}

TEST(WriteNoise, NoStepsHaveNone) {
  for (WriteNoise const& noise :
       {WriteNoise{.kind = WriteNoiseKind::per_pulse, .c2c = 1},
        WriteNoise{.kind = WriteNoiseKind::constant, .c2c = 1},
        WriteNoise{.kind = WriteNoiseKind::multiplicative, .sigma = 10},
        WriteNoise{.kind = WriteNoiseKind::state_dependent, .sigma = 10, .add = 10}}) {
    DeviceConfig config;
    config.write_noise = noise;
    DeviceConstants const k = device_constants(config, 1);
    EXPECT_EQ(write_noise_std(k, noise.kind, range, 5.0F, 0.0F, 0.0F), 0.0F)
        << enum_name(noise.kind);
  }
}

/// The level steps of a window by its range, for every cell.
TEST(WriteNoise, PulsesOfAMoveForEveryCell) {
  DeviceConfig config;
  config.write_noise = {.kind = WriteNoiseKind::per_pulse, .c2c = 0.01, .c2c_pulses = 50};
  DeviceConstants const k = device_constants(config, 1);
  for (int bits = 2; bits <= 16; ++bits) {
    auto const width = static_cast<float>(window_range(bits));
    auto const levels = static_cast<float>(levels_in_window(bits));
    float const whole = write_noise_std(k, WriteNoiseKind::per_pulse, width, 0.0F, levels, width);
    EXPECT_NEAR(whole / width, 0.01 * std::sqrt(50.0), 1e-6) << bits;
  }
}

TEST(WriteNoise, KeysOfAnotherKindAreRefused) {
  auto const refused = [](WriteNoise const& noise) {
    EXPECT_THROW(static_cast<void>(noise.resolved_sigma()), std::invalid_argument)
        << enum_name(noise.kind);
  };
  refused({.kind = WriteNoiseKind::per_pulse, .sigma = 0.1});
  refused({.kind = WriteNoiseKind::constant, .sigma = 0.1});
  refused({.kind = WriteNoiseKind::multiplicative, .c2c = 0.1});
  refused({.kind = WriteNoiseKind::state_dependent, .c2c = 0.1});
  refused({.kind = WriteNoiseKind::multiplicative, .sigma = 0.1, .slope = 0.1});
  refused({.kind = WriteNoiseKind::additive, .sigma = 0.1, .add = 0.1});
}

}  // namespace
}  // namespace panther::test
