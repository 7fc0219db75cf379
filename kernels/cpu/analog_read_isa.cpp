// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Analog reads of a range of units: the definition, item by item, or the vector read.

#include "kernels/cpu/analog_job.hpp"
#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/scratch.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

#if PANTHER_ISA_LEVEL > 0

/// Neighbouring examples of one replica.
struct ExampleRun {
  int replica;
  int first;
  int count;
};

void set_scales(AnalogJob& job) {
  job.job.scaled = job.k->inputs.kind != NoiseManagement::off || job.args->bounds.attempt > 0;
  if (!job.job.scaled) return;
  for (int example = 0; example < job.job.examples; ++example) {
    job.job.scale[example] = job.args->scale(job.vector_of(example));
  }
}

/// Of the sensed lines [first, end).
void unscale_sums(AnalogJob const& job, int first, int end) {
  ReadArgs const& r = *job.job.args;
  for (int example = 0; example < job.job.examples; ++example) {
    i128* const sums = r.sums + job.vector_of(example) * r.sensed_lines();
    for (int line = first; line < end; ++line) {
      sums[line] = unscaled_sum(sums[line], job.job.scale[example]);
    }
  }
}

AnalogJob make_job(AnalogReadArgs const& args, ExampleRun run) {
  ReadArgs const& r = args.read;
  AnalogJob job{};
  job.args = &args;
  Job& plain = job.job;
  plain.args = &r;
  plain.replica = run.replica;
  plain.first_example = run.first;
  plain.examples = run.count;
  plain.step_bits = r.dac_bits;
  plain.steps = 16 / plain.step_bits;
  plain.streams = plain.examples * plain.steps;
  plain.band = {0, r.driven_lines()};
  plain.block_lines = r.block_lines;
  plain.blocks = (plain.band.lines() + r.block_lines - 1) / r.block_lines;
  plain.every_line = true;
  job.k = &args.analog[plain.replica];
  job.terms = analog_terms(*job.k);
  set_scales(job);
  return job;
}

/// Sums that no term adds to are read all the same.
void clear_sums(AnalogPanel& panel) {
  for (int i = 0; i < max_streams * panel_lines; ++i) {
    panel.drift[i] = panel.change[i] = panel.power[i] = panel.flow[i] = 0.0F;
  }
  for (float& conductance : panel.conductance) conductance = 0.0F;
}

/// The definition counts every conversion; their number needs no counting.
void add_counts(AnalogJob const& job, int sensed, JobCounts const& counts) {
  ReadArgs const& r = *job.job.args;
  for (int slice = 0; slice < r.slicing.slices; ++slice) {
    int const at = job.job.replica * r.slicing.slices + slice;
    SliceConverter const converter = slice_converter(*job.args, job.job.replica, slice);
    std::int64_t const conversions = static_cast<std::int64_t>(job.job.blocks) *
                                     converter.conversions() * sensed * job.job.examples *
                                     r.slicing.planes_per_slice;
    count(r.counters[at].conversions, static_cast<std::uint64_t>(conversions));
    count(r.counters[at].clips, counts.clips[slice]);
    if (r.observed_peak != nullptr) raise(r.observed_peak[at], counts.peak[slice]);
  }
}

/// One plane of the panels [first, last); `totals` is [panel][example][lane].
void read_plane(AnalogJob const& job, int plane, int first, int last, AnalogScratch& scratch,
                std::int64_t* totals, JobCounts& counts) {
  int const size = analog_group * panel_lines;
  for (int block = 0; block < job.job.blocks; ++block) {
    if (job.terms.any()) {
      find_lines(job, block, scratch.inputs);
      drive_lines(job, plane, block, scratch.inputs);
    }
    for (int panel = first; panel < last; ++panel) {
      PanelLanes const lanes = lanes_of(job.job, panel);
      add_analog_sums(job, lanes, plane, block, scratch);
      add_analog_converted(job, lanes, plane, block, scratch, totals + (panel - first) * size,
                           counts);
    }
  }
  int const shift = job.job.args->slicing.shift_of(job.job.args->slicing.slice_of(plane));
  for (int panel = first; panel < last; ++panel) {
    flush_totals(job.job, lanes_of(job.job, panel), shift, plane == 0,
                 totals + (panel - first) * size);
  }
}

