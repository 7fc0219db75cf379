// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/schema_document.hpp"

#include "tests/host/base/result_test_support.hpp"

namespace panther {
namespace {

TEST(SchemaDocument, TheCommittedCopyIsFresh) {
  std::string const printed = result_schema_markdown();
  if (char const* const rewrite = std::getenv("PANTHER_UPDATE_GENERATED")) {
    std::ofstream(rewrite) << printed;
  }
  EXPECT_EQ(content_of(PANTHER_SOURCE_DIR "/host/base/RESULT_SCHEMA.md"), printed)
      << "run this test once with PANTHER_UPDATE_GENERATED=host/base/RESULT_SCHEMA.md";
}

TEST(SchemaDocument, HasEveryPart) {
  std::string const printed = result_schema_markdown();
  for (std::string_view part :
       {"## `/config`", "## `/provenance`", "## `/metrics/epoch`", "## `/metrics/batch`",
        "| saturated_slices | uint64 | epoch, slice |", "| slice_codes |",
        "train_wall_s | float64 | epoch | s | ≥ 0 | time spent training (not part of the "
        "digest)"}) {
    EXPECT_NE(printed.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace panther
