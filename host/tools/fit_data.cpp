// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/base/errors.hpp"

namespace panther {

namespace {

// Of max(z, 0), z standard normal: mean, standard deviation, mean square, and the relative variance
// of a sample's variance and of its mean square, times the sample's size.
constexpr double half_mean = 0.398942;
constexpr double half_deviation = 0.583796;
constexpr double half_square = 0.5;
constexpr double half_variance_of_variance = 4.41;  // kurtosis 5.41, less 1
constexpr double half_variance_of_square = 5.0;

/// Ends that vary by less, in windows, are alike: 16-bit codes are 1.5e-5 apart.
constexpr double least_spread = 2e-4;

struct MeanOf {
  double sum = 0.0;
  std::size_t count = 0;
  void add(double value) { sum += value, ++count; }
  double mean() const { return sum / static_cast<double>(count); }
};

std::vector<DeviceEnds> ends_of(PulseTable const& table) {
  struct Seen {
    MeanOf low_start, low_end, high_start, high_end;
  };
  std::vector<Seen> seen(table.devices.size());
  for (MeasuredTrain const& train : table.trains) {
    Seen& device = seen[train.device];
    bool const up = train.direction == Direction::up;
    (up ? device.low_start : device.high_start).add(train.conductance.front());
    (up ? device.high_end : device.low_end).add(train.conductance.back());
  }
  std::vector<DeviceEnds> ends;
  for (Seen const& device : seen) {
    auto const either = [](MeanOf const& start, MeanOf const& end) {
      return start.count > 0 ? start.mean() : end.count > 0 ? end.mean() : 0.0;
    };
    ends.push_back(
        {either(device.low_start, device.low_end), either(device.high_start, device.high_end)});
  }
  return ends;
}

struct Moments {
  double mean = 0.0;
  double deviation = 0.0;
};

Moments moments(std::vector<double> const& values) {
  auto const count = static_cast<double>(values.size());
  double const mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0.0;
  for (double const value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() > 1 ? std::sqrt(squares / (count - 1.0)) : 0.0};
}

/// Window and spread from the ends of devices, or the spread alone from a given window.
class Ends {
 public:
  Ends(FitData& data, std::optional<std::pair<double, double>> const& window) : data_(data) {
    for (DeviceEnds const& ends : data.ends) {
      low_.push_back(ends.low);
      high_.push_back(ends.high);
    }
    window ? take(window->first, window->second) : estimate();
    for (DeviceEnds& ends : data.ends) {
      bool const vary = data.window_spread.has_value();
      ends.low = vary ? std::max(ends.low, data.g_min.value) : data.g_min.value;
      ends.high = vary ? std::min(ends.high, data.g_max.value) : data.g_max.value;
    }
  }

 private:
  bool enough() const { return low_.size() >= least_devices; }

  /// `relative`: standard error of the spread, relative to it.
  void spread(double square, double relative) {
    double const value = std::sqrt(square);
    if (!enough() || value < least_spread) return;
    data_.window_spread = with_relative_error(value, relative);
  }

  void take(double low, double high) {
    data_.g_min = without_error(low);
    data_.g_max = without_error(high);
    double square = 0.0;
    for (double const end : low_) square += std::pow(std::max(end - low, 0.0) / (high - low), 2);
    for (double const end : high_) square += std::pow(std::max(high - end, 0.0) / (high - low), 2);
    auto const count = 2.0 * static_cast<double>(low_.size());
    spread(square / count / half_square, 0.5 * std::sqrt(half_variance_of_square / count));
  }

  void estimate() {
    Moments const low = moments(low_);
    Moments const high = moments(high_);
    auto const count = static_cast<double>(low_.size());
    double const between = high.mean - low.mean;
    double const wide = std::hypot(low.deviation, high.deviation) / std::sqrt(2.0) / half_deviation;
    bool const vary = enough() && wide > least_spread * std::abs(between);
    double const outside = vary ? half_mean * wide : 0.0;
    data_.g_min = with_error(low.mean - outside, low.deviation / std::sqrt(count), count - 1.0);
    data_.g_max = with_error(high.mean + outside, high.deviation / std::sqrt(count), count - 1.0);
    double const window = data_.g_max.value - data_.g_min.value;
    spread(std::pow(wide / window, 2), 0.5 * std::sqrt(half_variance_of_variance / (2.0 * count)));
  }

  FitData& data_;
  std::vector<double> low_;
  std::vector<double> high_;
};

/// Which pulses of one direction noise cannot have carried past a bound.
class Unclipped {
 public:
  Unclipped(FitData const& data, std::vector<bool>& counts) : data_(data), counts_(counts) {}

  void decide(std::vector<std::size_t> pulses) {
    std::sort(pulses.begin(), pulses.end(), [this](std::size_t a, std::size_t b) {
      return std::pair(data_.pulses[a].from, a) < std::pair(data_.pulses[b].from, b);
    });
    constexpr std::size_t least = 20;
    std::size_t const bins = std::clamp<std::size_t>(pulses.size() / least, 1, 16);
    for (std::size_t bin = 0; bin < bins; ++bin) {
      std::size_t const first = bin * pulses.size() / bins;
      std::size_t const last = (bin + 1) * pulses.size() / bins;
      decide_bin(std::span(pulses).subspan(first, last - first));
    }
  }

