// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// What every device law of LawList must keep, with random parameters from its described fields:
// finite, signed, monotonic in the steps, nothing for no steps, composable, fields with
// documentation and defaults in range, and the same bits on every backend.

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <type_traits>

#include "devicemodels/cell.hpp"
#include "devicemodels/models.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/random_law.hpp"
#include "tests/support/scenario.hpp"

namespace panther::test {
namespace {

struct FieldChecks {
  std::set<std::string> names;

  template <class T>
  void operator()(std::string_view name, T& value, Field const& field) {
    EXPECT_TRUE(names.insert(std::string(name)).second) << name << " is described twice";
    EXPECT_FALSE(field.doc.empty()) << name;
    EXPECT_LE(field.lo, field.hi) << name;
    if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
      EXPECT_FALSE(field.unit.empty()) << name;
      EXPECT_GE(static_cast<double>(value), field.lo) << name;
      EXPECT_LE(static_cast<double>(value), field.hi) << name;
    }
  }
};

template <class Law>
class LawContract : public ::testing::Test {};
TYPED_TEST_SUITE(LawContract, AllLaws);

TYPED_TEST(LawContract, FieldsAreDescribed) {
  typename TypeParam::Params params;
  FieldChecks checks;
  TypeParam::Params::fields(params, checks);
  EXPECT_FALSE(TypeParam::Params::name.empty());
  EXPECT_FALSE(TypeParam::Params::doc.empty());
}

TYPED_TEST(LawContract, ChangesAreFiniteAndOfTheirDirection) {
  Random random(901);
  for (int i = 0; i < law_trials<TypeParam>(20000); ++i) {
    auto const params = random_params<TypeParam>(random);
    LawCase c = random_case(random);
    if (i % 8 == 0)
      c.traits.slope_up = c.traits.slope_down = 2800.0F;  // the end of log-normal spread
    PreparedLaw<TypeParam> const k(params, c.cell_bits);
    float const change = expected_change<TypeParam>(k, c.traits, c.position, c.steps, c.direction);
    ASSERT_TRUE(std::isfinite(change)) << random.trace() << ", case " << i;
    // A rounding of the asymptote near a bound may cost the sign by less than a code.
    float const forward = c.direction == Direction::up ? change : -change;
    ASSERT_GE(forward, -0.05F) << random.trace() << ", case " << i;
    ASSERT_EQ(expected_change<TypeParam>(k, c.traits, c.position, 0.0F, c.direction), 0.0F)
        << "zero steps";
  }
}

TYPED_TEST(LawContract, MoreStepsMoveNoLess) {
  Random random(902);
  for (int i = 0; i < law_trials<TypeParam>(5000); ++i) {
    auto const params = random_params<TypeParam>(random);
    LawCase const c = random_case(random);
    PreparedLaw<TypeParam> const k(params, c.cell_bits);
    float const last = expected_change<TypeParam>(k, c.traits, c.position, c.steps, c.direction);
    float const next =
        expected_change<TypeParam>(k, c.traits, c.position, c.steps + 1, c.direction);
    float const further = c.direction == Direction::up ? next - last : last - next;
    // Steps shrink to nothing near a bound: the polynomial's few ULP of a change of a window
    // remain.
    ASSERT_GE(further, -8 * 0x1p-24F * (std::abs(last) + 65536.0F))
        << random.trace() << ", case " << i;
  }
}

/// n1 then n2 steps = n1 + n2 steps, while both stay within the window.
TYPED_TEST(LawContract, StepsCompose) {
  if (DrawingLaw<TypeParam>) GTEST_SKIP() << "several pulses are one draw";
  Random random(903);
  int composed = 0;
  for (int i = 0; i < law_trials<TypeParam>(20000); ++i) {
    auto const params = random_params<TypeParam>(random);
    LawCase const c = random_case(random);
    PreparedLaw<TypeParam> const k(params, c.cell_bits);
    auto const n2 = static_cast<float>(random.whole(1, 30));
    float const first = expected_change<TypeParam>(k, c.traits, c.position, c.steps, c.direction);
    float const between = c.position + first;
    float const second = expected_change<TypeParam>(k, c.traits, between, n2, c.direction);
    float const whole =
        expected_change<TypeParam>(k, c.traits, c.position, c.steps + n2, c.direction);
    float const end = c.position + whole;
    if (between < c.traits.low || between > c.traits.high || end < c.traits.low ||
        end > c.traits.high)
      continue;
    ++composed;
    // The second move stretches the first one's error (a few ULP of a window) as the pace of the
    // device grows on the way, or by its own growth. The steps are rounded to float32 on their way
    // through the law: where the device ends, that part of a step moves it by as much of what a
    // step does there.
    auto const pace = [&](float position) {
      return 1024 *
             std::abs(expected_change<TypeParam>(k, c.traits, position, 0x1p-10F, c.direction));
    };
    float const growth = 1.0F + std::abs(second) / std::max(std::abs(first), 1.0F);
    float const stretch = 0x1p-6F * pace(end) / std::max(pace(between), 1e-30F);
    float const rounding = 4 * 0x1p-24F * (c.steps + n2) * pace(end);
    ASSERT_NEAR(first + second, whole, 0.05F * growth + stretch + rounding)
        << random.trace() << ", case " << i;
  }
  EXPECT_GT(composed, 0);
}

/// A move of any law, noise and device ends within the device's bounds.
TYPED_TEST(LawContract, MovesEndWithinBounds) {
  Random random(904);
  for (int i = 0; i < law_trials<TypeParam>(20000); ++i) {
    auto const params = random_params<TypeParam>(random);
    LawCase const c = random_case(random);
    PreparedLaw<TypeParam> const law(params, c.cell_bits);
    DeviceConfig config;
    config.write_noise = {.kind = WriteNoiseKind::inverse, .sigma = random.real(0, 1)};
    auto const kind = random.chance(0.5) ? WriteNoiseKind::inverse : WriteNoiseKind::off;
    auto const range = static_cast<float>(window_range(c.cell_bits));
    auto const number =
        static_cast<float>(DrawingLaw<TypeParam> ? random.real(0.001, 0.999) : random.real(-5, 5));
    Moved const moved = move_device<TypeParam>(law, device_constants(config, 1), kind, c.traits,
                                               range, c.position, c.steps, c.direction, number);
    ASSERT_GE(moved.position, c.traits.low);
    ASSERT_LE(moved.position, c.traits.high);
    ASSERT_TRUE(c.traits.low < c.traits.high || !moved.saturated) << "a stuck device";
  }
}

/// The table itself: names are unique, and the list's order is that of LawParams.
TEST(LawList, NamesAreUniqueAndIndicesAgree) {
  std::set<std::string> names;
  for (int law = 0; law < LawList::size; ++law) {
    visit_law(law, [&]<class Law>() {
      EXPECT_TRUE(names.insert(std::string(Law::Params::name)).second) << Law::Params::name;
      EXPECT_EQ(static_cast<int>(LawParams{typename Law::Params{}}.index()), law);
    });
  }
  EXPECT_EQ(static_cast<int>(names.size()), LawList::size);
}

/// Every law on every backend: with random parameters, the bits of the scalar CPU path.
class EveryLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, EveryLaw, every_backend(), backend_label);

