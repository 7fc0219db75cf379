// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/run_checkpoint.hpp"

#include "host/base/config_printer.hpp"

namespace panther {

std::filesystem::path checkpoint_path(std::filesystem::path const& result) {
  std::filesystem::path path = result;
  path.replace_extension(".checkpoint" + result.extension().string());
  return path;
}

std::string continuing_configuration(RunConfig const& config) {
  RunConfig kept = config;
  kept.output = OutputConfig{};
  return print_config(kept);
}

RunCheckpointWriter::RunCheckpointWriter(std::filesystem::path const& path, RunConfig const& config)
    : writer_(path, continuing_configuration(config)) {}

void RunCheckpointWriter::put(std::string const& name, std::span<std::byte const> bytes) {
  writer_.array(name, bytes);
}

RunCheckpointReader::RunCheckpointReader(std::filesystem::path const& path, RunConfig const& config)
    : reader_(path, continuing_configuration(config)) {}

void RunCheckpointReader::get(std::string const& name, std::span<std::byte> bytes) const {
  reader_.array_into(name, bytes);
}

}  // namespace panther
