// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a read sees of a cell beyond its conductance: the curve of current over voltage, thermal and
// shot noise in physical units, random telegraph noise and 1/f noise. Used by analog reads.
//
// - I-V curve. NeuroSim: I(V) = G V_read NL^((V - V_read) / (V_write / 2)), NL = I(V_write) /
//   I(V_write / 2); below one input step it is continued straight to the origin, where the
//   published law has a jump. sinh: I(V) = G V_read sinh(V / V_0) / sinh(V_read / V_0), the usual
//   form for hopping and tunnelling currents. Both leave the current at V_read as it is, so that
//   they do nothing where inputs are single bits.
// - Thermal noise (Johnson, Nyquist 1928): variance of a device's current 4 k T G bandwidth, driven
//   or not. Shot noise (Schottky 1918): 2 q |I| bandwidth.
// - Telegraph noise: a trap per device (of a share of them) that is full or empty, a two-state
//   process of core/renewal.hpp. Conductance G (1 + A (full - occupancy)): A = amplitude (G /
//   G_max)^-exponent, at most 1, so that the mean stays (amplitudes that grow towards low
//   conductance: Ielmini, Nardi, Cagli, Appl. Phys. Lett. 96, 053503, 2010).
// - 1/f noise: sum of processes with equal variance and correlation times equally spaced on a
//   logarithmic scale (van der Ziel, Physica 16, 359, 1950). Conductance G (1 + sigma (G /
//   G_max)^-exponent N), N standard normal at every read.
//
// Deviations: the I-V curve does not depend on the state. The current of the reference column is
// taken as noiseless. Telegraph and 1/f states change between reads, not within one.

#include <stdexcept>
#include <string>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/renewal.hpp"

namespace panther {

enum class IvKind : std::uint8_t { linear, neurosim, sinh };
template <>
struct EnumNames<IvKind> {
  static constexpr std::array values{std::pair{IvKind::linear, std::string_view{"linear"}},
                                     std::pair{IvKind::neurosim, std::string_view{"neurosim"}},
                                     std::pair{IvKind::sinh, std::string_view{"sinh"}}};
};

struct IvCurve {
  IvKind kind = IvKind::linear;
  double nonlinearity = 10.0;
  double write_voltage = 2.0;
  double sinh_voltage = 0.2;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("kind", self.kind, Field{.doc = "current over voltage"});
    visit("nonlinearity", self.nonlinearity,
          Field{.unit = "1",
                .doc = "neurosim: NL_IV, current at the write voltage over that at half of it",
                .lo = 1,
                .hi = 1e6});
    visit("write_voltage", self.write_voltage,
          Field{.unit = "V", .doc = "neurosim: the write voltage", .lo = 0.01, .hi = 100});
    visit("sinh_voltage", self.sinh_voltage,
          Field{.unit = "V", .doc = "sinh: V_0; large is linear", .lo = 0.01, .hi = 1e3});
  }
};

struct TelegraphNoise {
  double amplitude = 0.0;
  double exponent = 0.0;
  double amplitude_spread = 0.0;
  double share = 1.0;
  double occupancy = 0.5;
  double rate = 0.01;
  double rate_decades = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("amplitude", self.amplitude,
          Field{.unit = "G",
                .doc = "step of a device's conductance, relative to it, at G_max; 0 is off",
                .lo = 0,
                .hi = 1});
    visit("exponent", self.exponent,
          Field{.unit = "1",
                .doc = "amplitude grows as (G / G_max)^-exponent, to 1 at most",
                .lo = 0,
                .hi = 3});
    visit(
        "amplitude_spread", self.amplitude_spread,
        Field{
            .unit = "1", .doc = "std of the logarithm of a device's amplitude", .lo = 0, .hi = 3});
    visit("share", self.share,
          Field{.unit = "1", .doc = "share of devices with a trap", .lo = 0, .hi = 1});
    visit("occupancy", self.occupancy,
          Field{.unit = "1", .doc = "share of the time that a trap is full", .lo = 0, .hi = 1});
    visit("rate", self.rate,
          Field{.unit = "1/read",
                .doc = "p: states of reads k apart are correlated by (1 - p)^k",
                .lo = 1e-4,
                .hi = 1});
    visit("rate_decades", self.rate_decades,
          Field{.unit = "decades",
                .doc = "rates of devices are spread evenly on a logarithmic scale over so much "
                       "(within [1e-5, 1])",
                .lo = 0,
                .hi = 4});
  }
};

inline constexpr int max_flicker_processes = 16;

