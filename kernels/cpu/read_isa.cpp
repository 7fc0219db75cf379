// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Reads of a range of units: the definition, item by item, or the vector read, panel by panel.

#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/read_job.hpp"
#include "kernels/cpu/read_simd.hpp"
#include "kernels/cpu/scratch.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

#if PANTHER_ISA_LEVEL > 0

/// Bits of a total beyond one plane's: up to 2 max_slices planes are added.
constexpr int plane_bits = 6;

/// A plane's share of an output is below 2^this in magnitude.
int sum_bits(Job const& job) {
  int const of_block = job.exact || job.args->mode == ReadMode::collapsed ? 15 + 15 + 8 : 31 + 16;
  int bits = of_block;
  while ((static_cast<std::int64_t>(1) << (bits - of_block)) < job.blocks) ++bits;
  return bits;
}

Job make_job(ReadArgs const& args, ReadUnits const& units, std::int64_t index, LineBand band) {
  Job job{};
  job.args = &args;
  job.replica = static_cast<int>(index / units.groups);
  job.first_example = static_cast<int>(index % units.groups) * units.group_examples;
  job.examples = smaller(units.group_examples, args.examples - job.first_example);
  DeviceConstants const& k = args.devices[job.replica];
  job.noisy = args.noisy && (k.read_relative != 0.0F || k.read_line != 0.0F);
  job.power = job.noisy && k.read_relative != 0.0F;
  bool const collapsed = args.mode == ReadMode::collapsed;
  job.exact = !job.noisy && (collapsed || (args.adc_bits == 0 && args.observed_peak == nullptr));
  job.step_bits = job.exact ? collapsed_dac_bits : args.step_bits();
  job.steps = 16 / job.step_bits;
  job.streams = job.examples * job.steps;
  job.band = band;
  job.block_lines = job.exact ? 2 * max_pairs : args.block_lines;
  job.blocks = (band.lines() + job.block_lines - 1) / job.block_lines;
  return job;
}

/// Collapsed read with noise: one draw an output. Several panels are read at once only if the noise
/// does not depend on the devices, so that their variance is the same.
void add_output_noise(Job const& job, PanelLanes const& lanes, PanelBuffers& buffers) {
  ReadArgs const& args = *job.args;
  for (int example = 0; example < job.examples; ++example) {
    int const at = job.first_example + example;
    std::int64_t const vector = static_cast<std::int64_t>(job.replica) * args.examples + at;
    i128* const sums = args.sums + vector * args.sensed_lines();
    draw_normals(job, lanes, whole_read_plane, 0, args.first_read + static_cast<std::uint64_t>(at),
                 0, buffers.normals);
    for (int lane = 0; lane < panel_lines; ++lane) {
      if (lanes.valid[lane] == 0) continue;
      double const variance = buffers.variance[example * panel_lines + lane];
      sums[lanes.line[lane]] += ReadLine::rounded_noise(root(variance), buffers.normals[lane]);
    }
  }
}

/// What follows a block of a plane: the next block, or the first one of the next plane. Fetching
/// across the end of a block that drives fewer lines fetches that many.
NextPanel next_panel(Job const& job, int panel, int plane, int b) {
  int const next = b + 1 < job.blocks ? b + 1 : 0;
  int const next_plane = next == 0 ? plane + 1 : plane;
  if (next_plane >= job.args->shape.planes || job.inputs[next].pairs < job.inputs[b].pairs)
    return {};
  return {job.panel_codes(next_plane, panel), job.inputs[next].ahead};
}

void read_block(Job const& job, PanelLanes const* lanes, int panels, int plane, int b, int shift,
                PanelBuffers& buffers, JobCounts& counts) {
  BlockInput const& block = job.inputs[b];
  if (job.direct()) {
    add_direct(job, block, plane, lanes[0], panels, buffers.sums);
  } else {
    pack_panel(job, block, plane, lanes[0].panel, buffers.panel);
    add_products(job, block, buffers.panel, next_panel(job, lanes[0].panel, plane, b),
                 buffers.sums);
    if (job.power) {
      square_conductances(job, block, plane, buffers.panel, buffers.squares);
      add_powers(job, block, buffers.squares, buffers.power);
    }
  }
  if (job.converts()) {
    add_converted(job, lanes[0], plane, b, shift, buffers, counts);
    return;
  }
  for (int p = 0; p < panels; ++p) {
    add_exact(job, buffers.sums + p * job.streams * panel_lines, shift,
              buffers.totals + p * job.examples * panel_lines);
  }
  if (job.noisy) add_variance(job, plane, buffers);
}

