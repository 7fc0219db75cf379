// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A state that drifts at a pace of its own, from a table of paces: the motion of physical laws
// whose differential equation dz/dn = p(z), n pulses, has no closed form.
//
// The state u in [0, 1] is the logarithm of the conductance, s = G / G_min = ratio^u, and the way
// in either direction is cut into equal segments. prepare() integrates 1 / p over every segment in
// double. Within a segment the law takes the pace for exponential in z,
//   p = p_i 2^(c_i f),  f of the segment covered,
// with the c_i of its two ends and the p_i that crosses it in the integrated time. So the state
// passes every node at the integrated time and the flow composes; what lies between nodes differs
// by the curvature of log p within a segment. Nothing is stepped in time: a stiff equation is no
// harder than a slow one.

#include <algorithm>
#include <cmath>
#include <utility>

#include "devicemodels/core/law.hpp"
#include "devicemodels/core/math.hpp"

namespace panther {

struct RateFlow {
  using Motion = RateFlow;

  static constexpr int segments = 32;
  static constexpr int nodes = segments + 1;

  /// Segments in the order of travel, up first. Past a side's last node its pace stays.
  struct Constants {
    float pulses;             // of one level step
    float gain;               // ratio - 1
    float doublings;          // log2 ratio
    float pace[2 * nodes];    // p_i, segments a pulse
    float growth[2 * nodes];  // c_i
    // Pulses from the first node, in two parts, so that differences are exact.
    float time[2 * nodes];
    float time_rest[2 * nodes];
  };

  /// Paces beyond count as these: 32 segments in 3e10 pulses, and 1e9 segments in one.
  static constexpr double least_pace = 1e-9;
  static constexpr double largest_pace = 1e9;

  /// Fills one side. `pace(z)` in [0, 1] of the way in the direction of travel: parts of the way
  /// that a pulse drifts by.
  template <class Pace>
  static void fill(Constants& k, bool up, Pace const& pace) {
    auto const at = [&](double z) {
      return std::clamp(pace(z / segments) * segments, least_pace, largest_pace);
    };
    int const first = up ? 0 : nodes;
    double passed = 0.0;
    double from = at(0.0);
    for (int i = 0; i < segments; ++i) {
      double const to = at(i + 1.0);
      double const crossing = (1 / from + 4 / at(i + 0.5) + 1 / to) / 6;  // Simpson's rule
      double const growth = std::log2(to / from);
      bool const level = std::abs(growth) < 1e-5;
      double const shape =
          level ? 1.0 : -std::expm1(-growth * std::log(2.0)) / (growth * std::log(2.0));
      put(k, first + i, shape / crossing, level ? 0.0 : growth, passed);
      passed += crossing;
      from = to;
    }
    put(k, first + segments, from, 0.0, passed);
  }

  static void put(Constants& k, int i, double pace, double growth, double passed) {
    k.pace[i] = static_cast<float>(pace);
    k.growth[i] = static_cast<float>(growth);
    k.time[i] = static_cast<float>(passed);
    k.time_rest[i] = static_cast<float>(passed - static_cast<double>(k.time[i]));
  }

  /// Nodes of a side, besides its first, that lie at most `pulses` behind node `from` of the table.
  template <int... node>
  PANTHER_HD static std::int32_t passed(Constants const& k, bool up, std::int32_t from,
                                        float pulses, std::integer_sequence<int, node...>) {
    float const time = k.time[from];
    float const rest = k.time_rest[from];
    return (static_cast<std::int32_t>(
                (chosen(up, k.time[node + 1], k.time[nodes + node + 1]) - time) +
                    (chosen(up, k.time_rest[node + 1], k.time_rest[nodes + node + 1]) - rest) <=
                pulses) +
            ...);
  }

  /// Where a device stands: its conductance in G_min, and the nodes behind it.
  struct Place {
    float scaled;
    float z;
  };

  PANTHER_HD static Place place_of(Constants const& k, Traits const& traits, float position,
                                   bool up) {
    float const width = traits.high - traits.low;
    // A device may be found outside its own bounds: it moves as from the nearer one.
    float const conductance =
        clamped((position - traits.low) / chosen(width > 0.0F, width, 1.0F), 0.0F, 1.0F);
    float const scaled = fused(k.gain, conductance, 1.0F);
    float const level = smaller(log2p1(k.gain * conductance, scaled) / k.doublings, 1.0F);
    return {scaled, chosen(up, level, 1.0F - level) * static_cast<float>(segments)};
  }

  /// Windows that a device moves by for a way in segments; one that would pass its end is pushed
  /// against it.
  PANTHER_HD static float windows_of(Constants const& k, Place const& from, float way, bool up) {
    float const ahead = static_cast<float>(segments) - from.z;
    float const kept = smaller(way, ahead) * (1.0F / segments) * k.doublings;
    float const pushed = smaller(larger(way - ahead, 0.0F), 4.0F * segments) * (1.0F / segments);
    float const change = exp2m1(chosen(up, kept, -kept));
    return fused(from.scaled / k.gain, chosen(up, change, -change), pushed);
  }

  PANTHER_HD static float moved(Constants const& k, Traits const& traits, float position,
                                float steps, Direction direction) {
    bool const up = direction == Direction::up;
    Place const from = place_of(k, traits, position, up);
    float const time = k.pulses * (steps * chosen(up, traits.slope_up, traits.slope_down));

    // To the end of the segment.
    std::int32_t const first = chosen(up, 0, nodes);
    auto const segment = static_cast<std::int32_t>(smaller(from.z, segments - 1.0F));
    float const covered = from.z - static_cast<float>(segment);
    float const growth_here = k.growth[first + segment];
    float const pace_here = k.pace[first + segment] * exp2(growth_here * covered);
    float const rest = 1.0F - covered;
    float const shrink = chosen(growth_here == 0.0F, 1.0F, growth_here) * 0.693147181F;
    float const curved = -exp2m1(-growth_here * rest) / shrink;
    float const to_end = chosen(growth_here == 0.0F, rest, curved) / pace_here;

    // And from the last node that is passed.
    bool const near = time <= to_end;
    float const beyond = larger(time - to_end, 0.0F);
    std::int32_t const next = first + segment + 1;
    std::int32_t const last =
        passed(k, up, next, beyond, std::make_integer_sequence<int, segments>{});
    float const since =
        (k.time[first + last] - k.time[next]) + (k.time_rest[first + last] - k.time_rest[next]);
    float const pace = chosen(near, pace_here, k.pace[first + last]);
    float const growth = chosen(near, growth_here, k.growth[first + last]);
    float const along = pace * chosen(near, time, larger(beyond - since, 0.0F));
    float const base = chosen(near, 0.0F, static_cast<float>(last) - from.z);
    bool const straight = growth == 0.0F;
    float const bent = -log2p1(-growth * 0.693147181F * along) / chosen(straight, 1.0F, growth);
    float const way = base + chosen(straight, along, bent);

    float const distance = (traits.high - traits.low) * windows_of(k, from, way, up);
    return chosen(up, distance, -distance);
  }
};

}  // namespace panther
