// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/run_checkpoint.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "host/base/checkpoint_file.hpp"
#include "host/base/config_printer.hpp"

namespace panther {

namespace {

// HDF5 has no bytes: state travels as int8, names as one text, a line each.
constexpr char const* names_entry = "names";
std::string array_name(std::size_t index) { return "array/" + std::to_string(index); }

}  // namespace

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

void write_run_checkpoint(std::filesystem::path const& path, RunConfig const& config,
                          StateMap const& state) {
  CheckpointWriter writer(path, continuing_configuration(config));
  std::string names;
  std::size_t index = 0;
  for (auto const& [name, bytes] : state) {
    names += name + '\n';
    auto const* const data = reinterpret_cast<std::int8_t const*>(bytes.data());
    writer.array(array_name(index++), std::span(data, bytes.size()));
  }
  writer.text(names_entry, names);
  writer.commit();
}

StateMap read_run_checkpoint(std::filesystem::path const& path, RunConfig const& config) {
  CheckpointReader const reader(path, continuing_configuration(config));
  std::string const names = reader.text(names_entry);
  StateMap state;
  std::size_t index = 0;
  for (std::size_t start = 0; start < names.size();) {
    std::size_t const end = names.find('\n', start);
    std::vector<std::int8_t> const values = reader.array<std::int8_t>(array_name(index++));
    std::vector<std::byte>& bytes = state[names.substr(start, end - start)];
    bytes.resize(values.size());
    std::transform(values.begin(), values.end(), bytes.begin(),
                   [](std::int8_t value) { return static_cast<std::byte>(value); });
    start = end + 1;
  }
  return state;
}

}  // namespace panther
