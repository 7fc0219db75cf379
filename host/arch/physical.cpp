// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/arch/physical.hpp"

namespace panther::machine {
namespace {

/// Crossbar slots of a matrix: f and b one each, d two, because its words are twice as wide.
constexpr double crossbar_slots = 4;
/// Converters of a matrix are lumped so in revision R1: lines driven at once and columns sampled at
/// once.
constexpr double dac_groups = 11;
constexpr double sample_groups = 2;
constexpr double shift_add_units = 2;

PhysicalRow row(std::string_view name, double instances, Component const& c) {
  return {name,
          instances,
          instances * c.area_mm2,
          instances * c.leakage_mw,
          instances * c.dynamic_pj,
          c.source};
}

/// Control units are left out of peak power: their energy is charged by the cycle.
PhysicalRow control_row(std::string_view name, Component const& c) {
  PhysicalRow control = row(name, 1, c);
  control.peak_mw = 0;
  return control;
}

}  // namespace

std::vector<PhysicalRow> core_components(Machine const& machine) {
  Organisation const& o = machine.organisation;
  Constants const& k = machine.constants;
  double const matrices = o.matrices_per_core;
  double const ports = 3 * matrices;
  double const crossbars =
      crossbar_slots * matrices * (machine.rules.area_of_all_slices ? machine.slices() : 1);
  double const lanes = machine.rules.alu_per_lane ? o.vector_lanes : 1;
  std::vector<PhysicalRow> rows{
      row("dac", matrices * dac_groups * o.xbar_size, k.dac),
      {"crossbar", crossbars, crossbars * k.crossbar.area_mm2, crossbars * k.crossbar.leakage_mw,
       crossbars * k.crossbar.read_step_mw, k.crossbar.source},
      row("sample_hold", matrices * sample_groups * o.xbar_size, k.sample_hold),
      row("adc", o.adcs_per_core, k.adc),
      row("shift_add", matrices * shift_add_units, k.shift_add),
      row("xbar_out_memory", ports, k.xbar_out_memory),
      row("xbar_in_memory", ports, k.xbar_in_memory),
      row("core_instruction_memory", 1, k.core_instruction_memory),
      row("data_memory", 1, k.data_memory),
      row("alu", lanes, k.alu),
      row("activation", 1, k.activation),
      control_row("core_control", k.core_control)};
  // A read drives all lines of an input memory at once; a line's share is one access divided by the
  // lines.
  rows[6].peak_mw = ports * (k.xbar_in_memory_write_pj + k.xbar_in_memory.dynamic_pj / o.xbar_size);
  return rows;
}

std::vector<PhysicalRow> tile_components(Machine const& machine) {
  Constants const& k = machine.constants;
  return {row("counter_buffer", 1, k.counter_buffer),
          row("tile_bus", 1, k.tile_bus),
          row("tile_memory_control", 1, k.tile_memory_control),
          row("receive_buffer", 1, k.receive_buffer),
          row("tile_instruction_memory", 1, k.tile_instruction_memory),
          row("tile_memory", 1, k.tile_memory),
          control_row("tile_control", k.tile_control)};
}

PhysicalSum sum(std::vector<PhysicalRow> const& rows) {
  PhysicalSum total;
  for (PhysicalRow const& r : rows) {
    total.area_mm2 += r.area_mm2;
    total.leakage_mw += r.leakage_mw;
    total.peak_mw += r.peak_mw;
  }
  return total;
}

PhysicalSum core_sum(Machine const& machine) { return sum(core_components(machine)); }

PhysicalSum tile_sum(Machine const& machine) {
  PhysicalSum total = sum(tile_components(machine));
  PhysicalSum const core = core_sum(machine);
  double const cores = machine.organisation.cores_per_tile;
  total.area_mm2 += cores * core.area_mm2;
  total.leakage_mw += cores * core.leakage_mw;
  total.peak_mw += cores * core.peak_mw;
  return total;
}

PhysicalSum node_sum(Machine const& machine, double tiles) {
  PhysicalSum const tile = tile_sum(machine);
  Constants const& k = machine.constants;
  double const routers = tiles / machine.organisation.tiles_per_router;
  double const leakage =
      tiles * tile.leakage_mw + routers * k.router.leakage_mw + k.node_link.leakage_mw;
  return {tiles * tile.area_mm2 + routers * k.router.area_mm2 + k.node_link.area_mm2, leakage,
          leakage + tiles * tile.peak_mw + routers * k.router.dynamic_pj};
}

}  // namespace panther::machine
