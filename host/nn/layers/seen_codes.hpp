// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What reads of a layer see of its devices through resistive wires: codes in place of the devices'
// own, one array for each direction. Every refresh_every examples, and whenever devices were
// written, a look at the drops makes them anew; in between they follow the devices' moves
// (kernels/wires/follow.hpp), so that drops are old but updates are not. What a look found is part
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

  /// Devices of these sets were updated: reads follow them.
  void devices_moved(unsigned set_mask);

  /// Devices were written: the next read of either direction looks again.
  void devices_written();

  /// Between these, devices stay: the first read looks, and afterwards all is as it was.
  void set_aside();
  void take_back();

  void archive(StateArchive& archive, std::string const& prefix);

 private:
  static constexpr std::int64_t never = -1;

  struct View {
    DeviceArray<std::int16_t> codes;      // what reads take
    DeviceArray<std::int16_t> seen_then;  // at the last look, if reads follow
    DeviceArray<std::int16_t> own_then;
    unsigned moved_sets = 0;   // since the codes were made
    std::int64_t age = never;  // examples read since the last look
    std::int64_t age_aside = never;
  };

  /// Looks are further apart than reads.
  bool follows() const { return config_.refresh_every > 1; }
  void look_anew(View& view, Direction direction, DeviceArray<std::int16_t> const& codes);
  void follow(View& view, Direction direction, DeviceArray<std::int16_t> const& codes);
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
