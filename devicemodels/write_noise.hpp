// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Cycle-to-cycle noise of writes: the standard deviation of a move by D. R: the window.
//
// CrossSim's kinds know the move alone:
//   additive, proportional, inverse   sigma sqrt(R |D|), times 1, w/R or R/w, w the conductance
//                                     before the move.
// The others know n, the pulses of the move: the level steps that its law carries out times
// c2c_pulses / levels. A move without any has no noise.
//   per_pulse        c2c R sqrt(n): NeuroSim's, and aihwkit's additive noise of a step;
//   multiplicative   sigma |D| / sqrt(n) = sigma step sqrt(n): aihwkit's, relative to each step;
//   constant         c2c R, once a move however many pulses: DNN+NeuroSim V2.1, whose N(0, 2 sigma)
//                    in weights of -1..1 is c2c = sigma;
//   state_dependent  sigma sqrt(n) (|D| / n + add R + slope |x - zero| R), x the position in the
//                    window: aihwkit's ExpStep with dw_min_std_add and dw_min_std_slope, in parts
//                    of the window; zero is where its w = 0 stands.
// The pulses of a move are taken for alike; a stream step of fidelity "pulse" is a move of its own.
// Deviation from aihwkit: clipped at the window once a move, not once a pulse.
//
// hidden_std: writes act on a state that no read sees; apparent.hpp has what reads see. It goes
// with every kind.

#include <array>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/hd.hpp"
#include "devicemodels/core/stated.hpp"

namespace panther {

enum class WriteNoiseKind : std::uint8_t {
  off,
  additive,
  proportional,
  inverse,
  per_pulse,
  multiplicative,
  constant,
  state_dependent
};
template <>
struct EnumNames<WriteNoiseKind> {
  static constexpr std::array values{
      std::pair{WriteNoiseKind::off, std::string_view{"off"}},
      std::pair{WriteNoiseKind::additive, std::string_view{"additive"}},
      std::pair{WriteNoiseKind::proportional, std::string_view{"proportional"}},
      std::pair{WriteNoiseKind::inverse, std::string_view{"inverse"}},
      std::pair{WriteNoiseKind::per_pulse, std::string_view{"per_pulse"}},
      std::pair{WriteNoiseKind::multiplicative, std::string_view{"multiplicative"}},
      std::pair{WriteNoiseKind::constant, std::string_view{"constant"}},
      std::pair{WriteNoiseKind::state_dependent, std::string_view{"state_dependent"}}};
};

/// Kinds that know the pulses of a move: one formula, which differs in its constants only.
PANTHER_HD constexpr bool knows_pulses(WriteNoiseKind kind) {
  return kind >= WriteNoiseKind::per_pulse;
}

struct WriteNoise {
  WriteNoiseKind kind = WriteNoiseKind::off;
  double sigma = 0.0;
  double c2c = 0.0;
  double c2c_pulses = 100.0;
  double add = 0.0;
  double slope = 0.0;
  double zero = 0.5;
  double hidden_std = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("kind", self.kind,
          Field{.doc = "what the noise of a write depends on: the change (additive), also the "
                       "conductance (proportional, inverse), its pulses (per_pulse, "
                       "multiplicative, state_dependent), nothing (constant)"});
    visit("sigma", self.sigma,
          Field{.unit = "1",
                .doc = "CrossSim's sigma: std = sigma sqrt(R |change|); multiplicative and "
                       "state_dependent: relative std of one pulse's step",
                .lo = 0,
                .hi = 10});
    visit("c2c", self.c2c,
          Field{.unit = "window",
                .doc = "NeuroSim's cycle-to-cycle sigma per pulse, instead of sigma "
                       "(sigma = c2c sqrt(c2c_pulses)); constant: of a whole write",
                .lo = 0,
                .hi = 1});
    visit("c2c_pulses", self.c2c_pulses,
          Field{.unit = "pulses",
                .doc = "pulses across the window that the noise of a pulse refers to",
                .lo = 1,
                .hi = 1e6});
    visit("add", self.add,
          Field{.unit = "window",
                .doc = "state_dependent: what sigma applies to besides the step",
                .lo = 0,
                .hi = 10});
    visit("slope", self.slope,
          Field{.unit = "1",
                .doc = "state_dependent: and for each distance from zero, relative to it",
                .lo = 0,
                .hi = 10});
    visit("zero", self.zero,
          Field{.unit = "window",
                .doc = "state_dependent: position that slope counts from",
                .lo = 0,
                .hi = 1});
    visit("hidden_std", self.hidden_std,
          Field{.unit = "window",
                .doc = "std of what reads see about the state that writes act on, drawn anew "
                       "whenever a device is written",
                .lo = 0,
                .hi = 1});
  }

