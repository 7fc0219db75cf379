// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Noise management of analog reads: it is a read of scaled inputs whose sums are scaled back, by a
// naive model, on every backend and with every other effect; it does nothing where inputs fill the
// drivers' range; and it does what it is for.

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/analog_reads.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_analog.hpp"
#include "tests/support/random_crossbar.hpp"

namespace panther::test {
namespace {

class InputScalingLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, InputScalingLaw, every_backend(), backend_label);

std::vector<i128> read_with(Backend& backend, CrossbarConfig const& config,
                            std::vector<std::int16_t> const& codes,
                            std::vector<std::int16_t> const& inputs, ReadOptions const& options) {
  Crossbar xbar(backend, config);
  xbar.set_codes(codes);
  return xbar.read(inputs, options);
}

ReadOptions analog_options(Random& random, CrossbarConfig const& config, Slicing const& slicing) {
  ReadOptions options;
  options.mode = ReadMode::analog;
  options.driven = random.pick<Driven>({Driven::rows, Driven::columns});
  options.block_lines = random.pick<int>({128, 33, 7});
  options.dac_bits = random.pick<int>({1, 2, 4, 8});
  options.adc_bits = random.pick<int>({0, 4, 8});
  options.first_read = random.word() >> 20;
  options.adc_step.assign(config.devices.size() * static_cast<std::size_t>(slicing.slices), 20000);
  return options;
}

/// Vectors of any size, some of them zero or without positive values.
std::vector<std::int16_t> inputs_of_any_size(Random& random, std::size_t vectors,
                                             std::size_t lines) {
  std::vector<std::int16_t> inputs;
  for (std::size_t vector = 0; vector < vectors; ++vector) {
    int const most = random.pick<int>({0, 1, 7, 300, 9000, 32767});
    bool const negative = random.chance(0.2);
    for (std::size_t line = 0; line < lines; ++line) {
      inputs.push_back(static_cast<std::int16_t>(random.whole(-most, negative ? 0 : most)));
    }
    if (random.chance(0.2)) inputs.back() = -32768;
  }
  return inputs;
}

AnalogRead random_read(Random& random, Backend& backend, double share) {
  AnalogRead read{random_crossbar(random), {}, {}, {}, 0};
  for (DeviceConfig& device : read.config.devices) {
    device.reading = random_reading(random, share);
    if (random.chance(share)) device.read_noise = {.relative = 0.03, .line = 0.4};
  }
  Crossbar xbar(backend, read.config);
  read.options = analog_options(random, read.config, xbar.slicing());
  read.options.analog = random_analog(random, share, read.options.adc_bits == 0);
  if (random.chance(0.7)) {
    for (std::size_t replica = 0; replica < read.config.devices.size(); ++replica) {
      read.options.input_mean.push_back(random.whole(1, 32767));
    }
  }
  read.codes = random_codes(random, read.config, xbar);
  read.driven = static_cast<std::size_t>(read.options.driven == Driven::rows ? xbar.shape().rows
                                                                             : xbar.shape().cols);
  read.inputs = inputs_of_any_size(
      random, read.config.devices.size() * static_cast<std::size_t>(random.whole(1, 6)),
      read.driven);
  return read;
}

TEST_P(InputScalingLaw, IsAReadOfScaledInputs) {
  Random random(811);
  int scaled_vectors = 0;
  int reduced_vectors = 0;
  for (int trial = 0; trial < trials(30); ++trial) {
    AnalogRead read = random_read(random, backend(), 0.2);
    NaiveScale scale{random_scaling(random), read.options.block_lines, 0.25};
    std::vector<std::int16_t> scaled;
    std::vector<i128> scales;
    for (std::size_t i = 0; i < read.vectors(); ++i) {
      std::size_t const replica = i * read.config.devices.size() / read.vectors();
      if (!read.options.input_mean.empty()) scale.mean = read.options.input_mean[replica];
      scales.push_back(scale(read.vector(i)));
      auto const vector = naively_scaled(read.vector(i), scales.back());
      scaled.insert(scaled.end(), vector.begin(), vector.end());
      if (scales.back() != full) ++scaled_vectors;
      if (scales.back() > full) ++reduced_vectors;
    }
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial) + ": " +
                 describe(read.config));
    read.options.analog.inputs = {};
    std::vector<i128> expected =
        read_with(backend(), read.config, read.codes, scaled, read.options);
    std::size_t const sensed = expected.size() / read.vectors();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      expected[i] = rounded_quotient(expected[i] * scales[i / sensed], full);
    }
    read.options.analog.inputs = scale.config;
    ASSERT_TRUE(expected ==
                read_with(backend(), read.config, read.codes, read.inputs, read.options));
  }
  EXPECT_GT(scaled_vectors, trials(30));
  EXPECT_GT(reduced_vectors, 0);
}

