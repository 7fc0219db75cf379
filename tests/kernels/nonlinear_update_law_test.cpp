// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Updates of non-ideal devices: the exponential law against its closed form in double, zero
// nonlinearity and zero noise against the ideal device, composition of steps.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/nonlinear_model.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {
namespace {

class NonlinearUpdateLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, NonlinearUpdateLaw, every_backend(), backend_label);

Exponential::Params exponential(double alpha_up, double alpha_down) {
  Exponential::Params params;
  params.alpha_up = alpha_up;
  params.alpha_down = alpha_down;
  return params;
}

/// float32 work on positions below 2^16 with asymptotes up to 2^6 windows: less than 0.1 code
/// beside the rounding to a whole one.
constexpr double code_tolerance = 0.6;

int streamed(Outer const& outer, CrossbarConfig const& config, int replica, int row, int col,
             int slice) {
  auto const x = outer.x[static_cast<std::size_t>(replica * config.rows + row)];
  auto const u = outer.u[static_cast<std::size_t>(replica * config.cols + col)];
  int const digit_bits =
      config.slicing.weight_bits / static_cast<int>(config.slicing.cell_bits_lsb_first.size());
  return static_cast<int>(ReferenceCrossbar::streamed_steps(
      x, u, outer.drop[static_cast<std::size_t>(replica)], slice, digit_bits));
}

struct Outcome {
  int wrong = 0;
  std::uint64_t moved = 0;
  std::uint64_t surely_saturated = 0;
  std::uint64_t perhaps_saturated = 0;
};

/// Every device after one example, against the closed form from its state before.
Outcome compare(CrossbarConfig const& config, Crossbar const& xbar, Outer const& outer,
                std::vector<std::int16_t> const& before, std::vector<std::int16_t> const& after) {
  Outcome outcome;
  int const pair = config.slicing.encoding == Encoding::differential ? 2 : 1;
  for_each_device(xbar.shape(), [&](int r, int set, int plane, int row, int col, std::size_t at) {
    auto const& params =
        std::get<Exponential::Params>(config.devices[static_cast<std::size_t>(r)].law);
    NonlinearModel const model{params.alpha_up, params.alpha_down, cell_of(config, plane)};
    auto const range = static_cast<float>(model.range());
    DeviceConstants const constants = device_constants(config.devices[static_cast<std::size_t>(r)],
                                                       config.seeds[static_cast<std::size_t>(r)]);
    auto const item = [](int value) { return static_cast<std::uint64_t>(value); };
    Traits const traits =
        traits_of(constants, range,
                  regenerated_draws(constants, device_item(item(config.layer), item(set),
                                                           item(plane), item(row), item(col))));
    int const steps = set == 0 ? streamed(outer, config, r, row, col, plane / pair) : 0;
    bool const mirrored = plane % pair == 1;
    auto const x = outer.x[static_cast<std::size_t>(r * config.rows + row)];
    auto const u = outer.u[static_cast<std::size_t>(r * config.cols + col)];
    bool const up = ((x < 0) != (u < 0)) != mirrored;
    double const position =
        mirrored ? model.range() - (before[at] + 32768.0) : before[at] + 32768.0;
    double const seen = mirrored ? model.range() - (after[at] + 32768.0) : after[at] + 32768.0;
    if (steps == 0) {
      outcome.wrong += before[at] != after[at] ? 1 : 0;
      return;
    }
    ++outcome.moved;
    double const target = model.target(traits, position, steps, up);
    double const expected = model.moved(traits, position, steps, up);
    outcome.wrong += std::abs(seen - expected) > code_tolerance ? 1 : 0;
    bool const alive = traits.high > traits.low;
    if (alive && (target < traits.low - 0.1 || target > traits.high + 0.1))
      ++outcome.surely_saturated;
    if (alive && (target < traits.low + 0.1 || target > traits.high - 0.1))
      ++outcome.perhaps_saturated;
  });
  return outcome;
}

void check_closed_form(Backend& backend, Spread const& spread, StuckCells const& stuck,
                       std::uint64_t seed) {
  Random random(seed);
  for (int trial = 0; trial < trials(25); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = random_crossbar(random);
    for (auto& device : config.devices) {
      device.law = exponential(random.real(-6, 6), random.chance(0.1) ? 0.0 : random.real(-6, 6));
      device.rounding = CodeRounding::nearest;
      device.spread = spread;
      device.stuck = stuck;
    }
    config.stored_traits = random.chance(0.5);
    Crossbar xbar(backend, config);
    auto const before = random_codes(random, config, xbar);
    xbar.set_codes(before);
    Outer const outer = random_outer(random, config, 1, 0, 24);
    xbar.update(outer);
    Outcome const outcome = compare(config, xbar, outer, before, xbar.codes());
    ASSERT_EQ(outcome.wrong, 0) << describe(config);
    std::uint64_t moved = 0;
    std::uint64_t saturated = 0;
    for (SliceCounters const& counters : xbar.slice_counters()) {
      moved += counters.updates;
      saturated += counters.saturations;
    }
    ASSERT_EQ(moved, outcome.moved);
    ASSERT_GE(saturated, outcome.surely_saturated);
    ASSERT_LE(saturated, outcome.perhaps_saturated);
  }
}

TEST_P(NonlinearUpdateLaw, ExponentialDevicesFollowTheClosedForm) {
  check_closed_form(backend(), {}, {}, 501);
}

