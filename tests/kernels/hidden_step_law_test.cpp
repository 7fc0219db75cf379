// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The hidden-step law on every backend, against pulses one by one in double: updates and open-loop
// writes count through a device's progress, its weight moves where that passes 1; noise is of the
// weight's steps; ideal writes leave progress alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/support/backends.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class HiddenStepLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, HiddenStepLaw, every_backend(), backend_label);

constexpr int cell_bits = 6;
constexpr int most_steps = 15;
constexpr double range = window_range(cell_bits);
constexpr double one = counter_one;

/// One device a weight of four bits, a step of the level `pulses` pulses, without spread.
CrossbarConfig crossbar_of_pulses(HiddenStep::Params params, double pulses, int rows, int cols) {
  params.hidden_dtod = params.hidden_up_down_dtod = 0.0;
  params.granularity = (params.w_max - params.w_min) / levels_in_window(cell_bits) / pulses;
  CrossbarConfig config = crossbar_of(rows, cols);
  config.slicing = {.weight_bits = 4, .cell_bits_lsb_first = {cell_bits}};
  config.devices[0].law = params;
  config.devices[0].rounding = CodeRounding::nearest;
  return config;
}

HiddenStep::Params random_hidden_step(Random& random) {
  HiddenStep::Params params;
  params.dw_min = 0.001 * random.whole(1, 20);
  params.w_max = 0.1 * random.whole(5, 10);
  params.w_min = -0.1 * random.whole(5, 10);
  params.up_down = 0.1 * random.whole(-5, 5);
  params.hidden_states = random.whole(1, 20);
  params.hidden_up_down = random.chance(0.5) ? 0.0 : 0.1 * random.whole(-5, 5);
  return params;
}

/// A device that takes its pulses one by one.
struct SlowDevice {
  HiddenStep::Params params;
  double progress;  // upward, in codes of progress
  double position;  // in codes

  double step(bool up) const {
    double const bias = params.hidden_up_down;
    double const part = up ? std::min(bias, 0.0) : -std::max(bias, 0.0);
    return std::nearbyint((1.0 + part) * one / params.hidden_states);
  }

  void pulse(bool up) {
    double const sign = up ? 1.0 : -1.0;
    progress += sign * step(up);
    if (std::abs(progress) <= one) return;
    progress = 0.0;
    double const dw = (up ? params.step_up() : params.step_down()) * params.hidden_states;
    position += sign * dw * range / (params.w_max - params.w_min);
    position = std::clamp(position, 0.0, range);
  }
};

std::vector<std::int16_t> random_progress(Random& random, Crossbar const& xbar) {
  auto progress = xbar.codes();
  for (auto& own : progress) {
    own = static_cast<std::int16_t>(
        random.pick<int>({0, counter_one, -counter_one, random.whole(-counter_one, counter_one)}));
  }
  return progress;
}

/// Devices before an operation that asks each for steps up (positive) or down.
struct Before {
  std::vector<std::int16_t> codes;
  std::vector<std::int16_t> progress;
};

void expect_pulses(Crossbar const& xbar, HiddenStep::Params const& params, int pulses,
                   Before const& before,
                   std::function<int(int plane, int row, int col)> const& steps) {
  auto const codes = xbar.codes();
  auto const progress = xbar.progress();
  for_each_device(xbar.shape(), [&](int, int, int plane, int row, int col, std::size_t at) {
    SlowDevice device{params, static_cast<double>(before.progress[at]),
                      static_cast<double>(before.codes[at]) + 32768.0};
    int const wanted = steps(plane, row, col);
    for (int i = 0; i < pulses * std::abs(wanted); ++i) device.pulse(wanted > 0);
    ASSERT_EQ(progress[at], device.progress) << "plane " << plane << ", steps " << wanted;
    // Rounded to a code; float32 adds less than 1/100 of one.
    ASSERT_NEAR(codes[at] + 32768.0, device.position, 0.51) << "steps " << wanted;
  });
}

