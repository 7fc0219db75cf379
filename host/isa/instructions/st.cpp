// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { d1, r1, counter, width, vec };

/// The reference reads this many registers for a unit of any width.
constexpr std::uint32_t read_words = 16;

MemoryAccess memory(Machine const& m, Instruction const& in) {
  return {.kind = MemoryAccess::Kind::store,
          .address_register = in.at(d1),
          .registers = in.at(r1),
          .register_step = m.rules.store_steps_by_width ? in.at(width) : read_words,
          .width = in.at(width),
          .units = in.at(vec),
          .readers = in[counter]};
}

void events(Machine const& m, Instruction const& in, AccessCounts& counts) {
  counts[Access::dmem] += 1;
  if (m.rules.store_steps_by_width) {
    count_reads(m, counts, in.at(r1), in.at(width) * in.at(vec));
  } else {
    count_reads(m, counts, in.at(r1), read_words * in.at(vec));
  }
}

void ranges(Machine const& m, Instruction const& in, std::vector<RegisterRange>& out) {
  std::uint32_t const step = memory(m, in).register_step;
  out.push_back({in.at(r1), step * (in.at(vec) - 1) + in.at(width), "r1"});
  out.push_back({in.at(d1), 1, "d1", true});
}

}  // namespace

InstructionRecord st_record() {
  return {
      .mnemonic = "st",
      .opcode = 2,
      .activity = Activity::memory,
      .operands = {register_operand("d1", "data memory word that holds the tile memory address"),
                   register_operand("r1", "first register to read"),
                   {.name = "counter",
                    .kind = OperandKind::number,
                    .bits = 15,
                    .lo = 0,
                    .hi = 32767,
                    .unit = "1",
                    .doc = "how often each word will be consumed"},
                   width_operand("width", "words of a unit"),
                   length_operand("number of units")},
      .summary = "store to tile memory",
      .semantics =
          "A is the signed word at d1. Unit i waits until word A + i width of the tile's memory is "
          "invalid, "
          "writes width words from registers r1 + i 16 (rule store_steps_by_width: r1 + i width), "
          "makes "
          "them valid and sets their counters.",
      .time = "3 cycles a unit when granted at once: set-up, request, grant seen",
      .energy =
          "dmem 1 for the address; 16 register reads a unit, by their space; edram, edram_bus, "
          "edctrl_counter 1 per "
          "grant, edctrl 1 per attempt of the controller",
      .example = "st data[0], data[1], 1, 16, 8",
      .compiler_name = "store",
      .compiler_arguments = {{"d1", d1},
                             {"r1", r1},
                             {"counter", counter, 1},
                             {"store_width", width, 1},
                             {"vec", vec, 1}},
      .events = events,
      .ranges = ranges,
      .memory = memory,
  };
}

}  // namespace panther::machine
