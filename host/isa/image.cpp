// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/image.hpp"

#include <set>

#include "host/isa/registry.hpp"

namespace panther::machine {
namespace {

Program const& stop_program(Unit unit) {
  static Program const core{{.opcode = find_instruction("hlt", Unit::core)->opcode}};
  static Program const tile{{.opcode = find_instruction("halt", Unit::tile)->opcode}};
  return unit == Unit::core ? core : tile;
}

Program const& program_or_stop(ProgramPtr const& program, Unit unit) {
  return program ? *program : stop_program(unit);
}

bool same(TileImage const& a, TileImage const& b) {
  if (program_or_stop(a.program, Unit::tile) != program_or_stop(b.program, Unit::tile))
    return false;
  std::set<CoreId> cores;
  for (auto const& [core, program] : a.cores) cores.insert(core);
  for (auto const& [core, program] : b.cores) cores.insert(core);
  auto const program_of = [](TileImage const& tile, CoreId core) -> Program const& {
    auto const found = tile.cores.find(core);
    return program_or_stop(found == tile.cores.end() ? nullptr : found->second, Unit::core);
  };
  for (CoreId const core : cores) {
    if (program_of(a, core) != program_of(b, core)) return false;
  }
  return a.data == b.data && a.weights == b.weights;
}

}  // namespace

bool same(Image const& a, Image const& b) {
  if (a.tiles.size() != b.tiles.size()) return false;
  for (std::size_t i = 0; i < a.tiles.size(); ++i) {
    if (!same(a.tiles[i], b.tiles[i])) return false;
  }
  return true;
}

}  // namespace panther::machine
