// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// What a read sees of a cell: the I-V curves against their formulas in double, telegraph and 1/f
// noise against their statistics, in time and in frequency.

#include "devicemodels/reading.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <span>
#include <vector>

#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

constexpr std::uint64_t seed = 9;
constexpr std::uint64_t devices = 10000;

TEST(IvCurve, FollowsNeuroSim) {
  CellReading config;
  config.read_voltage = 0.5;
  config.iv = {.kind = IvKind::neurosim, .nonlinearity = 7.0, .write_voltage = 2.0};
  CellReadConstants const k = cell_read_constants(config, 15);
  for (int i = -30; i <= 30; ++i) {
    double const x = i / 15.0;  // voltages in units of the read voltage
    double const v = std::abs(x) * 0.5;
    double const current = std::pow(7.0, (v - 0.5) / 1.0);
    double const expected = i == 0 ? 0.0 : std::copysign(current, x);
    EXPECT_NEAR(iv_current(k, static_cast<float>(x)), expected, 2e-6 * (1.0 + current)) << x;
  }
  double const least = std::pow(7.0, (0.5 / 15.0 - 0.5) / 1.0);
  EXPECT_NEAR(iv_current(k, 0.5F / 15.0F), 0.5 * least, 1e-6) << "straight below one step";
}

TEST(IvCurve, FollowsTheHyperbolicSine) {
  CellReading config;
  config.read_voltage = 0.6;
  config.iv = {.kind = IvKind::sinh, .sinh_voltage = 0.25};
  CellReadConstants const k = cell_read_constants(config, 255);
  for (int i = -150; i <= 150; ++i) {
    double const x = i / 100.0;
    double const expected = std::sinh(x * 0.6 / 0.25) / std::sinh(0.6 / 0.25);
    EXPECT_NEAR(iv_current(k, static_cast<float>(x)), expected, 2e-6 * (1.0 + std::abs(expected)));
  }
}

TEST(IvCurve, SingleBitsSeeNone) {
  for (IvKind const kind : {IvKind::linear, IvKind::neurosim, IvKind::sinh}) {
    CellReading config;
    config.iv.kind = kind;
    CellReadConstants const k = cell_read_constants(config, 1);
    for (float const x : {-1.0F, 0.0F, 1.0F}) EXPECT_NEAR(iv_current(k, x), x, 1e-6F);
  }
}

using Signal = std::vector<std::complex<double>>;

/// Discrete Fourier transform of 2^n values (Cooley and Tukey), in place.
void transform(Signal& x) {
  std::size_t const size = x.size();
  if (size == 1) return;
  Signal even(size / 2);
  Signal odd(size / 2);
  for (std::size_t i = 0; i < size / 2; ++i) {
    even[i] = x[2 * i];
    odd[i] = x[2 * i + 1];
  }
  transform(even);
  transform(odd);
  for (std::size_t i = 0; i < size / 2; ++i) {
    double const angle =
        -2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size);
    std::complex<double> const turned = std::polar(1.0, angle) * odd[i];
    x[i] = even[i] + turned;
    x[i + size / 2] = even[i] - turned;
  }
}

/// |DFT|^2 of a device's fluctuation at reads 0, 1, ... 2 `bins` - 1, up to the Nyquist frequency.
std::vector<double> power_spectrum(CellReadConstants const& k, std::uint64_t device,
                                   std::size_t bins, float g) {
  Signal signal(2 * bins);
  for (std::size_t n = 0; n < signal.size(); ++n) {
    signal[n] = static_cast<double>(fluctuation(k, seed, device, n, g, g));
  }
  transform(signal);
  std::vector<double> power;
  for (std::size_t i = 0; i < bins; ++i) power.push_back(std::norm(signal[i]));
  return power;
}

CellReadConstants telegraph(TelegraphNoise const& noise) {
  CellReading config;
  config.telegraph = noise;
  return cell_read_constants(config, 1);
}

TEST(Telegraph, OccupancyIsStationaryAndTheMeanStays) {
  for (double const occupancy : {0.2, 0.5, 0.9}) {
    CellReadConstants const k = telegraph({.amplitude = 0.1, .occupancy = occupancy, .rate = 0.02});
    for (std::uint64_t const read : {std::uint64_t{0}, std::uint64_t{1} << 30}) {
      std::uint64_t full = 0;
      for (std::uint64_t d = 0; d < devices; ++d) {
        double const change = fluctuation(k, seed, d, read, 100.0F, 200.0F);
        bool const is_full = change > 100.0 * 0.1 * (0.5 - occupancy);
        full += is_full ? 1U : 0U;
        EXPECT_NEAR(change, 10.0 * ((is_full ? 1.0 : 0.0) - occupancy), 1e-4);
      }
      EXPECT_TRUE(binomial_fits(full, devices, occupancy)) << occupancy;
    }
  }
}

