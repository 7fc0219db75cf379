// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The configuration of a training run. Each key is described here once; parsing, printing, help,
// results and errors follow.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "devicemodels/device.hpp"
#include "host/nn/carry_unit.hpp"
#include "host/nn/data_config.hpp"
#include "host/nn/layer_config.hpp"
#include "host/nn/refresh_config.hpp"
#include "host/nn/weight_init_config.hpp"
#include "host/nn/wires_config.hpp"
#include "kernels/digital/operations.hpp"
#include "kernels/xbar/periphery.hpp"
#include "kernels/xbar/read.hpp"
#include "kernels/xbar/resolve.hpp"
#include "kernels/xbar/slicing.hpp"
#include "kernels/xbar/update.hpp"

namespace panther {

enum class LearningRateSchedule : std::uint8_t { constant, step, exponential, cosine };
template <>
struct EnumNames<LearningRateSchedule> {
  static constexpr std::array values{
      std::pair{LearningRateSchedule::constant, std::string_view{"constant"}},
      std::pair{LearningRateSchedule::step, std::string_view{"step"}},
      std::pair{LearningRateSchedule::exponential, std::string_view{"exponential"}},
      std::pair{LearningRateSchedule::cosine, std::string_view{"cosine"}}};
};

/// How an example's or a batch's outer product reaches the devices.
enum class UpdateMethod : std::uint8_t { opa_streamed, opa_digits, batch_digits };
template <>
struct EnumNames<UpdateMethod> {
  static constexpr std::array values{
      std::pair{UpdateMethod::opa_streamed, std::string_view{"opa_streamed"}},
      std::pair{UpdateMethod::opa_digits, std::string_view{"opa_digits"}},
      std::pair{UpdateMethod::batch_digits, std::string_view{"batch_digits"}}};
};

enum class CrossbarVariant : std::uint8_t { v1, v2, v3 };
template <>
struct EnumNames<CrossbarVariant> {
  static constexpr std::array values{std::pair{CrossbarVariant::v1, std::string_view{"V1"}},
                                     std::pair{CrossbarVariant::v2, std::string_view{"V2"}},
                                     std::pair{CrossbarVariant::v3, std::string_view{"V3"}}};
};

enum class AdcRange : std::uint8_t { max, calibrated, fixed };
template <>
struct EnumNames<AdcRange> {
  static constexpr std::array values{
      std::pair{AdcRange::max, std::string_view{"max"}},
      std::pair{AdcRange::calibrated, std::string_view{"calibrated"}},
      std::pair{AdcRange::fixed, std::string_view{"fixed"}}};
};

enum class CarryPolicy : std::uint8_t { never, period, adaptive };
template <>
struct EnumNames<CarryPolicy> {
  static constexpr std::array values{
      std::pair{CarryPolicy::never, std::string_view{"never"}},
      std::pair{CarryPolicy::period, std::string_view{"period"}},
      std::pair{CarryPolicy::adaptive, std::string_view{"adaptive"}}};
};

/// 128 hidden ReLU units and 10 outputs.
std::vector<LayerConfig> default_layers();

struct NetworkConfig {
  std::vector<LayerConfig> layers = default_layers();
  Loss loss = Loss::softmax_cross_entropy;
  WeightInitConfig init;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("loss", self.loss, Field{.doc = "loss at the outputs"});
    WeightInitConfig::fields(self.init, visit);
    visit("layers", self.layers, Field{.doc = "dense layers from input to output"});
  }
};

struct TrainingConfig {
  std::uint64_t seed = 1;
  int epochs = 5;
  int batch = 1;
  double learning_rate = 0.02;
  LearningRateSchedule schedule = LearningRateSchedule::constant;
  double decay = 0.5;
  int decay_every = 1;
  Optimizer optimizer = Optimizer::sgd;
  double momentum = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  bool shuffle = true;
  std::optional<int> epoch_examples;
  bool baseline = false;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("seed", self.seed, Field{.doc = "seed of everything random in the run"});
    visit("epochs", self.epochs,
          Field{.doc = "passes over the training examples", .lo = 0, .hi = 1e6});
    visit("batch", self.batch,
          Field{.unit = "examples", .doc = "examples a batch", .lo = 1, .hi = 65536});
    visit("learning_rate", self.learning_rate,
          Field{.unit = "1", .doc = "initial learning rate", .lo = 0, .hi = 1000});
    visit("schedule", self.schedule,
          Field{.doc = "how the learning rate changes from epoch to epoch"});
    visit(
        "decay", self.decay,
        Field{
            .unit = "1", .doc = "factor of the step and exponential schedules", .lo = 0, .hi = 1});
    visit("decay_every", self.decay_every,
          Field{.unit = "epochs", .doc = "epochs between steps", .lo = 1, .hi = 1e6});
    visit("optimizer", self.optimizer,
          Field{.doc = "momentum and adam keep moments digitally and need update.method = "
                       "\"batch_digits\""});
    visit("momentum", self.momentum,
          Field{.unit = "1", .doc = "momentum, or beta1 of adam", .lo = 0, .hi = 0.999999});
    visit("beta2", self.beta2, Field{.unit = "1", .doc = "beta2 of adam", .lo = 0, .hi = 0.999999});
    visit("epsilon", self.epsilon,
          Field{.unit = "1", .doc = "epsilon of adam", .lo = 1e-20, .hi = 1});
    visit("shuffle", self.shuffle, Field{.doc = "a new order of the examples every epoch"});
    visit("epoch_examples", self.epoch_examples,
          Field{.unit = "examples",
                .doc = "examples of an epoch, each drawn at random from all; off: every example "
                       "once",
                .lo = 1,
                .hi = 1e9});
    visit("baseline", self.baseline,
          Field{.doc = "also train the same network in float32: same seed, weights and order"});
  }
};

