// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/tools/device_gallery.hpp"
#include "host/tools/svg_plot.hpp"

namespace panther {

namespace {

/// At every other pulse: finer than a pixel and a half.
std::vector<PlotPoint> points(TrainCurve const& curve) {
  std::size_t const pulses = curve.conductance.size() - 1;
  std::vector<PlotPoint> found;
  for (std::size_t pulse = 0; pulse <= pulses; pulse += 2) {
    auto const [mean, std] = curve.conductance[pulse];
    found.push_back(
        {static_cast<double>(pulse) / static_cast<double>(pulses), mean - std, mean, mean + std});
  }
  return found;
}

/// "20 s", "11.6 d"
std::string time_text(double seconds) {
  constexpr double day = 86400.0;
  return seconds < day ? fmt::format("{:.3g} s", seconds) : fmt::format("{:.3g} d", seconds / day);
}

}  // namespace

std::string curve_svg(std::string const& title, Characterization const& found) {
  SvgPlot plot(title);
  plot.draw(points(found.up), "#1b3a5b");
  plot.draw(points(found.down), "#c8553d", " stroke-dasharray=\"5 3\"");
  plot.label_axis("0", fmt::format("{}", found.up.conductance.size() - 1), "pulse");
  return plot.text();
}

std::string retention_svg(std::string const& title, std::vector<RetentionRow> const& rows) {
  SvgPlot plot(title);
  double const last = rows.back().time_s;
  double first = last;
  for (RetentionRow const& row : rows) {
    if (row.time_s > 0.0) first = std::min(first, row.time_s);
  }
  constexpr char const* colors[] = {"#1b3a5b", "#5c7a3a", "#c8553d"};
  std::size_t color = 0;
  for (double const start : retention_starts) {
    std::vector<PlotPoint> points;
    for (RetentionRow const& row : rows) {
      if (row.start != start || (row.time_s == 0.0 && last > 0.0)) continue;
      double const across =
          last > 0.0 ? std::log(row.time_s / first) / std::log(last / first) : 0.0;
      points.push_back({across, row.low, row.median, row.high});
    }
    if (points.size() == 1)
      points.push_back({1.0, points[0].low, points[0].middle, points[0].high});
    plot.draw(points, colors[color++]);
  }
  if (last > 0.0) {
    plot.label_axis(time_text(first), time_text(last), "time since programming");
  } else {
    plot.label_axis("", "", "as programmed");
  }
  return plot.text();
}

}  // namespace panther
