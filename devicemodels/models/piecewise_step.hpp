// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Piecewise step: steps are given at equally spaced weights and linear in between.
//
//   up    w += s_up v_up(t)        down  w -= s_down v_down(t)
// with t = (w - w_min) / (w_max - w_min) from node to node, the first at w_min, the last at w_max,
// and s_up, s_down = dw_min, one of them shrunk by up_down. Source: aihwkit's PiecewiseStepDevice.
// Granularity: dw_min times the step up at mid-window. Pulses follow the flow: within a segment an
// exponential, from segment to segment by the pulses that lie between nodes. One pulse of the flow
// differs from the published one by half of the part by which the step changes along it. A bend
// changes nothing. Steps must be positive: a device could not leave a node of step 0.

#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "devicemodels/core/math.hpp"
#include "devicemodels/core/pulses.hpp"

namespace panther {

struct PiecewiseStep {
  static constexpr int max_nodes = 32;

  struct Params : PulseSteps {
    static constexpr std::string_view name = "piecewise_step";
    static constexpr std::string_view doc = "steps are given at nodes and linear in between";
    static constexpr std::array<std::string_view, 2> fitted = {"piecewise_up", "piecewise_down"};
    static constexpr std::array<std::string_view, 2> fit_start = {
        "piecewise_up=[1.0, 1.0, 1.0, 1.0, 1.0]", "piecewise_down=[1.0, 1.0, 1.0, 1.0, 1.0]"};
    std::vector<double> piecewise_up = {1.0};
    std::vector<double> piecewise_down = {1.0};

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      PulseSteps::fields(self, visit);
      visit("piecewise_up", self.piecewise_up,
            Field{.unit = "dw_min",
                  .doc = "steps up from the lower to the upper bound, at 1 to 32 nodes",
                  .lo = 0.01,
                  .hi = 100});
      visit("piecewise_down", self.piecewise_down,
            Field{.unit = "dw_min",
                  .doc = "steps down from the lower to the upper bound, as many",
                  .lo = 0.01,
                  .hi = 100});
    }

    double mean_step() const {
      std::size_t const segments = piecewise_up.size() - 1;
      return dw_min * 0.5 * (piecewise_up[segments / 2] + piecewise_up[(segments + 1) / 2]);
    }
  };

  /// Nodes in the order of travel, up first. Past a side's last node its step stays.
  struct Constants {
    float step_up;
    float step_down;
    float segments;
    float value[2 * max_nodes + 1];
    // From the first node, where a step of 1 takes 1 a segment; what float32 leaves of it stands
    // in a second number, so that differences are exact.
    float time[2 * max_nodes];
    float time_rest[2 * max_nodes];
    PulseGrid grid;
  };

  using Motion = PiecewiseStep;

  /// Nodes of one side in the order of travel; a single one stands for both ends.
  struct Nodes {
    std::vector<double> const& values;
    bool reversed;
    int count() const { return values.size() < 2 ? 2 : static_cast<int>(values.size()); }
    double operator[](int i) const {
      int const last = static_cast<int>(values.size()) - 1;
      int const kept = i < last ? i : last;
      return values[static_cast<std::size_t>(reversed ? last - kept : kept)];
    }
  };

  static void fill(Nodes const& nodes, float* value, float* time, float* rest) {
    double const never = 1e30;
    double passed = 0.0;
    for (int i = 0; i < max_nodes; ++i) {
      bool const inside = i < nodes.count();
      if (i > 0 && inside) {
        double const from = nodes[i - 1];
        double const to = nodes[i];
        passed += from == to ? 1.0 / from : std::log(to / from) / (to - from);
      }
      value[i] = static_cast<float>(nodes[i]);
      time[i] = static_cast<float>(inside ? passed : never);
      rest[i] = static_cast<float>(inside ? passed - static_cast<double>(time[i]) : 0.0);
    }
  }

