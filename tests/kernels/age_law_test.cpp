// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Passes over devices between updates: every backend leaves the codes of the definition; what a
// pass does on average and how it scatters is the law's; nothing else is touched.

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/support/backends.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class AgeLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, AgeLaw, every_backend(), backend_label);

Retention random_retention(Random& random) {
  Retention retention;
  if (random.chance(0.5)) retention.lifetime_s = std::exp(random.real(-2, 15));
  if (random.chance(0.5)) retention.lifetime_spread = random.real(0, 0.5);
  if (random.chance(0.5)) retention.rest = random.real(-0.6, 0.6);
  if (random.chance(0.5)) retention.rest_spread = random.real(0, 0.3);
  if (random.chance(0.4)) retention.diffusion = std::exp(random.real(-12, -2));
  if (random.chance(0.4)) retention.diffusion_spread = random.real(0, 1);
  if (random.chance(0.4)) retention.loss_per_decade = random.real(0, 0.3);
  retention.drift =
      random.pick<DriftModel>({DriftModel::off, DriftModel::power, DriftModel::pcm,
                               DriftModel::hermes_1, DriftModel::hermes_2, DriftModel::reram_cmo,
                               DriftModel::state_independent, DriftModel::table});
  for (int node = random.whole(1, 8); node > 0; --node) {
    retention.nu_at.push_back((retention.nu_at.empty() ? 0.0 : retention.nu_at.back()) +
                              random.real(1e-3, 0.12));
    retention.nu_mean.push_back(random.real(0, 0.2));
    retention.nu_deviation.push_back(random.real(0, 0.1));
  }
  retention.nu_spread = random.real(0, 0.5);
  retention.nu_state = random.real(-0.05, 0.05);
  return retention;
}

DeviceConfig random_device(Random& random, bool bounds) {
  DeviceConfig device;
  device.on_off_ratio = random.pick<double>({1.5, 10.0, 1e6});
  device.retention = random_retention(random);
  if (bounds) device.spread.window = 0.1;
  if (bounds) device.stuck = {.low = 0.1, .high = 0.1};
  return device;
}

AgingConstants random_pass(Random& random, DeviceConfig device) {
  double const from = random.chance(0.3) ? 0.0 : std::exp(random.real(-2, 10));
  TimeSpan const span{from, from + std::exp(random.real(-2, 12))};
  int const kind = random.whole(0, 3);
  if (kind == 0) return waiting_constants(device, span);
  if (kind > 1) return aging_constants(device, span);
  device.programming.model = random.pick<ProgrammingModel>(
      {ProgrammingModel::pcm, ProgrammingModel::hermes_2, ProgrammingModel::reram_wan_1d,
       ProgrammingModel::reram_cmo_loose, ProgrammingModel::custom});
  return programming_constants(device);
}

TEST_P(AgeLaw, LeavesTheCodesOfTheDefinition) {
  auto const plain = make_cpu_backend({.threads = 1, .isa = Isa::scalar});
  Random random(515);
  int changed = 0;
  for (int trial = 0; trial < trials(40); ++trial) {
    CrossbarConfig config = random_crossbar(random);
    bool const bounds = random.chance(0.5);
    config.stored_traits = bounds && random.chance(0.5);
    CodeRounding const rounding =
        random.pick<CodeRounding>({CodeRounding::stochastic, CodeRounding::nearest});
    std::vector<AgingConstants> passes;
    for (DeviceConfig& device : config.devices) {
      device = random_device(random, bounds);
      device.rounding = rounding;
      passes.push_back(random_pass(random, device));
    }
    Crossbar expected(*plain, config);
    Crossbar found(backend(), config);
    auto const start = random_codes(random, config, expected);
    AgeOptions options;
    options.step = random.word() >> 20;
    options.set_mask = static_cast<unsigned>(random.whole(0, (1 << config.sets) - 1));
    if (random.chance(0.5)) {
      options.before = start;
      for (auto& code : options.before)
        if (random.chance(0.3)) code = static_cast<std::int16_t>(code ^ 1);
    }
    expected.set_codes(start);
    found.set_codes(start);
    DeviceArray<AgingConstants> const constants(*plain, passes);
    DeviceArray<std::int16_t> const before(*plain, options.before);
    AgeLane const definition{expected.age_args(constants, before, options)};
    for (std::int64_t item = 0; item < definition.items(); ++item) definition(item);
    found.age(passes, options);
    ASSERT_EQ(expected.codes(), found.codes())
        << "trial " << trial << ", " << describe(config) << ", " << random.trace();
    if (expected.codes() != start) ++changed;
  }
  EXPECT_GT(changed, trials(40) / 3);
}

