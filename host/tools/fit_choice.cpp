// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/base/errors.hpp"

namespace panther {

namespace {

constexpr std::size_t folds = 5;

template <class... Laws>
std::vector<std::string> fitted_laws(TypeList<Laws...>) {
  std::vector<std::string> names;
  auto const add = [&]<class Params>(Params const&) {
    if constexpr (requires { Params::fitted; }) names.emplace_back(Params::name);
  };
  (add(typename Laws::Params{}), ...);
  return names;
}

/// RMS of what the law at nominal factors does not explain of the pulses, in windows.
double prediction_error(FitData const& data, MeasuredDevice const& device) {
  std::vector<TraitFactors> const factors(data.devices, TraitFactors{1.0, 1.0, 1.0, 1.0});
  std::vector<double> const predicted =
      predicted_changes(device, data.pulses, {factors, data.ends});
  double squares = 0.0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    squares += std::pow(data.pulses[i].change - predicted[i], 2);
  }
  return std::sqrt(squares / static_cast<double>(predicted.size())) / device.window();
}

double cross_validated(FitData const& data, FitRequest const& request) {
  if (data.devices < folds) {
    throw UserError(fmt::format("{}: {} devices (cross-validation needs {} or more)", data.source,
                                data.devices, folds));
  }
  double squares = 0.0;
  double count = 0.0;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<bool> keep;
    std::vector<bool> leave;
    for (std::size_t device = 0; device < data.devices; ++device) {
      leave.push_back(device % folds == fold);
      keep.push_back(!leave.back());
    }
    FitData const left = part_of(data, leave);
    if (left.pulses.empty()) continue;
    DeviceFit const fit = fit_device(part_of(data, keep), request);
    auto const weight = static_cast<double>(left.pulses.size());
    squares += weight * std::pow(prediction_error(left, fit.device), 2);
    count += weight;
  }
  return std::sqrt(squares / count);
}

double score(FitCandidate const& candidate, FitCriterion criterion) {
  std::optional<double> const found = criterion == FitCriterion::aic   ? candidate.aic
                                      : criterion == FitCriterion::bic ? candidate.bic
                                                                       : candidate.cv;
  return found.value_or(std::numeric_limits<double>::infinity());
}

}  // namespace

ChosenFit fit_given(FitData const& data, FitRequest const& request) {
  return {request.law, "given", fit_device(data, request), {}};
}

ChosenFit fit_best(FitData const& data, FitRequest const& request, FitCriterion criterion) {
  ChosenFit best{"", std::string(enum_name(criterion)), {}, {}};
  double least = std::numeric_limits<double>::infinity();
  for (std::string const& law : fitted_laws(LawList{})) {
    FitRequest own = request;
    own.law = law;
    FitCandidate candidate;
    candidate.law = law;
    try {
      DeviceFit fit = fit_device(data, own);
      candidate.degrees = static_cast<int>(fit.degrees);
      candidate.log_likelihood = fit.log_likelihood;
      candidate.aic = fit.aic;
      candidate.bic = fit.bic;
      if (criterion == FitCriterion::cv) candidate.cv = cross_validated(data, own);
      // Rounding must not choose between two forms of one law.
      double const found = score(candidate, criterion);
      if (!(found < least - 1e-6 * std::abs(found))) {
        best.candidates.push_back(candidate);
        continue;
      }
      least = found;
      best.law = law;
      best.fit = std::move(fit);
    } catch (UserError const& error) {
      candidate.refused = error.what();
    }
    best.candidates.push_back(candidate);
  }
  if (best.law.empty()) {
    throw UserError(
        fmt::format("{}: no law can be fitted: {}", data.source, best.candidates.front().refused));
  }
  std::stable_sort(best.candidates.begin(), best.candidates.end(),
                   [&](FitCandidate const& a, FitCandidate const& b) {
                     if ((a.law == best.law) != (b.law == best.law)) return a.law == best.law;
                     return score(a, criterion) < score(b, criterion);
                   });
  return best;
}

}  // namespace panther
