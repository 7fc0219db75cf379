// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/device_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "host/base/errors.hpp"
#include "host/base/suggest.hpp"
#include "host/tools/fit_coordinates.hpp"
#include "host/tools/fit_intervals.hpp"
#include "host/tools/fit_noise.hpp"
#include "host/tools/fit_quality.hpp"
#include "host/tools/fit_solver.hpp"
#include "host/tools/fit_spread.hpp"
#include "host/tools/fit_start.hpp"

namespace panther {

namespace {

/// A factor's influence on the residuals, in deviations, below which it has none.
constexpr double least_influence = 1e-2;

/// The factor t of a deviation d: t - 1 - ln t = d^2 / 2, so t = 1 + d + d^2 / 3 + ... A step of
/// size u t is determined by the product alone. Were t = 1 + d, the penalty on d would be least
/// where the factors' mean is 1 - variance, and u too large by that part; with this t (whose
/// density is a gamma distribution's) the factors' mean is 1.
double factor_of(double deviation) {
  if (std::abs(deviation) < 0.2) {
    double const d = deviation;
    return 1.0 + d * (1.0 + d * (1.0 / 3.0 + d * (1.0 / 36.0 - d / 270.0)));
  }
  double factor = deviation > 0.0 ? 1.0 + deviation + 0.3 * deviation * deviation
                                  : std::exp(-1.0 - 0.5 * deviation * deviation);
  for (int i = 0; i < 60; ++i) {
    double const off = factor - 1.0 - std::log(factor) - 0.5 * deviation * deviation;
    double const step = off * factor / (factor - 1.0);
    factor = std::max(factor - step, 0.5 * factor);
    if (std::abs(step) < 1e-12 * factor) break;
  }
  return factor;
}

class Fit {
 public:
  Fit(FitData const& data, FitRequest const& request)
      : data_(data), start_(fit_start(data, request)), at_(start_.device) {
    coordinates_ = fit_coordinates(at_, start_.free);
    for (FitCoordinate const& coordinate : coordinates_) {
      parameters_.push_back(std::clamp(coordinate.get(at_), coordinate.lowest, coordinate.highest));
    }
    for (MeasuredPulse const& pulse : data.pulses) problem_.device_of.push_back(pulse.device);
    problem_.devices = data.devices;
    for (FitCoordinate const& coordinate : coordinates_) {
      problem_.lowest.push_back(coordinate.lowest);
      problem_.highest.push_back(coordinate.highest);
    }
    problem_.residuals = [this](auto const& parameters, auto const& deviations, auto& residuals) {
      return fill(parameters, deviations, residuals);
    };
  }

  DeviceFit result() {
    if (data_.pulses.size() < 3 * coordinates_.size()) {
      throw UserError(fmt::format("{}: {} usable pulses for {} numbers of law '{}' (at least {})",
                                  data_.source, data_.pulses.size(), coordinates_.size(),
                                  law_name(at_.device.law), 3 * coordinates_.size()));
    }
    weigh({});
    iterate(100);
    require_determined(solution_.undetermined);
    estimate_noise();
    choose_traits();
    int const rounds = 5;
    for (int round = 0; round < rounds; ++round) {
      weigh(predicted_);
      iterate(round + 1 == rounds ? 100 : 10);
      estimate_noise();
      if (traits_.empty() || round + 1 == rounds) continue;
      spread_ = likely_spread(solution_.of_device, layout_, spread_);
      if (round + 2 == rounds) drop_unshown();
      if (!traits_.empty()) problem_.precision = precision_of(spread_, layout_);
    }
    require_determined(solution_.undetermined.empty() ? vague() : solution_.undetermined);
    return summary();
  }

 private:
  MeasuredDevice device_at(std::vector<double> const& parameters) const {
    MeasuredDevice device = start_.device;
    for (std::size_t i = 0; i < coordinates_.size(); ++i) {
      coordinates_[i].set(device, parameters[i]);
    }
    return device;
  }

  std::vector<TraitFactors> factors_at(std::vector<double> const& deviations) const {
    std::vector<TraitFactors> factors(data_.devices, TraitFactors{1.0, 1.0, 1.0, 1.0});
    for (std::size_t device = 0; device < data_.devices; ++device) {
      for (std::size_t trait = 0; trait < traits_.size(); ++trait) {
        factors[device][traits_[trait]] = factor_of(deviations[device * traits_.size() + trait]);
      }
    }
    return factors;
  }

