// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Retention and programming error of one device: published coefficients against values computed by
// hand, closed forms, composition in time, limits.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "devicemodels/aging.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

constexpr float range = 64512.0F;  // a cell of 6 bits
constexpr double zero = 32768.0;   // position of its level 0

double sigma_us(ProgrammingModel model, double g_max_us, double c) {
  Programming const programming{.model = model};
  return g_max_us * static_cast<double>(programming_curve(programming).at(static_cast<float>(c)));
}

// Sums of the published terms, worked out by hand.
TEST(ProgrammingCurves, AreThePublishedPolynomials) {
  // 0.26348 + 1.9650/2 - 1.1731/4, and at 1 the sum of the coefficients
  EXPECT_NEAR(sigma_us(ProgrammingModel::pcm, 25.0, 0.5), 0.952705, 1e-5);
  EXPECT_NEAR(sigma_us(ProgrammingModel::pcm, 25.0, 1.0), 1.05538, 1e-5);
  // 0.15781817 + 1.16221958 - 0.5407770975 + 0.0860522725
  EXPECT_NEAR(sigma_us(ProgrammingModel::hermes_1, 10.35, 0.5), 0.8653129, 1e-5);
  // 0.16603222 + 2.35903234 - 2.12025313 + 0.58620177375
  EXPECT_NEAR(sigma_us(ProgrammingModel::hermes_2, 20.7, 0.5), 0.9910132, 1e-5);
  // 0.348 + 8.015 - 10.96325 + 5.674125 - 1.0509375
  EXPECT_NEAR(sigma_us(ProgrammingModel::reram_wan_1s, 40.0, 0.5), 2.0229375, 1e-5);
  EXPECT_NEAR(sigma_us(ProgrammingModel::reram_wan_1d, 40.0, 1.0), 2.651, 1e-4);
  EXPECT_NEAR(sigma_us(ProgrammingModel::reram_wan_2d, 40.0, 1.0), 2.677, 1e-4);
  // 0.00106879 * 44.1 + 0.00081107 at half of 88.2 uS
  EXPECT_NEAR(sigma_us(ProgrammingModel::reram_cmo_tight, 88.2, 0.5), 0.047944709, 1e-6);
  EXPECT_NEAR(sigma_us(ProgrammingModel::reram_cmo_loose, 88.2, 0.5), 0.50911963, 1e-5);
}

TEST(ProgrammingCurves, CustomCoefficientsAndTheirNumber) {
  Programming programming{.model = ProgrammingModel::custom, .scale = 2.0};
  programming.coefficients = {0.1, -0.2, 0.3};
  EXPECT_NEAR(programming_curve(programming).at(0.5F), 2 * (0.1 - 0.1 + 0.075), 1e-7);
  programming.coefficients = {1, 2, 3, 4, 5, 6};
  EXPECT_THROW(programming_curve(programming), std::invalid_argument);
  programming.coefficients = {};
  EXPECT_THROW(programming_curve(programming), std::invalid_argument);
}

double curve(StateCurve const& k, double c) {
  return static_cast<double>(k.at(static_cast<float>(c)));
}

TEST(DriftExponents, AreThePublishedFits) {
  DriftExponent const pcm = drift_exponent({.drift = DriftModel::pcm});
  EXPECT_NEAR(curve(pcm.mean, 1.0), 0.049, 1e-6);      // clipped below
  EXPECT_NEAR(curve(pcm.mean, 1e-4), 0.1, 1e-6);       // clipped above
  EXPECT_NEAR(curve(pcm.mean, 0.1), 0.0600901, 1e-6);  // 0.0155 * 2.3025851 + 0.0244
  EXPECT_NEAR(curve(pcm.deviation, 0.1), 0.0228823, 1e-6);
  DriftExponent const one = drift_exponent({.drift = DriftModel::hermes_1});
  DriftExponent const two = drift_exponent({.drift = DriftModel::hermes_2});
  for (DriftExponent const& hermes : {one, two}) {
    EXPECT_NEAR(curve(hermes.mean, 0.05), 0.0977348, 1e-6);  // 0.0387 * 2.9957323 - 0.0182
    EXPECT_NEAR(curve(hermes.mean, 0.5), 0.0564, 1e-6);      // 0.0736 - 0.0063 - 0.0109
  }
  EXPECT_NEAR(curve(one.deviation, 0.5), 0.012075, 1e-6);  // 0.0104 + 0.0058 - 0.004125
  EXPECT_NEAR(curve(two.deviation, 0.5), 0.009, 1e-6);     // 0.0073 + 0.00465 - 0.00295
  EXPECT_NEAR(curve(one.deviation, 0.2), 0.0170133, 1e-6);
  EXPECT_NEAR(curve(two.deviation, 0.2), 0.0131304, 1e-6);
  DriftExponent const power =
      drift_exponent({.drift = DriftModel::power, .nu = 0.1, .nu_spread = 0.3, .nu_state = 0.02});
  EXPECT_NEAR(curve(power.mean, std::exp(-1.0)), 0.12, 1e-6);
  EXPECT_NEAR(curve(power.deviation, 0.3), 0.03, 1e-7);
}