std::int64_t aligned(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }

void run_job(AnalogReadArgs const& args, ExampleRun run, int first, int last) {
  AnalogJob job = make_job(args, run);
  std::int64_t const total_count =
      static_cast<std::int64_t>(last - first) * analog_group * panel_lines;
  std::int64_t const totals_bytes = total_count * static_cast<std::int64_t>(sizeof(std::int64_t));
  auto const scratch_bytes = aligned(static_cast<std::int64_t>(sizeof(AnalogScratch)));
  unsigned char* const memory = thread_scratch(
      static_cast<std::size_t>(scratch_bytes + aligned(totals_bytes) + input_bytes(job.job)));
  auto& scratch = *reinterpret_cast<AnalogScratch*>(memory);
  auto* const totals = reinterpret_cast<std::int64_t*>(memory + scratch_bytes);
  prepare_inputs(job.job, memory + scratch_bytes + aligned(totals_bytes));
  for (std::int64_t i = 0; i < total_count; ++i) totals[i] = 0;
  clear_sums(scratch.panel);
  JobCounts counts{};
  for (int plane = 0; plane < args.read.shape.planes; ++plane) {
    read_plane(job, plane, first, last, scratch, totals, counts);
  }
  int const end = smaller(last * panel_lines, args.read.sensed_lines());
  if (job.job.scaled) unscale_sums(job, first * panel_lines, end);
  add_counts(job, end - first * panel_lines, counts);
  if (args.bounds.attempt > 0 && first == 0) {
    count(args.bounds.repeats[run.replica], static_cast<std::uint64_t>(run.count));
  }
}

/// A group's examples that this attempt reads, neighbours together.
void run_group(AnalogReadArgs const& args, ExampleRun group, int first, int last) {
  std::int64_t const vector =
      static_cast<std::int64_t>(group.replica) * args.read.examples + group.first;
  for (int begin = 0; begin < group.count;) {
    int end = begin;
    while (end < group.count && args.bounds.reads(vector + end)) ++end;
    if (end > begin) run_job(args, {group.replica, group.first + begin, end - begin}, first, last);
    begin = end + 1;
  }
}

#endif

}  // namespace

#if PANTHER_ISA_LEVEL > 0
void read_analog(AnalogReadArgs const& args, std::int64_t first, std::int64_t last) {
  ReadUnits const units = read_units(args.read);
  while (first < last) {
    std::int64_t const job = first / units.panels;
    auto const panel = static_cast<int>(first % units.panels);
    auto const end =
        static_cast<int>(smaller(last - job * units.panels, std::int64_t{units.panels}));
    int const example = static_cast<int>(job % units.groups) * units.group_examples;
    int const count = smaller(units.group_examples, args.read.examples - example);
    run_group(args, {static_cast<int>(job / units.groups), example, count}, panel, end);
    first += end - panel;
  }
}
#else
void read_analog(AnalogReadArgs const& args, std::int64_t first, std::int64_t last) {
  ReadUnits const units = read_units(args.read);
  AnalogReadLine const line{args};
  for (std::int64_t unit = first; unit < last; ++unit) {
    std::int64_t const group = unit / units.panels;
    int const begin = static_cast<int>(unit % units.panels) * panel_lines;
    int const end = smaller(begin + panel_lines, args.read.sensed_lines());
    int const first_example = static_cast<int>(group % units.groups) * units.group_examples;
    int const last_example = smaller(first_example + units.group_examples, args.read.examples);
    std::int64_t const vectors = group / units.groups * args.read.examples;
    for (int example = first_example; example < last_example; ++example) {
      for (int sensed = begin; sensed < end; ++sensed) {
        line((vectors + example) * args.read.sensed_lines() + sensed);
      }
    }
  }
}
#endif

}  // namespace panther::PANTHER_ISA_NAMESPACE
