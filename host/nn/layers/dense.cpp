// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/layers/dense.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "host/nn/analog_reading.hpp"
#include "kernels/base/bounded_read.hpp"

namespace panther {

namespace {

constexpr int forward_set = 0;
constexpr int backward_set = 1;
constexpr int collecting_set = 2;

int sets_of(CrossbarVariant variant) {
  return variant == CrossbarVariant::v1 ? 1 : (variant == CrossbarVariant::v2 ? 2 : 3);
}

std::vector<LawParams> laws_of(std::vector<Replica> const& replicas) {
  std::vector<LawParams> laws;
  for (Replica const& replica : replicas) laws.push_back(replica.device.law);
  return laws;
}

std::vector<DeviceConstants> constants_of(std::vector<Replica> const& replicas) {
  std::vector<DeviceConstants> constants;
  for (Replica const& replica : replicas)
    constants.push_back(device_constants(replica.device, replica.seed));
  return constants;
}

Variation variation_of(std::vector<Replica> const& replicas) {
  Variation all;
  for (Replica const& replica : replicas) all = all.with(panther::variation_of(replica.device));
  return all;
}

std::vector<AnalogConstants> analog_constants_of(ReadConfig const& read, Slicing const& slicing,
                                                 std::vector<Replica> const& replicas) {
  std::vector<AnalogConstants> constants;
  for (Replica const& replica : replicas) {
    constants.push_back(
        analog_constants(read.analog, replica.device, slicing, read.dac_bits, read.adc_bits));
  }
  return constants;
}

std::vector<SiemensWindow> windows_of(std::vector<Replica> const& replicas) {
  std::vector<SiemensWindow> windows;
  for (Replica const& replica : replicas) {
    double const lowest = replica.device.g_max / replica.device.on_off_ratio;
    windows.push_back({lowest, replica.device.g_max - lowest});
  }
  return windows;
}

bool reads_noisily(Replica const& replica) {
  return replica.device.read_noise.relative > 0.0 || replica.device.read_noise.line > 0.0;
}

bool hides_state(Replica const& replica) { return replica.device.write_noise.hidden_std > 0.0; }

/// 0: forward.
std::size_t direction_of(Driven driven) { return driven == Driven::rows ? 0 : 1; }

bool leaves_errors(Replica const& replica) {
  return replica.device.programming.model != ProgrammingModel::off;
}

}  // namespace

DenseLayer::DenseLayer(Backend& backend, RunConfig const& config, DenseSpec const& spec,
                       std::vector<Replica> const& replicas, bool store_variation)
    : backend_(&backend),
      config_(config),
      spec_(spec),
      slicing_(make_slicing(config.slicing)),
      shape_{.replicas = static_cast<int>(replicas.size()),
             .sets = sets_of(config.crossbar.variant),
             .planes = slicing_.planes(),
             .rows = spec.rows(),
             .cols = spec.units,
             .stride = aligned_columns(spec.units)},
      law_(static_cast<int>(replicas.front().device.law.index())),
      noisy_read_(std::any_of(replicas.begin(), replicas.end(), reads_noisily)),
      programming_error_(std::any_of(replicas.begin(), replicas.end(), leaves_errors)),
      variation_(variation_of(replicas)),
      seen_(backend, config.read.wires, config.crossbar.block_lines,
            {shape_, slicing_, windows_of(replicas), spec.index}),
      shares_(backend, config.update.wires, config.crossbar.block_lines,
              {shape_, slicing_, windows_of(replicas), spec.index}) {
  auto const vectors =
      static_cast<std::size_t>(shape_.replicas) * static_cast<std::size_t>(spec.capacity);
  auto const rows = static_cast<std::size_t>(shape_.rows);
  auto const cols = static_cast<std::size_t>(shape_.cols);
  auto const slices = static_cast<std::size_t>(shape_.replicas * slicing_.slices);
  auto const devices = static_cast<std::size_t>(shape_.devices());
  x = {backend, vectors * rows};
  if (spec.read_threshold) read_x_ = {backend, vectors * rows};
  x_fraction = {backend, vectors};
  e = {backend, vectors * cols};
  e_fraction = {backend, vectors};
  codes_ = {backend, devices};
  if (std::ranges::any_of(replicas, hides_state)) persistent_ = {backend, devices};
  if (counts_pulses(replicas.front().device.law)) progress_ = {backend, devices};
  devices_ = {backend, constants_of(replicas)};
  if (config.read.mode == ReadMode::analog) {
    analog_ = {backend, analog_constants_of(config.read, slicing_, replicas)};
  }
  if (config.read.analog.bounds.management != BoundManagement::off) {
    clipped_ = {backend, vectors};
    repeats_ = {backend, replicas.size()};
  }
  if (averages_inputs(config.read)) {
    for (auto& means : input_mean_) means = {backend, replicas.size()};
  }
  law_memory_ = {backend, laws_of(replicas), slicing_};
  counters_ = {backend, slices};
  layer_counters_ = {backend, replicas.size()};
  learning_rate_ = {backend, replicas.size()};
  if (slicing_.one_sided()) pair_counters_ = {backend, slices};
  sums_ = {backend, vectors * std::max(rows, cols)};
  u_ = {backend, vectors * cols};
  drop_ = {backend, vectors};
  active_ = {backend, replicas.size()};
  for (Replica const& replica : replicas) device_configs_.push_back(replica.device);
  aging_ = {backend, replicas.size()};
  bool const counts = config.device.endurance.count != WriteCount::off;
  if (programming_error_ || counts) codes_before_ = {backend, devices};
  if (counts) begin_wear(devices);
  allocate_gradients(replicas.size() * rows * cols);
  for (auto& steps : adc_step_) steps = {backend, slices};
  for (auto& peak : peak_) peak = {backend, slices};
  set_fixed_adc_steps();
  if (variation_.any() && store_variation) {
    traits_ = {backend, devices * static_cast<std::size_t>(stored_trait_bytes(variation_))};
    backend.store_traits({.shape = shape_,
                          .devices = devices_.data(),
                          .stored = traits_.data(),
                          .variation = variation_,
                          .layer = spec_.index});
  }
}

void DenseLayer::allocate_gradients(std::size_t weights) {
  bool const gradients = config_.update.method == UpdateMethod::batch_digits;
  if (gradients) weights_ = {*backend_, weights};
  if (config_.training.optimizer != Optimizer::sgd) first_moment_ = {*backend_, weights};
  if (config_.training.optimizer == Optimizer::adam) second_moment_ = {*backend_, weights};
}

std::vector<std::int32_t> DenseLayer::adc_steps_of(int driven_lines) const {
  std::vector<std::int32_t> steps;
  int const lines = std::min(config_.crossbar.block_lines, driven_lines);
  for (int replica = 0; replica < shape_.replicas; ++replica) {
    for (int slice = 0; slice < slicing_.slices; ++slice) {
      double const half_range =
          config_.read.adc_range == AdcRange::fixed
              ? config_.read.adc_fixed_range * codes_per_level(slicing_.cell_bits[slice])
              : largest_sum(config_.read, lines);
      steps.push_back(adc_step_for(config_.read, slicing_, slice, half_range));
    }
  }
  return steps;
}

void DenseLayer::set_fixed_adc_steps() {
  adc_step_[0].upload(adc_steps_of(shape_.rows));
  adc_step_[1].upload(adc_steps_of(shape_.cols));
}

void DenseLayer::set_counters_aside() {
  counters_aside_ = counters_.download();
  layer_counters_aside_ = layer_counters_.download();
  repeats_aside_ = repeats_.download();
  if (seen_.on()) seen_.set_aside();
}

void DenseLayer::take_counters_back() {
  counters_.upload(counters_aside_);
  layer_counters_.upload(layer_counters_aside_);
  repeats_.upload(repeats_aside_);
  if (seen_.on()) seen_.take_back();
}

void DenseLayer::begin_calibration(Calibration kind) {
  set_counters_aside();
  calibrating_ = kind;
  for (auto& peak : peak_) peak.clear();
}

void DenseLayer::end_calibration(Examples read) {
  take_counters_back();
  if (*calibrating_ == Calibration::input_means) {
    set_input_means(read.count);
  } else {
    set_calibrated_ranges();
  }
  calibrating_.reset();
}

void DenseLayer::set_input_means(int examples) {
  for (Driven const driven : {Driven::rows, Driven::columns}) {
    std::vector<std::int16_t> const inputs = driven_by(driven).download();
    auto const lines = static_cast<std::size_t>(driven == Driven::rows ? shape_.rows : shape_.cols);
    input_mean_[direction_of(driven)].upload(
        means_abs_max(inputs, shape_.replicas, static_cast<std::size_t>(examples) * lines, lines));
  }
}

void DenseLayer::set_calibrated_ranges() {
  for (std::size_t direction = 0; direction < 2; ++direction) {
    std::vector<std::int32_t> steps = peak_[direction].download();
    for (std::size_t i = 0; i < steps.size(); ++i) {
      int const slice = static_cast<int>(i) % slicing_.slices;
      steps[i] = adc_step_for(config_.read, slicing_, slice, steps[i] + 1.0);
    }
    adc_step_[direction].upload(steps);
  }
}

DeviceArray<std::int16_t> const& DenseLayer::driven_by(Driven driven) const {
  if (driven == Driven::columns) return e;
  return spec_.read_threshold ? read_x_ : x;
}

ReadArgs DenseLayer::read_args(Examples examples, Driven driven, std::int16_t const* used) {
  std::size_t const direction = direction_of(driven);
  ReadArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.set = driven == Driven::rows || shape_.sets == 1 ? forward_set : backward_set;
  args.codes = seen_.look({driven, args.set}, codes_, examples.count);
  args.devices = devices_.data();
  args.counters = counters_.data();
  args.inputs = driven_by(driven).data();
  args.used = used;
  args.sums = sums_.data();
  args.observed_peak = calibrating_ ? peak_[direction].data() : nullptr;
  args.adc_step = adc_step_[direction].data();
  args.first_read = examples.first;
  args.layer = spec_.index;
  args.examples = examples.count;
  args.block_lines = config_.crossbar.block_lines;
  args.dac_bits = config_.read.dac_bits;
  args.adc_bits = calibrating_ ? 0 : config_.read.adc_bits;
  args.driven = driven;
  args.mode = config_.read.mode;
  args.noisy = noisy_read_;
  return args;
}

void DenseLayer::read(Examples examples, Driven driven, std::int16_t const* used) {
  ReadArgs const args = read_args(examples, driven, used);
  if (config_.read.mode != ReadMode::analog) {
    backend_->read(args);
    return;
  }
  AnalogReadArgs analog{args, analog_.data(), calibrating_.has_value()};
  if (calibrating_ != Calibration::input_means) {
    analog.input_mean = input_mean_[direction_of(driven)].data();
  }
  if (driven == Driven::rows && !calibrating_) {
    BoundManagementConfig const& bounds = config_.read.analog.bounds;
    analog.bounds = {.clipped = clipped_.data(),
                     .repeats = repeats_.data(),
                     .most_repeats = bound_repeats(bounds),
                     .test_negative = bounds.test_negative};
  }
  bounded_read(*backend_, analog);
}

Outputs DenseLayer::inputs() {
  return {.y = x.data(),
          .y_fraction = x_fraction.data(),
          .rows = spec_.rows(),
          .read_y = spec_.read_threshold ? read_x_.data() : nullptr,
          .threshold = static_cast<float>(spec_.read_threshold.value_or(0.0))};
}

void DenseLayer::forward(Examples examples, Outputs const& outputs) {
  read(examples, Driven::rows);
  backend_->forward(
      {.sums = sums_.data(),
       .x_fraction = x_fraction.data(),
       .y = outputs.y,
       .y_fraction = outputs.y_fraction,
       .read_y = outputs.read_y,
       .read_threshold = outputs.threshold,
       .counters = layer_counters_.data(),
       .replicas = shape_.replicas,
       .examples = examples.count,
       .cols = shape_.cols,
       .y_rows = outputs.rows,
       .sum_fraction = spec_.formats.w + slicing_.fraction_bits() + spec_.forward_shift,
       .z_fraction = spec_.formats.z,
       .fixed_fraction = spec_.formats.y,
       .scale = config_.formats.scale,
       .activation = spec_.activation});
}

void DenseLayer::backward(Examples examples, DenseLayer& below) {
  // A rectifier that is off stops its error: see BackwardVector.
  bool const rectified = below.spec_.activation == Activation::relu;
  read(examples, Driven::columns, rectified ? x.data() : nullptr);
  backend_->backward({.sums = sums_.data(),
                      .e_fraction = e_fraction.data(),
                      .y = x.data(),
                      .y_fraction = x_fraction.data(),
                      .e = below.e.data(),
                      .below_fraction = below.e_fraction.data(),
                      .counters = below.layer_counters_.data(),
                      .replicas = shape_.replicas,
                      .examples = examples.count,
                      .rows = shape_.rows,
                      .width = spec_.inputs,
                      .sum_fraction = spec_.formats.w + slicing_.fraction_bits(),
                      .fixed_fraction = below.spec_.formats.e,
                      .scale = config_.formats.scale,
                      .activation = below.spec_.activation});
}

unsigned DenseLayer::update_mask() const {
  switch (config_.crossbar.variant) {
    case CrossbarVariant::v1:
      return 1U << forward_set;
    case CrossbarVariant::v2:
      return (1U << forward_set) | (1U << backward_set);
    case CrossbarVariant::v3:
      return 1U << collecting_set;
  }
  return 0;
}

UpdateArgs DenseLayer::update_args() const {
  auto& self = const_cast<DenseLayer&>(*this);
  UpdateArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = writable_state();
  args.progress = self.progress_.data();
  args.traits = {variation_, traits_.data(), shape_.devices()};
  args.devices = devices_.data();
  args.law = law_memory_.data();
  args.counters = self.counters_.data();
  args.layer_counters = self.layer_counters_.data();
  args.layer = spec_.index;
  args.set_mask = update_mask();
  args.fidelity = config_.update.fidelity;
  args.noise = config_.device.write_noise.kind;
  args.rounding = config_.device.rounding;
  return args;
}

void DenseLayer::set_learning_rate(double rate) {
  auto const own = static_cast<float>(rate * spec_.learning_rate_factor);
  learning_rate_.upload(std::vector<float>(static_cast<std::size_t>(shape_.replicas), own));
}

void DenseLayer::update(std::span<DenseLayer> layers, Examples batch, int first, int count) {
  std::vector<UpdateArgs> steps;
  for (DenseLayer& layer : layers) steps.push_back(layer.outer_products(batch, first, count));
  layers.front().backend_->update_layers(layers.front().law_, steps);
  for (std::size_t i = 0; i < layers.size(); ++i) layers[i].note_update(steps[i]);
}

UpdateArgs DenseLayer::outer_products(Examples batch, int first, int count) {
  if (first == 0) {
    backend_->drive({.e = e.data(),
                     .e_fraction = e_fraction.data(),
                     .x_fraction = x_fraction.data(),
                     .u = u_.data(),
                     .drop = drop_.data(),
                     .learning_rate = learning_rate_.data(),
                     .counters = layer_counters_.data(),
                     .replicas = shape_.replicas,
                     .examples = batch.count,
                     .cols = shape_.cols,
                     .fixed_fraction = spec_.formats.u,
                     .w_fraction = spec_.formats.w,
                     .scale = config_.formats.scale});
  }
  UpdateArgs args = update_args();
  args.x = x.data() + static_cast<std::ptrdiff_t>(first) * shape_.rows;
  args.u = u_.data() + static_cast<std::ptrdiff_t>(first) * shape_.cols;
  args.drop = drop_.data() + first;
  args.first_step = batch.first + static_cast<std::uint64_t>(first);
  args.first_turn = args.first_step;
  args.shares = shares_.look(args.set_mask, codes_, count);
  args.examples = count;
  args.batch = batch.count;
  args.drive = config_.update.method == UpdateMethod::opa_streamed ? UpdateDrive::streamed
                                                                   : UpdateDrive::digits;
  return args;
}

void DenseLayer::update_with_gradient(Examples batch, std::uint64_t step) {
  TrainingConfig const& training = config_.training;
  auto const correction = [&](double beta) {
    double power = 1.0;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(step, 100000); ++i) power *= beta;
    return static_cast<float>(1.0 / (1.0 - power));
  };
  bool const adam = training.optimizer == Optimizer::adam;
  backend_->gradient({.x = x.data(),
                      .e = e.data(),
                      .x_fraction = x_fraction.data(),
                      .e_fraction = e_fraction.data(),
                      .learning_rate = learning_rate_.data(),
                      .first_moment = first_moment_.data(),
                      .second_moment = second_moment_.data(),
                      .delta = weights_.data(),
                      .replicas = shape_.replicas,
                      .examples = batch.count,
                      .rows = shape_.rows,
                      .cols = shape_.cols,
                      .w_fraction = spec_.formats.w,
                      .optimizer = training.optimizer,
                      .beta1 = static_cast<float>(training.momentum),
                      .beta2 = static_cast<float>(training.beta2),
                      .epsilon = static_cast<float>(training.epsilon),
                      .correction1 = adam ? correction(training.momentum) : 1.0F,
                      .correction2 = adam ? correction(training.beta2) : 1.0F});
  UpdateArgs args = update_args();
  args.delta = weights_.data();
  args.shares = shares_.look(args.set_mask, codes_, batch.count);
  args.first_step = batch.first;
  args.first_turn = step - 1;
  args.examples = 1;
  args.batch = 1;
  args.drive = UpdateDrive::delta;
  backend_->update(law_, args);
  note_update(args);
}

