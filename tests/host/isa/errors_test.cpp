// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Errors name file, line, column, the token at fault and what is allowed.

#include <gtest/gtest.h>

#include "host/arch/presets.hpp"
#include "host/isa/binary_form.hpp"
#include "host/isa/compiler_form.hpp"
#include "host/isa/image_error.hpp"
#include "host/isa/json_form.hpp"
#include "host/isa/text_form.hpp"
#include "host/sim/simulator.hpp"

namespace panther::machine::test {
namespace {

template <class Action>
std::string message(Action action) {
  try {
    action();
  } catch (UserError const& error) {
    return error.what();
  }
  return "no error";
}

std::string assembling(std::string const& text) {
  return message([&] { assemble(text, "f.s"); });
}

TEST(AssemblerErrors, SayWhereAndWhatIsAllowed) {
  EXPECT_EQ(assembling(".tile 2\n.core 0\n  ld data[0], data[1], 17, 8\n"),
            "f.s:3:24: 17 is not allowed as width (allowed: 1..16)");
  EXPECT_EQ(assembling(".tile 2\n.core 0\nset data[2048], 0, 1"),
            "f.s:3:5: index 2048 in data[2048] lies outside data (allowed: 0..2047)");
  EXPECT_EQ(assembling(".tile 2\n  sent 0 0 16 2 8"),
            "f.s:2:3: unknown tile instruction 'sent' (allowed: send, receive, halt, compute) (did "
            "you mean 'send'?)");
  EXPECT_EQ(assembling(".tile 2\nhalt 3"), "f.s:2:6: '3' is too much for halt");
  EXPECT_EQ(assembling(".tile 2\n.core 0\njmp nowhere"),
            "f.s:3:5: label 'nowhere' is not defined in this program (allowed: an instruction's "
            "number; it has no labels)");
  EXPECT_EQ(assembling(".tile 2\n.core 0\nloop: jmp lop"),
            "f.s:3:11: label 'lop' is not defined in this program (allowed: loop) (did you mean "
            "'loop'?)");
  EXPECT_EQ(assembling(".tile 2\n.core 0\na: hlt\na: hlt"), "f.s:4:1: label 'a' is defined twice");
  EXPECT_EQ(assembling("hlt"),
            "f.s:1:1: 'hlt' stands outside a program (allowed: behind .tile or .core)");
  EXPECT_EQ(assembling(".core 1"), "f.s:1:1: .core stands outside a tile (allowed: behind .tile)");
  EXPECT_EQ(assembling(".tile 1\nhalt\n.tile 1\n"), "f.s:3:1: this program was begun before");
  EXPECT_EQ(assembling(".tile 300000"),
            "f.s:1:7: '300000' is not allowed as a tile (allowed: 0..262143)");
  EXPECT_EQ(assembling(".tile 2\n.core 0\ntrain 10|100"),
            "f.s:3:7: '10' is not allowed as mask (allowed: three bits f b d for each matrix, such "
            "as 100|011)");
  EXPECT_EQ(assembling(".tile 2\n.core 0\nset data[0], 7"),
            "f.s:3:14: set lacks operand vec behind '7' (allowed: 1..2048)");
  EXPECT_NE(assembling(".tile 2\n.core 0\nalu ad, 1600, 1600, 0, 1")
                .find("f.s:3:5: 'ad' is not allowed as op (allowed: one of add"),
            std::string::npos);
  EXPECT_NE(assembling(".tille 2").find("unknown directive '.tille'"), std::string::npos);
}

TEST(CompilerFormErrors, SayWhereAndWhatIsAllowed) {
  auto const reading = [](std::string const& text) {
    return message([&] { parse_compiler_program(text, "tile2-core0.puma", Unit::core); });
  };
  EXPECT_EQ(reading("hlt()\nload(d1=1, r1=1536, load_width=17)\n"),
            "tile2-core0.puma:2:21: load_width: 17 is not allowed as width (allowed: 1..16)");
  EXPECT_EQ(reading("load(d2=1)"),
            "tile2-core0.puma:1:6: 'd2' is no argument of load (allowed: d1, r1, load_width, vec)");
  EXPECT_EQ(reading("load(d1=1)"),
            "tile2-core0.puma:1:1: load lacks argument r1 (allowed: 0..8191)");
  EXPECT_EQ(reading("load(d1=1, d1=2, r1=3)"), "tile2-core0.puma:1:12: d1 of load is given twice");
  EXPECT_EQ(reading("nonsense"),
            "tile2-core0.puma:1:1: 'nonsense' is no instruction (allowed: name(arguments))");
}

TEST(JsonErrors, SayWhereAndWhatIsAllowed) {
  auto const reading = [](std::string const& text, std::string const& name = {}) {
    return message([&] { parse_json_program(text, "p.json", name); });
  };
  EXPECT_EQ(reading(R"({"tile0": [["halt"], ["send", 1, 2, 17, 1, 1]]})"),
            "p.json: tile0[1]: send: 17 is not allowed as width (allowed: 1..16)");
  EXPECT_EQ(
      reading(R"({"tile0": [["stop"]]})"),
      "p.json: tile0[0]: unknown tile instruction 'stop' (allowed: send, receive, halt, compute)");
  EXPECT_EQ(reading(R"({"a": {"_tiles": 1}, "b": {"_tiles": 1}})", "c"),
            "p.json: no program 'c' (programs in the file: a, b)");
  EXPECT_EQ(reading(R"({"a": {"_tiles": 1}, "b": {"_tiles": 1}})"),
            "p.json: name one of its programs (programs in the file: a, b)");
  EXPECT_NE(reading("{").find("p.json: byte 2: no valid JSON"), std::string::npos);
  EXPECT_NE(reading("4e0402").find("p.json: a number too large for JSON"), std::string::npos);
  EXPECT_EQ(reading("{\"tile0\": " + std::string(1'000'000, '[')),
            "p.json: lists nested deeper than 16 levels");
  EXPECT_LT(reading("{\"tile0\": [\"" + std::string(5000, 'x') + "\"]}").size(), 200U)
      << "long values are cut";
  EXPECT_NE(
      reading(R"({"_tiles": 1, "tile0/core65536": [["hlt"]]})").find("core65536: unknown key"),
      std::string::npos);
  EXPECT_NE(reading(R"({"_tiles": 1, "tile0/cor3": []})").find("unknown key"), std::string::npos);
}

TEST(BinaryErrors, EveryTruncationIsRefused) {
  Image const image =
      assemble(".tiles 3\n.tile 2\n.data 0,1,5\nhalt\n.core 1\n.weights 0, 4\nhlt\n", "x");
  std::string const bytes = to_binary(image);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(parse_binary(bytes.substr(0, length), "b"), ImageError) << length;
  }
  EXPECT_THROW(parse_binary(bytes + "x", "b"), ImageError);
}

TEST(LoadErrors, ProgramsThatDoNotFitTheMachine) {
  auto const loading = [](std::string const& text) {
    return message([&] { Simulator(make_preset("reference-panther"), assemble(text, "x")); });
  };
  EXPECT_EQ(loading(".tile 2\n.core 0\nset 3580, 0, 5\nhlt"),
            "tile 2 core 0, instruction 0 (set): d1 reaches register 3584 (allowed: 0..3583)");
  EXPECT_EQ(
      loading(".tile 2\n.core 0\nld 1536, 5, 1, 1\nhlt"),
      "tile 2 core 0, instruction 0 (ld): r1 is register 5 (allowed: data memory, 1536..3583)");
  EXPECT_EQ(loading(".tile 2\n.core 0\njmp 1\n"),
            "tile 2 core 0, instruction 0 (jmp): target is instruction 1 (allowed: 0..0)");
  EXPECT_EQ(loading(".tile 2\nsend 32767, 0, 2, 1, 1"),
            "tile 2, instruction 0 (send): mem_addr reaches word 32768 (allowed: 0..32767)");
  EXPECT_EQ(loading(".tile 2\nsend 0, 150, 2, 1, 1"),
            "tile 2, instruction 0 (send): vtile is 150 (allowed: 0..149)");
  EXPECT_EQ(loading(".tile 2\nsend 0, 0, 2, 3, 1"),
            "tile 2, instruction 0 (send): target is tile 3 (allowed: 0..2)");
  EXPECT_EQ(loading(".tile 2\n.core 8\nset 1536, 0, 1"),
            "tile 2: core 8 does not exist (allowed: 0..7)");
  EXPECT_EQ(loading(".tile 2\n.core 0\ntrain 000|000|100\nhlt"),
            "tile 2 core 0, instruction 0 (train): mask reaches register 3584 (allowed: 0..3583)");
}

}  // namespace
}  // namespace panther::machine::test