  bool fill(std::vector<double> const& parameters, std::vector<double> const& deviations,
            std::vector<double>& residuals) const {
    try {
      std::vector<TraitFactors> const factors = factors_at(deviations);
      residuals = predicted_changes(device_at(parameters), data_.pulses, {factors, data_.ends});
    } catch (std::invalid_argument const&) {
      return false;
    }
    for (std::size_t i = 0; i < residuals.size(); ++i) {
      residuals[i] = (data_.pulses[i].change - residuals[i]) / deviation_[i];
    }
    return true;
  }

  /// Deviations of changes that were predicted; all alike before there are any.
  void weigh(std::vector<double> const& changes) {
    deviation_ = changes.empty() ? std::vector<double>(data_.pulses.size(), at_.window())
                                 : unit_deviations(at_, data_.pulses, changes, noise_.kind);
    for (double& deviation : deviation_) deviation *= noise_.strength;
  }

  void iterate(int most) {
    try {
      solution_ = solve(problem_, parameters_, deviations_, most);
    } catch (std::invalid_argument const&) {
      throw UserError(
          fmt::format("law '{}': its start contradicts itself; give --fix or --free "
                      "other numbers",
                      law_name(at_.device.law)));
    }
    parameters_ = solution_.parameters;
    deviations_ = solution_.deviations;
    MeasuredDevice const found = device_at(parameters_);
    at_.device.law = found.device.law;
    at_.pulses = found.pulses;
    at_.g_min = found.g_min;
    at_.g_max = found.g_max;
    factors_ = factors_at(deviations_);
    predicted_ = predicted_changes(at_, data_.pulses, {factors_, data_.ends});
  }

  /// Residuals lose a degree of freedom for each number and what each device's factors take.
  double freedom() const {
    auto const count = static_cast<double>(data_.pulses.size());
    return std::max(count - static_cast<double>(coordinates_.size()) - solution_.trait_freedom,
                    1.0);
  }

  void estimate_noise() {
    noise_ = likely_noise(at_, data_.pulses, predicted_, freedom(), start_.noise_kinds);
  }

  /// Factors that the population's pulses respond to, of the spreads that are to be fitted.
  void choose_traits() {
    if (data_.devices < least_devices) return;
    weigh(predicted_);
    for (std::size_t factor = 0; factor < 4; ++factor) {
      bool const slope = factor < 2;
      if (!(slope ? start_.fit_slope : start_.fit_bend) || !responds(factor)) continue;
      traits_.push_back(factor);
      ++(slope ? layout_.slopes : layout_.bends);
    }
    problem_.traits = traits_.size();
    deviations_.assign(data_.devices * traits_.size(), 0.0);
    if (!traits_.empty()) problem_.precision = precision_of(spread_, layout_);
  }

  bool responds(std::size_t factor) const {
    std::vector<TraitFactors> factors(data_.devices, TraitFactors{1.0, 1.0, 1.0, 1.0});
    for (TraitFactors& of_device : factors) of_device[factor] = 1.1;
    std::vector<double> const moved = predicted_changes(at_, data_.pulses, {factors, data_.ends});
    double squares = 0.0;
    for (std::size_t i = 0; i < moved.size(); ++i) {
      squares += std::pow((moved[i] - predicted_[i]) / deviation_[i], 2);
    }
    return squares > least_influence * static_cast<double>(data_.devices);
  }

  /// A spread whose interval begins at 0 is none: freedom that devices do not use would widen the
  /// intervals of everything else.
  void drop_unshown() {
    std::vector<FittedNumber> const found = spreads();
    auto const drop = [&](std::string const& key, bool slope) {
      auto const number = std::find_if(found.begin(), found.end(),
                                       [&](FittedNumber const& one) { return one.key == key; });
      if (number == found.end() || number->estimate.at_95.low > 0.0) return;
      dropped_.push_back(*number);
      std::erase_if(traits_, [slope](std::size_t factor) { return (factor < 2) == slope; });
      (slope ? layout_.slopes : layout_.bends) = 0;
    };
    drop("spread.slope", true);
    drop("spread.nonlinearity", false);
    if (dropped_.empty()) return;
    problem_.traits = traits_.size();
    deviations_.assign(data_.devices * traits_.size(), 0.0);
  }

