// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/emulated_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/base/rounding.hpp"

namespace panther::machine {
namespace {

constexpr int sets = 3;
/// Codes of a device at the edge of its window.
constexpr double full_code = 32768;
/// Steps of converters are 32-bit numbers.
constexpr double largest_adc_step = 1 << 30;
constexpr unsigned mask_of(int set) { return 1U << set; }

bool all_zero(std::span<Word const> words) {
  return std::all_of(words.begin(), words.end(), [](Word w) { return w == 0; });
}

}  // namespace

EmulatedMatrix::EmulatedMatrix(std::shared_ptr<Backend> backend, Machine const& machine,
                               std::uint64_t seed)
    : backend_(std::move(backend)),
      emulation_(machine.emulation),
      fraction_bits_(machine.organisation.fraction_bits),
      dac_bits_(machine.organisation.dac_bits),
      seed_(seed),
      slicing_(make_slicing(emulation_.slicing)),
      law_(static_cast<int>(emulation_.device.law.index())) {
  int const side = machine.organisation.xbar_size;
  shape_ = {1, sets, slicing_.planes(), side, side, aligned_columns(side)};
  bool const counts_conversions = emulation_.read == ReadMode::bit_serial;
  if (noisy() || bounded() || hides() || counts_conversions) create();
}

void EmulatedMatrix::resolve() {
  if (!exists()) return;
  write(resolve_args());
}

void EmulatedMatrix::update(std::span<Word const> rows, std::span<Word const> columns) {
  // Without a pulse nothing moves and nothing is counted.
  if (all_zero(rows) || all_zero(columns)) {
    ++updates_;
    return;
  }
  create();
  DeviceArray<std::int16_t> const x(*backend_, std::vector<std::int16_t>(rows.begin(), rows.end()));
  DeviceArray<std::int16_t> const u(*backend_,
                                    std::vector<std::int16_t>(columns.begin(), columns.end()));
  // Both operands and the weight have the same fraction bits, so the product has as many too
  // many.
  DeviceArray<std::int32_t> const drop(*backend_, std::vector<std::int32_t>{fraction_bits_});
  UpdateArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = state();
  args.progress = progress_.data();
  args.traits = traits();
  args.devices = constants_.data();
  args.law = law_memory_.data();
  args.counters = slice_counters_.data();
  args.layer_counters = layer_counters_.data();
  args.x = x.data();
  args.u = u.data();
  args.drop = drop.data();
  args.first_step = updates_++;
  args.first_turn = args.first_step;
  args.set_mask = mask_of(set_d);
  args.examples = 1;
  args.batch = 1;
  args.drive = UpdateDrive::streamed;
  args.fidelity = Fidelity::aggregate;
  args.noise = emulation_.device.write_noise.kind;
  args.rounding = emulation_.device.rounding;
  backend_->update(law_, args);
  if (hides()) {
    backend_->appear({.update = args,
                      .apparent = codes_.data(),
                      .before = nullptr,
                      .touch = Touch::update,
                      .event = 0});
  }
  backend_->synchronise();
}

void EmulatedMatrix::read(int set, Driven driven, std::span<Word const> in, std::span<Word> out) {
  if (!exists()) {
    std::fill(out.begin(), out.end(), Word{0});
    return;
  }
  ReadArgs args = read_args(set, driven, slice_counters_);
  args.first_read = reads_++;
  args.dac_bits = dac_bits_;
  args.adc_bits = emulation_.adc_bits;
  args.mode = emulation_.read;
  args.noisy = noisy();
  outputs_saturated_ += convert(args, in, out);
}

void EmulatedMatrix::weights(std::span<Word> words) const {
  std::fill(words.begin(), words.end(), Word{0});
  if (!exists()) return;
  auto const side = static_cast<std::size_t>(shape_.rows);
  DeviceArray<SliceCounters> scratch(*backend_, slice_counters_.size());
  ReadArgs args = read_args(set_f, Driven::rows, scratch);
  args.dac_bits = 1;
  args.mode = ReadMode::collapsed;
  std::vector<Word> unit(side);
  for (std::size_t row = 0; row < side; ++row) {
    unit[row] = static_cast<Word>(1 << fraction_bits_);
    convert(args, unit, words.subspan(row * side, side));
    unit[row] = 0;
  }
}

CrossbarCounters EmulatedMatrix::counters() const {
  CrossbarCounters total{.outputs_saturated = outputs_saturated_};
  if (!exists()) return total;
  for (SliceCounters const& slice : slice_counters_.download()) {
    total.device_updates += slice.updates;
    total.update_steps += slice.steps;
    total.update_saturations += slice.saturations;
    total.conversions += slice.conversions;
    total.conversions_clipped += slice.clips;
    total.cells_written += slice.cells_written;
    total.write_steps += slice.write_steps;
    total.write_failures += slice.write_failures;
  }
  LayerCounters const layer = layer_counters_.download()[0];
  total.update_overflows = layer.update_overflows;
  total.weights_saturated = layer.weights_saturated;
  return total;
}

bool EmulatedMatrix::bounded() const {
  DeviceConfig const& device = emulation_.device;
  return device.stuck.low > 0 || device.stuck.high > 0 || device.spread.window > 0;
}

bool EmulatedMatrix::hides() const { return emulation_.device.write_noise.hidden_std > 0; }

std::int16_t* EmulatedMatrix::state() { return hides() ? persistent_.data() : codes_.data(); }

void EmulatedMatrix::create() {
  if (exists()) return;
  Backend& b = *backend_;
  auto const slices = static_cast<std::size_t>(slicing_.slices);
  constants_ =
      DeviceArray<DeviceConstants>(b, std::vector{device_constants(emulation_.device, seed_)});
  codes_ = DeviceArray<std::int16_t>(b, static_cast<std::size_t>(shape_.devices()));
  if (hides()) persistent_ = DeviceArray<std::int16_t>(b, codes_.size());
  if (counts_pulses(emulation_.device.law)) {
    progress_ = DeviceArray<std::int16_t>(b, codes_.size());
  }
  slice_counters_ = DeviceArray<SliceCounters>(b, slices);
  layer_counters_ = DeviceArray<LayerCounters>(b, 1);
  adc_steps_ = DeviceArray<std::int32_t>(b, adc_steps());
  law_memory_ = {*backend_, {emulation_.device.law}, slicing_};
  if (!bounded() && !hides() && !slicing_.one_sided()) return;
  auto const cells = static_cast<std::size_t>(shape_.rows) * static_cast<std::size_t>(shape_.cols);
  program(std::vector<Word>(cells), WriteMode::ideal);
  slice_counters_.clear();
  layer_counters_.clear();
}

std::vector<std::int32_t> EmulatedMatrix::adc_steps() const {
  std::vector<std::int32_t> steps;
  double const largest_digit = (1 << dac_bits_) - 1;
  double const lines = std::min(max_block_lines, shape_.rows);
  for (int s = 0; s < slicing_.slices; ++s) {
    double const half_range =
        emulation_.adc_half_range_levels > 0
            ? emulation_.adc_half_range_levels * codes_per_level(slicing_.cell_bits[s])
            : lines * full_code * largest_digit;
    double const step = std::ceil(2.0 * half_range / std::exp2(emulation_.adc_bits));
    steps.push_back(static_cast<std::int32_t>(std::clamp(step, 1.0, largest_adc_step)));
  }
  return steps;
}

void EmulatedMatrix::program(std::span<Word const> weights, WriteMode mode) {
  if (!exists() && all_zero(weights)) return;
  create();
  progress_.clear();
  std::vector<std::int32_t> const values(weights.begin(), weights.end());
  DeviceArray<std::int32_t> const wanted(*backend_, values);
  ResolveArgs args = resolve_args();
  args.weights = wanted.data();
  args.addend_set = no_set;
  args.mode = mode;
  write(args);
}

ReadArgs EmulatedMatrix::read_args(int set, Driven driven,
                                   DeviceArray<SliceCounters>& counters) const {
  ReadArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = codes_.data();
  args.devices = constants_.data();
  args.counters = counters.data();
  args.adc_step = adc_steps_.data();
  args.set = set;
  args.examples = 1;
  args.block_lines = max_block_lines;
  args.driven = driven;
  return args;
}

std::uint64_t EmulatedMatrix::convert(ReadArgs args, std::span<Word const> in,
                                      std::span<Word> out) const {
  DeviceArray<std::int16_t> const inputs(*backend_,
                                         std::vector<std::int16_t>(in.begin(), in.end()));
  DeviceArray<i128> sums(*backend_, out.size());
  args.inputs = inputs.data();
  args.sums = sums.data();
  backend_->read(args);
  std::vector<i128> const values = sums.download();
  std::uint64_t clipped = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto const word =
        saturated16(round_shift(values[i], fraction_bits_ + slicing_.fraction_bits()));
    out[i] = word.value;
    clipped += word.saturated ? 1 : 0;
  }
  return clipped;
}

