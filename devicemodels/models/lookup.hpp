// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Look-up tables: a pulse's change is drawn from measured ones, by the conductance before it and a
// random probability, for each direction (CrossSim's numeric devices: the "jump table" of
// Agarwal et al., IJCNN 2016, and its "multi-LUT", a measured table for each device).
//
// With mu(G) a table's mean over probabilities, mu_mean the mean of mu over the window that the
// device uses, and s = requested change / mu_mean the number of pulses asked for:
//   change = s mu(G) + sqrt(s) (table(u, G) - mu(G)),   u uniform in (0, 1)
// The window is a part of the conductances that the table covers (CrossSim's Gmin_rel, Gmax_rel).
// With `pulses`, P of them for the whole window, s = P times the requested part of the window: a
// table of another law moves as that law does.
// `nonlinearity` off is a write calibrated at each G, s = requested change / mu(G) (mu_mean where
// mu(G) has the wrong sign); `noise` off leaves out the second term. With several tables each
// device follows one for good, all equally likely.
//
// A table is resampled once: 128 conductances (the value at a cell's middle, linear between the
// file's) and 128 probabilities (means over a cell, which keep mu to the bit of a double), so that
// a direction takes 66 KB; a move looks up the nearest cell, as CrossSim does on uniform grids.
// Deviations: CrossSim keeps the file's grid, and clips at the ends of the table where here a
// device stays within its window (widen the window instead). Several pulses are one draw scaled by
// sqrt(s), CrossSim's too: their mean and variance are those of single pulses at the same G, and
// steps do not compose where mu changes on the way. Slope scales the request; a bend changes
// nothing; a spread window takes away its ends.

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "devicemodels/core/example_table.hpp"
#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/law.hpp"
#include "devicemodels/core/window.hpp"

namespace panther {

struct Lookup {
  struct Params {
    static constexpr std::string_view name = "lookup";
    static constexpr std::string_view doc =
        "changes drawn from tables of measured ones, one table or one a device";
    std::string file = std::string(example_table_name);
    int tables = 1;
    std::optional<double> pulses;
    double window_min = 0.1;
    double window_max = 0.9;
    bool nonlinearity = true;
    bool noise = true;

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      visit("file", self.file,
            Field{.doc = "table file, as device tabulate and device import write it; a relative "
                         "path starts at the working folder; or builtin:exponential"});
      visit("tables", self.tables,
            Field{.unit = "tables",
                  .doc = "of the file, the first ones, among which devices are divided",
                  .lo = 1,
                  .hi = most_lookup_tables});
      visit("pulses", self.pulses,
            Field{.unit = "pulses",
                  .doc = "for the whole window; off: as many as the mean change calls for",
                  .lo = 1,
                  .hi = 1e6});
      visit("window_min", self.window_min,
            Field{.unit = "table",
                  .doc = "lowest conductance used, as a part of the table's range",
                  .lo = 0,
                  .hi = 1});
      visit("window_max", self.window_max,
            Field{.unit = "table", .doc = "highest conductance used", .lo = 0, .hi = 1});
      visit("nonlinearity", self.nonlinearity,
            Field{.doc = "mean changes depend on the conductance"});
      visit("noise", self.noise, Field{.doc = "changes are drawn; false: their mean"});
    }

    bool operator==(Params const&) const = default;
  };

  static constexpr bool draws = true;
  static constexpr int columns = 128;  // cells of conductance
  static constexpr int rows = 128;     // cells of probability
  static constexpr int block = (1 + rows) * columns;

  struct Constants {
    float const* table;     // [device][up, down][mean, then deviation by probability][conductance]
    float request;          // part of the window that a step asks for
    float columns_in_code;  // cells of conductance
    float range;            // codes of the window
  };

  static Constants prepare(Params const& params, int cell_bits) {
    if (!(params.window_min < params.window_max)) {
      throw std::invalid_argument(
          "window_max = " + std::to_string(params.window_max) +
          " (must be above window_min = " + std::to_string(params.window_min) + ")");
    }
    if (params.pulses && !params.nonlinearity) {
      throw std::invalid_argument("pulses = " + std::to_string(*params.pulses) +
                                  " with nonlinearity = false (must be \"off\": a calibrated write "
                                  "takes as many as it needs)");
    }
    auto const range = static_cast<float>(window_range(cell_bits));
    return {nullptr, 1.0F / static_cast<float>(levels_in_window(cell_bits)),
            static_cast<float>(columns) / range, range};
  }

  static int tables(Params const& params) { return params.tables; }

  static std::vector<float> table(Params const& params) {
    return table(params, params.file == example_table_name ? example_table()
                                                           : read_lookup_table(params.file));
  }

  /// The same with the file's content at hand.
  static std::vector<float> table(Params const& params, LookupTable const& source) {
    if (params.tables > static_cast<int>(source.devices.size())) {
      throw std::invalid_argument("tables = " + std::to_string(params.tables) + " (file \"" +
                                  params.file + "\" has " + std::to_string(source.devices.size()) +
                                  ")");
    }
    std::vector<float> numbers;
    for (int device = 0; device < params.tables; ++device) {
      LookupTable::Device const& own = source.devices[static_cast<std::size_t>(device)];
      append(numbers, params, source, own.set, device, Direction::up);
      append(numbers, params, source, own.reset, device, Direction::down);
    }
    return numbers;
  }

