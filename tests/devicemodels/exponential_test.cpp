// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The exponential law against its sources: CrossSim's closed form, NeuroSim's curve and label
// table.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "devicemodels/cell.hpp"
#include "devicemodels/models/exponential.hpp"
#include "tests/support/nonlinear_model.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

/// Beyond it the law stays finite but no longer follows the curve, which left the window long
/// before.
constexpr double largest_exponent = 69.0;

Exponential::Params params_of(double up, double down) {
  Exponential::Params params;
  params.alpha_up = up;
  params.alpha_down = down;
  return params;
}

Traits nominal(int cell_bits) {
  return nominal_traits(static_cast<float>(window_range(cell_bits)));
}

/// NeuroSim's table of A (in units of the pulse count) for nonlinearity labels; alpha = 1 / A.
TEST(Exponential, LabelsReproduceNeuroSimsTable) {
  for (auto const& [label, a] :
       {std::pair{0.01, 126.268958}, std::pair{0.5, 2.519877}, std::pair{1.0, 1.251653},
        std::pair{2.4, 0.499181}, std::pair{4.88, 0.200303}, std::pair{6.0, 0.135619},
        std::pair{9.0, 0.022810}}) {
    EXPECT_NEAR(1.0 / alpha_of_label(label), a, 0.5000001e-6)
        << label;  // six digits after the point
    EXPECT_EQ(alpha_of_label(-label), alpha_of_label(label));
  }
  EXPECT_EQ(alpha_of_label(0.0), 0.0);
}

/// The same labels as alpha of CrossSim's law.
TEST(Exponential, LabelsAsAlpha) {
  for (auto const& [label, alpha] :
       {std::pair{0.5, 0.397}, std::pair{1.0, 0.799}, std::pair{2.4, 2.003}, std::pair{3.0, 2.585},
        std::pair{4.88, 4.992}, std::pair{6.0, 7.374}}) {
    EXPECT_NEAR(alpha_of_label(label), alpha, 0.5001e-3) << label;
  }
}

TEST(Exponential, LabelsOutsideTheTableAreRefused) {
  EXPECT_THROW(alpha_of_label(9.01), std::invalid_argument);
  EXPECT_THROW(alpha_of_label(-9.01), std::invalid_argument);
  EXPECT_THROW(alpha_of_label(std::nan("")), std::invalid_argument);
}

/// The label is the largest perpendicular distance of the normalised curve from the diagonal, in
/// units of 0.07.
TEST(Exponential, LabelIsTheLargestDistanceFromTheStraightLine) {
  for (double const label : {0.3, 1.0, 2.4, 4.88, 8.0}) {
    double const alpha = alpha_of_label(label);
    double worst = 0.0;
    for (int i = 0; i <= 100000; ++i) {
      double const x = i / 100000.0;
      double const curve = std::expm1(-alpha * x) / std::expm1(-alpha);
      worst = std::max(worst, (curve - x) / std::sqrt(2.0));
    }
    EXPECT_NEAR(worst / 0.07, label, 1e-6 * label + 1e-7);
  }
}

/// A negative LTD label is the asymmetric device; a positive one retraces the LTP curve.
TEST(Exponential, SignsOfLabels) {
  Exponential::Params params;
  params.label_up = 2.4;
  params.label_down = -4.88;
  EXPECT_NEAR(params.resolved_up(), 2.003, 1e-3);
  EXPECT_NEAR(params.resolved_down(), 4.992, 1e-3);
  params.label_up = -1.0;
  params.label_down = 1.0;
  EXPECT_NEAR(params.resolved_up(), -0.799, 1e-3);
  EXPECT_NEAR(params.resolved_down(), -0.799, 1e-3);
  params.alpha_up = 1.0;
  EXPECT_THROW(params.resolved_up(), std::invalid_argument);
  params.alpha_down = 1.0;
  EXPECT_THROW(params.resolved_down(), std::invalid_argument);
}

/// CrossSim: up (w0 + wmin - w)(1 - e^(-alpha d)), down (wmax - w0 - w)(1 - e^(alpha d)), w0 = R/(1
/// - e^-alpha).
TEST(Exponential, MatchesTheClosedFormInDouble) {
  Random random(31);
  for (int i = 0; i < trials(20000); ++i) {
    int const bits = random.whole(2, 16);
    NonlinearModel const model{random.real(-20, 20), random.real(-20, 20), bits};
    auto const k = Exponential::prepare(params_of(model.alpha_up, model.alpha_down), bits);
    auto const position = static_cast<float>(random.whole(0, window_range(bits)));
    auto const steps = static_cast<float>(random.whole(0, std::min(levels_in_window(bits), 240)));
    bool const up = random.chance(0.5);
    double const exact =
        model.target(nominal(bits), position, steps, up) - static_cast<double>(position);
    float const own =
        Exponential::moved(k, nominal(bits), position, steps, up ? Direction::up : Direction::down);
    double const exponent = (up ? model.alpha_up : model.alpha_down) * static_cast<double>(steps) /
                            levels_in_window(bits);
    if (-exponent > largest_exponent) continue;
    // The asymptote and the subtraction from it: 2 ULP; the decay: 4 ULP and that of its exponent,
    // which the exponential multiplies by the exponent. Twice that, and as much of a window for
    // cancellation.
    double const tolerance = (12 + 4 * std::abs(exponent)) * 0x1p-24 * (std::abs(exact) + 65536.0);
    ASSERT_NEAR(own, exact, tolerance)
        << "alpha " << model.alpha_up << "/" << model.alpha_down << ", cell " << bits << ", from "
        << position << ", " << steps << " steps";
  }
}

