// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Bound management of analog reads: it is a loop of plain reads of halved inputs, vector by vector,
// by a naive model, on every backend; where nothing clips it is no bound management, whatever else
// the read does; every attempt has its own noise; all backends and groupings give the same bits.

#include <gtest/gtest.h>

#include <cmath>
#include <span>

#include "tests/support/analog_reads.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_analog.hpp"
#include "tests/support/random_crossbar.hpp"

namespace panther::test {
namespace {

class BoundManagementLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, BoundManagementLaw, every_backend(), backend_label);

struct Result {
  std::vector<i128> sums;
  std::vector<SliceCounters> counters;
  std::uint64_t repeats = 0;
};

struct Read : AnalogRead {
  std::size_t examples() const { return vectors() / config.devices.size(); }

  Result of(Backend& backend, std::vector<std::int16_t> const& driven_by,
            ReadOptions const& how) const {
    Crossbar xbar(backend, config);
    xbar.set_codes(codes);
    Result result{xbar.read(driven_by, how), xbar.slice_counters(), 0};
    for (std::uint64_t const repeats : xbar.repeated_reads()) result.repeats += repeats;
    return result;
  }
  Result of(Backend& backend) const { return of(backend, inputs, options); }
};

void remove_fresh_noise(Read& read) {
  for (DeviceConfig& device : read.config.devices) {
    device.reading.thermal = device.reading.shot = false;
    device.read_noise = {};
  }
  AnalogReadConfig& analog = read.options.analog;
  analog.dac.noise = 0.0;
  analog.adc.comparator_noise = 0.0;
  analog.adc.rounding = AdcRounding::nearest;
}

/// Ranges that vectors of full scale exceed and smaller ones do not.
Read random_read(Random& random, Backend& backend, double share) {
  Read read{{random_crossbar(random), {}, {}, {}, 0}};
  for (DeviceConfig& device : read.config.devices) {
    device.reading = random_reading(random, share);
    if (random.chance(share)) device.read_noise = {.relative = 0.03, .line = 0.4};
  }
  Crossbar xbar(backend, read.config);
  ReadOptions& options = read.options;
  options.mode = ReadMode::analog;
  options.driven = random.pick<Driven>({Driven::rows, Driven::columns});
  options.block_lines = random.pick<int>({128, 33, 7});
  options.dac_bits = random.pick<int>({1, 2, 4, 8});
  options.adc_bits = random.pick<int>({4, 8});
  options.first_read = random.word() >> 20;
  options.analog = random_analog(random, share, false);
  if (random.chance(0.7)) options.analog.adc.timing = AdcTiming::accumulated;
  options.analog.bounds = {.management = random.pick<BoundManagement>(
                               {BoundManagement::iterative, BoundManagement::worst_case}),
                           .max_factor = random.pick<double>({2.0, 7.9, 8.0, 1000.0, 32768.0}),
                           .max_resolution = random.pick<double>({0.0001, 0.01, 0.25}),
                           .test_negative = random.chance(0.5)};
  if (options.analog.bounds.management == BoundManagement::worst_case) {
    options.analog.inputs.full_lines = random.pick<double>({0.02, 1.0, 20.0});
  }
  read.driven = static_cast<std::size_t>(options.driven == Driven::rows ? xbar.shape().rows
                                                                        : xbar.shape().cols);
  auto const lines = std::min<std::size_t>(read.driven, 33);
  int const range = static_cast<int>(random.pick<double>({0.05, 0.5}) * 32768.0 *
                                     std::sqrt(static_cast<double>(lines)));
  options.adc_step.assign(
      read.config.devices.size() * static_cast<std::size_t>(xbar.slicing().slices),
      std::max(1, range >> (options.adc_bits - 1)));
  read.codes = random_codes(random, read.config, xbar);
  std::size_t const vectors =
      read.config.devices.size() * static_cast<std::size_t>(random.whole(1, 6));
  for (std::size_t vector = 0; vector < vectors; ++vector) {
    int const most = random.pick<int>({0, 1, 300, 9000, 32767});
    for (std::size_t line = 0; line < read.driven; ++line) {
      read.inputs.push_back(static_cast<std::int16_t>(random.whole(-most, most)));
    }
  }
  return read;
}

/// One vector through a read without any management, of a crossbar whose other replicas read
/// nothing: its sums, and whether it clipped.
struct Attempt {
  std::vector<i128> sums;
  bool clipped;
};

Attempt plain_read(Read const& read, Backend& backend, std::size_t vector,
                   std::vector<std::int16_t> const& input) {
  std::size_t const replica = vector / read.examples();
  ReadOptions options = read.options;
  options.analog.inputs = {};
  options.analog.bounds = {};
  options.first_read += vector % read.examples();
  std::vector<std::int16_t> all(read.config.devices.size() * read.driven, 0);
  std::ranges::copy(input, all.begin() + static_cast<std::ptrdiff_t>(replica * read.driven));
  Result const result = read.of(backend, all, options);
  std::size_t const sensed = result.sums.size() / read.config.devices.size();
  auto const first = result.sums.begin() + static_cast<std::ptrdiff_t>(replica * sensed);
  Attempt attempt{{first, first + static_cast<std::ptrdiff_t>(sensed)}, false};
  std::size_t const slices = result.counters.size() / read.config.devices.size();
  for (std::size_t slice = 0; slice < slices; ++slice) {
    attempt.clipped |= result.counters[replica * slices + slice].clips != 0;
  }
  return attempt;
}

struct Expected {
  std::vector<i128> sums;
  std::uint64_t repeats = 0;
  int largest_factor = 1;
};

/// The loop, for converters whose lower ends count.
Expected naive_loop(Read const& read, Backend& backend) {
  BoundManagementConfig const& bounds = read.options.analog.bounds;
  Expected expected;
  for (std::size_t vector = 0; vector < read.vectors(); ++vector) {
    std::span<std::int16_t const> const input = read.vector(vector);
    NaiveScale const first{read.options.analog.inputs, read.options.block_lines,
                           bounds.max_resolution};
    i128 scale = first(input);
    for (int factor = 1;; factor *= 2, scale *= 2, ++expected.repeats) {
      if (factor == 2 && bounds.management == BoundManagement::worst_case) {
        scale = std::max(scale, first.by_sum(input));
      }
      Attempt const attempt = plain_read(read, backend, vector, naively_scaled(input, scale));
      expected.largest_factor = std::max(expected.largest_factor, factor);
      bool const more =
          2 * factor <= bounds.max_factor && 2 * factor / 65534.0 <= bounds.max_resolution;
      if (attempt.clipped && more) continue;
      for (i128 const sum : attempt.sums) {
        expected.sums.push_back(rounded_quotient(sum * scale, full));
      }
      break;
    }
  }
  return expected;
}

TEST_P(BoundManagementLaw, IsALoopOfReadsOfHalvedInputs) {
  Random random(821);
  std::uint64_t repeats = 0;
  int largest_factor = 1;
  for (int trial = 0; trial < trials(8); ++trial) {
    Read read = random_read(random, backend(), 0.2);
    remove_fresh_noise(read);
    read.options.analog.bounds.test_negative = true;
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial) + ": " +
                 describe(read.config));
    Expected const expected = naive_loop(read, backend());
    Result const found = read.of(backend());
    ASSERT_TRUE(expected.sums == found.sums);
    ASSERT_EQ(expected.repeats, found.repeats);
    repeats += expected.repeats;
    largest_factor = std::max(largest_factor, expected.largest_factor);
  }
  EXPECT_GT(repeats, static_cast<std::uint64_t>(trials(8)));
  if (trials(8) < 8) return;  // few trials need not get there
  EXPECT_GE(largest_factor, 512);
}

