// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A dense layer on crossbars: y = W^T x, weights of shape [inputs (+ bias row)][units], every
// weight in bit slices on emulated devices. Holds the devices of all replicas and sets; the trainer
// tells it when to read, update and resolve.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/nn/config.hpp"
#include "host/nn/layers/seen_codes.hpp"
#include "host/nn/layers/step_shares.hpp"
#include "host/nn/state.hpp"
#include "kernels/base/backend.hpp"
#include "kernels/base/law_memory.hpp"

namespace panther {

/// One of the independent copies of a network that a run emulates together.
struct Replica {
  std::uint64_t seed = 1;
  DeviceConfig device;
};

/// Fraction bits of a layer's tensors.
struct LayerFormats {
  int x;
  int z;
  int y;  // of its outputs: the next layer's x, or the network's output
  int e;  // of the error at its outputs
  int u;
  int w;
};

/// What a layer is made of; the same for all replicas except seeds and device parameters.
struct DenseSpec {
  int index;  // position in the network: part of every random address
  int inputs;
  int units;
  bool bias;
  Activation activation;
  double learning_rate_factor = 1.0;
  int forward_shift = 0;
  std::optional<double> read_threshold;
  LayerFormats formats;
  int capacity;  // most examples a call will have

  int rows() const { return inputs + (bias ? 1 : 0); }
};

/// Rows [first, first + count) of a layer.
struct RowRange {
  int first;
  int count;
};

/// The examples that one call works on.
struct Examples {
  int count;
  std::uint64_t first;  // index of the first, over the whole run: addresses its random numbers
};

/// What reads of examples set that are not part of training.
enum class Calibration : std::uint8_t { input_means, ranges };

/// Where a forward pass writes a layer's outputs.
struct Outputs {
  std::int16_t* y;  // [replica][example][rows]; a row beyond the layer's units is the bias element
  std::int32_t* y_fraction;  // [replica][example]
  int rows;
  std::int16_t* read_y = nullptr;  // as y, for a layer above that reads black and white
  float threshold = 0.0F;
};

class DenseLayer {
 public:
  DenseLayer(Backend& backend, RunConfig const& config, DenseSpec const& spec,
             std::vector<Replica> const& replicas, bool store_variation);

  DenseSpec const& spec() const { return spec_; }
  Slicing const& slicing() const { return slicing_; }
  XbarShape const& shape() const { return shape_; }

  // Tensors, [replica][example][...]; x is written by the layer below or by gather, e by the layer
  // above or the loss.
  DeviceArray<std::int16_t> x;
  DeviceArray<std::int32_t> x_fraction;
  DeviceArray<std::int16_t> e;
  DeviceArray<std::int32_t> e_fraction;

  /// Writes initial weights ([replica][row][col], in weight LSBs) to all sets that hold weights.
  void program(DeviceArray<std::int32_t> const& weights);

  /// This layer's inputs as the outputs of the layer below.
  Outputs inputs();

  /// MVM: y of `examples` into the arrays given (the next layer's inputs, or the network's
  /// outputs).
  void forward(Examples examples, Outputs const& outputs);

  /// MTVM: errors at this layer's inputs, times the derivative of the layer below.
  void backward(Examples examples, DenseLayer& below);

  /// The network's learning rate, from now on.
  void set_learning_rate(double rate);

  /// Applies the outer products of examples [first, first + count) of a batch of `batch` to all
  /// layers of a network.
  static void update(std::span<DenseLayer> layers, Examples batch, int first, int count);

  /// Applies the mean gradient of the whole batch; `step` counts such updates from 1.
  void update_with_gradient(Examples batch, std::uint64_t step);

  /// Carry resolution of every set that holds weights on its own (V3: of set d). `active`: per
  /// replica, empty: all.
  void resolve(std::uint64_t event, std::vector<std::uint8_t> const& active);

  /// Refresh of one-sided pairs in every set.
  void refresh(std::uint64_t event);

  /// V3: folds the updates collected in set d into f and b, and clears d.
  void merge(std::uint64_t event);

  /// Time passes for all devices; `pass` counts such passes.
  void age(TimeSpan span, std::uint64_t pass);

  /// Puts the devices into the state that a test sees: written anew with the error of programming
  /// (device.programming.transfer), after device.retention.wait_s. `draw` addresses the randomness.
  void begin_test(TimeSpan wait, std::uint64_t draw);
  /// Puts them back.
  void end_test();

  /// Between these, reads use ideal converters and record the largest sums. Then either is set: the
  /// converters' ranges from these sums; or the mean magnitude of the inputs (noise management
  /// average_abs_max), of the examples read last.
  void begin_calibration(Calibration kind);
  void end_calibration(Examples read);

  /// Between these, reads are not counted: passes that are not part of training (evaluation,
  /// calibration).
  void set_counters_aside();
  void take_counters_back();

  /// Totals since the start, [replica][slice] and [replica].
  std::vector<SliceCounters> slice_counters() const { return counters_.download(); }
  std::vector<LayerCounters> layer_counters() const { return layer_counters_.download(); }
  /// [replica], of reads with bound management; else empty.
  std::vector<std::uint64_t> repeated_reads() const { return repeats_.download(); }
  /// [replica][slice], of one-sided pairs; else empty.
  std::vector<PairCounters> pair_counters() const { return pair_counters_.download(); }

  /// The codes of one replica's set of weights, [plane][row][stride].
  std::vector<std::int16_t> codes(int replica, int set = 0) const;
  /// Those of `rows` of one plane, [row][stride].
  std::vector<std::int16_t> plane_codes(int replica, int plane, RowRange rows) const;

