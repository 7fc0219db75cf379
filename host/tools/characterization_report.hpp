// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a characterization found, as described rows; JSON and the result file carry the same
// numbers. A further measurement is one more row type and one more table here.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/base/json.hpp"
#include "host/tools/characterization.hpp"
#include "host/tools/device_lifetime.hpp"

namespace panther {

/// Figures of the trains of one polarity.
struct TrainRecord {
  std::optional<int> pulses_to_95_percent;
  double cycle_noise = 0;
  double device_spread = 0;
  double mean_step = 0;
  double states_by_step = 0;
  std::optional<double> states_by_noise;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("pulses_to_95_percent", self.pulses_to_95_percent,
          Field{.unit = "pulses", .doc = "of the mean curve, through 95 % of the window"});
    visit("cycle_noise", self.cycle_noise,
          Field{.unit = "window", .doc = "RMS of a pulse's change that its law does not explain"});
    visit("device_spread", self.device_spread,
          Field{.unit = "window", .doc = "std between devices of half a train without noise"});
    visit("mean_step", self.mean_step,
          Field{.unit = "window", .doc = "of the mean curve, over 95 % of its way"});
    visit("states_by_step", self.states_by_step,
          Field{.unit = "1", .doc = "way of the mean curve in mean steps"});
    visit("states_by_noise", self.states_by_noise,
          Field{.unit = "1", .doc = "way of the mean curve in cycle_noise; absent without noise"});
  }
};

struct DeviceRecord {
  static constexpr std::string_view group = "/device";
  static constexpr std::string_view doc = "many emulated devices under identical pulses";

  std::string device;
  int devices = 0;
  int pulses = 0;
  std::uint64_t seed = 0;
  std::optional<double> symmetry_point;
  TrainRecord up;
  TrainRecord down;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("device", self.device, Field{.doc = "preset, law or file"});
    visit("devices", self.devices, Field{.unit = "1", .doc = "emulated devices"});
    visit("pulses", self.pulses,
          Field{.unit = "pulses", .doc = "of a train; each asks for 1/pulses of the window"});
    visit("seed", self.seed, Field{.doc = "of devices and noise"});
    visit("symmetry_point", self.symmetry_point,
          Field{.unit = "window", .doc = "where a pulse up and one down cancel, if at one place"});
    visit("up", self.up, Field{.doc = "trains up"});
    visit("down", self.down, Field{.doc = "trains down"});
  }
};

struct DeviceCurveRow {
  static constexpr std::string_view group = "/device/curves";
  static constexpr std::string_view doc = "conductance after each pulse, over devices";

  int pulse = 0;
  double up_mean = 0;
  double up_std = 0;
  double down_mean = 0;
  double down_std = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("pulse", self.pulse, Field{.unit = "pulses", .doc = "pulses so far"});
    visit("up_mean", self.up_mean, Field{.unit = "window", .doc = "train up, mean"});
    visit("up_std", self.up_std, Field{.unit = "window", .doc = "train up, std"});
    visit("down_mean", self.down_mean, Field{.unit = "window", .doc = "train down, mean"});
    visit("down_std", self.down_std, Field{.unit = "window", .doc = "train down, std"});
  }
};

struct DeviceStepRow : StepAt {
  static constexpr std::string_view group = "/device/steps";
  static constexpr std::string_view doc = "change of one pulse, nominal device without noise";
};

/// One place of the window: how many pulses changed it by how much.
struct DeviceChangeRow {
  static constexpr std::string_view group = "/device/changes";
  static constexpr std::string_view doc = "pulses counted by conductance and change";

  double conductance = 0;
  std::vector<std::uint64_t> up;
  std::vector<std::uint64_t> down;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("conductance", self.conductance,
          Field{.unit = "window", .doc = "before the pulse, middle of its class"});
    visit("up", self.up,
          Field{.unit = "1",
                .doc = "pulses up, by change: classes of equal width from -largest to largest",
                .tag = "change"});
    visit("down", self.down, Field{.unit = "1", .doc = "pulses down, by change", .tag = "change"});
  }
};

struct ChangeScale {
  static constexpr std::string_view group = "/device/change_scale";
  static constexpr std::string_view doc = "classes of changes";

  double largest_change = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "largest_change", self.largest_change,
        Field{.unit = "window", .doc = "upper end of the classes; the outermost hold all beyond"});
  }
};

struct CharacterizationReport {
  DeviceRecord record;
  std::vector<DeviceCurveRow> curves;
  std::vector<DeviceStepRow> steps;
  std::vector<DeviceChangeRow> changes;
  ChangeScale scale;
  std::vector<RetentionRow> retention;  // empty where time changes nothing
  std::vector<EnduranceRow> endurance;  // empty where writes change nothing
  std::string config;                   // TOML of the device
};

CharacterizationReport characterization_report(std::string const& name, DeviceConfig const& device,
                                               PulseTrains const& trains,
                                               Characterization const& found);

Json characterization_json(CharacterizationReport const& report);

/// Writes the rows as a result file; an existing one is replaced.
void write_characterization(CharacterizationReport const& report,
                            std::filesystem::path const& path);

}  // namespace panther