TEST_P(AgeLaw, TouchesOnlyItsSetsAndWhatWasWritten) {
  CrossbarConfig config = crossbar_of(9, 70, 3);
  AgingConstants walk;
  walk.diffusion = 0.1F;
  Crossbar xbar(backend(), config);
  Random random(6);
  auto const start = random_levels(random, config, xbar, 0.5);
  AgeOptions options{.set_mask = 0b101};
  options.before = start;
  auto written = start;
  for_each_device(xbar.shape(), [&](int, int, int, int row, int, std::size_t at) {
    if (row % 2 == 0) written[at] = static_cast<std::int16_t>(written[at] + 5);
  });
  xbar.set_codes(written);
  xbar.age({walk}, options);
  auto const after = xbar.codes();
  int moved = 0;
  for_each_device(xbar.shape(), [&](int, int set, int, int row, int, std::size_t at) {
    if (set == 1 || row % 2 == 1) {
      ASSERT_EQ(after[at], written[at]);
    } else if (after[at] != written[at]) {
      ++moved;
    }
  });
  EXPECT_GT(moved, 2 * 8 * 5 * 70 * 9 / 10);
}

/// A crossbar of one cell of 16 bits a weight: many devices in one state.
struct Population {
  explicit Population(Backend& backend, DeviceConfig const& device)
      : config(crossbar_of(100, 192)), xbar((set(device), backend), config) {}

  void set(DeviceConfig const& device) {
    config.slicing.cell_bits_lsb_first = {16};
    config.devices = {device};
    config.seeds = {4711};
  }

  /// Positions after a pass, the `step`th, from `position`.
  std::vector<double> after(AgingConstants const& pass, int position, std::uint64_t step = 0) {
    auto codes = xbar.codes();
    for (auto& code : codes) code = static_cast<std::int16_t>(position - 32768);
    xbar.set_codes(codes);
    xbar.age({pass}, {.step = step});
    auto const left = xbar.codes();
    std::vector<double> positions;
    for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
      positions.push_back(left[at] + 32768.0);
    });
    return positions;
  }

  CrossbarConfig config;
  Crossbar xbar;
};

constexpr double range = 65535.0;
constexpr double zero = 32768.0;  // position of level 0

TEST_P(AgeLaw, ADecayOfAFractionOfACodeIsRightOnAverage) {
  DeviceConfig device;
  device.retention.lifetime_s = 1e6;
  Population devices(backend(), device);
  for (double const dt : {0.1, 2.0, 40.0}) {
    auto const left = devices.after(aging_constants(device, {0.0, dt}), 60000);
    double const change = -(60000.0 - zero) * dt * 1e-6;
    double const part = change - std::floor(change);  // a rounded number is one of two
    EXPECT_TRUE(mean_is(left, 60000.0 + change, std::sqrt(part * (1 - part)))) << dt;
  }
}

TEST_P(AgeLaw, DiffusionGrowsWithTheRootOfTime) {
  DeviceConfig device;
  device.retention.diffusion = 0.001;
  Population devices(backend(), device);
  for (double const dt : {1.0, 25.0, 400.0}) {
    auto const left = devices.after(aging_constants(device, {7.0, 7.0 + dt}), 30000);
    double const deviation = 0.001 * std::sqrt(dt) * range;
    EXPECT_TRUE(mean_is(left, 30000.0, deviation)) << dt;
    EXPECT_TRUE(variance_is(left, deviation * deviation + 0.25)) << dt;  // and of rounding, at most
    EXPECT_TRUE(distributed_as(left, normal(30000.0, deviation))) << dt;
  }
}

