// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { d1, r1, vec };

double latency(Machine const& m, Instruction const& in) {
  return m.rules.copy_takes_lanes ? vector_latency(m, in.at(vec)) : 1;
}

void events(Machine const& m, Instruction const& in, AccessCounts& counts) {
  count_reads(m, counts, in.at(r1), in.at(vec));
  count_writes(m, counts, in.at(d1), in.at(vec));
}

void ranges(Machine const&, Instruction const& in, std::vector<RegisterRange>& out) {
  out.push_back({in.at(d1), in.at(vec), "d1"});
  out.push_back({in.at(r1), in.at(vec), "r1"});
}

/// Word by word in ascending order: an overlapping copy to higher addresses repeats its first
/// words.
Flow execute(CoreState& core, Instruction const& in) {
  std::uint32_t const from = in.at(r1);
  std::uint32_t const to = in.at(d1);
  std::uint32_t const words = in.at(vec);
  if (to > from && to < from + words) {
    for (std::uint32_t i = 0; i < words; ++i)
      core.registers.write(to + i, core.registers.read(from + i));
    return {};
  }
  std::array<Word, 2048> buffer;
  std::span<Word> const copy(buffer.data(), words);
  core.registers.read(from, copy);
  core.registers.write(to, std::span<Word const>(copy));
  return {};
}

}  // namespace

InstructionRecord cp_record() {
  return {
      .mnemonic = "cp",
      .opcode = 3,
      .activity = Activity::vector,
      .operands = {register_operand("d1", "first register to write"),
                   register_operand("r1", "first register to read"),
                   length_operand("number of words")},
      .summary = "copy registers",
      .semantics =
          "Copies vec words from r1 to d1, word by word in ascending order, any space to any.",
      .time = "1 cycle for any length (rule copy_takes_lanes: ceil(vec / lanes))",
      .energy = "1 read and 1 write per word, by space; reads of input memories are free",
      .example = "cp m0.f.in, data[1], 128",
      .compiler_name = "copy",
      .compiler_arguments = {{"d1", d1},
                             {"r1", r1},
                             {"vec", vec, 1},
                             {"src_type", CompilerArgument::dropped, 1}},
      .latency = latency,
      .events = events,
      .ranges = ranges,
      .execute = execute,
  };
}

}  // namespace panther::machine
