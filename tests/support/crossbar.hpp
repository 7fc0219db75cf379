// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The devices of one layer on a backend, driven through the Backend interface: state, constants,
// counters, and the operations with plain vectors as arguments. Nothing here computes what a kernel
// should compute.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/base/backend.hpp"
#include "kernels/base/law_memory.hpp"

namespace panther::test {

struct CrossbarConfig {
  int rows = 1;
  int cols = 1;
  int sets = 1;
  int layer = 0;
  SlicingConfig slicing = {};
  std::vector<DeviceConfig> devices =
      std::vector<DeviceConfig>(1);  // one a replica; of one law, noise kind, rounding
  std::vector<std::uint64_t> seeds = std::vector<std::uint64_t>(1, 1);  // one a replica
  bool stored_traits = false;
};

/// The default slicing on ideal devices.
inline CrossbarConfig crossbar_of(int rows, int cols, int sets = 1) {
  CrossbarConfig config;
  config.rows = rows;
  config.cols = cols;
  config.sets = sets;
  return config;
}

/// Vectors of an outer product: x [replica][example][row], u [replica][example][column],
/// drop [replica][example].
struct Outer {
  int examples = 1;
  std::vector<std::int16_t> x;
  std::vector<std::int16_t> u;
  std::vector<std::int32_t> drop;
};

struct UpdateOptions {
  UpdateDrive drive = UpdateDrive::streamed;
  Fidelity fidelity = Fidelity::aggregate;
  unsigned set_mask = 1;
  std::uint64_t first_step = 0;
  std::uint64_t first_turn = 0;
  std::vector<std::uint16_t> shares = {};  // as codes(); empty: all steps are taken
};

struct ReadOptions {
  Driven driven = Driven::rows;
  ReadMode mode = ReadMode::collapsed;
  int set = 0;
  int block_lines = max_block_lines;
  int dac_bits = 1;
  int adc_bits = 0;
  std::vector<std::int32_t> adc_step = {};  // [replica][slice]
  std::uint64_t first_read = 0;
  std::vector<std::int16_t> used = {};        // ReadArgs::used; empty: all sums are
  std::optional<bool> noisy = {};             // default: whether any replica has read noise
  AnalogReadConfig analog = {};               // mode analog; noise is as the devices say
  bool ideal_converters = false;              // mode analog: as in calibration
  std::vector<std::int32_t> input_mean = {};  // mode analog: [replica]; empty: not known
};

struct WriteOptions {
  WriteMode mode = WriteMode::ideal;
  unsigned target_mask = 1;
  unsigned clear_mask = 0;
  int source_set = 0;
  int addend_set = no_set;
  int attempts = 100;
  float tolerance = 0.5F;
  int adc_bits = 0;
  std::uint64_t event = 0;
  std::vector<std::uint8_t> active = {};  // [replica]; empty: all
};

struct AgeOptions {
  Stream stream = Stream::aging;
  std::uint64_t step = 0;
  unsigned set_mask = 1;
  std::vector<std::int16_t> before = {};  // as codes(); empty: every device is touched
};

class Crossbar {
 public:
  /// Throws what make_slicing and device_constants throw; std::invalid_argument if replicas do not
  /// match.
  Crossbar(Backend& backend, CrossbarConfig const& config);

  XbarShape const& shape() const { return shape_; }
  Slicing const& slicing() const { return slicing_; }
  std::size_t weight_count() const;  // of all replicas, one set