ResolveArgs DenseLayer::resolve_args(std::uint64_t event) const {
  auto& self = const_cast<DenseLayer&>(*this);
  ResolveArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = writable_state();
  args.apparent = hides() ? self.codes_.data() : nullptr;
  args.progress = self.progress_.data();
  args.traits = {variation_, traits_.data(), shape_.devices()};
  args.devices = devices_.data();
  args.law = law_memory_.data();
  args.counters = self.counters_.data();
  args.layer_counters = self.layer_counters_.data();
  args.pair_counters = self.pair_counters_.data();
  args.event = event;
  args.layer = spec_.index;
  args.addend_set = no_set;
  args.mode = config_.crs.write;
  args.attempts = config_.crs.attempts;
  args.tolerance = static_cast<float>(config_.crs.tolerance);
  args.adc_bits = config_.crs.adc_bits;
  args.noisy_read = noisy_read_;
  args.noise = config_.device.write_noise.kind;
  args.rounding = config_.device.rounding;
  return args;
}

void DenseLayer::devices_written() {
  seen_.devices_written();
  shares_.devices_written();
}

void DenseLayer::program(DeviceArray<std::int32_t> const& weights) {
  progress_.clear();
  ResolveArgs args = resolve_args(0);
  args.weights = weights.data();
  args.mode = config_.crs.initial_write;
  args.target_mask =
      shape_.sets == 1 ? 1U << forward_set : (1U << forward_set) | (1U << backward_set);
  args.clear_mask = shape_.sets == 3 ? 1U << collecting_set : 0;
  write(args);
  backend_->synchronise();
  devices_written();
}

