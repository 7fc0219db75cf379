// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include "devicemodels/cell.hpp"

namespace panther {

namespace {

constexpr int cell_bits = 6;  // PANTHER's widest slice; the window in pulses is the same for all
constexpr float range = static_cast<float>(window_range(cell_bits));

/// The number of the measurement that has this key, if any. `Device` may be const.
template <class Device>
auto measurement_number(Device& device, std::string_view key) -> decltype(&device.g_min) {
  if (key == "g_min") return &device.g_min;
  if (key == "g_max") return &device.g_max;
  if (key == "pulses" && takes_requests(device.device)) return &device.pulses;
  return nullptr;
}

/// Calls found(number, description) for each double of a law, by its key.
template <class Found>
class NumberVisitor {
 public:
  explicit NumberVisitor(Found& found) : found_(found) {}

  template <class T>
  void operator()(std::string_view name, T& value, Field const& field) {
    using Value = std::remove_const_t<T>;
    if constexpr (std::is_same_v<Value, double> || std::is_same_v<Value, std::optional<double>>) {
      found_(std::string(name), value, field);
    } else if constexpr (std::is_same_v<Value, std::vector<double>>) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        found_(fmt::format("{}[{}]", name, i), value[i], field);
      }
    }
  }

 private:
  Found& found_;
};

template <class Law, class Found>
void for_each_number(Law& law, Found&& found) {
  std::visit(
      [&]<class Params>(Params& params) {
        NumberVisitor<std::remove_reference_t<Found>> visitor(found);
        std::remove_const_t<Params>::fields(params, visitor);
      },
      law);
}

template <class Params>
constexpr bool is_driven = requires(Params const& params) {
  params.pulses_per_step(0.5, 6);
};

template <class Params>
constexpr bool has_pulses = requires(Params const& params) {
  params.granularity;
};

/// The law of a device, and the level steps that one measured pulse stands for.
template <class Law>
struct PulsedLaw {
  using Params = typename Law::Params;
  PreparedLaw<Law> law;
  float steps;

  explicit PulsedLaw(MeasuredDevice const& measured) : law(params_of(measured), cell_bits) {
    if constexpr (has_pulses<Params>) {
      steps = 1.0F / law.constants().grid.pulses;
    } else {
      steps = is_driven<Params> ? 1.0F
                                : static_cast<float>(levels_in_window(cell_bits) / measured.pulses);
    }
  }

  float change(Traits const& traits, float position, Direction direction) const {
    return expected_change<Law>(law, traits, position, steps, direction);
  }

 private:
  static Params params_of(MeasuredDevice const& measured) {
    Params params = std::get<Params>(measured.device.law);
    if constexpr (is_driven<Params>) params.pulses = levels_in_window(cell_bits);  // one a step
    return params;
  }
};

Traits traits_in(MeasuredDevice const& measured, TraitFactors const& factors,
                 DeviceEnds const& ends) {
  auto const position = [&](double conductance) {
    double const part = (conductance - measured.g_min) / measured.window();
    return clamped(static_cast<float>(part) * range, 0.0F, range);
  };
  return {static_cast<float>(factors[0]),
          static_cast<float>(factors[1]),
          static_cast<float>(factors[2]),
          static_cast<float>(factors[3]),
          position(ends.low),
          position(ends.high)};
}

template <class Law>
void predict(MeasuredDevice const& measured, std::span<MeasuredPulse const> pulses,
             FitPopulation const& population, std::vector<double>& changes) {
  PulsedLaw<Law> const law(measured);
  DeviceConstants const noiseless;
  std::vector<Traits> traits;
  for (std::size_t i = 0; i < population.factors.size(); ++i) {
    traits.push_back(traits_in(measured, population.factors[i], population.ends[i]));
  }
  double const to_measure = measured.window() / range;
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    MeasuredPulse const& pulse = pulses[i];
    double const part = (pulse.from - measured.g_min) / measured.window();
    float const position = clamped(static_cast<float>(part) * range, 0.0F, range);
    Traits const& own = traits[pulse.device];
    float const change = law.change(own, position, pulse.direction);
    Moved const moved =
        settled(noiseless, WriteNoiseKind::off, own, range, position, law.steps, change, 0.0F);
    // Between bounds the change itself is exact; positions are rounded.
    float const kept = moved.saturated != 0 ? moved.position - position : change;
    changes[i] = static_cast<double>(kept) * to_measure;
  }
}

}  // namespace