TEST_P(InputScalingLaw, OfFullScaleIsOff) {
  Random random(812);
  for (int trial = 0; trial < trials(12); ++trial) {
    AnalogRead read = random_read(random, backend(), 0.3);
    for (std::size_t i = 0; i < read.vectors(); ++i) read.inputs[i * read.driven] = 32767;
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    read.options.analog.inputs = {};
    auto const off = read_with(backend(), read.config, read.codes, read.inputs, read.options);
    read.options.input_mean.assign(read.config.devices.size(), 32767);
    // More lines than any of these crossbars has.
    for (auto const& [kind, name] : EnumNames<NoiseManagement>::values) {
      SCOPED_TRACE(name);
      read.options.analog.inputs.full_lines =
          kind == NoiseManagement::abs_max_np_sum ? 5000.0 : InputScalingConfig{}.full_lines;
      read.options.analog.inputs.noise_management = kind;
      ASSERT_TRUE(off == read_with(backend(), read.config, read.codes, read.inputs, read.options));
    }
  }
}

/// Root of the mean square difference.
double rms(std::vector<i128> const& found, std::vector<i128> const& exact) {
  double sum = 0.0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto const off = static_cast<double>(found[i] - exact[i]);
    sum += off * off;
  }
  return std::sqrt(sum / static_cast<double>(found.size()));
}

TEST_P(InputScalingLaw, BringsSmallInputsToTheConverters) {
  CrossbarConfig const config = crossbar_of(60, 70);
  Crossbar xbar(backend(), config);
  Random random(813);
  auto const codes = random_codes(random, config, xbar);
  constexpr int most = 255;  // 1/128.5 of full scale
  std::vector<std::int16_t> inputs;
  for (int i = 0; i < 4 * 60; ++i) {
    inputs.push_back(static_cast<std::int16_t>(i % 60 == 7 ? most : random.whole(-most, most)));
  }
  ReadOptions options;
  options.mode = ReadMode::analog;
  auto const exact = read_with(backend(), config, codes, inputs, options);
  options.analog.inputs.noise_management = NoiseManagement::abs_max;
  // Ideal converters: only what scaling rounds is lost, an input LSB / 257 a line at most; a line's
  // codes add up to less than 2^16 in every plane, and those of planes as their shifts.
  double largest = 1.0;
  for (int plane = 0; plane < xbar.shape().planes; ++plane) {
    largest += 60 * 32768.0 * std::exp2(xbar.slicing().shift_of(xbar.slicing().slice_of(plane)));
  }
  auto const ideal = read_with(backend(), config, codes, inputs, options);
  for (std::size_t i = 0; i < ideal.size(); ++i) {
    auto const off = static_cast<double>(ideal[i] - exact[i]);
    ASSERT_LE(std::abs(off), largest * 0.5 * most / full);
  }
  // One conversion of all steps, whose error is uniform, of the same size with and without scaling.
  options.analog.adc.timing = AdcTiming::accumulated;
  options.adc_bits = 12;
  options.adc_step.assign(static_cast<std::size_t>(xbar.slicing().slices), 60 * 65536 / 4096);
  auto const managed = read_with(backend(), config, codes, inputs, options);
  options.analog.inputs = {};
  auto const off = read_with(backend(), config, codes, inputs, options);
  // The ratio of two deviations of 280 outputs: 128.5 within 5 / sqrt(280).
  EXPECT_NEAR(rms(off, exact) / rms(managed, exact), full / static_cast<double>(most), 38.0);
}

}  // namespace
}  // namespace panther::test
