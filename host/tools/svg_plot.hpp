// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Small pictures of conductances, 0 to 1, as hand-written SVG: a curve is a polyline in a band, and
// text that is the same on every machine can be checked fresh.

#include <string>
#include <vector>

namespace panther {

/// A curve within a band, from left to right.
struct PlotPoint {
  double across;  // 0 to 1
  double low;
  double middle;
  double high;
};

class SvgPlot {
 public:
  /// The frame, with lines at 0, 0.5 and 1.
  explicit SvgPlot(std::string const& title);

  void draw(std::vector<PlotPoint> const& points, char const* color, char const* dashes = "");
  /// Labels of the ends of the axis, if not empty, and what it is.
  void label_axis(std::string const& first, std::string const& last, std::string const& what);

  std::string text() const { return text_ + "</svg>\n"; }

 private:
  std::string text_;
};

}  // namespace panther
