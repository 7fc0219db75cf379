// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/crossbar_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "devicemodels/core/changed_field.hpp"
#include "host/base/errors.hpp"
#include "host/sim/emulated_matrix.hpp"
#include "kernels/xbar/pair_devices.hpp"

namespace panther::machine {
namespace {

/// A seed for every matrix: the finaliser of SplitMix64 (Steele, Lea, Flood 2014) over its place.
std::uint64_t matrix_seed(std::uint64_t seed, TileId tile, CoreId core, std::uint32_t matrix) {
  std::uint64_t z = seed + 0x9E3779B97F4A7C15U * (index(tile) << 16 | index(core) << 8 | matrix);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

/// Throws UserError or std::invalid_argument if values that are each allowed do not go together.
void check(Machine const& machine) {
  Emulation const& e = machine.emulation;
  int const dac_bits = machine.organisation.dac_bits;
  if (e.read == ReadMode::analog) {
    throw UserError(
        "emulation.read = \"analog\" (allowed: \"collapsed\", \"bit_serial\"; analog reads are for "
        "training runs)");
  }
  if (std::string const unused = changed_field(e.device.reading); !unused.empty()) {
    throw UserError("emulation.device.reading." + unused +
                    " has no effect: the machine has no analog reads");
  }
  check_pair_devices(e.device, e.slicing.encoding, "emulation.");
  if (e.adc_bits > 0 && e.read != ReadMode::bit_serial) {
    throw UserError(
        fmt::format("emulation.adc_bits = {} needs emulation.read = \"bit_serial\" (allowed with "
                    "\"collapsed\": 0)",
                    e.adc_bits));
  }
  if (e.read == ReadMode::bit_serial && dac_bits != 1 && dac_bits != 2 && dac_bits != 4 &&
      dac_bits != 8) {
    throw UserError(
        fmt::format("organisation.dac_bits = {} with emulation.read = \"bit_serial\" (allowed: 1, "
                    "2, 4, 8)",
                    dac_bits));
  }
}

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
    if (matrices_[matrix]) matrices_[matrix]->weights(weights);
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

  CrossbarCounters counters() const override {
    CrossbarCounters total;
    for (auto const& matrix : matrices_) {
      if (matrix) total.add(matrix->counters());
    }
    return total;
  }

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
    check(machine);
    return std::make_unique<CrossbarEngine>(backend, machine, tile, core);
  };
}

}  // namespace panther::machine
