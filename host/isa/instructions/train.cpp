// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { mask };

constexpr std::uint32_t every_f = 0b001001001001;
constexpr std::uint32_t every_b = every_f << 1;
constexpr std::uint32_t every_d = every_f << 2;

/// Pipeline of a read: convert and multiply, sample and convert back, shift and add.
constexpr int read_stages = 3;
/// Sign combinations of the two operands of an outer product.
constexpr int update_phases = 4;

std::uint32_t bits(Instruction const& in) { return in.at(mask) & ((1U << crossbars_shift) - 1U); }

double latency(Machine const& m, Instruction const& in) {
  double const step = m.rules.adc_sets_read_time ? m.constants.adc.latency_cycles
                                                 : m.constants.crossbar.read_step_ns;
  double const read = step * (m.bit_planes() + read_stages - 1);
  double const update = update_phases * m.constants.crossbar.update_phase_ns;
  return std::max((bits(in) & (every_f | every_b)) != 0 ? read : 0,
                  (bits(in) & every_d) != 0 ? update : 0);
}

void count_reads_of_crossbars(Machine const& m, std::uint64_t products, AccessCounts& counts) {
  auto const planes = static_cast<std::uint64_t>(m.bit_planes());
  auto const columns = static_cast<std::uint64_t>(m.organisation.xbar_size);
  auto const conversions = products * planes * static_cast<std::uint64_t>(m.slices()) * columns;
  counts[Access::snh] += conversions;
  counts[Access::mux1] += conversions;
  counts[Access::mux2] += conversions;
  counts[Access::alu_sna] += conversions + products * planes * columns;
  counts[Access::xb_inmem_rd] += products * planes;
  counts[Access::xb_outmem] += products * 2 * planes * columns;
  if (m.rules.count_converters) {
    counts[Access::adc] += conversions;
    counts[Access::dac] += products * planes * columns;
  }
}

void events(Machine const& m, Instruction const& in, AccessCounts& counts) {
  auto const planes = static_cast<std::uint64_t>(m.bit_planes());
  auto const products = static_cast<std::uint64_t>(m.slices()) * planes;
  auto const f = static_cast<std::uint64_t>(std::popcount(bits(in) & every_f));
  auto const b = static_cast<std::uint64_t>(std::popcount(bits(in) & every_b));
  auto const d = static_cast<std::uint64_t>(std::popcount(bits(in) & every_d));
  counts[Access::xbar_mvm] += f * products;
  counts[Access::xbar_mtvm] += b * products;
  auto const updated = static_cast<std::uint64_t>(
      m.rules.count_all_update_crossbars ? m.update_slices() : m.slices());
  counts[Access::xbar_op] += d * updated * planes;
  count_reads_of_crossbars(m, f + b, counts);
  counts[Access::xb_inmem_rd] += d * planes;
  if (m.rules.count_converters) {
    auto const lines = 2 * static_cast<std::uint64_t>(m.organisation.xbar_size);
    counts[Access::dac] += d * planes * static_cast<std::uint64_t>(m.update_slices()) * lines;
  }
}

void ranges(Machine const& m, Instruction const& in, std::vector<RegisterRange>& out) {
  RegisterMap const map(m.organisation);
  for (std::uint32_t matrix = 0; matrix < 4; ++matrix) {
    if ((bits(in) >> (3 * matrix) & 7U) != 0)
      out.push_back({map.input(matrix, Port::f), 1, "mask"});
    // A matrix that the core lacks lies behind the register space.
    if ((bits(in) >> (3 * matrix) & 7U) != 0 && matrix >= map.matrices())
      out.push_back({map.size(), 1, "mask"});
  }
}

/// All crossbars read their inputs before any writes an output, as they fire together.
Flow execute(CoreState& core, Instruction const& in) {
  MatrixEngine* const engine = core.engine();
  if (!engine) return {};
  RegisterMap const& map = core.map();
  std::array<Word, 256> in_words;
  std::array<Word, 256> out_words;
  std::span<Word> const a(in_words.data(), map.block());
  std::span<Word> const b(out_words.data(), map.block());
  for (std::uint32_t matrix = 0; matrix < map.matrices(); ++matrix) {
    std::uint32_t const fire = bits(in) >> (3 * matrix);
    if ((fire & 1U) != 0) {
      core.registers.read(map.input(matrix, Port::f), a);
      engine->mvm(matrix, a, b);
      core.registers.write(map.output(matrix, Port::f), std::span<Word const>(b));
    }
    if ((fire & 2U) != 0) {
      core.registers.read(map.input(matrix, Port::b), a);
      engine->mtvm(matrix, a, b);
      core.registers.write(map.output(matrix, Port::b), std::span<Word const>(b));
    }
    if ((fire & 4U) != 0) {
      core.registers.read(map.input(matrix, Port::d), a);
      core.registers.read(map.output(matrix, Port::d), b);
      engine->outer_product(matrix, a, b);
    }
  }
  return {};
}

std::string variant(Instruction const& in) {
  std::string name;
  Operand const operand{.kind = OperandKind::crossbars};
  for (std::string const& part : mask_parts(operand, in[mask]))
    name += (name.empty() ? "" : "|") + part;
  return name;
}

}  // namespace

InstructionRecord train_record() {
  return {
      .mnemonic = "train",
      .opcode = 7,
      .activity = Activity::matrix,
      .operands = {{.name = "mask",
                    .kind = OperandKind::crossbars,
                    .bits = 15,
                    .lo = 0,
                    .hi = 32767,
                    .unit = "",
                    .doc =
                        "for each matrix: f (product), b (transposed product), d (outer product)"}},
      .summary = "fire crossbars: products, transposed products and outer products",
      .semantics =
          "f: output memory f = W x input memory f. b: output memory b = transposed W x input "
          "memory b. d: "
          "accumulates the outer product of input memory d (rows) and output memory d (columns). "
          "The rounding "
          "and the sign of an update are those of the arithmetic chosen.",
      .time =
          "max of (read_step_ns (16 / dac_bits + 2) if any f or b fires, 4 update_phase_ns if any "
          "d fires); all "
          "crossbars of the core run in parallel",
      .energy =
          "f, b: xbar_mvm / xbar_mtvm 8 x 16, snh, mux1, mux2 16384, alu_sna 18432, xbInmem_rd 16, "
          "xbOutmem 4096 each; d: "
          "xbar_op 8 x 16 (rule count_all_update_crossbars: 16 x 16), xbInmem_rd 16",
      .example = "train 011|100",
      .compiler_name = "train",
      .compiler_arguments = {{"mask", mask}},
      .statistics_name = "mvm",
      .variant = variant,
      .latency = latency,
      .events = events,
      .ranges = ranges,
      .execute = execute,
  };
}

}  // namespace panther::machine
