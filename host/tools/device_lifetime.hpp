// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What time and writes do to a population of devices, by the same passes as in training
// (kernels/xbar/age.hpp, wear.hpp). Conductances are parts of the window.
//
// Retention: devices are programmed to a level, with the error that programming leaves, and wait.
// Every time is a wait of its own from that state, as panther eval has it with
// device.retention.wait_s, the drift model's noise of reading included.
// Endurance: devices of so many writes are driven to either end of their window.

#include <cstdint>
#include <optional>
#include <vector>

#include "devicemodels/device.hpp"

namespace panther {

struct RetentionRow {
  static constexpr std::string_view group = "/device/retention";
  static constexpr std::string_view doc = "conductance of programmed devices after a wait";

  double start = 0;
  double time_s = 0;
  double median = 0;
  double low = 0;
  double high = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("start", self.start, Field{.unit = "window", .doc = "level that was programmed"});
    visit("time_s", self.time_s, Field{.unit = "s", .doc = "since programming"});
    visit("median", self.median, Field{.unit = "window", .doc = "of the devices"});
    visit("low", self.low, Field{.unit = "window", .doc = "what 16 % of the devices are below"});
    visit("high", self.high, Field{.unit = "window", .doc = "what 16 % of the devices are above"});
  }
};

struct EnduranceRow {
  static constexpr std::string_view group = "/device/endurance";
  static constexpr std::string_view doc = "windows of devices that were written so often";

  std::uint64_t writes = 0;
  double top = 0;
  double bottom = 0;
  double median = 0;
  double low = 0;
  double high = 0;
  double failed = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("writes", self.writes, Field{.unit = "writes", .doc = "of every device"});
    visit("top", self.top, Field{.unit = "window", .doc = "highest conductance, median"});
    visit("bottom", self.bottom, Field{.unit = "window", .doc = "lowest conductance, median"});
    visit(
        "median", self.median,
        Field{.unit = "window", .doc = "width of the window, median; none is left to the failed"});
    visit("low", self.low, Field{.unit = "window", .doc = "width that 16 % of devices are below"});
    visit("high", self.high,
          Field{.unit = "window", .doc = "width that 16 % of devices are above"});
    visit("failed", self.failed, Field{.unit = "1", .doc = "share of devices that have failed"});
  }
};

/// Whether anything happens to devices that nobody writes.
bool changes_with_time(DeviceConfig const& config);
/// Whether writes change what devices can hold.
bool changes_with_writes(DeviceConfig const& config);

struct Population {
  int devices = 400;
  std::uint64_t seed = 1;
};

/// Levels that retention is measured from, in parts of the window.
inline constexpr double retention_starts[] = {0.1, 0.5, 0.9};

/// By start, then by time: 0 and then, evenly on a logarithmic scale, from where the device's drift
/// is measured to `last_s` or else its lifetime or else 1e6 s. Time 0 alone where only programming
/// changes anything, empty where nothing does.
std::vector<RetentionRow> retention_of(DeviceConfig const& config, Population const& population,
                                       std::optional<double> last_s);

/// Evenly on a logarithmic scale from the first write to where windows or devices have gone. Empty
/// where writes change nothing.
std::vector<EnduranceRow> endurance_of(DeviceConfig const& config, Population const& population);

}  // namespace panther
