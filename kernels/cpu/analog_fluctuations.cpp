// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Telegraph and 1/f noise of a panel's devices: the search for the latest reset of renewed_word(),
// for all devices of a block and panel at once. Devices whose reset is found leave the list, so
// that vectors stay full; from one example to the one before, only devices whose reset is too young
// search again.

#include "kernels/cpu/analog_job.hpp"

#if PANTHER_ISA_LEVEL > 0
namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

/// Fills the list with the devices whose value at a read is not known.
void begin_search(Fluctuations& f, std::uint64_t read) {
  SearchList& list = f.list;
  int size = 0;
  for (int d = 0; d < f.devices; ++d) {
    list.device[size] = d;
    size += f.age[d] < 0 ? 1 : 0;
  }
  list.size = size;
  for (int i = 0; i < size; ++i) {
    int const d = list.device[i];
    list.item[i] = f.item[d];
    list.inverse_log[i] = f.inverse_log[d];
    list.window_bits[i] = f.window_bits[d];
  }
  for (int i = 0; i < size; ++i) {
    ResetSearch const s = reset_search({list.inverse_log[i], list.window_bits[i]}, read);
    list.window[i] = s.window;
    list.reach[i] = s.reach;
    list.at[i] = s.at;
    list.pair[i] = s.pair;
  }
}

/// Two gaps back for every device of the list.
void pass_list(SearchList& list, std::uint64_t seed, Stream stream, int process) {
  for (int i = 0; i < list.size; ++i) {
    ResetSearch s{list.window[i], list.reach[i], list.at[i], list.pair[i]};
    PhiloxWords const words =
        draw(seed, stream, list.item[i], s.window, reset_sub_step(s, process));
    ResetFound const result = pass_resets({list.inverse_log[i], list.window_bits[i]}, words, s);
    list.found[i] = result.found;
    list.word[i] = result.word;
    list.age[i] = result.age;
    list.window[i] = s.window;
    list.reach[i] = s.reach;
    list.at[i] = s.at;
    list.pair[i] = s.pair;
  }
}

/// Hands over what was found and closes the gaps in the list; without branches, which nobody could
/// predict.
void keep_unfound(Fluctuations& f) {
  SearchList& list = f.list;
  int size = 0;
  for (int i = 0; i < list.size; ++i) {
    std::int32_t const found = list.found[i];
    f.word[list.device[i]] = list.word[i];
    f.age[list.device[i]] = found != 0 ? list.age[i] : -1;
    list.device[size] = list.device[i];
    list.item[size] = list.item[i];
    list.inverse_log[size] = list.inverse_log[i];
    list.window_bits[size] = list.window_bits[i];
    list.window[size] = list.window[i];
    list.reach[size] = list.reach[i];
    list.at[size] = list.at[i];
    list.pair[size] = list.pair[i];
    size += 1 - found;
  }
  list.size = size;
}

/// Calls use(example) with f.word at the reads of all examples, the last one first.
template <class Use>
void for_each_read(AnalogJob const& job, Stream stream, int process, Fluctuations& f, Use&& use) {
  for (int d = 0; d < f.devices; ++d) f.age[d] = -1;
  for (int example = job.job.examples - 1; example >= 0; --example) {
    begin_search(f, job.read_of(example));
    while (f.list.size > 0) {
      pass_list(f.list, job.seed(), stream, process);
      keep_unfound(f);
    }
    use(example);
    for (int d = 0; d < f.devices; ++d) --f.age[d];
  }
}

constexpr int example_devices = max_lines * panel_lines;

void add_telegraph(AnalogJob const& job, float g_max, Fluctuations& f, AnalogPanel& panel) {
  CellReadConstants const& k = job.k->cell;
  std::uint64_t const seed = job.seed();
  for (int d = 0; d < f.devices; ++d) {
    Trap const trap = trap_of(k, draw(seed, Stream::telegraph_traits, f.item[d], 0));
    f.amplitude[d] = trap.amplitude;
    f.factor[d] = state_factor(k.telegraph_exponent, panel.g[d], g_max);
    f.inverse_log[d] = trap.rate.inverse_log;
    f.window_bits[d] = trap.rate.window_bits;
  }
  for_each_read(job, Stream::telegraph, 0, f, [&](int example) {
    float* const relative = panel.changes + example * example_devices;
    for (int d = 0; d < f.devices; ++d) {
      relative[d] = telegraph_change(k, f.amplitude[d], f.factor[d], f.word[d]);
    }
  });
}

void add_flicker(AnalogJob const& job, float g_max, Fluctuations& f, AnalogPanel& panel) {
  CellReadConstants const& k = job.k->cell;
  for (int d = 0; d < f.devices; ++d) {
    f.factor[d] = state_factor(k.flicker_exponent, panel.g[d], g_max);
  }
  for (int process = 0; process < k.flicker_processes; ++process) {
    ResetRate const rate = k.flicker_rate[process];
    for (int d = 0; d < f.devices; ++d) {
      f.inverse_log[d] = rate.inverse_log;
      f.window_bits[d] = rate.window_bits;
    }
    for_each_read(job, Stream::flicker, process, f, [&](int example) {
      float* const relative = panel.changes + example * example_devices;
      for (int d = 0; d < f.devices; ++d) {
        relative[d] += flicker_change(k, f.factor[d], f.word[d]);
      }
    });
  }
}

/// The random items of the panel's devices; a line that only fills up stands for line 0, which
/// nothing drives there.
void number_devices(AnalogJob const& job, PanelLanes const& lanes, int plane,
                    LineInputs const& inputs, Fluctuations& f) {
  std::uint64_t const first = item_of_device(*job.job.args, plane, 0, 0);
  bool const rows = job.job.rows_driven();
  f.devices = inputs.count * panel_lines;
  for (int i = 0; i < inputs.count; ++i) {
    std::uint64_t const driven = static_cast<std::uint32_t>(larger(inputs.line[i], 0));
    std::uint64_t* const item = f.item + i * panel_lines;
    for (int lane = 0; lane < panel_lines; ++lane) {
      std::uint64_t const sensed = static_cast<std::uint32_t>(lanes.line[lane]);
      item[lane] = first + (rows ? (driven << 22) + sensed : (sensed << 22) + driven);
    }
  }
}

}  // namespace

void fluctuate(AnalogJob const& job, PanelLanes const& lanes, int plane, AnalogScratch& scratch) {
  ReadArgs const& r = *job.job.args;
  AnalogPanel& panel = scratch.panel;
  Fluctuations& f = scratch.fluctuations;
  auto const range =
      static_cast<float>(window_range(r.slicing.cell_bits[r.slicing.slice_of(plane)]));
  float const g_max = fused(r.devices[job.job.replica].g_min_in_windows, range, range);
  float const sign = r.slicing.mirrored(plane) ? -1.0F : 1.0F;
  number_devices(job, lanes, plane, scratch.inputs, f);
  for (int example = 0; example < job.job.examples; ++example) {
    float* const relative = panel.changes + example * example_devices;
    for (int d = 0; d < f.devices; ++d) relative[d] = 0.0F;
  }
  if (job.k->cell.telegraph) add_telegraph(job, g_max, f, panel);
  if (job.k->cell.flicker) add_flicker(job, g_max, f, panel);
  for (int example = 0; example < job.job.examples; ++example) {
    float* const change = panel.changes + example * example_devices;
    for (int d = 0; d < f.devices; ++d) change[d] = sign * (change[d] * panel.g[d]);
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
#endif