TEST_P(BoundManagementLaw, DoesNothingWhereNothingClips) {
  Random random(822);
  for (int trial = 0; trial < trials(8); ++trial) {
    Read read = random_read(random, backend(), 0.3);
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    // Without bound management abs_max_np_sum has the resolution that is the default.
    read.options.analog.bounds.max_resolution = BoundManagementConfig{}.max_resolution;
    for (std::int32_t& step : read.options.adc_step) step = 1 << 30;
    read.options.analog.adc.offset_std = 0.0;
    if (read.options.analog.adc.comparator_noise > 0.0) {
      read.options.analog.adc.comparator_noise = 0.01;
    }
    Result const managed = read.of(backend());
    read.options.analog.bounds = {};
    if (read.options.analog.inputs.noise_management != NoiseManagement::abs_max_np_sum) {
      read.options.analog.inputs.full_lines = InputScalingConfig{}.full_lines;
    }
    Result const off = read.of(backend());
    ASSERT_TRUE(off.sums == managed.sums);
    ASSERT_EQ(managed.repeats, 0U);
  }
}

TEST_P(BoundManagementLaw, IsTheSameOnEveryBackendAndInEveryBatch) {
  auto const plain = make_cpu_backend({.threads = 1, .isa = Isa::scalar});
  Random random(823);
  std::uint64_t repeats = 0;
  for (int trial = 0; trial < trials(5); ++trial) {
    Read const read = random_read(random, backend(), 0.3);
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial) + ": " +
                 describe(read.config));
    Result const expected = read.of(*plain);
    Result const found = read.of(backend());
    ASSERT_TRUE(expected.sums == found.sums);
    ASSERT_EQ(expected.repeats, found.repeats);
    for (std::size_t i = 0; i < expected.counters.size(); ++i) {
      ASSERT_EQ(expected.counters[i].clips, found.counters[i].clips);
      ASSERT_EQ(expected.counters[i].conversions, found.counters[i].conversions);
    }
    repeats += found.repeats;
    // One example at a time.
    std::size_t const sensed = found.sums.size() / read.vectors();
    for (std::size_t example = 0; example < read.examples(); ++example) {
      ReadOptions options = read.options;
      options.first_read += example;
      std::vector<std::int16_t> inputs;
      for (std::size_t replica = 0; replica < read.config.devices.size(); ++replica) {
        auto const vector =
            std::span(read.inputs)
                .subspan((replica * read.examples() + example) * read.driven, read.driven);
        inputs.insert(inputs.end(), vector.begin(), vector.end());
      }
      Result const alone = read.of(backend(), inputs, options);
      for (std::size_t i = 0; i < alone.sums.size(); ++i) {
        std::size_t const vector = i / sensed * read.examples() + example;
        ASSERT_TRUE(alone.sums[i] == found.sums[vector * sensed + i % sensed]);
      }
    }
  }
  EXPECT_GT(repeats, static_cast<std::uint64_t>(trials(5)));
}