/// Correlation of a device's states over k reads is (1 - p)^k.
TEST(Telegraph, AutocorrelationIsGeometric) {
  CellReadConstants const k = telegraph({.amplitude = 0.1, .occupancy = 0.3, .rate = 0.05});
  for (int const later : {1, 5, 20, 60}) {
    std::uint64_t both = 0;
    for (std::uint64_t d = 0; d < devices; ++d) {
      bool const now = fluctuation(k, seed, d, 1000, 1.0F, 1.0F) > 0.0F;
      bool const then =
          fluctuation(k, seed, d, 1000 + static_cast<std::uint64_t>(later), 1.0F, 1.0F) > 0.0F;
      both += now && then ? 1U : 0U;
    }
    double const expected = 0.09 + 0.21 * std::pow(0.95, later);
    EXPECT_TRUE(binomial_fits(both, devices, expected)) << later;
  }
}

/// Power per read at bin `i` of `reads`, relative to the variance, where reads k apart correlate by
/// r^k: (1 - r^2) / (1 - 2 r cos w + r^2).
double lorentzian(double r, std::size_t i, std::size_t reads) {
  double const w = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(reads);
  return (1.0 - r * r) / (1.0 - 2.0 * r * std::cos(w) + r * r);
}

double mean_between(std::span<double const> values, std::size_t first, std::size_t last) {
  return mean_of(values.subspan(first, last - first));
}

/// A word that is redrawn with probability p is a two-state chain with r = 1 - p. Octaves of
/// frequency; the mean over devices is nearly normal. A record of N reads smears its spectrum by
/// 2 r / (1 - r^2) / N of itself at most.
TEST(Telegraph, SpectrumIsThatOfATwoStateChain) {
  constexpr std::size_t bins = 1024;
  constexpr double r = 1.0 - 0.1;
  constexpr double smear = 2.0 * r / (1.0 - r * r) / (2.0 * bins);
  CellReadConstants const k = telegraph({.amplitude = 0.1, .occupancy = 0.3, .rate = 1.0 - r});
  std::vector<double> law;
  for (std::size_t i = 0; i < bins; ++i) law.push_back(0.21 * lorentzian(r, i, 2 * bins));
  constexpr std::size_t lowest = 4;
  std::vector<std::vector<double>> octaves;
  for (std::uint64_t d = 0; d < 400; ++d) {
    // A step of conductance is 1: 0.1 of 10.
    std::vector<double> const power = power_spectrum(k, d, bins, 10.0F);
    std::size_t octave = 0;
    for (std::size_t from = lowest; from < bins; from *= 2, ++octave) {
      if (octave == octaves.size()) octaves.emplace_back();
      octaves[octave].push_back(mean_between(power, from, 2 * from) / (2.0 * bins));
    }
  }
  std::size_t from = lowest;
  for (std::vector<double> const& octave : octaves) {
    double const expected = mean_between(law, from, 2 * from);
    double const error = std::sqrt(variance_of(octave) / static_cast<double>(octave.size()));
    EXPECT_NEAR(mean_of(octave), expected,
                two_sided_limit(false_alarm_rate) * error + smear * expected)
        << "from bin " << from;
    from *= 2;
  }
}

/// The states of a device lie amplitude (G / G_max)^-exponent G apart, at most G.
TEST(Telegraph, AmplitudeGrowsTowardsLowConductance) {
  CellReadConstants const k = telegraph({.amplitude = 0.05, .exponent = 0.8, .rate = 1.0});
  for (float const g : {1.0F, 10.0F, 300.0F, 1000.0F}) {
    double least = 1e9;
    double most = -1e9;
    for (std::uint64_t read = 0; read < 60; ++read) {
      double const change = fluctuation(k, seed, 3, read, g, 1000.0F);
      least = std::min(least, change);
      most = std::max(most, change);
    }
    double const amplitude = std::min(0.05 * std::pow(g / 1000.0, -0.8), 1.0);
    EXPECT_NEAR(most - least, amplitude * static_cast<double>(g), 1e-5 * static_cast<double>(g));
  }
}

TEST(Telegraph, FrozenPropertiesAreDistributedAsStated) {
  CellReadConstants const k = telegraph({.amplitude = 0.05,
                                         .amplitude_spread = 0.4,
                                         .share = 0.3,
                                         .rate = 0.01,
                                         .rate_decades = 2.0});
  std::uint64_t traps = 0;
  std::vector<double> spread;
  std::vector<double> decades;
  for (std::uint64_t d = 0; d < devices; ++d) {
    Trap const trap = trap_of(k, draw(seed, Stream::telegraph_traits, d, 0));
    double const p = 1.0 - std::exp2(1.0 / static_cast<double>(trap.rate.inverse_log));
    decades.push_back((std::log10(p) + 3.0) / 2.0);
    if (trap.amplitude == 0.0F) continue;
    ++traps;
    spread.push_back(std::log(static_cast<double>(trap.amplitude) / 0.05) / 0.4);
  }
  EXPECT_TRUE(binomial_fits(traps, devices, 0.3));
  EXPECT_TRUE(distributed_as(spread, normal_cdf));
  EXPECT_TRUE(distributed_as(decades, [](double x) { return std::clamp(x, 0.0, 1.0); }));
}

