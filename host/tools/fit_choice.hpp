// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which law fits best: by AIC or BIC of all laws, or by cross-validation over devices.
//
// All laws are fitted to the same pulses. Cross-validation leaves out a fifth of the devices at a
// time and scores the RMS of what the law at nominal factors, fitted to the others, does not
// explain of their pulses. Its score has no price for numbers, and differences between laws that
// contain the true one are chance: of the laws whose mean square is within one standard error of
// the least (of the difference, over the fifths; Breiman et al., Classification and Regression
// Trees, 1984, 3.4.3) the one of fewest numbers is chosen.
// Of laws whose scores are equal but for rounding the one of fewer numbers stands, then the first
// of the library: they are one law in two forms.

#include <optional>
#include <string>
#include <vector>

#include "host/tools/device_fit.hpp"

namespace panther {

enum class FitCriterion : std::uint8_t { aic, bic, cv };
template <>
struct EnumNames<FitCriterion> {
  static constexpr std::array values{std::pair{FitCriterion::aic, std::string_view{"aic"}},
                                     std::pair{FitCriterion::bic, std::string_view{"bic"}},
                                     std::pair{FitCriterion::cv, std::string_view{"cv"}}};
};

struct FitCandidate {
  std::string law;
  int degrees = 0;
  std::optional<double> log_likelihood;
  std::optional<double> aic;
  std::optional<double> bic;
  std::optional<double> cv;
  std::vector<double> cv_squares;  // mean square of each fifth, square windows; not described
  std::string refused;             // why it has no score, otherwise empty

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("law", self.law, Field{.doc = "law"});
    visit("degrees", self.degrees, Field{.unit = "1", .doc = "numbers estimated"});
    visit("log_likelihood", self.log_likelihood, Field{.unit = "1", .doc = "marginal"});
    visit("aic", self.aic, Field{.unit = "1", .doc = "Akaike's criterion"});
    visit("bic", self.bic, Field{.unit = "1", .doc = "Schwarz's criterion"});
    visit("cv", self.cv, Field{.unit = "window", .doc = "RMS error on devices left out"});
    visit("refused", self.refused, Field{.doc = "why the law has no score"});
  }
};

/// The place of the candidate that the criterion chooses; nothing if none has a score.
std::optional<std::size_t> choice_of(std::vector<FitCandidate> const& candidates,
                                     FitCriterion criterion);

struct ChosenFit {
  std::string law;
  std::string criterion;  // "given" or a FitCriterion's word
  DeviceFit fit;
  std::vector<FitCandidate> candidates;  // best first; empty where the law was given
};

/// Fits the given law.
ChosenFit fit_given(FitData const& data, FitRequest const& request);

/// Fits every law that declares its numbers, with the request's other wishes. Throws UserError if
/// none can be fitted.
ChosenFit fit_best(FitData const& data, FitRequest const& request, FitCriterion criterion);

}  // namespace panther
