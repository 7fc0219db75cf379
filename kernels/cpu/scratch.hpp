// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace panther {

/// Memory of the calling thread for the length of one kernel call: at least `bytes`, 64-byte
/// aligned, contents undefined. Grows as needed and is kept, so that steady calls allocate nothing.
/// One user at a time: the next call returns the same memory. Throws std::bad_alloc.
unsigned char* thread_scratch(std::size_t bytes);

}  // namespace panther
