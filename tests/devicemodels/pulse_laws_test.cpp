// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The pulse laws against their source: values of one noise-free pulse that aihwkit gives, and
// trains of published pulses in double.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "devicemodels/cell.hpp"
#include "devicemodels/models.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

constexpr int bits = 6;
constexpr double range = window_range(bits);

/// Fine enough that a pulse of the flow is the published one to five digits; with steps linear in
/// the weight a pulse is exact for any step.
constexpr double fine = 1e-7;

/// The nominal device of a law, moved in weights.
template <class Law>
class Device {
 public:
  /// A step request is one pulse.
  explicit Device(typename Law::Params params, double bottom, double top)
      : bottom_(bottom), width_(top - bottom) {
    params.granularity = width_ / levels_in_window(bits);
    params.window_min = bottom;
    params.window_max = top;
    constants_ = Law::prepare(params, bits);
  }

  double change(double w, double pulses, Direction direction) const {
    auto const position = static_cast<float>((w - bottom_) / width_ * range);
    float const moved = Law::moved(constants_, nominal_traits(static_cast<float>(range)), position,
                                   static_cast<float>(pulses), direction);
    return static_cast<double>(moved) / range * width_;
  }

 private:
  double bottom_;
  double width_;
  typename Law::Constants constants_{};
};

struct Golden {
  double w;
  double up;
  double down;
};

/// One pulse, in units of dw_min, to the four decimals of the table: differences of
/// single-precision weights, up to a tenth of the last decimal off before they were rounded.
template <class Law>
void expect_golden(typename Law::Params const& params, double bottom, double top,
                   std::vector<Golden> const& table, double half_digit = 0.6e-4) {
  Device<Law> const device(params, bottom, top);
  for (Golden const& row : table) {
    // Beside the table's digits a few ULP of the weight, over the step.
    double const tolerance = half_digit + 2e-6 * (std::abs(row.up) + std::abs(row.down));
    EXPECT_NEAR(device.change(row.w, 1, Direction::up) / params.dw_min, row.up, tolerance)
        << "up from " << row.w;
    EXPECT_NEAR(device.change(row.w, 1, Direction::down) / params.dw_min, row.down, tolerance)
        << "down from " << row.w;
  }
}

template <class Params>
Params steps_of(double dw_min, double w_max, double w_min, double up_down = 0.0) {
  Params params;
  params.dw_min = dw_min;
  params.w_max = w_max;
  params.w_min = w_min;
  params.up_down = up_down;
  return params;
}

ExpStep::Params reram_es(double dw_min) {
  auto params = steps_of<ExpStep::Params>(dw_min, 1, -1, 0.259359);
  params.a_up = -1.18445;
  params.a_down = -0.081404;
  params.gamma_up = 5;
  params.gamma_down = 5;
  params.a = -0.5;
  params.b = -0.5;
  return params;
}

TEST(PulseLaws, GoldenExpStep) {
  expect_golden<ExpStep>(reram_es(fine), -1, 1,
                         {{-0.9, 1.9224, -0.8180},
                          {-0.5, 1.3394, -0.9511},
                          {0.0, 1.0972, -1.4751},
                          {0.5, 1.0278, -3.3043},
                          {0.9, 1.0102, -7.7094}});
}

TEST(PulseLaws, GoldenPhaseChange) {
  auto params = steps_of<ExpStep::Params>(fine, 2, 0);
  params.a_up = -27.235;
  params.a_down = -2.235;
  params.gamma_up = 2.5;
  params.gamma_down = 2.5;
  params.a = -1;
  params.b = 0;
  Device<ExpStep> const device(params, 0, 2);
  EXPECT_NEAR(device.change(0, 1, Direction::up) / fine, 28.235, 1e-3);
  EXPECT_NEAR(device.change(0.2, 1, Direction::up) / fine, 17.519, 1e-3);
  EXPECT_NEAR(device.change(0.5, 1, Direction::up) / fine, 8.803, 1e-3);
  EXPECT_NEAR(device.change(1.0, 1, Direction::up) / fine, 3.236, 1e-3);
  EXPECT_NEAR(device.change(1.5, 1, Direction::up) / fine, 1.641, 1e-3);
  EXPECT_NEAR(device.change(0.2, 1, Direction::down) / fine, -4.685, 1e-3);
  EXPECT_NEAR(device.change(0.5, 1, Direction::down) / fine, -8.801, 1e-3);
  EXPECT_NEAR(device.change(1.0, 1, Direction::down) / fine, -28.228, 2e-3);
  EXPECT_NEAR(device.change(1.5, 1, Direction::down) / fine, -96.03, 1e-2);
}

