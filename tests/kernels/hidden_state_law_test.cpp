// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Devices that hide their state, on every backend: the persistent state is that of devices that do
// not; the apparent one differs from it by fresh normal noise at every touch, and only then; writes
// read the apparent one.

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/backends.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class HiddenStateLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, HiddenStateLaw, every_backend(), backend_label);

SlicingConfig hiding_slicing(Random& random) {
  SlicingConfig slicing =
      random.chance(0.5) ? random_slicing(random) : random_compound_slicing(random);
  if (slicing.encoding == Encoding::one_sided) slicing.encoding = Encoding::reference;
  return slicing;
}

CrossbarConfig hiding_crossbar(Random& random) {
  CrossbarConfig config = random_crossbar(random);
  config.slicing = hiding_slicing(random);
  for (DeviceConfig& device : config.devices) {
    device.write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.02};
    device.write_noise.hidden_std = random.real(0.001, 0.2);
    if (random.chance(0.5)) device.stuck = {.low = 0.1, .high = 0.1};
  }
  return config;
}

CrossbarConfig open(CrossbarConfig config) {
  for (DeviceConfig& device : config.devices) device.write_noise.hidden_std = 0.0;
  return config;
}

TEST_P(HiddenStateLaw, UpdatesMoveThePersistentStateAsIfNothingWasHidden) {
  Random random(4601);
  for (int trial = 0; trial < trials(20); ++trial) {
    CrossbarConfig const config = hiding_crossbar(random);
    SCOPED_TRACE(describe(config) + ", " + random.trace());
    Crossbar hiding(backend(), config);
    Crossbar plain(backend(), open(config));
    auto const codes = random_codes(random, config, hiding);
    UpdateOptions options;
    options.drive = random.pick<UpdateDrive>({UpdateDrive::streamed, UpdateDrive::digits});
    options.set_mask = static_cast<unsigned>(random.whole(1, (1 << config.sets) - 1));
    Outer const outer = random_outer(random, config, random.whole(1, 3), 0, 24);
    for (Crossbar* const xbar : {&hiding, &plain}) {
      xbar->set_codes(codes);
      xbar->count_writes({.count = WriteCount::updates});
      xbar->update(outer, options);
    }
    ASSERT_EQ(hiding.codes(), plain.codes());
    ASSERT_EQ(hiding.writes(), plain.writes());
    EXPECT_TRUE(plain.apparent().empty());
  }
}

TEST_P(HiddenStateLaw, OnlyDevicesThatAnUpdateTouchesAppearAnew) {
  Random random(4602);
  for (int trial = 0; trial < trials(20); ++trial) {
    CrossbarConfig const config = hiding_crossbar(random);
    SCOPED_TRACE(describe(config) + ", " + random.trace());
    Crossbar first(backend(), config);
    Crossbar second(backend(), config);
    auto const codes = random_codes(random, config, first);
    Outer const outer = random_outer(random, config, random.whole(1, 3), 0, 24);
    for (Crossbar* const xbar : {&first, &second}) {
      xbar->set_codes(codes);
      xbar->set_apparent(std::vector<std::int16_t>(codes.size(), xbar == &first ? -32768 : 32767));
      xbar->count_writes({.count = WriteCount::updates});
      xbar->update(outer);
    }
    auto const writes = first.writes();
    auto const one = first.apparent();
    auto const other = second.apparent();
    for_each_device(first.shape(), [&](int, int, int, int, int, std::size_t at) {
      ASSERT_EQ(one[at] == other[at], writes[at] != 0);
      ASSERT_TRUE(writes[at] != 0 || (one[at] == -32768 && other[at] == 32767));
    });
  }
}

TEST_P(HiddenStateLaw, PartsOfABatchAppearAsTheWhole) {
  Random random(4603);
  for (int trial = 0; trial < trials(10); ++trial) {
    CrossbarConfig const config = hiding_crossbar(random);
    SCOPED_TRACE(describe(config) + ", " + random.trace());
    Outer const outer = random_outer(random, config, 3, 0, 24);
    Crossbar whole(backend(), config);
    Crossbar parts(backend(), config);
    whole.update(outer, {.first_step = 7});
    for (int example = 0; example < 3; ++example) {
      parts.update_part(outer, example, 1, {.first_step = 7});
    }
    ASSERT_EQ(whole.codes(), parts.codes());
    ASSERT_EQ(whole.apparent(), parts.apparent());
  }
}

/// A plane of cells in mid-window whose every device is pulsed, up or down.
struct Pulsed {
  static constexpr double std_of_noise = 0.05;
  static constexpr int side = 96;

  explicit Pulsed(Backend& backend) : xbar(backend, config()) {}

  static CrossbarConfig config() {
    CrossbarConfig config = crossbar_of(side, side);
    config.slicing = {.weight_bits = 4, .cell_bits_lsb_first = {6}};
    config.devices[0].write_noise.hidden_std = std_of_noise;
    return config;
  }