TEST_P(HiddenStepLaw, UpdatesArePulsesOneByOne) {
  Random random(4901);
  for (int trial = 0; trial < trials(30); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    HiddenStep::Params const params = random_hidden_step(random);
    int const pulses = random.pick<int>({1, 2, 3, 7, 20});
    CrossbarConfig const config = crossbar_of_pulses(params, pulses, random.whole(1, 9),
                                                     random.pick<int>({1, 33, 65, 130, 200}));
    Crossbar xbar(backend(), config);
    Before before{random_codes(random, config, xbar), random_progress(random, xbar)};
    xbar.set_codes(before.codes);
    xbar.set_progress(before.progress);
    double const share = random.pick<double>({0.02, 0.2, 1.0});  // few columns are gathered
    for (int update = 0; update < 4; ++update) {
      std::vector<std::int32_t> delta(xbar.weight_count());
      for (auto& wanted : delta) {
        wanted = random.chance(share) ? random.whole(-most_steps, most_steps) : 0;
      }
      xbar.apply(delta, {.first_step = static_cast<std::uint64_t>(update)});
      expect_pulses(xbar, params, pulses, before, [&](int, int row, int col) {
        return delta[static_cast<std::size_t>(row * config.cols + col)];
      });
      before = {xbar.codes(), xbar.progress()};
    }
  }
}

/// A mirrored device makes progress the other way, by its own step in that direction.
TEST_P(HiddenStepLaw, PairsCountEachTheirOwnWay) {
  Random random(4902);
  for (int trial = 0; trial < trials(10); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    HiddenStep::Params params = random_hidden_step(random);
    CrossbarConfig config = crossbar_of_pulses(params, 3, 4, 70);
    config.slicing.encoding = Encoding::differential;
    Crossbar xbar(backend(), config);
    Before before{random_codes(random, config, xbar), random_progress(random, xbar)};
    xbar.set_codes(before.codes);
    xbar.set_progress(before.progress);
    std::vector<std::int32_t> delta(xbar.weight_count());
    for (auto& wanted : delta) wanted = random.whole(-most_steps, most_steps);
    xbar.apply(delta);
    // As the physical devices are: the second one reflected, and moved the other way.
    auto codes = xbar.codes();
    for_each_device(xbar.shape(), [&](int, int, int plane, int row, int col, std::size_t at) {
      int const wanted = delta[static_cast<std::size_t>(row * config.cols + col)];
      bool const mirrored = plane == 1;
      auto const physical = [&](std::int16_t code) {
        double const position = code + 32768.0;
        return mirrored ? range - position : position;
      };
      SlowDevice device{params, static_cast<double>(before.progress[at]),
                        physical(before.codes[at])};
      for (int i = 0; i < 3 * std::abs(wanted); ++i) device.pulse((wanted > 0) != mirrored);
      ASSERT_EQ(xbar.progress()[at], device.progress);
      ASSERT_NEAR(physical(codes[at]), device.position, 0.51);
    });
  }
}

TEST_P(HiddenStepLaw, PartsOfABatchAreTheWhole) {
  Random random(4903);
  for (int trial = 0; trial < trials(10); ++trial) {
    CrossbarConfig config = random_crossbar(random);
    if (random.chance(0.3)) config.slicing = random_compound_slicing(random);
    if (config.slicing.encoding == Encoding::one_sided)
      config.slicing.encoding = Encoding::reference;
    SCOPED_TRACE(describe(config) + ", " + random.trace());
    for (DeviceConfig& device : config.devices) {
      device.law = random_hidden_step(random);
      device.write_noise = {.kind = WriteNoiseKind::per_pulse, .c2c = 0.01};
      device.stuck = {.low = 0.05, .high = 0.05};
    }
    Outer const outer = random_outer(random, config, 3, 0, 24);
    Crossbar whole(backend(), config);
    Crossbar parts(backend(), config);
    UpdateOptions options{.first_step = 7};
    options.fidelity = random.pick<Fidelity>({Fidelity::aggregate, Fidelity::pulse});
    whole.update(outer, options);
    for (int example = 0; example < 3; ++example) parts.update_part(outer, example, 1, options);
    ASSERT_EQ(whole.codes(), parts.codes());
    ASSERT_EQ(whole.progress(), parts.progress());
    for (std::int16_t const progress : whole.progress()) ASSERT_LE(std::abs(progress), counter_one);
  }
}

/// Shares of steps leave parts of a pulse, which are rounded without bias.
TEST_P(HiddenStepLaw, PartsOfAPulseAreKeptOnAverage) {
  HiddenStep::Params params;
  params.hidden_states = 10;
  CrossbarConfig config = crossbar_of_pulses(params, 1, 64, 96);
  config.devices[0].rounding = CodeRounding::stochastic;
  Crossbar xbar(backend(), config);
  UpdateOptions options;
  options.shares.assign(xbar.codes().size(), 12347);
  xbar.apply(std::vector<std::int32_t>(xbar.weight_count(), 1), options);
  double const exact = one / 10.0 * 12347 / share_one;  // 1139.4 codes
  double const part = exact - std::floor(exact);
  std::vector<double> progress;
  auto const all = xbar.progress();
  for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
    ASSERT_NEAR(all[at], exact, 1.0);
    progress.push_back(all[at]);
  });
  EXPECT_TRUE(mean_is(progress, exact, std::sqrt(part * (1.0 - part))));
}