bool takes_requests(DeviceConfig const& config) {
  return std::visit(
      []<class Params>(Params const&) { return !is_driven<Params> && !has_pulses<Params>; },
      config.law);
}

std::vector<double> predicted_changes(MeasuredDevice const& device,
                                      std::span<MeasuredPulse const> pulses,
                                      FitPopulation const& population) {
  if (!(device.g_max > device.g_min)) throw std::invalid_argument("g_max must lie above g_min");
  std::vector<double> changes(pulses.size());
  visit_law(static_cast<int>(device.device.law.index()),
            [&]<class Law>() { predict<Law>(device, pulses, population, changes); });
  return changes;
}

double pulses_across(MeasuredDevice const& device) {
  if (takes_requests(device.device)) return device.pulses;
  double pulses = 0.0;
  visit_law(static_cast<int>(device.device.law.index()), [&]<class Law>() {
    PulsedLaw<Law> const law(device);
    Traits const nominal = nominal_traits(range);
    float const up = law.change(nominal, 0.5F * range, Direction::up);
    float const down = law.change(nominal, 0.5F * range, Direction::down);
    pulses = has_pulses<typename Law::Params> ? levels_in_window(cell_bits) / law.steps
                                              : 2.0 * range / (up - down);
  });
  return pulses;
}

std::vector<FitNumber> fit_numbers(MeasuredDevice const& device) {
  std::vector<FitNumber> numbers;
  for_each_number(device.device.law, [&](std::string const& key, auto const&, Field const& field) {
    numbers.push_back({key, std::string(field.unit), field.lo, field.hi});
  });
  double const window = device.window();
  if (takes_requests(device.device)) numbers.push_back({"pulses", "pulses", 1.0, 1e7});
  numbers.push_back({"g_min", "", device.g_min - 0.5 * window, device.g_min + 0.5 * window});
  numbers.push_back({"g_max", "", device.g_max - 0.5 * window, device.g_max + 0.5 * window});
  return numbers;
}

double number_of(MeasuredDevice const& device, std::string const& key) {
  if (double const* found = measurement_number(device, key)) return *found;
  double number = std::numeric_limits<double>::quiet_NaN();
  for_each_number(device.device.law,
                  [&]<class T>(std::string const& name, T const& value, Field const&) {
                    if (name != key) return;
                    if constexpr (std::is_same_v<T, double>) {
                      number = value;
                    } else {
                      number = value.value_or(number);
                    }
                  });
  return number;
}

void set_number(MeasuredDevice& device, std::string const& key, double value) {
  if (double* const found = measurement_number(device, key)) {
    *found = value;
    return;
  }
  for_each_number(device.device.law, [&](std::string const& name, auto& number, Field const&) {
    if (name == key) number = value;
  });
}

std::vector<std::string> declared_numbers(MeasuredDevice const& device) {
  std::vector<std::string> keys;
  std::visit(
      [&]<class Params>(Params const&) {
        if constexpr (requires { Params::fitted; }) {
          for (std::string_view const wanted : Params::fitted) {
            for (FitNumber const& number : fit_numbers(device)) {
              bool const element = number.key.starts_with(wanted) &&
                                   number.key.substr(wanted.size()).starts_with('[');
              if (number.key == wanted || element) keys.push_back(number.key);
            }
          }
        }
      },
      device.device.law);
  return keys;
}

}  // namespace panther