void DenseLayer::resolve(std::uint64_t event, std::vector<std::uint8_t> const& active) {
  ResolveArgs args = resolve_args(event);
  if (!active.empty()) {
    active_.upload(active);
    args.active = active_.data();
  }
  for (int set = 0; set < shape_.sets; ++set) {
    if (((update_mask() >> set) & 1U) == 0) continue;
    args.source_set = set;
    args.target_mask = 1U << set;
    write(args);
  }
  devices_written();
}

void DenseLayer::merge(std::uint64_t event) {
  ResolveArgs args = resolve_args(event);
  args.source_set = forward_set;
  args.addend_set = collecting_set;
  args.target_mask = (1U << forward_set) | (1U << backward_set);
  args.clear_mask = 1U << collecting_set;
  write(args);
  devices_written();
}

std::vector<std::int16_t> DenseLayer::codes(int replica, int set) const {
  return codes_.download(static_cast<std::size_t>(shape_.index(replica, set, 0, 0, 0)),
                         static_cast<std::size_t>(shape_.planes * shape_.plane_size()));
}

std::vector<std::int16_t> DenseLayer::plane_codes(int replica, int plane, RowRange rows) const {
  return codes_.download(
      static_cast<std::size_t>(shape_.index(replica, forward_set, plane, rows.first, 0)),
      static_cast<std::size_t>(rows.count) * static_cast<std::size_t>(shape_.stride));
}