  static Constants prepare(Params const& params, int cell_bits) {
    std::size_t const up = params.piecewise_up.size();
    std::size_t const down = params.piecewise_down.size();
    if (up != down || up == 0 || up > max_nodes) {
      throw std::invalid_argument("piecewise_up and piecewise_down have " + std::to_string(up) +
                                  " and " + std::to_string(down) +
                                  " nodes (must be equally many, 1 to 32)");
    }
    PulseFrame const frame(params, params.mean_step(), cell_bits);
    Nodes const up_nodes{params.piecewise_up, false};
    Nodes const down_nodes{params.piecewise_down, true};
    Constants k{};
    k.step_up = static_cast<float>(params.step_up() * frame.codes_per_weight);
    k.step_down = static_cast<float>(params.step_down() * frame.codes_per_weight);
    k.segments = static_cast<float>(up_nodes.count() - 1);
    fill(up_nodes, k.value, k.time, k.time_rest);
    fill(down_nodes, k.value + max_nodes, k.time + max_nodes, k.time_rest + max_nodes);
    k.value[2 * max_nodes] = k.value[2 * max_nodes - 1];
    k.grid = frame.grid;
    return k;
  }

  /// Time between two nodes of the table.
  PANTHER_HD static float between(Constants const& k, std::int32_t from, std::int32_t to) {
    return (k.time[to] - k.time[from]) + (k.time_rest[to] - k.time_rest[from]);
  }

  /// Nodes of one side, besides its first, up to a time; a rounding of it picks the neighbour of a
  /// node, whose curve is the same there.
  template <int... node>
  PANTHER_HD static std::int32_t passed(Constants const& k, bool up, float time,
                                        std::integer_sequence<int, node...>) {
    return (static_cast<std::int32_t>(chosen(up, k.time[node + 1], k.time[max_nodes + node + 1]) <=
                                      time) +
            ...);
  }

  PANTHER_HD static float moved(Constants const& k, Traits const& traits, float position,
                                float steps, Direction direction) {
    bool const up = direction == Direction::up;
    PulseTravel const travel = travel_of(k.grid, traits, position, up);
    float const step =
        chosen(up, k.step_up, k.step_down) * chosen(up, traits.slope_up, traits.slope_down);
    float const per_node = k.segments / larger(travel.width, 1.0F);
    std::int32_t const first = up ? 0 : max_nodes;
    float const ahead = larger(travel.bound - travel.position, 0.0F) * per_node;
    float const from = larger(k.segments - ahead, 0.0F);
    auto const segment = static_cast<std::int32_t>(smaller(from, k.segments - 1.0F));
    float const rest = 1.0F - (from - static_cast<float>(segment));  // of the segment

    std::int32_t const next = first + segment + 1;
    float const end = k.value[next];
    float const rise = end - k.value[next - 1];
    float const here = fused(-rise, rest, end);
    float const relative = rise * rest / here;
    float const stretch =
        log2p1(relative) * 0.693147181F / chosen(relative == 0.0F, 1.0F, relative);
    float const to_end = rest / here * chosen(relative == 0.0F, 1.0F, stretch);
    float const time = k.grid.pulses * steps * step * per_node;

    float const beyond = larger(time - to_end, 0.0F);
    std::int32_t const last =
        passed(k, up, k.time[next] + beyond, std::make_integer_sequence<int, max_nodes - 1>{});
    bool const near = time <= to_end;
    float const last_value = k.value[first + last];
    float const last_rise = chosen(static_cast<float>(last) >= k.segments, 0.0F,
                                   k.value[first + last + 1] - last_value);
    float const pace = chosen(near, here, last_value);
    float const slope = chosen(near, rise, last_rise);
    float const along = chosen(near, time, beyond - between(k, next, first + last));
    float const base = chosen(near, 0.0F, static_cast<float>(last) - from);
    float const growth = exp2m1(smaller(slope * along * 1.44269504F, 100.0F));
    float const curved = pace * growth / chosen(slope == 0.0F, 1.0F, slope);
    float const nodes = base + chosen(slope == 0.0F, pace * along, curved);
    return directed(travel, larger(nodes, 0.0F) / per_node, up);
  }
};

}  // namespace panther
