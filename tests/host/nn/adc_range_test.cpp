// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The converters of a layer (read.adc_range): a step is the full scale / 2^adc_bits, in whole
// codes; codes are two's complement, so that the lowest sum of the full scale is exact and the
// highest clips, a step short.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/host/nn/training_support.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

constexpr int adc_bits = 5;
constexpr int rows = 8;
constexpr int block_lines = 4;
constexpr int cols = 6;
constexpr double level = 1024.0;     // codes, of a cell of 6 bits
constexpr double lowest = -32768.0;  // code
constexpr double word_codes = 16.0;  // codes of sum that an output word counts
constexpr int first_bit = 14;        // of an input, the highest positive one
constexpr int sign_bit = 15;         // counts as -1

RunConfig config_of(AdcRange range) {
  RunConfig config;
  config.slicing = {.weight_bits = 6, .cell_bits_lsb_first = {6}};
  config.crossbar.block_lines = block_lines;
  config.read.mode = ReadMode::bit_serial;
  config.read.adc_bits = adc_bits;
  config.read.adc_range = range;
  config.read.adc_fixed_range = 48.0;
  return config;
}

/// A layer of one slice whose inputs have one bit each, so that a block of an output is one
/// conversion.
class OneBitLayer {
 public:
  OneBitLayer(Backend& backend, AdcRange range)
      : layer_(backend, config_of(range), spec(), {Replica{}}, false),
        y_(backend, cols),
        y_fraction_(backend, 1) {}

  DenseLayer& layer() { return layer_; }

  /// Outputs in codes of sum, at `bit` of the inputs that are driven.
  std::vector<double> read(std::vector<bool> const& driven, int bit) {
    std::vector<std::int16_t> x;
    for (bool const on : driven) x.push_back(static_cast<std::int16_t>(on ? 1U << bit : 0U));
    layer_.x.upload(x);
    layer_.x_fraction.upload(std::vector<std::int32_t>{bit});
    layer_.forward({1, 0}, {.y = y_.data(), .y_fraction = y_fraction_.data(), .rows = cols});
    std::vector<double> sums;
    for (std::int16_t const word : y_.download()) sums.push_back(word_codes * word);
    return sums;
  }

  std::uint64_t clips() const { return layer_.slice_counters()[0].clips; }

  double step(std::string const& direction) {
    StateMap state;
    auto archive = StateArchive::saver(state);
    layer_.archive(archive);
    std::vector<std::int32_t> step(1);
    StateArchive::loader(state).vector("layers/0/adc_step_" + direction, step);
    return step[0];
  }

 private:
  /// Sums have 10 fraction bits beyond the input's: a word counts 2^4 codes.
  static DenseSpec spec() {
    return {.index = 0,
            .inputs = rows,
            .units = cols,
            .bias = false,
            .activation = Activation::identity,
            .formats = {.x = 14, .z = 6, .y = 6, .e = 14, .u = 14, .w = 0},
            .capacity = 1};
  }

  DenseLayer layer_;
  DeviceArray<std::int16_t> y_;
  DeviceArray<std::int32_t> y_fraction_;
};

std::vector<bool> all_driven() { return std::vector<bool>(rows, true); }

TEST(AdcRange, OfTheLargestSumHasTheLowestExactAndTheHighestAStepShort) {
  auto const backend = plain_backend();
  OneBitLayer layer(*backend, AdcRange::max);
  layer.layer().load_codes(
      std::vector<std::int16_t>(rows * cols, static_cast<std::int16_t>(lowest)));
  double const half = -lowest * block_lines;
  double const step = 2.0 * half / std::exp2(adc_bits);
  EXPECT_EQ(layer.step("forward"), step);
  EXPECT_EQ(layer.step("backward"), step);
  constexpr int blocks = rows / block_lines;
  EXPECT_EQ(layer.read(all_driven(), first_bit), std::vector<double>(cols, -half * blocks));
  EXPECT_EQ(layer.clips(), 0U);
  // The sign bit counts as -1: the currents flow the other way.
  EXPECT_EQ(layer.read(all_driven(), sign_bit), std::vector<double>(cols, (half - step) * blocks));
  EXPECT_EQ(layer.clips(), static_cast<std::uint64_t>(cols * blocks));
}

