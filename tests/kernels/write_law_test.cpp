// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Writing cells: ideal, open loop with write noise, write-verify with a tolerance and a limit; only
// changed cells are written and counted; stuck cells and windows limit all three.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class WriteLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, WriteLaw, every_backend(), backend_label);

/// One 10-bit cell a weight: the weight is the level, a level is 64 codes.
CrossbarConfig analog_crossbar(int rows, int cols) {
  CrossbarConfig config = crossbar_of(rows, cols);
  config.slicing = {.weight_bits = 10, .cell_bits_lsb_first = {10}};
  return config;
}

constexpr double unit = 64.0;
constexpr double range = 1023 * unit;

std::vector<std::int32_t> random_weights(Random& random, Crossbar const& xbar, int reach) {
  std::vector<std::int32_t> weights(xbar.weight_count());
  for (auto& weight : weights) weight = random.whole(-reach, reach);
  return weights;
}

std::vector<double> errors_of(Crossbar const& xbar, std::vector<std::int32_t> const& weights) {
  auto const codes = xbar.codes();
  std::vector<double> errors;
  for_each_device(xbar.shape(), [&](int r, int, int, int row, int col, std::size_t at) {
    auto const w =
        weights[static_cast<std::size_t>((r * xbar.shape().rows + row) * xbar.shape().cols + col)];
    errors.push_back(codes[at] - unit * w);
  });
  return errors;
}

TEST_P(WriteLaw, OnlyChangedCellsAreWrittenAndStepsCounted) {
  Crossbar xbar(backend(), analog_crossbar(1, 5));
  xbar.program({0, 3, -4, 10, 0});
  EXPECT_EQ(xbar.slice_counters()[0].cells_written, 3U);
  EXPECT_EQ(xbar.slice_counters()[0].write_steps, 17U);
  xbar.program({0, 3, -4, 11, 1});
  EXPECT_EQ(xbar.slice_counters()[0].cells_written, 5U);
  EXPECT_EQ(xbar.slice_counters()[0].write_steps, 19U);
  EXPECT_EQ(xbar.slice_counters()[0].write_failures, 0U);
  auto codes = xbar.codes();
  codes.resize(5);
  EXPECT_EQ(codes, (std::vector<std::int16_t>{0, 192, -256, 704, 64}));
}

/// Without noise, all three ways of writing reach the digits exactly.
TEST_P(WriteLaw, QuietWritesAreExact) {
  Random random(701);
  for (int trial = 0; trial < trials(12); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_crossbar(random);
    Crossbar ideal(backend(), config);
    auto const weights = random_weights(random, ideal, 20000);
    auto const next = random_weights(random, ideal, 20000);
    ideal.program(weights);
    ideal.program(next);
    for (WriteMode const mode : {WriteMode::open_loop, WriteMode::write_verify}) {
      Crossbar xbar(backend(), config);
      xbar.program(weights, {.mode = mode});
      xbar.program(next, {.mode = mode, .event = 1});
      ASSERT_EQ(xbar.codes(), ideal.codes()) << describe(config);
      for (std::size_t s = 0; s < xbar.slice_counters().size(); ++s) {
        ASSERT_EQ(xbar.slice_counters()[s].write_steps, ideal.slice_counters()[s].write_steps);
        ASSERT_EQ(xbar.slice_counters()[s].cells_written, ideal.slice_counters()[s].cells_written);
        ASSERT_EQ(xbar.slice_counters()[s].write_failures, 0U);
      }
    }
  }
}

