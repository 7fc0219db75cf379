// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The physical laws against their differential equations: pulse trains solved in double, through
// the edges of every pulse, by fine Runge-Kutta steps.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "devicemodels/cell.hpp"
#include "devicemodels/models.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

constexpr int bits = 6;
constexpr double range = window_range(bits);

/// dx/dt of a state x in [0, 1] at a voltage's magnitude; time in ns.
using Rate = std::function<double(double x, double volt)>;

/// The state after one trapezoidal pulse, by classical Runge-Kutta steps; the state stops at its
/// ends.
double after_pulse(double x, Rate const& rate, double volt, double width, double edge, int steps) {
  double const total = width + 2 * edge;
  double const h = total / steps;
  auto const at = [&](double t) {
    double const ramp = edge > 0 ? std::min(t, total - t) / edge : 1.0;
    return volt * std::clamp(ramp, 0.0, 1.0);
  };
  auto const slope = [&](double state, double t) {
    return rate(std::clamp(state, 0.0, 1.0), at(t));
  };
  for (int i = 0; i < steps; ++i) {
    double const t = i * h;
    double const a = slope(x, t);
    double const b = slope(x + 0.5 * h * a, t + 0.5 * h);
    double const c = slope(x + 0.5 * h * b, t + 0.5 * h);
    double const d = slope(x + h * c, t + h);
    x = std::clamp(x + h / 6 * (a + 2 * b + 2 * c + d), 0.0, 1.0);
  }
  return x;
}

/// Parts of the window that a nominal device moves by for `pulses` pulses from `g`.
template <class Law>
double change(typename Law::Params params, double g, double pulses, Direction direction) {
  params.pulses = levels_in_window(bits);  // a level step is a pulse
  return static_cast<double>(
             Law::moved(Law::prepare(params, bits), nominal_traits(static_cast<float>(range)),
                        static_cast<float>(g * range), static_cast<float>(pulses), direction)) /
         range;
}

struct VteamModel {
  Vteam::Params p;

  double conductance(double x) const {
    double const r = p.r_off / p.r_on;
    double const inverse =
        p.conduction == VteamConduction::linear ? 1 + (r - 1) * x : std::pow(r, x);
    return (r / inverse - 1) / (r - 1);
  }

  /// Toward on if `up`; the voltage's magnitude.
  double rate(double x, double volt, bool up) const {
    double const over = volt / (up ? -p.v_on : p.v_off) - 1;
    if (over <= 0) return 0;
    double const drift =
        up ? p.k_on * std::pow(over, p.alpha_on) : p.k_off * std::pow(over, p.alpha_off);
    double const covered = up ? 1 - x : x;
    return drift / p.length_nm * (p.window == VteamWindow::biolek ? 1 - covered * covered : 1.0);
  }

  double after(double x, bool up) const {
    return after_pulse(
        x, [&](double state, double volt) { return rate(state, volt, up); },
        up ? p.set_voltage : p.reset_voltage, up ? p.set_width_ns : p.reset_width_ns, p.edge_ns,
        4000);
  }
};

/// Trains up and down, through edges, for both conductions and both window functions.
TEST(Vteam, FollowsItsEquationThroughEveryPulse) {
  for (auto const conduction : {VteamConduction::linear, VteamConduction::exponential}) {
    for (auto const window : {VteamWindow::none, VteamWindow::biolek}) {
      for (double const edge : {0.0, 1.5}) {
        VteamModel model;
        model.p.conduction = conduction;
        model.p.window = window;
        model.p.edge_ns = edge;
        model.p.set_width_ns = model.p.reset_width_ns = 20.0;
        for (bool const up : {true, false}) {
          double x = up ? 0.9 : 0.1;
          double const start = model.conductance(x);
          for (int n = 1; n <= 10; ++n) {
            x = model.after(x, up);
            double const law =
                start + change<Vteam>(model.p, start, n, up ? Direction::up : Direction::down);
            EXPECT_NEAR(std::clamp(law, 0.0, 1.0), model.conductance(x), 2e-5)
                << "conduction " << static_cast<int>(conduction) << ", window "
                << static_cast<int>(window) << ", edge " << edge << ", up " << up << ", pulse "
                << n;
          }
        }
      }
    }
  }
}

