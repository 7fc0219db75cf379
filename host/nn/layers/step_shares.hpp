// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which shares of their steps a layer's devices take in updates behind resistive wires
// (kernels/wires/shares.hpp), brought up to date every refresh_every examples and whenever devices
// were written. In between devices keep their shares while they move; a share is a factor, so what
// steps miss is its change alone. A call that updates with several examples takes the shares of its
// first. Part of a run's state, because devices move on between two looks at them.

#include <cstdint>
#include <string>
#include <vector>

#include "host/nn/layers/wired_blocks.hpp"
#include "host/nn/state.hpp"
#include "kernels/base/backend.hpp"
#include "kernels/wires/shares.hpp"

namespace panther {

class StepShares {
 public:
  StepShares(Backend& backend, UpdateWiresConfig const& config, int block_lines,
             WiredDevices devices);

  bool on() const { return config_.model != WireModel::off; }

  /// What an update of `examples` examples in the sets of the mask takes as UpdateArgs::shares.
  std::uint16_t const* look(unsigned set_mask, DeviceArray<std::int16_t> const& codes,
                            int examples);

  /// Devices were written: the next update looks again.
  void devices_written() { age_ = never; }

  void archive(StateArchive& archive, std::string const& prefix);

 private:
  static constexpr std::int64_t never = -1;

  ShareArgs share_args(int set, DeviceArray<std::int16_t> const& codes);
  void refresh_by_network(ShareArgs const& args, DeviceArray<std::int16_t> const& codes);
  std::vector<double> iterated_amperes(WireCircuit const& circuit, WiredBlock const& block,
                                       std::vector<double> const& siemens) const;
  std::vector<double> exact_amperes(WireCircuit const& circuit, WiredBlock const& block,
                                    std::vector<double> const& siemens) const;

  Backend* backend_;
  UpdateWiresConfig config_;
  int block_lines_;
  WiredDevices devices_;
  std::int64_t age_ = never;  // examples since the last look
  DeviceArray<std::uint16_t> shares_;
  DeviceArray<SiemensWindow> windows_;
  DeviceArray<float> drops_;
};

}  // namespace panther
