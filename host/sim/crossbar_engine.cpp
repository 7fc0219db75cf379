// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/crossbar_engine.hpp"

#include <cstring>
#include <vector>

#include "kernels/base/backend.hpp"
#include "kernels/base/rounding.hpp"

namespace panther::machine {
namespace {

/// The sets of devices of a matrix.
constexpr int set_f = 0;
constexpr int set_b = 1;
constexpr int set_d = 2;
constexpr int sets = 3;
constexpr unsigned mask_of(int set) { return 1U << set; }

/// A seed for every matrix: the finaliser of SplitMix64 (Steele, Lea, Flood 2014) over its place.
std::uint64_t matrix_seed(std::uint64_t seed, TileId tile, CoreId core, std::uint32_t matrix) {
  std::uint64_t z = seed + 0x9E3779B97F4A7C15U * (index(tile) << 16 | index(core) << 8 | matrix);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

/// The devices of one matrix.
class EmulatedMatrix {
 public:
  EmulatedMatrix(std::shared_ptr<Backend> backend, Machine const& machine, std::uint64_t seed)
      : backend_(std::move(backend)),
        emulation_(machine.emulation),
        fraction_bits_(machine.organisation.fraction_bits),
        slicing_(make_slicing(emulation_.slicing)),
        law_(static_cast<int>(emulation_.device.law.index())) {
    int const side = machine.organisation.xbar_size;
    shape_ = {1, sets, slicing_.planes(), side, side, aligned_columns(side)};
    Backend& b = *backend_;
    auto const slices = static_cast<std::size_t>(slicing_.slices);
    constants_ =
        DeviceArray<DeviceConstants>(b, std::vector{device_constants(emulation_.device, seed)});
    codes_ = DeviceArray<std::int16_t>(b, static_cast<std::size_t>(shape_.devices()));
    slice_counters_ = DeviceArray<SliceCounters>(b, slices);
    layer_counters_ = DeviceArray<LayerCounters>(b, 1);
    prepare_law();
  }

  void program(std::span<Word const> weights) {
    std::vector<std::int32_t> const values(weights.begin(), weights.end());
    DeviceArray<std::int32_t> const wanted(*backend_, values);
    ResolveArgs args = resolve_args();
    args.weights = wanted.data();
    args.addend_set = no_set;
    write(args);
  }

  void resolve() { write(resolve_args()); }

  void update(std::span<Word const> rows, std::span<Word const> columns) {
    DeviceArray<std::int16_t> const x(*backend_,
                                      std::vector<std::int16_t>(rows.begin(), rows.end()));
    DeviceArray<std::int16_t> const u(*backend_,
                                      std::vector<std::int16_t>(columns.begin(), columns.end()));
    // Both operands and the weight have the same fraction bits, so the product has as many too
    // many.
    DeviceArray<std::int32_t> const drop(*backend_, std::vector<std::int32_t>{fraction_bits_});
    UpdateArgs args{};
    args.shape = shape_;
    args.slicing = slicing_;
    args.codes = codes_.data();
    args.traits = traits();
    args.devices = constants_.data();
    args.law = law_constants_.data();
    args.counters = slice_counters_.data();
    args.layer_counters = layer_counters_.data();
    args.x = x.data();
    args.u = u.data();
    args.drop = drop.data();
    args.first_step = updates_++;
    args.set_mask = mask_of(set_d);
    args.examples = 1;
    args.batch = 1;
    args.drive = UpdateDrive::streamed;
    args.fidelity = Fidelity::aggregate;
    args.noise = emulation_.device.write_noise.kind;
    args.rounding = emulation_.device.rounding;
    backend_->update(law_, args);
    backend_->synchronise();
  }

  void read(int set, Driven driven, std::span<Word const> in, std::span<Word> out) {
    DeviceArray<std::int16_t> const inputs(*backend_,
                                           std::vector<std::int16_t>(in.begin(), in.end()));
    DeviceArray<i128> sums(*backend_, out.size());
    ReadArgs args{};
    args.shape = shape_;
    args.slicing = slicing_;
    args.codes = codes_.data();
    args.devices = constants_.data();
    args.counters = slice_counters_.data();
    args.inputs = inputs.data();
    args.sums = sums.data();
    args.first_read = reads_++;
    args.set = set;
    args.examples = 1;
    args.block_lines = max_block_lines;
    args.dac_bits = 1;
    args.driven = driven;
    args.mode = emulation_.read;
    args.noisy = noisy();
    backend_->read(args);
    std::vector<i128> const values = sums.download();
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = saturated16(round_shift(values[i], fraction_bits_ + slicing_.fraction_bits())).value;
    }
  }

 private:
  bool noisy() const {
    return emulation_.device.read_noise.relative > 0 || emulation_.device.read_noise.line > 0;
  }

  TraitSource traits() const {
    return {variation_of(emulation_.device), nullptr, shape_.devices()};
  }

  void prepare_law() {
    visit_law(law_, [&]<class Law>() {
      std::vector<typename Law::Constants> constants;
      for (int s = 0; s < slicing_.slices; ++s) {
        constants.push_back(Law::prepare(std::get<typename Law::Params>(emulation_.device.law),
                                         slicing_.cell_bits[s]));
      }
      std::vector<std::byte> bytes(constants.size() * sizeof(constants[0]));
      std::memcpy(bytes.data(), constants.data(), bytes.size());
      law_constants_ = DeviceArray<std::byte>(*backend_, bytes);
    });
  }

  /// Carry resolution: f plus d into f and b, d cleared.
  ResolveArgs resolve_args() {
    ResolveArgs args{};
    args.shape = shape_;
    args.slicing = slicing_;
    args.codes = codes_.data();
    args.traits = traits();
    args.devices = constants_.data();
    args.law = law_constants_.data();
    args.counters = slice_counters_.data();
    args.layer_counters = layer_counters_.data();
    args.event = writes_++;
    args.source_set = set_f;
    args.addend_set = set_d;
    args.target_mask = mask_of(set_f) | mask_of(set_b);
    args.clear_mask = mask_of(set_d);
    args.mode = WriteMode::ideal;
    args.attempts = 1;
    args.noisy_read = noisy();
    args.noise = emulation_.device.write_noise.kind;
    args.rounding = emulation_.device.rounding;
    return args;
  }

  void write(ResolveArgs const& args) {
    backend_->resolve(law_, args);
    backend_->synchronise();
  }

  std::shared_ptr<Backend> backend_;
  Emulation emulation_;
  int fraction_bits_;
  Slicing slicing_;
  int law_;
  XbarShape shape_{};
  DeviceArray<DeviceConstants> constants_;
  DeviceArray<std::int16_t> codes_;
  DeviceArray<std::byte> law_constants_;
  DeviceArray<SliceCounters> slice_counters_;
  DeviceArray<LayerCounters> layer_counters_;
  std::uint64_t updates_ = 0;
  std::uint64_t reads_ = 0;
  std::uint64_t writes_ = 0;
};

class CrossbarEngine final : public MatrixEngine {
 public:
  CrossbarEngine(std::shared_ptr<Backend> backend, Machine const& machine, TileId tile, CoreId core)
      : backend_(std::move(backend)), machine_(machine), tile_(tile), core_(core) {
    matrices_.resize(static_cast<std::size_t>(machine.organisation.matrices_per_core));
  }