/// One pulse of the default device, by hand: SET 10 (0.22 / 0.2 - 1)^3 3 ns / 3 nm = 0.01 of the
/// way, RESET 5e-4 (0.42 / 0.02 - 1) 3 / 3 = 0.01. With x = 0.5, ratio 20: g = 0.5 / 10.5.
TEST(Vteam, GoldenPulses) {
  double const g = 0.5 / 10.5;
  EXPECT_NEAR(change<Vteam>({}, g, 1, Direction::up), 0.51 / (1 + 19 * 0.49) - g, 1e-7);
  EXPECT_NEAR(change<Vteam>({}, g, 1, Direction::down), 0.49 / (1 + 19 * 0.51) - g, 1e-7);
  EXPECT_NEAR(change<Vteam>({}, 0.0, 50, Direction::up), g, 1e-6);
  EXPECT_NEAR(change<Vteam>({}, 1.0, 50, Direction::down), g - 1.0, 1e-6);
}

/// Exponential conduction, equal drives and no window function: down retraces up.
TEST(Vteam, EqualDrivesRetrace) {
  Vteam::Params params;
  params.conduction = VteamConduction::exponential;
  Random random(41);
  for (int i = 0; i < trials(2000); ++i) {
    double const g = random.real(0, 0.5);
    double const pulses = random.real(0, 20);
    double const up = change<Vteam>(params, g, pulses, Direction::up);
    ASSERT_NEAR(up + change<Vteam>(params, g + up, pulses, Direction::down), 0.0, 1e-6) << g;
  }
}

/// As r_off nears r_on and without a window function the steps become equal: the ideal device.
TEST(Vteam, SmallRatiosAreLinear) {
  Vteam::Params params;
  params.r_off = 1.01 * params.r_on;
  for (double const g : {0.1, 0.5, 0.8}) {
    EXPECT_NEAR(change<Vteam>(params, g, 10, Direction::up), 0.1, 0.1 * 0.011) << g;
    EXPECT_NEAR(change<Vteam>(params, g, 10, Direction::down), -std::min(0.1, g), 0.1 * 0.011) << g;
  }
}

/// A level step moves a nominal device at mid-window by about a level.
TEST(Vteam, AsksForPulsesByItsMeanStep) {
  auto const k = Vteam::prepare({}, bits);
  auto const window = static_cast<float>(range);
  Traits const nominal = nominal_traits(window);
  double const up = Vteam::moved(k, nominal, window / 2, 0.1F, Direction::up);
  double const down = Vteam::moved(k, nominal, window / 2, 0.1F, Direction::down);
  EXPECT_NEAR((up - down) / 2 / codes_per_level(bits), 0.1, 0.01);
}

TEST(Vteam, ContradictionsAreRefused) {
  Vteam::Params weak;
  weak.set_voltage = 0.2;
  EXPECT_THROW(Vteam::prepare(weak, bits), std::invalid_argument);
  Vteam::Params inverted;
  inverted.r_off = inverted.r_on;
  EXPECT_THROW(Vteam::prepare(inverted, bits), std::invalid_argument);
}

struct FilamentModel {
  FilamentGap::Params p;

  double gap(double x) const { return p.gap_max_nm - x * p.gap_range(); }
  /// Of the part of the way that is closed.
  double conductance(double x) const {
    return std::expm1(x * p.gap_range() / p.g0_nm) / std::expm1(p.gap_range() / p.g0_nm);
  }

