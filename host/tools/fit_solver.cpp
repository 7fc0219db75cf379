// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_solver.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace panther {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Wide enough that rounding in float32 stays below 1e-4 of a derivative.
constexpr double derivative_step = 5e-3;
constexpr double settled_change = 1e-8;   // of the cost
constexpr double hopeless_damping = 1e4;  // no step in float32 lowers the cost
/// Least eigenvalue of the information, scaled to a unit diagonal, of parameters that can be told
/// apart: derivatives carry errors of some 1e-4.
constexpr double least_eigenvalue = 1e-6;

Index signed_of(std::size_t count) { return static_cast<Index>(count); }

class Solver {
 public:
  Solver(FitProblem const& problem, std::vector<double> parameters, std::vector<double> deviations)
      : problem_(problem),
        shared_(signed_of(parameters.size())),
        traits_(signed_of(problem.traits)),
        precision_(traits_, traits_) {
    for (Index row = 0; row < traits_; ++row) {
      for (Index column = 0; column < traits_; ++column) {
        precision_(row, column) =
            problem.precision[static_cast<std::size_t>(row * traits_ + column)];
      }
    }
    at_.parameters = std::move(parameters);
    at_.deviations = std::move(deviations);
    if (!evaluate(at_)) throw std::invalid_argument("the start of a fit is not allowed");
  }

  FitSolution result(int most_iterations) {
    double damping = 1e-3;
    linearise();
    int iteration = 0;
    while (iteration < most_iterations && damping < hopeless_damping) {
      ++iteration;
      Point next = stepped(damping);
      bool const better = evaluate(next) && next.cost <= at_.cost;
      damping = better ? std::max(0.1 * damping, 1e-12) : 10.0 * damping;
      if (!better) continue;
      bool const settled = at_.cost - next.cost <= settled_change * (at_.cost + 1e-300);
      at_ = std::move(next);
      linearise();
      if (settled) break;
    }
    return summary(iteration);
  }

 private:
  struct Point {
    std::vector<double> parameters;
    std::vector<double> deviations;
    std::vector<double> residuals;
    double squares = 0.0;
    double cost = 0.0;
  };
  /// Blocks of the normal equations that belong to one device.
  struct Block {
    MatrixXd information;  // of its traits
    MatrixXd coupling;     // parameters x traits
    VectorXd gradient;
  };

  VectorXd deviation(Point const& point, std::size_t device) const {
    return Eigen::Map<VectorXd const>(point.deviations.data() + device * problem_.traits, traits_);
  }

  bool evaluate(Point& point) const {
    if (!problem_.residuals(point.parameters, point.deviations, point.residuals)) return false;
    point.squares = std::inner_product(point.residuals.begin(), point.residuals.end(),
                                       point.residuals.begin(), 0.0);
    point.cost = point.squares;
    for (std::size_t device = 0; traits_ > 0 && device < problem_.devices; ++device) {
      VectorXd const off = deviation(point, device);
      point.cost += off.dot(precision_ * off);
    }
    return std::isfinite(point.cost);
  }

  /// Residuals with one parameter, or one trait of every device, moved.
  bool moved(Index column, double by, std::vector<double>& residuals) const {
    Point shifted{at_.parameters, at_.deviations, {}, 0.0, 0.0};
    if (column < shared_) {
      shifted.parameters[static_cast<std::size_t>(column)] += by;
    } else {
      auto const trait = static_cast<std::size_t>(column - shared_);
      for (std::size_t device = 0; device < problem_.devices; ++device) {
        shifted.deviations[device * problem_.traits + trait] += by;
      }
    }
    return problem_.residuals(shifted.parameters, shifted.deviations, residuals);
  }

  void fill_column(Index column) {
    double up = derivative_step;
    double down = derivative_step;
    if (column < shared_) {
      auto const i = static_cast<std::size_t>(column);
      up = std::min(up, problem_.highest[i] - at_.parameters[i]);
      down = std::min(down, at_.parameters[i] - problem_.lowest[i]);
    }
    std::vector<double> above = at_.residuals;
    std::vector<double> below = at_.residuals;
    if (!(up > 0.0) || !moved(column, up, above)) up = 0.0, above = at_.residuals;
    if (!(down > 0.0) || !moved(column, -down, below)) down = 0.0, below = at_.residuals;
    double const width = up + down > 0.0 ? up + down : 1.0;
    for (std::size_t row = 0; row < above.size(); ++row) {
      slopes_(signed_of(row), column) = (above[row] - below[row]) / width;
    }
  }

  void linearise() {
    std::size_t const rows = at_.residuals.size();
    slopes_.resize(signed_of(rows), shared_ + traits_);
    for (Index column = 0; column < shared_ + traits_; ++column) fill_column(column);
    information_ = MatrixXd::Zero(shared_, shared_);
    gradient_ = VectorXd::Zero(shared_);
    blocks_.assign(problem_.devices, {MatrixXd::Zero(traits_, traits_),
                                      MatrixXd::Zero(shared_, traits_), VectorXd::Zero(traits_)});
    Eigen::Map<VectorXd const> const residuals(at_.residuals.data(), signed_of(rows));
    for (std::size_t first = 0, last = 0; first < rows; first = last) {
      std::size_t const device = problem_.device_of[first];
      while (last < rows && problem_.device_of[last] == device) ++last;
      auto const own = slopes_.middleRows(signed_of(first), signed_of(last - first));
      auto const u = own.leftCols(shared_);
      auto const t = own.rightCols(traits_);
      auto const off = residuals.segment(signed_of(first), signed_of(last - first));
      Block& block = blocks_[device];
      information_.noalias() += u.transpose() * u;
      gradient_.noalias() += u.transpose() * off;
      if (traits_ == 0) continue;
      block.coupling.noalias() += u.transpose() * t;
      block.information.noalias() += t.transpose() * t;
      block.gradient.noalias() += t.transpose() * off;
    }
  }

