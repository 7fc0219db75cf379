// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Analog reads: without effects they are bit-serial reads to the bit, and with any of them every
// backend gives the bits of the definition, AnalogReadLine, which the scalar backend runs item by
// item.

#include <gtest/gtest.h>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_analog.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {
namespace {

class AnalogReadLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, AnalogReadLaw, every_backend(), backend_label);

ReadOptions random_options(Random& random, CrossbarConfig const& config, Slicing const& slicing) {
  ReadOptions options;
  options.driven = random.pick<Driven>({Driven::rows, Driven::columns});
  options.set = random.whole(0, config.sets - 1);
  options.block_lines = random.pick<int>({128, 128, 64, 33, 7});
  options.dac_bits = random.pick<int>({1, 1, 2, 4, 8});
  options.adc_bits = random.pick<int>({0, 2, 5, 8, 16});
  options.first_read = random.word() >> 20;
  for (std::size_t i = 0; i < config.devices.size() * static_cast<std::size_t>(slicing.slices);
       ++i) {
    options.adc_step.push_back(random.pick<std::int32_t>({1, 3, 1000, 1024, 65536}));
  }
  return options;
}

struct Result {
  std::vector<i128> sums;
  std::vector<SliceCounters> counters;
  std::vector<std::int32_t> peaks;
};

Result read_with(Backend& backend, CrossbarConfig const& config,
                 std::vector<std::int16_t> const& codes, std::vector<std::int16_t> const& inputs,
                 ReadOptions const& options) {
  Crossbar xbar(backend, config);
  xbar.set_codes(codes);
  Result result;
  result.sums = xbar.read(inputs, options);
  result.counters = xbar.slice_counters();
  result.peaks = xbar.observed_peak();
  return result;
}

void expect_equal(Result const& expected, Result const& found) {
  EXPECT_TRUE(expected.sums == found.sums);
  EXPECT_EQ(expected.peaks, found.peaks);
  for (std::size_t i = 0; i < expected.counters.size(); ++i) {
    EXPECT_EQ(expected.counters[i].conversions, found.counters[i].conversions) << "slice " << i;
    EXPECT_EQ(expected.counters[i].clips, found.counters[i].clips) << "slice " << i;
  }
}

TEST_P(AnalogReadLaw, WithoutEffectsIsBitSerial) {
  Random random(401);
  for (int trial = 0; trial < trials(60); ++trial) {
    CrossbarConfig config = random_crossbar(random);
    bool const noisy = random.chance(0.5);
    for (DeviceConfig& device : config.devices) {
      if (noisy) device.read_noise = {.relative = 0.03, .line = 0.4};
    }
    Crossbar xbar(backend(), config);
    ReadOptions options = random_options(random, config, xbar.slicing());
    auto const codes = random_codes(random, config, xbar);
    auto const inputs = random_inputs(random, config, options.driven, random.whole(1, 6));
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial) + ": " + describe(config));
    options.mode = ReadMode::bit_serial;
    Result const serial = read_with(backend(), config, codes, inputs, options);
    options.mode = ReadMode::analog;
    expect_equal(serial, read_with(backend(), config, codes, inputs, options));
    if (HasFailure()) return;
  }
}

TEST_P(AnalogReadLaw, EqualsTheDefinition) {
  if (GetParam() == "cpu_scalar") GTEST_SKIP() << "is the definition";
  Random random(402);
  auto const plain = open_backend("cpu_scalar").backend;
  for (int trial = 0; trial < trials(24); ++trial) {
    CrossbarConfig config = random_crossbar(random);
    double const share = random.pick<double>({0.1, 0.3, 0.7});
    for (DeviceConfig& device : config.devices) {
      device.on_off_ratio = random.pick<double>({2.0, 10.0, 1e4});
      device.reading = random_reading(random, share);
      device.g_max = random.pick<double>({1e-6, 1e-4});
      if (random.chance(share)) device.read_noise.relative = 0.05;
      if (random.chance(share)) device.read_noise.line = 0.5;
    }
    Crossbar xbar(backend(), config);
    ReadOptions options = random_options(random, config, xbar.slicing());
    options.mode = ReadMode::analog;
    options.analog = random_analog(random, share, options.adc_bits == 0);
    options.ideal_converters = random.chance(0.1);
    auto const codes = random_codes(random, config, xbar);
    auto const inputs = random_inputs(random, config, options.driven, random.whole(1, 6));
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial) + ": " + describe(config));
    expect_equal(read_with(*plain, config, codes, inputs, options),
                 read_with(backend(), config, codes, inputs, options));
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace panther::test