  /// The published equations in SI units, straight.
  double rate(double x, double volt, bool up) const {
    double const g = gap(x) * 1e-9;
    double const v = up ? volt : -volt;
    double const kb = 1.380649e-23;
    double const q = 1.602176634e-19;
    double const current = p.i0 * std::exp(-g / (p.g0_nm * 1e-9)) * std::sinh(v / p.v0);
    double const kt = kb * (p.ambient + std::abs(v * current * p.thermal_resistance));
    double gamma = (up ? p.gamma_set : p.gamma_reset) - p.beta * std::pow(g / 1e-9, p.alpha);
    double const thickness = p.thickness_nm * 1e-9;
    if (gamma * volt / thickness < p.least_field * 1e9) gamma = 0;
    double const drift = -p.velocity * std::exp(-q * p.activation_ev / kt) *
                         std::sinh(gamma * p.spacing_nm * 1e-9 / thickness * q * v / kt);
    return -drift / p.gap_range();  // m/s = nm/ns
  }

  double after(double x, bool up, int steps) const {
    return after_pulse(
        x, [&](double state, double volt) { return rate(state, volt, up); },
        up ? p.set_voltage : p.reset_voltage, up ? p.set_width_ns : p.reset_width_ns, p.edge_ns,
        steps);
  }
};

/// Rectangular pulses of the default device, and of one that runs away: the published window, 1.5
/// V.
TEST(FilamentGap, FollowsItsEquationThroughEveryPulse) {
  FilamentModel published;
  published.p.gap_max_nm = 1.7;
  published.p.set_voltage = published.p.reset_voltage = 1.5;
  published.p.set_width_ns = 50.0;
  published.p.reset_width_ns = 0.05;
  for (FilamentModel const& model : {FilamentModel{}, published}) {
    for (bool const up : {true, false}) {
      double x = up ? 0.02 : 0.98;
      double const start = model.conductance(x);
      for (int n = 1; n <= 40; ++n) {
        x = model.after(x, up, 1000);
        double const law =
            start + change<FilamentGap>(model.p, start, n, up ? Direction::up : Direction::down);
        EXPECT_NEAR(std::clamp(law, 0.0, 1.0), model.conductance(x), 1e-5)
            << "window to " << model.p.gap_max_nm << " nm, up " << up << ", pulse " << n;
      }
    }
  }
}

/// Edges act for the time that the rate at their voltage says.
TEST(FilamentGap, EdgesAddTheirPart) {
  FilamentModel model;
  model.p.edge_ns = 4.0;
  for (bool const up : {true, false}) {
    double x = 0.5;
    double const start = model.conductance(x);
    for (int n = 1; n <= 20; ++n) {
      x = model.after(x, up, 2000);
      double const law =
          start + change<FilamentGap>(model.p, start, n, up ? Direction::up : Direction::down);
      EXPECT_NEAR(law, model.conductance(x), 1e-4) << "up " << up << ", pulse " << n;
    }
  }
}

/// The rate at mid-gap, 0.55 nm, of the default device at 1.1 V, by hand:
/// gamma 15.8669, I = 4.51183 mA, T = 308.422 K, kT = 26.5778 meV, barrier 0.6 - 0.363616 eV.
TEST(FilamentGap, GoldenRate) {
  FilamentGap::Params const p;
  double const current = 1e-3 * std::exp(-2.2) * std::sinh(4.4);
  double const kt = 8.617333262e-5 * (298.0 + 2100.0 * 1.1 * current);
  double const hop = 15.8669 * 0.25 / 12.0 * 1.1;
  EXPECT_NEAR(p.drift(0.55, 1.1, true) / (10.0 * std::exp(-0.6 / kt) * std::sinh(hop / kt)), 1.0,
              1e-9);
  EXPECT_NEAR(p.drift(0.55, 1.1, true), 6.86029e-4, 1e-9) << "m/s";
  EXPECT_EQ(p.drift(0.55, 1.1, false), p.drift(0.55, 1.1, true)) << "equal gammas";
  EXPECT_NEAR(p.least_voltage(0.55, true), 1.4 * 12 / 15.8669, 1e-9);
}

