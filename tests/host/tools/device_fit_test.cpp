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
#include "host/tools/fit_choice.hpp"
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
    std::map<std::string, Estimate> found{{"sigma", fit.noise.estimate}};
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

std::string refusal(FitData const& data, FitRequest const& request) {
  try {
    fit_device(data, request);
  } catch (UserError const& error) {
    return error.what();
  }
  return {};
}

Estimate estimate_of(DeviceFit const& fit, std::string const& key) {
  for (FittedNumber const& number : fit.numbers) {
    if (number.key == key) return number.estimate;
  }
  ADD_FAILURE() << "not fitted: " << key;
  return {};
}

// Log-likelihoods of the kinds differ by tens here: the window's noise varies elevenfold, and steps
// fivefold. A pulse of the law is one of the noise's, 40 across its window of 1.2.
TEST(DeviceFit, RecognisesTheKindOfNoise) {
  for (auto const& [kind, strength] :
       {std::pair(WriteNoiseKind::additive, 0.02), std::pair(WriteNoiseKind::proportional, 0.02),
        std::pair(WriteNoiseKind::inverse, 0.02), std::pair(WriteNoiseKind::per_pulse, 0.003),
        std::pair(WriteNoiseKind::multiplicative, 0.2)}) {
    std::string const key = kind == WriteNoiseKind::per_pulse ? "c2c" : "sigma";
    Truth const truth{"kinds",
                      fmt::format("[device]\nlaw = \"linear_step\"\ndw_min = 0.03\ngamma_up = 0.8\n"
                                  "[device.write_noise]\nkind = \"{}\"\n{} = {}\nc2c_pulses = {}\n",
                                  enum_name(kind), key, strength, 40.0),
                      40,
                      {}};
    DeviceFit const fit = fitted(truth, emulated(truth, 12, 3));
    WriteNoise const& found = fit.device.device.write_noise;
    EXPECT_EQ(found.kind, kind);
    EXPECT_TRUE(fit.noise_alike.empty()) << enum_name(kind);
    EXPECT_EQ(fit.noise.key, "write_noise." + key);
    EXPECT_NEAR(fit.noise.estimate.value, strength, 5 * fit.noise.estimate.error)
        << enum_name(kind);
    EXPECT_LT(fit.noise.estimate.error, 0.05 * strength);
    double const written = kind == WriteNoiseKind::per_pulse        ? found.c2c
                           : kind == WriteNoiseKind::multiplicative ? found.sigma
                                                                    : found.resolved_sigma();
    EXPECT_NEAR(written, fit.noise.estimate.value, 1e-6) << enum_name(kind);
    EXPECT_EQ(fit.device.device.spread.slope, 0.0) << "none is shown";
  }
}

// Equal steps: noise that depends on their size is constant noise. The conductance still tells.
TEST(DeviceFit, KindsOfNoiseThatEqualStepsDoNotTellApart) {
  Truth const truth{"equal",
                    "[device]\nlaw = \"constant_step\"\ndw_min = 0.03\n[device.write_noise]\n"
                    "kind = \"per_pulse\"\nc2c = 0.003\nc2c_pulses = 40.0\n",
                    40,
                    {}};
  FitData const data = emulated(truth, 12, 3);
  DeviceFit const fit = fitted(truth, data);
  EXPECT_EQ(fit.device.device.write_noise.kind, WriteNoiseKind::additive) << "the first";
  EXPECT_THAT(fit.noise_alike,
              testing::ElementsAre(WriteNoiseKind::per_pulse, WriteNoiseKind::multiplicative));
  DeviceFit const given = fit_device(data, {"constant_step", {}, {"write_noise.kind=per_pulse"}});
  EXPECT_EQ(given.device.device.write_noise.kind, WriteNoiseKind::per_pulse);
  EXPECT_TRUE(given.noise_alike.empty()) << "was given";
  EXPECT_NEAR(given.device.device.write_noise.c2c, 0.003, 5 * given.noise.estimate.error);
  DeviceFit const wrong = fit_device(data, {"constant_step", {}, {"write_noise.kind=inverse"}});
  EXPECT_EQ(wrong.device.device.write_noise.kind, WriteNoiseKind::inverse);
  EXPECT_LT(wrong.log_likelihood, fit.log_likelihood - 50.0);
}

// A NeuroSim device with its published noise, 3.5 % of the window a pulse: three times the mean
// step. Pulses within 10.5 % of the ends do not count.
TEST(DeviceFit, FindsAPresetOfTheNeuroSimTable) {
  DeviceConfig const device = load_run_configuration("preset:ag-a-si", {}).device;
  FitData const data = fit_data(emulated_trains(device, {200, 97, 11}), {});
  DeviceFit const fit = fit_device(data, {"exponential", {}, {}});
  EXPECT_EQ(fit.device.device.write_noise.kind, WriteNoiseKind::per_pulse);
  EXPECT_TRUE(fit.noise_alike.empty());
  std::map<std::string, double> const expected{{"alpha_up", alpha_of_label(2.4)},
                                               {"alpha_down", alpha_of_label(4.88)},
                                               {"pulses", 97.0},
                                               {"write_noise.c2c", 0.035}};
  for (auto const& [key, truth] : expected) {
    Estimate const found = key == fit.noise.key ? fit.noise.estimate : estimate_of(fit, key);
    EXPECT_NEAR(found.value, truth, 4 * found.error) << key;
    EXPECT_LT(found.error, 0.25 * truth) << key;
  }
  EXPECT_LT(fit.noise.estimate.error, 0.01 * fit.noise.estimate.value);
}