struct FlickerNoise {
  double sigma = 0.0;
  double exponent = 0.0;
  double fastest = 1.0;
  double slowest = 1000.0;
  int processes = 7;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("sigma", self.sigma,
          Field{.unit = "G",
                .doc = "std of a device's conductance, relative to it, at G_max; 0 is off",
                .lo = 0,
                .hi = 1});
    visit("exponent", self.exponent,
          Field{.unit = "1",
                .doc = "std grows as (G / G_max)^-exponent, to 1 at most",
                .lo = 0,
                .hi = 3});
    visit("fastest", self.fastest,
          Field{.unit = "reads", .doc = "1 / p of the fastest process", .lo = 1, .hi = 1e5});
    visit("slowest", self.slowest,
          Field{.unit = "reads", .doc = "1 / p of the slowest process", .lo = 1, .hi = 1e5});
    visit("processes", self.processes,
          Field{.doc = "how many; two a decade keep the slope within 0.1 of -1",
                .lo = 1,
                .hi = max_flicker_processes});
  }
};

struct CellReading {
  double read_voltage = 0.2;
  double bandwidth = 1e8;
  double temperature = 300.0;
  bool thermal = false;
  bool shot = false;
  IvCurve iv;
  TelegraphNoise telegraph;
  FlickerNoise flicker;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("read_voltage", self.read_voltage,
          Field{.unit = "V", .doc = "voltage of the largest input digit", .lo = 1e-3, .hi = 10});
    visit("bandwidth", self.bandwidth,
          Field{.unit = "Hz", .doc = "noise bandwidth of a conversion", .lo = 1, .hi = 1e12});
    visit("temperature", self.temperature,
          Field{.unit = "K", .doc = "of the devices", .lo = 1, .hi = 1000});
    visit("thermal", self.thermal, Field{.doc = "thermal noise of the devices"});
    visit("shot", self.shot, Field{.doc = "shot noise of the devices"});
    visit("iv", self.iv, Field{.doc = "curve of current over voltage"});
    visit("telegraph", self.telegraph, Field{.doc = "random telegraph noise"});
    visit("flicker", self.flicker, Field{.doc = "1/f noise"});
  }
};

/// What kernels know of it; one per replica.
struct CellReadConstants {
  IvKind iv = IvKind::linear;
  float iv_full = 1.0F;   // input steps at the read voltage: the largest digit
  float iv_bend = 0.0F;   // neurosim: log2 of the gain per read voltage; sinh: log2(e) V_read/V_0
  float iv_scale = 1.0F;  // sinh: 1 / sinh(V_read / V_0)
  bool telegraph = false;
  float telegraph_amplitude = 0.0F;
  float telegraph_exponent = 0.0F;
  float telegraph_spread = 0.0F;  // log2 units
  float telegraph_share = 1.0F;
  float telegraph_occupancy = 0.5F;
  float telegraph_log_rate = 0.0F;    // log2
  float telegraph_log_spread = 0.0F;  // log2 units, full width
  bool flicker = false;
  float flicker_sigma = 0.0F;  // of one process
  float flicker_most = 1.0F;   // largest value of that
  float flicker_exponent = 0.0F;
  std::int32_t flicker_processes = 0;
  ResetRate flicker_rate[max_flicker_processes] = {};

  PANTHER_HD bool fluctuates() const { return telegraph || flicker; }
};

/// `largest_digit` of an input step. Throws std::invalid_argument for contradictions.
CellReadConstants cell_read_constants(CellReading const& config, int largest_digit);

/// A steep curve is cut at this many doublings of the current at the read voltage.
inline constexpr float iv_most_log2 = 20.0F;

/// Current, in units of G V_read, at a voltage in units of V_read.
PANTHER_HD float iv_current(CellReadConstants const& k, float voltage) {
  float const v = voltage < 0.0F ? -voltage : voltage;
  float current = v;
  if (k.iv == IvKind::neurosim) {
    float const least = 1.0F / k.iv_full;
    float const inner = v * k.iv_full * exp2((least - 1.0F) * k.iv_bend);
    float const outer = exp2(smaller((v - 1.0F) * k.iv_bend, iv_most_log2));
    current = chosen(v < least, inner, outer);
  } else if (k.iv == IvKind::sinh) {
    float const m = exp2m1(v * k.iv_bend);
    current = 0.5F * (m + m / (1.0F + m)) * k.iv_scale;
  }
  return voltage < 0.0F ? -current : current;
}

/// (G / G_max)^-exponent.
PANTHER_HD float state_factor(float exponent, float g, float g_max) {
  if (exponent == 0.0F) return 1.0F;
  return exp2(-exponent * log2(larger(g / g_max, 0x1p-30F)));
}

/// Frozen properties of a device's trap.
struct Trap {
  ResetRate rate;
  float amplitude;  // at G_max; 0: no trap
};

PANTHER_HD Trap trap_of(CellReadConstants const& k, PhiloxWords const& words) {
  float const spread = k.telegraph_spread * coarse_normal_pair(words.w[0]).first;
  float const there = chosen(uniform_of(words.w[1]) < k.telegraph_share, 1.0F, 0.0F);
  float const log_rate =
      fused(k.telegraph_log_spread, uniform_of(words.w[2]) - 0.5F, k.telegraph_log_rate);
  return {reset_rate(exp2(log_rate)), there * k.telegraph_amplitude * exp2(spread)};
}

