// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Hand-written SVG: a curve is two polylines, and text that is the same on every machine can be
// checked fresh.

#include <fmt/format.h>

#include <algorithm>

#include "host/tools/device_gallery.hpp"

namespace panther {

namespace {

// Pixels: the frame of the plot within the picture, room for labels left and below.
constexpr double left = 28.0;
constexpr double right = 214.0;
constexpr double top = 20.0;
constexpr double bottom = 124.0;

double across(std::size_t pulse, std::size_t pulses) {
  return left + (right - left) * static_cast<double>(pulse) / static_cast<double>(pulses);
}
double above(double conductance) {
  return bottom - (bottom - top) * std::clamp(conductance, 0.0, 1.0);
}

/// Corners at every other pulse: finer than a pixel and a half.
std::string points(TrainCurve const& curve, double deviations, bool backward) {
  std::size_t const pulses = curve.conductance.size() - 1;
  std::string text;
  for (std::size_t i = 0; i <= pulses; i += 2) {
    std::size_t const pulse = backward ? pulses - i : i;
    MeanAndStd const& point = curve.conductance[pulse];
    text += fmt::format("{:.1f},{:.1f} ", across(pulse, pulses),
                        above(point.mean + deviations * point.std));
  }
  text.pop_back();
  return text;
}

std::string side(TrainCurve const& curve, char const* color, char const* dashes) {
  return fmt::format("<polygon points=\"{} {}\" fill=\"{}\" fill-opacity=\"0.18\"/>\n",
                     points(curve, 1.0, false), points(curve, -1.0, true), color) +
         fmt::format(
             "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.8\"{}/>\n",
             points(curve, 0.0, false), color, dashes);
}

std::string label(double x, double y, char const* anchor, std::string const& text) {
  return fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     text);
}

}  // namespace

std::string curve_svg(std::string const& title, Characterization const& found) {
  std::size_t const pulses = found.up.conductance.size() - 1;
  std::string text =
      "<!-- SPDX-FileCopyrightText: The panther authors -->\n"
      "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"224\" height=\"148\" "
      "font-family=\"sans-serif\" font-size=\"9\" fill=\"#444\">\n"
      "<rect width=\"224\" height=\"148\" fill=\"white\"/>\n";
  text += fmt::format(
      "<text x=\"{:.0f}\" y=\"13\" font-size=\"11\" font-weight=\"bold\">{}</text>\n", left, title);
  for (double const level : {0.0, 0.5, 1.0}) {
    text += fmt::format(
        "<line x1=\"{0:.0f}\" x2=\"{1:.0f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#ddd\"/>\n",
        left, right, above(level));
    text += label(left - 4.0, above(level) + 3.0, "end", fmt::format("{:g}", level));
  }
  text += side(found.up, "#1b3a5b", "");
  text += side(found.down, "#c8553d", " stroke-dasharray=\"5 3\"");
  text += label(left, bottom + 12.0, "middle", "0");
  text += label(right, bottom + 12.0, "end", fmt::format("{}", pulses));
  text += label(0.5 * (left + right), bottom + 20.0, "middle", "pulse");
  return text + "</svg>\n";
}

}  // namespace panther
