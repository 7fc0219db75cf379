// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// host/presets/DEVICES.md and its curves are what `panther device gallery` writes.

#include "host/tools/device_gallery.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "host/base/text_file.hpp"

namespace panther {
namespace {

TEST(DeviceGallery, TheCommittedCopyIsFresh) {
  std::filesystem::path const folder = PANTHER_SOURCE_DIR "/host/presets";
  std::size_t curves = 0;
  for (GalleryFile const& file : device_gallery()) {
    EXPECT_EQ(read_text_file(folder / file.path), file.text)
        << "write it anew: panther device gallery -o host/presets";
    EXPECT_LT(file.text.size(), 64U << 10U);
    curves += file.path.ends_with(".svg") ? 1U : 0U;
  }
  EXPECT_EQ(curves, device_presets().size());
  auto const stored = std::filesystem::directory_iterator(folder / "curves");
  EXPECT_EQ(static_cast<std::size_t>(std::distance(begin(stored), end(stored))), curves)
      << "a curve without a preset";
}

}  // namespace
}  // namespace panther
