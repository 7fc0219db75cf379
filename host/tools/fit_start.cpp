// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/base/errors.hpp"
#include "host/base/suggest.hpp"
#include "host/run/session.hpp"
#include "host/tools/fit_noise.hpp"

namespace panther {

namespace {

struct Assignment {
  std::string key;
  std::string value;
};

Assignment assignment_of(std::string const& text) {
  std::size_t const equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError(fmt::format("--fix {}: must be key=value", text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

bool contains(std::vector<std::string> const& words, std::string const& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<std::string> keys_of(std::vector<FitNumber> const& numbers) {
  std::vector<std::string> keys;
  for (FitNumber const& number : numbers) keys.push_back(number.key);
  return keys;
}

/// What a law sets before a fit, where its defaults are no start (Params::fit_start), as TOML.
std::vector<std::string> start_of_law(std::string const& law) {
  std::vector<std::string> sets{"device.law=" + law};
  auto const add = [&]<class Params>(Params const&) {
    if constexpr (requires { Params::fit_start; }) {
      if (Params::name != law) return;
      for (std::string_view const set : Params::fit_start) {
        sets.push_back("device." + std::string(set));
      }
    }
  };
  for (int index = 0; index < LawList::size; ++index) {
    visit_law(index, [&]<class Law>() { add(typename Law::Params{}); });
  }
  return sets;
}

class Start {
 public:
  Start(FitData const& data, FitRequest const& request) : data_(data), request_(request) {}

  FitStart made() {
    for (std::string const& text : request_.fix) fixed_.push_back(assignment_of(text));
    configure();
    set_measurement();
    choose_free();
    scale();
    return start_;
  }

 private:
  static constexpr std::array configuration_keys{"on_off_ratio",  "write_noise.kind",
                                                 "spread.slope",  "spread.slope_correlation",
                                                 "spread.window", "spread.nonlinearity"};

  bool is_fixed(std::string const& key) const {
    return std::any_of(fixed_.begin(), fixed_.end(),
                       [&](Assignment const& fixed) { return fixed.key == key; });
  }

  /// The configuration parser checks keys and ranges of the law and of what else may be fixed.
  void configure() {
    std::vector<std::string> sets = start_of_law(request_.law);
    for (Assignment const& fixed : fixed_) {
      bool const other = fixed.key.find('.') != std::string::npos || fixed.key == "stuck" ||
                         fixed.key == "law" || fixed.key == "rounding";
      bool const known = std::find(configuration_keys.begin(), configuration_keys.end(),
                                   fixed.key) != configuration_keys.end();
      if (other && !known) {
        throw UserError(
            fmt::format("--fix {}={}: cannot be fixed (allowed: the law's keys, pulses, "
                        "g_min, g_max, {})",
                        fixed.key, fixed.value, fmt::join(configuration_keys, ", ")));
      }
      if (!is_measurement(fixed.key)) sets.push_back("device." + fixed.key + "=" + fixed.value);
    }
    start_.device.device = parse_run_configuration("", "fit", sets).device;
    if (counts_pulses(start_.device.device.law)) {
      throw UserError(fmt::format(
          "law '{}': not fitted, its changes depend on a hidden state that a pulse train "
          "does not show",
          request_.law));
    }
    start_.fit_slope = !is_fixed("spread.slope");
    start_.fit_bend = !is_fixed("spread.nonlinearity");
    start_.fit_window_spread = !is_fixed("spread.window");
    choose_noise_kinds();
  }

  void choose_noise_kinds() {
    start_.noise_kinds.assign(fitted_noise_kinds.begin(), fitted_noise_kinds.end());
    if (!is_fixed("write_noise.kind")) return;
    WriteNoiseKind const kind = start_.device.device.write_noise.kind;
    std::vector<std::string> names;
    for (WriteNoiseKind const one : fitted_noise_kinds) names.emplace_back(enum_name(one));
    if (!contains(names, std::string(enum_name(kind)))) {
      throw UserError(fmt::format("--fix write_noise.kind={}: cannot be fitted (allowed: {})",
                                  enum_name(kind), join_words(names)));
    }
    start_.noise_kinds = {kind};
  }

  /// `pulses` is a key of the physical laws, too.
  bool is_measurement(std::string const& key) const {
    return key == "g_min" || key == "g_max" || (key == "pulses" && takes_requests_law());
  }
  bool takes_requests_law() const {
    DeviceConfig const defaults =
        parse_run_configuration("", "fit", {"device.law=" + request_.law}).device;
    return takes_requests(defaults);
  }

  void set_measurement() {
    MeasuredDevice& device = start_.device;
    device.g_min = data_.g_min.value;
    device.g_max = data_.g_max.value;
    device.pulses = std::max(1.0, device.window() / mean_size());
    for (Assignment const& fixed : fixed_) {
      if (!is_measurement(fixed.key)) continue;
      double value = 0.0;
      char const* const last = fixed.value.data() + fixed.value.size();
      auto const [end, error] = std::from_chars(fixed.value.data(), last, value);
      if (error != std::errc() || end != last || !std::isfinite(value)) {
        throw UserError(
            fmt::format("--fix {}={}: '{}' is not a number", fixed.key, fixed.value, fixed.value));
      }
      if (fixed.key == "pulses" && value < 1.0) {
        throw UserError(fmt::format("--fix pulses={}: must be at least 1", fixed.value));
      }
      set_number(device, fixed.key, fixed.key == "pulses" ? value : value * data_.unit_size);
    }
    if (!(device.g_min < device.g_max)) {
      throw UserError("--fix: g_min must lie below g_max");
    }
    if (data_.in_siemens && !is_fixed("on_off_ratio") && device.g_min > 0.0) {
      device.device.on_off_ratio = std::clamp(device.g_max / device.g_min, 1.01, 1e9);
    }
  }

  double mean_size() const {
    double sum = 0.0;
    for (MeasuredPulse const& pulse : data_.pulses) sum += pulse.change * sign_of(pulse);
    double const mean = sum / static_cast<double>(data_.pulses.size());
    if (mean > 0.0) return mean;
    throw UserError(fmt::format(
        "{}: pulses up lower the conductance, or pulses down raise it, on average: are polarities "
        "swapped?",
        data_.source));
  }
  static double sign_of(MeasuredPulse const& pulse) {
    return pulse.direction == Direction::up ? 1.0 : -1.0;
  }

  void choose_free() {
    std::vector<std::string> const known = keys_of(fit_numbers(start_.device));
    for (std::string const& key : declared_numbers(start_.device)) {
      bool const of_list = key.find('[') != std::string::npos;
      bool const window = key == "g_min" || key == "g_max";
      if (is_fixed(of_list ? key.substr(0, key.find('[')) : key)) continue;
      if (window && data_.g_min.error == 0.0) continue;  // given
      start_.free.push_back(key);
    }
    for (std::string const& key : request_.free) {
      if (!contains(known, key)) {
        throw UserError(fmt::format("--free {}: no number of the law '{}'{} (allowed: {})", key,
                                    request_.law, did_you_mean(key, known), join_words(known)));
      }
      if (is_fixed(key)) throw UserError(fmt::format("{}: given to --free and --fix", key));
      if (!contains(start_.free, key)) start_.free.push_back(key);
      if (std::isnan(number_of(start_.device, key))) set_number(start_.device, key, first_of(key));
    }
    if (start_.free.empty()) {
      throw UserError(fmt::format("law '{}': nothing to fit (numbers that --free may name: {})",
                                  request_.law, join_words(known)));
    }
  }

  double first_of(std::string const& key) const {
    for (FitNumber const& number : fit_numbers(start_.device)) {
      if (number.key == key) return std::clamp(1.0, number.lowest, number.highest);
    }
    return 1.0;
  }

  /// Gives the law's steps the size of the measured ones, through the number that is their size.
  void scale() {
    MeasuredDevice& device = start_.device;
    std::vector<TraitFactors> const factors(data_.devices, TraitFactors{1.0, 1.0, 1.0, 1.0});
    std::vector<FitNumber> const numbers = fit_numbers(device);
    for (FitNumber const& number : numbers) {
      if (number.key == "p_max" && !is_fixed("p_max")) set_number(device, "p_max", device.pulses);
      if (number.key == "alpha" && !is_fixed("alpha") && contains(keys_of(numbers), "p_max")) {
        set_number(device, "alpha", 1.0 / device.pulses);
      }
    }
    for (FitNumber const& number : numbers) {
      bool const size = number.key == "dw_min" || number.key == "k_on" || number.key == "k_off";
      if (!size || is_fixed(number.key)) continue;
      for (int pass = 0; pass < 3; ++pass) {
        double const wanted = ratio(device, factors, number.key) * number_of(device, number.key);
        set_number(device, number.key, std::clamp(wanted, number.lowest, number.highest));
      }
    }
  }

  double ratio(MeasuredDevice const& device, std::vector<TraitFactors> const& factors,
               std::string const& key) const {
    std::vector<double> const predicted =
        predicted_changes(device, data_.pulses, {factors, data_.ends});
    double measured = 0.0, sum = 0.0;
    for (std::size_t i = 0; i < predicted.size(); ++i) {
      bool const up = data_.pulses[i].direction == Direction::up;
      if ((key == "k_on" && !up) || (key == "k_off" && up)) continue;
      measured += data_.pulses[i].change;
      sum += predicted[i];
      if (key == "dw_min" && !up)
        measured -= 2.0 * data_.pulses[i].change, sum -= 2.0 * predicted[i];
    }
    double const found = sum != 0.0 ? measured / sum : 1.0;
    return std::isfinite(found) && found > 0.0 ? std::clamp(found, 1e-6, 1e6) : 1.0;
  }

  FitData const& data_;
  FitRequest const& request_;
  FitStart start_;
  std::vector<Assignment> fixed_;
};

}  // namespace

FitStart fit_start(FitData const& data, FitRequest const& request) {
  return Start(data, request).made();
}

}  // namespace panther
