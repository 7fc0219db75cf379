// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Telegraph and 1/f noise of a panel's devices: the same search for the latest reset as
// renewed_word(), on the lanes of a panel at a time.

#include "kernels/cpu/analog_job.hpp"

#if PANTHER_ISA_LEVEL > 0
namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

/// One process of each of a line's devices.
struct LaneProcess {
  Stream stream;
  int number;
  alignas(64) std::uint64_t item[panel_lines];
  alignas(64) float inverse_log[panel_lines];
  alignas(64) std::int32_t window_bits[panel_lines];
};

/// Values of a process, and for how many reads back they hold.
struct LaneValues {
  alignas(64) std::uint32_t word[panel_lines];
  alignas(64) std::int32_t age[panel_lines];  // negative: not known
};

struct LaneSearch {
  alignas(64) std::uint64_t window[panel_lines];
  alignas(64) std::int32_t reach[panel_lines];
  alignas(64) std::int32_t at[panel_lines];
  alignas(64) std::int32_t pair[panel_lines];
};

void begin_search(LaneProcess const& process, std::uint64_t read, LaneSearch& search) {
  for (int lane = 0; lane < panel_lines; ++lane) {
    ResetSearch const s =
        reset_search({process.inverse_log[lane], process.window_bits[lane]}, read);
    search.window[lane] = s.window;
    search.reach[lane] = s.reach;
    search.at[lane] = s.at;
    search.pair[lane] = s.pair;
  }
}

/// Two gaps back in every lane; lanes whose value is known keep it.
void pass_lanes(LaneProcess const& process, std::uint64_t seed, LaneSearch& search,
                LaneValues& values) {
  Stream const stream = process.stream;
  int const number = process.number;
  for (int lane = 0; lane < panel_lines; ++lane) {
    ResetSearch s{search.window[lane], search.reach[lane], search.at[lane], search.pair[lane]};
    PhiloxWords const words =
        draw(seed, stream, process.item[lane], s.window, reset_sub_step(s, number));
    ResetFound const result =
        pass_resets({process.inverse_log[lane], process.window_bits[lane]}, words, s);
    bool const take = (values.age[lane] < 0) & (result.found != 0);
    values.word[lane] = take ? result.word : values.word[lane];
    values.age[lane] = take ? result.age : values.age[lane];
    search.window[lane] = s.window;
    search.reach[lane] = s.reach;
    search.at[lane] = s.at;
    search.pair[lane] = s.pair;
  }
}

bool all_known(LaneValues const& values) {
  std::int32_t least = 0;
  for (int lane = 0; lane < panel_lines; ++lane) least = smaller(least, values.age[lane]);
  return least >= 0;
}

void find_values(LaneProcess const& process, std::uint64_t seed, std::uint64_t read,
                 LaneValues& values) {
  if (all_known(values)) return;
  LaneSearch search;
  begin_search(process, read, search);
  while (!all_known(values)) pass_lanes(process, seed, search, values);
}

/// Calls use(example, words) with the process in the reads of all examples, last one first.
template <class Use>
void for_each_read(AnalogJob const& job, LaneProcess const& process, Use&& use) {
  LaneValues values;
  for (int lane = 0; lane < panel_lines; ++lane) values.age[lane] = -1;
  for (int example = job.job.examples - 1; example >= 0; --example) {
    find_values(process, job.seed(), job.read_of(example), values);
    use(example, values.word);
    for (int lane = 0; lane < panel_lines; ++lane) --values.age[lane];
  }
}

/// One line of a panel: its devices and their relative changes, [example][lane].
struct LaneDevices {
  alignas(64) float g[panel_lines];
  alignas(64) float relative[analog_group * panel_lines];
};

