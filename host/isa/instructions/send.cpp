// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { mem_addr, vtile, width, target, vec };

TileAction action(Machine const&, Instruction const& in) {
  return {.kind = TileAction::Kind::send,
          .address = in.at(mem_addr),
          .width = in.at(width),
          .units = in.at(vec),
          .slot = in.at(vtile),
          .target = in.at(target)};
}

}  // namespace

InstructionRecord send_record() {
  return {
      .mnemonic = "send",
      .opcode = 32,
      .unit = Unit::tile,
      .operands = {{.name = "mem_addr",
                    .kind = OperandKind::tile_word,
                    .bits = 16,
                    .lo = 0,
                    .hi = 65535,
                    .unit = "tile word",
                    .doc = "first word to send"},
                   {.name = "vtile",
                    .kind = OperandKind::number,
                    .bits = 10,
                    .lo = 0,
                    .hi = 1023,
                    .unit = "slot",
                    .doc = "mailbox at the receiver, by convention the number of the sending tile"},
                   width_operand("width", "words of a packet"),
                   {.name = "target",
                    .kind = OperandKind::number,
                    .bits = 18,
                    .lo = 0,
                    .hi = 262143,
                    .unit = "tile",
                    .doc = "receiving tile"},
                   length_operand("number of packets", 10)},
      .summary = "send packets to another tile",
      .semantics =
          "Unit i waits until the width words from mem_addr + i width are valid, reads them as a "
          "load does and puts "
          "a packet into the tile's queue. The head of the queue is delivered when it is old "
          "enough and the "
          "mailbox vtile of the target is empty; it holds up all behind it.",
      .time = "2 cycles a unit when the words are valid",
      .energy = "edram, edram_bus 1 per unit; rbuff 1 per delivery",
      .example = "send 0, 0, 16, 2, 8",
      .compiler_name = "send",
      .compiler_arguments = {{"mem_addr", mem_addr},
                             {"vtile_id", vtile},
                             {"send_width", width, 1},
                             {"target_addr", target},
                             {"vec", vec, 1}},
      .action = action,
  };
}

}  // namespace panther::machine
