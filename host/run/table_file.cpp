// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/table_file.hpp"

#include <fmt/format.h>

#include <string_view>
#include <variant>

#include "host/base/digest.hpp"
#include "host/base/errors.hpp"
#include "host/base/provenance.hpp"
#include "host/base/result_file.hpp"

namespace panther {

std::optional<DatasetSource> table_file_of(DeviceConfig const& device) {
  auto const* const lookup = std::get_if<Lookup::Params>(&device.law);
  if (lookup == nullptr || lookup->file == example_table_name) return std::nullopt;
  return DatasetSource{.path = lookup->file, .sha256 = sha256_of_file(lookup->file)};
}

std::string checksum_line(DatasetSource const& source) {
  return source.sha256 + "  " + source.path;
}

void require_same_table(std::filesystem::path const& result,
                        std::optional<DatasetSource> const& table) {
  if (!table) return;
  constexpr std::string_view remedy = "choose another --output, or --overwrite it";
  for (std::string const& line : ResultReader(result).record<Provenance>().dataset_checksums) {
    if (line == checksum_line(*table)) return;
    if (line.ends_with("  " + table->path)) {
      throw UserError(fmt::format(
          "{}: belongs to other look-up tables: device.file = \"{}\" had SHA-256 {}, now it has "
          "{}; restore the file, {}",
          result.string(), table->path, line.substr(0, line.find(' ')), table->sha256, remedy));
    }
  }
  throw UserError(fmt::format(
      "{}: does not tell which look-up tables it was made with, now device.file = \"{}\" has "
      "SHA-256 {}; {}",
      result.string(), table->path, table->sha256, remedy));
}

}  // namespace panther