/// Open loop: one move by the wanted steps, with the noise of that move.
TEST_P(WriteLaw, OpenLoopErrorIsTheNoiseOfOneMove) {
  CrossbarConfig config = analog_crossbar(90, 70);
  config.devices[0].write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.02};
  Crossbar xbar(backend(), config);
  std::vector<std::int32_t> const weights(xbar.weight_count(), 100);
  xbar.program(weights, {.mode = WriteMode::open_loop, .event = 5});
  auto const errors = errors_of(xbar, weights);
  double const deviation = 0.02 * std::sqrt(range * 100 * unit);
  EXPECT_TRUE(mean_is(errors, 0.0, deviation));
  EXPECT_TRUE(variance_is(errors, deviation * deviation + 0.25));
  EXPECT_TRUE(distributed_as(errors, [&](double x) { return normal_cdf(x / deviation); }));
  EXPECT_TRUE(uncorrelated(std::span(errors).first(6299), std::span(errors).subspan(1)));
  EXPECT_EQ(xbar.slice_counters()[0].write_steps, 6300U * 100U);
  // Another event draws other noise, the same event the same.
  Crossbar again(backend(), config);
  again.program(weights, {.mode = WriteMode::open_loop, .event = 5});
  EXPECT_EQ(again.codes(), xbar.codes());
  Crossbar other(backend(), config);
  other.program(weights, {.mode = WriteMode::open_loop, .event = 6});
  EXPECT_TRUE(uncorrelated(errors, errors_of(other, weights)));
}

TEST_P(WriteLaw, WriteVerifyEndsWithinTheTolerance) {
  Random random(702);
  for (float const tolerance : {0.5F, 1.0F, 3.0F}) {
    CrossbarConfig config = analog_crossbar(40, 65);
    config.devices[0].write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.02};
    Crossbar xbar(backend(), config);
    auto const weights = random_weights(random, xbar, 400);
    xbar.program(weights,
                 {.mode = WriteMode::write_verify, .attempts = 250, .tolerance = tolerance});
    EXPECT_EQ(xbar.slice_counters()[0].write_failures, 0U);
    double worst = 0.0;
    for (double const error : errors_of(xbar, weights)) worst = std::max(worst, std::abs(error));
    EXPECT_LE(worst, tolerance * unit);
    EXPECT_GT(worst, 0.5 * tolerance * unit) << "suspiciously exact";
  }
}

/// The limit of attempts holds, and cells that it leaves outside the tolerance are counted.
TEST_P(WriteLaw, WriteVerifyGivesUpAndSaysSo) {
  CrossbarConfig config = analog_crossbar(40, 65);
  config.devices[0].write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.05};
  std::vector<std::int32_t> const weights(40 * 65, 200);
  std::uint64_t failures_before = 40 * 65 + 1;
  for (int const attempts : {1, 2, 4, 16}) {
    Crossbar xbar(backend(), config);
    xbar.program(weights,
                 {.mode = WriteMode::write_verify, .attempts = attempts, .tolerance = 0.5F});
    std::uint64_t outside = 0;
    for (double const error : errors_of(xbar, weights))
      outside += std::abs(error) > 0.5 * unit ? 1U : 0U;
    EXPECT_EQ(xbar.slice_counters()[0].write_failures, outside) << attempts;
    EXPECT_GT(outside, 0U);
    EXPECT_LT(outside, failures_before);
    failures_before = outside;
  }
}

/// Two attempts of write-verify start as open loop does, so one attempt is open loop.
TEST_P(WriteLaw, OneAttemptIsOpenLoop) {
  CrossbarConfig config = analog_crossbar(10, 33);
  config.devices[0].write_noise = {.kind = WriteNoiseKind::proportional, .sigma = 0.05};
  std::vector<std::int32_t> const weights(330, -150);
  Crossbar loop(backend(), config);
  Crossbar verify(backend(), config);
  loop.program(weights, {.mode = WriteMode::open_loop});
  verify.program(weights, {.mode = WriteMode::write_verify, .attempts = 1, .tolerance = 0.0F});
  EXPECT_EQ(verify.codes(), loop.codes());
}

/// Levels of set 0 by rows, far from the ends of the cell.
constexpr int noisy_levels[] = {-300, -100, 0, 200};

