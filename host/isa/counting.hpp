// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Energy events and times that several instructions share.

#include <cstdint>

#include "host/arch/access.hpp"
#include "host/arch/register_map.hpp"
#include "host/isa/instruction.hpp"

namespace panther::machine {

/// Words read one by one. Input memories are read by the crossbars alone; a scalar read of them is
/// free.
inline void count_reads(Machine const& m, AccessCounts& counts, std::uint32_t first,
                        std::uint32_t words) {
  auto const [input, output, data] = RegisterMap(m.organisation).split(first, words);
  counts[Access::xb_outmem] += output;
  counts[Access::dmem] += data;
}

/// Words written one by one.
inline void count_writes(Machine const& m, AccessCounts& counts, std::uint32_t first,
                         std::uint32_t words) {
  auto const [input, output, data] = RegisterMap(m.organisation).split(first, words);
  counts[Access::xb_inmem_wr] += input;
  counts[Access::xb_outmem] += output;
  counts[Access::dmem] += data;
}

/// Latency of an instruction that takes one cycle whatever its operands.
inline double one_cycle(Machine const&, Instruction const&) { return 1; }

/// Latency of `elements` elements in the vector unit.
inline double vector_latency(Machine const& m, std::uint32_t elements) {
  auto const lanes = static_cast<std::uint32_t>(m.organisation.vector_lanes);
  std::uint32_t const groups =
      m.rules.alu_rounds_up ? (elements + lanes - 1) / lanes : elements / lanes;
  return groups * m.constants.alu.latency_cycles;
}

}  // namespace panther::machine