  /// Information of a device's traits, penalty and damping included.
  MatrixXd penalised(Block const& block, double damping) const {
    MatrixXd whole = block.information + precision_;
    whole.diagonal() *= 1.0 + damping;
    return whole;
  }

  /// Information of the parameters once the traits are eliminated.
  MatrixXd reduced(double damping) const {
    MatrixXd whole = information_;
    whole.diagonal() *= 1.0 + damping;
    for (Block const& block : blocks_) {
      if (traits_ == 0) break;
      whole -= block.coupling * penalised(block, damping).ldlt().solve(block.coupling.transpose());
    }
    return whole;
  }

  Point stepped(double damping) const {
    VectorXd gradient = gradient_;
    for (std::size_t device = 0; traits_ > 0 && device < problem_.devices; ++device) {
      Block const& block = blocks_[device];
      VectorXd const pull = block.gradient + precision_ * deviation(at_, device);
      gradient -= block.coupling * penalised(block, damping).ldlt().solve(pull);
    }
    VectorXd const step = -reduced(damping).ldlt().solve(gradient);
    Point next{at_.parameters, at_.deviations, {}, 0.0, 0.0};
    for (std::size_t i = 0; i < next.parameters.size(); ++i) {
      double const wanted = next.parameters[i] + step(signed_of(i));
      next.parameters[i] = std::clamp(wanted, problem_.lowest[i], problem_.highest[i]);
    }
    for (std::size_t device = 0; traits_ > 0 && device < problem_.devices; ++device) {
      Block const& block = blocks_[device];
      VectorXd const pull =
          block.gradient + precision_ * deviation(at_, device) + block.coupling.transpose() * step;
      VectorXd const change = penalised(block, damping).ldlt().solve(pull);
      for (Index trait = 0; trait < traits_; ++trait) {
        next.deviations[device * problem_.traits + static_cast<std::size_t>(trait)] -=
            change(trait);
      }
    }
    return next;
  }

  /// The parameters in the direction of the least information, if that is none.
  std::vector<std::size_t> undetermined(MatrixXd const& information) const {
    VectorXd const scale = information.diagonal().cwiseMax(0.0).cwiseSqrt();
    std::vector<std::size_t> found;
    for (Index i = 0; i < shared_; ++i) {
      if (!(scale(i) > 1e-6)) found.push_back(static_cast<std::size_t>(i));
    }
    if (!found.empty() || shared_ == 0) return found;
    MatrixXd const unit =
        scale.cwiseInverse().asDiagonal() * information * scale.cwiseInverse().asDiagonal();
    Eigen::SelfAdjointEigenSolver<MatrixXd> const spectrum(unit);
    if (spectrum.eigenvalues()(0) > least_eigenvalue) return found;
    VectorXd const weight = spectrum.eigenvectors().col(0).cwiseAbs();
    for (Index i = 0; i < shared_; ++i) {
      if (weight(i) > 0.2) found.push_back(static_cast<std::size_t>(i));
    }
    std::sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
      return weight(signed_of(a)) > weight(signed_of(b));
    });
    return found;
  }

  FitSolution summary(int iterations) const {
    FitSolution solution;
    solution.parameters = at_.parameters;
    solution.deviations = at_.deviations;
    solution.cost = at_.cost;
    solution.squares = at_.squares;
    solution.iterations = iterations;
    MatrixXd const information = reduced(0.0);
    solution.undetermined = undetermined(information);
    if (solution.undetermined.empty()) {
      MatrixXd const covariance = information.inverse();
      solution.covariance.assign(covariance.data(), covariance.data() + covariance.size());
    }
    for (std::size_t device = 0; traits_ > 0 && device < problem_.devices; ++device) {
      Block const& block = blocks_[device];
      VectorXd const weighed = block.information * deviation(at_, device) - block.gradient;
      solution.of_device.push_back(
          {{block.information.data(), block.information.data() + block.information.size()},
           {weighed.data(), weighed.data() + weighed.size()}});
      solution.trait_freedom += penalised(block, 0.0).ldlt().solve(block.information).trace();
    }
    return solution;
  }

  FitProblem const& problem_;
  Index shared_;
  Index traits_;
  MatrixXd precision_;
  Point at_;
  MatrixXd slopes_;
  MatrixXd information_;
  VectorXd gradient_;
  std::vector<Block> blocks_;
};

}  // namespace

FitSolution solve(FitProblem const& problem, std::vector<double> parameters,
                  std::vector<double> deviations, int most_iterations) {
  return Solver(problem, std::move(parameters), std::move(deviations)).result(most_iterations);
}

}  // namespace panther
