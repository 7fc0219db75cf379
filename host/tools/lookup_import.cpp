// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/lookup_import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include "host/base/errors.hpp"

namespace panther {

namespace {

constexpr int least_pairs = 3;

/// One pulse.
struct Pair {
  double from;
  double change;
};

struct Grid {
  double first;
  double last;
  int points;

  double at(int i) const { return first + (last - first) * i / (points - 1); }
  double bandwidth(ImportPlan const& plan) const {
    return (last - first) * plan.bandwidth_percent / 100.0;
  }
};

char const* word(Direction direction) { return direction == Direction::up ? "set" : "reset"; }

/// Pulses of one device, or of all.
std::vector<Pair> pairs_of(PulseTable const& measured, std::optional<std::size_t> device,
                           Direction direction) {
  std::vector<Pair> pairs;
  for (MeasuredTrain const& train : measured.trains) {
    if (train.direction != direction || (device && train.device != *device)) continue;
    for (std::size_t i = 0; i < train.pulses(); ++i) {
      pairs.push_back({train.conductance[i], train.conductance[i + 1] - train.conductance[i]});
    }
  }
  return pairs;
}

/// Smooths one direction of one device.
class Smoother {
 public:
  Smoother(std::vector<Pair> pairs, Grid const& grid, ImportPlan const& plan, std::string name)
      : pairs_(std::move(pairs)), grid_(grid), plan_(plan), name_(std::move(name)) {
    for (int i = 0; i < grid.points; ++i) mean_.push_back(mean_at(grid.at(i)));
    std::sort(pairs_.begin(), pairs_.end(),
              [this](Pair const& a, Pair const& b) { return residual(a) < residual(b); });
  }

  std::vector<double> quantiles() const {
    auto const width = static_cast<std::size_t>(grid_.points);
    std::vector<double> values(width * static_cast<std::size_t>(plan_.levels));
    for (std::size_t i = 0; i < width; ++i) {
      std::vector<double> const cells = cells_at(grid_.at(static_cast<int>(i)));
      double const mean = std::accumulate(cells.begin(), cells.end(), 0.0) / plan_.levels;
      for (std::size_t level = 0; level < cells.size(); ++level) {
        values[level * width + i] = mean_[i] + cells[level] - mean;
      }
    }
    return values;
  }

 private:
  double weight(Pair const& pair, double at) const {
    return std::max(0.0, 1.0 - std::abs(pair.from - at) / grid_.bandwidth(plan_));
  }

  double mean_at(double at) const {
    double sum = 0.0;
    double first = 0.0;
    double second = 0.0;
    double change = 0.0;
    double product = 0.0;
    int count = 0;
    for (Pair const& pair : pairs_) {
      double const w = weight(pair, at);
      double const off = pair.from - at;
      count += w > 0.0 ? 1 : 0;
      sum += w;
      first += w * off;
      second += w * off * off;
      change += w * pair.change;
      product += w * off * pair.change;
    }
    if (count < least_pairs) fail_hole(at, count);
    double const spread = sum * second - first * first;
    double const bandwidth = grid_.bandwidth(plan_);
    bool const one_place = spread < 1e-6 * sum * sum * bandwidth * bandwidth;
    return one_place ? change / sum : (second * change - first * product) / spread;
  }

  [[noreturn]] void fail_hole(double at, int count) const {
    throw UserError(
        fmt::format("{}: {} pulses within {:.4g} of conductance {:.6g} (must be {} or more from "
                    "{:.6g} to {:.6g}: measure there, or raise --bandwidth, {} %)",
                    name_, count, grid_.bandwidth(plan_), at, least_pairs, grid_.first, grid_.last,
                    plan_.bandwidth_percent));
  }

  double residual(Pair const& pair) const {
    double const part = (pair.from - grid_.first) / (grid_.last - grid_.first);
    double const at = std::clamp(part, 0.0, 1.0) * (grid_.points - 1);
    auto const left = std::min(static_cast<std::size_t>(at), mean_.size() - 2);
    double const between = at - static_cast<double>(left);
    return pair.change - ((1.0 - between) * mean_[left] + between * mean_[left + 1]);
  }

