// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "host/arch/physical.hpp"
#include "host/sim/statistics.hpp"

namespace panther::machine {
namespace {

using Out = std::back_insert_iterator<std::string>;

void print_energy(Out out, RunStatistics const& s) {
  fmt::format_to(out, "\nenergy by component\n{:<16}{:>14}{:>14}{:>14}{:>8}\n", "", "events",
                 "pJ each", "J", "share");
  std::vector<std::size_t> order(s.accesses.name.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return s.accesses.energy_j[a] > s.accesses.energy_j[b];
  });
  auto const share = [&s](double energy) {
    return s.total_energy_j > 0 ? energy / s.total_energy_j * 100 : 0;
  };
  for (std::size_t const i : order) {
    if (s.accesses.count[i] == 0) continue;
    fmt::format_to(out, "{:<16}{:>14}{:>14.6g}{:>14.6g}{:>7.2f}%\n", s.accesses.name[i],
                   s.accesses.count[i], s.accesses.energy_per_access_pj[i], s.accesses.energy_j[i],
                   share(s.accesses.energy_j[i]));
  }
  fmt::format_to(out, "{:<16}{:>14}{:>14}{:>14.6g}{:>7.2f}%\n", "leakage", "", "",
                 s.leakage_energy_j, share(s.leakage_energy_j));
}

void print_cores(Out out, CoreStatistics const& c) {
  fmt::format_to(out, "\ncores with a program{:>12}{:>12}{:>12}{:>12}{:>12}{:>12}{:>8}\n", "cycles",
                 "instr.", "control", "vector", "matrix", "memory", "busy");
  for (std::size_t i = 0; i < c.tile.size(); ++i) {
    fmt::format_to(out, "{:<20}{:>12}{:>12}{:>12}{:>12}{:>12}{:>12}{:>7.2f}%\n",
                   fmt::format("tile {} core {}", c.tile[i], c.core[i]), c.cycles[i],
                   c.instructions[i], c.control_cycles[i], c.vector_cycles[i], c.matrix_cycles[i],
                   c.memory_cycles[i], c.utilisation[i] * 100);
  }
}

/// Prints the counters that are not 0 under their names.
struct CounterPrinter {
  Out out;
  bool any = false;
  void operator()(std::string_view name, std::uint64_t value, Field const& field) {
    if (value == 0) return;
    if (!any) fmt::format_to(out, "\ncrossbars\n");
    any = true;
    fmt::format_to(out, "{:<24}{:>12}  {}\n", name, value, field.doc);
  }
};

void print_rows(Out out, std::string_view title, std::vector<PhysicalRow> const& rows) {
  fmt::format_to(out, "\n{:<26}{:>10}{:>14}{:>14}{:>14}  {}\n", title, "number", "mm^2",
                 "leakage mW", "peak mW", "source");
  for (PhysicalRow const& row : rows) {
    fmt::format_to(out, "{:<26}{:>10}{:>14.6g}{:>14.6g}{:>14.6g}  {}\n", row.component,
                   row.instances, row.area_mm2, row.leakage_mw, row.peak_mw, row.source);
  }
}

void print_sum(Out out, std::string_view title, PhysicalSum const& sum) {
  fmt::format_to(out, "{:<26}{:>10}{:>14.6g}{:>14.6g}{:>14.6g}\n", title, "", sum.area_mm2,
                 sum.leakage_mw, sum.peak_mw);
}

}  // namespace

std::string statistics_text(Machine const& machine, RunResult const& result) {
  RunStatistics const s = make_statistics(machine, result);
  std::string text;
  Out out = std::back_inserter(text);
  fmt::format_to(out, "{:<16}{}\n{:<16}{} cycles, {:.6g} s\n", "outcome", s.outcome, "time",
                 s.cycles, s.time_s);
  fmt::format_to(out, "{:<16}{:.6g} J dynamic + {:.6g} J leakage = {:.6g} J, {:.6g} mW\n", "energy",
                 s.dynamic_energy_j, s.leakage_energy_j, s.total_energy_j, s.average_power_mw);
  fmt::format_to(out, "{:<16}{} within nodes, {} between nodes, network busy {} cycles\n",
                 "packets", s.packets_intra, s.packets_inter, s.noc_busy_cycles);
  if (!s.breakpoint.empty())
    fmt::format_to(out, "{:<16}before {} (tile:core:instruction)\n", "stopped", s.breakpoint);
  for (std::string const& line : s.waiting) fmt::format_to(out, "{:<16}{}\n", "waiting", line);
  print_energy(out, s);
  fmt::format_to(out, "\ninstructions executed\n");
  for (auto const& [name, number] : result.instruction_mix)
    fmt::format_to(out, "{:<24}{:>12}\n", name, number);
  CounterPrinter crossbars{out};
  CrossbarCounters::fields(s.crossbars, crossbars);
  print_cores(out, s.cores);
  return text;
}

std::string physical_text(Machine const& machine) {
  std::string text;
  Out out = std::back_inserter(text);
  print_rows(out, "core", core_components(machine));
  print_sum(out, "core, sum", core_sum(machine));
  print_rows(out, fmt::format("tile, besides {} cores", machine.organisation.cores_per_tile),
             tile_components(machine));
  PhysicalSum const tile = tile_sum(machine);
  print_sum(out, "tile, sum with cores", tile);
  int const tiles = machine.organisation.tiles_per_node;
  PhysicalSum const node = node_sum(machine, tiles);
  fmt::format_to(out, "\n{:<26}{:>10}{:>14.6g}{:>14.6g}{:>14.6g}  (peak with leakage)\n",
                 fmt::format("node of {} tiles", tiles), "", node.area_mm2, node.leakage_mw,
                 node.peak_mw);
  return text.substr(1);
}

}  // namespace panther::machine
