// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One matrix of a core on emulated devices: crossbars f, b and d as three sets of the same shape.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/arch/machine.hpp"
#include "host/arch/matrix_engine.hpp"
#include "kernels/base/backend.hpp"
#include "kernels/base/law_memory.hpp"

namespace panther::machine {

/// The sets of devices of a matrix.
inline constexpr int set_f = 0;
inline constexpr int set_b = 1;
inline constexpr int set_d = 2;

/// The devices of one matrix. They come into being with the first operation that could leave or
/// find anything but zeros.
class EmulatedMatrix {
 public:
  EmulatedMatrix(std::shared_ptr<Backend> backend, Machine const& machine, std::uint64_t seed);

  /// Writes f and b and clears d, as emulation.write.initial says.
  void program(std::span<Word const> weights) { program(weights, emulation_.write.initial); }
  /// Adds d to f, into f and b, and clears d, as emulation.write.crs says.
  void resolve();
  /// Outer product, subtracted from what d holds, as pulses.
  void update(std::span<Word const> rows, std::span<Word const> columns);
  /// Product of a set with `in`, rounded half to even and saturated.
  void read(int set, Driven driven, std::span<Word const> in, std::span<Word> out);

  /// What f holds, without noise and without a trace in the counters.
  void weights(std::span<Word> words) const;
  CrossbarCounters counters() const;

 private:
  bool exists() const { return codes_.size() != 0; }
  void create();
  /// Devices that cannot all be at level 0, so that even an unwritten matrix does not read 0.
  bool bounded() const;
  bool noisy() const;
  bool hides() const;
  std::int16_t* state();  // what writes act on
  /// Codes in a step of each slice's converter.
  std::vector<std::int32_t> adc_steps() const;
  TraitSource traits() const;
  void program(std::span<Word const> weights, WriteMode mode);
  /// Everything but the index, the converter and the noise.
  ReadArgs read_args(int set, Driven driven, DeviceArray<SliceCounters>& counters) const;
  /// Reads and rounds; returns how many words were clipped.
  std::uint64_t convert(ReadArgs args, std::span<Word const> in, std::span<Word> out) const;
  /// Carry resolution: f plus d into f and b, d cleared.
  ResolveArgs resolve_args();
  void write(ResolveArgs const& args);

  std::shared_ptr<Backend> backend_;
  Emulation emulation_;
  int fraction_bits_;
  int dac_bits_;
  std::uint64_t seed_;
  Slicing slicing_;
  int law_;
  XbarShape shape_{};
  DeviceArray<DeviceConstants> constants_;
  DeviceArray<std::int16_t> codes_;       // what reads see
  DeviceArray<std::int16_t> progress_;    // where the law counts pulses
  DeviceArray<std::int16_t> persistent_;  // where devices hide it, what writes act on
  LawMemory law_memory_;
  DeviceArray<SliceCounters> slice_counters_;
  DeviceArray<LayerCounters> layer_counters_;
  DeviceArray<std::int32_t> adc_steps_;
  std::uint64_t outputs_saturated_ = 0;
  std::uint64_t updates_ = 0;
  std::uint64_t reads_ = 0;
  std::uint64_t writes_ = 0;
};

}  // namespace panther::machine