TEST_P(EveryLaw, GivesTheBitsOfTheScalarPath) {
  auto const scalar = open_backend("cpu_scalar", 1).backend;
  for (int law = 0; law < LawList::size; ++law) {
    visit_law(law, [&]<class Law>() {
      Random random(905);
      for (int trial = 0; trial < trials(2); ++trial) {
        SCOPED_TRACE(std::string(Law::Params::name) + ", " + random.trace() + ", trial " +
                     std::to_string(trial));
        typename Law::Params const params = random_params<Law>(random);
        for (Scenario scenario : scenarios()) {
          for (auto& device : scenario.config.devices) {
            device.law = params;
            if (DrawingLaw<Law>) device.write_noise = {};
            if (CountingLaw<Law>) device.write_noise.hidden_std = 0.0;
          }
          ASSERT_EQ(hash_of(backend(), scenario, 2), hash_of(*scalar, scenario)) << scenario.name;
        }
      }
    });
  }
}

/// Requests rounded to whole pulses: an option, which the parameters above leave out.
TEST_P(EveryLaw, RoundsPulsesToTheBitsOfTheScalarPath) {
  auto const scalar = open_backend("cpu_scalar", 1).backend;
  Random random(906);
  for (int trial = 0; trial < trials(4); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    auto params = random_params<Exponential>(random);
    if (trial == 0) params.alpha_up = 0.0;
    params.pulses_up = random.whole(3, 200);
    params.pulses_down = random.whole(3, 200);
    WriteNoise const counting{
        .kind = WriteNoiseKind::per_pulse, .c2c = random.real(0, 0.02), .c2c_pulses = 50};
    for (Scenario scenario : scenarios()) {
      for (auto& device : scenario.config.devices) {
        device.law = params;
        if (trial % 2 == 1) device.write_noise = counting;
      }
      ASSERT_EQ(hash_of(backend(), scenario, 2), hash_of(*scalar, scenario)) << scenario.name;
    }
  }
}

}  // namespace
}  // namespace panther::test