/// A layer of unit inputs whose every column clips at one end in the first attempt only.
struct OneSided {
  CrossbarConfig config = crossbar_of(8, 40);
  ReadOptions options;
  std::vector<std::int16_t> codes;

  OneSided(Backend& backend, int sign) {
    Crossbar const xbar(backend, config);
    codes.assign(xbar.codes().size(), static_cast<std::int16_t>(sign * 1000));
    options.mode = ReadMode::analog;
    options.adc_bits = 8;
    options.analog.adc.timing = AdcTiming::accumulated;
    options.analog.bounds.management = BoundManagement::iterative;
    // 8 lines of 1000 codes at full scale, shared by 2^15 capacitors: 8000 codes of a range of
    // 128 steps.
    options.adc_step.assign(static_cast<std::size_t>(xbar.slicing().slices), 40);
  }
  std::uint64_t repeats(Backend& backend) const {
    Crossbar xbar(backend, config);
    xbar.set_codes(codes);
    static_cast<void>(xbar.read(std::vector<std::int16_t>(8, 32767), options));
    return xbar.repeated_reads().front();
  }
};

TEST_P(BoundManagementLaw, LooksAtLowerEndsIfAsked) {
  for (int const sign : {-1, 1}) {
    OneSided read(backend(), sign);
    EXPECT_EQ(read.repeats(backend()), 1U);
    read.options.analog.bounds.test_negative = false;
    EXPECT_EQ(read.repeats(backend()), sign < 0 ? 0U : 1U);
  }
}

TEST_P(BoundManagementLaw, StopsAtItsLimits) {
  OneSided read(backend(), 1);
  for (std::int32_t& step : read.options.adc_step) step = 1;
  BoundManagementConfig& bounds = read.options.analog.bounds;
  bounds.max_factor = 2.0;
  EXPECT_EQ(read.repeats(backend()), 1U);
  bounds.max_factor = 15.9;
  EXPECT_EQ(read.repeats(backend()), 3U);
  bounds.max_factor = 16.0;
  EXPECT_EQ(read.repeats(backend()), 4U);
  bounds.max_resolution = 8.5 / 65534.0;
  EXPECT_EQ(read.repeats(backend()), 3U);
}

TEST_P(BoundManagementLaw, OfTheWorstCaseReadsTwice) {
  // 8 lines of 1000 codes, of a converter of 128 codes: it holds 0.128 of them at full scale.
  OneSided read(backend(), 1);
  for (std::int32_t& step : read.options.adc_step) step = 1;
  EXPECT_GT(read.repeats(backend()), 5U);
  read.options.analog.bounds.management = BoundManagement::worst_case;
  read.options.analog.inputs.full_lines = 0.1;
  EXPECT_EQ(read.repeats(backend()), 1U);
  // An assumption that is too good costs attempts, not sums.
  read.options.analog.inputs.full_lines = 4.0;
  EXPECT_GT(read.repeats(backend()), 3U);
}

double variance(std::vector<double> const& values) {
  double sum = 0.0;
  double squares = 0.0;
  for (double const value : values) {
    sum += value;
    squares += value * value;
  }
  auto const count = static_cast<double>(values.size());
  return squares / count - sum * sum / (count * count);
}

TEST_P(BoundManagementLaw, DrawsNoiseAfresh) {
  constexpr std::size_t vectors = 50;
  OneSided read(backend(), 1);
  read.config.devices.front().read_noise.line = 0.1;  // 100 codes: 10 of them below the range
  auto const sums_of = [&](std::int16_t input, BoundManagement management) {
    ReadOptions options = read.options;
    options.analog.bounds.management = management;
    Crossbar xbar(backend(), read.config);
    xbar.set_codes(read.codes);
    std::vector<i128> const sums =
        xbar.read(std::vector<std::int16_t>(8 * vectors, input), options);
    EXPECT_EQ(xbar.repeated_reads().front(), management == BoundManagement::off ? 0 : vectors);
    return std::vector<double>(sums.begin(), sums.end());
  };
  std::vector<double> const first = sums_of(16384, BoundManagement::off);
  std::vector<double> differences = sums_of(32767, BoundManagement::iterative);
  for (std::size_t i = 0; i < first.size(); ++i) differences[i] = differences[i] / 2.0 - first[i];
  // 2 for independent draws of the same size, 0 for the same draws. 2000 outputs: a standard
  // deviation of 0.08, false alarms below 1e-6.
  EXPECT_NEAR(variance(differences) / variance(first), 2.0, 0.4);
}

}  // namespace
}  // namespace panther::test