  /// Means of the weighted residuals over cells of probability.
  std::vector<double> cells_at(double at) const {
    std::vector<double> cells(static_cast<std::size_t>(plan_.levels));
    double total = 0.0;
    for (Pair const& pair : pairs_) total += weight(pair, at);
    double const cell = total / plan_.levels;
    double done = 0.0;
    for (Pair const& pair : pairs_) {
      double const end = done + weight(pair, at);
      while (done < end) {
        auto const level = std::min(static_cast<std::size_t>(done / cell), cells.size() - 1);
        bool const is_last = level + 1 == cells.size();
        double const next = is_last ? end : std::min(end, cell * static_cast<double>(level + 1));
        if (next <= done) break;  // a rounding at a cell's end
        cells[level] += (next - done) / cell * residual(pair);
        done = next;
      }
      done = end;
    }
    return cells;
  }

  std::vector<Pair> pairs_;
  Grid grid_;
  ImportPlan plan_;
  std::string name_;
  std::vector<double> mean_;
};

std::string name_of(PulseTable const& measured, std::optional<std::size_t> device,
                    Direction direction) {
  std::string name = measured.source;
  if (device) name += fmt::format(", device '{}'", measured.devices[*device]);
  return name + ", " + word(direction);
}

/// Conductances from which all devices were measured in both directions.
Grid grid_of(PulseTable const& measured, std::vector<std::optional<std::size_t>> const& devices,
             int points) {
  double first = -HUGE_VAL;
  double last = HUGE_VAL;
  for (auto const& device : devices) {
    for (Direction const direction : {Direction::up, Direction::down}) {
      std::vector<Pair> const pairs = pairs_of(measured, device, direction);
      if (pairs.empty()) {
        throw UserError(fmt::format("{}: no pulse (must be pulses of both polarities)",
                                    name_of(measured, device, direction)));
      }
      auto const ends = std::minmax_element(
          pairs.begin(), pairs.end(), [](Pair const& a, Pair const& b) { return a.from < b.from; });
      if (ends.second->from <= first || ends.first->from >= last) {
        throw UserError(fmt::format(
            "{}: pulses from conductances {:.6g} to {:.6g}, the others from {:.6g} to {:.6g} (must "
            "overlap)",
            name_of(measured, device, direction), ends.first->from, ends.second->from, first,
            last));
      }
      first = std::max(first, ends.first->from);
      last = std::min(last, ends.second->from);
    }
  }
  if (!(first < last)) {
    throw UserError(fmt::format("{}: all pulses start at conductance {:.6g} (must be several)",
                                measured.source, first));
  }
  return {first, last, points};
}

}  // namespace

LookupTable imported(PulseTable const& measured, ImportPlan const& plan) {
  std::vector<std::optional<std::size_t>> devices;
  for (std::size_t i = 0; plan.per_device && i < measured.devices.size(); ++i) devices.push_back(i);
  if (!plan.per_device) devices.emplace_back();
  if (devices.size() > static_cast<std::size_t>(most_lookup_tables)) {
    throw UserError(fmt::format("{}: {} devices (must be at most {} with --per-device)",
                                measured.source, devices.size(), most_lookup_tables));
  }
  Grid const grid = grid_of(measured, devices, plan.conductances);
  LookupTable table;
  table.source = measured.source;
  table.unit = measured.in_siemens ? "S" : "window";
  table.first = grid.first;
  table.last = grid.last;
  table.conductances = plan.conductances;
  table.levels = plan.levels;
  for (auto const& device : devices) {
    auto const block = [&](Direction direction) {
      return Smoother(pairs_of(measured, device, direction), grid, plan,
                      name_of(measured, device, direction))
          .quantiles();
    };
    table.devices.push_back({block(Direction::up), block(Direction::down)});
  }
  return table;
}

}  // namespace panther
