// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The vector read of the CPU, in parts that are compiled once per instruction set.
//
// Idea list
// - State is row-major int16. A panel is 32 sensed lines by a block of driven lines; it is packed
// once for
//   all planes' streams of a group of examples: 32-bit lanes are sensed lines, the two int16 of a
//   lane are two driven lines. Rows driven: two 16-bit unpacks per 64 codes. Columns driven: a
//   dword transposition.
// - A stream is one example's one step. Its digits lie as pairs in memory, broadcast by the
// micro-kernel: 8
//   streams by 2 vectors of accumulators in registers, two int16 products an instruction and lane.
//   Bound: the multiply-add ceiling; packing costs a few percent from 16 streams on.
// - Few streams (the collapsed read of one or two examples) skip the packing store and run at the
// bandwidth
//   of the state: rows driven unpack and multiply at once; columns driven multiply along the row
//   and add up the lanes at its end.
// - An ideal converter without noise is linear, so such a read runs as the collapsed one at an
// eighth of
//   the products, in blocks of 256 lines.
// - Lines that no example of the group drives are left out.
// - Converter: integers only (converters.cpp says why that is exact). Noise: the power sums run
// over the
//   lines in ascending order in every lane, as the definition's do.
// Rejected: sums by tables of four lines' subsets (16 stores a table outweigh the saved products
// below four examples); a transposed copy of the state (doubles memory, and every update would
// write it).

#include <cstdint>
#include <span>

#include "kernels/cpu/read_units.hpp"
#include "kernels/xbar/input_scaling.hpp"
#include "kernels/xbar/read.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

constexpr int max_pairs = 128;  // of driven lines in a block: the exact read sums 256 lines at once
constexpr int chunk_pairs = 16;  // columns driven: 32 columns of a row, kept or dropped as a whole
constexpr int max_streams = 64;
constexpr int max_group = 16;         // examples that share a packed panel
constexpr int max_direct_panels = 4;  // neighbouring panels that a direct read takes at once
constexpr int direct_streams = 4;     // at most so many streams read without packing

/// One block of driven lines: which of them count, and what drives them.
struct BlockInput {
  int pairs;                         // that count; columns driven: up to the last that counts
  int chunks;                        // columns driven
  std::int32_t line[2 * max_pairs];  // rows driven: the row of each half of a pair
  std::int32_t chunk[2 * max_pairs / chunk_pairs];  // columns driven: first column of each chunk
  std::int64_t ahead[2 * max_pairs];  // distances of the cache lines of a panel's block, in codes
  std::int32_t* digits;               // [stream][max_pairs]: two int16 each
  float* weights;  // [stream][2 max_pairs]: noise weight of each line; null: not needed
};

/// One replica's reads of one group of examples.
struct Job {
  ReadArgs const* args;
  int replica;
  int first_example;
  int examples;
  bool noisy;                     // this replica's reads are
  bool exact;                     // no converter and no noise: only sums count
  bool power;                     // the noise depends on the conductances
  bool every_line;                // lines that no example drives count, too
  bool scaled;                    // some vector's inputs are scaled
  std::int64_t scale[max_group];  // [example]
  int step_bits;
  int steps;
  int streams;
  LineBand band;  // its driven lines
  int block_lines;
  int blocks;
  BlockInput* inputs;  // [block]

  bool rows_driven() const { return args->driven == Driven::rows; }
  bool converts() const { return !exact && args->mode == ReadMode::bit_serial; }
  bool direct() const { return !converts() && !power && streams <= direct_streams; }
  std::int16_t const* plane_codes(int plane) const {
    return args->codes + args->shape.index(replica, args->set, plane, 0, 0);
  }
  /// First code of a panel in a plane.
  std::int16_t const* panel_codes(int plane, int panel) const {
    std::int64_t const lines = rows_driven() ? 1 : args->shape.stride;
    return plane_codes(plane) + panel * panel_lines * lines;
  }
};

