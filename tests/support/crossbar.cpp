// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/crossbar.hpp"

#include <stdexcept>

#include "kernels/base/bounded_read.hpp"

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
      devices_(config.devices),
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
  std::vector<LawParams> laws;
  bool hides = false;
  for (std::size_t r = 0; r < replicas; ++r) {
    DeviceConfig const& device = config.devices[r];
    constants.push_back(device_constants(device, config.seeds[r]));
    laws.push_back(device.law);
    variation_ = variation_.with(variation_of(device));
    hides = hides || device.write_noise.hidden_std > 0;
    noisy_read_ = noisy_read_ || device.read_noise.relative > 0 || device.read_noise.line > 0;
  }
  constants_ = DeviceArray<DeviceConstants>(backend, constants);
  codes_ = DeviceArray<std::int16_t>(backend, size_of(shape_.devices()));
  if (hides) apparent_ = DeviceArray<std::int16_t>(backend, size_of(shape_.devices()));
  if (counts_pulses(config.devices.front().law)) {
    progress_ = DeviceArray<std::int16_t>(backend, size_of(shape_.devices()));
  }
  slice_counters_ = DeviceArray<SliceCounters>(backend, replicas * slices);
  layer_counters_ = DeviceArray<LayerCounters>(backend, replicas);
  pair_counters_ = DeviceArray<PairCounters>(backend, replicas * slices);
  repeats_ = DeviceArray<std::uint64_t>(backend, replicas);
  peaks_ = DeviceArray<std::int32_t>(backend, replicas * slices);
  law_memory_ = {backend, laws, slicing_};
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
  repeats_.clear();
  peaks_.clear();
}

ResolveArgs Crossbar::resolve_args(WriteOptions const& options,
                                   DeviceArray<std::uint8_t> const& active) const {
  ResolveArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = const_cast<std::int16_t*>(codes_.data());
  if (apparent_.size() > 0) args.apparent = const_cast<std::int16_t*>(apparent_.data());
  args.progress = const_cast<std::int16_t*>(progress_.data());
  args.traits = traits();
  args.devices = constants_.data();
  args.law = law_memory_.data();
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
  launch_resolve(args);
}

void Crossbar::resolve(WriteOptions const& options) {
  DeviceArray<std::uint8_t> const active(backend_, options.active);
  launch_resolve(resolve_args(options, active));
}

void Crossbar::launch_resolve(ResolveArgs const& args) {
  DeviceArray<std::int16_t> before(backend_, codes_.size());
  before.copy_from(codes_);
  backend_.resolve(law_, args);
  if (writes_.size() > 0) {
    UpdateArgs written{};
    written.shape = shape_;
    written.slicing = slicing_;
    written.codes = codes_.data();
    written.devices = constants_.data();
    written.layer = layer_;
    written.set_mask = args.target_mask | args.clear_mask;
    wear(written, before.data());
  }
  backend_.synchronise();
}

void Crossbar::count_writes(Endurance const& endurance) {
  endurance_ = endurance;
  writes_ = DeviceArray<std::uint32_t>(backend_, codes_.size());
  wear_ = DeviceArray<WearConstants>(
      backend_, std::vector<WearConstants>(static_cast<std::size_t>(shape_.replicas),
                                           wear_constants(endurance)));
}

void Crossbar::wear(UpdateArgs const& args, std::int16_t const* before) {
  WearConstants const k = wear_constants(endurance_);
  backend_.wear({.update = args,
                 .before = before,
                 .writes = writes_.data(),
                 .wear = wear_.data(),
                 .count = endurance_.count,
                 .wears = k.wears(),
                 .fails = k.failure > 0});
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
  args.progress = progress_.data();
  args.traits = traits();
  args.devices = constants_.data();
  args.law = law_memory_.data();
  args.counters = slice_counters_.data();
  args.layer_counters = layer_counters_.data();
  args.layer = layer_;
  args.set_mask = options.set_mask;
  args.drive = options.drive;
  args.fidelity = options.fidelity;
  args.noise = noise_;
  args.rounding = rounding_;
  DeviceArray<std::uint16_t> const shares(backend_, options.shares);
  if (!options.shares.empty()) args.shares = shares.data();
  backend_.update(law_, args);
  if (writes_.size() > 0) wear(args, nullptr);
  if (apparent_.size() > 0) {
    backend_.appear({.update = args,
                     .apparent = apparent_.data(),
                     .before = nullptr,
                     .touch = Touch::update,
                     .event = 0});
  }
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

AgeArgs Crossbar::age_args(DeviceArray<AgingConstants> const& constants,
                           DeviceArray<std::int16_t> const& before, AgeOptions const& options) {
  std::vector<AgingConstants> const all = constants.download();
  AgeArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = codes_.data();
  args.before = before.size() > 0 ? before.data() : nullptr;
  args.traits = traits();
  args.devices = constants_.data();
  args.aging = constants.data();
  args.step = options.step;
  args.layer = layer_;
  args.set_mask = options.set_mask;
  args.stream = options.stream;
  for (AgingConstants const& k : all) {
    args.noisy = args.noisy || k.noisy();
    args.frozen = args.frozen || k.frozen();
  }
  args.rounding = rounding_;
  return args;
}

void Crossbar::age(std::vector<AgingConstants> const& constants, AgeOptions const& options) {
  DeviceArray<AgingConstants> const aging(backend_, constants);
  DeviceArray<std::int16_t> const before(backend_, options.before);
  backend_.age(age_args(aging, before, options));
}

void Crossbar::launch_read(ReadArgs const& args, ReadOptions const& options) {
  if (options.mode != ReadMode::analog) {
    backend_.read(args);
    return;
  }
  std::vector<AnalogConstants> constants;
  for (DeviceConfig const& device : devices_) {
    constants.push_back(
        analog_constants(options.analog, device, slicing_, options.dac_bits, options.adc_bits));
  }
  DeviceArray<AnalogConstants> const analog(backend_, constants);
  BoundManagementConfig const& bounds = options.analog.bounds;
  // As an earlier read may leave them: every vector clipped in its last attempt.
  auto const vectors = size_of(std::int64_t{args.shape.replicas} * args.examples);
  DeviceArray<std::int32_t> clipped(backend_, std::vector(vectors, 1 + bound_repeats(bounds)));
  DeviceArray<std::int32_t> const means(backend_, options.input_mean);
  bool const managed = bounds.management != BoundManagement::off;
  bounded_read(backend_, {args,
                          analog.data(),
                          options.ideal_converters,
                          {.clipped = managed ? clipped.data() : nullptr,
                           .repeats = repeats_.data(),
                           .most_repeats = bound_repeats(bounds),
                           .test_negative = bounds.test_negative},
                          options.input_mean.empty() ? nullptr : means.data()});
  backend_.synchronise();
}

std::vector<i128> Crossbar::read(std::vector<std::int16_t> const& inputs,
                                 ReadOptions const& options) {
  ReadArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = apparent_.size() > 0 ? apparent_.data() : codes_.data();
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
  DeviceArray<std::int16_t> const used(backend_, options.used);
  args.inputs = driven.data();
  args.used = used.size() > 0 ? used.data() : nullptr;
  args.adc_step = steps.size() > 0 ? steps.data() : nullptr;
  args.sums = sums.data();
  args.observed_peak = options.mode != ReadMode::collapsed ? peaks_.data() : nullptr;
  launch_read(args, options);
  return sums.download();
}

}  // namespace panther::test