TEST(PulseLaws, GoldenPowStep) {
  auto params = steps_of<PowStep::Params>(fine, 1, -1);
  params.pow_gamma = 1.5;
  params.pow_up_down = 0.2;
  std::vector<Golden> const table = {{-0.9, 0.9260, -0.0275},
                                     {-0.5, 0.6495, -0.1895},
                                     {0.0, 0.3536, -0.4353},
                                     {0.5, 0.1250, -0.7081},
                                     {0.9, 0.0112, -0.9403}};
  expect_golden<PowStep>(params, -1, 1, table);

  // With a reference the device is that far up its curve.
  PowStepReference::Params shifted;
  static_cast<PowStep::Params&>(shifted) = params;
  shifted.reference = 0.25;
  std::vector<Golden> moved = table;
  for (Golden& row : moved) row.w -= 0.25;
  expect_golden<PowStepReference>(shifted, -1.25, 0.75, moved);
}

TEST(PulseLaws, GoldenPiecewiseStep) {
  auto params = steps_of<PiecewiseStep::Params>(fine, 1, -1);
  params.piecewise_up = {1.5, 1.0, 0.5};
  params.piecewise_down = {0.4, 1.0, 1.6};
  expect_golden<PiecewiseStep>(params, -1, 1,
                               {{-0.9, 1.450, -0.460},
                                {-0.5, 1.250, -0.700},
                                {0.0, 1.000, -1.000},
                                {0.5, 0.750, -1.300},
                                {0.9, 0.550, -1.540}});
}

TEST(PulseLaws, GoldenLinearStep) {
  auto params = steps_of<LinearStep::Params>(0.002, 1.1724, -0.8276);
  params.gamma_up = 0.1153;
  params.gamma_down = 0.5085;
  expect_golden<LinearStep>(params, -0.8276, 1.1724,
                            {{-0.8, 1.0787, -0.5085},
                             {-0.5, 1.0492, -0.6928},
                             {0.0, 1.0000, -1.0000},
                             {0.5, 0.9508, -1.3072},
                             {0.9, 0.9115, -1.5530}});
}

TEST(PulseLaws, GoldenSoftBounds) {
  expect_golden<SoftBounds>(steps_of<SoftBounds::Params>(0.002, 1.25, -0.75), -0.75, 1.25,
                            {{-0.7, 1.5600, -0.0667},
                             {-0.5, 1.4000, -0.3333},
                             {0.0, 1.0000, -1.0000},
                             {0.5, 0.6000, -1.6667},
                             {0.9, 0.2800, -2.2000}});
}

TEST(PulseLaws, GoldenSoftBoundsReference) {
  auto params = steps_of<SoftBoundsReference::Params>(0.002, 1.25, -0.75, 0.1);
  params.reference = 0.1;
  expect_golden<SoftBoundsReference>(params, -0.85, 1.15,
                                     {{-0.7, 1.4800, -0.1800},
                                      {-0.5, 1.3200, -0.4200},
                                      {0.0, 0.9200, -1.0200},
                                      {0.5, 0.5200, -1.6200},
                                      {0.9, 0.2000, -2.1000}});
  params.subtract_symmetry_point = true;
  expect_golden<SoftBoundsReference>(params, -0.9, 1.1,
                                     {{-0.7, 1.4400, -0.2400},
                                      {-0.5, 1.2800, -0.4800},
                                      {0.0, 0.8800, -1.0800},
                                      {0.5, 0.4800, -1.6800},
                                      {0.9, 0.1600, -2.1600}});
}

