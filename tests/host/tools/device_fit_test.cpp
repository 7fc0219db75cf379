// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// What is fitted to emulated trains is what they were emulated with, within the stated intervals.
#include "host/tools/device_fit.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>

#include "host/base/errors.hpp"
#include "host/run/session.hpp"
#include "host/tools/characterization.hpp"
#include "tests/support/statistics.hpp"

namespace panther {
namespace {

using testing::HasSubstr;

struct Truth {
  std::string name;
  std::string device;  // TOML of [device]
  int pulses;          // of a train; a law of pulses takes one of its own at a time
  std::map<std::string, double> numbers;
};

std::ostream& operator<<(std::ostream& out, Truth const& truth) { return out << truth.name; }

DeviceConfig device_of(Truth const& truth) {
  return parse_run_configuration(truth.device, truth.name).device;
}

FitData emulated(Truth const& truth, int devices, std::uint64_t seed) {
  return fit_data(emulated_trains(device_of(truth), {devices, truth.pulses, seed}), {});
}

DeviceFit fitted(Truth const& truth, FitData const& data) {
  FitRequest request;
  request.law = std::visit([]<class Params>(Params const&) { return std::string(Params::name); },
                           device_of(truth).law);
  return fit_device(data, request);
}

/// Runs of the coverage test; PANTHER_TEST_EFFORT multiplies them.
int trials() {
  char const* const effort = std::getenv("PANTHER_TEST_EFFORT");
  return 100 * (effort ? std::max(1, std::atoi(effort)) : 1);
}

class RoundTrip : public ::testing::TestWithParam<Truth> {};

// Of intervals that hold the truth in 95 % of cases, 100 leave less than 84 or more than 100 times
// out of 100 with probability 1e-5: the rate of false alarms of each number.
TEST_P(RoundTrip, IntervalsHoldTheTruth) {
  constexpr double rate = 1e-5;
  std::map<std::string, std::uint64_t> held;
  std::map<std::string, double> sum;
  for (int trial = 0; trial < trials(); ++trial) {
    DeviceFit const fit =
        fitted(GetParam(), emulated(GetParam(), 14, 1000 + static_cast<std::uint64_t>(trial)));
    std::map<std::string, Estimate> found{{"sigma", fit.sigma}};
    for (FittedNumber const& number : fit.numbers) found[number.key] = number.estimate;
    for (FittedNumber const& number : fit.spread) found[number.key] = number.estimate;
    for (auto const& [key, truth] : GetParam().numbers) {
      ASSERT_TRUE(found.contains(key)) << key;
      held[key] += found[key].low <= truth && truth <= found[key].high ? 1U : 0U;
      sum[key] += found[key].value;
    }
  }
  for (auto const& [key, truth] : GetParam().numbers) {
    EXPECT_TRUE(test::binomial_fits(held[key], static_cast<std::uint64_t>(trials()), 0.95, rate))
        << key << ": " << held[key] << " of " << trials() << " intervals hold " << truth
        << ", mean estimate " << sum[key] / trials();
    RecordProperty(key, fmt::format("{} held, mean {:.5g}, truth {:.5g}", held[key],
                                    sum[key] / trials(), truth));
  }
}

std::string const noise = R"(
[device.write_noise]
kind = "additive"
sigma = 0.02
[device.spread]
slope = 0.1
slope_correlation = 0.5
)";

Truth const truths[] = {
    {"exponential",
     "[device]\nlaw = \"exponential\"\nalpha_up = 1.8\nalpha_down = 0.9\n" + noise +
         "window = 0.02\n",
     36,
     {{"alpha_up", 1.8},
      {"alpha_down", 0.9},
      {"pulses", 36},
      {"sigma", 0.02},
      {"spread.slope", 0.1},
      {"spread.slope_correlation", 0.5},
      {"spread.window", 0.02}}},
    {"soft_bounds",
     "[device]\nlaw = \"soft_bounds\"\nw_max = 0.6\nw_min = -0.6\ndw_min = 0.03\nup_down = 0.2\n" +
         noise,
     40,
     {{"dw_min", 0.03}, {"up_down", 0.2}, {"sigma", 0.02}, {"spread.slope", 0.1}}},
    {"linear_step",
     "[device]\nlaw = \"linear_step\"\ndw_min = 0.03\nup_down = -0.2\ngamma_up = 0.4\n"
     "gamma_down = 0.7\n" +
         noise,
     40,
     {{"dw_min", 0.03},
      {"up_down", -0.2},
      {"gamma_up", 0.4},
      {"gamma_down", 0.7},
      {"sigma", 0.02},
      {"spread.slope", 0.1}}},
    {"pow_step",
     "[device]\nlaw = \"pow_step\"\ndw_min = 0.06\nup_down = 0.1\npow_gamma = 1.5\npow_up_down = "
     "0.2\n"
     "granularity = 0.03\n" +
         noise,
     40,
     {{"dw_min", 0.06},
      {"up_down", 0.1},
      {"pow_gamma", 1.5},
      {"pow_up_down", 0.2},
      {"sigma", 0.02},
      {"spread.slope", 0.1}}},
};

INSTANTIATE_TEST_SUITE_P(Laws, RoundTrip, ::testing::ValuesIn(truths),
                         [](auto const& truth) { return truth.param.name; });

}  // namespace
}  // namespace panther