TEST(DeviceFit, NoiselessPulsesGiveTheLawItself) {
  Truth const truth{
      "still", "[device]\nlaw = \"exponential\"\nalpha_up = 2.5\nalpha_down = -1.5\n", 60, {}};
  DeviceFit const fit = fitted(truth, emulated(truth, 2, 1));
  EXPECT_NEAR(estimate_of(fit, "alpha_up").value, 2.5, 2e-3);
  EXPECT_NEAR(estimate_of(fit, "alpha_down").value, -1.5, 2e-3);
  EXPECT_NEAR(estimate_of(fit, "pulses").value, 60.0, 2e-2);
  EXPECT_EQ(fit.device.device.write_noise.kind, WriteNoiseKind::off) << "codes' rounding is none";
  EXPECT_TRUE(fit.spread.empty()) << "two devices show no spread";
}

TEST(DeviceFit, LabelsInsteadOfAlphas) {
  Truth const truth{"labels",
                    "[device]\nlaw = \"exponential\"\nlabel_up = 2.4\nlabel_down = -0.6\n" + noise,
                    50,
                    {}};
  FitRequest request;
  request.law = "exponential";
  request.free = {"label_up", "label_down"};
  request.fix = {"alpha_up=0.0", "alpha_down=0.0"};
  DeviceFit const fit = fit_device(emulated(truth, 20, 5), request);
  Estimate const up = estimate_of(fit, "label_up");
  Estimate const down = estimate_of(fit, "label_down");
  EXPECT_NEAR(up.value, 2.4, 4 * up.error);
  EXPECT_NEAR(down.value, -0.6, 4 * down.error);
  EXPECT_LT(up.error + down.error, 0.3);
}

TEST(DeviceFit, FindsTheWindowOfMeasuredConductances) {
  Truth const& truth = truths[0];
  PulseTable table = emulated_trains(device_of(truth), {40, truth.pulses, 9});
  table.in_siemens = true;
  table.unit = "uS";
  table.unit_size = 1e-6;
  for (MeasuredTrain& train : table.trains) {
    for (double& conductance : train.conductance) conductance = 5e-6 + 45e-6 * conductance;
  }
  FitData const data = fit_data(table, {});
  EXPECT_NEAR(data.g_min.value, 5e-6, 4 * data.g_min.error);
  EXPECT_NEAR(data.g_max.value, 50e-6, 4 * data.g_max.error);
  ASSERT_TRUE(data.window_spread);
  EXPECT_NEAR(data.window_spread->value, 0.02, 4 * data.window_spread->error);
  DeviceFit const fit = fitted(truth, data);
  EXPECT_NEAR(fit.device.device.on_off_ratio, 10.0, 1.0);
  Estimate const alpha = estimate_of(fit, "alpha_up");
  EXPECT_NEAR(alpha.value, 1.8, 4 * alpha.error);
}

// Steps of exponential and linear_step are both linear in the conductance; the former has a number
// less, which BIC rewards by 6 here. AIC and cross-validation may prefer a larger law by chance.
TEST(DeviceFit, TheCriterionPicksTheLaw) {
  FitData const data = emulated(truths[0], 12, 2);
  ChosenFit const chosen = fit_best(data, {}, FitCriterion::bic);
  EXPECT_EQ(chosen.law, "exponential");
  std::size_t fitted_laws = 0;
  for (int law = 0; law < LawList::size; ++law) {
    visit_law(law, [&]<class Law>() {
      if constexpr (requires { Law::Params::fitted; }) ++fitted_laws;
    });
  }
  EXPECT_EQ(chosen.candidates.size(), fitted_laws);
  for (FitCandidate const& candidate : chosen.candidates) {
    double const bic = candidate.bic.value_or(HUGE_VAL);
    EXPECT_LE(chosen.fit.bic, bic + 1e-3) << candidate.law;
    EXPECT_TRUE(candidate.law != "ideal" || bic > chosen.fit.bic + 100.0);
  }
}

TEST(DeviceFit, SaysWhatItCannotDo) {
  FitData const data = emulated(truths[2], 12, 2);
  EXPECT_THAT(refusal(data, {"linear_step", {"w_max"}, {}}), HasSubstr("do not determine"));
  EXPECT_THAT(refusal(data, {"linear_step", {"gamma"}, {}}), HasSubstr("gamma_up"));
  EXPECT_THAT(refusal(data, {"linear_step", {"gamma_up"}, {"gamma_up=0.1"}}),
              HasSubstr("given to --free and --fix"));
  EXPECT_THAT(refusal(data, {"ideal", {}, {"write_noise.kind=constant"}}),
              HasSubstr("allowed: additive, proportional, inverse, per_pulse, multiplicative"));
  EXPECT_THAT(refusal(data, {"ideal", {}, {"pulses=x"}}), HasSubstr("'x' is not a number"));
  EXPECT_THAT(refusal(data, {"ideal", {}, {"pulses=50"}}), HasSubstr("nothing to fit"));
  EXPECT_THROW(fit_data(emulated_trains(device_of(truths[2]), {1, 4, 1}), {}), UserError);
}

}  // namespace
}  // namespace panther