  /// Writes weights, [replica][row][column], into the sets of options.target_mask.
  void program(std::vector<std::int32_t> const& weights, WriteOptions const& options = {});
  /// Carry resolution, or the merge of variant V3 if options.addend_set is given.
  void resolve(WriteOptions const& options = {});
  /// Refresh of one-sided pairs, read and written as `options` say.
  void refresh(RefreshRule const& rule, WriteOptions const& options = {});
  /// All examples of `outer`, or `count` of them from `first` on, as one call.
  void update(Outer const& outer, UpdateOptions const& options = {});
  void update_part(Outer const& outer, int first, int count, UpdateOptions const& options = {});
  /// Delta drive: change in weight LSBs, [replica][row][column].
  void apply(std::vector<std::int32_t> const& delta, UpdateOptions options = {});
  /// A pass between updates; constants [replica].
  void age(std::vector<AgingConstants> const& constants, AgeOptions const& options = {});
  /// From now on the writes of every device are counted; of one configuration for all replicas.
  void count_writes(Endurance const& endurance);
  std::vector<std::uint32_t> writes() const { return writes_.download(); }
  void set_writes(std::vector<std::uint32_t> const& writes) { writes_.upload(writes); }
  /// The arguments of such a pass with memory of the backend's.
  AgeArgs age_args(DeviceArray<AgingConstants> const& constants,
                   DeviceArray<std::int16_t> const& before, AgeOptions const& options);
  /// Inputs [replica][example][driven line]; sums [replica][example][sensed line] in
  /// 2^-fraction_bits LSBs.
  std::vector<i128> read(std::vector<std::int16_t> const& inputs, ReadOptions const& options = {});
  /// Largest |sum| at a converter in the reads since the last clear_counters, [replica][slice];
  /// bit-serial only.
  std::vector<std::int32_t> observed_peak() const { return peaks_.download(); }

  std::vector<std::int16_t> codes() const { return codes_.download(); }
  void set_codes(std::vector<std::int16_t> const& codes) { codes_.upload(codes); }
  /// Of devices that hide their state, whose persistent one is codes(); else empty.
  std::vector<std::int16_t> apparent() const { return apparent_.download(); }
  void set_apparent(std::vector<std::int16_t> const& codes) { apparent_.upload(codes); }
  /// Of devices whose law counts pulses; else empty.
  std::vector<std::int16_t> progress() const { return progress_.download(); }
  void set_progress(std::vector<std::int16_t> const& progress) { progress_.upload(progress); }
  std::vector<SliceCounters> slice_counters() const { return slice_counters_.download(); }
  std::vector<LayerCounters> layer_counters() const { return layer_counters_.download(); }
  std::vector<PairCounters> pair_counters() const { return pair_counters_.download(); }
  /// [replica], of reads with bound management.
  std::vector<std::uint64_t> repeated_reads() const { return repeats_.download(); }
  void clear_counters();

 private:
  void check(CrossbarConfig const& config) const;
  void prepare_traits(CrossbarConfig const& config);
  TraitSource traits() const;
  ResolveArgs resolve_args(WriteOptions const& options,
                           DeviceArray<std::uint8_t> const& active) const;
  void launch_read(ReadArgs const& args, ReadOptions const& options);
  void launch_update(UpdateArgs args, UpdateOptions const& options);
  void launch_resolve(ResolveArgs const& args);
  void wear(UpdateArgs const& args, std::int16_t const* before);

  Backend& backend_;
  std::vector<DeviceConfig> devices_;
  Slicing slicing_;
  XbarShape shape_;
  int layer_;
  int law_;
  Variation variation_;
  WriteNoiseKind noise_;
  CodeRounding rounding_;
  bool noisy_read_ = false;
  DeviceArray<std::int16_t> codes_;
  DeviceArray<std::int16_t> apparent_;
  DeviceArray<std::int16_t> progress_;
  DeviceArray<DeviceConstants> constants_;
  LawMemory law_memory_;
  DeviceArray<std::int8_t> stored_;
  mutable DeviceArray<SliceCounters> slice_counters_;
  mutable DeviceArray<LayerCounters> layer_counters_;
  mutable DeviceArray<PairCounters> pair_counters_;
  DeviceArray<std::uint64_t> repeats_;
  DeviceArray<std::int32_t> peaks_;
  Endurance endurance_;
  DeviceArray<std::uint32_t> writes_;
  DeviceArray<WearConstants> wear_;
};

}  // namespace panther::test