void DenseLayer::load_codes(std::vector<std::int16_t> const& codes) {
  std::int64_t const lines = static_cast<std::int64_t>(shape_.planes) * shape_.rows;
  if (static_cast<std::int64_t>(codes.size()) != lines * shape_.cols) {
    throw std::invalid_argument("layer " + std::to_string(spec_.index) + " has " +
                                std::to_string(lines * shape_.cols) +
                                " devices, the stored state " + std::to_string(codes.size()));
  }
  std::vector<std::int16_t> all(codes_.size(), 0);
  for (std::int64_t plane = 0; plane < shape_.planes * shape_.replicas * shape_.sets; ++plane) {
    std::fill_n(all.begin() + plane * shape_.plane_size(), shape_.plane_size(),
                slicing_.rest_code(static_cast<int>(plane % shape_.planes)));
  }
  int const holding = std::min(shape_.sets, collecting_set);
  for (int copy = 0; copy < shape_.replicas * holding; ++copy) {
    auto const to = all.begin() + shape_.index(copy / holding, copy % holding, 0, 0, 0);
    for (std::int64_t line = 0; line < lines; ++line) {
      std::copy_n(codes.begin() + line * shape_.cols, shape_.cols, to + line * shape_.stride);
    }
  }
  codes_.upload(all);
  if (hides()) persistent_.copy_from(codes_);
  progress_.clear();
  devices_written();
}

