// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { mask };

std::uint32_t bits(Instruction const& in) { return in.at(mask) & ((1U << matrices_shift) - 1U); }

double latency(Machine const& m, Instruction const& in) {
  double const once =
      std::max(m.constants.crossbar.serial_read_ns, m.constants.crossbar.serial_write_ns);
  return m.rules.crs_per_matrix ? once * std::popcount(bits(in)) : once;
}

void events(Machine const& m, Instruction const& in, AccessCounts& counts) {
  auto const matrices = static_cast<std::uint64_t>(std::popcount(bits(in)));
  auto const read = m.rules.count_all_update_crossbars ? m.update_slices() : m.slices();
  counts[Access::xbar_rd] += matrices * static_cast<std::uint64_t>(read);
  counts[Access::xbar_wr] += matrices * 2 * static_cast<std::uint64_t>(m.slices());
}

void ranges(Machine const& m, Instruction const& in, std::vector<RegisterRange>& out) {
  RegisterMap const map(m.organisation);
  // A matrix that the core lacks lies behind the register space.
  if (bits(in) >> map.matrices() != 0) out.push_back({map.size(), 1, "mask"});
}

Flow execute(CoreState& core, Instruction const& in) {
  MatrixEngine* const engine = core.engine();
  for (std::uint32_t matrix = 0; engine && matrix < core.map().matrices(); ++matrix) {
    if ((bits(in) >> matrix & 1U) != 0) engine->resolve(matrix);
  }
  return {};
}

}  // namespace

InstructionRecord crs_record() {
  return {
      .mnemonic = "crs",
      .opcode = 8,
      .activity = Activity::matrix,
      .operands = {{.name = "mask",
                    .kind = OperandKind::matrices,
                    .bits = 7,
                    .lo = 0,
                    .hi = 127,
                    .unit = "",
                    .doc = "matrices to resolve"}},
      .summary = "carry resolution: fold d into f and b",
      .semantics =
          "Crossbar arithmetic: f and b become W plus what d has accumulated, in canonical digits, "
          "and d is "
          "cleared. Reference arithmetic: f and b become what d has accumulated, d is kept.",
      .time =
          "max(serial_read_ns, serial_write_ns), whatever the mask (rule crs_per_matrix: once per "
          "matrix)",
      .energy = "xbar_rd 8 (rule count_all_update_crossbars: 16) and xbar_wr 16 per matrix",
      .example = "crs 1|0",
      .compiler_name = "crs",
      .compiler_arguments = {{"mask", mask}},
      .latency = latency,
      .events = events,
      .ranges = ranges,
      .execute = execute,
  };
}

}  // namespace panther::machine