  /// Parameters whose standard error is as large as all that is allowed.
  std::vector<std::size_t> vague() const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < coordinates_.size(); ++i) {
      double const error = std::sqrt(solution_.covariance[i * coordinates_.size() + i]);
      if (!(error < coordinates_[i].highest - coordinates_[i].lowest)) found.push_back(i);
    }
    return found;
  }

  void require_determined(std::vector<std::size_t> const& undetermined) const {
    if (undetermined.empty()) return;
    std::vector<std::string> names;
    for (std::size_t const i : undetermined) names.push_back(start_.free[i]);
    throw UserError(fmt::format(
        "{}: law '{}': the pulses do not determine {}{} (give --fix {}={:.6g}, say, or --window)",
        data_.source, law_name(at_.device.law),
        names.size() > 1 ? "more than a combination of " : "", join_words(names), names[0],
        number_of(at_, names[0]) / size_of(names[0])));
  }

  double size_of(std::string const& key) const {
    return key == "g_min" || key == "g_max" ? data_.unit_size : 1.0;
  }

  DeviceFit summary() {
    DeviceFit fit;
    fit.numbers = numbers();
    fill_configuration();
    fit.device = at_;
    double const strength = noise_.strength;
    bool const per_pulse = noise_.kind == WriteNoiseKind::per_pulse;
    fit.noise = {per_pulse ? "write_noise.c2c" : "write_noise.sigma", per_pulse ? "window" : "1",
                 with_relative_error(strength, 1.0 / std::sqrt(2.0 * freedom())), false};
    if (at_.device.write_noise.kind == WriteNoiseKind::off) {
      fit.noise.estimate = {0.0, 0.0, {0.0, strength}, {0.0, strength}};
    } else {
      fit.noise_alike = noise_.alike;
    }
    fit.spread = spreads();
    apply_spread(fit);
    for (std::size_t i = 0; i < data_.pulses.size(); ++i) {
      fit.pulses.push_back({data_.pulses[i], data_.train_of[i], predicted_[i],
                            (data_.pulses[i].change - predicted_[i]) / deviation_[i]});
    }
    fit.factors = factors_;
    fit.degrees = coordinates_.size() + 1 + (layout_.slopes > 0 ? 1 : 0) +
                  (layout_.slopes > 1 ? 1 : 0) + (layout_.bends > 0 ? 1 : 0);
    double penalty = 0.0;
    if (!traits_.empty()) {
      penalty =
          solution_.cost - solution_.squares + trait_volume(solution_.of_device, layout_, spread_);
    }
    judge_fit(fit, deviation_, penalty);
    return fit;
  }