  PANTHER_HD static std::int32_t mean_place(Constants const& k, Traits const& traits,
                                            float position, Direction direction) {
    auto const cell = static_cast<std::int32_t>(position * k.columns_in_code);
    std::int32_t const column = clamped(cell, 0, columns - 1);
    return (2 * traits.table + chosen(direction == Direction::up, 0, 1)) * block + column;
  }

  PANTHER_HD static TablePlaces places(Constants const& k, Traits const& traits, float position,
                                       Direction direction, float uniform) {
    std::int32_t const mean = mean_place(k, traits, position, direction);
    auto const row = static_cast<std::int32_t>(uniform * static_cast<float>(rows));
    return {mean, mean + (1 + row) * columns};
  }

  /// The part of the window that steps ask for.
  PANTHER_HD static float requested(Constants const& k, Traits const& traits, float steps,
                                    Direction direction) {
    bool const up = direction == Direction::up;
    return (steps * k.request) * chosen(up, traits.slope_up, traits.slope_down);
  }

  /// The first number is the mean change, the second one its deviation.
  PANTHER_HD static float moved_with(Constants const& k, Traits const& traits, float steps,
                                     Direction direction, float mean, float deviation) {
    float const request = requested(k, traits, steps, direction);
    return k.range * fused(request, mean, root(request) * deviation);
  }

  PANTHER_HD static float moved(Constants const& k, Traits const& traits, float position,
                                float steps, Direction direction, float uniform) {
    TablePlaces const at = places(k, traits, position, direction, uniform);
    return moved_with(k, traits, steps, direction, k.table[at.first], k.table[at.second]);
  }

  PANTHER_HD static float expected(Constants const& k, Traits const& traits, float position,
                                   float steps, Direction direction) {
    float const mean = k.table[mean_place(k, traits, position, direction)];
    return k.range * (requested(k, traits, steps, direction) * mean);
  }

 private:
  /// Changes at a cell's middle, [probability of the file], in parts of the window.
  static std::vector<double> changes_at(Params const& params, LookupTable const& source,
                                        std::vector<double> const& changes, int column) {
    double const width = params.window_max - params.window_min;
    double const part = params.window_min + width * (column + 0.5) / columns;
    double const at = part * (source.conductances - 1);
    auto const left = std::min(static_cast<int>(at), source.conductances - 2);
    double const between = at - left;
    std::vector<double> found;
    for (int level = 0; level < source.levels; ++level) {
      auto const first = static_cast<std::size_t>(level * source.conductances + left);
      found.push_back(((1.0 - between) * changes[first] + between * changes[first + 1]) /
                      ((source.last - source.first) * width));
    }
    return found;
  }

  /// Mean of the file's changes over a cell of probability.
  static double mean_over(std::vector<double> const& changes, int row) {
    auto const levels = static_cast<double>(changes.size());
    double const low = row * levels / rows;
    double const high = (row + 1) * levels / rows;
    double sum = 0.0;
    for (auto i = static_cast<std::size_t>(low); i < changes.size(); ++i) {
      double const from = std::max(low, static_cast<double>(i));
      double const to = std::min(high, static_cast<double>(i) + 1.0);
      if (to <= from) break;
      sum += (to - from) * changes[i];
    }
    return sum / (high - low);
  }

  /// One direction of one device: means times the pulses for a window, deviations times their
  /// root.
  static void append(std::vector<float>& numbers, Params const& params, LookupTable const& source,
                     std::vector<double> const& changes, int device, Direction direction) {
    std::vector<double> mean(columns, 0.0);
    std::vector<double> cells(static_cast<std::size_t>(rows) * columns);
    double total = 0.0;
    for (std::size_t c = 0; c < columns; ++c) {
      auto const found = changes_at(params, source, changes, static_cast<int>(c));
      for (int row = 0; row < rows; ++row) {
        double const cell = mean_over(found, row);
        cells[static_cast<std::size_t>(row) * columns + c] = cell;
        mean[c] += cell / rows;
      }
      total += mean[c] / columns;
    }
    bool const up = direction == Direction::up;
    double const pulse = up ? total : -total;
    if (!(pulse > 0.0)) {
      throw std::invalid_argument("file \"" + params.file + "\": mean change of " +
                                  (up ? "set " : "reset ") + std::to_string(device) +
                                  " over the window = " + std::to_string(total) + " windows (" +
                                  (up ? "must be positive)" : "must be negative)"));
    }
    float const sign = up ? 1.0F : -1.0F;
    double const pulses = params.pulses.value_or(1.0 / pulse);
    for (double const value : mean) {
      numbers.push_back(params.nonlinearity ? static_cast<float>(value * pulses) : sign);
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      double const own = up ? mean[i % columns] : -mean[i % columns];
      double const taken = params.nonlinearity || own <= 0.0 ? pulses : 1.0 / own;
      double const off = (cells[i] - mean[i % columns]) * std::sqrt(taken);
      numbers.push_back(params.noise ? static_cast<float>(off) : 0.0F);
    }
  }
};

}  // namespace panther