struct FormatsConfig {
  Scale scale = Scale::fixed;
  int input_frac = 8;
  // Room for what trained networks reach, hidden sums of +-32 and outputs of +-128: a clipped word
  // passes its gradient on, so weights behind it grow until the network is lost.
  int x_frac = 10;
  int z_frac = 10;
  int output_frac = 8;
  int e_frac = 13;
  int u_frac = 18;
  int w_frac = 14;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("scale", self.scale,
          Field{.doc = "fixed formats, or formats that follow the data by powers of two"});
    visit("input_frac", self.input_frac,
          Field{.unit = "bit", .doc = "fraction bits of the network's inputs", .lo = 0, .hi = 14});
    visit("x_frac", self.x_frac,
          Field{.unit = "bit", .doc = "fraction bits of hidden activations X", .lo = 0, .hi = 14});
    visit("z_frac", self.z_frac,
          Field{.unit = "bit", .doc = "fraction bits of hidden sums Z", .lo = 0, .hi = 15});
    visit("output_frac", self.output_frac,
          Field{.unit = "bit", .doc = "fraction bits of the network's outputs", .lo = 0, .hi = 15});
    visit("e_frac", self.e_frac,
          Field{.unit = "bit", .doc = "fraction bits of errors E", .lo = 0, .hi = 30});
    visit("u_frac", self.u_frac,
          Field{.unit = "bit", .doc = "fraction bits of U = lr E", .lo = 0, .hi = 30});
    visit("w_frac", self.w_frac,
          Field{.unit = "bit", .doc = "fraction bits of weights W", .lo = 0, .hi = 30});
  }
};

struct CrossbarConfig {
  CrossbarVariant variant = CrossbarVariant::v1;
  int block_lines = 128;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("variant", self.variant,
          Field{.doc = "V1: one set of crossbars; V2: forward and backward sets; V3: also a set "
                       "that collects updates"});
    visit(
        "block_lines", self.block_lines,
        Field{.unit = "lines",
              .doc =
                  "lines of one physical crossbar: currents of so many devices meet in a converter",
              .lo = 1,
              .hi = max_block_lines});
  }
};

struct ReadConfig {
  ReadMode mode = ReadMode::collapsed;
  int dac_bits = 1;
  int adc_bits = 0;
  AdcRange adc_range = AdcRange::max;
  double adc_fixed_range = 128.0;
  int calibration_examples = 64;
  AnalogReadConfig analog;
  WiresConfig wires;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "mode", self.mode,
        Field{.doc =
                  "collapsed: all stream steps in one product (ideal converter only); "
                  "bit_serial: step by step; analog: step by step, with the effects of analog and "
                  "device.reading"});
    visit("dac_bits", self.dac_bits,
          Field{.unit = "bit", .doc = "input bits a stream step (1, 2, 4 or 8)", .lo = 1, .hi = 8});
    visit(
        "adc_bits", self.adc_bits,
        Field{.unit = "bit", .doc = "resolution of the converters; 0 is ideal", .lo = 0, .hi = 16});
    visit("adc_range", self.adc_range,
          Field{.doc = "full scale: the largest sum possible, the largest seen at the start of an "
                       "epoch, or fixed; 2^adc_bits steps of two's complement, which end a step "
                       "short of it above: the largest positive sums clip and lose up to a step"});
    visit("adc_fixed_range", self.adc_fixed_range,
          Field{.unit = "levels",
                .doc = "half the full scale of a fixed range",
                .lo = 0.001,
                .hi = 1e9});
    visit("calibration_examples", self.calibration_examples,
          Field{.unit = "examples",
                .doc = "examples that set a calibrated range, and the mean of average_abs_max, "
                       "each epoch",
                .lo = 1,
                .hi = 65536});
    visit("analog", self.analog, Field{.doc = "mode analog: what surrounds the arrays"});
    visit("wires", self.wires, Field{.doc = "resistance of the lines (device.g_max is the scale)"});
  }
};

