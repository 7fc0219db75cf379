// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A quantity that is given at a few ascending nodes: linear between them, constant beyond.
//
// A sum of hinges, first value + sum of bends x max(x - node, 0), needs no search, so that loops
// over devices become vectors and all backends add the same terms in the same order.

#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "devicemodels/core/math.hpp"
#include "devicemodels/core/stated.hpp"

namespace panther {

struct NodeCurve {
  static constexpr int most = 8;  // nodes

  float first = 0.0F;  // value at the first node
  float last = 0.0F;   // place of the last
  float place[most] = {};
  float bend[most] = {};  // change of the slope there; 0 where there is no node

  PANTHER_HD float at(float x) const {
    float const kept = smaller(x, last);
    float value = hinge(0, kept, first);  // no loop: see StateCurve
    value = hinge(1, kept, value);
    value = hinge(2, kept, value);
    value = hinge(3, kept, value);
    value = hinge(4, kept, value);
    value = hinge(5, kept, value);
    value = hinge(6, kept, value);
    return hinge(7, kept, value);
  }

 private:
  PANTHER_HD float hinge(int node, float x, float value) const {
    return fused(bend[node], larger(x - place[node], 0.0F), value);
  }
};

/// Throws std::invalid_argument, naming `what`, for nodes that do not ascend or are too many.
inline void check_nodes(std::vector<double> const& places, std::string const& what) {
  auto const refuse = [&](std::string const& why) {
    throw std::invalid_argument(what + ": " + why);
  };
  if (places.empty() || places.size() > static_cast<std::size_t>(NodeCurve::most)) {
    refuse(std::to_string(places.size()) + " nodes (must be 1 to " +
           std::to_string(NodeCurve::most) + ")");
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!std::isfinite(places[i])) refuse("node " + std::to_string(i) + " is not finite");
    if (i > 0 && !(places[i] > places[i - 1])) {
      refuse("node " + std::to_string(i) + ", " + shortest(places[i]) +
             ", must lie above the one before, " + shortest(places[i - 1]));
    }
  }
}

/// Throws std::invalid_argument, naming `what`, for values that are not as many as places.
inline void check_values(std::vector<double> const& values, std::vector<double> const& places,
                         std::string const& what) {
  if (values.size() == places.size()) return;
  throw std::invalid_argument(what + ": " + std::to_string(values.size()) +
                              " values (must be as many as there are nodes, " +
                              std::to_string(places.size()) + ")");
}

/// Of places and values that were checked.
inline NodeCurve node_curve(std::vector<double> const& places, std::vector<double> const& values) {
  NodeCurve curve;
  curve.first = static_cast<float>(values.front());
  curve.last = static_cast<float>(places.back());
  double slope = 0.0;
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    double const next = (values[i + 1] - values[i]) / (places[i + 1] - places[i]);
    curve.place[i] = static_cast<float>(places[i]);
    curve.bend[i] = static_cast<float>(next - slope);
    slope = next;
  }
  return curve;
}

}  // namespace panther