CellReadConstants flicker(FlickerNoise const& noise) {
  CellReading config;
  config.flicker = noise;
  return cell_read_constants(config, 1);
}

TEST(Flicker, IsNormalAtEveryRead) {
  CellReadConstants const k = flicker({.sigma = 0.02});
  std::vector<double> values;
  for (std::uint64_t d = 0; d < devices; ++d) {
    values.push_back(static_cast<double>(fluctuation(k, seed, d, 777, 50.0F, 50.0F)));
  }
  EXPECT_TRUE(mean_is(values, 0.0, 1.0));
  EXPECT_TRUE(variance_is(values, 1.0));
  EXPECT_TRUE(distributed_as(values, normal_cdf));
}

/// Processes whose 1 / p are equally spaced between fastest and slowest on a logarithmic scale keep
/// their word with probability (1 - p)^k: that part of the variance is shared by reads k apart.
/// With the share s of a device the product of two standard normals has the variance 1 + 2 s^2 -
/// E[s]^2.
TEST(Flicker, AutocorrelationIsThatOfItsProcesses) {
  constexpr int processes = 7;
  constexpr std::uint64_t pairs = 4 * devices;
  CellReadConstants const k = flicker({.sigma = 0.02, .fastest = 2.0, .slowest = 2000.0});
  for (std::uint64_t const later : {std::uint64_t{1}, std::uint64_t{10}, std::uint64_t{100}}) {
    double expected = 0.0;
    double scatter = 0.0;  // variance of s
    for (int i = 0; i < processes; ++i) {
      double const p = 0.5 * std::pow(1e-3, i / (processes - 1.0));
      double const kept = std::pow(1.0 - p, static_cast<double>(later));
      expected += kept / processes;
      scatter += kept * (1.0 - kept) / (processes * processes);
    }
    std::vector<double> products;
    for (std::uint64_t d = 0; d < pairs; ++d) {
      auto const now = static_cast<double>(fluctuation(k, seed, d, 3000, 50.0F, 50.0F));
      auto const then = static_cast<double>(fluctuation(k, seed, d, 3000 + later, 50.0F, 50.0F));
      products.push_back(now * then);
    }
    EXPECT_TRUE(mean_is(products, expected, std::sqrt(1.0 + expected * expected + 2.0 * scatter)))
        << later;
  }
}

TEST(Flicker, GrowsTowardsLowConductance) {
  CellReadConstants const flat = flicker({.sigma = 0.02});
  CellReadConstants const steep = flicker({.sigma = 0.02, .exponent = 0.5});
  double const ratio = static_cast<double>(fluctuation(steep, seed, 1, 5, 25.0F, 100.0F) /
                                           fluctuation(flat, seed, 1, 5, 25.0F, 100.0F));
  EXPECT_NEAR(ratio, 2.0, 1e-5);
}

/// Least-squares slope of log power over log frequency; octaves of frequency count alike.
double slope_of_spectrum(std::vector<double> const& power, std::size_t first, std::size_t last) {
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t from = first; 2 * from <= last; from *= 2) {
    double sum = 0.0;
    double centre = 0.0;
    for (std::size_t i = from; i < 2 * from; ++i) {
      sum += power[i] / static_cast<double>(from);
      centre += std::log(static_cast<double>(i)) / static_cast<double>(from);
    }
    x.push_back(centre);
    y.push_back(std::log(sum));
  }
  double const mean_x = mean_of(x);
  double const mean_y = mean_of(y);
  double above = 0.0;
  double below = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    above += (x[i] - mean_x) * (y[i] - mean_y);
    below += (x[i] - mean_x) * (x[i] - mean_x);
  }
  return above / below;
}

/// Between the slowest process's corner, 1 / (2 pi 1000) of a read, and a sixteenth of a read,
/// power falls as 1/f within 0.1. 24 devices: the power of the lowest octave is known to 15 %, of
/// the next ones better by sqrt(2) each, the slope to 0.02.
TEST(Flicker, SpectrumFallsAsOneOverFrequency) {
  constexpr std::size_t reads = 8192;
  CellReadConstants const k = flicker({.sigma = 0.02});
  std::vector<double> power(reads / 2);
  for (std::uint64_t d = 0; d < 24; ++d) {
    std::vector<double> const one = power_spectrum(k, d, power.size(), 50.0F);
    for (std::size_t i = 1; i < power.size(); ++i) power[i] += one[i];
  }
  EXPECT_NEAR(slope_of_spectrum(power, 2, reads / 16), -1.0, 0.1);
}

TEST(Reading, RefusesABandUpsideDown) {
  CellReading config;
  config.flicker = {.sigma = 0.1, .fastest = 10, .slowest = 3};
  EXPECT_THROW(cell_read_constants(config, 1), std::invalid_argument);
}

}  // namespace
}  // namespace panther::test