bool EmulatedMatrix::noisy() const {
  return emulation_.device.read_noise.relative > 0 || emulation_.device.read_noise.line > 0;
}

TraitSource EmulatedMatrix::traits() const {
  return {variation_of(emulation_.device), nullptr, shape_.devices()};
}

ResolveArgs EmulatedMatrix::resolve_args() {
  ResolveArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = state();
  args.apparent = hides() ? codes_.data() : nullptr;
  args.progress = progress_.data();
  args.traits = traits();
  args.devices = constants_.data();
  args.law = law_memory_.data();
  args.counters = slice_counters_.data();
  args.layer_counters = layer_counters_.data();
  args.event = writes_++;
  args.source_set = set_f;
  args.addend_set = set_d;
  args.target_mask = mask_of(set_f) | mask_of(set_b);
  args.clear_mask = mask_of(set_d);
  args.mode = emulation_.write.crs;
  args.attempts = emulation_.write.attempts;
  args.tolerance = static_cast<float>(emulation_.write.tolerance_levels);
  args.adc_bits = emulation_.write.adc_bits;
  args.noisy_read = noisy();
  args.noise = emulation_.device.write_noise.kind;
  args.rounding = emulation_.device.rounding;
  return args;
}

void EmulatedMatrix::write(ResolveArgs const& args) {
  backend_->resolve(law_, args);
  backend_->synchronise();
}

}  // namespace panther::machine
