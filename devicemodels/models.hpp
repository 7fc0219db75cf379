// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every device law of the library, once. Adding a law: write models/<name>.hpp, include it here,
// and name it in LawList. Parsing, help, kernels of every backend, contract tests and benchmarks
// follow this list.

#include <string_view>
#include <variant>

#include "devicemodels/models/constant_step.hpp"
#include "devicemodels/models/exp_step.hpp"
#include "devicemodels/models/exponential.hpp"
#include "devicemodels/models/filament_gap.hpp"
#include "devicemodels/models/hidden_step.hpp"
#include "devicemodels/models/ideal.hpp"
#include "devicemodels/models/linear_step.hpp"
#include "devicemodels/models/lookup.hpp"
#include "devicemodels/models/piecewise_step.hpp"
#include "devicemodels/models/pow_step.hpp"
#include "devicemodels/models/pow_step_reference.hpp"
#include "devicemodels/models/soft_bounds.hpp"
#include "devicemodels/models/soft_bounds_pmax.hpp"
#include "devicemodels/models/soft_bounds_reference.hpp"
#include "devicemodels/models/symmetric.hpp"
#include "devicemodels/models/vteam.hpp"

namespace panther {

template <class... Laws>
struct TypeList {
  static constexpr int size = sizeof...(Laws);
  using Params = std::variant<typename Laws::Params...>;
};

using LawList = TypeList<Ideal, Exponential, Symmetric, ConstantStep, LinearStep, SoftBounds,
                         SoftBoundsPmax, SoftBoundsReference, ExpStep, PowStep, PowStepReference,
                         PiecewiseStep, Vteam, FilamentGap, Lookup, HiddenStep>;

/// The parameters of one law of the list.
using LawParams = LawList::Params;

/// Its name in configurations.
constexpr std::string_view law_name(LawParams const& law) {
  return std::visit([]<class Params>(Params const&) { return Params::name; }, law);
}

namespace detail {
template <class F, class... Laws>
void visit_law(TypeList<Laws...>, int index, F&& f) {
  int i = 0;
  static_cast<void>(((i++ == index ? (f.template operator()<Laws>(), true) : false) || ...));
}
}  // namespace detail

/// Calls f.template operator()<Law>() with the law of that index in LawList.
template <class F>
void visit_law(int index, F&& f) {
  detail::visit_law(LawList{}, index, static_cast<F&&>(f));
}

}  // namespace panther
