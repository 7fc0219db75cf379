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

/// Fills the scores of a candidate's cross-validation.
void cross_validate(FitData const& data, FitRequest const& request, FitCandidate& candidate) {
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
    double const square = std::pow(prediction_error(left, fit.device), 2);
    candidate.cv_squares.push_back(square);
    squares += weight * square;
    count += weight;
  }
  candidate.cv = std::sqrt(squares / count);
}

double score(FitCandidate const& candidate, FitCriterion criterion) {
  std::optional<double> const found = criterion == FitCriterion::aic   ? candidate.aic
                                      : criterion == FitCriterion::bic ? candidate.bic
                                                                       : candidate.cv;
  return found.value_or(std::numeric_limits<double>::infinity());
}

/// Whether a candidate's score is better than that of another that stands before it.
bool better(FitCandidate const& candidate, FitCandidate const& other, FitCriterion criterion) {
  double const found = score(candidate, criterion);
  double const least = score(other, criterion);
  if (std::isinf(found) || std::isinf(least)) return found < least;
  double const rounding = 1e-6 * std::abs(found);
  if (std::abs(found - least) <= rounding) return candidate.degrees < other.degrees;
  return found < least;
}

/// Whether a mean square is within one standard error of another.
bool within_error(std::vector<double> const& squares, std::vector<double> const& least) {
  if (squares.size() != least.size() || squares.size() < 2) return false;
  auto const count = static_cast<double>(squares.size());
  double sum = 0.0;
  double sum_of_squares = 0.0;
  for (std::size_t fold = 0; fold < squares.size(); ++fold) {
    double const excess = squares[fold] - least[fold];
    sum += excess;
    sum_of_squares += excess * excess;
  }
  double const mean = sum / count;
  double const variance = std::max(sum_of_squares / count - mean * mean, 0.0) / (count - 1.0);
  return mean <= std::sqrt(variance);
}

}  // namespace

ChosenFit fit_given(FitData const& data, FitRequest const& request) {
  return {request.law, "given", fit_device(data, request), {}};
}

std::optional<std::size_t> choice_of(std::vector<FitCandidate> const& candidates,
                                     FitCriterion criterion) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (std::isinf(score(candidates[i], criterion))) continue;
    if (!best || better(candidates[i], candidates[*best], criterion)) best = i;
  }
  if (!best || criterion != FitCriterion::cv) return best;
  std::size_t simplest = *best;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!candidates[i].cv || candidates[i].degrees > candidates[simplest].degrees) continue;
    bool const fewer = candidates[i].degrees < candidates[simplest].degrees;
    if (!fewer && !better(candidates[i], candidates[simplest], criterion)) continue;
    if (within_error(candidates[i].cv_squares, candidates[*best].cv_squares)) simplest = i;
  }
  return simplest;
}

ChosenFit fit_best(FitData const& data, FitRequest const& request, FitCriterion criterion) {
  ChosenFit best{"", std::string(enum_name(criterion)), {}, {}};
  FitRequest own = request;
  for (std::string const& law : fitted_laws(LawList{})) {
    own.law = law;
    FitCandidate candidate;
    candidate.law = law;
    try {
      DeviceFit const fit = fit_device(data, own);
      candidate.degrees = static_cast<int>(fit.degrees);
      candidate.log_likelihood = fit.log_likelihood;
      candidate.aic = fit.aic;
      candidate.bic = fit.bic;
      if (criterion == FitCriterion::cv) cross_validate(data, own, candidate);
    } catch (UserError const& error) {
      candidate.refused = error.what();
    }
    best.candidates.push_back(candidate);
  }
  std::optional<std::size_t> const choice = choice_of(best.candidates, criterion);
  if (!choice) {
    throw UserError(
        fmt::format("{}: no law can be fitted: {}", data.source, best.candidates.front().refused));
  }
  best.law = own.law = best.candidates[*choice].law;
  best.fit = fit_device(data, own);
  std::stable_sort(best.candidates.begin(), best.candidates.end(),
                   [&](FitCandidate const& a, FitCandidate const& b) {
                     if ((a.law == best.law) != (b.law == best.law)) return a.law == best.law;
                     return score(a, criterion) < score(b, criterion);
                   });
  return best;
}

}  // namespace panther
