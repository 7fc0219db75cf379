// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What reads of a layer see of its devices through resistive wires: codes in place of the devices'
// own, one array for each direction, brought up to date every refresh_every examples and whenever
// devices were written. In between reads do not see updates: on 784-64-10, an epoch of 6000
// examples one by one, 2 examples cost two points of accuracy without any resistance, 8 three. Part
// of a run's state, because devices move on between two looks at them.

#include <cstdint>
#include <string>
#include <vector>

#include "host/nn/layers/wired_blocks.hpp"
#include "host/nn/state.hpp"
#include "kernels/base/backend.hpp"

namespace panther {

class SeenCodes {
 public:
  /// One direction of reads: which lines are driven, of which set of devices.
  struct Direction {
    Driven driven;
    int set;
  };

  SeenCodes(Backend& backend, WiresConfig const& config, int block_lines, WiredDevices devices);

  bool on() const { return config_.model != WireModel::off; }

  /// The codes that a read of `examples` examples takes in place of `codes`.
  std::int16_t const* look(Direction direction, DeviceArray<std::int16_t> const& codes,
                           int examples);

  /// Devices were written: the next read of either direction looks again.
  void devices_written();

  /// Between these, devices stay: the first read looks, and afterwards all is as it was.
  void set_aside();
  void take_back();

  void archive(StateArchive& archive, std::string const& prefix);

 private:
  static constexpr std::int64_t never = -1;

  struct View {
    DeviceArray<std::int16_t> codes;
    std::int64_t age = never;  // examples read since the last look
    std::vector<std::int16_t> codes_aside;
    std::int64_t age_aside = never;
  };

  void refresh(View& view, Direction direction, DeviceArray<std::int16_t> const& codes);
  SeenArgs seen_args(View& view, Direction direction, DeviceArray<std::int16_t> const& codes) const;
  void refresh_by_network(View& view, Direction direction, DeviceArray<std::int16_t> const& codes);

  Backend* backend_;
  WiresConfig config_;
  int block_lines_;
  WiredDevices devices_;
  bool aside_ = false;
  View views_[2];  // rows driven, columns driven
  DeviceArray<SiemensWindow> windows_;
  DeviceArray<float> drops_;
};

}  // namespace panther
