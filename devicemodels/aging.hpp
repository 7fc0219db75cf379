// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a pass between writes does to one device: time from one instant to a later one, or the error
// of a write. With x the position in the window (0..1), b the rest level, c = G / G_max and ln the
// natural logarithm, one after the other:
//   decay       x <- b + (x - b) exp(-dt / tau)                              (aihwkit lifetime,
//   reset) drift       G <- G ((t + t0) / (t - dt + t0))^-|nu(c) + sigma_nu(c) z|   (z frozen)
//   relaxation  G <- G + m(t) - m(t - dt)                                    (CMO/HfOx)
//   log loss    x <- x towards b by k log10((t + t0) / (t - dt + t0)), not past it
//   noise       x <- x + s N(0, 1), s^2 = D^2 dt + s_relax^2 + sigma(c)^2
// where sigma(c) is the error of programming or the 1/f noise of a read after a wait. aihwkit
// decays by 1 - 1/tau a batch, this by exp(-1/tau), and starts drift at t = t0. Every line alone
// composes in time: dt1 and then dt2 are dt1 + dt2 (drift where nu does not depend on the state;
// else nu is that of the pass's start). The position stays within the device's bounds.
//
// Changes are formed apart from the position and rounded to codes with 24 random bits: a decay of a
// thousandth of a code a pass is still right on average.

#include "devicemodels/cell.hpp"
#include "devicemodels/device.hpp"

namespace panther {

/// One pass over the devices of a replica. Trivially copyable; made on the host.
struct AgingConstants {
  float decay = 0.0F;  // dt / tau log2(e); 0: none
  float lifetime_spread = 0.0F;
  float rest = 0.0F;
  float rest_spread = 0.0F;
  float drift = 0.0F;  // octaves of time; 0: none
  StateCurve nu;
  StateCurve nu_deviation;
  float table_drift = 0.0F;  // likewise, by the table
  DriftTable table;
  float relaxation = 0.0F;  // windows; 0: none
  float loss = 0.0F;        // windows; 0: none
  float diffusion = 0.0F;   // windows
  float diffusion_spread = 0.0F;
  float spread_square = 0.0F;  // square of the relaxation's std, windows
  StateCurve deviation;        // windows, or of G where relative
  float deviation_scale = 0.0F;
  bool relative = false;

  bool noisy() const { return diffusion > 0 || spread_square > 0 || deviation_scale > 0; }
  bool frozen() const {
    return lifetime_spread > 0 || rest_spread > 0 || diffusion_spread > 0 || drift > 0 ||
           table_drift > 0;
  }
};

/// Frozen normal draws of one device.
struct AgingDraws {
  float lifetime;
  float rest;
  float nu;
  float diffusion;
};

/// From the first two words of Stream::aging_traits.
PANTHER_HD AgingDraws aging_draws(std::uint32_t w0, std::uint32_t w1) {
  NormalPair const decay = coarse_normal_pair(w0);
  NormalPair const walk = coarse_normal_pair(w1);
  return {decay.first, decay.second, walk.first, walk.second};
}

/// Where a device's conductance lies: G_min in windows, the codes of its window, the position of
/// its level 0.
struct AgingWindow {
  float g_min;
  float range;
  float zero;

  PANTHER_HD float conductance(float position) const { return fused(g_min, range, position); }
  PANTHER_HD float of_highest(float position) const {
    return conductance(position) / conductance(range);
  }
};

PANTHER_HD AgingWindow aging_window(float g_min_in_windows, std::int32_t range, bool mirrored) {
  std::int32_t const zero = mirrored ? range + code_of_g_min : -code_of_g_min;
  return {g_min_in_windows, static_cast<float>(range), static_cast<float>(zero)};
}

PANTHER_HD float rest_position(AgingConstants const& k, AgingDraws const& draws,
                               AgingWindow const& window) {
  float const from_zero = fused(k.rest_spread, draws.rest, k.rest);
  return clamped(fused(from_zero, window.range, window.zero), 0.0F, window.range);
}

PANTHER_HD float decay_change(AgingConstants const& k, AgingDraws const& draws,
                              AgingWindow const& window, float position) {
  float const lifetime = larger(fused(k.lifetime_spread, draws.lifetime, 1.0F), 0.01F);
  return (position - rest_position(k, draws, window)) * exp2m1(-k.decay / lifetime);
}

/// Drift by the exponent |nu| over so many octaves of time.
PANTHER_HD float drifted(AgingWindow const& window, float position, float nu, float octaves) {
  return window.conductance(position) * exp2m1(chosen(nu < 0.0F, nu, -nu) * octaves);
}

PANTHER_HD float drift_change(AgingConstants const& k, AgingDraws const& draws,
                              AgingWindow const& window, float position) {
  float const c = window.of_highest(position);
  return drifted(window, position, fused(k.nu_deviation.at(c), draws.nu, k.nu.at(c)), k.drift);
}

PANTHER_HD float table_drift_change(AgingConstants const& k, AgingDraws const& draws,
                                    AgingWindow const& window, float position) {
  float const c = window.of_highest(position);
  float const nu = fused(k.table.deviation.at(c), draws.nu, k.table.mean.at(c));
  return drifted(window, position, nu, k.table_drift);
}

PANTHER_HD float loss_change(AgingConstants const& k, AgingDraws const& draws,
                             AgingWindow const& window, float position) {
  float const way = rest_position(k, draws, window) - position;
  float const step = k.loss * window.range;
  return clamped(way, -step, step);
}

/// Standard deviation, in codes, of the noise of a pass that began at `start`.
PANTHER_HD float aging_deviation(AgingConstants const& k, AgingDraws const& draws,
                                 AgingWindow const& window, float start, float position) {
  float const walk = k.diffusion * fused(k.diffusion_spread, draws.diffusion, 1.0F);
  float const unit = chosen(k.relative, window.conductance(position), window.range);
  float const wide = fused(walk, walk, k.spread_square) * window.range * window.range;
  float const error = k.deviation.at(window.of_highest(start)) * k.deviation_scale * unit;
  return root(fused(error, error, wide));
}

/// The change of position, in codes, before rounding; `normal` is N(0,1).
PANTHER_HD float aged(AgingConstants const& k, AgingDraws const& draws, AgingWindow const& window,
                      float low, float high, float position, float normal) {
  float change = 0.0F;
  if (k.decay > 0.0F) change = decay_change(k, draws, window, position);
  if (k.drift > 0.0F) change += drift_change(k, draws, window, position + change);
  if (k.table_drift > 0.0F) change += table_drift_change(k, draws, window, position + change);
  if (k.relaxation != 0.0F) change = fused(k.relaxation, window.range, change);
  if (k.loss > 0.0F) change += loss_change(k, draws, window, position + change);
  if (k.diffusion > 0.0F || k.spread_square > 0.0F || k.deviation_scale > 0.0F) {
    float const deviation = aging_deviation(k, draws, window, position, position + change);
    change = fused(deviation, normal, change);
  }
  return clamped(change, low - position, high - position);
}

/// A change of that many codes, rounded; `dither` in [0, 1) rounds stochastically, 0.5 to nearest.
/// Whole changes are kept, so that a change up to a bound ends there: in float32 a large one plus a
/// dither next to 1 would be the next.
PANTHER_HD std::int32_t whole_change(float change, float dither) {
  std::int32_t const below = floor_int(change);
  float const rest = change - static_cast<float>(below);
  return below + chosen(rest + dither >= 1.0F, 1, 0);
}

/// A uniform number in [0, 1) of 24 bits.
PANTHER_HD float fine_dither(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word >> 8)) * 0x1p-24F;
}

