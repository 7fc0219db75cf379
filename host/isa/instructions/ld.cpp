// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { d1, r1, width, vec };

MemoryAccess memory(Machine const&, Instruction const& in) {
  return {.kind = MemoryAccess::Kind::load,
          .address_register = in.at(r1),
          .registers = in.at(d1),
          .register_step = in.at(width),
          .width = in.at(width),
          .units = in.at(vec)};
}

void events(Machine const& m, Instruction const& in, AccessCounts& counts) {
  counts[Access::dmem] += 1;
  count_writes(m, counts, in.at(d1), in.at(width) * in.at(vec));
}

void ranges(Machine const&, Instruction const& in, std::vector<RegisterRange>& out) {
  out.push_back({in.at(d1), in.at(width) * in.at(vec), "d1"});
  out.push_back({in.at(r1), 1, "r1", true});
}

}  // namespace

InstructionRecord ld_record() {
  return {
      .mnemonic = "ld",
      .opcode = 1,
      .activity = Activity::memory,
      .operands = {register_operand("d1", "first register to write"),
                   register_operand("r1", "data memory word that holds the tile memory address"),
                   width_operand("width", "words of a unit"), length_operand("number of units")},
      .summary = "load from tile memory",
      .semantics =
          "A is the signed word at r1. Unit i waits until word A + i width of the tile's memory is "
          "valid, copies "
          "width words to registers d1 + i width and takes one from each word's counter; a word "
          "whose "
          "counter reaches 0 becomes invalid.",
      .time =
          "3 cycles a unit when granted at once: request, grant seen, registers written. A request "
          "that is never "
          "granted completes load_timeout_cycles later with the words of the previous grant (rule "
          "loads_never_time_out)",
      .energy =
          "dmem 1 for the address; 1 per register word written, by its space; edram, edram_bus, "
          "edctrl_counter 1 per "
          "grant, edctrl 1 per attempt of the controller",
      .example = "ld data[1], data[0], 16, 8",
      .compiler_name = "load",
      .compiler_arguments = {{"d1", d1}, {"r1", r1}, {"load_width", width, 1}, {"vec", vec, 1}},
      .events = events,
      .ranges = ranges,
      .memory = memory,
  };
}

}  // namespace panther::machine
