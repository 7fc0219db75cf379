// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The device presets as a page: a row each with law, parameters, figures, source and curve. The
// committed copy in host/presets is compared with it by a test.

#include <string>
#include <vector>

#include "host/base/presets.hpp"
#include "host/tools/characterization.hpp"
#include "host/tools/device_lifetime.hpp"

namespace panther {

std::vector<Preset> device_presets();

/// The first comment line of a preset: what it is and where its figures come from.
std::string headline(Preset const& preset);

struct GalleryFile {
  std::string path;  // below the gallery's folder
  std::string text;
};

/// DEVICES.md and curves/<preset>.svg.
std::vector<GalleryFile> device_gallery();

/// Trains up and down, mean with its standard deviation, as a small SVG.
std::string curve_svg(std::string const& title, Characterization const& found);

/// Programmed levels in the course of time, median and 16 to 84 %.
std::string retention_svg(std::string const& title, std::vector<RetentionRow> const& rows);

}  // namespace panther