/// With traits of their own: slope scales the steps, bend the nonlinearity, bounds the window.
TEST(Exponential, VaryingDevicesMatchTheClosedForm) {
  Random random(32);
  for (int i = 0; i < trials(20000); ++i) {
    int const bits = random.whole(3, 8);
    auto const range = static_cast<float>(window_range(bits));
    NonlinearModel const model{random.real(-6, 6), random.real(-6, 6), bits};
    auto const k = Exponential::prepare(params_of(model.alpha_up, model.alpha_down), bits);
    Traits traits;
    traits.slope_up = static_cast<float>(random.real(0, 2));
    traits.slope_down = static_cast<float>(random.real(0, 2));
    traits.bend_up = static_cast<float>(random.real(0.1, 2));
    traits.bend_down = static_cast<float>(random.real(0.1, 2));
    traits.low = static_cast<float>(random.real(0, 0.3)) * range;
    traits.high = static_cast<float>(random.real(0.6, 1)) * range;
    auto const position = static_cast<float>(random.real(traits.low, traits.high));
    auto const steps = static_cast<float>(random.whole(1, 20));
    bool const up = random.chance(0.5);
    double const exact = model.target(traits, position, steps, up) - static_cast<double>(position);
    float const own =
        Exponential::moved(k, traits, position, steps, up ? Direction::up : Direction::down);
    double const alpha = up ? model.alpha_up * traits.bend_up : model.alpha_down * traits.bend_down;
    double const slope = up ? traits.slope_up : traits.slope_down;
    double const exponent = alpha * slope * static_cast<double>(steps) / levels_in_window(bits);
    if (-exponent > largest_exponent) continue;
    // As above; the asymptote of a bent device is computed in float32 too, 4 ULP more.
    double const tolerance = (24 + 6 * std::abs(exponent)) * 0x1p-24 * (std::abs(exact) + 65536.0);
    ASSERT_NEAR(own, exact, tolerance) << model.alpha_up << " " << model.alpha_down << " " << bits;
  }
}

/// NeuroSim: G(x) = B (1 - e^(-x/A)) + Gmin; n pulses move x by n. Pulses of one level step each, P
/// = levels.
TEST(Exponential, FollowsNeuroSimsCurvePulseByPulse) {
  for (double const label : {0.5, 2.4, 4.88, 6.0}) {
    int const bits = 6;
    double const p = levels_in_window(bits);
    double const a = p / alpha_of_label(label);
    double const range = window_range(bits);
    double const b = range / (1.0 - std::exp(-p / a));
    auto const k = Exponential::prepare(params_of(1.0 / (a / p), 0.0), bits);
    auto position = 0.0F;
    for (int n = 1; n <= 63; ++n) {
      position += Exponential::moved(k, nominal(bits), position, 1.0F, Direction::up);
      EXPECT_NEAR(position, b * (1.0 - std::exp(-n / a)), 0.1) << label << ", pulse " << n;
    }
    EXPECT_NEAR(position, range, 0.1);
  }
}

/// LTD of NeuroSim with the sign of a retracing device goes back along the LTP curve: n pulses up,
/// n down.
TEST(Exponential, EqualLabelsRetrace) {
  Exponential::Params params;
  params.label_up = 2.4;
  params.label_down = 2.4;
  auto const k = Exponential::prepare(params, 6);
  for (int n = 1; n < 60; ++n) {
    auto const steps = static_cast<float>(n);
    float const up = Exponential::moved(k, nominal(6), 2000.0F, steps, Direction::up);
    if (2000.0F + up > window_range(6)) break;
    float const down = Exponential::moved(k, nominal(6), 2000.0F + up, steps, Direction::down);
    EXPECT_NEAR(up + down, 0.0, 0.1) << n;
  }
}

/// Equal alphas: going down from the top mirrors going up from the bottom.
TEST(Exponential, UpAndDownMirrorEachOther) {
  Random random(33);
  for (int i = 0; i < trials(5000); ++i) {
    double const alpha = random.real(-6, 6);
    auto const k = Exponential::prepare(params_of(alpha, alpha), 6);
    auto const position = static_cast<float>(random.whole(0, window_range(6)));
    auto const steps = static_cast<float>(random.whole(1, 63));
    float const up = Exponential::moved(k, nominal(6), position, steps, Direction::up);
    float const down = Exponential::moved(
        k, nominal(6), static_cast<float>(window_range(6)) - position, steps, Direction::down);
    ASSERT_EQ(up, -down) << alpha << " " << position << " " << steps;
  }
}

