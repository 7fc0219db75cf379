// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Shared by hdf5_object.cpp and hdf5_text.cpp only.

#include <string_view>

#include "host/base/hdf5_handle.hpp"

namespace panther::hdf5::internal {

/// Links whose missing parent groups are created.
PropertyHandle creation_of_links(Where const& where);
/// A new dataset at where.object.
hid_t create(File& file, Where const& where, hid_t type, hid_t space, hid_t creation);
void remove_if_present(File& file, std::string_view path);

}  // namespace panther::hdf5::internal
