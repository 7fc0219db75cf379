// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// What is fitted to emulated trains is what they were emulated with, within the stated intervals.
#include "host/tools/device_fit.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "host/base/errors.hpp"
#include "host/run/session.hpp"
#include "host/tools/characterization.hpp"
#include "host/tools/fit_choice.hpp"
#include "tests/host/tools/fit_truth.hpp"

namespace panther {
namespace {

using testing::HasSubstr;

Truth const exponential{"exponential",
                        "[device]\nlaw = \"exponential\"\nalpha_up = 1.8\nalpha_down = 0.9\n" +
                            usual_noise + "window = 0.02\n",
                        36,
                        {}};
Truth const linear_step{"linear_step",
                        "[device]\nlaw = \"linear_step\"\ndw_min = 0.03\nup_down = -0.2\n"
                        "gamma_up = 0.4\ngamma_down = 0.7\n" +
                            usual_noise,
                        40,
                        {}};

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
  Truth const truth{
      "labels",
      "[device]\nlaw = \"exponential\"\nlabel_up = 2.4\nlabel_down = -0.6\n" + usual_noise,
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
  Truth const& truth = exponential;
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
  FitData const data = emulated(exponential, 12, 2);
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
  FitData const data = emulated(linear_step, 12, 2);
  EXPECT_THAT(refusal(data, {"linear_step", {"w_max"}, {}}), HasSubstr("do not determine"));
  EXPECT_THAT(refusal(data, {"linear_step", {"gamma"}, {}}), HasSubstr("gamma_up"));
  EXPECT_THAT(refusal(data, {"linear_step", {"gamma_up"}, {"gamma_up=0.1"}}),
              HasSubstr("given to --free and --fix"));
  EXPECT_THAT(refusal(data, {"ideal", {}, {"write_noise.kind=constant"}}),
              HasSubstr("allowed: additive, proportional, inverse, per_pulse, multiplicative"));
  EXPECT_THAT(refusal(data, {"ideal", {}, {"pulses=x"}}), HasSubstr("'x' is not a number"));
  EXPECT_THAT(refusal(data, {"ideal", {}, {"pulses=50"}}), HasSubstr("nothing to fit"));
  EXPECT_THROW(fit_data(emulated_trains(device_of(linear_step), {1, 4, 1}), {}), UserError);
}

}  // namespace
}  // namespace panther
