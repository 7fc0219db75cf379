// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Generated text is what the code would write today.

#include <gtest/gtest.h>

#include "host/base/text_file.hpp"
#include "host/isa/reference_page.hpp"

namespace panther::machine::test {
namespace {

TEST(Fresh, InstructionReference) {
  EXPECT_EQ(read_text_file(PANTHER_SOURCE_DIR "/host/isa/REFERENCE.md"), instruction_reference())
      << "write it with: panther asm --reference > host/isa/REFERENCE.md";
}

}  // namespace
}  // namespace panther::machine::test
