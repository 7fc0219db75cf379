// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { mem_addr, vtile, width, counter, vec };

TileAction action(Machine const&, Instruction const& in) {
  return {.kind = TileAction::Kind::receive,
          .address = in.at(mem_addr),
          .width = in.at(width),
          .units = in.at(vec),
          .slot = in.at(vtile),
          .readers = in[counter]};
}

}  // namespace

InstructionRecord receive_record() {
  return {
      .mnemonic = "receive",
      .opcode = 33,
      .unit = Unit::tile,
      .operands = {{.name = "mem_addr",
                    .kind = OperandKind::tile_word,
                    .bits = 16,
                    .lo = 0,
                    .hi = 65535,
                    .unit = "tile word",
                    .doc = "first word to write"},
                   {.name = "vtile",
                    .kind = OperandKind::number,
                    .bits = 10,
                    .lo = 0,
                    .hi = 1023,
                    .unit = "slot",
                    .doc = "mailbox, by convention the number of the sending tile"},
                   width_operand("width", "words of a packet"),
                   {.name = "counter",
                    .kind = OperandKind::number,
                    .bits = 15,
                    .lo = 0,
                    .hi = 32767,
                    .unit = "1",
                    .doc = "how often each word will be consumed"},
                   length_operand("number of packets", 10)},
      .summary = "receive packets from another tile",
      .semantics =
          "Unit i waits for a packet in mailbox vtile and takes it, waits until the width words "
          "from mem_addr + i "
          "width are invalid, writes them, makes them valid and sets their counters.",
      .time = "2 cycles a unit when packet and memory are ready",
      .energy = "rbuff, edram, edram_bus 1 per unit",
      .example = "receive 0, 0, 16, 1, 8",
      .compiler_name = "receive",
      .compiler_arguments = {{"mem_addr", mem_addr},
                             {"vtile_id", vtile},
                             {"receive_width", width, 1},
                             {"counter", counter, 1},
                             {"vec", vec, 1}},
      .action = action,
  };
}

}  // namespace panther::machine