TEST_P(NonlinearUpdateLaw, VaryingDevicesFollowTheirOwnClosedForm) {
  check_closed_form(backend(), {.slope = 0.2}, {}, 502);
  check_closed_form(backend(), {.nonlinearity = 0.3}, {}, 503);
  check_closed_form(backend(), {.window = 0.05}, {.low = 0.03, .high = 0.04}, 504);
  check_closed_form(backend(),
                    {.slope = 0.3, .slope_correlation = 0.5, .window = 0.1, .nonlinearity = 0.2},
                    {.low = 0.02, .high = 0.02}, 505);
}

/// Reversing an up move of n steps with n steps down returns to the start exactly on linear devices
/// only.
TEST_P(NonlinearUpdateLaw, UpThenDownReturnsOnLinearDevices) {
  CrossbarConfig config = crossbar_of(8, 20);
  for (auto const& [law, returns] :
       {std::pair{LawParams{Ideal::Params{}}, true}, std::pair{LawParams{exponential(0, 0)}, true},
        std::pair{LawParams{exponential(2, 2)}, false}}) {
    config.devices[0].law = law;
    Crossbar xbar(backend(), config);
    std::vector<std::int32_t> change(xbar.weight_count(), 0x3333);
    auto const before = xbar.codes();
    xbar.apply(change);
    ASSERT_NE(xbar.codes(), before);
    for (auto& value : change) value = -value;
    xbar.apply(change);
    EXPECT_EQ(xbar.codes() == before, returns);
  }
}

/// Zero noise and zero nonlinearity reduce the law to the ideal device, bit for bit, random
/// rounding included.
TEST_P(NonlinearUpdateLaw, ZeroNonlinearityAndZeroNoiseAreIdeal) {
  Random random(511);
  for (int trial = 0; trial < trials(15); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig ideal = random_crossbar(random);
    CrossbarConfig linear = ideal;
    auto const kind =
        random.pick<WriteNoiseKind>({WriteNoiseKind::off, WriteNoiseKind::additive,
                                     WriteNoiseKind::proportional, WriteNoiseKind::inverse});
    for (auto& device : linear.devices) {
      device.law = exponential(0, 0);
      device.write_noise = {.kind = kind, .sigma = 0.0};
      device.on_off_ratio = 1e9;
    }
    Crossbar one(backend(), ideal);
    Crossbar other(backend(), linear);
    auto const codes = random_levels(random, ideal, one);
    one.set_codes(codes);
    other.set_codes(codes);
    Outer const outer = random_outer(random, ideal, 2, 0, 24);
    auto const fidelity = random.pick<Fidelity>({Fidelity::aggregate, Fidelity::pulse});
    one.update(outer, {.fidelity = fidelity});
    other.update(outer, {.fidelity = fidelity});
    ASSERT_EQ(other.codes(), one.codes()) << describe(ideal);
    for (std::size_t s = 0; s < one.slice_counters().size(); ++s) {
      ASSERT_EQ(other.slice_counters()[s].saturations, one.slice_counters()[s].saturations);
      ASSERT_EQ(other.slice_counters()[s].steps, one.slice_counters()[s].steps);
    }
  }
}

/// n1 then n2 steps = n1 + n2 steps. Two roundings to a code instead of one; the second move scales
/// the first rounding by at most exp(-alpha d) <= exp(6 * 15 / 63).
TEST_P(NonlinearUpdateLaw, StepsCompose) {
  Random random(521);
  for (int trial = 0; trial < trials(20); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = crossbar_of(11, 37);
    config.slicing = {.weight_bits = 32, .cell_bits_lsb_first = std::vector<int>(8, 6)};
    double const alpha = random.real(-6, 6);
    config.devices[0].law = exponential(alpha, random.real(-6, 6));
    config.devices[0].rounding = CodeRounding::nearest;
    Crossbar once(backend(), config);
    Crossbar twice(backend(), config);
    auto const codes = random_codes(random, config, once);
    once.set_codes(codes);
    twice.set_codes(codes);
    int const n1 = random.whole(1, 7);
    int const n2 = random.whole(1, 7);
    int const sign = random.pick<int>({-1, 1});
    auto const all = [&](int steps) {  // the digit `steps` in each of the lower slices
      return std::vector<std::int32_t>(once.weight_count(), sign * steps * 0x1111111);
    };
    once.apply(all(n1 + n2));
    twice.apply(all(n1));
    twice.apply(all(n2));
    auto const a = once.codes();
    auto const b = twice.codes();
    double const limit = 0.5 * std::exp(6.0 * 7 / 63) + 1.0;
    for_each_device(once.shape(), [&](int, int, int, int, int, std::size_t at) {
      ASSERT_LE(std::abs(a[at] - b[at]), limit);
    });
    ASSERT_NE(a, codes);
  }
}

/// The pulse fidelity is a move per stream step: rounded each time, otherwise the same.
TEST_P(NonlinearUpdateLaw, PulsesAgreeWithTheAggregateWithinRounding) {
  Random random(522);
  CrossbarConfig config = crossbar_of(13, 70);
  config.devices[0].law = exponential(2.0, 3.0);
  config.devices[0].rounding = CodeRounding::nearest;
  Crossbar aggregate(backend(), config);
  Crossbar pulses(backend(), config);
  auto const codes = random_codes(random, config, aggregate);
  aggregate.set_codes(codes);
  pulses.set_codes(codes);
  Outer const outer = random_outer(random, config, 1, 8, 20);
  aggregate.update(outer);
  pulses.update(outer, {.fidelity = Fidelity::pulse});
  auto const a = aggregate.codes();
  auto const b = pulses.codes();
  for_each_device(aggregate.shape(), [&](int, int, int, int, int, std::size_t at) {
    ASSERT_LE(std::abs(a[at] - b[at]),
              9);  // up to 16 roundings of half a code, and that of the aggregate
  });
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace panther::test
