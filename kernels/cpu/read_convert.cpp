// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// From sums to totals: noise, converters, shift-and-add. Plain loops over the lanes of a panel,
// which the compiler vectorises; they call the definition's own functions.

#include "kernels/cpu/read_job.hpp"
#include "kernels/cpu/read_simd.hpp"

#if PANTHER_ISA_LEVEL > 0
namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

/// float32 converts sums up to this magnitude as the definition's double does: the sum is exact,
/// its correctly rounded quotient lies on the same side of every tie as the true one (which is at
/// least half an ADC step's inverse away, more than the error, or on it), and nearest() reaches
/// that far.
constexpr std::int64_t max_float_sum = 1 << 22;
constexpr std::int32_t max_float_step = 1 << 24;
/// Codes of so many bits, added over eight input bits, are exact in float32.
constexpr int max_float_adc_bits = 16;

bool converts_in_float(Job const& job, int slice) {
  ReadArgs const& args = *job.args;
  if (job.noisy || args.adc_bits == 0 || args.adc_bits > max_float_adc_bits) return false;
  std::int64_t const largest_digit = (1 << job.step_bits) - 1;
  return job.block_lines * largest_digit * 32768 <= max_float_sum &&
         args.adc_step[job.replica * args.slicing.slices + slice] <= max_float_step;
}

/// All steps of one example on one vector of lanes; returns the codes added over the steps,
/// shifted.
Simd::Int convert_vector(Job const& job, Simd::Float adc_step, Simd::Float limit,
                         std::int32_t const* sums, std::int32_t* clips) {
  Simd::Float const magic = Simd::broadcast_float(12582912.0F);  // as nearest()
  Simd::Float const top = Simd::subtract(limit, Simd::broadcast_float(1.0F));
  Simd::Float const bottom = Simd::subtract(Simd::zero_float(), limit);
  Simd::Int clipped = Simd::load(clips);
  Simd::Int total = Simd::zero();
  int const steps_of_byte = 8 / job.step_bits;
  for (int byte = 0; byte < 2; ++byte) {
    Simd::Float sum = Simd::zero_float();
    for (int t = 0; t < steps_of_byte; ++t) {
      std::int32_t const* const from = sums + (byte * steps_of_byte + t) * panel_lines;
      Simd::Float const steps = Simd::divide(Simd::to_float(Simd::load(from)), adc_step);
      Simd::Float const code = Simd::subtract(Simd::add_float(steps, magic), magic);
      Simd::Float const kept = Simd::most(Simd::least(code, top), bottom);
      clipped = Simd::count_unequal(clipped, kept, code);
      auto const scale = static_cast<float>(1 << (t * job.step_bits));
      sum = Simd::fused(kept, Simd::broadcast_float(scale), sum);
    }
    total = Simd::add(total, byte == 0 ? Simd::to_int(sum) : Simd::shift_byte(Simd::to_int(sum)));
  }
  Simd::store(clips, clipped);
  return total;
}

/// All steps of one example; adds to clips.
void convert_float(Job const& job, int slice, std::int32_t const* sums, int shift,
                   std::int32_t* clips, std::int64_t* totals) {
  ReadArgs const& args = *job.args;
  std::int32_t const adc_step = args.adc_step[job.replica * args.slicing.slices + slice];
  Simd::Float const step = Simd::broadcast_float(static_cast<float>(adc_step));
  Simd::Float const limit = Simd::broadcast_float(static_cast<float>(1 << (args.adc_bits - 1)));
  alignas(64) std::int32_t codes[panel_lines];
  for (int lane = 0; lane < panel_lines; lane += Simd::lanes) {
    Simd::store(codes + lane, convert_vector(job, step, limit, sums + lane, clips + lane));
  }
  std::int64_t const factor =
      static_cast<std::int64_t>(adc_step) * (static_cast<std::int64_t>(1) << shift);
  for (int lane = 0; lane < panel_lines; ++lane) totals[lane] += codes[lane] * factor;
}

/// Noise of a plane's conversions.
struct LineNoise {
  double relative_squared;
  double line_squared;
};

LineNoise line_noise(Job const& job, int slice) {
  DeviceConstants const& k = job.args->devices[job.replica];
  double const relative = static_cast<double>(k.read_relative);
  double const line = ReadLine{*job.args}.line_noise_codes(k, slice);
  return {relative * relative, line * line};
}

/// One step of one example with any converter, noise already drawn.
void convert_step(Job const& job, std::int32_t const* sums, double const* noise,
                  std::int32_t adc_step, int shift, std::int32_t* clips, std::int64_t* totals) {
  int const adc_bits = job.args->adc_bits;
  if (adc_bits == 0) {
    for (int lane = 0; lane < panel_lines; ++lane) {
      Conversion const c = convert(static_cast<double>(sums[lane]) + noise[lane], 0, 1);
      totals[lane] += static_cast<std::int64_t>(c.value) << shift;
    }
    return;
  }
  for (int lane = 0; lane < panel_lines; ++lane) {
    Conversion const c = convert(static_cast<double>(sums[lane]) + noise[lane], adc_bits, adc_step);
    totals[lane] += static_cast<std::int64_t>(c.value) << shift;
    clips[lane] += c.clipped ? 1 : 0;
  }
}

/// `power` is null if no device is noisy: then the deviation is every lane's.
void step_noise(LineNoise const& noise, float const* power, float const* normals, double* result) {
  if (power == nullptr) {
    double const deviation = root(noise.line_squared);
    for (int lane = 0; lane < panel_lines; ++lane) {
      result[lane] = deviation * static_cast<double>(normals[lane]);
    }
    return;
  }
  for (int lane = 0; lane < panel_lines; ++lane) {
    double const variance = noise.relative_squared * static_cast<double>(power[lane]);
    result[lane] = root(variance + noise.line_squared) * static_cast<double>(normals[lane]);
  }
}