TEST(DriftExponents, DoNotDependOnTheStateWhereTheSourceSaysSo) {
  DriftExponent const flat = drift_exponent({.drift = DriftModel::state_independent});
  for (double const c : {1e-6, 0.01, 0.5, 1.0}) {
    EXPECT_NEAR(curve(flat.mean, c), 0.1, 1e-7);
    EXPECT_NEAR(curve(flat.deviation, c), 0.05, 1e-8);
  }
}

double interpolated(std::vector<double> const& at, std::vector<double> const& values, double x) {
  if (x <= at.front()) return values.front();
  for (std::size_t i = 1; i < at.size(); ++i) {
    if (x < at[i])
      return std::lerp(values[i - 1], values[i], (x - at[i - 1]) / (at[i] - at[i - 1]));
  }
  return values.back();
}

TEST(DriftTables, AreInterpolatedBetweenTheirNodes) {
  Random random(9);
  for (int trial = 0; trial < 200; ++trial) {
    Retention table{.drift = DriftModel::table};
    double at = random.real(0, 0.1);
    for (int node = random.whole(1, 8); node > 0; --node, at += random.real(0.01, 0.12)) {
      table.nu_at.push_back(at);
      table.nu_mean.push_back(random.real(0, 0.3));
      table.nu_deviation.push_back(random.real(0, 0.1));
    }
    DriftTable const found = drift_table(table);
    for (int place = 0; place <= 40; ++place) {
      double const c = place / 40.0;
      auto const value = [&](NodeCurve const& nodes) {
        return static_cast<double>(nodes.at(static_cast<float>(c)));
      };
      EXPECT_NEAR(value(found.mean), interpolated(table.nu_at, table.nu_mean, c), 1e-5) << trial;
      EXPECT_NEAR(value(found.deviation), interpolated(table.nu_at, table.nu_deviation, c), 1e-5);
    }
  }
}

std::string refusal(Retention const& retention) {
  try {
    check_retention(retention);
  } catch (std::invalid_argument const& error) {
    return error.what();
  }
  return {};
}

TEST(DriftTables, SayWhatTheyLack) {
  Retention table{.drift = DriftModel::table};
  EXPECT_EQ(refusal(table), "retention.nu_at: 0 nodes (must be 1 to 8)");
  table.nu_at = {0.5, 0.25};
  EXPECT_EQ(refusal(table), "retention.nu_at: node 1, 0.25, must lie above the one before, 0.5");
  table.nu_at = {0.25, 0.5};
  table.nu_mean = {0.1};
  EXPECT_EQ(refusal(table), "retention.nu_mean: 1 values (must be as many as there are nodes, 2)");
  table.nu_mean = {0.1, 0.2};
  EXPECT_EQ(refusal(table),
            "retention.nu_deviation: 0 values (must be as many as there are nodes, 2)");
  table.nu_deviation = {0.0, 0.1};
  EXPECT_EQ(refusal(table), "");
}