TEST_P(AgeLaw, ExponentsScatterAsPublished) {
  DeviceConfig device;
  device.on_off_ratio = 1e6;
  device.retention.drift = DriftModel::pcm;
  Population devices(backend(), device);
  double const c = 0.4;
  auto const start = static_cast<int>(c * range);
  double const octaves = std::log2((1e4 + 20.0) / 20.0);
  auto const left = devices.after(aging_constants(device, {0.0, 1e4}), start);
  std::vector<double> nu;
  for (double const position : left) nu.push_back(-std::log2(position / start) / octaves);
  // mean 0.049 (0.0386 clipped), deviation 0.008 (0.00555 clipped); |nu| hardly matters: 6 sigma
  EXPECT_TRUE(mean_is(nu, 0.049, 0.008));
  EXPECT_TRUE(variance_is(nu, 0.008 * 0.008));
  EXPECT_TRUE(distributed_as(nu, normal(0.049, 0.008)));
  auto const again = devices.after(aging_constants(device, {0.0, 1e4}), start);
  EXPECT_LE(std::abs(again[3] - left[3]), 1.0) << "an exponent is frozen";
}

/// Exponents of devices that drifted from c = 0.4 G_max, over 1e4 s.
std::vector<double> exponents(Backend& backend, Retention const& retention) {
  DeviceConfig device;
  device.on_off_ratio = 1e6;
  device.retention = retention;
  Population devices(backend, device);
  auto const start = static_cast<int>(0.4 * range);
  double const octaves = std::log2((1e4 + 20.0) / 20.0);
  std::vector<double> nu;
  for (double const position : devices.after(aging_constants(device, {0.0, 1e4}), start)) {
    nu.push_back(-std::log2(position / start) / octaves);
  }
  return nu;
}

// 0.1 + 0.05 z without its sign: the moments of a folded normal, 2 deviations off.
TEST_P(AgeLaw, ExponentsNeedNotDependOnTheState) {
  auto const nu = exponents(backend(), {.drift = DriftModel::state_independent});
  double const mean =
      0.05 * std::sqrt(2.0 / std::numbers::pi) * std::exp(-2.0) + 0.1 * std::erf(std::sqrt(2.0));
  double const square = 0.1 * 0.1 + 0.05 * 0.05;
  EXPECT_TRUE(mean_is(nu, mean, 0.05));
  EXPECT_TRUE(variance_is(nu, square - mean * mean));
}

// Halfway between nodes: 0.15 and 0.02. |nu| does not matter: 7 deviations.
TEST_P(AgeLaw, ExponentsComeFromATable) {
  Retention table{.drift = DriftModel::table};
  table.nu_at = {0.1, 0.3, 0.5, 0.8};
  table.nu_mean = {0.5, 0.2, 0.1, 0.4};
  table.nu_deviation = {0.1, 0.01, 0.03, 0.2};
  auto const nu = exponents(backend(), table);
  EXPECT_TRUE(mean_is(nu, 0.15, 0.02));
  EXPECT_TRUE(variance_is(nu, 0.02 * 0.02));
}

TEST_P(AgeLaw, LifetimesScatter) {
  DeviceConfig device;
  device.retention.lifetime_s = 1000.0;
  device.retention.lifetime_spread = 0.1;
  Population devices(backend(), device);
  auto const left = devices.after(aging_constants(device, {0.0, 500.0}), 60000);
  std::vector<double> lifetimes;
  for (double const x : left) lifetimes.push_back(-500.0 / std::log((x - zero) / (60000.0 - zero)));
  EXPECT_TRUE(mean_is(lifetimes, 1000.0, 100.0));
  EXPECT_TRUE(variance_is(lifetimes, 100.0 * 100.0));
  EXPECT_TRUE(distributed_as(lifetimes, normal(1000.0, 100.0)));
}

