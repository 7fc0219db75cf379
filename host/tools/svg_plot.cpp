// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/svg_plot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace panther {

namespace {

// Pixels: the frame of the plot within the picture, room for labels left and below.
constexpr double left = 28.0;
constexpr double right = 214.0;
constexpr double top = 20.0;
constexpr double bottom = 124.0;

double above(double conductance) {
  return bottom - (bottom - top) * std::clamp(conductance, 0.0, 1.0);
}

std::string corner(double across, double conductance) {
  return fmt::format("{:.1f},{:.1f}", left + (right - left) * across, above(conductance));
}

std::string label(double x, double y, char const* anchor, std::string const& text) {
  return fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     text);
}

}  // namespace

SvgPlot::SvgPlot(std::string const& title)
    : text_(
          "<!-- SPDX-FileCopyrightText: The panther authors -->\n"
          "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"224\" height=\"148\" "
          "font-family=\"sans-serif\" font-size=\"9\" fill=\"#444\">\n"
          "<rect width=\"224\" height=\"148\" fill=\"white\"/>\n") {
  text_ += fmt::format(
      "<text x=\"{:.0f}\" y=\"13\" font-size=\"11\" font-weight=\"bold\">{}</text>\n", left, title);
  for (double const level : {0.0, 0.5, 1.0}) {
    text_ += fmt::format(
        "<line x1=\"{0:.0f}\" x2=\"{1:.0f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#ddd\"/>\n",
        left, right, above(level));
    text_ += label(left - 4.0, above(level) + 3.0, "end", fmt::format("{:g}", level));
  }
}

void SvgPlot::draw(std::vector<PlotPoint> const& points, char const* color, char const* dashes) {
  std::vector<std::string> band;
  std::vector<std::string> line;
  for (PlotPoint const& point : points) {
    band.push_back(corner(point.across, point.high));
    line.push_back(corner(point.across, point.middle));
  }
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    band.push_back(corner(point->across, point->low));
  }
  text_ += fmt::format("<polygon points=\"{}\" fill=\"{}\" fill-opacity=\"0.18\"/>\n",
                       fmt::join(band, " "), color);
  text_ +=
      fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.8\"{}/>\n",
                  fmt::join(line, " "), color, dashes);
}

void SvgPlot::label_axis(std::string const& first, std::string const& last,
                         std::string const& what) {
  if (!first.empty()) text_ += label(left, bottom + 12.0, "middle", first);
  if (!last.empty()) text_ += label(right, bottom + 12.0, "end", last);
  text_ += label(0.5 * (left + right), bottom + 20.0, "middle", what);
}

}  // namespace panther