  void set_weights(std::uint32_t matrix, std::span<Word const> weights) override {
    at(matrix).program(weights);
  }

  void get_weights(std::uint32_t matrix, std::span<Word> weights) const override {
    std::fill(weights.begin(), weights.end(), Word{0});
    if (!matrices_[matrix]) return;
    auto const side = static_cast<std::size_t>(machine_.organisation.xbar_size);
    std::vector<Word> unit(side);
    for (std::size_t row = 0; row < side; ++row) {
      unit[row] = static_cast<Word>(1 << machine_.organisation.fraction_bits);
      matrices_[matrix]->read(set_f, Driven::rows, unit, weights.subspan(row * side, side));
      unit[row] = 0;
    }
  }

  void mvm(std::uint32_t matrix, std::span<Word const> in, std::span<Word> out) override {
    at(matrix).read(set_f, Driven::rows, in, out);
  }

  void mtvm(std::uint32_t matrix, std::span<Word const> in, std::span<Word> out) override {
    at(matrix).read(set_b, Driven::columns, in, out);
  }

  void outer_product(std::uint32_t matrix, std::span<Word const> rows,
                     std::span<Word const> columns) override {
    at(matrix).update(rows, columns);
  }

  void resolve(std::uint32_t matrix) override { at(matrix).resolve(); }

 private:
  EmulatedMatrix& at(std::uint32_t matrix) {
    std::unique_ptr<EmulatedMatrix>& place = matrices_[matrix];
    if (!place) {
      place = std::make_unique<EmulatedMatrix>(
          backend_, machine_, matrix_seed(machine_.emulation.seed, tile_, core_, matrix));
    }
    return *place;
  }

  std::shared_ptr<Backend> backend_;
  Machine const& machine_;
  TileId tile_;
  CoreId core_;
  std::vector<std::unique_ptr<EmulatedMatrix>> matrices_;
};

}  // namespace

MatrixEngineFactory make_crossbar_engines() {
  std::shared_ptr<Backend> const backend = make_cpu_backend({.threads = 1, .isa = Isa::automatic});
  return [backend](Machine const& machine, TileId tile, CoreId core) {
    return std::make_unique<CrossbarEngine>(backend, machine, tile, core);
  };
}

}  // namespace panther::machine
