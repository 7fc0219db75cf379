// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The vector kernels of the CPU backend: one table of entry points per instruction set. The units
// listed under panther_add_isa_sources in kernels/CMakeLists.txt are compiled once per set, into a
// namespace each; they define the functions that are declared here.
//
// An entry point works on a range of units (what a unit is, its header says), so that the backend
// can split a call over threads. Results do not depend on the split.

#include <cstdint>
#include <span>

#include "kernels/base/backend.hpp"
#include "kernels/cpu/read_units.hpp"
#include "kernels/cpu/resolve_limits.hpp"
#include "kernels/cpu/update_units.hpp"

namespace panther {

struct KernelTable {
  /// Sensed lines in units of kernels/cpu/read_units.hpp.
  void (*read)(ReadArgs const& args, std::int64_t first, std::int64_t last);
  /// What the driven lines of a band contribute to every sum, where can_read_in_bands() of
  /// banded_read.hpp holds. Null: this set has only the above.
  void (*read_band)(ReadArgs const& args, LineBand band);
  /// The sums of the listed sensed lines, where can_read_lines() of line_read.hpp holds. Null
  /// likewise.
  void (*read_lines)(ReadArgs const& args, std::span<std::int32_t const> lines);
  /// The units of read, in mode analog.
  void (*read_analog)(AnalogReadArgs const& args, std::int64_t first, std::int64_t last);
  /// Active rows of kernels/cpu/update_units.hpp, `count` of them, replica by replica.
  void (*update)(int law, UpdateArgs const& args, ActiveRow const* rows, std::int64_t count);
  /// Carry resolution of a row of one replica, where can_screen() holds; counts into `counters`
  /// [slice]. Returns how many columns are left to the definition, and which: `columns` has room
  /// for a whole row.
  int (*resolve_row)(ResolveArgs const& args, ResolveLimits const& limits, int replica, int row,
                     SliceCounters* counters, std::int32_t* columns);
  /// A pass over one row of one plane; the place's lane does not matter.
  void (*age_row)(AgeArgs const& args, LanePlace const& place);
  /// After an update its active rows, after a write any rows; `count` of them, replica by replica.
  void (*wear)(WearArgs const& args, ActiveRow const* rows, std::int64_t count);
  /// After an update, its active rows likewise.
  void (*appear)(ApparentArgs const& args, ActiveRow const* rows, std::int64_t count);
  /// Vectors [first, last) of the digital operations (kernels/digital/operations.hpp).
  void (*gather)(GatherArgs const& args, std::int64_t first, std::int64_t last);
  void (*forward)(ForwardArgs const& args, std::int64_t first, std::int64_t last);
  void (*loss)(LossArgs const& args, std::int64_t first, std::int64_t last);
  void (*backward)(BackwardArgs const& args, std::int64_t first, std::int64_t last);
  void (*drive)(DriveArgs const& args, std::int64_t first, std::int64_t last);
  /// Units of kernels/wires/unit.hpp; `memory` holds one.
  void (*solve_wires)(WireSolveArgs const& args, double* memory, std::int64_t first,
                      std::int64_t last);
};

/// The table of a resolved set (not automatic).
KernelTable const& kernel_table(Isa isa);

namespace isa_scalar {
void read(ReadArgs const& args, std::int64_t first, std::int64_t last);
void read_analog(AnalogReadArgs const& args, std::int64_t first, std::int64_t last);
void update(int law, UpdateArgs const& args, ActiveRow const* rows, std::int64_t count);
int resolve_row(ResolveArgs const& args, ResolveLimits const& limits, int replica, int row,
                SliceCounters* counters, std::int32_t* columns);
void age_row(AgeArgs const& args, LanePlace const& place);
void wear(WearArgs const& args, ActiveRow const* rows, std::int64_t count);
void appear(ApparentArgs const& args, ActiveRow const* rows, std::int64_t count);
void gather(GatherArgs const& args, std::int64_t first, std::int64_t last);
void forward(ForwardArgs const& args, std::int64_t first, std::int64_t last);
void loss(LossArgs const& args, std::int64_t first, std::int64_t last);
void backward(BackwardArgs const& args, std::int64_t first, std::int64_t last);
void drive(DriveArgs const& args, std::int64_t first, std::int64_t last);
void solve_wires(WireSolveArgs const& args, double* memory, std::int64_t first, std::int64_t last);
}  // namespace isa_scalar

namespace isa_avx2 {
void read(ReadArgs const& args, std::int64_t first, std::int64_t last);
void read_band(ReadArgs const& args, LineBand band);
void read_lines(ReadArgs const& args, std::span<std::int32_t const> lines);
void read_analog(AnalogReadArgs const& args, std::int64_t first, std::int64_t last);
void update(int law, UpdateArgs const& args, ActiveRow const* rows, std::int64_t count);
int resolve_row(ResolveArgs const& args, ResolveLimits const& limits, int replica, int row,
                SliceCounters* counters, std::int32_t* columns);
void age_row(AgeArgs const& args, LanePlace const& place);
void wear(WearArgs const& args, ActiveRow const* rows, std::int64_t count);
void appear(ApparentArgs const& args, ActiveRow const* rows, std::int64_t count);
void gather(GatherArgs const& args, std::int64_t first, std::int64_t last);
void forward(ForwardArgs const& args, std::int64_t first, std::int64_t last);
void loss(LossArgs const& args, std::int64_t first, std::int64_t last);
void backward(BackwardArgs const& args, std::int64_t first, std::int64_t last);
void drive(DriveArgs const& args, std::int64_t first, std::int64_t last);
void solve_wires(WireSolveArgs const& args, double* memory, std::int64_t first, std::int64_t last);
}  // namespace isa_avx2

namespace isa_avx512 {
void read(ReadArgs const& args, std::int64_t first, std::int64_t last);
void read_band(ReadArgs const& args, LineBand band);
void read_lines(ReadArgs const& args, std::span<std::int32_t const> lines);
void read_analog(AnalogReadArgs const& args, std::int64_t first, std::int64_t last);
void update(int law, UpdateArgs const& args, ActiveRow const* rows, std::int64_t count);
int resolve_row(ResolveArgs const& args, ResolveLimits const& limits, int replica, int row,
                SliceCounters* counters, std::int32_t* columns);
void age_row(AgeArgs const& args, LanePlace const& place);
void wear(WearArgs const& args, ActiveRow const* rows, std::int64_t count);
void appear(ApparentArgs const& args, ActiveRow const* rows, std::int64_t count);
void gather(GatherArgs const& args, std::int64_t first, std::int64_t last);
void forward(ForwardArgs const& args, std::int64_t first, std::int64_t last);
void loss(LossArgs const& args, std::int64_t first, std::int64_t last);
void backward(BackwardArgs const& args, std::int64_t first, std::int64_t last);
void drive(DriveArgs const& args, std::int64_t first, std::int64_t last);
void solve_wires(WireSolveArgs const& args, double* memory, std::int64_t first, std::int64_t last);
}  // namespace isa_avx512

}  // namespace panther
