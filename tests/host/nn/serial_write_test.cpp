// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// An unsliced device (one a weight, -1 to 1) under opa_digits takes each update as a serial write
// of whole pulses, as NeuroSim does: n = floor(|dW| / 2 * P + 1/2) of 2 / P each.

#include <gtest/gtest.h>

#include <cmath>

#include "tests/host/nn/courses.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

constexpr int columns = 37;

RunConfig unsliced(int pulses_up, int pulses_down) {
  RunConfig config;
  config.slicing.cell_bits_lsb_first = {16};
  config.crs.policy = CarryPolicy::never;
  config.update.method = UpdateMethod::opa_digits;
  Exponential::Params law;
  law.pulses_up = pulses_up;
  law.pulses_down = pulses_down;
  config.device.law = law;
  config.device.rounding = CodeRounding::nearest;
  return config;
}

DenseSpec two_inputs() {
  return {.index = 0,
          .inputs = 2,
          .units = columns,
          .bias = false,
          .activation = Activation::identity,
          .formats = {.x = 14, .z = 10, .y = 10, .e = 15, .u = 15, .w = 15},
          .capacity = 1};
}

class SerialWrite : public OnBackend {};

TEST_P(SerialWrite, AppliesWholePulses) {
  Random random(17);
  for (int trial = 0; trial < trials(10); ++trial) {
    SCOPED_TRACE(random.trace());
    int const up = random.whole(20, 200);
    int const down = random.whole(20, 200);
    RunConfig const config = unsliced(up, down);
    DenseLayer layer(backend(), config, two_inputs(), {{1, config.device}}, true);
    layer.set_learning_rate(1.0);
    layer.x.upload(std::vector<std::int16_t>{1 << 14, 0});
    layer.x_fraction.upload(std::vector<std::int32_t>{14});
    std::vector<std::int16_t> error;
    for (int j = 0; j < columns; ++j)
      error.push_back(static_cast<std::int16_t>(random.whole(-6000, 6000)));
    layer.e.upload(error);
    layer.e_fraction.upload(std::vector<std::int32_t>{15});
    DenseLayer::update({&layer, 1}, {1, 0}, 0, 1);
    std::vector<double> const after = layer.weights(0);
    int pulsed = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      double const wanted = -std::ldexp(error[j], -15);
      int const states = wanted > 0.0 ? up : down;
      double const pulses = 0.5 * std::abs(wanted) * states;
      // A request next to the middle of two pulses may round either way.
      if (std::abs(pulses - std::floor(pulses) - 0.5) < 1e-3) continue;
      double const expected = std::copysign(std::floor(pulses + 0.5) * 2.0 / states, wanted);
      // Half a code of rounding, and a window of 65535 codes for 2.
      EXPECT_NEAR(std::ldexp(after[j], -15), expected, 2e-5 + std::abs(expected) * 2e-5) << j;
      EXPECT_EQ(after[columns + j], 0.0) << "a row that is not driven";
      pulsed += expected != 0.0 ? 1 : 0;
    }
    EXPECT_GT(pulsed, 10);
    EXPECT_LT(pulsed, columns) << "no request lay in the dead zone";
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, SerialWrite, every_backend(), backend_label);

}  // namespace
}  // namespace panther::test
