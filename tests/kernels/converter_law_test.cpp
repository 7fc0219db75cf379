// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Converters of a bit-serial read: every conversion of a (plane, block of lines, stream step)
// becomes step * clamp(round(sum / step), -2^(b-1), 2^(b-1) - 1), ties to even; those outside the
// range are counted.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {
namespace {

class ConverterLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, ConverterLaw, every_backend(), backend_label);

/// What line drivers apply in a step: two's complement digits, the last one negative.
int applied(std::int16_t input, int step, int dac_bits) {
  int const digits = 1 << dac_bits;
  int const pattern = input < 0 ? input + 65536 : input;
  int const digit = (pattern >> (step * dac_bits)) % digits;
  bool const last = (step + 1) * dac_bits == 16;
  return last && digit >= digits / 2 ? digit - digits : digit;
}

i128 rounded_ratio(i128 value, i128 divisor) {
  i128 const magnitude = value < 0 ? -value : value;
  i128 quotient = magnitude / divisor;
  i128 const twice = 2 * (magnitude % divisor);
  if (twice > divisor || (twice == divisor && quotient % 2 == 1)) ++quotient;
  return value < 0 ? -quotient : quotient;
}

struct Expected {
  std::vector<i128> sums;
  std::vector<std::uint64_t> clips;        // [replica][slice]
  std::vector<std::uint64_t> conversions;  // [replica][slice]
  std::vector<std::int32_t> peaks;         // [replica][slice]
};

struct ConverterModel {
  CrossbarConfig const& config;
  XbarShape shape;
  std::vector<std::int16_t> const& codes;
  ReadOptions const& options;

  int lines() const { return options.driven == Driven::rows ? config.rows : config.cols; }
  int outputs() const { return options.driven == Driven::rows ? config.cols : config.rows; }
  int pair() const { return config.slicing.encoding == Encoding::differential ? 2 : 1; }

  i128 current(int replica, int plane, int first, int output, int step,
               std::int16_t const* input) const {
    i128 sum = 0;
    for (int i = first; i < std::min(first + options.block_lines, lines()); ++i) {
      int const row = options.driven == Driven::rows ? i : output;
      int const col = options.driven == Driven::rows ? output : i;
      sum += static_cast<i128>(applied(input[i], step, options.dac_bits)) *
             codes[static_cast<std::size_t>(shape.index(replica, options.set, plane, row, col))];
    }
    return sum;
  }

  /// Adds one output of one vector; weights of planes in 2^-unit LSBs.
  i128 output(int replica, int sensed, std::int16_t const* input, Expected& expected) const {
    int const slices = static_cast<int>(config.slicing.cell_bits_lsb_first.size());
    i128 total = 0;
    for (int plane = 0; plane < shape.planes; ++plane) {
      int const slice = plane / pair();
      auto const at = static_cast<std::size_t>(replica * slices + slice);
      int const shift = config.slicing.weight_bits / slices * slice + exact_unit(config.slicing) -
                        (16 - cell_of(config, plane)) - (pair() - 1);
      for (int first = 0; first < lines(); first += options.block_lines) {
        for (int step = 0; step < 16 / options.dac_bits; ++step) {
          i128 const sum = current(replica, plane, first, sensed, step, input);
          i128 const size = options.adc_step[at];
          i128 const limit = static_cast<i128>(1) << (options.adc_bits - 1);
          i128 const ratio = rounded_ratio(sum, size);
          i128 const kept = std::clamp(ratio, -limit, limit - 1);
          ++expected.conversions[at];
          expected.clips[at] += kept != ratio ? 1U : 0U;
          auto const magnitude = static_cast<std::int32_t>(sum < 0 ? -sum : sum);
          expected.peaks[at] = std::max(expected.peaks[at], magnitude);
          total += kept * size * (static_cast<i128>(1) << (shift + step * options.dac_bits));
        }
      }
    }
    return total;
  }

  Expected all(std::vector<std::int16_t> const& inputs) const {
    auto const counters = config.devices.size() * config.slicing.cell_bits_lsb_first.size();
    Expected expected;
    expected.clips.resize(counters);
    expected.conversions.resize(counters);
    expected.peaks.resize(counters);
    int const vectors = static_cast<int>(inputs.size()) / lines();
    for (int v = 0; v < vectors; ++v) {
      for (int j = 0; j < outputs(); ++j) {
        expected.sums.push_back(output(v * shape.replicas / vectors, j,
                                       &inputs[static_cast<std::size_t>(v * lines())], expected));
      }
    }
    return expected;
  }
};

CrossbarConfig small_crossbar(Random& random) {
  CrossbarConfig config = random_crossbar(random);
  config.rows = random.pick<int>({1, 5, 63, 127, 129, 140});
  config.cols = random.pick<int>({1, 15, 17, 33});
  return config;
}

