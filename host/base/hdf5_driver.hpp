// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The file driver below HDF5. HDF5 1.10.8 crashes (SIGSEGV in H5Fclose and at exit) when a write
// fails while it cleans up after a write that failed, e.g. on a full disk. So this driver never
// tells HDF5: at the first failure it stops writing to the file, keeps what HDF5 writes afterwards
// in memory so that HDF5 reads back what it wrote, and notes the reason, which hdf5::File throws
// after the flush or close. The file is then what it would be had the process been killed at that
// moment; with SWMR that is a file that reads up to its last flush. The driver takes no locks: the
// writers of this program exclude each other by panther::FileLock, and HDF5's own marks in the file
// stay in force.
//
// It also makes writes whole: see redo_record.hpp. Readers see a write that is recorded as if it
// had ended, whether its writer is at it or died in it.

#include <hdf5.h>

#include <memory>
#include <optional>
#include <string>

#include "host/base/redo_record.hpp"

namespace panther::hdf5 {

/// What the driver and the file that it serves share.
struct DriverState {
  /// The system's reason for a write that failed; empty while all is well.
  std::string reason;
  /// Where writes that a kill may tear are recorded first; none: nowhere.
  std::optional<RedoRecord> redo;
};

/// Makes the file access properties use the driver. `state` must live until the file has been
/// opened. Returns a negative number if HDF5 refuses.
herr_t use_driver(hid_t file_access, std::shared_ptr<DriverState> const& state);

}  // namespace panther::hdf5