TEST_P(HiddenStepLaw, DevicesHaveStepsOfTheirOwn) {
  HiddenStep::Params params;
  params.hidden_states = 8;
  CrossbarConfig config = crossbar_of_pulses(params, 1, 96, 96);
  params = std::get<HiddenStep::Params>(config.devices[0].law);
  params.hidden_dtod = 0.2;
  params.hidden_up_down_dtod = 0.05;
  config.devices[0].law = params;
  std::vector<double> moved[2];
  for (int const sign : {1, -1}) {
    Crossbar xbar(backend(), config);
    xbar.apply(std::vector<std::int32_t>(xbar.weight_count(), sign));
    auto const progress = xbar.progress();
    for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
      moved[sign > 0 ? 0 : 1].push_back(sign * progress[at] / (one / 8.0));
    });
  }
  std::vector<double> both;
  std::vector<double> apart;
  for (std::size_t i = 0; i < moved[0].size(); ++i) {
    both.push_back((0.5 * (moved[0][i] + moved[1][i]) - 1.0) / 0.2);
    apart.push_back(0.5 * (moved[0][i] - moved[1][i]) / 0.05);
  }
  EXPECT_TRUE(distributed_as(both, normal_cdf));
  EXPECT_TRUE(distributed_as(apart, normal_cdf));
  EXPECT_TRUE(uncorrelated(both, apart));
  for (int const distance : {1, 16, 64, 96}) {  // columns, lanes, groups, rows
    auto const n = static_cast<std::size_t>(distance);
    std::span<double const> const all(both);
    EXPECT_TRUE(uncorrelated(all.first(all.size() - n), all.subspan(n)));
  }
}

TEST_P(HiddenStepLaw, NoiseIsOfTheStepsOfTheWeight) {
  HiddenStep::Params params;
  params.dw_min = 0.01;
  params.hidden_states = 4;
  CrossbarConfig config = crossbar_of_pulses(params, 1, 96, 96);
  double const weight_steps = 1.2 / (4 * 0.01);  // in the window
  config.devices[0].write_noise = {
      .kind = WriteNoiseKind::multiplicative, .sigma = 0.3, .c2c_pulses = 63.0 / 4.0};
  Crossbar xbar(backend(), config);
  std::vector<std::int32_t> const up(xbar.weight_count(), 4);
  xbar.apply(up, {.first_step = 0});
  ASSERT_EQ(xbar.codes(), std::vector<std::int16_t>(xbar.codes().size(), 0));
  xbar.apply(up, {.first_step = 1});  // one pass with the fifth pulse
  std::vector<double> noise;
  auto const codes = xbar.codes();
  for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
    noise.push_back((codes[at] / (range / weight_steps) - 1.0) / 0.3);
  });
  EXPECT_TRUE(distributed_as(noise, normal_cdf));
}

TEST_P(HiddenStepLaw, OpenLoopWritesArePulsesOneByOne) {
  Random random(4904);
  for (int trial = 0; trial < trials(10); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    HiddenStep::Params const params = random_hidden_step(random);
    int const pulses = random.pick<int>({1, 2, 7});
    CrossbarConfig const config = crossbar_of_pulses(params, pulses, 5, 70);
    Crossbar xbar(backend(), config);
    Before const before{std::vector<std::int16_t>(xbar.codes().size(), 0),
                        random_progress(random, xbar)};
    xbar.set_progress(before.progress);
    std::vector<std::int32_t> weights(xbar.weight_count());
    for (auto& weight : weights) weight = random.whole(-8, 7);
    xbar.program(weights, {.mode = WriteMode::open_loop});
    expect_pulses(xbar, params, pulses, before, [&](int, int row, int col) {
      return weights[static_cast<std::size_t>(row * config.cols + col)];
    });
  }
}