TEST(SettledReadNoises, AreThePublishedFits) {
  EXPECT_NEAR(25.0 * curve(settled_read_noise({.drift = DriftModel::state_independent}).curve, 0.3),
              1.0, 1e-6);  // uS at G_max
  EXPECT_NEAR(curve(settled_read_noise({.drift = DriftModel::pcm}).curve, 0.1),
              0.0088 * std::pow(10.0, 0.65), 1e-6);
  EXPECT_NEAR(curve(settled_read_noise({.drift = DriftModel::pcm}).curve, 1e-5), 0.2, 1e-6);
  // 0.0088 + 0.0384 - 0.0338 + 0.0083, and 0.0123 + 0.01055 - 0.007 + 0.0008625
  EXPECT_NEAR(curve(settled_read_noise({.drift = DriftModel::hermes_1}).curve, 0.5), 0.0217, 1e-6);
  EXPECT_NEAR(curve(settled_read_noise({.drift = DriftModel::hermes_2}).curve, 0.5), 0.0167125,
              1e-6);
  EXPECT_NEAR(curve(settled_read_noise({.drift = DriftModel::hermes_1}).curve, 0.1), 0.0217602,
              1e-6);
  // 0.0277316 log10(44.1) uS of 88.2
  EXPECT_NEAR(88.2 * curve(settled_read_noise({.drift = DriftModel::reram_cmo}).curve, 0.5),
              0.0456022, 1e-6);
}

DeviceConfig with(Retention const& retention, double on_off = 10.0) {
  DeviceConfig device;
  device.on_off_ratio = on_off;
  device.retention = retention;
  return device;
}

float g_min_of(DeviceConfig const& device) {
  return static_cast<float>(1.0 / (device.on_off_ratio - 1.0));
}

/// The position after a pass without noise; unrounded.
double after(DeviceConfig const& device, TimeSpan span, double position, AgingDraws draws = {}) {
  auto const start = static_cast<float>(position);
  return position + static_cast<double>(aged(aging_constants(device, span), draws,
                                             {g_min_of(device), range, static_cast<float>(zero)},
                                             0.0F, range, start, 0.0F));
}

constexpr AgingWindow window{0.1F, range, static_cast<float>(zero)};
constexpr double codes = 0.02;  // rounding of float32 over a few operations near 65536

TEST(Aging, NothingIsConfiguredNothingHappens) {
  Random random(1);
  for (int trial = 0; trial < 200; ++trial) {
    double const x = random.whole(0, 64512);
    EXPECT_EQ(after({}, {random.real(0, 1e6), 1e7}, x, {1, -1, 2, 1}), x);
  }
  EXPECT_FALSE(aging_constants({}, {0, 1e9}).noisy());
  EXPECT_FALSE(programming_constants({}).noisy());
}

TEST(Aging, NoTimeNoChange) {
  Retention all{.lifetime_s = 10, .diffusion = 0.1, .loss_per_decade = 0.1};
  all.drift = DriftModel::pcm;
  for (double const x : {0.0, 1000.0, 40000.0, 64512.0}) {
    EXPECT_EQ(after(with(all), {77.0, 77.0}, x), x);
  }
  EXPECT_FALSE(aging_constants(with(all), {77.0, 77.0}).noisy());
}

TEST(Aging, DecaysExponentially) {
  Random random(2);
  for (int trial = 0; trial < 500; ++trial) {
    double const tau = std::exp(random.real(-3, 20));
    double const dt = tau * std::exp(random.real(-12, 2));
    double const rest = random.real(-0.5, 0.49);
    double const x = random.whole(0, 64512);
    double const place = zero + rest * range;
    double const wanted = place + (x - place) * std::exp(-dt / tau);
    EXPECT_NEAR(after(with({.lifetime_s = tau, .rest = rest}), {5.0, 5.0 + dt}, x), wanted, codes)
        << tau << " " << dt << " " << rest << " " << x;
  }
}

TEST(Aging, SmallDecaysKeepTheirSize) {
  double const dt_over_tau = 1e-8;
  AgingConstants const k = aging_constants(with({.lifetime_s = 1.0 / dt_over_tau}), {0.0, 1.0});
  float const change = aged(k, {}, window, 0.0F, range, 60000.0F, 0.0F);
  EXPECT_NEAR(static_cast<double>(change) / (-(60000.0 - zero) * dt_over_tau), 1.0, 1e-5);
}

