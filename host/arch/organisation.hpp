// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the machine consists of: widths, counts and sizes.

#include <string>

#include "devicemodels/core/fields.hpp"

namespace panther::machine {

/// Node -> tiles -> cores -> matrices -> crossbars f (MVM), b (MTVM) and d (outer products).
struct Organisation {
  double cycle_time_ns = 1;
  int word_bits = 16;
  int fraction_bits = 12;
  int xbar_size = 128;
  int cell_bits = 2;
  int dac_bits = 1;
  int adc_bits = 8;
  int matrices_per_core = 2;
  int adcs_per_core = 4;
  int vector_lanes = 4;
  int data_memory_words = 2048;
  int core_instructions = 512;
  double learning_rate = 0.25;
  int cores_per_tile = 8;
  int tile_memory_words = 32768;
  int tile_instructions = 2048;
  int receive_slots = 150;
  int packet_words = 16;
  int tiles_per_node = 168;
  int tiles_per_router = 4;
  int input_words = 30000;
  int input_readers = 100;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("cycle_time_ns", s.cycle_time_ns,
          Field{.unit = "ns", .doc = "length of a cycle", .lo = 1, .hi = 1});
    visit("word_bits", s.word_bits,
          Field{.unit = "bit", .doc = "machine word", .lo = 16, .hi = 16});
    visit(
        "fraction_bits", s.fraction_bits,
        Field{
            .unit = "bit", .doc = "fraction bits of the vector unit's numbers", .lo = 0, .hi = 15});
    visit("xbar_size", s.xbar_size,
          Field{.unit = "1", .doc = "rows and columns of a crossbar", .lo = 16, .hi = 256});
    visit("cell_bits", s.cell_bits,
          Field{.unit = "bit",
                .doc = "value bits of one device; a word takes word_bits / cell_bits crossbars",
                .lo = 1,
                .hi = 8});
    visit(
        "dac_bits", s.dac_bits,
        Field{
            .unit = "bit", .doc = "input bits applied to the rows in one step", .lo = 1, .hi = 16});
    visit("adc_bits", s.adc_bits,
          Field{.unit = "bit", .doc = "resolution of the converters", .lo = 1, .hi = 16});
    visit("matrices_per_core", s.matrices_per_core,
          Field{.unit = "1",
                .doc = "matrices of a core, each with crossbars f, b and d",
                .lo = 1,
                .hi = 4});
    visit("adcs_per_core", s.adcs_per_core,
          Field{.unit = "1", .doc = "converters of a core", .lo = 1, .hi = 64});
    visit(
        "vector_lanes", s.vector_lanes,
        Field{.unit = "1", .doc = "elements the vector unit takes in a cycle", .lo = 1, .hi = 128});
    visit("data_memory_words", s.data_memory_words,
          Field{.unit = "word", .doc = "a core's data memory", .lo = 1, .hi = 2048});
    visit("core_instructions", s.core_instructions,
          Field{.unit = "1", .doc = "a core's instruction memory", .lo = 1, .hi = 65536});
    visit("learning_rate", s.learning_rate,
          Field{.unit = "1",
                .doc = "factor of an outer product; reference arithmetic only",
                .lo = 0,
                .hi = 16});
    visit("cores_per_tile", s.cores_per_tile,
          Field{.unit = "1", .doc = "cores of a tile", .lo = 1, .hi = 8});
    visit("tile_memory_words", s.tile_memory_words,
          Field{.unit = "word", .doc = "shared memory of a tile", .lo = 16, .hi = 65536});
    visit("tile_instructions", s.tile_instructions,
          Field{.unit = "1", .doc = "a tile's instruction memory", .lo = 1, .hi = 65536});
    visit("receive_slots", s.receive_slots,
          Field{.unit = "1", .doc = "mailboxes of a tile, one packet each", .lo = 1, .hi = 1024});
    visit(
        "packet_words", s.packet_words,
        Field{.unit = "word", .doc = "widest packet and widest memory access", .lo = 1, .hi = 16});
    visit("tiles_per_node", s.tiles_per_node,
          Field{.unit = "1", .doc = "tiles of a node", .lo = 1, .hi = 100000});
    visit("tiles_per_router", s.tiles_per_router,
          Field{.unit = "1", .doc = "tiles that share a router of the mesh", .lo = 1, .hi = 64});
    visit("input_words", s.input_words,
          Field{.unit = "word",
                .doc = "words of tile 0's memory that are valid at the start",
                .lo = 0,
                .hi = 65536});
    visit("input_readers", s.input_readers,
          Field{.unit = "1", .doc = "consumer counter of those words", .lo = 1, .hi = 32767});
  }
};

}  // namespace panther::machine
