// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_spread.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace panther {

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 4, 4>;
using Vector = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 4, 1>;
using Eigen::Index;

constexpr double least_variance = 1e-10;
constexpr double largest_correlation = 0.9999;

Matrix precision_matrix(TraitSpread const& spread, TraitLayout const& layout) {
  auto const count = static_cast<Index>(layout.count());
  auto const slopes = static_cast<Index>(layout.slopes);
  Matrix covariance = Matrix::Zero(count, count);
  for (Index i = 0; i < count; ++i) covariance(i, i) = i < slopes ? spread.slope : spread.bend;
  if (slopes == 2) covariance(0, 1) = covariance(1, 0) = spread.correlation * spread.slope;
  return covariance.inverse();
}

Matrix information_of(TraitInformation const& device, Index count) {
  return Eigen::Map<Eigen::MatrixXd const>(device.information.data(), count, count);
}

Vector weighed_of(TraitInformation const& device, Index count) {
  return Eigen::Map<Eigen::VectorXd const>(device.weighed.data(), count);
}

double log_likelihood(std::vector<TraitInformation> const& devices, TraitLayout const& layout,
                      TraitSpread const& spread) {
  auto const count = static_cast<Index>(layout.count());
  Matrix const precision = precision_matrix(spread, layout);
  double const volume = -std::log(precision.determinant());
  double sum = 0.0;
  for (TraitInformation const& device : devices) {
    Matrix const whole = information_of(device, count) + precision;
    Vector const weighed = weighed_of(device, count);
    sum -= 0.5 * (volume + std::log(whole.determinant()) - weighed.dot(whole.inverse() * weighed));
  }
  return sum;
}

TraitSpread climbed(std::vector<TraitInformation> const& devices, TraitLayout const& layout,
                    TraitSpread const& spread) {
  auto const count = static_cast<Index>(layout.count());
  auto const slopes = static_cast<Index>(layout.slopes);
  Matrix const precision = precision_matrix(spread, layout);
  Matrix sum = Matrix::Zero(count, count);
  for (TraitInformation const& device : devices) {
    Matrix const posterior = (information_of(device, count) + precision).inverse();
    Vector const mean = posterior * weighed_of(device, count);
    sum += posterior + mean * mean.transpose();
  }
  sum /= static_cast<double>(devices.size() - 1);
  TraitSpread next = spread;
  if (slopes > 0) {
    next.slope = std::max(sum.topLeftCorner(slopes, slopes).trace() / static_cast<double>(slopes),
                          least_variance);
  }
  if (slopes == 2) {
    next.correlation =
        std::clamp(sum(0, 1) / next.slope, -largest_correlation, largest_correlation);
  }
  if (layout.bends > 0) {
    next.bend = std::max(sum.bottomRightCorner(count - slopes, count - slopes).trace() /
                             static_cast<double>(layout.bends),
                         least_variance);
  }
  return next;
}

/// Standard error from the curvature of the likelihood along one number.
template <class At>
double curvature_error(double step, std::size_t devices, At const& at) {
  double const curvature = (at(step) - 2.0 * at(0.0) + at(-step)) / (step * step);
  double const scale = static_cast<double>(devices - 1) / static_cast<double>(devices);
  return curvature < 0.0 ? 1.0 / std::sqrt(-curvature * scale) : HUGE_VAL;
}

}  // namespace

std::vector<double> precision_of(TraitSpread const& spread, TraitLayout const& layout) {
  Matrix const matrix = precision_matrix(spread, layout);
  return {matrix.data(), matrix.data() + matrix.size()};
}

TraitSpread likely_spread(std::vector<TraitInformation> const& devices, TraitLayout const& layout,
                          TraitSpread start) {
  for (int iteration = 0; iteration < 500; ++iteration) {
    TraitSpread const next = climbed(devices, layout, start);
    double const moved = std::abs(next.slope - start.slope) / start.slope +
                         std::abs(next.bend - start.bend) / start.bend +
                         std::abs(next.correlation - start.correlation);
    start = next;
    if (moved < 1e-6) break;
  }
  return start;
}

SpreadErrors spread_errors(std::vector<TraitInformation> const& devices, TraitLayout const& layout,
                           TraitSpread const& spread) {
  auto const along = [&](double TraitSpread::*number, double step) {
    return curvature_error(step, devices.size(), [&](double by) {
      TraitSpread moved = spread;
      moved.*number += by;
      return log_likelihood(devices, layout, moved);
    });
  };
  SpreadErrors errors;
  errors.slope = along(&TraitSpread::slope, 0.02 * spread.slope);
  errors.bend = along(&TraitSpread::bend, 0.02 * spread.bend);
  double const z = std::atanh(spread.correlation);
  errors.correlation = curvature_error(0.02, devices.size(), [&](double by) {
    TraitSpread moved = spread;
    moved.correlation = std::tanh(z + by);
    return log_likelihood(devices, layout, moved);
  });
  return errors;
}

double upper_variance(std::vector<TraitInformation> const& devices, TraitLayout const& layout,
                      TraitSpread const& spread, double TraitSpread::*variance, double z) {
  double const fall = 0.5 * z * z;
  double const top = log_likelihood(devices, layout, spread);
  auto const inside = [&](double value) {
    TraitSpread moved = spread;
    moved.*variance = value;
    return log_likelihood(devices, layout, moved) > top - fall;
  };
  double low = spread.*variance;
  double high = 2.0 * low;
  while (inside(high) && high < 1e3) high *= 2.0;
  for (int halving = 0; halving < 40; ++halving) {
    double const middle = 0.5 * (low + high);
    (inside(middle) ? low : high) = middle;
  }
  return high;
}

double trait_volume(std::vector<TraitInformation> const& devices, TraitLayout const& layout,
                    TraitSpread const& spread) {
  auto const count = static_cast<Index>(layout.count());
  Matrix const precision = precision_matrix(spread, layout);
  double sum = 0.0;
  for (TraitInformation const& device : devices) {
    Matrix const whole = information_of(device, count) + precision;
    sum += std::log(whole.determinant() / precision.determinant());
  }
  return sum;
}

}  // namespace panther
