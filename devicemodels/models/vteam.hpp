// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// VTEAM: a boundary that drifts while the voltage passes a threshold (Kvatinsky, Ramadan, Friedman,
// Kolodny, IEEE Trans. Circuits Syst. II 62(8), 2015, equations 1 to 7).
//
//   dw/dt = k_off (v / v_off - 1)^alpha_off f(w)   v > v_off > 0   (RESET)
//   dw/dt = k_on  (v / v_on  - 1)^alpha_on  f(w)   v < v_on  < 0   (SET, k_on < 0)
//   nothing between the thresholds
// With x = (w - w_on) / (w_off - w_on), 0 on and 1 off, the resistance at low voltage is
//   linear       r_on + (r_off - r_on) x
//   exponential  r_on (r_off / r_on)^x
// and the cell's window is 1 / r_off to 1 / r_on. The window function f is 1 ("none"; w stops at
// its ends) or, with y the part of the way covered in the direction of drift,
//   f = 1 - y^2   ("biolek": Biolek et al., Radioengineering 18(2), 2009, p = 1).
//
// The voltage does not depend on the state, so a pulse acts for an equivalent time: its flat part
// and, of its two edges, the parts (1 - v_th / v) / (alpha + 1). In the driven time
// T = k t / (w_off - w_on) both window functions have closed forms,
//   y -> y + T (to 1)   and   y -> tanh(T + artanh y),
// which is the law: n pulses are exact for any waveform, and compose. Relative to a Runge-Kutta
// solution in double with 4,000 steps a pulse, through its edges, a train ends within 2e-5 windows
// (tests/devicemodels/physical_laws_test.cpp).
//
// The default thresholds, rates and resistances are those of the authors' reference code (ASIC2
// group, Technion; also MemTorch's defaults); which measured device they stand for is not stated
// there. Pulses are ours: some 100 across the window. Deviations: no series resistance, Joule
// heating or window functions of tabulated exponent. Slope scales the rate of drift; a bend changes
// nothing.

#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

#include "devicemodels/core/law.hpp"
#include "devicemodels/core/math.hpp"
#include "devicemodels/core/waveform.hpp"

namespace panther {

/// How the resistance follows the boundary.
enum class VteamConduction : std::uint8_t { linear, exponential };
template <>
struct EnumNames<VteamConduction> {
  static constexpr std::array values{
      std::pair{VteamConduction::linear, std::string_view{"linear"}},
      std::pair{VteamConduction::exponential, std::string_view{"exponential"}}};
};

/// How the drift ends at the ends of its way.
enum class VteamWindow : std::uint8_t { none, biolek };
template <>
struct EnumNames<VteamWindow> {
  static constexpr std::array values{std::pair{VteamWindow::none, std::string_view{"none"}},
                                     std::pair{VteamWindow::biolek, std::string_view{"biolek"}}};
};

struct Vteam {
  struct Params : PulseWaveform {
    static constexpr std::string_view name = "vteam";
    static constexpr std::string_view doc =
        "a boundary drifts while the voltage passes a threshold";
    static constexpr std::array<std::string_view, 2> fitted = {"k_on", "k_off"};
    double v_on = -0.2;
    double v_off = 0.02;
    double k_on = -10.0;
    double k_off = 5e-4;
    double alpha_on = 3.0;
    double alpha_off = 1.0;
    double length_nm = 3.0;
    double r_on = 50.0;
    double r_off = 1000.0;
    VteamConduction conduction = VteamConduction::linear;
    VteamWindow window = VteamWindow::none;

    Params() {
      set_voltage = 0.22;
      set_width_ns = 3.0;
      reset_voltage = 0.42;
      reset_width_ns = 3.0;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      visit("v_on", self.v_on,
            Field{.unit = "V", .doc = "threshold of SET", .lo = -10, .hi = -1e-3});
      visit("v_off", self.v_off,
            Field{.unit = "V", .doc = "threshold of RESET", .lo = 1e-3, .hi = 10});
      visit("k_on", self.k_on,
            Field{.unit = "m/s", .doc = "drift at v = 2 v_on", .lo = -1e6, .hi = -1e-9});
      visit("k_off", self.k_off,
            Field{.unit = "m/s", .doc = "drift at v = 2 v_off", .lo = 1e-9, .hi = 1e6});
      visit("alpha_on", self.alpha_on,
            Field{.unit = "1", .doc = "exponent of the overdrive of SET", .lo = 0, .hi = 20});
      visit("alpha_off", self.alpha_off,
            Field{.unit = "1", .doc = "exponent of the overdrive of RESET", .lo = 0, .hi = 20});
      visit("length_nm", self.length_nm,
            Field{.unit = "nm", .doc = "way of the boundary, w_off - w_on", .lo = 0.1, .hi = 1000});
      visit("r_on", self.r_on,
            Field{.unit = "Ohm", .doc = "lowest resistance", .lo = 1, .hi = 1e9});
      visit("r_off", self.r_off,
            Field{.unit = "Ohm", .doc = "highest resistance", .lo = 1, .hi = 1e12});
      visit("conduction", self.conduction, Field{.doc = "resistance between r_on and r_off"});
      visit("window", self.window, Field{.doc = "window function of the drift"});
      PulseWaveform::fields(self, visit);
    }

