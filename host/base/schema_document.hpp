// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace panther {

/// The layout of result files as Markdown, printed from the described structs that write them. The
/// committed copy host/base/RESULT_SCHEMA.md is compared with it by a test.
std::string result_schema_markdown();

}  // namespace panther