 private:
  void decide_bin(std::span<std::size_t const> pulses) {
    double x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
    auto const count = static_cast<double>(pulses.size());
    for (std::size_t const i : pulses) {
      x += data_.pulses[i].from / count;
      y += data_.pulses[i].change / count;
    }
    for (std::size_t const i : pulses) {
      double const off = data_.pulses[i].from - x;
      xx += off * off;
      xy += off * (data_.pulses[i].change - y);
    }
    double const slope = xx > 0.0 ? xy / xx : 0.0;
    auto const expected = [&](std::size_t i) { return y + slope * (data_.pulses[i].from - x); };
    double squares = 0.0;
    for (std::size_t const i : pulses) {
      squares += std::pow(data_.pulses[i].change - expected(i), 2);
    }
    double const deviation = std::sqrt(squares / std::max(count - 2.0, 1.0));
    for (std::size_t const i : pulses) counts_[i] = inside(i, expected(i), 3.0 * deviation);
  }

  bool inside(std::size_t i, double expected, double reach) const {
    MeasuredPulse const& pulse = data_.pulses[i];
    DeviceEnds const& ends = data_.ends[pulse.device];
    double const slack = 1e-4 * (data_.g_max.value - data_.g_min.value);
    bool const up = pulse.direction == Direction::up;
    double const ahead = up ? ends.high - pulse.from : pulse.from - ends.low;
    double const target = pulse.from + expected;
    return ahead > slack && target - reach >= ends.low - slack &&
           target + reach <= ends.high + slack;
  }

  FitData const& data_;
  std::vector<bool>& counts_;
};

void keep_unclipped(FitData& data) {
  std::vector<bool> counts(data.pulses.size());
  for (Direction const direction : {Direction::up, Direction::down}) {
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < data.pulses.size(); ++i) {
      if (data.pulses[i].direction == direction) chosen.push_back(i);
    }
    if (!chosen.empty()) Unclipped(data, counts).decide(std::move(chosen));
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < data.pulses.size(); ++i) {
    if (!counts[i]) continue;
    data.pulses[kept] = data.pulses[i];
    data.train_of[kept++] = data.train_of[i];
  }
  data.pulses.resize(kept);
  data.train_of.resize(kept);
}

void collect(FitData& data, PulseTable const& table) {
  for (std::size_t device = 0; device < table.devices.size(); ++device) {
    for (std::size_t t = 0; t < table.trains.size(); ++t) {
      MeasuredTrain const& train = table.trains[t];
      if (train.device != device) continue;
      for (std::size_t i = 0; i + 1 < train.conductance.size(); ++i) {
        double const from = train.conductance[i];
        data.pulses.push_back({device, train.direction, from, train.conductance[i + 1] - from});
        data.train_of.push_back(t);
      }
      data.longest = std::max(data.longest, train.pulses());
    }
  }
  data.measured = data.pulses.size();
}

void check_window(FitData const& data) {
  if (data.g_min.value < data.g_max.value && (!data.in_siemens || data.g_min.value >= 0.0)) return;
  throw UserError(fmt::format(
      "{}: the window {:.6g} to {:.6g} {} is empty or inverted (must rise from G_min >= "
      "0 to G_max): are polarities swapped, or trains too short? Else give --window",
      data.source, data.g_min.value / data.unit_size, data.g_max.value / data.unit_size,
      data.unit));
}

}  // namespace

FitData fit_data(PulseTable const& table, std::optional<std::pair<double, double>> const& window) {
  FitData data;
  data.source = table.source;
  data.in_siemens = table.in_siemens;
  data.unit = table.unit;
  data.unit_size = table.unit_size;
  data.devices = table.devices.size();
  data.trains = table.trains.size();
  data.ends = ends_of(table);
  auto const given = table.in_siemens ? window : window.value_or(std::pair(0.0, 1.0));
  Ends(data, given);
  check_window(data);
  collect(data, table);
  keep_unclipped(data);
  constexpr std::size_t least = 20;
  if (data.pulses.size() < least) {
    throw UserError(fmt::format(
        "{}: {} of {} pulses lie far enough from the ends of the window {:.6g} to {:.6g} {} to "
        "tell "
        "a law (at least {}): measure more pulses, or give a wider --window",
        data.source, data.pulses.size(), data.measured, data.g_min.value / data.unit_size,
        data.g_max.value / data.unit_size, data.unit, least));
  }
  return data;
}

FitData part_of(FitData const& data, std::vector<bool> const& keep_device) {
  FitData part = data;
  part.pulses.clear();
  part.train_of.clear();
  part.ends.clear();
  std::vector<std::size_t> place(data.devices, 0);
  for (std::size_t device = 0; device < data.devices; ++device) {
    if (!keep_device[device]) continue;
    place[device] = part.ends.size();
    part.ends.push_back(data.ends[device]);
  }
  for (std::size_t i = 0; i < data.pulses.size(); ++i) {
    if (!keep_device[data.pulses[i].device]) continue;
    part.pulses.push_back(data.pulses[i]);
    part.pulses.back().device = place[data.pulses[i].device];
    part.train_of.push_back(data.train_of[i]);
  }
  part.devices = part.ends.size();
  return part;
}

}  // namespace panther