  /// Puts codes, [plane][row][col], into the weights of every replica and set; hidden states are
  /// what reads see. Throws std::invalid_argument if their number is another.
  void load_codes(std::vector<std::int16_t> const& codes);

  /// The weights of one replica as the devices hold them now, [row][col], in weight LSBs (fractions
  /// kept): all, or those of `rows`.
  std::vector<double> weights(int replica) const { return weights(replica, {0, shape_.rows}); }
  std::vector<double> weights(int replica, RowRange rows) const;

  /// True if the devices' writes are counted.
  bool counts_writes() const { return writes_.size() != 0; }
  /// Writes of one replica's devices of one plane, [row][stride].
  std::vector<std::uint32_t> plane_writes(int replica, int plane, int set = 0) const;

  void archive(StateArchive& archive);

  /// Only the devices of an archive.
  void restore_codes(StateArchive& archive);

 private:
  void allocate_gradients(std::size_t weights);
  std::string archive_prefix() const;
  void begin_wear(std::size_t devices);
  /// `used` as ReadArgs has it.
  /// What forward reads, or those of errors, are driven by: [replica][example][line].
  DeviceArray<std::int16_t> const& driven_by(Driven driven) const;
  ReadArgs read_args(Examples examples, Driven driven, std::int16_t const* used);
  void read(Examples examples, Driven driven, std::int16_t const* used = nullptr);
  UpdateArgs update_args() const;
  ResolveArgs resolve_args(std::uint64_t event) const;
  void set_fixed_adc_steps();
  void set_calibrated_ranges();
  void set_input_means(int examples);
  std::vector<std::int32_t> adc_steps_of(int driven_lines) const;
  void devices_written();
  unsigned update_mask() const;
  unsigned all_sets() const { return (1U << shape_.sets) - 1U; }
  void write(ResolveArgs const& args);
  template <class Write>
  void keep_errors(ResolveArgs const& args, Write const& write);
  UpdateArgs outer_products(Examples batch, int first, int count);
  /// Devices have moved.
  void note_update(UpdateArgs const& args);
  void wear(UpdateArgs const& args, std::int16_t const* before);
  AgeArgs age_args(Stream stream, std::uint64_t step) const;
  template <class ConstantsOf>
  void pass_over_devices(AgeArgs args, Touch touch, ConstantsOf const& constants_of);
  /// The devices hide their state: what reads see is not what writes act on.
  bool hides() const { return persistent_.size() != 0; }
  /// The law counts pulses: devices have progress towards the next step of their codes.
  bool counts() const { return progress_.size() != 0; }
  /// What writes and time act on.
  DeviceArray<std::int16_t> const& state() const { return hides() ? persistent_ : codes_; }
  std::int16_t* writable_state() const;
  void appear(UpdateArgs const& update, Touch touch, std::int16_t const* before,
              std::uint64_t event);

  Backend* backend_;
  RunConfig config_;
  DenseSpec spec_;
  Slicing slicing_;
  XbarShape shape_;
  int law_;
  bool noisy_read_;
  bool programming_error_;
  Variation variation_;
  std::optional<Calibration> calibrating_;
  SeenCodes seen_;
  StepShares shares_;

  DeviceArray<std::int16_t> codes_;       // what reads see
  DeviceArray<std::int16_t> persistent_;  // where devices hide it, what writes act on
  DeviceArray<std::int16_t> progress_;    // where the law counts pulses
  DeviceArray<std::int8_t> traits_;
  DeviceArray<DeviceConstants> devices_;
  DeviceArray<AnalogConstants> analog_;  // mode analog
  LawMemory law_memory_;
  DeviceArray<SliceCounters> counters_;
  DeviceArray<LayerCounters> layer_counters_;
  DeviceArray<PairCounters> pair_counters_;
  DeviceArray<std::int32_t> clipped_;        // bound management, [replica][example]
  DeviceArray<std::uint64_t> repeats_;       // [replica]
  DeviceArray<std::int32_t> input_mean_[2];  // average_abs_max; by direction, [replica]
  std::vector<std::uint64_t> repeats_aside_;
  std::vector<SliceCounters> counters_aside_;
  std::vector<LayerCounters> layer_counters_aside_;
  DeviceArray<std::int16_t> read_x_;  // x as forward reads take it, if they take it otherwise
  DeviceArray<float> learning_rate_;  // [replica]
  DeviceArray<i128> sums_;
  DeviceArray<std::int16_t> u_;
  DeviceArray<std::int32_t> drop_;
  DeviceArray<std::int32_t> weights_;  // programming and batch gradients, [replica][row][col]
  DeviceArray<float> first_moment_;
  DeviceArray<float> second_moment_;
  DeviceArray<std::int32_t> adc_step_[2];  // by direction, [replica][slice]
  DeviceArray<std::int32_t> peak_[2];
  DeviceArray<std::uint8_t> active_;
  std::vector<DeviceConfig> device_configs_;  // [replica]
  DeviceArray<AgingConstants> aging_;         // [replica], of one pass
  DeviceArray<std::int16_t> codes_before_;    // of a write, if writes leave errors or are counted
  DeviceArray<std::uint32_t> writes_;         // as codes, if they are counted
  DeviceArray<WearConstants> wear_;           // [replica]
  bool wears_ = false;
  bool fails_ = false;
  DeviceArray<std::int16_t> codes_aside_;  // while a test lasts
  DeviceArray<std::int16_t> persistent_aside_;
};

}  // namespace panther
