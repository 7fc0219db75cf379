// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Which sensed lines a panel's lanes are, and where their totals go.

#include "kernels/cpu/read_job.hpp"
#include "kernels/cpu/read_simd.hpp"

#if PANTHER_ISA_LEVEL > 0
namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

/// Column of a panel that unpacking puts into a lane.
int lane_column(int lane) {
  int const vector = lane / Simd::lanes;
  int const within = lane % Simd::lanes;
  return vector / 2 * 2 * Simd::lanes + within / 4 * 8 + vector % 2 * 4 + within % 4;
}

}  // namespace

PanelLanes lanes_of(Job const& job, int panel) {
  PanelLanes lanes{};
  lanes.panel = panel;
  int const sensed = job.args->sensed_lines();
  for (int lane = 0; lane < panel_lines; ++lane) {
    int const line = panel * panel_lines + (job.rows_driven() ? lane_column(lane) : lane);
    lanes.line[lane] = line;
    lanes.valid[lane] = line < sensed ? -1 : 0;
    lanes.lines += line < sensed ? 1 : 0;
  }
  return lanes;
}

PanelLanes lanes_of(std::span<std::int32_t const> lines) {
  PanelLanes lanes{};
  lanes.panel = no_panel;
  lanes.lines = static_cast<int>(lines.size());
  for (int lane = 0; lane < lanes.lines; ++lane) {
    lanes.line[lane] = lines[static_cast<std::size_t>(lane)];
    lanes.valid[lane] = -1;
  }
  return lanes;
}

void flush_totals(Job const& job, PanelLanes const& lanes, int shift, bool first,
                  std::int64_t* totals) {
  ReadArgs const& args = *job.args;
  i128 const scale = static_cast<i128>(1) << shift;
  for (int example = 0; example < job.examples; ++example) {
    std::int64_t const vector =
        static_cast<std::int64_t>(job.replica) * args.examples + job.first_example + example;
    i128* const sums = args.sums + vector * args.sensed_lines();
    std::int64_t* const total = totals + example * panel_lines;
    for (int lane = 0; lane < panel_lines; ++lane) {
      i128 const value = total[lane] * scale;
      total[lane] = 0;
      if (lanes.valid[lane] == 0) continue;
      i128& sum = sums[lanes.line[lane]];
      sum = first ? value : sum + value;
    }
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
#endif