/// Rest levels that devices have reached are themselves.
TEST_P(AgeLaw, RestLevelsScatter) {
  DeviceConfig device;
  device.retention.lifetime_s = 1.0;
  device.retention.rest = -0.1;
  device.retention.rest_spread = 0.05;
  Population devices(backend(), device);
  auto const left = devices.after(aging_constants(device, {0.0, 100.0}), 60000);
  double const mean = zero - 0.1 * range;
  double const deviation = 0.05 * range;
  EXPECT_TRUE(mean_is(left, mean, deviation));
  EXPECT_TRUE(variance_is(left, deviation * deviation));
  EXPECT_TRUE(distributed_as(left, normal(mean, deviation)));
  auto const again = devices.after(aging_constants(device, {0.0, 1e4}), 10000);
  for (std::size_t i = 0; i < left.size(); ++i) ASSERT_NEAR(again[i], left[i], 1.0) << "frozen";
}

/// A device's step is d n, n normal: d is 1 + z times the nominal deviation, z frozen. E d^2 = 2
/// and E d^4 = 10.
TEST_P(AgeLaw, WalksScatter) {
  DeviceConfig device;
  device.retention.diffusion = 0.001;
  device.retention.diffusion_spread = 1.0;
  Population devices(backend(), device);
  double const nominal = 0.001 * std::sqrt(400.0) * range;
  auto const walk = aging_constants(device, {0.0, 400.0});
  auto const first = devices.after(walk, 30000);
  auto const second = devices.after(walk, 30000, 1);
  std::vector<double> steps;
  std::vector<double> products;
  std::vector<double> magnitudes;
  for (std::size_t i = 0; i < first.size(); ++i) {
    steps.push_back((first[i] - 30000.0) / nominal);
    products.push_back(steps.back() * (second[i] - 30000.0) / nominal);
    magnitudes.push_back(std::abs(products.back()));
  }
  EXPECT_TRUE(mean_is(steps, 0.0, std::sqrt(2.0)));
  EXPECT_TRUE(variance_is(steps, 2.0, 3.0 * 10.0 / (2.0 * 2.0)));
  EXPECT_TRUE(mean_is(products, 0.0, std::sqrt(10.0)));
  double const expected = 2.0 * std::numbers::inv_pi * 2.0;  // E |n1 n2| E d^2
  EXPECT_TRUE(mean_is(magnitudes, expected, std::sqrt(10.0 - expected * expected)));
  // The mean over z, by the midpoint rule; no node is a device that does not walk.
  EXPECT_TRUE(distributed_as(steps, [](double x) {
    constexpr double width = 1.0 / 32.0;
    double sum = 0.0;
    for (int i = -160; i < 160; ++i) {
      double const z = (i + 0.5) * width;
      double const density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
      sum += density * width * normal_cdf(x / std::abs(1.0 + z));
    }
    return sum;
  }));
}

/// CMO/HfOx by Falcone et al.: 0.04201137 ln t + 0.41183342 of 88.2 uS.
TEST_P(AgeLaw, RelaxationsScatterAsPublished) {
  DeviceConfig device;
  device.on_off_ratio = 9.8;
  device.retention.drift = DriftModel::reram_cmo;
  Population devices(backend(), device);
  double const unit = range * (1.0 + 1.0 / 8.8) / 88.2;  // codes in 1 uS
  for (double const t : {1.0, 1e3, 1e6}) {
    auto const left = devices.after(aging_constants(device, {0.0, t}), 30000);
    double const mean = 30000.0 - 0.08900206 * std::log(t) * unit;
    double const deviation = (0.04201137 * std::log(t) + 0.41183342) * unit;
    EXPECT_TRUE(mean_is(left, mean, deviation)) << t;
    EXPECT_TRUE(variance_is(left, deviation * deviation)) << t;
    EXPECT_TRUE(distributed_as(left, normal(mean, deviation))) << t;
  }
}