/// An interval of emulated time, in seconds since the start or since programming.
struct TimeSpan {
  double from_s;
  double to_s;
};

/// Time that passes while nobody looks.
inline AgingConstants aging_constants(DeviceConfig const& device, TimeSpan span) {
  Retention const& retention = device.retention;
  double const faster = acceleration(retention);
  double const from = span.from_s * faster;
  double const to = span.to_s * faster;
  double const onset = drift_onset_s(retention);
  double const octaves = std::log2((to + onset) / (from + onset));
  double const g_max = 1.0 + 1.0 / (device.on_off_ratio - 1.0);  // windows
  AgingConstants k;
  if (retention.lifetime_s > 0.0) {
    k.decay = static_cast<float>((to - from) / retention.lifetime_s / std::log(2.0));
  }
  k.lifetime_spread = static_cast<float>(retention.lifetime_spread);
  k.rest = static_cast<float>(retention.rest);
  k.rest_spread = static_cast<float>(retention.rest_spread);
  bool const by_table = retention.drift == DriftModel::table;
  bool const by_curve =
      !by_table && retention.drift != DriftModel::off && retention.drift != DriftModel::reram_cmo;
  if (by_curve) k.drift = static_cast<float>(octaves);
  if (by_table) {
    k.table_drift = static_cast<float>(octaves);
    k.table = drift_table(retention);
  }
  DriftExponent const nu = drift_exponent(retention);
  k.nu = nu.mean;
  k.nu_deviation = nu.deviation;
  k.diffusion = static_cast<float>(retention.diffusion * std::sqrt(to - from));
  k.diffusion_spread = static_cast<float>(retention.diffusion_spread);
  k.loss = static_cast<float>(retention.loss_per_decade * octaves * std::log10(2.0));
  if (retention.drift == DriftModel::reram_cmo) {
    Relaxation const before = cmo_relaxation(from);
    Relaxation const after = cmo_relaxation(to);
    k.relaxation = static_cast<float>((after.mean - before.mean) * g_max);
    k.spread_square = static_cast<float>(
        (after.deviation * after.deviation - before.deviation * before.deviation) * g_max * g_max);
  }
  return k;
}

/// The same up to a test, which reads with the drift model's 1/f noise.
inline AgingConstants waiting_constants(DeviceConfig const& device, TimeSpan span) {
  AgingConstants k = aging_constants(device, span);
  SettledReadNoise const noise = settled_read_noise(device.retention);
  bool const cmo = device.retention.drift == DriftModel::reram_cmo;
  double const t =
      span.to_s * acceleration(device.retention) + (cmo ? 0.0 : drift_onset_s(device.retention));
  if (!device.retention.read_noise || noise.t_read_s == 0.0 || t <= noise.t_read_s) return k;
  double const g_max = 1.0 + 1.0 / (device.on_off_ratio - 1.0);
  k.deviation = noise.curve;
  k.relative = noise.relative;
  k.deviation_scale =
      static_cast<float>(std::sqrt(std::log((t + noise.t_read_s) / (2.0 * noise.t_read_s))) *
                         (noise.relative ? 1.0 : g_max));
  return k;
}

/// The error of a write.
inline AgingConstants programming_constants(DeviceConfig const& device) {
  AgingConstants k;
  if (device.programming.model == ProgrammingModel::off) return k;
  k.deviation = programming_curve(device.programming);
  k.deviation_scale = static_cast<float>(1.0 + 1.0 / (device.on_off_ratio - 1.0));
  return k;
}

}  // namespace panther
