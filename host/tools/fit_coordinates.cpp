// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_coordinates.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace panther {

namespace {

/// value = scale * exp(u), of the sign of `scale`.
FitCoordinate logarithmic(std::string const& key, double sign, double lowest, double highest) {
  return {[key, sign](MeasuredDevice const& at) { return std::log(sign * number_of(at, key)); },
          [key, sign](MeasuredDevice& at, double u) { set_number(at, key, sign * std::exp(u)); },
          lowest, highest};
}

FitCoordinate plain(FitNumber const& number) {
  std::string const key = number.key;
  return {[key](MeasuredDevice const& at) { return number_of(at, key); },
          [key](MeasuredDevice& at, double u) { set_number(at, key, u); }, number.lowest,
          number.highest};
}

FitCoordinate end_of_window(FitNumber const& number, double origin, double scale) {
  std::string const key = number.key;
  return {[=](MeasuredDevice const& at) { return (number_of(at, key) - origin) / scale; },
          [=](MeasuredDevice& at, double u) { set_number(at, key, origin + scale * u); }, -0.5,
          0.5};
}

/// A size and its asymmetry: positive shrinks the value down by that part, negative the value up.
struct Sided {
  std::string size;
  std::string asymmetry;

  std::array<double, 2> sides(MeasuredDevice const& at) const {
    double const largest = number_of(at, size);
    double const off = number_of(at, asymmetry);
    return {largest * (1.0 + std::min(off, 0.0)), largest * (1.0 - std::max(off, 0.0))};
  }
  void set(MeasuredDevice& at, std::array<double, 2> const& sides) const {
    double const largest = std::max(sides[0], sides[1]);
    set_number(at, size, largest);
    double const off = largest > 0.0 ? (sides[0] - sides[1]) / largest : 0.0;
    set_number(at, asymmetry, std::clamp(off, -1.0, 1.0));
  }
};

FitCoordinate side_of(Sided const& pair, std::size_t side, FitNumber const& size) {
  bool const by_logarithm = size.lowest > 0.0;
  double const tiny = 1e-3 * size.lowest;  // of a shrunken side
  return {[=](MeasuredDevice const& at) {
            double const value = pair.sides(at)[side];
            return by_logarithm ? std::log(std::max(value, tiny)) : value;
          },
          [=](MeasuredDevice& at, double u) {
            std::array<double, 2> sides = pair.sides(at);
            sides[side] = by_logarithm ? std::exp(u) : u;
            pair.set(at, sides);
          },
          by_logarithm ? std::log(tiny) : size.lowest,
          by_logarithm ? std::log(size.highest) : size.highest};
}

}  // namespace

std::vector<FitCoordinate> fit_coordinates(MeasuredDevice const& start,
                                           std::vector<std::string> const& keys) {
  std::vector<Sided> const pairs{{"dw_min", "up_down"}, {"pow_gamma", "pow_up_down"}};
  std::vector<FitNumber> const numbers = fit_numbers(start);
  auto const number = [&](std::string const& key) {
    return *std::find_if(numbers.begin(), numbers.end(),
                         [&](FitNumber const& candidate) { return candidate.key == key; });
  };
  auto const is_free = [&](std::string const& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  std::vector<FitCoordinate> coordinates;
  for (std::string const& key : keys) {
    auto const pair = std::find_if(pairs.begin(), pairs.end(), [&](Sided const& candidate) {
      bool const member = key == candidate.size || key == candidate.asymmetry;
      return member && is_free(candidate.size) && is_free(candidate.asymmetry);
    });
    FitNumber const found = number(key);
    if (pair != pairs.end()) {
      coordinates.push_back(side_of(*pair, key == pair->size ? 0 : 1, number(pair->size)));
    } else if (key == "g_min" || key == "g_max") {
      coordinates.push_back(end_of_window(found, number_of(start, key), start.window()));
    } else if (found.lowest > 0.0) {
      coordinates.push_back(logarithmic(key, 1.0, std::log(found.lowest), std::log(found.highest)));
    } else if (found.highest < 0.0) {
      coordinates.push_back(
          logarithmic(key, -1.0, std::log(-found.highest), std::log(-found.lowest)));
    } else {
      coordinates.push_back(plain(found));
    }
  }
  return coordinates;
}

}  // namespace panther
