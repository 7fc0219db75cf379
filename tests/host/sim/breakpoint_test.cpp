// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Stops before instructions, and going on.

#include <gtest/gtest.h>

#include <set>

#include "host/arch/presets.hpp"
#include "host/isa/text_form.hpp"
#include "host/sim/simulator.hpp"
#include "tests/host/sim/gold.hpp"

namespace panther::machine::test {
namespace {

RunResult run(std::string const& text, Machine const& machine = make_preset("panther"),
              RunOptions const& options = {}) {
  return Simulator(machine, assemble(text, "test"), options).run();
}

TEST(Breakpoint, StopsBeforeTheInstructionAndGoesOn) {
  RunOptions options;
  options.breakpoints = {{TileId{2}, CoreId{0}, 2}};
  Simulator simulator(make_preset("panther"),
                      assemble(".tiles 3\n.tile 2\nhalt\n.core 0\nset data[0], 5, 1\nset data[1], "
                               "6, 1\nset data[0], 7, 1\nhlt\n",
                               "t"),
                      options);
  RunResult const first = simulator.run();
  EXPECT_EQ(first.outcome, Outcome::breakpoint);
  EXPECT_EQ(first.breakpoint, (Breakpoint{TileId{2}, CoreId{0}, 2}));
  EXPECT_EQ(simulator.registers(TileId{2}, CoreId{0}, 1536, 2), (std::vector<Word>{5, 6}));
  RunResult const second = simulator.run();
  EXPECT_EQ(second.outcome, Outcome::halted);
  EXPECT_EQ(simulator.registers(TileId{2}, CoreId{0}, 1536, 2), (std::vector<Word>{7, 6}));
}

/// A run with stops at `stride` of every core's instructions, each gone on from, ends as one
/// without.
void goes_on_as_if_not_stopped(char const* program, std::uint32_t stride) {
  Image const image = gold_program(program);
  RunResult const plain = Simulator(gold_machine("panther"), image).run();
  RunOptions options;
  for (std::size_t t = 0; t < image.tiles.size(); ++t) {
    for (auto const& [core, instructions] : image.tiles[t].cores) {
      if (instructions->size() == 1) continue;
      for (std::uint32_t i = 0; i < instructions->size(); i += stride)
        options.breakpoints.insert({static_cast<TileId>(t), core, i});
    }
  }
  Simulator simulator(gold_machine("panther"), image, options);
  RunResult result = simulator.run();
  std::set<Breakpoint> seen;
  while (result.outcome == Outcome::breakpoint) {
    seen.insert(result.breakpoint.value());
    result = simulator.run();
  }
  ASSERT_EQ(result.outcome, Outcome::halted);
  EXPECT_EQ(result.cycles, plain.cycles);
  EXPECT_EQ(result.counts, plain.counts);
  EXPECT_EQ(result.instruction_mix, plain.instruction_mix);
  EXPECT_EQ(result.leakage_pj, plain.leakage_pj);
  if (stride == 1) {
    EXPECT_EQ(seen.size() > 0, !options.breakpoints.empty());
  } else {
    EXPECT_EQ(seen, options.breakpoints) << "these programs run every instruction";
  }
}

TEST(Breakpoint, RunsGoOnAsIfTheyHadNotStopped) {
  goes_on_as_if_not_stopped("microCore", 1);
  goes_on_as_if_not_stopped("microSync", 1);
  goes_on_as_if_not_stopped("fuzzA", 3);
  goes_on_as_if_not_stopped("mlpTrA", 5);
}

TEST(Breakpoint, ThatIsNeverReachedChangesNothing) {
  std::string const text =
      ".tiles 3\n.tile 2\nhalt\n.core 0\njmp end\nset data[0], 5, 9\nend: hlt\n";
  RunOptions options;
  options.breakpoints = {{TileId{2}, CoreId{0}, 1}};
  RunResult const with = run(text, make_preset("panther"), options);
  RunResult const without = run(text);
  EXPECT_EQ(with.outcome, Outcome::halted);
  EXPECT_EQ(with.cycles, without.cycles);
  EXPECT_EQ(with.counts, without.counts);
}

TEST(Breakpoint, AtNoInstructionIsRefused) {
  auto const message = [](Breakpoint const& place) {
    RunOptions options;
    options.breakpoints = {place};
    try {
      run(".tiles 3\n.tile 2\nhalt\n.core 4\nset data[0], 5, 1\nhlt\n", make_preset("panther"),
          options);
    } catch (UserError const& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(message({TileId{3}, CoreId{0}, 0}), "breakpoint 3:0:0: no tile 3 (allowed: 0..2)");
  EXPECT_EQ(message({TileId{2}, CoreId{0}, 0}),
            "breakpoint 2:0:0: core 0 has no program (allowed in this tile: 4)");
  EXPECT_EQ(message({TileId{2}, CoreId{4}, 2}),
            "breakpoint 2:4:2: no instruction 2 (allowed: 0..1)");
  EXPECT_EQ(message({TileId{2}, CoreId{4}, 1}), "accepted");
}

}  // namespace
}  // namespace panther::machine::test
