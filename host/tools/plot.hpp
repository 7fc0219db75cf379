// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Pictures of results. The drawings are Python scripts (h5py, matplotlib) that read only the HDF5
// file and are part of the program.

#include <filesystem>
#include <string_view>

namespace panther {

/// The texts of plot_run.py, plot_device.py and plot_fit.py.
std::string_view plot_script();
std::string_view plot_device_script();
std::string_view plot_fit_script();

/// Draws a training run as a PNG. Throws UserError if Python, h5py or matplotlib are missing, or
/// drawing fails; the message says how to get them.
void plot_result(std::filesystem::path const& result, std::filesystem::path const& picture);

/// The same of a characterized device and of a fit; the picture's ending chooses PNG, SVG or PDF.
void plot_device(std::filesystem::path const& result, std::filesystem::path const& picture);
void plot_fit(std::filesystem::path const& result, std::filesystem::path const& picture);

}  // namespace panther
