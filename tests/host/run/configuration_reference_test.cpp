// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// host/run/CONFIGURATION.toml is what `panther config --print-defaults` prints.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "host/base/config_printer.hpp"
#include "host/base/text_file.hpp"
#include "host/run/session.hpp"

namespace panther {
namespace {

constexpr char const* banner =
    "# SPDX-FileCopyrightText: The panther authors\n"
    "# SPDX-License-Identifier: Apache-2.0\n"
    "# Every key of a training run with its default; printed by panther config --print-defaults.\n";

TEST(ConfigurationReference, TheCommittedCopyIsFresh) {
  std::string const printed = banner + print_config(RunConfig{}, ConfigStyle::commented);
  if (char const* const rewrite = std::getenv("PANTHER_UPDATE_GENERATED")) {
    std::ofstream(rewrite) << printed;
  }
  EXPECT_EQ(read_text_file(PANTHER_SOURCE_DIR "/host/run/CONFIGURATION.toml"), printed)
      << "run this test once with PANTHER_UPDATE_GENERATED=host/run/CONFIGURATION.toml";
}

TEST(ConfigurationReference, ReadsBackToTheDefaults) {
  std::string const printed = print_config(RunConfig{}, ConfigStyle::commented);
  EXPECT_EQ(print_config(parse_run_configuration(printed, "defaults")), print_config(RunConfig{}));
}

}  // namespace
}  // namespace panther
