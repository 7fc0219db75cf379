// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/run_target.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <string_view>

#include "host/base/config_printer.hpp"
#include "host/base/errors.hpp"
#include "host/base/result_file.hpp"
#include "host/base/text_difference.hpp"
#include "host/run/run_checkpoint.hpp"

namespace panther {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

bool is_hdf5(fs::path const& path) {
  std::ifstream file(path, std::ios::binary);
  std::string start(hdf5_signature.size(), '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  return start == hdf5_signature;
}

void require_folder(fs::path const& result) {
  if (fs::is_directory(result) || result.filename().empty()) {
    throw UserError(
        fmt::format("{}: is a folder; --output needs the name of a file", result.string()));
  }
  fs::path const folder = result.has_parent_path() ? result.parent_path() : ".";
  if (!fs::is_directory(folder)) {
    throw UserError(fmt::format("{}: there is no folder '{}'; make it, or choose another --output",
                                result.string(), folder.string()));
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    throw UserError(
        fmt::format("{}: no permission to write into folder '{}'; choose another "
                    "--output",
                    result.string(), fs::absolute(folder).lexically_normal().string()));
  }
}

}  // namespace

fs::path result_of(fs::path const& file) {
  auto const is_mark = [](fs::path const& part) {
    return part == ".running" || part == ".checkpoint";
  };
  if (is_mark(file.extension())) return fs::path(file).replace_extension();
  fs::path const stem = file.stem();
  if (!is_mark(stem.extension())) return file;
  return file.parent_path() / fs::path(stem.stem()).concat(file.extension().string());
}

fs::path require_result(fs::path const& file) {
  fs::path const result = result_of(file);
  bool const names_unfinished = file != result && fs::exists(running_path(result));
  auto const found = names_unfinished ? running_path(result) : find_result(result);
  if (!found) {
    throw UserError(
        fmt::format("{}: no such result, and no unfinished run of that name", file.string()));
  }
  if (fs::is_directory(*found)) {
    throw UserError(fmt::format("{}: is a folder, not a result file", found->string()));
  }
  if (!is_hdf5(*found)) {
    throw UserError(fmt::format("{}: is no HDF5 file; the result of a panther train is wanted",
                                found->string()));
  }
  return *found;
}

bool is_complete(fs::path const& result) {
  return fs::exists(result) && !fs::exists(running_path(result));
}

void require_target(fs::path const& result, OnExisting on_existing, bool resume) {
  require_folder(result);
  fs::path const running = running_path(result);
  fs::path const checkpoint = checkpoint_path(result);
  if (resume) {
    if (fs::exists(checkpoint) && !fs::exists(running) && !fs::exists(result)) {
      throw UserError(
          fmt::format("{}: a checkpoint, but {} that belongs to it is gone: remove the checkpoint "
                      "to start anew",
                      checkpoint.string(), running.string()));
    }
    return;
  }
  if (on_existing == OnExisting::replace) return;
  if (fs::exists(result)) {
    throw UserError(
        fmt::format("{}: a result is already there; choose another --output, or --overwrite it",
                    result.string()));
  }
  if (fs::exists(running)) {
    throw UserError(
        fmt::format("{}: an unfinished run is there; --resume continues it, --overwrite starts "
                    "anew, another --output keeps it",
                    running.string()));
  }
}

void require_same_configuration(fs::path const& result, RunConfig const& config) {
  std::string const stored = ResultReader(result).config();
  std::string const present = print_config(config, ConfigStyle::plain);
  if (stored == present) return;
  throw UserError(
      fmt::format("{}: is the complete result of another configuration ({}); choose another "
                  "--output, or --overwrite it",
                  result.string(), first_difference(stored, present)));
}

}  // namespace panther