/// NeuroSim: n = round-half-up(|dW| / (Wmax - Wmin) P) pulses along G(x), for any P and slope. P
/// and levels have no common half, so no request lies between two counts.
TEST(Exponential, RoundsRequestsToWholePulses) {
  Random random(36);
  for (int i = 0; i < trials(20000); ++i) {
    int const bits = random.whole(2, 9);
    int const count = random.whole(1, 1000);
    NonlinearModel const model{random.chance(0.2) ? 0.0 : random.real(-6, 6),
                               random.chance(0.2) ? 0.0 : random.real(-6, 6), bits};
    bool const up = random.chance(0.5);
    Exponential::Params params = params_of(model.alpha_up, model.alpha_down);
    (up ? params.pulses_up : params.pulses_down) = count;
    auto const k = Exponential::prepare(params, bits);
    Traits traits = nominal(bits);
    traits.slope_up = traits.slope_down = static_cast<float>(random.real(0, 2));
    auto const position = static_cast<float>(random.whole(0, window_range(bits)));
    int const steps = random.whole(0, levels_in_window(bits));
    int const pulses = (2 * steps * count + levels_in_window(bits)) / (2 * levels_in_window(bits));
    double const carried = static_cast<double>(pulses) * levels_in_window(bits) / count;
    double const exact =
        model.target(traits, position, carried, up) - static_cast<double>(position);
    float const own = Exponential::moved(k, traits, position, static_cast<float>(steps),
                                         up ? Direction::up : Direction::down);
    ASSERT_NEAR(own, exact, 64 * 0x1p-24 * (std::abs(exact) + 65536.0))
        << count << " pulses, cell " << bits << ", " << steps << " steps";
    // The other direction is not rounded.
    double const other = model.target(traits, position, steps, !up) - static_cast<double>(position);
    ASSERT_NEAR(Exponential::moved(k, traits, position, static_cast<float>(steps),
                                   up ? Direction::down : Direction::up),
                other, 64 * 0x1p-24 * (std::abs(other) + 65536.0));
  }
}

/// The dead zone: with 20 pulses across 63 levels, one step asks for 0.32 pulses and does nothing,
/// two ask for 0.63 and get one, which is 3.15 steps.
TEST(Exponential, RequestsBelowHalfAPulseDoNothing) {
  Exponential::Params params;
  params.pulses_up = 20;
  auto const k = Exponential::prepare(params, 6);
  EXPECT_EQ(Exponential::moved(k, nominal(6), 1000.0F, 1.0F, Direction::up), 0.0F);
  EXPECT_NEAR(Exponential::moved(k, nominal(6), 1000.0F, 2.0F, Direction::up), 3.15 * 1024, 0.01);
  EXPECT_NEAR(Exponential::moved(k, nominal(6), 1000.0F, 1.0F, Direction::down), -1024, 0.01);
}

/// NeuroSim adds N(0, c2c) sqrt(n) windows for n whole pulses, and nothing where it applies none.
TEST(Exponential, NoiseOfPulsesCountsTheWholeOnes) {
  constexpr int bits = 6;
  constexpr double c2c = 0.001;
  auto const range = static_cast<float>(window_range(bits));
  DeviceConfig config;
  config.write_noise = {.kind = WriteNoiseKind::per_pulse, .c2c = c2c, .c2c_pulses = 20};
  DeviceConstants const device = device_constants(config, 1);
  Exponential::Params params;
  params.pulses_up = 20;
  auto const k = Exponential::prepare(params, bits);
  for (int steps = 1; steps <= 20; ++steps) {
    auto const end_of = [&](float normal) {
      return move_device<Exponential>(k, device, WriteNoiseKind::per_pulse, nominal(bits), range,
                                      20000.0F, static_cast<float>(steps), Direction::up, normal)
          .position;
    };
    int const pulses = (2 * steps * 20 + 63) / (2 * 63);
    EXPECT_NEAR((end_of(1.0F) - end_of(0.0F)) / range, c2c * std::sqrt(pulses), 1e-6) << steps;
  }
}

/// With a pulse for every level step rounding changes nothing.
TEST(Exponential, APulseALevelIsNoRounding) {
  Exponential::Params params = params_of(2.0, -3.0);
  auto const plain = Exponential::prepare(params, 6);
  params.pulses_up = params.pulses_down = 63;
  auto const rounded = Exponential::prepare(params, 6);
  for (int n = 0; n <= 63; ++n) {
    for (auto const direction : {Direction::up, Direction::down}) {
      auto const steps = static_cast<float>(n);
      EXPECT_EQ(Exponential::moved(rounded, nominal(6), 20000.0F, steps, direction),
                Exponential::moved(plain, nominal(6), 20000.0F, steps, direction));
    }
  }
}

}  // namespace
}  // namespace panther::test