void convert_example(Job const& job, PanelLanes const& lanes, int plane, int block, int example,
                     int shift, PanelBuffers& buffers, std::int32_t* clips) {
  int const slice = job.args->slicing.slice_of(plane);
  std::int32_t const adc_step =
      job.args->adc_bits == 0 ? 1
                              : job.args->adc_step[job.replica * job.args->slicing.slices + slice];
  LineNoise const noise = line_noise(job, slice);
  std::uint64_t const read =
      job.args->first_read + static_cast<std::uint64_t>(job.first_example + example);
  alignas(64) double drawn[panel_lines] = {};
  for (int step = 0; step < job.steps; ++step) {
    int const stream = example * job.steps + step;
    if (job.noisy) {
      int const within = step % steps_of_block;
      if (within == 0)
        draw_normals(job, lanes, plane, block, read, step / steps_of_block, buffers.normals);
      step_noise(noise, job.power ? buffers.power + stream * panel_lines : nullptr,
                 buffers.normals + within * panel_lines, drawn);
    }
    convert_step(job, buffers.sums + stream * panel_lines, drawn, adc_step,
                 shift + step * job.step_bits, clips, buffers.totals + example * panel_lines);
  }
}

void note_peak(Job const& job, PanelLanes const& lanes, std::int32_t const* sums,
               std::int32_t& peak) {
  alignas(64) std::int32_t most[panel_lines] = {};
  for (int stream = 0; stream < job.streams; ++stream) {
    std::int32_t const* const sum = sums + stream * panel_lines;
    for (int lane = 0; lane < panel_lines; ++lane) {
      most[lane] = larger(most[lane], sum[lane] < 0 ? -sum[lane] : sum[lane]);
    }
  }
  for (int lane = 0; lane < panel_lines; ++lane)
    peak = larger(peak, most[lane] & lanes.valid[lane]);
}

}  // namespace

void add_exact(Job const& job, std::int32_t const* sums, int shift, std::int64_t* totals) {
  for (int example = 0; example < job.examples; ++example) {
    std::int32_t const* const low = sums + 2 * example * panel_lines;
    std::int32_t const* const high = low + panel_lines;
    std::int64_t* const total = totals + example * panel_lines;
    for (int lane = 0; lane < panel_lines; ++lane) {
      std::int64_t const sum = static_cast<std::int64_t>(low[lane]) +
                               (static_cast<std::int64_t>(high[lane]) << collapsed_dac_bits);
      total[lane] += sum << shift;
    }
  }
}

void add_converted(Job const& job, PanelLanes const& lanes, int plane, int block, int shift,
                   PanelBuffers& buffers, JobCounts& counts) {
  int const slice = job.args->slicing.slice_of(plane);
  if (job.args->observed_peak != nullptr) note_peak(job, lanes, buffers.sums, counts.peak[slice]);
  bool const in_float = converts_in_float(job, slice);
  alignas(64) std::int32_t clips[panel_lines] = {};
  for (int example = 0; example < job.examples; ++example) {
    if (in_float) {
      convert_float(job, slice, buffers.sums + example * job.steps * panel_lines, shift, clips,
                    buffers.totals + example * panel_lines);
    } else {
      convert_example(job, lanes, plane, block, example, shift, buffers, clips);
    }
  }
  std::int64_t clipped = 0;
  for (int lane = 0; lane < panel_lines; ++lane) clipped += clips[lane] & lanes.valid[lane];
  counts.clips[slice] += static_cast<std::uint64_t>(clipped);
}

void add_variance(Job const& job, int plane, PanelBuffers& buffers) {
  Slicing const& slicing = job.args->slicing;
  int const slice = slicing.slice_of(plane);
  LineNoise const noise = line_noise(job, slice);
  auto const unit = static_cast<double>(static_cast<std::int64_t>(1) << slicing.shift_of(slice));
  double steps = 0.0;
  for (int t = 0; t < 16 / job.args->dac_bits; ++t) {
    steps += static_cast<double>(static_cast<std::int64_t>(1) << (2 * t * job.args->dac_bits));
  }
  for (int example = 0; example < job.examples; ++example) {
    float const* const low = buffers.power + 2 * example * panel_lines;
    double* const variance = buffers.variance + example * panel_lines;
    for (int lane = 0; lane < panel_lines; ++lane) {
      double devices = 0.0;
      if (job.power) {
        devices =
            static_cast<double>(low[lane]) + 65536.0 * static_cast<double>(low[panel_lines + lane]);
      }
      double const power = noise.relative_squared * devices + noise.line_squared * steps;
      variance[lane] += unit * unit * power;
    }
  }
}

void draw_normals(Job const& job, PanelLanes const& lanes, int plane, int block, std::uint64_t read,
                  int step_block, float* normals) {
  std::uint64_t const seed = job.args->devices[job.replica].seed;
  std::uint64_t const item = ReadLine{*job.args}.noise_item(plane, block, 0);
  for (int lane = 0; lane < panel_lines; ++lane) {
    std::uint64_t const line =
        item + static_cast<std::uint64_t>(static_cast<std::uint32_t>(lanes.line[lane]));
    PhiloxWords const words = read_words(seed, line, read, step_block);
    NormalPair const first = normal_pair(words.w[0], words.w[1]);
    NormalPair const second = normal_pair(words.w[2], words.w[3]);
    normals[lane] = first.first;
    normals[panel_lines + lane] = first.second;
    normals[2 * panel_lines + lane] = second.first;
    normals[3 * panel_lines + lane] = second.second;
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
#endif