void add_telegraph(AnalogJob const& job, LaneProcess& process, float g_max, LaneDevices& devices) {
  CellReadConstants const& k = job.k->cell;
  alignas(64) float amplitude[panel_lines];
  alignas(64) float factor[panel_lines];
  std::uint64_t const seed = job.seed();
  process.stream = Stream::telegraph;
  process.number = 0;
  for (int lane = 0; lane < panel_lines; ++lane) {
    Trap const trap = trap_of(k, draw(seed, Stream::telegraph_traits, process.item[lane], 0));
    amplitude[lane] = trap.amplitude;
    factor[lane] = state_factor(k.telegraph_exponent, devices.g[lane], g_max);
    process.inverse_log[lane] = trap.rate.inverse_log;
    process.window_bits[lane] = trap.rate.window_bits;
  }
  for_each_read(job, process, [&](int example, std::uint32_t const* words) {
    float* const relative = devices.relative + example * panel_lines;
    for (int lane = 0; lane < panel_lines; ++lane) {
      relative[lane] = telegraph_change(k, amplitude[lane], factor[lane], words[lane]);
    }
  });
}

void add_flicker(AnalogJob const& job, LaneProcess& process, float g_max, LaneDevices& devices) {
  CellReadConstants const& k = job.k->cell;
  alignas(64) float factor[panel_lines];
  for (int lane = 0; lane < panel_lines; ++lane) {
    factor[lane] = state_factor(k.flicker_exponent, devices.g[lane], g_max);
  }
  process.stream = Stream::flicker;
  for (process.number = 0; process.number < k.flicker_processes; ++process.number) {
    ResetRate const rate = k.flicker_rate[process.number];
    for (int lane = 0; lane < panel_lines; ++lane) {
      process.inverse_log[lane] = rate.inverse_log;
      process.window_bits[lane] = rate.window_bits;
    }
    for_each_read(job, process, [&](int example, std::uint32_t const* words) {
      float* const relative = devices.relative + example * panel_lines;
      for (int lane = 0; lane < panel_lines; ++lane) {
        relative[lane] += flicker_change(k, factor[lane], words[lane]);
      }
    });
  }
}

void write_changes(AnalogJob const& job, LaneDevices const& devices, float sign, int line,
                   AnalogPanel& panel) {
  for (int example = 0; example < job.job.examples; ++example) {
    float const* const relative = devices.relative + example * panel_lines;
    float* const to = panel.changes + (example * max_lines + line) * panel_lines;
    for (int lane = 0; lane < panel_lines; ++lane) {
      to[lane] = sign * (relative[lane] * devices.g[lane]);
    }
  }
}

}  // namespace

void fluctuate(AnalogJob const& job, PanelLanes const& lanes, int plane, AnalogScratch& scratch) {
  ReadArgs const& r = *job.job.args;
  auto const range =
      static_cast<float>(window_range(r.slicing.cell_bits[r.slicing.slice_of(plane)]));
  float const g_max = fused(r.devices[job.job.replica].g_min_in_windows, range, range);
  float const sign = r.slicing.mirrored(plane) ? -1.0F : 1.0F;
  std::uint64_t const first = item_of_device(r, plane, 0, 0);
  bool const rows = job.job.rows_driven();
  for (int i = 0; i < scratch.inputs.count; ++i) {
    LaneDevices devices{};
    LaneProcess process;
    int const line = larger(scratch.inputs.line[i], 0);  // one that fills up is driven by nothing
    for (int lane = 0; lane < panel_lines; ++lane) {
      auto const driven = static_cast<std::uint64_t>(line);
      std::uint64_t const sensed = static_cast<std::uint32_t>(lanes.line[lane]);
      process.item[lane] = first + (rows ? (driven << 22) + sensed : (sensed << 22) + driven);
      devices.g[lane] = scratch.panel.g[i * panel_lines + lane];
    }
    if (job.k->cell.telegraph) add_telegraph(job, process, g_max, devices);
    if (job.k->cell.flicker) add_flicker(job, process, g_max, devices);
    write_changes(job, devices, sign, i, scratch.panel);
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
#endif
