// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/crossbar.hpp"

#include <cstring>
#include <stdexcept>

namespace panther::test {

namespace {

std::size_t size_of(std::int64_t count) { return static_cast<std::size_t>(count); }

XbarShape make_shape(CrossbarConfig const& config, Slicing const& slicing) {
  return {static_cast<int>(config.devices.size()),
          config.sets,
          slicing.planes(),
          config.rows,
          config.cols,
          aligned_columns(config.cols)};
}

}  // namespace

Crossbar::Crossbar(Backend& backend, CrossbarConfig const& config)
    : backend_(backend),
      slicing_(make_slicing(config.slicing)),
      shape_(make_shape(config, slicing_)),
      layer_(config.layer),
      law_(static_cast<int>(config.devices.front().law.index())),
      noise_(config.devices.front().write_noise.kind),
      rounding_(config.devices.front().rounding) {
  check(config);
  auto const replicas = config.devices.size();
  auto const slices = static_cast<std::size_t>(slicing_.slices);
  std::vector<DeviceConstants> constants;
  for (std::size_t r = 0; r < replicas; ++r) {
    DeviceConfig const& device = config.devices[r];
    constants.push_back(device_constants(device, config.seeds[r]));
    Variation const v = variation_of(device);
    variation_ = {variation_.slope || v.slope, variation_.bend || v.bend,
                  variation_.bounds || v.bounds};
    noisy_read_ = noisy_read_ || device.read_noise.relative > 0 || device.read_noise.line > 0;
  }
  constants_ = DeviceArray<DeviceConstants>(backend, constants);
  codes_ = DeviceArray<std::int16_t>(backend, size_of(shape_.devices()));
  slice_counters_ = DeviceArray<SliceCounters>(backend, replicas * slices);
  layer_counters_ = DeviceArray<LayerCounters>(backend, replicas);
  pair_counters_ = DeviceArray<PairCounters>(backend, replicas * slices);
  peaks_ = DeviceArray<std::int32_t>(backend, replicas * slices);
  prepare_law(config);
  if (config.stored_traits) prepare_traits(config);
}

void Crossbar::check(CrossbarConfig const& config) const {
  if (config.seeds.size() != config.devices.size()) {
    throw std::invalid_argument("Crossbar: one seed a replica is needed");
  }
  for (DeviceConfig const& device : config.devices) {
    if (static_cast<int>(device.law.index()) != law_ || device.write_noise.kind != noise_ ||
        device.rounding != rounding_) {
      throw std::invalid_argument("Crossbar: replicas of different laws, noise kinds or roundings");
    }
  }
}

void Crossbar::prepare_law(CrossbarConfig const& config) {
  visit_law(law_, [&]<class Law>() {
    std::vector<typename Law::Constants> constants;
    for (DeviceConfig const& device : config.devices) {
      for (int s = 0; s < slicing_.slices; ++s) {
        constants.push_back(
            Law::prepare(std::get<typename Law::Params>(device.law), slicing_.cell_bits[s]));
      }
    }
    std::vector<std::byte> bytes(constants.size() * sizeof(constants[0]));
    std::memcpy(bytes.data(), constants.data(), bytes.size());
    law_constants_ = DeviceArray<std::byte>(backend_, bytes);
  });
}

void Crossbar::prepare_traits(CrossbarConfig const&) {
  auto const bytes = static_cast<std::int64_t>(stored_trait_bytes(variation_));
  stored_ = DeviceArray<std::int8_t>(backend_, size_of(bytes * shape_.devices()));
  if (bytes == 0) return;
  StoreTraitsArgs args{};
  args.shape = shape_;
  args.devices = constants_.data();
  args.stored = stored_.data();
  args.variation = variation_;
  args.layer = layer_;
  backend_.store_traits(args);
}

TraitSource Crossbar::traits() const {
  return {variation_, stored_.size() > 0 ? stored_.data() : nullptr, shape_.devices()};
}

std::size_t Crossbar::weight_count() const {
  return size_of(static_cast<std::int64_t>(shape_.replicas) * shape_.rows * shape_.cols);
}

void Crossbar::clear_counters() {
  slice_counters_.clear();
  layer_counters_.clear();
  pair_counters_.clear();
  peaks_.clear();
}

ResolveArgs Crossbar::resolve_args(WriteOptions const& options,
                                   DeviceArray<std::uint8_t> const& active) const {
  ResolveArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = const_cast<std::int16_t*>(codes_.data());
  args.traits = traits();
  args.devices = constants_.data();
  args.law = law_constants_.data();
  args.counters = slice_counters_.data();
  args.layer_counters = layer_counters_.data();
  args.pair_counters = pair_counters_.data();
  args.active = active.size() > 0 ? active.data() : nullptr;
  args.event = options.event;
  args.layer = layer_;
  args.source_set = options.source_set;
  args.addend_set = options.addend_set;
  args.target_mask = options.target_mask;
  args.clear_mask = options.clear_mask;
  args.mode = options.mode;
  args.attempts = options.attempts;
  args.tolerance = options.tolerance;
  args.adc_bits = options.adc_bits;
  args.noisy_read = noisy_read_;
  args.noise = noise_;
  args.rounding = rounding_;
  return args;
}

void Crossbar::program(std::vector<std::int32_t> const& weights, WriteOptions const& options) {
  if (weights.size() != weight_count())
    throw std::invalid_argument("Crossbar::program: wrong size");
  DeviceArray<std::uint8_t> const active(backend_, options.active);
  DeviceArray<std::int32_t> const wanted(backend_, weights);
  ResolveArgs args = resolve_args(options, active);
  args.weights = wanted.data();
  backend_.resolve(law_, args);
  backend_.synchronise();
}

void Crossbar::resolve(WriteOptions const& options) {
  DeviceArray<std::uint8_t> const active(backend_, options.active);
  backend_.resolve(law_, resolve_args(options, active));
  backend_.synchronise();
}

void Crossbar::refresh(RefreshRule const& rule, WriteOptions const& options) {
  DeviceArray<std::uint8_t> const all(backend_, std::vector<std::uint8_t>());
  backend_.refresh(law_, {.write = resolve_args(options, all), .rule = rule});
  backend_.synchronise();
}

void Crossbar::launch_update(UpdateArgs args, UpdateOptions const& options) {
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = codes_.data();
  args.traits = traits();
  args.devices = constants_.data();
  args.law = law_constants_.data();
  args.counters = slice_counters_.data();
  args.layer_counters = layer_counters_.data();
  args.layer = layer_;
  args.set_mask = options.set_mask;
  args.drive = options.drive;
  args.fidelity = options.fidelity;
  args.noise = noise_;
  args.rounding = rounding_;
  backend_.update(law_, args);
  backend_.synchronise();
}

void Crossbar::update(Outer const& outer, UpdateOptions const& options) {
  update_part(outer, 0, outer.examples, options);
}

void Crossbar::update_part(Outer const& outer, int first, int count, UpdateOptions const& options) {
  auto const vectors =
      static_cast<std::size_t>(shape_.replicas) * static_cast<std::size_t>(outer.examples);
  if (outer.x.size() != vectors * static_cast<std::size_t>(shape_.rows) ||
      outer.u.size() != vectors * static_cast<std::size_t>(shape_.cols) ||
      outer.drop.size() != vectors) {
    throw std::invalid_argument("Crossbar::update: wrong size");
  }
  DeviceArray<std::int16_t> const x(backend_, outer.x);
  DeviceArray<std::int16_t> const u(backend_, outer.u);
  DeviceArray<std::int32_t> const drop(backend_, outer.drop);
  UpdateArgs args{};
  args.x = x.data() + static_cast<std::ptrdiff_t>(first) * shape_.rows;
  args.u = u.data() + static_cast<std::ptrdiff_t>(first) * shape_.cols;
  args.drop = drop.data() + first;
  args.first_step = options.first_step + static_cast<std::uint64_t>(first);
  args.first_turn = options.first_turn + static_cast<std::uint64_t>(first);
  args.examples = count;
  args.batch = outer.examples;
  launch_update(args, options);
}

void Crossbar::apply(std::vector<std::int32_t> const& delta, UpdateOptions options) {
  if (delta.size() != weight_count()) throw std::invalid_argument("Crossbar::apply: wrong size");
  DeviceArray<std::int32_t> const changes(backend_, delta);
  options.drive = UpdateDrive::delta;
  UpdateArgs args{};
  args.delta = changes.data();
  args.first_step = options.first_step;
  args.first_turn = options.first_turn;
  args.examples = 1;
  args.batch = 1;
  launch_update(args, options);
}

std::vector<i128> Crossbar::read(std::vector<std::int16_t> const& inputs,
                                 ReadOptions const& options) {
  ReadArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = codes_.data();
  args.devices = constants_.data();
  args.counters = slice_counters_.data();
  args.first_read = options.first_read;
  args.layer = layer_;
  args.set = options.set;
  args.block_lines = options.block_lines;
  args.dac_bits = options.dac_bits;
  args.adc_bits = options.adc_bits;
  args.driven = options.driven;
  args.mode = options.mode;
  args.noisy = options.noisy.value_or(noisy_read_);
  auto const vector_size = static_cast<std::size_t>(shape_.replicas * args.driven_lines());
  if (inputs.empty() || inputs.size() % vector_size != 0) {
    throw std::invalid_argument("Crossbar::read: wrong size");
  }
  args.examples = static_cast<int>(inputs.size() / vector_size);
  DeviceArray<std::int16_t> const driven(backend_, inputs);
  DeviceArray<std::int32_t> const steps(backend_, options.adc_step);
  DeviceArray<i128> sums(backend_, size_of(args.items()));
  args.inputs = driven.data();
  args.adc_step = steps.size() > 0 ? steps.data() : nullptr;
  args.sums = sums.data();
  args.observed_peak = options.mode == ReadMode::bit_serial ? peaks_.data() : nullptr;
  backend_.read(args);
  return sums.download();
}

}  // namespace panther::test
