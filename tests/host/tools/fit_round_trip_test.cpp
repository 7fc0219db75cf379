// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Intervals of fits to emulated trains hold what the trains were emulated with as often as they
// say, for every law that can be fitted. host/tools/FIGURES.md has the counts.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/host/tools/fit_truth.hpp"
#include "tests/support/random.hpp"
#include "tests/support/statistics.hpp"

namespace panther {
namespace {

/// Intervals are counted in a hundred trials and more. With less effort (sanitizers, which would
/// take minutes) three trials only look at what runs.
constexpr int enough = 100;
int trials() {
  int const wanted = test::trials(enough);
  return wanted < enough ? 3 : wanted;
}

class RoundTrip : public ::testing::TestWithParam<Truth> {};

struct Held {
  std::uint64_t at_95 = 0;
  std::uint64_t at_99 = 0;
  double sum = 0.0;
};

std::map<std::string, Held> held_by(Truth const& truth) {
  std::map<std::string, Held> held;
  for (int trial = 0; trial < trials(); ++trial) {
    DeviceFit const fit =
        fitted(truth, emulated(truth, 12, 1000 + static_cast<std::uint64_t>(trial)));
    std::map<std::string, Estimate> found{{fit.noise.key, fit.noise.estimate}};
    for (FittedNumber const& number : fit.numbers) found[number.key] = number.estimate;
    for (FittedNumber const& number : fit.spread) found[number.key] = number.estimate;
    for (auto const& [key, value] : truth.numbers) {
      if (!found.contains(key)) {
        ADD_FAILURE() << key << " is not fitted in trial " << trial;
        return held;
      }
      held[key].at_95 += found[key].at_95.holds(value) ? 1U : 0U;
      held[key].at_99 += found[key].at_99.holds(value) ? 1U : 0U;
      held[key].sum += found[key].value;
    }
  }
  return held;
}

// Data of a known law: the 99 % interval holds the truth in 95 of 100 trials or more. A right
// interval misses it more than 5 times with probability 5e-4, the rate of false alarms of each
// number (4 % for one of them all). And 95 % intervals are calibrated: 100 leave less than 84 or
// more than 100 times out of 100 with probability 1e-5.
TEST_P(RoundTrip, IntervalsHoldTheTruth) {
  constexpr double rate = 1e-5;
  std::map<std::string, Held> const held = held_by(GetParam());
  if (trials() < enough) return;
  auto const count = static_cast<std::uint64_t>(trials());
  for (auto const& [key, one] : held) {
    double const truth = GetParam().numbers.at(key);
    std::string const text =
        fmt::format("{} and {} of {} intervals of 95 % and 99 % hold {}; mean estimate {:.5g}",
                    one.at_95, one.at_99, count, truth, one.sum / static_cast<double>(count));
    EXPECT_GE(100 * one.at_99, 95 * count) << key << ": " << text;
    EXPECT_TRUE(test::binomial_fits(one.at_95, count, 0.95, rate)) << key << ": " << text;
    RecordProperty(key, text);
  }
}

std::string device(std::string const& law, std::string const& keys) {
  return "[device]\nlaw = \"" + law + "\"\n" + keys + usual_noise;
}

std::map<std::string, double> with_noise(std::map<std::string, double> numbers) {
  numbers["write_noise.sigma"] = 0.02;
  numbers["spread.slope"] = 0.1;
  numbers["spread.slope_correlation"] = 0.5;
  return numbers;
}

/// Where steps up are small.
std::string const quieter_noise = R"(
[device.write_noise]
kind = "additive"
sigma = 0.01
[device.spread]
slope = 0.15
slope_correlation = 0.5
)";

// Trains of as many pulses as lie across the window, so that one is a pulse of the law. Where steps
// are all alike the kind of noise is given: by chance they look like those of another.
Truth const truths[] = {
    {"ideal", device("ideal", ""), 40, with_noise({{"pulses", 40}}), {"write_noise.kind=additive"}},
    {"constant_step",
     device("constant_step", "dw_min = 0.03\nup_down = 0.2\n"),
     40,
     with_noise({{"dw_min", 0.03}, {"up_down", 0.2}}),
     {"write_noise.kind=additive"}},
    {"linear_step",
     device("linear_step", "dw_min = 0.03\nup_down = -0.2\ngamma_up = 0.4\ngamma_down = 0.7\n"),
     40,
     with_noise({{"dw_min", 0.03}, {"up_down", -0.2}, {"gamma_up", 0.4}, {"gamma_down", 0.7}}),
     {}},
    {"soft_bounds",
     device("soft_bounds", "dw_min = 0.03\nup_down = 0.2\n"),
     40,
     with_noise({{"dw_min", 0.03}, {"up_down", 0.2}}),
     {}},
    {"soft_bounds_pmax",
     device("soft_bounds_pmax", "p_max = 40.0\nalpha = 0.04\ngranularity = 0.05\n"),
     40,
     with_noise({{"p_max", 40}, {"alpha", 0.04}}),
     {}},
    {"soft_bounds_reference",
     device("soft_bounds_reference",
            "dw_min = 0.03\nreference = 0.1\nwindow_min = -0.7\nwindow_max = 0.5\n"),
     40,
     with_noise({{"dw_min", 0.03}, {"up_down", 0.0}}),
     {"reference=0.1", "window_min=-0.7", "window_max=0.5"}},
    {"exp_step",
     device("exp_step",
            "dw_min = 0.065\nup_down = 0.1\na = 0.5\nb = 0.0\na_up = 0.3\na_down = 0.2\n"
            "gamma_up = 2.0\ngamma_down = 2.5\ngranularity = 0.05\n"),
     24,
     with_noise({{"dw_min", 0.065},
                 {"up_down", 0.1},
                 {"a_up", 0.3},
                 {"a_down", 0.2},
                 {"gamma_up", 2.0},
                 {"gamma_down", 2.5}}),
     {}},
    {"pow_step",
     device("pow_step",
            "dw_min = 0.1\nup_down = 0.1\npow_gamma = 1.5\npow_up_down = 0.2\n"
            "granularity = 0.05\n"),
     24,
     with_noise({{"dw_min", 0.1}, {"up_down", 0.1}, {"pow_gamma", 1.5}, {"pow_up_down", 0.2}}),
     {}},
    {"pow_step_reference",
     device("pow_step_reference",
            "dw_min = 0.1\nup_down = 0.1\npow_gamma = 1.2\npow_up_down = -0.2\n"
            "granularity = 0.05\nreference = 0.1\nwindow_min = -0.7\nwindow_max = 0.5\n"),
     24,
     with_noise({{"dw_min", 0.1}, {"up_down", 0.1}, {"pow_gamma", 1.2}, {"pow_up_down", -0.2}}),
     {"reference=0.1", "window_min=-0.7", "window_max=0.5"}},
    {"piecewise_step",
     device("piecewise_step",
            "dw_min = 0.03\npiecewise_up = [1.4, 1.3, 1.1, 0.9, 0.6]\n"
            "piecewise_down = [0.5, 0.8, 1.0, 1.2, 1.5]\ngranularity = 0.03\n"),
     40,
     with_noise({{"piecewise_up[0]", 1.4},
                 {"piecewise_up[1]", 1.3},
                 {"piecewise_up[2]", 1.1},
                 {"piecewise_up[3]", 0.9},
                 {"piecewise_up[4]", 0.6},
                 {"piecewise_down[0]", 0.5},
                 {"piecewise_down[1]", 0.8},
                 {"piecewise_down[2]", 1.0},
                 {"piecewise_down[3]", 1.2},
                 {"piecewise_down[4]", 1.5}}),
     {"dw_min=0.03"}},
    {"exponential",
     device("exponential", "alpha_up = 1.8\nalpha_down = 0.9\n") + "window = 0.02\n",
     36,
     with_noise({{"alpha_up", 1.8}, {"alpha_down", 0.9}, {"pulses", 36}, {"spread.window", 0.02}}),
     {}},
    {"symmetric",
     device("symmetric", "alpha_up = 2.0\nalpha_down = 3.0\n"),
     40,
     with_noise({{"alpha_up", 2.0}, {"alpha_down", 3.0}, {"pulses", 40}}),
     {}},
    {"vteam",
     device("vteam",
            "k_on = -25.0\nk_off = 1.25e-3\nr_on = 500.0\nr_off = 1000.0\npulses = 40.0\n"),
     40,
     with_noise({{"k_on", -25.0}, {"k_off", 1.25e-3}}),
     {"r_on=500.0", "r_off=1000.0"}},
    {"filament_gap",
     "[device]\nlaw = \"filament_gap\"\ngamma_set = 17.2\ngamma_reset = 16.4\npulses = 40.0\n" +
         quieter_noise,
     40,
     {{"gamma_set", 17.2},
      {"gamma_reset", 16.4},
      {"write_noise.sigma", 0.01},
      {"spread.slope", 0.15},
      {"spread.slope_correlation", 0.5}},
     {}},
};

INSTANTIATE_TEST_SUITE_P(Laws, RoundTrip, ::testing::ValuesIn(truths),
                         [](auto const& truth) { return truth.param.name; });

TEST(RoundTripOfLaws, HasEveryLawThatIsFitted) {
  std::set<std::string> tested;
  for (Truth const& truth : truths) tested.insert(truth.name);
  for (int law = 0; law < LawList::size; ++law) {
    visit_law(law, [&]<class Law>() {
      if constexpr (requires { Law::Params::fitted; }) {
        EXPECT_TRUE(tested.contains(std::string(Law::Params::name))) << Law::Params::name;
      }
    });
  }
}

}  // namespace
}  // namespace panther
