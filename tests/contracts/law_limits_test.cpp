// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Limits and symmetries of every device law of LawList, with random parameters: noise of no
// amplitude is no noise, and where a law treats its two directions alike, the mirror image of a
// device moves as the device's mirror image.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "devicemodels/cell.hpp"
#include "devicemodels/models.hpp"
#include "tests/support/random_law.hpp"

namespace panther::test {
namespace {

template <class Law>
class LawLimits : public ::testing::Test {};
TYPED_TEST_SUITE(LawLimits, AllLaws);

/// To the bit, for every kind of write noise.
TYPED_TEST(LawLimits, NoiseOfNoAmplitudeIsNone) {
  if (DrawingLaw<TypeParam>) GTEST_SKIP() << "the law's own noise is in its tables";
  Random random(911);
  for (int i = 0; i < law_trials<TypeParam>(5000); ++i) {
    auto const params = random_params<TypeParam>(random);
    LawCase const c = random_case(random);
    PreparedLaw<TypeParam> const law(params, c.cell_bits);
    auto const range = static_cast<float>(window_range(c.cell_bits));
    auto const end_under = [&](WriteNoiseKind kind, float normal) {
      DeviceConfig config;
      config.write_noise.kind = kind;
      return move_device<TypeParam>(law, device_constants(config, 1), kind, c.traits, range,
                                    c.position, c.steps, c.direction, normal)
          .position;
    };
    float const quiet = end_under(WriteNoiseKind::off, 0.0F);
    for (auto const& [kind, name] : EnumNames<WriteNoiseKind>::values) {
      ASSERT_EQ(end_under(kind, static_cast<float>(random.real(-5, 5))), quiet)
          << name << ", " << random.trace() << ", case " << i;
    }
  }
}

/// The numbers of a law's parameters by their names.
struct NumbersByName {
  std::map<std::string, double*, std::less<>> numbers;
  std::map<std::string, std::vector<double>*, std::less<>> lists;

  template <class T>
  void operator()(std::string_view name, T& value, Field const&) {
    if constexpr (std::is_same_v<T, double>) numbers.emplace(name, &value);
    if constexpr (std::is_same_v<T, std::vector<double>>) lists.emplace(name, &value);
  }

  void exchange(std::string_view a, std::string_view b) {
    auto const first = numbers.find(a);
    auto const second = numbers.find(b);
    if (first != numbers.end()) std::swap(*first->second, *second->second);
  }
  void negate(std::string_view name) {
    auto const number = numbers.find(name);
    if (number != numbers.end()) *number->second = -*number->second;
  }
};

/// Parameters of the device in a mirror: up is down, w is -w.
template <class Params>
Params mirrored(Params params) {
  NumbersByName fields;
  Params::fields(params, fields);
  for (auto const* name : {"alpha", "gamma", "a"}) {
    fields.exchange(std::string(name) + "_up", std::string(name) + "_down");
  }
  for (auto const* name : {"w", "range"}) {
    std::string const low = std::string(name) + "_min";
    std::string const high = std::string(name) + "_max";
    fields.exchange(low, high);
    fields.negate(low);
    fields.negate(high);
  }
  for (auto const* name : {"up_down", "pow_up_down", "reference", "b"}) fields.negate(name);
  if constexpr (requires { params.reverse_up; }) std::swap(params.reverse_up, params.reverse_down);
  for (auto& [name, list] : fields.lists) std::reverse(list->begin(), list->end());
  if (!fields.lists.empty()) {
    std::swap(*fields.lists.at("piecewise_up"), *fields.lists.at("piecewise_down"));
  }
  return params;
}

Traits mirrored(Traits const& traits, float range) {
  return {traits.slope_down,   traits.slope_up,    traits.bend_down, traits.bend_up,
          range - traits.high, range - traits.low, traits.table};
}

Direction opposite(Direction direction) {
  return direction == Direction::up ? Direction::down : Direction::up;
}

/// Where a device ends, kept within its bounds.
template <class Law>
float end_of(typename Law::Params const& params, LawCase const& c) {
  PreparedLaw<Law> const law(params, c.cell_bits);
  float const change = expected_change<Law>(law, c.traits, c.position, c.steps, c.direction);
  return clamped(c.position + change, c.traits.low, c.traits.high);
}

template <class Law>
constexpr bool has_mirror_image =
    !TableLaw<Law> && !std::is_same_v<Law, Vteam> && !std::is_same_v<Law, FilamentGap>;

/// Places on whole codes, whose mirror images are exact.
LawCase on_whole_codes(LawCase c) {
  c.position = nearest(c.position);
  c.traits.low = smaller(nearest(c.traits.low), c.position);
  c.traits.high = larger(nearest(c.traits.high), c.position);
  return c;
}

/// To 2^-12 of a window: w = 0, which laws compute from, may lie hundreds of windows away.
TYPED_TEST(LawLimits, MirrorImagesMoveAsMirrorImages) {
  if constexpr (!has_mirror_image<TypeParam>) {
    GTEST_SKIP() << "set and reset are processes of their own";
  } else {
    Random random(912);
    for (int i = 0; i < law_trials<TypeParam>(20000); ++i) {
      auto params = random_params<TypeParam>(random);
      if constexpr (requires { params.granularity; }) params.granularity = random.real(0.001, 0.1);
      // The image of a lowest bound is a highest one, which lies above 0.
      if constexpr (requires { params.w_min; }) {
        if (params.w_min > -0.01) continue;
      }
      LawCase const c = on_whole_codes(random_case(random));
      auto const range = static_cast<float>(window_range(c.cell_bits));
      LawCase const image{c.cell_bits, mirrored(c.traits, range), range - c.position, c.steps,
                          opposite(c.direction)};
      float const own = end_of<TypeParam>(params, c);
      float const other = end_of<TypeParam>(mirrored(params), image);
      ASSERT_NEAR(own + other, range, 0x1p-12F * range) << random.trace() << ", case " << i;
    }
  }
}

}  // namespace
}  // namespace panther::test