  /// Differences of the apparent from the persistent states, in standard deviations.
  std::vector<double> touched(std::uint64_t step) {
    xbar.apply(std::vector<std::int32_t>(side * side, step % 2 == 0 ? 1 : -1),
               {.first_step = step});
    auto const persistent = xbar.codes();
    auto const apparent = xbar.apparent();
    std::vector<double> noise;
    for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
      noise.push_back((apparent[at] - persistent[at]) / (std_of_noise * window_range(6)));
    });
    return noise;
  }

  Crossbar xbar;
};

TEST_P(HiddenStateLaw, ApparentStatesAreNormalAboutThePersistentOnes) {
  Pulsed pulsed(backend());
  std::vector<double> const noise = pulsed.touched(0);
  EXPECT_TRUE(mean_is(noise, 0.0, 1.0));
  EXPECT_TRUE(variance_is(noise, 1.0));
  EXPECT_TRUE(distributed_as(noise, normal_cdf));
}

TEST_P(HiddenStateLaw, EveryTouchAndEveryDeviceDrawsItsOwn) {
  Pulsed pulsed(backend());
  std::vector<double> const first = pulsed.touched(0);
  std::vector<double> const second = pulsed.touched(1);
  EXPECT_TRUE(uncorrelated(first, second));
  for (int const apart : {1, 16, 64, Pulsed::side}) {  // columns, lanes, groups, rows
    auto const distance = static_cast<std::size_t>(apart);
    std::span<double const> const all(first);
    EXPECT_TRUE(uncorrelated(all.first(all.size() - distance), all.subspan(distance)));
  }
}

TEST_P(HiddenStateLaw, StuckDevicesHideNothing) {
  CrossbarConfig config = Pulsed::config();
  config.devices[0].stuck = {.low = 0.5, .high = 0.5};
  Crossbar xbar(backend(), config);
  xbar.program(std::vector<std::int32_t>(xbar.weight_count(), 3));
  xbar.update(Outer{1,
                    std::vector<std::int16_t>(Pulsed::side, 1),
                    std::vector<std::int16_t>(Pulsed::side, 1),
                    {0}});
  auto const persistent = xbar.codes();
  auto const apparent = xbar.apparent();
  for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
    ASSERT_EQ(apparent[at], persistent[at]);
  });
}

TEST_P(HiddenStateLaw, WriteVerifyEndsWhenReadsSeeTheLevel) {
  Random random(4604);
  for (int trial = 0; trial < trials(5); ++trial) {
    CrossbarConfig config = Pulsed::config();
    config.devices[0].write_noise.hidden_std = 0.01;
    config.seeds[0] = random.word();
    Crossbar xbar(backend(), config);
    std::vector<std::int32_t> weights(xbar.weight_count());
    for (auto& weight : weights) weight = random.whole(-8, 7);
    xbar.program(weights, {.mode = WriteMode::write_verify, .attempts = 250, .tolerance = 0.5F});
    ASSERT_EQ(xbar.slice_counters()[0].write_failures, 0U);
    auto const persistent = xbar.codes();
    auto const apparent = xbar.apparent();
    std::size_t hidden = 0;
    for_each_device(xbar.shape(), [&](int, int, int, int row, int col, std::size_t at) {
      std::int32_t const weight =
          weights[static_cast<std::size_t>(row) * Pulsed::side + static_cast<std::size_t>(col)];
      ASSERT_NEAR(apparent[at] / 1024.0, weight, 0.5);
      hidden += persistent[at] != apparent[at] ? 1U : 0U;
    });
    EXPECT_GT(hidden, 0U);
  }
}

TEST_P(HiddenStateLaw, CarryResolutionReadsWhatIsApparent) {
  CrossbarConfig const config = Pulsed::config();
  Crossbar xbar(backend(), config);
  auto const devices = xbar.codes().size();
  xbar.set_codes(std::vector<std::int16_t>(devices, -5 * 1024));
  xbar.set_apparent(std::vector<std::int16_t>(devices, 20 * 1024));  // beyond the weight's digits
  xbar.resolve();
  auto const persistent = xbar.codes();
  for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
    ASSERT_EQ(persistent[at], 7 * 1024);
  });
  std::vector<double> noise;
  auto const apparent = xbar.apparent();
  for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
    noise.push_back((apparent[at] - persistent[at]) / (Pulsed::std_of_noise * window_range(6)));
  });
  EXPECT_TRUE(distributed_as(noise, normal_cdf));
}

TEST_P(HiddenStateLaw, WritesLeaveDevicesThatReadRightAlone) {
  Crossbar xbar(backend(), Pulsed::config());
  auto const devices = xbar.codes().size();
  xbar.set_codes(std::vector<std::int16_t>(devices, -5 * 1024));
  xbar.set_apparent(std::vector<std::int16_t>(devices, 4 * 1024));
  xbar.resolve();
  EXPECT_EQ(xbar.codes(), std::vector<std::int16_t>(devices, -5 * 1024));
  EXPECT_EQ(xbar.apparent(), std::vector<std::int16_t>(devices, 4 * 1024));
}

}  // namespace
}  // namespace panther::test