/// Every device of set 0 is read with noise and written to set 1, whose devices, at the lowest
/// level, are never taken for what they shall be. [noisy level]: the levels written.
std::vector<std::vector<double>> noisy_copies(Crossbar& xbar) {
  XbarShape const& shape = xbar.shape();
  auto codes = xbar.codes();
  for_each_device(shape, [&](int, int set, int, int row, int, std::size_t at) {
    codes[at] = static_cast<std::int16_t>(set == 1 ? -32768 : noisy_levels[row % 4] * unit);
  });
  xbar.set_codes(codes);
  xbar.resolve({.target_mask = 0b10});
  codes = xbar.codes();
  std::vector<std::vector<double>> levels(4);
  for_each_device(shape, [&](int, int set, int plane, int row, int, std::size_t at) {
    if (set == 1 && plane == 0)
      levels[static_cast<std::size_t>(row % 4)].push_back(codes[at] / unit);
  });
  return levels;
}

/// Variance of a device's read, in levels: (relative G)^2 + line^2, G counted from no conductance.
double read_variance(DeviceConfig const& device, double stored_codes) {
  double const lowest = range / (device.on_off_ratio - 1.0);
  double const relative = device.read_noise.relative * (lowest + stored_codes) / unit;
  return relative * relative + device.read_noise.line * device.read_noise.line;
}

/// Read noise of single devices before a resolution. A pair's level is the mean of its devices, of
/// which one conducts the more the less the other does; levels are rounded: 1/12 more.
TEST_P(WriteLaw, NoisyReadsResolveToNoisyWeights) {
  for (ReadNoise const noise : {ReadNoise{0.0, 2.0}, ReadNoise{0.01, 0.0}, ReadNoise{0.005, 3.0}}) {
    for (Encoding const encoding : {Encoding::offset, Encoding::differential}) {
      SCOPED_TRACE(std::to_string(noise.relative) + ", " + std::to_string(noise.line) + ", " +
                   std::string(enum_name(encoding)));
      CrossbarConfig config = analog_crossbar(160, 65);
      config.sets = 2;
      config.slicing.encoding = encoding;
      config.devices[0].on_off_ratio = 5.0;
      config.devices[0].read_noise = noise;
      Crossbar xbar(backend(), config);
      auto const copies = noisy_copies(xbar);
      for (std::size_t i = 0; i < copies.size(); ++i) {
        double const stored = 32768.0 + noisy_levels[i] * unit;
        double const one = read_variance(config.devices[0], stored);
        double const pair = (one + read_variance(config.devices[0], range - stored)) / 4.0;
        double const variance = (encoding == Encoding::offset ? one : pair) + 1.0 / 12.0;
        EXPECT_TRUE(mean_is(copies[i], noisy_levels[i], std::sqrt(variance)));
        EXPECT_TRUE(normal_variance_is(copies[i], variance)) << "level " << noisy_levels[i];
      }
    }
  }
}

CrossbarConfig faulty_crossbar(bool differential) {
  CrossbarConfig config = crossbar_of(40, 65);
  config.slicing = {.weight_bits = 16, .cell_bits_lsb_first = {6, 6, 6, 6}};
  config.slicing.encoding = differential ? Encoding::differential : Encoding::offset;
  config.devices[0].stuck = {.low = 0.1, .high = 0.05};
  return config;
}

/// Whether a device is stuck, and where; by the models, not the kernels.
std::optional<std::int16_t> stuck_code(CrossbarConfig const& config, int plane, int row, int col) {
  auto const word = [](int value) { return static_cast<std::uint64_t>(value); };
  DeviceConstants const constants = device_constants(config.devices[0], config.seeds[0]);
  std::uint64_t const item = device_item(word(config.layer), 0, word(plane), word(row), word(col));
  Traits const traits = traits_of(constants, 64512.0F, regenerated_draws(constants, item));
  if (traits.low < traits.high) return std::nullopt;
  bool const mirrored = config.slicing.encoding == Encoding::differential && plane % 2 == 1;
  float const stored = mirrored ? 64512.0F - traits.low : traits.low;
  return static_cast<std::int16_t>(stored - 32768.0F);
}