/// Hotter, wider and higher pulses move further.
TEST(FilamentGap, StepsGrowWithVoltageWidthAndTemperature) {
  Random random(42);
  for (int i = 0; i < trials(200); ++i) {
    double const g = random.real(0.05, 0.6);
    auto const direction = random.chance(0.5) ? Direction::up : Direction::down;
    FilamentGap::Params params;
    double const plain = std::abs(change<FilamentGap>(params, g, 1, direction));
    FilamentGap::Params high = params;
    high.set_voltage = high.reset_voltage = 1.12;
    FilamentGap::Params wide = params;
    wide.set_width_ns = wide.reset_width_ns = 7.0;
    FilamentGap::Params hot = params;
    hot.ambient = 330.0;
    for (auto const& stronger : {high, wide, hot}) {
      ASSERT_GT(std::abs(change<FilamentGap>(stronger, g, 1, direction)), 1.1 * plain) << g;
    }
  }
}

TEST(FilamentGap, AsksForPulsesByItsMeanStep) {
  auto const k = FilamentGap::prepare({}, bits);
  auto const window = static_cast<float>(range);
  Traits const nominal = nominal_traits(window);
  double const up = FilamentGap::moved(k, nominal, window / 2, 0.1F, Direction::up);
  double const down = FilamentGap::moved(k, nominal, window / 2, 0.1F, Direction::down);
  EXPECT_NEAR((up - down) / 2 / codes_per_level(bits), 0.1, 0.01);
}

TEST(FilamentGap, ContradictionsAreRefused) {
  FilamentGap::Params inverted;
  inverted.gap_min_nm = inverted.gap_max_nm;
  EXPECT_THROW(FilamentGap::prepare(inverted, bits), std::invalid_argument);
  FilamentGap::Params weak;
  weak.reset_voltage = 1.0;
  EXPECT_THROW(FilamentGap::prepare(weak, bits), std::invalid_argument);
}

/// The same pulse with the other sign undoes a pulse: dg/dt is odd in V where the gammas are equal.
TEST(FilamentGap, EqualPulsesRetrace) {
  Random random(44);
  for (int i = 0; i < trials(2000); ++i) {
    FilamentGap::Params params;
    params.edge_ns = random.chance(0.5) ? 0.0 : 2.0;
    double const g = random.real(0.05, 0.4);
    double const pulses = random.real(0, 30);
    double const up = change<FilamentGap>(params, g, pulses, Direction::up);
    if (g + up > 1.0) continue;
    // Beside rounding: the two tables cut the same way from its two ends.
    ASSERT_NEAR(up + change<FilamentGap>(params, g + up, pulses, Direction::down), 0.0, 1e-5)
        << g << ", " << pulses << " pulses";
  }
}

/// A device may be found outside its own bounds, where it was programmed or started: it moves as
/// from the nearer one, and a table is never read outside.
template <class Law>
void expect_moves_from_the_nearer_bound() {
  Random random(43);
  auto const k = Law::prepare({}, bits);
  auto const window = static_cast<float>(range);
  for (int i = 0; i < trials(5000); ++i) {
    Traits traits = nominal_traits(window);
    traits.low = static_cast<float>(random.real(0, 0.7)) * window;
    traits.high = random.chance(0.1)
                      ? traits.low
                      : traits.low + static_cast<float>(random.real(0.001, 0.3)) * window;
    auto const anywhere = static_cast<float>(random.real(0, range));
    auto const steps = static_cast<float>(random.whole(0, 100));
    auto const direction = random.chance(0.5) ? Direction::up : Direction::down;
    ASSERT_EQ(Law::moved(k, traits, anywhere, steps, direction),
              Law::moved(k, traits, clamped(anywhere, traits.low, traits.high), steps, direction))
        << random.trace() << ", case " << i;
  }
}

TEST(Vteam, MovesFromTheNearerBound) { expect_moves_from_the_nearer_bound<Vteam>(); }
TEST(FilamentGap, MovesFromTheNearerBound) { expect_moves_from_the_nearer_bound<FilamentGap>(); }

}  // namespace
}  // namespace panther::test
