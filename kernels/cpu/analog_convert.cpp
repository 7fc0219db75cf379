// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// From the sums of an analog read to totals: sensed lines, noise, converters, shift-and-add. Plain
// loops over the lanes of a panel, which the compiler vectorises; they call the definition's own
// functions.

#include "kernels/cpu/analog_job.hpp"

#if PANTHER_ISA_LEVEL > 0
namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

/// Where the conversions of one block of a plane take place.
struct Place {
  AnalogJob const& job;
  PanelLanes const& lanes;
  SliceConverter converter;
  int plane;
  int block;

  ConverterPlace of_lane(int lane) const {
    return converter_place(*job.job.args, job.job.replica, plane, block, lanes.line[lane]);
  }
};

PANTHER_HD ConverterTraits traits_at(PanelTraits const& traits, int lane) {
  return {traits.gain[lane], traits.offset[lane], traits.sense_offset[lane], traits.noise[lane],
          traits.s_shape[lane]};
}

void set_traits(Place const& place, PanelTraits& traits) {
  SliceConverter const& c = place.converter;
  for (int lane = 0; lane < panel_lines; ++lane) {
    ConverterTraits t{1.0, 0.0, 0.0F, 1.0F, 0.0F};
    if (c.unequal) t = converter_traits(c.adc, c.line, place.of_lane(lane));
    traits.gain[lane] = t.gain;
    traits.offset[lane] = t.offset;
    traits.sense_offset[lane] = t.sense_offset;
    traits.noise[lane] = t.noise;
    traits.s_shape[lane] = t.s_shape;
  }
  if (!c.successive()) return;
  for (int lane = 0; lane < panel_lines; ++lane) {
    float weights[max_adc_bits] = {};
    sar_weights(c.adc, place.of_lane(lane), c.bits, weights);
    for (int bit = 0; bit < c.bits; ++bit) traits.weights[bit * panel_lines + lane] = weights[bit];
  }
}

void line_outputs(SliceConverter const& c, PanelTraits const& traits, AnalogScratch const& scratch,
                  int stream, double* analog) {
  std::int32_t const* const sum = scratch.buffers.sums + stream * panel_lines;
  float const* const drift = scratch.panel.drift + stream * panel_lines;
  float const* const change = scratch.panel.change + stream * panel_lines;
  if (c.line.shaped) {
    for (int lane = 0; lane < panel_lines; ++lane) {
      AnalogSum const s{sum[lane], drift[lane], change[lane], 0.0F, 0.0F, 0.0F};
      analog[lane] = c.line_output(traits_at(traits, lane), s);
    }
    return;
  }
  for (int lane = 0; lane < panel_lines; ++lane) {
    analog[lane] = static_cast<double>(sum[lane]) + static_cast<double>(drift[lane]) +
                   static_cast<double>(change[lane]);
  }
}

void add_noise(SliceConverter const& c, PanelTraits const& traits, AnalogScratch const& scratch,
               int stream, float const* normals, double* analog) {
  float const* const power = scratch.panel.power + stream * panel_lines;
  float const* const flow = scratch.panel.flow + stream * panel_lines;
  for (int lane = 0; lane < panel_lines; ++lane) {
    AnalogSum const s{0, 0.0F, 0.0F, power[lane], flow[lane], scratch.panel.conductance[lane]};
    analog[lane] += c.noise(traits_at(traits, lane), s, normals[lane]);
  }
}

void approximate(SliceConverter const& c, PanelTraits const& traits, double* analog) {
  auto const half = static_cast<double>(1 << (c.bits - 1));
  alignas(64) double level[panel_lines] = {};
  alignas(64) double code[panel_lines] = {};
  for (int bit = c.bits - 1; bit >= 0; --bit) {
    float const* const weight = traits.weights + bit * panel_lines;
    for (int lane = 0; lane < panel_lines; ++lane) {
      SarState const state =
          sar_decision({level[lane], code[lane]}, analog[lane] + half, weight[lane], bit);
      level[lane] = state.level;
      code[lane] = state.code;
    }
  }
  for (int lane = 0; lane < panel_lines; ++lane) analog[lane] = code[lane] - half;
}

struct FreshDraws {
  alignas(64) float normal[panel_lines];
  alignas(64) float dither[panel_lines];
};

void draw_conversions(Place const& place, std::uint64_t read, int step, FreshDraws& fresh) {
  std::uint64_t const seed = place.job.seed();
  std::uint64_t const item =
      converter_place(*place.job.job.args, place.job.job.replica, place.plane, place.block, 0).item;
  int const drawn = place.job.args->bounds.drawn_step(step);
  for (int lane = 0; lane < panel_lines; ++lane) {
    std::uint64_t const line = static_cast<std::uint32_t>(place.lanes.line[lane]);
    ConversionDraw const one = conversion_draw(seed, item + line, read, drawn);
    fresh.normal[lane] = one.normal;
    fresh.dither[lane] = one.dither;
  }
}