/// 1/f noise of a read after wait_s, alone: no time has passed since the pass before.
TEST_P(AgeLaw, SettledReadsScatterAsPublished) {
  struct Model {
    DriftModel model;
    double onset_s;
    double t_read_s;
    double sigma;  // at half the highest conductance, of that: see devicemodels' tests
  };
  double const day = 86400.0;
  for (Model const& model :
       {Model{DriftModel::pcm, 20.0, 250e-9, 0.5 * 0.0088 * std::pow(2.0, 0.65)},
        Model{DriftModel::hermes_1, 200.0, 512e-9, 0.5 * 0.0217},
        Model{DriftModel::hermes_2, 300.0, 512e-9, 0.5 * 0.0167125},
        Model{DriftModel::reram_cmo, 0.0, 1e-6, 0.0456022 / 88.2}}) {
    DeviceConfig device;
    device.on_off_ratio = 9.8;
    device.retention.drift = model.model;
    Population devices(backend(), device);
    double const g_max = 1.0 + 1.0 / 8.8;  // in windows
    auto const start = static_cast<int>((0.5 * g_max - 1.0 / 8.8) * range);
    auto const left = devices.after(waiting_constants(device, {day, day}), start);
    double const t = day + model.onset_s;
    double const growth = std::sqrt(std::log((t + model.t_read_s) / (2.0 * model.t_read_s)));
    double const deviation = model.sigma * growth * g_max * range;
    EXPECT_TRUE(mean_is(left, start, deviation)) << enum_name(model.model);
    EXPECT_TRUE(variance_is(left, deviation * deviation)) << enum_name(model.model);
    EXPECT_TRUE(distributed_as(left, normal(start, deviation))) << enum_name(model.model);
  }
}

TEST_P(AgeLaw, ProgrammingErrorsScatterAsPublished) {
  struct Model {
    ProgrammingModel model;
    double g_max_us;
    double sigma_us;  // at half the highest conductance, by hand: see devicemodels' tests
  };
  for (Model const& model : {Model{ProgrammingModel::pcm, 25.0, 0.952705},
                             Model{ProgrammingModel::hermes_1, 10.35, 0.8653129},
                             Model{ProgrammingModel::reram_wan_1s, 40.0, 2.0229375},
                             Model{ProgrammingModel::reram_cmo_loose, 88.2, 0.50911963}}) {
    DeviceConfig device;
    device.on_off_ratio = 9.8;
    device.programming.model = model.model;
    Population devices(backend(), device);
    double const g_max = 1.0 + 1.0 / 8.8;  // in windows
    auto const start = static_cast<int>((0.5 * g_max - 1.0 / 8.8) * range);
    auto const left = devices.after(programming_constants(device), start);
    double const deviation = model.sigma_us / model.g_max_us * g_max * range;
    EXPECT_TRUE(mean_is(left, start, deviation)) << enum_name(model.model);
    EXPECT_TRUE(variance_is(left, deviation * deviation)) << enum_name(model.model);
    EXPECT_TRUE(distributed_as(left, normal(start, deviation))) << enum_name(model.model);
  }
}

TEST_P(AgeLaw, EveryPassAndStreamDrawsAfresh) {
  CrossbarConfig const config = crossbar_of(40, 64);
  AgingConstants walk;
  walk.diffusion = 0.01F;
  auto const moves = [&](AgeOptions const& options) {
    Crossbar xbar(backend(), config);
    xbar.age({walk}, options);
    auto const codes = xbar.codes();
    return std::vector<double>(codes.begin(), codes.end());
  };
  auto const first = moves({});
  EXPECT_EQ(first, moves({}));
  EXPECT_TRUE(uncorrelated(first, moves({.step = 1})));
  EXPECT_TRUE(uncorrelated(first, moves({.stream = Stream::test_wait})));
  EXPECT_TRUE(uncorrelated(first, moves({.step = std::uint64_t{1} << 40})));
}

}  // namespace
}  // namespace panther::test