/// All planes of `panels` neighbouring panels. Planes are added in int64 as long as their shifts
/// allow.
void read_panels(Job const& job, PanelLanes const* lanes, int panels, PanelBuffers& buffers,
                 JobCounts& counts) {
  for (int i = 0; i < panels * job.examples * panel_lines; ++i) buffers.totals[i] = 0;
  for (int i = 0; i < job.examples * panel_lines; ++i) buffers.variance[i] = 0.0;
  auto const flush = [&](int shift, bool first) {
    for (int p = 0; p < panels; ++p) {
      flush_totals(job, lanes[p], shift, first, buffers.totals + p * job.examples * panel_lines);
    }
  };
  Slicing const& slicing = job.args->slicing;
  int const room = 63 - plane_bits - sum_bits(job);
  int base = slicing.shift_of(0);
  bool first = true;
  for (int plane = 0; plane < job.args->shape.planes; ++plane) {
    int const shift = slicing.shift_of(slicing.slice_of(plane));
    if (shift < base || shift - base > room) {
      flush(base, first);
      first = false;
      base = shift;
    }
    for (int b = 0; b < job.blocks; ++b) {
      read_block(job, lanes, panels, plane, b, shift - base, buffers, counts);
    }
  }
  flush(base, first);
  if (!job.noisy || job.converts()) return;
  for (int p = 0; p < panels; ++p) add_output_noise(job, lanes[p], buffers);
}

/// The definition counts every conversion; their number needs no counting.
void add_counts(Job const& job, int sensed, JobCounts const& counts) {
  ReadArgs const& args = *job.args;
  if (args.mode == ReadMode::collapsed) return;
  std::int64_t const blocks = (args.driven_lines() + args.block_lines - 1) / args.block_lines;
  std::int64_t const conversions =
      blocks * args.stream_steps() * sensed * job.examples * args.slicing.planes_per_slice;
  for (int slice = 0; slice < args.slicing.slices; ++slice) {
    SliceCounters& counters = args.counters[job.replica * args.slicing.slices + slice];
    count(counters.conversions, static_cast<std::uint64_t>(conversions));
    count(counters.clips, counts.clips[slice]);
    if (args.observed_peak != nullptr) {
      raise(args.observed_peak[job.replica * args.slicing.slices + slice], counts.peak[slice]);
    }
  }
}

/// Prepares the job's inputs in the thread's scratch memory, where its buffers are, too.
PanelBuffers& begin(Job& job) {
  std::int64_t const bytes = input_bytes(job);
  unsigned char* const memory =
      thread_scratch(static_cast<std::size_t>(bytes) + sizeof(PanelBuffers));
  prepare_inputs(job, memory + sizeof(PanelBuffers));
  return *reinterpret_cast<PanelBuffers*>(memory);
}

void run_job(ReadArgs const& args, ReadUnits const& units, std::int64_t index, int first_panel,
             int last_panel, LineBand band) {
  Job job = make_job(args, units, index, band);
  PanelBuffers& buffers = begin(job);
  JobCounts counts{};
  int const wide = job.direct() ? direct_panels(job) : 1;
  for (int panel = first_panel; panel < last_panel;) {
    int const panels = panel + wide <= last_panel ? wide : 1;
    PanelLanes lanes[max_direct_panels];
    for (int p = 0; p < panels; ++p) lanes[p] = lanes_of(job, panel + p);
    read_panels(job, lanes, panels, buffers, counts);
    panel += panels;
  }
  int const end = smaller(last_panel * panel_lines, args.sensed_lines());
  add_counts(job, end - first_panel * panel_lines, counts);
}

#endif

}  // namespace

#if PANTHER_ISA_LEVEL > 0
void read(ReadArgs const& args, std::int64_t first, std::int64_t last) {
  ReadUnits const units = read_units(args);
  while (first < last) {
    std::int64_t const job = first / units.panels;
    auto const panel = static_cast<int>(first % units.panels);
    auto const end =
        static_cast<int>(smaller(last - job * units.panels, std::int64_t{units.panels}));
    run_job(args, units, job, panel, end, {0, args.driven_lines()});
    first += end - panel;
  }
}

void read_band(ReadArgs const& args, LineBand band) {
  ReadUnits const units = read_units(args);
  std::int64_t const jobs = static_cast<std::int64_t>(units.replicas) * units.groups;
  for (std::int64_t job = 0; job < jobs; ++job) run_job(args, units, job, 0, units.panels, band);
}

void read_lines(ReadArgs const& args, std::span<std::int32_t const> lines) {
  Job job = make_job(args, read_units(args), 0, {0, args.driven_lines()});
  PanelBuffers& buffers = begin(job);
  JobCounts none{};
  for (std::size_t first = 0; first < lines.size(); first += panel_lines) {
    std::size_t const count = smaller(lines.size() - first, std::size_t{panel_lines});
    PanelLanes const lanes = lanes_of(lines.subspan(first, count));
    read_panels(job, &lanes, 1, buffers, none);
  }
}
#else
void read(ReadArgs const& args, std::int64_t first, std::int64_t last) {
  ReadUnits const units = read_units(args);
  ReadLine const line{args};
  for (std::int64_t unit = first; unit < last; ++unit) {
    std::int64_t const group = unit / units.panels;
    int const begin = static_cast<int>(unit % units.panels) * panel_lines;
    int const end = smaller(begin + panel_lines, args.sensed_lines());
    int const first_example = static_cast<int>(group % units.groups) * units.group_examples;
    int const last_example = smaller(first_example + units.group_examples, args.examples);
    std::int64_t const vectors = group / units.groups * args.examples;
    for (int example = first_example; example < last_example; ++example) {
      for (int sensed = begin; sensed < end; ++sensed) {
        line((vectors + example) * args.sensed_lines() + sensed);
      }
    }
  }
}
#endif

}  // namespace panther::PANTHER_ISA_NAMESPACE
