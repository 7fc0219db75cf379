// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Reads, compiled once per instruction set.

#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/read_units.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

struct Unit {
  int replica;
  int first_example;
  int last_example;
  int panel;
};

Unit unit_at(ReadArgs const& args, ReadUnits const& units, std::int64_t index) {
  std::int64_t const group = index / units.panels;
  int const first = static_cast<int>(group % units.groups) * units.group_examples;
  return {static_cast<int>(group / units.groups), first,
          smaller(first + units.group_examples, args.examples),
          static_cast<int>(index % units.panels)};
}

}  // namespace

void read(ReadArgs const& args, std::int64_t first, std::int64_t last) {
  ReadUnits const units = read_units(args);
  ReadLine const line{args};
  for (std::int64_t index = first; index < last; ++index) {
    Unit const unit = unit_at(args, units, index);
    int const begin = unit.panel * panel_lines;
    int const end = smaller(begin + panel_lines, args.sensed_lines());
    for (int example = unit.first_example; example < unit.last_example; ++example) {
      std::int64_t const vector = static_cast<std::int64_t>(unit.replica) * args.examples + example;
      for (int sensed = begin; sensed < end; ++sensed) line(vector * args.sensed_lines() + sensed);
    }
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