TEST(PulseLaws, GoldenConstantStep) {
  expect_golden<ConstantStep>(steps_of<ConstantStep::Params>(0.0016, 1, -1, 0.2), -1, 1,
                              {{-0.9, 1.0, -0.8}, {0.0, 1.0, -0.8}, {0.9, 1.0, -0.8}});
  expect_golden<ConstantStep>(steps_of<ConstantStep::Params>(0.0016, 1, -1, -0.2), -1, 1,
                              {{-0.9, 0.8, -1.0}, {0.0, 0.8, -1.0}, {0.9, 0.8, -1.0}});
}

/// Of a law whose pulses follow the flow, one coarse pulse differs from the published change D by
/// the part D' / 2.
TEST(PulseLaws, CoarsePulsesOfAFlowDifferAsStated) {
  auto const params = reram_es(0.00135);
  Device<ExpStep> const device(params, -1, 1);
  for (double const w : {-0.9, -0.5, 0.0, 0.5, 0.9}) {
    double const term = params.a_down * std::exp(2.5 * (w + 1));
    double const published = params.step_down() * (1 - term);
    double const derivative = 2.5 * params.step_down() * -term;
    double const own = -device.change(w, 1, Direction::down);
    EXPECT_NEAR(own / published, 1 - derivative / 2, derivative * derivative + 1e-5) << w;
  }
}

/// Trains of pulses one after the other, each as its source publishes it, at the coarsest steps of
/// a preset.
TEST(PulseLaws, TrainsOfLinearPulsesAreExact) {
  auto params = steps_of<LinearStep::Params>(0.0949, 1, -0.8, 0.1);
  params.gamma_up = 0.7;
  params.gamma_down = -0.3;
  params.reverse_down = true;
  Device<LinearStep> const linear(params, -0.8, 1);
  auto const soft_params = steps_of<SoftBounds::Params>(0.4622, 1, -0.8, -0.1);
  Device<SoftBounds> const soft(soft_params, -0.8, 1);
  struct Train {
    std::function<double(double)> pulse;
    std::function<double(double)> own;
    double from;
  };
  for (Train const& train :
       {Train{[](double w) { return 0.0949 * (1 - 0.7 * w); },
              [&](double n) { return linear.change(-0.8, n, Direction::up); }, -0.8},
        Train{[](double w) { return -0.0949 * 0.9 * (1 + 0.3 * w / 1.01); },
              [&](double n) { return linear.change(1, n, Direction::down); }, 1},
        Train{[](double w) { return 0.4622 * 0.9 * (1 - w); },
              [&](double n) { return soft.change(-0.8, n, Direction::up); }, -0.8},
        Train{[](double w) { return -0.4622 * (1 + w / 0.8); },
              [&](double n) { return soft.change(1, n, Direction::down); }, 1}}) {
    double w = train.from;
    for (int n = 1; n <= 12; ++n) {
      w += train.pulse(w);
      EXPECT_NEAR(train.from + train.own(n), w, 2e-6) << n << " pulses";
    }
  }
}

/// Trains of fine pulses of the other laws approach their flow.
TEST(PulseLaws, TrainsOfFinePulsesFollowTheFlow) {
  double const dw = 1e-5;
  auto const exponential = reram_es(dw);
  auto power = steps_of<PowStep::Params>(dw, 1, -1);
  power.pow_gamma = 2.2;
  auto piecewise = steps_of<PiecewiseStep::Params>(dw, 1, -1);
  piecewise.piecewise_up = {0.5, 1.5, 1.5, 0.2, 1.0};
  piecewise.piecewise_down = {1.0, 1.0, 2.0, 2.0, 0.5};
  Device<ExpStep> const exponential_device(exponential, -1, 1);
  Device<PowStep> const power_device(power, -1, 1);
  Device<PiecewiseStep> const piecewise_device(piecewise, -1, 1);
  auto const node = [](std::vector<double> const& v, double w) {
    double const t = std::clamp((w + 1) / 2 * 4, 0.0, 3.999999);
    auto const i = static_cast<std::size_t>(t);
    return v[i] + (v[i + 1] - v[i]) * (t - static_cast<double>(i));
  };
  double e = -1;
  double p = -1;
  double u = -1;
  double d = 1;
  for (int n = 1; n <= 150000; ++n) {
    e += dw * (1 + 1.18445 * std::exp(5 * (-0.5 * e - 0.5)));
    p += dw * std::pow((1 - p) / 2, 2.2);
    u += dw * node(piecewise.piecewise_up, u);
    d -= dw * node(piecewise.piecewise_down, d);
    if (n % 10000 != 0) continue;
    EXPECT_NEAR(-1 + exponential_device.change(-1, n, Direction::up), e, 2e-5) << n;
    EXPECT_NEAR(-1 + power_device.change(-1, n, Direction::up), p, 2e-5) << n;
    EXPECT_NEAR(-1 + piecewise_device.change(-1, n, Direction::up), u, 2e-5) << n;
    EXPECT_NEAR(1 + piecewise_device.change(1, n, Direction::down), d, 2e-5) << n;
  }
}