/// What one panel is worked on with; in the thread's scratch memory.
struct PanelBuffers {
  alignas(64) std::int32_t panel[max_pairs * panel_lines];    // [pair][lane]
  alignas(64) float squares[2 * max_pairs * panel_lines];     // [line][lane] conductance^2
  alignas(64) std::int32_t sums[max_streams * panel_lines];   // [panel][stream][lane]
  alignas(64) float power[max_streams * panel_lines];         // [stream][lane]
  alignas(64) float normals[max_stream_steps * panel_lines];  // [step][lane]
  alignas(64)
      std::int64_t totals[max_direct_panels * max_group * panel_lines];  // [panel][example][lane]
  alignas(64) double variance[max_group * panel_lines];  // [example][lane], collapsed with noise
};

constexpr int no_panel = -1;

/// Sensed lines of a panel's lanes.
struct PanelLanes {
  int panel;                        // no_panel: the lines are listed ones
  int lines;                        // lanes that stand for a line of the array
  std::int32_t line[panel_lines];   // of lanes that stand for none: not to be used
  std::int32_t valid[panel_lines];  // all ones or zero
};

/// Counts of one job, added to the shared counters at its end.
struct JobCounts {
  std::uint64_t clips[max_slices];
  std::int32_t peak[max_slices];
};

/// Sensed lines of a panel.
PanelLanes lanes_of(Job const& job, int panel);
/// Any sensed lines, at most panel_lines, for a direct read with columns driven.
PanelLanes lanes_of(std::span<std::int32_t const> lines);
/// Adds a panel's totals, scaled by 2^shift, to the sums and clears them; the first time, replaces
/// the sums.
void flush_totals(Job const& job, PanelLanes const& lanes, int shift, bool first,
                  std::int64_t* totals);

/// Bytes of scratch for a job's inputs.
std::int64_t input_bytes(Job const& job);
/// Prepares all blocks; `memory` is 64-byte aligned.
void prepare_inputs(Job& job, unsigned char* memory);

/// Lays out one block of a panel as [pair][lane].
void pack_panel(Job const& job, BlockInput const& block, int plane, int panel,
                std::int32_t* packed);
/// Conductances squared of a packed panel, [line][lane].
void square_conductances(Job const& job, BlockInput const& block, int plane,
                         std::int32_t const* packed, float* squares);

/// The panel that is packed next: fetched into the L1 cache while the present one is multiplied.
struct NextPanel {
  std::int16_t const* codes;  // null: none
  std::int64_t const* ahead;
};

/// Sums of a packed panel for all streams, [stream][lane].
void add_products(Job const& job, BlockInput const& block, std::int32_t const* packed,
                  NextPanel const& next, std::int32_t* sums);
/// Noise power of a packed panel for all streams, [stream][lane].
void add_powers(Job const& job, BlockInput const& block, float const* squares, float* power);
/// Sums of `panels` neighbouring panels, of which `lanes` is the first, straight from the state,
/// [panel][stream][lane]. panels is 1, or direct_panels() with rows driven.
void add_direct(Job const& job, BlockInput const& block, int plane, PanelLanes const& lanes,
                int panels, std::int32_t* sums);
int direct_panels(Job const& job);

/// Converts the sums of one block of a plane and adds them, shifted, to the totals. Returns through
/// counts.
void add_exact(Job const& job, std::int32_t const* sums, int shift, std::int64_t* totals);
void add_converted(Job const& job, PanelLanes const& lanes, int plane, int block, int shift,
                   PanelBuffers& buffers, JobCounts& counts);
/// Collapsed read with noise: the block's share of the outputs' variance.
void add_variance(Job const& job, int plane, PanelBuffers& buffers);
/// Standard normals of all lanes: of four consecutive steps from 4 step_block on, [step][lane].
void draw_normals(Job const& job, PanelLanes const& lanes, int plane, int block, std::uint64_t read,
                  int step_block, float* normals);

}  // namespace panther::PANTHER_ISA_NAMESPACE