/// A block's sum as a converter gives it.
struct Conversion {
  double sum;
  double converted;
  bool clipped;
};
Conversion conversion(double sum, double step) {
  double const half = std::exp2(adc_bits - 1);
  double const steps = std::nearbyint(sum / step);
  double const kept = std::clamp(steps, -half, half - 1.0);
  return {sum, kept * step, kept != steps};
}

/// Random devices and inputs; the first block of each column is one conversion, the second idle.
struct RandomRead {
  std::vector<std::int16_t> codes;
  std::vector<bool> driven = std::vector<bool>(rows, false);

  explicit RandomRead(Random& random) {
    for (int i = 0; i < rows * cols; ++i) {
      codes.push_back(static_cast<std::int16_t>(level * random.whole(-32, 31)));
    }
    for (std::size_t i = 0; i < block_lines; ++i) driven[i] = random.chance(0.7);
  }
  double sum(int col) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < block_lines; ++i) {
      if (driven[i]) sum += codes[i * cols + static_cast<std::size_t>(col)];
    }
    return sum;
  }
  double peak() const {
    double peak = 0.0;
    for (int col = 0; col < cols; ++col) peak = std::max(peak, std::abs(sum(col)));
    return peak;
  }
};

/// Reads, and checks that every output is its conversion at this step.
std::vector<Conversion> expect_conversions(OneBitLayer& layer, RandomRead const& read,
                                           double step) {
  std::uint64_t clips = layer.clips();
  std::vector<double> const seen = layer.read(read.driven, first_bit);
  std::vector<Conversion> conversions;
  for (int col = 0; col < cols; ++col) {
    Conversion const one = conversion(read.sum(col), step);
    EXPECT_NEAR(seen[static_cast<std::size_t>(col)], one.converted, word_codes / 2.0) << one.sum;
    clips += one.clipped ? 1U : 0U;
    conversions.push_back(one);
  }
  EXPECT_EQ(layer.clips(), clips);
  return conversions;
}

TEST(AdcRange, FixedHasTheStepItNames) {
  auto const backend = plain_backend();
  Random random(401);
  OneBitLayer layer(*backend, AdcRange::fixed);
  double const step = 2.0 * 48.0 * level / std::exp2(adc_bits);
  EXPECT_EQ(layer.step("forward"), step);
  for (int trial = 0; trial < trials(40); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    RandomRead const read(random);
    layer.layer().load_codes(read.codes);
    expect_conversions(layer, read, step);
  }
}

/// What was read in calibration, read again: no sum is lost by more than a step, none below zero by
/// more than half of one.
TEST(AdcRange, CalibratedLosesAtMostAStepOfWhatItSaw) {
  auto const backend = plain_backend();
  Random random(402);
  OneBitLayer layer(*backend, AdcRange::calibrated);
  for (int trial = 0; trial < trials(40); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    RandomRead const read(random);
    layer.layer().load_codes(read.codes);
    layer.layer().begin_calibration(Calibration::ranges);
    layer.read(read.driven, first_bit);
    layer.layer().end_calibration({1, 0});
    // The least whole number of codes with which 2^adc_bits steps hold more than the peak.
    double const step = std::ceil(2.0 * (read.peak() + 1.0) / std::exp2(adc_bits));
    ASSERT_EQ(layer.step("forward"), step);
    for (Conversion const& one : expect_conversions(layer, read, step)) {
      EXPECT_LE(std::abs(one.converted - one.sum), one.sum > 0.0 ? step : step / 2.0);
      EXPECT_FALSE(one.clipped && one.sum < 0.0);
    }
  }
}

}  // namespace
}  // namespace panther::test