std::vector<double> DenseLayer::weights(int replica, RowRange rows) const {
  auto const cols = static_cast<std::size_t>(shape_.cols);
  auto const stride = static_cast<std::size_t>(shape_.stride);
  std::vector<i128> sums(static_cast<std::size_t>(rows.count) * cols, 0);
  for (int plane = 0; plane < shape_.planes; ++plane) {
    int const shift = slicing_.shift_of(slicing_.slice_of(plane));
    std::vector<std::int16_t> const state = plane_codes(replica, plane, rows);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += static_cast<i128>(state[i / cols * stride + i % cols]) << shift;
    }
  }
  std::vector<double> result(sums.size());
  std::ranges::transform(sums, result.begin(), [&](i128 sum) {
    return std::ldexp(static_cast<double>(sum), -slicing_.fraction_bits());
  });
  return result;
}

std::string DenseLayer::archive_prefix() const {
  return "layers/" + std::to_string(spec_.index) + "/";
}

void DenseLayer::restore_codes(StateArchive& archive) {
  archive.array(archive_prefix() + "codes", codes_);
  if (hides()) archive.array(archive_prefix() + "persistent", persistent_);
  if (counts()) archive.array(archive_prefix() + "progress", progress_);
  devices_written();
}

void DenseLayer::archive(StateArchive& archive) {
  std::string const prefix = archive_prefix();
  archive.array(prefix + "codes", codes_);
  if (hides()) archive.array(prefix + "persistent", persistent_);
  if (counts()) archive.array(prefix + "progress", progress_);
  archive.array(prefix + "slice_counters", counters_);
  archive.array(prefix + "layer_counters", layer_counters_);
  if (slicing_.one_sided()) archive.array(prefix + "pair_counters", pair_counters_);
  if (repeats_.size() != 0) archive.array(prefix + "repeated_reads", repeats_);
  archive.array(prefix + "adc_step_forward", adc_step_[0]);
  archive.array(prefix + "adc_step_backward", adc_step_[1]);
  if (averages_inputs(config_.read)) {
    archive.array(prefix + "input_mean_forward", input_mean_[0]);
    archive.array(prefix + "input_mean_backward", input_mean_[1]);
  }
  archive.array(prefix + "first_moment", first_moment_);
  archive.array(prefix + "second_moment", second_moment_);
  if (counts_writes()) archive.array(prefix + "writes", writes_);
  seen_.archive(archive, prefix);
  shares_.archive(archive, prefix);
}

}  // namespace panther