/// Conversions beyond the range of each lane's converter.
struct LaneClips {
  alignas(64) std::int32_t all[panel_lines];
  alignas(64) std::int32_t above[panel_lines];
};

/// Sums to codes, in place.
void convert_lanes(Place const& place, PanelTraits const& traits, std::uint64_t read, int step,
                   double* analog, LaneClips& clips) {
  SliceConverter const c = place.converter;
  if (c.bits == 0) {
    for (int lane = 0; lane < panel_lines; ++lane) analog[lane] = nearest(analog[lane]);
    return;
  }
  FreshDraws fresh{};
  if (c.draws()) draw_conversions(place, read, step, fresh);
  for (int lane = 0; lane < panel_lines; ++lane) {
    ConversionDraw const one{fresh.normal[lane], fresh.dither[lane]};
    double const z = c.compared(traits_at(traits, lane), one, analog[lane]);
    double const rounded = rounded_steps(c.adc, one, z);
    double const kept = c.limited(rounded);
    clips.all[lane] += kept != rounded ? 1 : 0;
    clips.above[lane] += kept < rounded ? 1 : 0;
    analog[lane] = c.successive() ? z : kept;
  }
  if (c.successive()) approximate(c, traits, analog);
}

/// The totals of one example's block before conversion (accumulated) or after it.
struct LaneTotals {
  alignas(64) double total[panel_lines];
  alignas(64) double peak[panel_lines];
};

void note_peaks(Place const& place, double const* analog, double scale, std::int32_t& peak) {
  if (place.job.job.args->observed_peak == nullptr) return;
  for (int lane = 0; lane < panel_lines; ++lane) {
    peak = larger(peak, peak_of(analog[lane] * scale) & place.lanes.valid[lane]);
  }
}

void convert_example(Place const& place, int example, AnalogScratch& scratch, LaneClips& clips,
                     std::int32_t& peak, std::int64_t* totals) {
  SliceConverter const& c = place.converter;
  Job const& job = place.job.job;
  std::uint64_t const read = place.job.read_of(example);
  LaneTotals sums{};
  for (int step = 0; step < job.steps; ++step) {
    int const stream = example * job.steps + step;
    double const weight = step_weight(step, job.args->dac_bits);
    alignas(64) double analog[panel_lines];
    line_outputs(c, scratch.traits, scratch, stream, analog);
    if (c.adc.accumulated) {
      for (int lane = 0; lane < panel_lines; ++lane) sums.peak[lane] += analog[lane] * weight;
    } else {
      note_peaks(place, analog, 1.0, peak);
    }
    if (c.noisy) {
      int const within = step % steps_of_block;
      if (within == 0) {
        draw_normals(job, place.lanes, place.plane, place.block, read,
                     place.job.args->bounds.drawn_step(step) / steps_of_block,
                     scratch.buffers.normals);
      }
      add_noise(c, scratch.traits, scratch, stream, scratch.buffers.normals + within * panel_lines,
                analog);
    }
    if (!c.adc.accumulated) convert_lanes(place, scratch.traits, read, step, analog, clips);
    for (int lane = 0; lane < panel_lines; ++lane) sums.total[lane] += analog[lane] * weight;
  }
  if (c.adc.accumulated) {
    note_peaks(place, sums.peak, c.peak_scale, peak);
    for (double& total : sums.total) total *= c.charge_scale;
    convert_lanes(place, scratch.traits, read, 0, sums.total, clips);
  }
  std::int64_t const unit = c.unit();
  for (int lane = 0; lane < panel_lines; ++lane) {
    totals[lane] += static_cast<std::int64_t>(sums.total[lane]) * unit;
  }
}

ClipCount clips_of(LaneClips const& clips, PanelLanes const& lanes) {
  std::int32_t all = 0;
  std::int32_t above = 0;
  for (int lane = 0; lane < panel_lines; ++lane) {
    all += clips.all[lane] & lanes.valid[lane];
    above += clips.above[lane] & lanes.valid[lane];
  }
  return {static_cast<std::uint64_t>(all), static_cast<std::uint64_t>(above)};
}

}  // namespace

void add_analog_converted(AnalogJob const& job, PanelLanes const& lanes, int plane, int block,
                          AnalogScratch& scratch, std::int64_t* totals, JobCounts& counts) {
  int const slice = job.job.args->slicing.slice_of(plane);
  Place const place{job, lanes, slice_converter(*job.args, job.job.replica, slice), plane, block};
  set_traits(place, scratch.traits);
  for (int example = 0; example < job.job.examples; ++example) {
    LaneClips clips{};
    convert_example(place, example, scratch, clips, counts.peak[slice],
                    totals + example * panel_lines);
    ClipCount const clipped = clips_of(clips, lanes);
    counts.clips[slice] += clipped.all;
    note_clips(job.args->bounds, job.vector_of(example), clipped);
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
#endif