TEST(Aging, DriftIsAPowerOfTime) {
  Random random(3);
  for (int trial = 0; trial < 500; ++trial) {
    double const nu = random.real(0, 0.2);
    double const onset = std::exp(random.real(-3, 5));
    double const from = onset * random.real(0, 10);
    double const to = from + onset * std::exp(random.real(-6, 15));
    double const x = random.whole(20000, 64512);
    double const g_min = range / 9.0;
    double const ratio = (to + onset) / (from + onset);
    double const wanted = std::max((x + g_min) * std::pow(ratio, -nu) - g_min, 0.0);
    DeviceConfig const device = with({.drift = DriftModel::power, .nu = nu, .onset_s = onset});
    EXPECT_NEAR(after(device, {from, to}, x), wanted, 2 * codes);
  }
}

TEST(Aging, DriftOfADeviceIsItsOwn) {
  DeviceConfig const device = with({.drift = DriftModel::power, .nu = 0.1, .nu_spread = 0.5});
  double const g_min = range / 9.0;
  for (float const z : {-3.0F, -1.0F, 0.0F, 2.0F}) {
    double const nu = std::abs(0.1 + 0.05 * static_cast<double>(z));
    double const wanted = (50000.0 + g_min) * std::pow(101.0, -nu) - g_min;
    EXPECT_NEAR(after(device, {0.0, 100.0}, 50000.0, {0, 0, z, 0}), wanted, 2 * codes);
  }
}

TEST(Aging, LossIsLinearInTheLogarithmOfTimeAndEndsAtRest) {
  DeviceConfig const device = with({.rest = -0.25, .loss_per_decade = 0.05, .onset_s = 10.0});
  EXPECT_NEAR(after(device, {0.0, 990.0}, 40000.0), 40000.0 - 0.1 * range, codes);
  EXPECT_NEAR(after(device, {0.0, 990.0}, 1000.0), 1000.0 + 0.1 * range, codes);
  EXPECT_NEAR(after(device, {0.0, 1e9}, 40000.0), zero - 0.25 * range, codes);
  EXPECT_NEAR(after(device, {0.0, 1e9}, 1000.0), zero - 0.25 * range, codes);
}

TEST(Aging, RelaxationOfCmo) {
  DeviceConfig const device = with({.drift = DriftModel::reram_cmo}, 9.8);
  double const unit = range * (1.0 + 1.0 / 8.8) / 88.2;  // codes in 1 uS
  double const decades = std::log(1e5);
  EXPECT_NEAR(after(device, {0.0, 1e5}, 30000.0), 30000.0 - 0.08900206 * decades * unit, 1.0);
  AgingConstants const k = aging_constants(device, {0.0, 1e5});
  EXPECT_NEAR(std::sqrt(static_cast<double>(k.spread_square)) * range,
              (0.04201137 * decades + 0.41183342) * unit, 1e-3 * unit);
}

/// Two passes are one longer pass: exactly in the law, so within the rounding of the arithmetic.
TEST(Aging, ComposesInTime) {
  Random random(4);
  Retention power{.drift = DriftModel::power, .nu = 0.07, .nu_spread = 0.4, .onset_s = 3.0};
  std::vector<Retention> const laws{
      {.lifetime_s = 50.0, .lifetime_spread = 0.3, .rest = -0.1, .rest_spread = 0.1},
      power,
      {.rest = 0.2, .loss_per_decade = 0.03, .onset_s = 2.0},
      {.drift = DriftModel::reram_cmo}};
  for (int trial = 0; trial < 400; ++trial) {
    DeviceConfig const device = with(random.pick(laws));
    AgingDraws const draws{static_cast<float>(random.real(-2, 2)),
                           static_cast<float>(random.real(-2, 2)),
                           static_cast<float>(random.real(-2, 2)), 0.0F};
    double const a = std::exp(random.real(-3, 8));
    double const b = a + std::exp(random.real(-3, 8));
    double const c = b + std::exp(random.real(-3, 8));
    double const x = random.whole(0, 64512);
    double const twice = after(device, {b, c}, after(device, {a, b}, x, draws), draws);
    EXPECT_NEAR(twice, after(device, {a, c}, x, draws), 2 * codes) << random.trace();
  }
  for (Retention const& law : {Retention{.diffusion = 0.01}, laws.back()}) {
    auto const variance = [&](double from, double to) {
      AgingConstants const k = aging_constants(with(law), {from, to});
      return static_cast<double>(k.diffusion) * static_cast<double>(k.diffusion) +
             static_cast<double>(k.spread_square);
    };
    EXPECT_NEAR(variance(2, 30) + variance(30, 900), variance(2, 900), 1e-6 * variance(2, 900));
  }
}