/// After programming, whatever was asked for, a stuck cell stands where it is stuck; nothing moves
/// it afterwards.
TEST_P(WriteLaw, StuckCellsNeverMove) {
  for (bool const differential : {false, true}) {
    for (WriteMode const mode : {WriteMode::ideal, WriteMode::open_loop, WriteMode::write_verify}) {
      Random random(711);
      CrossbarConfig config = faulty_crossbar(differential);
      config.devices[0].write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.05};
      Crossbar xbar(backend(), config);
      auto const check = [&](std::string const& after) {
        auto const codes = xbar.codes();
        int stuck = 0;
        int wrong = 0;
        for_each_device(xbar.shape(), [&](int, int, int plane, int row, int col, std::size_t at) {
          auto const held = stuck_code(config, plane, row, col);
          stuck += held ? 1 : 0;
          wrong += held && codes[at] != *held ? 1 : 0;
        });
        EXPECT_GT(stuck, 0);
        EXPECT_EQ(wrong, 0) << "stuck cells elsewhere after " << after << ", " << enum_name(mode);
      };
      xbar.program(std::vector<std::int32_t>(xbar.weight_count(), 0),
                   {.mode = mode, .attempts = 5});
      check("programming zeros");
      xbar.program(random_weights(random, xbar, 30000), {.mode = mode, .attempts = 5, .event = 1});
      check("programming");
      xbar.clear_counters();
      xbar.update(random_outer(random, config, 3, 4, 20));
      check("updates");
      xbar.resolve({.mode = mode, .attempts = 5, .event = 2});
      check("resolution");
    }
  }
}

/// An update of a stuck cell is asked for and counted, but is no saturation.
TEST_P(WriteLaw, StuckCellsAreNoSaturations) {
  CrossbarConfig config = faulty_crossbar(false);
  config.devices[0].stuck = {.low = 0.5, .high = 0.5};
  Crossbar xbar(backend(), config);
  xbar.apply(std::vector<std::int32_t>(xbar.weight_count(), 0x3333));
  for (SliceCounters const& counters : xbar.slice_counters()) {
    EXPECT_EQ(counters.updates, 40U * 65U);
    EXPECT_EQ(counters.saturations, 0U);
  }
}

/// No operation takes a device out of its own window.
TEST_P(WriteLaw, DevicesStayWithinTheirWindows) {
  Random random(712);
  for (WriteMode const mode : {WriteMode::ideal, WriteMode::open_loop, WriteMode::write_verify}) {
    CrossbarConfig config = crossbar_of(33, 70);
    config.slicing.digits = DigitSet::two_complement;
    config.devices[0].spread.window = 0.2;
    config.devices[0].write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.3};
    Crossbar xbar(backend(), config);
    xbar.program(random_weights(random, xbar, 40000), {.mode = mode, .attempts = 3});
    xbar.update(random_outer(random, config, 4, 4, 14));
    xbar.resolve({.mode = mode, .attempts = 3, .event = 1});
    xbar.update(random_outer(random, config, 4, 4, 14), {.first_step = 4});
    auto const codes = xbar.codes();
    DeviceConstants const constants = device_constants(config.devices[0], config.seeds[0]);
    for_each_device(xbar.shape(), [&](int, int, int plane, int row, int col, std::size_t at) {
      auto const word = [](int value) { return static_cast<std::uint64_t>(value); };
      std::uint64_t const item = device_item(0, 0, word(plane), word(row), word(col));
      Traits const traits = traits_of(constants, 64512.0F, regenerated_draws(constants, item));
      // A bound between two codes is met to the code that rounding gives.
      ASSERT_GE(codes[at] + 32768.0F, std::floor(traits.low)) << plane << " " << row << " " << col;
      ASSERT_LE(codes[at] + 32768.0F, std::ceil(traits.high)) << plane << " " << row << " " << col;
    });
  }
}

}  // namespace
}  // namespace panther::test
