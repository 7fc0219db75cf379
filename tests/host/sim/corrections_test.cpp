// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// host/arch/CORRECTIONS.md: what each correction of the reference model changes, measured on its
// own programs.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "host/arch/physical.hpp"
#include "host/arch/presets.hpp"
#include "host/base/text_file.hpp"
#include "host/sim/simulator.hpp"
#include "tests/host/sim/gold.hpp"

namespace panther::machine::test {
namespace {

constexpr std::array programs{"mlpTrA", "microCore", "microMvm", "fuzzA"};

std::string change(double before, double now) {
  return before == now ? "-" : fmt::format("{:+.3f} %", (now - before) / before * 100);
}

/// Nodes of two tiles, so that the rules between nodes have something to act on.
RunResult run(Machine machine, char const* program) {
  machine.organisation.tiles_per_node = 2;
  return Simulator(machine, gold_program(program)).run();
}

std::string row(std::string_view name, std::string_view summary, Machine const& machine) {
  Machine const before = make_preset("reference-panther");
  std::string text = fmt::format("| `{}` | {} |", name, summary);
  for (char const* program : programs) {
    RunResult const a = run(before, program);
    RunResult const b = run(machine, program);
    fmt::format_to(std::back_inserter(text), " {} / {} |",
                   change(static_cast<double>(a.cycles), static_cast<double>(b.cycles)),
                   change(a.dynamic_pj + a.leakage_pj, b.dynamic_pj + b.leakage_pj));
  }
  PhysicalSum const old_node = node_sum(before, before.organisation.tiles_per_node);
  PhysicalSum const new_node = node_sum(machine, machine.organisation.tiles_per_node);
  return text + fmt::format(" {} / {} |\n", change(old_node.area_mm2, new_node.area_mm2),
                            change(old_node.peak_mw, new_node.peak_mw));
}

std::string table() {
  std::string text =
      "# Corrections of the reference model\n\n"
      "The `panther` preset is `reference-panther` with these corrections, 138 tiles a node and "
      "the arithmetic of the emulated\n"
      "crossbars. Each row is one correction alone against `reference-panther`: change of cycles / "
      "of total energy for four\n"
      "programs of `tests/golden/isa` (nodes of 2 tiles), and of a node's area / peak power. "
      "Generated and kept fresh by\n"
      "`tests/host/sim/corrections_test.cpp`. Rules are switched with `--set rules.<name>=true`; "
      "the last two are constants.\n\n"
      "| correction | what it does | mlpTrA | microCore | microMvm | fuzzA | node "
      "|\n|---|---|---|---|---|---|---|\n";
  Machine all = make_preset("reference-panther");
  for (Correction const& correction : corrections()) {
    Machine machine = make_preset("reference-panther");
    correction.apply(machine);
    correction.apply(all);
    text += row(correction.name, correction.summary, machine);
  }
  return text + row("all", "all of them together", all) +
         "\n## Left as they are\n\n"
         "Oddities of the reference that no published figure says how to mend. A switch would "
         "invent a number; where the number\n"
         "is a constant, it can be set.\n\n"
         "- **Tile control unit beside the memory controller.** `send` and `receive` access tile "
         "memory by a port of their own,\n"
         "  neither delayed by the cores nor delaying them. Whether the memory has that port, and "
         "who would go first without\n"
         "  it, is stated nowhere. The latencies of the bus (1 cycle) and of the counter buffer "
         "(2.83) are not spent: they\n"
         "  may be part of the tile memory's 2 cycles. The mailboxes' latency is a correction "
         "above.\n"
         "- **Packets.** One packet a tile and cycle, 31 cycles within a node whatever distance, "
         "load and size: a mean for a class\n"
         "  of injection rates, with no latency of a single hop published to replace it. "
         "`constants.router.latency_cycles` holds\n"
         "  the mean of another class (29, 31, 34, 54, 115 cycles for rates of 0.001, 0.005, 0.01, "
         "0.02, 0.025).\n"
         "- **Leakage of control units and crossbars** is 0, no figure is published. "
         "`constants.core_control.leakage_mw`,\n"
         "  `constants.tile_control.leakage_mw` and `constants.crossbar.leakage_mw` are counted "
         "where they are set.\n"
         "- **Tile memory** is modelled at its published latency of 2 cycles only.\n";
}

TEST(Fresh, CorrectionsTable) {
  std::string const text = table();
  std::string const written = std::string(PANTHER_BINARY_DIR) + "/CORRECTIONS.md";
  std::ofstream(written) << text;
  EXPECT_EQ(read_text_file(PANTHER_SOURCE_DIR "/host/arch/CORRECTIONS.md"), text)
      << "copy it from " << written;
}

}  // namespace
}  // namespace panther::machine::test
