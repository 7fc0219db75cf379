// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/device_lifetime.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "kernels/xbar/age.hpp"
#include "kernels/xbar/wear.hpp"

namespace panther {

namespace {

constexpr int cell_bits = 6;  // as the pulse trains
constexpr float range = static_cast<float>(window_range(cell_bits));
constexpr int points = 25;
constexpr double default_last_s = 1e6;
constexpr double most_writes = 4e9;  // counters hold 2^32 - 1

double part_of(std::int16_t code) { return static_cast<double>(position_of(code) / range); }

/// Between order statistics, linearly.
double quantile(std::vector<double> const& sorted, double part) {
  double const place = part * static_cast<double>(sorted.size() - 1);
  auto const below = static_cast<std::size_t>(place);
  std::size_t const above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

struct Quantiles {
  double median;
  double low;
  double high;
};

Quantiles quantiles(std::vector<double> values) {
  std::ranges::sort(values);
  return {quantile(values, 0.5), quantile(values, 0.16), quantile(values, 0.84)};
}

std::vector<double> logarithmic(double first, double last) {
  std::vector<double> values;
  for (int i = 0; i < points; ++i) {
    values.push_back(first * std::pow(last / first, static_cast<double>(i) / (points - 1)));
  }
  values.back() = last;
  return values;
}

/// A column of devices, the same as those of the pulse trains: device i is in row i.
class Column {
 public:
  Column(DeviceConfig const& config, Population const& population)
      : config_(config),
        slicing_(make_slicing({.weight_bits = cell_bits, .cell_bits_lsb_first = {cell_bits}})),
        shape_{.replicas = 1,
               .sets = 1,
               .planes = 1,
               .rows = population.devices,
               .cols = 1,
               .stride = aligned_columns(1)},
        constants_(device_constants(config, population.seed)),
        traits_{variation_of(config), nullptr, shape_.devices()},
        codes_(static_cast<std::size_t>(shape_.devices())) {}

  int devices() const { return shape_.rows; }

  /// Brings each device to a part of the window, or as near as it can get.
  void set(double part) {
    for (int device = 0; device < devices(); ++device) {
      Traits const own = traits_.load(constants_, range, index(device), item(device));
      float const wanted = clamped(static_cast<float>(part) * range, own.low, own.high);
      code(device) = code_of_position(wanted, 0.5F);
    }
  }

  void age(AgingConstants const& aging, Stream stream, std::uint64_t step) {
    AgeArgs args{};
    args.shape = shape_;
    args.slicing = slicing_;
    args.codes = codes_.data();
    args.traits = traits_;
    args.devices = &constants_;
    args.aging = &aging;
    args.step = step;
    args.set_mask = 1;
    args.stream = stream;
    args.noisy = aging.noisy();
    args.frozen = aging.frozen();
    args.rounding = config_.rounding;
    each_device(AgeLane{args});
  }

  /// One more write, of devices that had `before` of them, where they are.
  void wear(WearConstants const& wear, std::uint32_t before) {
    std::vector<std::uint32_t> writes(codes_.size(), before);
    std::vector<std::int16_t> elsewhere = codes_;
    for (std::int16_t& other : elsewhere) other = static_cast<std::int16_t>(other ^ 1);
    WearArgs args{};
    args.update.shape = shape_;
    args.update.slicing = slicing_;
    args.update.codes = codes_.data();
    args.update.devices = &constants_;
    args.update.set_mask = 1;
    args.before = elsewhere.data();
    args.writes = writes.data();
    args.wear = &wear;
    args.count = config_.endurance.count;
    args.wears = wear.wears();
    args.fails = wear.failure > 0.0F;
    each_device(WearLane{args});
  }

  double failed(WearConstants const& wear, std::uint32_t writes) const {
    int count = 0;
    for (int device = 0; device < devices(); ++device) {
      PhiloxWords const words = draw(constants_.seed, Stream::wear_traits, item(device), 0);
      count += has_failed(wear, write_octaves(writes), wear_draw(words.w[0])) ? 1 : 0;
    }
    return static_cast<double>(count) / devices();
  }

  std::vector<std::int16_t> const& codes() const { return codes_; }
  void set_codes(std::vector<std::int16_t> const& codes) { codes_ = codes; }

  std::vector<double> conductances() const {
    std::vector<double> values;
    for (int device = 0; device < devices(); ++device) {
      values.push_back(part_of(codes_[static_cast<std::size_t>(index(device))]));
    }
    return values;
  }

 private:
  std::int64_t index(int device) const { return shape_.index(0, 0, 0, device, 0); }
  static std::uint64_t item(int device) {
    return device_item(0, 0, 0, static_cast<std::uint64_t>(device), 0);
  }
  std::int16_t& code(int device) { return codes_[static_cast<std::size_t>(index(device))]; }

  /// The first lane of a row holds its only device.
  template <class Pass>
  void each_device(Pass const& pass) const {
    for (std::int64_t device = 0; device < devices(); ++device) {
      pass(device * lanes_of_row(shape_.cols));
    }
  }

  DeviceConfig const& config_;
  Slicing slicing_;
  XbarShape shape_;
  DeviceConstants constants_;
  TraitSource traits_;
  std::vector<std::int16_t> codes_;
};

std::vector<double> retention_times(Retention const& retention, std::optional<double> last_s) {
  double const faster = acceleration(retention);
  double const last =
      last_s.value_or(retention.lifetime_s > 0.0 ? retention.lifetime_s / faster : default_last_s);
  double const first = std::min(drift_onset_s(retention) / faster, last / 1000.0);
  std::vector<double> times = logarithmic(first, last);
  times.insert(times.begin(), 0.0);
  return times;
}

/// Whole numbers from 1 to where windows have closed, three decades of wear at most, or the last
/// node of their curve, or two deviations beyond the median failure.
std::vector<std::uint32_t> write_numbers(Endurance const& endurance) {
  double const closing = endurance.top_per_decade + endurance.bottom_per_decade;
  double last = 10.0;
  if (closing > 0.0) {
    last = std::max(last, endurance.onset_writes * std::pow(10.0, std::min(1.0 / closing, 3.0)));
  }
  if (endurance.by_curve()) last = std::max(last, endurance.curve_writes.back());
  if (endurance.failure_writes > 0.0) {
    double const decades = std::max(2.0 * endurance.failure_spread, 1.0);
    last = std::max(last, endurance.failure_writes * std::pow(10.0, decades));
  }
  std::vector<std::uint32_t> numbers;
  for (double const writes : logarithmic(1.0, std::min(last, most_writes))) {
    numbers.push_back(static_cast<std::uint32_t>(std::lround(writes)));
  }
  numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
  return numbers;
}

}  // namespace

bool changes_with_time(DeviceConfig const& config) {
  Retention const& retention = config.retention;
  return retention.lifetime_s > 0.0 || retention.diffusion > 0.0 ||
         retention.loss_per_decade > 0.0 || retention.drift != DriftModel::off;
}

bool changes_with_writes(DeviceConfig const& config) {
  return config.endurance.count != WriteCount::off && wear_constants(config.endurance).wears();
}

std::vector<RetentionRow> retention_of(DeviceConfig const& config, Population const& population,
                                       std::optional<double> last_s) {
  bool const errs = config.programming.model != ProgrammingModel::off;
  bool const ages = changes_with_time(config);
  if (!errs && !ages) return {};
  std::vector<double> const times =
      ages ? retention_times(config.retention, last_s) : std::vector<double>{0.0};
  Column column(config, population);
  std::vector<RetentionRow> rows;
  for (double const start : retention_starts) {
    column.set(start);
    if (errs) {
      column.age(programming_constants(config), Stream::programming, rows.size());
    }
    std::vector<std::int16_t> const programmed = column.codes();
    for (double const time : times) {
      column.set_codes(programmed);
      if (time > 0.0) {
        column.age(waiting_constants(config, {0.0, time}), Stream::test_wait, rows.size());
      }
      Quantiles const found = quantiles(column.conductances());
      rows.push_back({start, time, found.median, found.low, found.high});
    }
  }
  return rows;
}

std::vector<EnduranceRow> endurance_of(DeviceConfig const& config, Population const& population) {
  if (!changes_with_writes(config)) return {};
  WearConstants const wear = wear_constants(config.endurance);
  Column column(config, population);
  std::vector<EnduranceRow> rows;
  for (std::uint32_t const writes : write_numbers(config.endurance)) {
    auto const end = [&](double part) {
      column.set(part);
      column.wear(wear, writes - 1);
      return column.conductances();
    };
    std::vector<double> const top = end(1.0);
    std::vector<double> const bottom = end(0.0);
    std::vector<double> width;
    std::ranges::transform(top, bottom, std::back_inserter(width), std::minus<>());
    Quantiles const found = quantiles(width);
    rows.push_back({writes, quantiles(top).median, quantiles(bottom).median, found.median,
                    found.low, found.high, column.failed(wear, writes)});
  }
  return rows;
}

}  // namespace panther