    /// Ways of the boundary that a pulse drives it where f = 1.
    double drive_up() const {
      return drive("set_voltage", set_voltage, -v_on, "v_on", -k_on, alpha_on, set_width_ns);
    }
    double drive_down() const {
      return drive("reset_voltage", reset_voltage, v_off, "v_off", k_off, alpha_off,
                   reset_width_ns);
    }

   private:
    double drive(std::string const& pulse, double volt, double threshold, std::string const& limit,
                 double rate, double alpha, double width_ns) const {
      if (!(volt > threshold)) {
        throw std::invalid_argument(pulse + " " + std::to_string(volt) + " does not pass " + limit +
                                    " (must exceed " + std::to_string(threshold) + " V)");
      }
      double const flat = rate * std::pow(volt / threshold - 1.0, alpha);  // m/s
      double const edges = 2.0 * edge_ns * (1.0 - threshold / volt) / (alpha + 1.0);
      return flat * (width_ns + edges) / length_nm;
    }
  };

  struct Constants {
    float drive_up;  // T of one level step
    float drive_down;
    float ratio;        // r_off / r_on
    float gain;         // ratio - 1
    float doublings;    // log2 ratio
    float exponential;  // 1: exponential conduction; 0: linear
    float biolek;       // 1: window function; 0: none
  };

  /// Drives past it end at the end, whatever the window function.
  static constexpr float longest_drive = 64.0F;

  static Constants prepare(Params const& params, int cell_bits) {
    double const ratio = params.r_off / params.r_on;
    if (!(ratio >= 1.01 && ratio <= 1e6)) {
      throw std::invalid_argument("r_off / r_on is " + std::to_string(ratio) +
                                  " (must lie in [1.01, 1e6])");
    }
    Constants k{static_cast<float>(params.drive_up()),
                static_cast<float>(params.drive_down()),
                static_cast<float>(ratio),
                static_cast<float>(ratio - 1.0),
                static_cast<float>(std::log2(ratio)),
                params.conduction == VteamConduction::exponential ? 1.0F : 0.0F,
                params.window == VteamWindow::biolek ? 1.0F : 0.0F};
    Traits window;
    window.high = 1.0F;
    double const up = moved(k, window, 0.5F, 1.0F, Direction::up);
    double const down = moved(k, window, 0.5F, 1.0F, Direction::down);
    double const pulses =
        params.pulses_per_step(0.5 * (std::min(up, 0.5) + std::min(-down, 0.5)), cell_bits);
    k.drive_up = static_cast<float>(std::min(params.drive_up() * pulses, 1e6));
    k.drive_down = static_cast<float>(std::min(params.drive_down() * pulses, 1e6));
    return k;
  }

  /// The boundary's place: parts of its way from on (x) and from off.
  struct Place {
    float x;
    float rest;
  };

  PANTHER_HD static Place place_of(Constants const& k, float conductance) {
    float const scaled = fused(k.gain, conductance, 1.0F);  // in G_min
    float const rest = smaller(log2p1(k.gain * conductance, scaled) / k.doublings, 1.0F);
    bool const exponential = k.exponential != 0.0F;
    return {chosen(exponential, 1.0F - rest, (1.0F - conductance) / scaled),
            chosen(exponential, rest, k.ratio * conductance / scaled)};
  }

  PANTHER_HD static float moved(Constants const& k, Traits const& traits, float position,
                                float steps, Direction direction) {
    bool const up = direction == Direction::up;
    float const width = traits.high - traits.low;
    // A device may be found outside its own bounds: it moves as from the nearer one.
    float const conductance =
        clamped((position - traits.low) / chosen(width > 0.0F, width, 1.0F), 0.0F, 1.0F);
    Place const from = place_of(k, conductance);
    float const ahead = chosen(up, from.x, from.rest);
    float const covered = chosen(up, from.rest, from.x);
    float const slope = chosen(up, traits.slope_up, traits.slope_down);
    float const drive =
        smaller(chosen(up, k.drive_up, k.drive_down) * (steps * slope), longest_drive);

    // tanh T, and 1 - tanh T, from e^(-2 T) - 1.
    float const decay = exp2m1(-2.88539008F * drive);
    float const tangent = -decay / (2.0F + decay);
    float const slowed = 1.0F / fused(covered, tangent, 1.0F);
    float const bent_left = ahead * (2.0F * exp2(-2.88539008F * drive) / (2.0F + decay)) * slowed;
    bool const biolek = k.biolek != 0.0F;
    float const way =
        chosen(biolek, tangent * ahead * (1.0F + covered) * slowed, smaller(drive, ahead));
    float const left = chosen(biolek, bent_left, larger(ahead - drive, 0.0F));
    float const beyond = chosen(biolek, 0.0F, larger(drive - ahead, 0.0F));

    // The change of conductance in windows; both forms subtract nothing.
    float const to = chosen(up, left, covered + way);
    float const linear = k.ratio * way / (fused(k.gain, from.x, 1.0F) * fused(k.gain, to, 1.0F));
    float const scaled = fused(k.gain, conductance, 1.0F) / k.gain;
    float const growth = exp2m1(chosen(up, way, -way) * k.doublings);
    float const bent = scaled * chosen(up, growth, -growth);
    float const distance = width * (chosen(k.exponential != 0.0F, bent, linear) + beyond);
    return chosen(up, distance, -distance);
  }
};

}  // namespace panther
