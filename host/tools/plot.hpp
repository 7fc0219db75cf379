// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Pictures of results. The drawing is a Python script (h5py, matplotlib) that reads only the HDF5
// file and is part of the program.

#include <filesystem>
#include <string_view>

namespace panther {

/// The text of plot_run.py.
std::string_view plot_script();

/// Draws a result as a PNG. Throws UserError if Python, h5py or matplotlib are missing, or drawing
/// fails; the message says how to get them.
void plot_result(std::filesystem::path const& result, std::filesystem::path const& picture);

}  // namespace panther