  /// Standard error of a number by the delta method.
  double error_of(std::string const& key) const {
    std::size_t const count = coordinates_.size();
    constexpr double step = 1e-4;
    std::vector<double> gradient;
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<double> above = parameters_;
      std::vector<double> below = parameters_;
      above[i] += step;
      below[i] -= step;
      gradient.push_back((number_of(device_at(above), key) - number_of(device_at(below), key)) /
                         (2.0 * step));
    }
    double square = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        square += gradient[i] * gradient[j] * solution_.covariance[i * count + j];
      }
    }
    return std::sqrt(std::max(square, 0.0));
  }

  std::vector<FittedNumber> numbers() const {
    std::vector<FittedNumber> found;
    double const degrees = traits_.empty() ? freedom() : static_cast<double>(data_.devices - 1);
    for (FitNumber const& number : fit_numbers(at_)) {
      auto const place = std::find(start_.free.begin(), start_.free.end(), number.key);
      if (place == start_.free.end()) continue;
      auto const i = static_cast<std::size_t>(place - start_.free.begin());
      double const reach = coordinates_[i].highest - coordinates_[i].lowest;
      bool const at_limit = parameters_[i] - coordinates_[i].lowest < 1e-9 * reach ||
                            coordinates_[i].highest - parameters_[i] < 1e-9 * reach;
      bool const of_window = number.key == "g_min" || number.key == "g_max";
      found.push_back({number.key, of_window && data_.in_siemens ? "S" : number.unit,
                       with_error(number_of(at_, number.key), error_of(number.key), degrees),
                       at_limit});
    }
    auto const add_end = [&](std::string const& key, Estimate const& end) {
      bool const fitted = std::any_of(found.begin(), found.end(), [&](FittedNumber const& number) {
        return number.key == key;
      });
      if (!fitted && end.error > 0.0 && number_of(at_, key) == end.value) {
        found.push_back({key, data_.in_siemens ? "S" : "window", end, false});
      }
    };
    add_end("g_min", data_.g_min);
    add_end("g_max", data_.g_max);
    return found;
  }

  void fill_configuration() {
    DeviceConfig& config = at_.device;
    set_write_noise(at_, noise_, unit_deviations(at_, data_.pulses, predicted_, noise_.kind));
    if (data_.in_siemens && at_.g_min > 0.0 && at_.g_min != start_.device.g_min) {
      config.on_off_ratio = std::clamp(at_.g_max / at_.g_min, 1.01, 1e9);
    }
  }

  std::vector<FittedNumber> spreads() const {
    std::vector<FittedNumber> found = dropped_;
    if (!traits_.empty()) {
      SpreadErrors const errors = spread_errors(solution_.of_device, layout_, spread_);
      auto const deviation = [&](double TraitSpread::*variance, double error) {
        if (std::isfinite(error)) return deviation_with_error(spread_.*variance, error);
        auto const upper = [&](double z) -> Interval {
          double const square = upper_variance(solution_.of_device, layout_, spread_, variance, z);
          return {0.0, std::sqrt(square)};
        };
        return with_intervals(std::sqrt(spread_.*variance), upper(1.0).high, upper);
      };
      if (layout_.slopes > 0) {
        found.push_back({"spread.slope", "1", deviation(&TraitSpread::slope, errors.slope), false});
      }
      if (layout_.slopes > 1) {
        double const z = std::atanh(spread_.correlation);
        double const rho = spread_.correlation;
        auto const around = [&](double limit) -> Interval {
          double const reach = limit * errors.correlation;
          return {std::tanh(z - reach), std::tanh(z + reach)};
        };
        found.push_back({"spread.slope_correlation", "1",
                         with_intervals(rho, errors.correlation * (1.0 - rho * rho), around),
                         false});
      }
      if (layout_.bends > 0) {
        found.push_back(
            {"spread.nonlinearity", "1", deviation(&TraitSpread::bend, errors.bend), false});
      }
    }
    if (start_.fit_window_spread && data_.window_spread) {
      found.push_back({"spread.window", "window", *data_.window_spread, false});
    }
    return found;
  }

  void apply_spread(DeviceFit& fit) const {
    Spread& spread = fit.device.device.spread;
    for (FittedNumber const& number : fit.spread) {
      double const value = number.estimate.value;
      // A spread that the devices do not show is none.
      bool const shown = number.estimate.at_95.low > 0.0;
      if (number.key == "spread.slope" && shown) spread.slope = std::min(value, 2.0);
      if (number.key == "spread.nonlinearity" && shown) spread.nonlinearity = std::min(value, 2.0);
      if (number.key == "spread.window") spread.window = std::min(value, 0.25);
      if (number.key == "spread.slope_correlation" && spread.slope > 0.0) {
        spread.slope_correlation = value;
      }
    }
  }

  FitData const& data_;
  FitStart start_;
  MeasuredDevice at_;
  std::vector<FitCoordinate> coordinates_;
  FitProblem problem_;
  std::vector<double> parameters_;
  std::vector<double> deviations_;
  std::vector<std::size_t> traits_;  // which of the four factors
  TraitLayout layout_;
  TraitSpread spread_;
  std::vector<FittedNumber> dropped_;
  NoiseChoice noise_;
  std::vector<double> deviation_;
  FitSolution solution_;
  std::vector<TraitFactors> factors_;
  std::vector<double> predicted_;
};

}  // namespace

DeviceFit fit_device(FitData const& data, FitRequest const& request) {
  return Fit(data, request).result();
}

}  // namespace panther