/// The curves that soft_bounds_pmax is named after.
TEST(PulseLaws, PulseTrainsOfSoftBoundsPmax) {
  SoftBoundsPmax::Params params;
  params.p_max = 300;
  params.alpha = 0.01;
  params.range_min = -0.4;
  params.range_max = 1.1;
  double const b = 1.5 / (1 - std::exp(-3.0));
  Device<SoftBoundsPmax> const device(params, -0.4, 1.1);
  for (double const p : {1.0, 2.5, 100.0, 299.0}) {
    double const covered = b * (1 - std::exp(-0.01 * p));
    EXPECT_NEAR(device.change(-0.4, p, Direction::up), covered, 2e-6);
    EXPECT_NEAR(device.change(1.1, p, Direction::down), -covered, 2e-6);
  }
  EXPECT_NEAR(device.change(-0.4, 300, Direction::up), 1.5, 2e-6);
}

/// A level step is the pulses that move a nominal device by a level at w = 0.
TEST(PulseLaws, AskForPulsesByTheirGranularity) {
  auto const params = steps_of<SoftBounds::Params>(1e-5, 1, -1);
  for (int const cell : {3, 6, 9}) {
    auto const k = SoftBounds::prepare(params, cell);
    auto const window = static_cast<float>(window_range(cell));
    Traits const nominal = nominal_traits(window);
    float const moved = SoftBounds::moved(k, nominal, window / 2, 0.125F, Direction::up);
    double const level = codes_per_level(cell);
    EXPECT_NEAR(moved / level, 0.125, 0.125 * 0.125 / levels_in_window(cell) * 2);
  }
}

/// A window wider than the bounds: the device stops at its bound. One that is narrower cuts.
TEST(PulseLaws, BoundsWithinTheWindowStopTheDevice) {
  auto const params = steps_of<ConstantStep::Params>(0.01, 1, -0.5);
  Device<ConstantStep> const wide(params, -1, 1);
  EXPECT_NEAR(wide.change(0.25, 1000, Direction::down), -0.75, 1e-6);
  EXPECT_NEAR(wide.change(-0.75, 3, Direction::down), 0.0, 1e-9);
  EXPECT_NEAR(wide.change(-0.75, 3, Direction::up), 0.03, 1e-6);
  Device<ConstantStep> const narrow(params, -0.25, 0.25);
  EXPECT_NEAR(narrow.change(0.0, 50, Direction::up), 0.5, 1e-6);
}

/// Steps are equal where the symmetry point says.
TEST(PulseLaws, SymmetryPointStandsForZero) {
  auto soft = steps_of<SoftBoundsReference::Params>(1e-4, 1.25, -0.75, 0.3);
  soft.subtract_symmetry_point = true;
  Device<SoftBoundsReference> const soft_device(soft, -1, 1);
  EXPECT_NEAR(soft_device.change(0, 1, Direction::up) / 1e-4,
              -soft_device.change(0, 1, Direction::down) / 1e-4, 1e-5);
  auto power = steps_of<PowStepReference::Params>(1e-7, 1.25, -0.75, 0.3);
  power.pow_gamma = 1.7;
  power.pow_up_down = -0.4;
  power.subtract_symmetry_point = true;
  Device<PowStepReference> const power_device(power, -1, 1);
  EXPECT_NEAR(power_device.change(0, 1, Direction::up) / 1e-7,
              -power_device.change(0, 1, Direction::down) / 1e-7, 1e-5);
}