TEST(Aging, HeatMakesTheClockRunFaster) {
  Retention warm{.lifetime_s = 1000.0};
  warm.activation_energy_ev = 0.6;
  warm.temperature_k = 350.0;
  // exp(0.6 / 8.617333e-5 (1/300 - 1/350)) = 27.54
  EXPECT_NEAR(acceleration(warm), 27.54, 0.01);
  Retention const longer{.lifetime_s = 1000.0 / acceleration(warm)};
  EXPECT_NEAR(after(with(warm), {0, 7}, 60000.0), after(with(longer), {0, 7}, 60000.0), codes);
  warm.temperature_k = warm.reference_temperature_k;
  EXPECT_EQ(acceleration(warm), 1.0);
}

TEST(Aging, LevelZeroIsAtRest) {
  DeviceConfig const device = with({.lifetime_s = 1.0, .loss_per_decade = 0.1});
  AgingConstants const k = aging_constants(device, {0.0, 3.0});
  for (bool const mirrored : {false, true}) {
    AgingWindow const own = aging_window(0.1F, 64512, mirrored);
    float const level_zero = mirrored ? range - 32768.0F : 32768.0F;  // a mirrored device's code 0
    EXPECT_EQ(aged(k, {}, own, 0.0F, range, level_zero, 0.0F), 0.0F);
    EXPECT_LT(aged(k, {}, own, 0.0F, range, level_zero + 1000.0F, 0.0F), 0.0F);
  }
}

TEST(Aging, StaysWithinBounds) {
  AgingConstants k;
  k.diffusion = 5.0F;
  for (float const normal : {-3.0F, 3.0F}) {
    float const x = 1000.0F;
    float const kept = x + aged(k, {}, window, 700.0F, 2000.0F, x, normal);
    EXPECT_EQ(kept, normal < 0 ? 700.0F : 2000.0F);
    EXPECT_EQ(aged(k, {}, window, x, x, x, normal), 0.0F) << "a stuck device moved";
  }
}

// A device that aging takes to an end of its window must not go a code further.
TEST(Aging, WholeChangesAreKeptByAnyDither) {
  Random random(31);
  for (int trial = 0; trial < trials(20000); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    int const whole = random.whole(-65535, 65535);
    float const dither =
        fine_dither(random.chance(0.5) ? 0xFFFFFFFFU : static_cast<std::uint32_t>(random.word()));
    ASSERT_EQ(whole_change(static_cast<float>(whole), dither), whole) << dither;
  }
}

TEST(Aging, ChangesAreRoundedWithoutBias) {
  Random random(32);
  for (int trial = 0; trial < trials(300); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    auto const change = static_cast<float>(random.real(-65535.0, 65535.0));
    int sum = 0;
    for (std::uint32_t k = 0; k < 256; ++k) {
      sum += whole_change(change, fine_dither(k << 24)) - static_cast<int>(std::floor(change));
    }
    EXPECT_NEAR(sum, 256.0F * (change - std::floor(change)), 1.0);
  }
}

TEST(Aging, ReadsAfterAWaitAreNoisierTheLongerItWas) {
  DeviceConfig const device = with({.drift = DriftModel::pcm}, 1e6);
  AgingConstants const k = waiting_constants(device, {0.0, 86400.0});
  double const t = 86420.0;  // counted from 20 s after programming
  EXPECT_NEAR(k.deviation_scale, std::sqrt(std::log((t + 250e-9) / 500e-9)), 1e-5);
  EXPECT_NEAR(aging_deviation(k, {}, {g_min_of(device), range, 0.0F}, 0.1F * range, 0.05F * range),
              0.0088 * std::pow(10.0, 0.65) * 0.05 * range * static_cast<double>(k.deviation_scale),
              0.5);
  DeviceConfig quiet = device;
  quiet.retention.read_noise = false;
  EXPECT_FALSE(waiting_constants(quiet, {0.0, 86400.0}).noisy());
}

}  // namespace
}  // namespace panther::test
