// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "host/base/text_file.hpp"
#include "host/tools/device_commands.hpp"
#include "host/tools/device_gallery.hpp"

namespace panther {

void add_device_gallery(CommandLine& device) {
  auto const folder = std::make_shared<std::string>("device-gallery");
  CommandLine& gallery = device.command("gallery", "a page of all presets with their curves");
  gallery.option("-o,--output", *folder, "folder for DEVICES.md and curves/, made if missing");
  gallery.examples("  panther device gallery\n  panther device gallery -o host/presets");
  gallery.runs([folder] {
    std::filesystem::path const root(*folder);
    std::filesystem::create_directories(root / "curves");
    for (GalleryFile const& file : device_gallery()) {
      write_file_atomically((root / file.path).string(), file.text);
    }
    fmt::print("{}\n", (root / "DEVICES.md").string());
    return 0;
  });
}

}  // namespace panther
