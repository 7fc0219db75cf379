// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_noise.hpp"

#include <algorithm>
#include <cmath>

#include "devicemodels/cell.hpp"

namespace panther {

namespace {

/// Changes below this part of their mean size count with its noise: what else disturbs a
/// measurement does not vanish with the step.
constexpr double least_change = 0.01;
/// Noise of a pulse below it, in windows, is the rounding of 16-bit codes.
constexpr double least_noise = 5e-5;
/// Log-likelihoods that differ by less do not tell kinds apart.
constexpr double clear_difference = 2.0;

/// The emulator's own formula at strength 1.
double unit_noise(MeasuredDevice const& device, WriteNoiseKind kind, double from, double change) {
  DeviceConstants unit;
  unit.write_sigma = 1.0F;
  unit.g_min_in_windows = static_cast<float>(1.0 / (device.device.on_off_ratio - 1.0));
  unit.pulse_noise.once = 1.0F;
  unit.pulse_noise.constant = kind == WriteNoiseKind::per_pulse ? 1.0F : 0.0F;
  unit.pulse_noise.relative = kind == WriteNoiseKind::multiplicative ? 1.0F : 0.0F;
  double const position = (from - device.g_min) / device.window();
  return device.window() *
         static_cast<double>(write_noise_std(unit, kind, 1.0F, static_cast<float>(position), 1.0F,
                                             static_cast<float>(change / device.window())));
}

/// Strength of a kind, and its log-likelihood but for what all kinds share.
struct KindOfNoise {
  WriteNoiseKind kind;
  double strength;
  double log_likelihood;
};

KindOfNoise fitted_kind(MeasuredDevice const& device, std::span<MeasuredPulse const> pulses,
                        std::span<double const> changes, double freedom, WriteNoiseKind kind) {
  std::vector<double> const unit = unit_deviations(device, pulses, changes, kind);
  double squares = 0.0;
  double logarithms = 0.0;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    squares += std::pow((pulses[i].change - changes[i]) / unit[i], 2);
    logarithms += std::log(unit[i]);
  }
  double const strength = std::max(std::sqrt(squares / freedom), 1e-9);
  return {kind, strength, -logarithms - static_cast<double>(unit.size()) * std::log(strength)};
}

}  // namespace

std::vector<double> unit_deviations(MeasuredDevice const& device,
                                    std::span<MeasuredPulse const> pulses,
                                    std::span<double const> changes, WriteNoiseKind kind) {
  double size = 0.0;
  for (double const change : changes) size += std::abs(change);
  double const least = least_change * size / static_cast<double>(changes.size());
  std::vector<double> unit;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    double const change = std::max(std::abs(changes[i]), least);
    unit.push_back(unit_noise(device, kind, pulses[i].from, change));
  }
  return unit;
}

NoiseChoice likely_noise(MeasuredDevice const& device, std::span<MeasuredPulse const> pulses,
                         std::span<double const> changes, double freedom,
                         std::span<WriteNoiseKind const> kinds) {
  std::vector<KindOfNoise> close;
  double best = -HUGE_VAL;
  for (WriteNoiseKind const kind : kinds) {
    close.push_back(fitted_kind(device, pulses, changes, freedom, kind));
    best = std::max(best, close.back().log_likelihood);
  }
  std::erase_if(close, [best](KindOfNoise const& one) {
    return one.log_likelihood < best - clear_difference;
  });
  NoiseChoice choice{close.front().kind, close.front().strength, {}};
  for (std::size_t i = 1; i < close.size(); ++i) choice.alike.push_back(close[i].kind);
  return choice;
}

void set_write_noise(MeasuredDevice& device, NoiseChoice const& noise,
                     std::span<double const> unit) {
  double squares = 0.0;
  for (double const deviation : unit) squares += deviation * deviation;
  double const size = noise.strength * std::sqrt(squares / static_cast<double>(unit.size()));
  WriteNoise& written = device.device.write_noise;
  written.kind = WriteNoiseKind::off;
  written.c2c_pulses = std::clamp(pulses_across(device), 1.0, 1e6);
  if (size <= least_noise * device.window()) return;
  written.kind = noise.kind;
  if (noise.kind == WriteNoiseKind::multiplicative) {
    written.sigma = std::min(noise.strength, 10.0);
  } else if (noise.kind == WriteNoiseKind::per_pulse) {
    written.c2c = std::min(noise.strength, 1.0);
  } else {
    written.c2c = std::min(noise.strength / std::sqrt(written.c2c_pulses), 1.0);
  }
}

}  // namespace panther