TEST(PulseLaws, ContradictionsAreRefused) {
  auto params = steps_of<SoftBounds::Params>(0.01, 1, -1);
  params.window_min = 2;
  params.window_max = 1;
  EXPECT_THROW(SoftBounds::prepare(params, bits), std::invalid_argument);
  params.window_max = 3;
  EXPECT_THROW(SoftBounds::prepare(params, bits), std::invalid_argument);
  PiecewiseStep::Params nodes;
  nodes.piecewise_up = {1, 2};
  EXPECT_THROW(PiecewiseStep::prepare(nodes, bits), std::invalid_argument);
  nodes.piecewise_up.clear();
  nodes.piecewise_down.clear();
  EXPECT_THROW(PiecewiseStep::prepare(nodes, bits), std::invalid_argument);
  ExpStep::Params steep;
  steep.a = 1;
  steep.gamma_up = 14;
  EXPECT_THROW(ExpStep::prepare(steep, bits), std::invalid_argument);
}

/// CrossSim: A / (1 + e^(-2 alpha d) (A / (w - B) - 1)) - w + B.
TEST(Symmetric, MatchesTheClosedFormInDouble) {
  Random random(34);
  for (int i = 0; i < trials(20000); ++i) {
    Symmetric::Params params;
    double const alpha = random.real(0.001, 15);
    params.alpha_up = alpha;
    params.alpha_down = alpha;
    auto const k = Symmetric::prepare(params, bits);
    auto const position = static_cast<float>(random.real(0, range));
    double const x = position / range;
    int const n = random.whole(1, 63);
    bool const up = random.chance(0.5);
    double const d = (up ? 1.0 : -1.0) * n / 63.0;
    double const a = (std::exp(alpha) + 1) / std::expm1(alpha);
    double const b = -1 / std::expm1(alpha);
    double const exact = a / (1 + std::exp(-2 * alpha * d) * (a / (x - b) - 1)) - x + b;
    float const own = Symmetric::moved(k, nominal_traits(static_cast<float>(range)), position,
                                       static_cast<float>(n), up ? Direction::up : Direction::down);
    // A few ULP of the growth, whose exponent is 2 alpha d.
    ASSERT_NEAR(own / range, exact, (8 + 8 * alpha) * 0x1p-24) << alpha << " " << x << " " << d;
  }
}

TEST(Symmetric, WithoutNonlinearityIsLinear) {
  auto const k = Symmetric::prepare({}, bits);
  EXPECT_NEAR(
      Symmetric::moved(k, nominal_traits(static_cast<float>(range)), 5000.0F, 3.0F, Direction::up),
      3 * codes_per_level(bits), 0.01);
}

/// Carry resolution may leave a device outside its own bounds; what the law adds there is finite.
TEST(Symmetric, IsFiniteOutsideADevicesBounds) {
  Random random(35);
  for (int i = 0; i < trials(20000); ++i) {
    Symmetric::Params params;
    params.alpha_up = params.alpha_down = random.pick<double>({0.0, 1e-3, 1.0, 20.0});
    auto const k = Symmetric::prepare(params, bits);
    Traits traits = nominal_traits(static_cast<float>(range));
    traits.slope_up = traits.slope_down = random.pick<float>({1.0F, 100.0F, 3000.0F});
    traits.bend_up = traits.bend_down = random.pick<float>({0.05F, 1.0F, 3.0F});
    traits.low = static_cast<float>(random.real(0, range));
    traits.high = random.chance(0.5)
                      ? traits.low
                      : static_cast<float>(random.real(static_cast<double>(traits.low), range));
    auto const position = static_cast<float>(random.real(0, range));
    auto const steps = static_cast<float>(random.whole(0, 240));
    for (Direction const direction : {Direction::up, Direction::down}) {
      ASSERT_TRUE(std::isfinite(Symmetric::moved(k, traits, position, steps, direction)))
          << random.trace() << ", trial " << i;
    }
  }
}

}  // namespace
}  // namespace panther::test
