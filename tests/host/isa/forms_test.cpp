// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Programs through all their forms and back.

#include <gtest/gtest.h>

#include "host/isa/binary_form.hpp"
#include "host/isa/compiler_form.hpp"
#include "host/isa/text_form.hpp"
#include "tests/host/sim/gold.hpp"
#include "tests/host/sim/random_program.hpp"

namespace panther::machine::test {
namespace {

void round_trip(Image const& image) {
  std::string const binary = to_binary(image);
  EXPECT_TRUE(same(parse_binary(binary, "binary"), image));
  EXPECT_EQ(to_binary(parse_binary(binary, "binary")), binary);
  std::string const text = disassemble(image);
  EXPECT_TRUE(same(assemble(text, "text"), image));
  EXPECT_EQ(disassemble(assemble(text, "text")), text);
  std::string const json = to_json(image);
  EXPECT_TRUE(same(parse_json_program(json, "json"), image));
  EXPECT_EQ(to_json(parse_binary(to_binary(parse_json_program(json, "json")), "binary")), json);
}

TEST(Forms, GoldProgramsGoRound) {
  std::vector<std::string> const names =
      json_program_names(gold_text("programs.json"), "programs.json");
  ASSERT_EQ(names.size(), 8U);
  for (std::string const& name : names) {
    SCOPED_TRACE(name);
    Image const image = gold_program(name);
    round_trip(image);
    EXPECT_TRUE(same(parse_compiler_files(to_compiler_files(image), "folder"), image));
  }
}

TEST(Forms, RandomProgramsGoRound) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    Image image = parse_json_program(random_program(seed, {}).dump(), "random");
    image.tiles[1].data.push_back({7, 3, {1, -2, 32767, -32768}});
    image.tiles[2].weights.push_back(
        {CoreId{5}, 1, std::vector<Word>(40, static_cast<Word>(seed))});
    round_trip(image);
  }
}

TEST(Forms, EverySyntaxOfTheAssembler) {
  Image const image = assemble(
      "# comment\n"
      ".equ input 0x10   ; another\n"
      ".equ acc data[100]\n"
      ".tiles 4\n"
      ".tile 2\n"
      "  .data 5, 2, 1, 2\n"
      "  .words -1 65535\n"
      "  receive input 0 16 1 8\n"
      "  halt\n"
      ".core 3\n"
      "  .weights 0, 1, 2, 3\n"
      "start: set acc, -1, 1\n"
      "  cp m0.f.in, m1.d.out[3], 2\n"
      "  alui mul, acc, acc, -0.5, 1\n"
      "  beq acc, data[0], end\n"
      "  jmp start\n"
      "end:\n"
      "  hlt\n",
      "x");
  ASSERT_EQ(image.tiles.size(), 4U);
  TileImage const& tile = image.tiles[2];
  EXPECT_EQ(tile.data, (std::vector<DataBlock>{{5, 2, {1, 2, -1, -1}}}));
  EXPECT_EQ(tile.weights, (std::vector<WeightBlock>{{CoreId{3}, 0, {1, 2, 3}}}));
  EXPECT_EQ((*tile.program)[0].operand[0], 16);
  Program const& core = *tile.cores.at(CoreId{3});
  ASSERT_EQ(core.size(), 6U);
  EXPECT_EQ(core[0].operand[0], 1636);
  EXPECT_EQ(core[1].operand[0], 0);
  EXPECT_EQ(core[1].operand[1], 1411);
  EXPECT_EQ(core[2].operand[3], -2048);
  EXPECT_EQ(core[3].operand[2], 5);
  EXPECT_EQ(core[4].operand[0], 0);
  round_trip(image);
}

TEST(CompilerForm, WhatTheCompilerWrites) {
  ProgramPtr const core = parse_compiler_program(
      "set(d1=1536, imm=128)\n"
      "load(d1=1537, r1=1536, load_width=16, vec=8)\n"
      "  copy(d1=0, r1=1537, vec=128, src_type=1)  # into the crossbar\n"
      "train(['100100'])\n"
      "train(['010', '001'])\n"
      "alu('relu', d1=1700, r1=768, vec=128)\n"
      "alui(op='mul', d1=1700, r1=768, imm=0.01, vec=128)\n"
      "alui('add', 1700, 768, 1, 128)\n"
      "alu_int('add', 1538, 1536, 1537)\n"
      "mvm(['11'])\n"
      "crs(['1','0'])\n"
      "beq(1536, 1537, 0)\n"
      "store(d1=1536, r1=1700, counter=1, store_width=10, vec=1)\n"
      "jmp(imm=13)\n"
      "hlt()\n",
      "tile2-core0.puma", Unit::core);
  Image const expected = assemble(
      ".tile 0\n.core 0\n"
      "set 1536, 128, 1\nld 1537, 1536, 16, 8\ncp 0, 1537, 128\ntrain 100|100\ntrain 010|001\n"
      "alu relu, 1700, 768, 0, 128\nalui mul, 1700, 768, 41, 128\nalui add, 1700, 768, 4096, 128\n"
      "alu_int add, 1538, 1536, 1537\ntrain 100|100\ncrs 1|0\nbeq 1536, 1537, 0\nst 1536, 1700, 1, "
      "10, 1\njmp 13\nhlt\n",
      "expected");
  EXPECT_EQ(*core, *expected.tiles[0].cores.at(CoreId{0}));
  ProgramPtr const tile = parse_compiler_program(
      "send(mem_addr=0, vtile_id=0, send_width=16, target_addr=2, vec=8)\n"
      "receive(mem_addr=0, vtile_id=0, receive_width=16, counter=1, vec=8)\n"
      "halt()\n",
      "tile0.puma", Unit::tile);
  EXPECT_EQ(tile->size(), 3U);
}

TEST(CompilerForm, PlacesOfFiles) {
  auto const place = [](std::string_view path) {
    CompilerFile found;
    EXPECT_TRUE(place_of_compiler_file(path, found)) << path;
    return std::tuple(found.tile, found.has_core, found.core);
  };
  EXPECT_EQ(place("mlp-tile2-core0.puma"), std::tuple(2U, true, 0U));
  EXPECT_EQ(place("mlp-tile13.puma"), std::tuple(13U, false, 0U));
  EXPECT_EQ(place("tile4/core_imem7.txt"), std::tuple(4U, true, 7U));
  EXPECT_EQ(place("tile4/tile_imem.txt"), std::tuple(4U, false, 0U));
  CompilerFile none;
  EXPECT_FALSE(place_of_compiler_file("notes.txt", none));
}

}  // namespace
}  // namespace panther::machine::test