TEST_P(ConverterLaw, EveryConversionIsRoundedAndClippedAndCounted) {
  Random random(201);
  for (int trial = 0; trial < trials(30); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = small_crossbar(random);
    Crossbar xbar(backend(), config);
    auto const codes = random_codes(random, config, xbar);
    xbar.set_codes(codes);
    ReadOptions options;
    options.driven = random.pick<Driven>({Driven::rows, Driven::columns});
    options.mode = ReadMode::bit_serial;
    options.set = random.whole(0, config.sets - 1);
    options.block_lines = random.pick<int>({128, 64, 17});
    options.dac_bits = random.pick<int>({1, 2, 4, 8});
    options.adc_bits = random.whole(2, 12);
    options.adc_step.resize(config.devices.size() * config.slicing.cell_bits_lsb_first.size());
    for (auto& step : options.adc_step) step = 1 << random.whole(0, 20);
    for (auto& step : options.adc_step) step += random.chance(0.5) ? 0 : random.whole(0, 999);
    auto const inputs = random_inputs(random, config, options.driven, random.whole(1, 2));
    Expected const expected = ConverterModel{config, xbar.shape(), codes, options}.all(inputs);
    ASSERT_EQ(xbar.read(inputs, options), expected.sums) << describe(config);
    auto const counters = xbar.slice_counters();
    for (std::size_t i = 0; i < counters.size(); ++i) {
      ASSERT_EQ(counters[i].clips, expected.clips[i]) << describe(config);
      ASSERT_EQ(counters[i].conversions, expected.conversions[i]) << describe(config);
    }
    ASSERT_EQ(xbar.observed_peak(), expected.peaks) << describe(config);
  }
}

/// One row, one plane, input 1: the output is the conversion of the device's code itself.
TEST_P(ConverterLaw, StaircaseOfOneDevice) {
  CrossbarConfig config = crossbar_of(1, 8);
  config.slicing = {.weight_bits = 12, .cell_bits_lsb_first = {16}};
  Crossbar xbar(backend(), config);
  auto codes = xbar.codes();
  std::vector<std::int16_t> const levels = {-200, -36, -35, -30, 5, 6, 30, 100};
  std::copy(levels.begin(), levels.end(), codes.begin());
  xbar.set_codes(codes);
  // 3 bits, 10 codes a step: -40 .. 30; ties at 5, -35 go to the even step.
  ReadOptions const options{.mode = ReadMode::bit_serial, .adc_bits = 3, .adc_step = {10}};
  EXPECT_EQ(xbar.read({1}, options), (std::vector<i128>{-40, -40, -40, -30, 0, 10, 30, 30}));
  // -200 and 100 clip in the one step that is not 0; 1 is 1 in the first step, 0 in the others.
  EXPECT_EQ(xbar.slice_counters()[0].clips, 2U);
  EXPECT_EQ(xbar.slice_counters()[0].conversions, 8U * 16U);
}

TEST_P(ConverterLaw, MoreConductanceNeverReadsLess) {
  Random random(202);
  CrossbarConfig const config = crossbar_of(37, 5);
  Crossbar xbar(backend(), config);
  auto codes = random_codes(random, config, xbar);
  std::vector<std::int16_t> inputs(37);
  for (auto& input : inputs) input = static_cast<std::int16_t>(random.whole(0, 32767));
  ReadOptions options{.mode = ReadMode::bit_serial, .dac_bits = 2, .adc_bits = 4};
  options.adc_step.assign(8, 30011);
  xbar.set_codes(codes);
  auto before = xbar.read(inputs, options);
  int rises = 0;
  for (int k = 0; k < trials(200); ++k) {
    int const row = random.whole(0, 36);
    for (int col = 0; col < 5; ++col) {
      auto& code =
          codes[static_cast<std::size_t>(xbar.shape().index(0, 0, random.whole(0, 7), row, col))];
      code = static_cast<std::int16_t>(std::min(31744, code + random.whole(0, 20000)));
    }
    xbar.set_codes(codes);
    auto const after = xbar.read(inputs, options);
    for (std::size_t j = 0; j < after.size(); ++j) {
      ASSERT_GE(after[j], before[j]) << random.trace();
      rises += after[j] > before[j] ? 1 : 0;
    }
    before = after;
  }
  EXPECT_GT(rises, 0);
}

/// A step at which the largest code reaches the largest sum: nothing clips, either way.
TEST_P(ConverterLaw, StepsThatReachTheLargestSumNeverClip) {
  Random random(203);
  for (int const dac_bits : {1, 2, 4, 8}) {
    CrossbarConfig const config = crossbar_of(130, 9);
    Crossbar xbar(backend(), config);
    xbar.set_codes(random_codes(random, config, xbar));
    ReadOptions options{.mode = ReadMode::bit_serial, .dac_bits = dac_bits, .adc_bits = 9};
    // 128 lines, each at most (2^dac - 1) times 32768 codes, over the 255 steps of one sign.
    std::int64_t const most = std::int64_t{128} * ((1 << dac_bits) - 1) * 32768;
    options.adc_step.assign(8, static_cast<std::int32_t>((most + 254) / 255));
    auto const inputs = random_inputs(random, config, Driven::rows, 2);
    auto const converted = xbar.read(inputs, options);
    auto const exact = xbar.read(inputs);
    EXPECT_EQ(xbar.slice_counters()[3].clips, 0U) << dac_bits;
    // Half a step in every conversion: 2 blocks, planes of weight 4^s, stream steps of weight
    // 2^(dac t).
    i128 const weights = (65536 - 1) / 3 * static_cast<i128>((65536 - 1) / ((1 << dac_bits) - 1));
    i128 const bound = (options.adc_step[0] + 1) / 2 * 2 * weights;
    for (std::size_t j = 0; j < exact.size(); ++j) {
      i128 const error = converted[j] - exact[j];
      EXPECT_LE(error < 0 ? -error : error, bound) << random.trace();
    }
  }
}

}  // namespace
}  // namespace panther::test