  /// CrossSim's sigma; 0 for the kinds that know pulses. Throws std::invalid_argument for keys that
  /// the kind does not take.
  double resolved_sigma() const;

 private:
  void check() const;
};

/// std = sqrt(n) (constant R + slope |position - zero R|) + relative |D| / sqrt(n).
struct PulseNoise {
  float relative = 0.0F;
  float constant = 0.0F;  // windows
  float slope = 0.0F;
  float zero = 0.0F;    // windows
  float pulses = 0.0F;  // across the window
  float once = 0.0F;    // pulses that every move has besides
};

inline PulseNoise pulse_noise(WriteNoise const& noise) {
  PulseNoise k;
  if (!knows_pulses(noise.kind)) return k;
  bool const counts = noise.kind != WriteNoiseKind::constant;
  k.pulses = counts ? static_cast<float>(noise.c2c_pulses) : 0.0F;
  k.once = counts ? 0.0F : 1.0F;
  k.relative = static_cast<float>(noise.sigma);
  k.constant = static_cast<float>(noise.c2c);
  if (noise.kind != WriteNoiseKind::state_dependent) return k;
  k.constant = static_cast<float>(noise.sigma * noise.add);
  k.slope = static_cast<float>(noise.sigma * noise.slope);
  k.zero = static_cast<float>(noise.zero);
  return k;
}

/// Standard deviation, in codes, of a move that carries out `steps` level steps and changes the
/// position by `change`. A cell of range R has R / (65536 - R) level steps in its window.
PANTHER_HD float pulse_noise_std(PulseNoise const& k, float range, float position, float steps,
                                 float change) {
  float const magnitude = change < 0.0F ? -change : change;
  float const beyond = position - k.zero * range;
  float const distance = beyond < 0.0F ? -beyond : beyond;
  float const pulses = fused(steps, k.pulses * ((65536.0F - range) / range), k.once);
  float const spread = root(larger(pulses, 1e-6F));  // no move has fewer
  float const deviation =
      fused(spread, fused(k.slope, distance, k.constant * range), k.relative * magnitude / spread);
  return chosen(steps > 0.0F, deviation, 0.0F);
}

inline void WriteNoise::check() const {
  auto const refuse = [](std::string const& key, double value, std::string const& what) {
    throw std::invalid_argument(stated("write_noise." + key, value) + " with " + what);
  };
  std::string const by_kind = "write_noise.kind = \"" + std::string(enum_name(kind)) + "\"";
  bool const by_window = kind == WriteNoiseKind::per_pulse || kind == WriteNoiseKind::constant;
  bool const by_step =
      kind == WriteNoiseKind::multiplicative || kind == WriteNoiseKind::state_dependent;
  if (by_window && sigma > 0.0) refuse("sigma", sigma, by_kind + " (must be 0: it takes c2c)");
  if (by_step && c2c > 0.0) refuse("c2c", c2c, by_kind + " (must be 0: it takes sigma)");
  if (!knows_pulses(kind) && c2c > 0.0 && sigma > 0.0) {
    refuse("sigma", sigma, stated("write_noise.c2c", c2c) + " (must be 0: give one of them)");
  }
  if (kind == WriteNoiseKind::state_dependent) return;
  std::string const only = by_kind + " (must be 0: it belongs to \"state_dependent\")";
  if (add > 0.0) refuse("add", add, only);
  if (slope > 0.0) refuse("slope", slope, only);
}

inline double WriteNoise::resolved_sigma() const {
  if (kind == WriteNoiseKind::off) return 0.0;
  check();
  if (knows_pulses(kind)) return 0.0;
  return c2c > 0.0 ? c2c * std::sqrt(c2c_pulses) : sigma;
}

}  // namespace panther