struct UpdateConfig {
  UpdateMethod method = UpdateMethod::opa_streamed;
  Fidelity fidelity = Fidelity::aggregate;
  UpdateWiresConfig wires;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("method", self.method,
          Field{.doc = "streamed in the arrays, digits of each example's product, or digits of the "
                       "batch's mean gradient"});
    visit(
        "fidelity", self.fidelity,
        Field{
            .doc =
                "aggregate: one move of all steps of an example; pulse: a move each stream step"});
    visit("wires", self.wires,
          Field{.doc = "resistance of the lines (device.g_max is the scale): rows have drivers, "
                       "columns hold their voltage behind senses"});
  }
};

struct CarryConfig {
  CarryPolicy policy = CarryPolicy::period;
  int every = 64;
  CarryUnit unit = CarryUnit::examples;
  double threshold = 0.01;
  WriteMode write = WriteMode::ideal;
  WriteMode initial_write = WriteMode::ideal;
  double tolerance = 0.5;
  int attempts = 20;
  int adc_bits = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("policy", self.policy, Field{.doc = "when carries are resolved"});
    visit("every", self.every,
          Field{.doc = "examples or batches between resolutions (period) or looks at saturation "
                       "(adaptive)",
                .lo = 1,
                .hi = 1e9});
    visit("unit", self.unit, Field{.doc = "what every counts"});
    visit("threshold", self.threshold,
          Field{.unit = "1",
                .doc =
                    "adaptive: share of a slice's updates that saturated since the last resolution",
                .lo = 0,
                .hi = 1});
    visit("write", self.write, Field{.doc = "how cells are written back"});
    visit("initial_write", self.initial_write, Field{.doc = "how the initial weights are written"});
    visit("tolerance", self.tolerance,
          Field{.unit = "levels", .doc = "write_verify: error accepted", .lo = 0.01, .hi = 100});
    visit("attempts", self.attempts,
          Field{.doc = "write_verify: moves at most", .lo = 1, .hi = max_write_attempts});
    visit("adc_bits", self.adc_bits,
          Field{.unit = "bit",
                .doc = "converter that reads single cells; 0 is ideal",
                .lo = 0,
                .hi = 16});
  }
};

struct OutputConfig {
  int checkpoint_every_batches = 0;
  int batch_metrics_every = 0;
  bool final_levels = true;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("checkpoint_every_batches", self.checkpoint_every_batches,
          Field{.unit = "batches",
                .doc = "checkpoints besides the one after every epoch; 0: none",
                .lo = 0,
                .hi = 1e9});
    visit("batch_metrics_every", self.batch_metrics_every,
          Field{.unit = "batches", .doc = "rows of /metrics/batch; 0: none", .lo = 0, .hi = 1e9});
    visit("final_levels", self.final_levels,
          Field{.doc = "store the state of every device at the end"});
  }
};

struct RunConfig {
  DataConfig data;
  NetworkConfig network;
  TrainingConfig training;
  FormatsConfig formats;
  SlicingConfig slicing;
  DeviceConfig device;
  CrossbarConfig crossbar;
  ReadConfig read;
  UpdateConfig update;
  CarryConfig crs;
  RefreshConfig refresh;
  OutputConfig output;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("data", self.data, Field{.doc = "images"});
    visit("network", self.network, Field{.doc = "the network"});
    visit("training", self.training, Field{.doc = "the algorithm"});
    visit("formats", self.formats, Field{.doc = "16-bit fixed-point words: fraction bits"});
    visit("slicing", self.slicing, Field{.doc = "how a weight is cut into slices"});
    visit("device", self.device, Field{.doc = "the devices"});
    visit("crossbar", self.crossbar, Field{.doc = "the arrays"});
    visit("read", self.read, Field{.doc = "reads: MVM and MTVM"});
    visit("update", self.update, Field{.doc = "updates: outer products in the arrays"});
    visit("crs", self.crs, Field{.doc = "carry resolution"});
    visit("refresh", self.refresh, Field{.doc = "refresh of pairs of one-sided devices"});
    visit("output", self.output, Field{.doc = "what a run stores"});
  }
};

/// Checks what ranges of single keys cannot: combinations. Throws std::invalid_argument naming the
/// keys.
void check(RunConfig const& config);

/// Learning rate of an epoch (from 0). Step: decay^(epoch / decay_every); exponential: decay^epoch;
/// cosine falls to zero over all epochs.
double learning_rate_of(TrainingConfig const& config, int epoch);

/// Examples of an epoch, of `available` ones.
std::int64_t examples_of_epoch(TrainingConfig const& config, std::int64_t available);

}  // namespace panther