/// Two replicas of their own constants and steps, two slices of unlike cells.
CrossbarConfig unlike_crossbar(Encoding encoding) {
  HiddenStep::Params params;
  params.hidden_dtod = 0.3;
  params.granularity = (params.w_max - params.w_min) / (63 * 31);  // whole pulses in both cells
  CrossbarConfig config = crossbar_of(7, 70);
  config.slicing = {.weight_bits = 4, .cell_bits_lsb_first = {6, 5}, .encoding = encoding};
  config.devices.resize(2);
  config.seeds = {1, 2};
  for (DeviceConfig& device : config.devices) {
    device.law = params;
    device.rounding = CodeRounding::nearest;
    params.hidden_states = 5.0;
  }
  return config;
}

/// Update and write take a step of a level, up or down, by the same pulses of the same devices.
TEST_P(HiddenStepLaw, OpenLoopWritesDoWhatUpdatesDo) {
  Random random(4907);
  for (Encoding const encoding : {Encoding::offset, Encoding::differential}) {
    CrossbarConfig const config = unlike_crossbar(encoding);
    Crossbar written(backend(), config);
    Crossbar updated(backend(), config);
    auto const progress = random_progress(random, written);
    written.set_progress(progress);
    updated.set_progress(progress);
    std::vector<std::int32_t> weights(written.weight_count());
    for (auto& weight : weights) weight = random.pick<int>({-5, -4, -1, 0, 1, 4, 5});
    written.program(weights, {.mode = WriteMode::open_loop});
    updated.apply(weights);
    EXPECT_EQ(written.codes(), updated.codes());
    EXPECT_EQ(written.progress(), updated.progress());
    EXPECT_NE(written.progress(), progress);
  }
}

/// Half a pulse of 2749 codes of progress is 1374 or 1375, as often.
TEST_P(HiddenStepLaw, OpenLoopWritesRoundPartsOfAPulse) {
  HiddenStep::Params params;
  params.hidden_states = 11.0;
  CrossbarConfig config = crossbar_of_pulses(params, 0.5, 40, 70);
  config.devices[0].rounding = CodeRounding::stochastic;
  Crossbar xbar(backend(), config);
  xbar.program(std::vector<std::int32_t>(xbar.weight_count(), 1), {.mode = WriteMode::open_loop});
  auto const progress = xbar.progress();
  std::uint64_t more = 0;
  for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
    ASSERT_EQ(progress[at] / 2, 687);
    more += progress[at] == 1375 ? 1U : 0U;
  });
  EXPECT_TRUE(binomial_fits(more, xbar.weight_count(), 0.5));
}

TEST_P(HiddenStepLaw, IdealWritesLeaveProgress) {
  Random random(4905);
  CrossbarConfig const config = crossbar_of_pulses({}, 1, 9, 70);
  Crossbar xbar(backend(), config);
  auto const progress = random_progress(random, xbar);
  xbar.set_codes(random_codes(random, config, xbar));
  xbar.set_progress(progress);
  xbar.resolve();
  EXPECT_EQ(xbar.progress(), progress);
  std::vector<std::int32_t> const weights(xbar.weight_count(), -3);
  xbar.program(weights);
  EXPECT_EQ(xbar.progress(), progress);
  for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
    ASSERT_NEAR(xbar.codes()[at], -3 * codes_per_level(cell_bits), codes_per_level(cell_bits) / 2);
  });
}

TEST_P(HiddenStepLaw, WriteVerifyReachesItsLevels) {
  Random random(4906);
  HiddenStep::Params params;
  params.dw_min = 0.002;
  CrossbarConfig config = crossbar_of(40, 65);
  config.slicing = {.weight_bits = 4, .cell_bits_lsb_first = {cell_bits}};
  config.devices[0].law = params;  // with its spread
  Crossbar xbar(backend(), config);
  std::vector<std::int32_t> weights(xbar.weight_count());
  for (auto& weight : weights) weight = random.whole(-8, 7);
  xbar.program(weights, {.mode = WriteMode::write_verify, .attempts = 60, .tolerance = 0.5F});
  EXPECT_LE(xbar.slice_counters()[0].write_failures, xbar.weight_count() / 500);  // steps near 0
  std::size_t off = 0;
  auto const codes = xbar.codes();
  for_each_device(xbar.shape(), [&](int, int, int, int row, int col, std::size_t at) {
    double const level = static_cast<double>(codes[at]) / codes_per_level(cell_bits);
    off += std::abs(level - weights[static_cast<std::size_t>(row * config.cols + col)]) > 0.5 ? 1U
                                                                                              : 0U;
  });
  EXPECT_EQ(off, xbar.slice_counters()[0].write_failures);
}

}  // namespace
}  // namespace panther::test
