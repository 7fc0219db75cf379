// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Area, leakage and peak power, component by component.

#include <string>
#include <string_view>
#include <vector>

#include "host/arch/machine.hpp"

namespace panther::machine {

/// One kind of component in a core, a tile or a node; the figures are those of all instances
/// together.
struct PhysicalRow {
  std::string_view component;
  double instances = 0;
  double area_mm2 = 0;
  double leakage_mw = 0;
  /// Dynamic power with everything active.
  double peak_mw = 0;
  std::string source;
};

struct PhysicalSum {
  double area_mm2 = 0;
  double leakage_mw = 0;
  double peak_mw = 0;
};

std::vector<PhysicalRow> core_components(Machine const& machine);
/// A tile's components without its cores.
std::vector<PhysicalRow> tile_components(Machine const& machine);

PhysicalSum sum(std::vector<PhysicalRow> const& rows);
PhysicalSum core_sum(Machine const& machine);
/// A tile with its cores.
PhysicalSum tile_sum(Machine const& machine);
/// A node of `tiles` tiles, with routers; the area with the link between nodes. peak_mw includes
/// leakage.
PhysicalSum node_sum(Machine const& machine, double tiles);

}  // namespace panther::machine