/// Change of conductance, relative to it, by a trap whose process is at `word`.
PANTHER_HD float telegraph_change(CellReadConstants const& k, float amplitude, float factor,
                                  std::uint32_t word) {
  float const full = chosen(uniform_of(word) < k.telegraph_occupancy, 1.0F, 0.0F);
  return smaller(amplitude * factor, 1.0F) * (full - k.telegraph_occupancy);
}

/// Share of one process in the relative change of conductance by 1/f noise.
PANTHER_HD float flicker_change(CellReadConstants const& k, float factor, std::uint32_t word) {
  return smaller(k.flicker_sigma * factor, k.flicker_most) * coarse_normal_pair(word).first;
}

/// Change of a device's conductance g at a read, in the units of g.
PANTHER_HD float fluctuation(CellReadConstants const& k, std::uint64_t seed, std::uint64_t device,
                             std::uint64_t read, float g, float g_max) {
  float relative = 0.0F;
  if (k.telegraph) {
    Trap const trap = trap_of(k, draw(seed, Stream::telegraph_traits, device, 0));
    std::uint32_t const word = renewed_word(trap.rate, seed, Stream::telegraph, device, 0, read);
    relative =
        telegraph_change(k, trap.amplitude, state_factor(k.telegraph_exponent, g, g_max), word);
  }
  if (k.flicker) {
    float const factor = state_factor(k.flicker_exponent, g, g_max);
    for (int process = 0; process < k.flicker_processes; ++process) {
      relative += flicker_change(
          k, factor,
          renewed_word(k.flicker_rate[process], seed, Stream::flicker, device, process, read));
    }
  }
  return relative * g;
}

inline void check_reading(CellReading const& config) {
  FlickerNoise const& f = config.flicker;
  if (f.fastest > f.slowest) {
    throw std::invalid_argument("flicker.fastest = " + std::to_string(f.fastest) +
                                " (must not exceed flicker.slowest = " + std::to_string(f.slowest) +
                                ")");
  }
}

namespace detail {
inline void set_iv(CellReadConstants& k, CellReading const& config) {
  k.iv = config.iv.kind;
  auto const v_read = static_cast<float>(config.read_voltage);
  if (k.iv == IvKind::neurosim) {
    float const decades = log2(static_cast<float>(config.iv.nonlinearity));
    k.iv_bend = decades * v_read / (0.5F * static_cast<float>(config.iv.write_voltage));
  } else if (k.iv == IvKind::sinh) {
    k.iv_bend = 1.44269504F * v_read / static_cast<float>(config.iv.sinh_voltage);
    k.iv_scale = 1.0F / iv_current(k, 1.0F);
  }
}

inline void set_telegraph(CellReadConstants& k, TelegraphNoise const& t) {
  k.telegraph = t.amplitude > 0.0 && t.share > 0.0;
  k.telegraph_amplitude = static_cast<float>(t.amplitude);
  k.telegraph_exponent = static_cast<float>(t.exponent);
  k.telegraph_spread = 1.44269504F * static_cast<float>(t.amplitude_spread);
  k.telegraph_share = static_cast<float>(t.share);
  k.telegraph_occupancy = static_cast<float>(t.occupancy);
  k.telegraph_log_rate = log2(static_cast<float>(t.rate));
  k.telegraph_log_spread = 3.32192809F * static_cast<float>(t.rate_decades);
}

inline void set_flicker(CellReadConstants& k, FlickerNoise const& f) {
  k.flicker = f.sigma > 0.0;
  k.flicker_exponent = static_cast<float>(f.exponent);
  k.flicker_processes = f.processes;
  k.flicker_most = 1.0F / root(static_cast<float>(f.processes));
  k.flicker_sigma = static_cast<float>(f.sigma) * k.flicker_most;
  float const fastest = log2(static_cast<float>(f.fastest));
  float const slowest = log2(static_cast<float>(f.slowest));
  for (int i = 0; i < f.processes; ++i) {
    float const part =
        f.processes == 1 ? 0.5F : static_cast<float>(i) / static_cast<float>(f.processes - 1);
    k.flicker_rate[i] = reset_rate(exp2(-fused(part, slowest - fastest, fastest)));
  }
}
}  // namespace detail

inline CellReadConstants cell_read_constants(CellReading const& config, int largest_digit) {
  check_reading(config);
  CellReadConstants k;
  k.iv_full = static_cast<float>(largest_digit);
  detail::set_iv(k, config);
  detail::set_telegraph(k, config.telegraph);
  detail::set_flicker(k, config.flicker);
  return k;
}

}  // namespace panther
