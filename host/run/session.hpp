// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What commands that train or evaluate have in common: the configuration with its origin, the data,
// the backend.

#include <memory>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "host/base/errors.hpp"
#include "host/nn/config.hpp"
#include "host/nn/trainer.hpp"
#include "kernels/base/backend.hpp"

namespace panther {

enum class BackendKind : std::uint8_t { cpu, cuda };
template <>
struct EnumNames<BackendKind> {
  static constexpr std::array values{std::pair{BackendKind::cpu, std::string_view{"cpu"}},
                                     std::pair{BackendKind::cuda, std::string_view{"cuda"}}};
};

/// How device-to-device variation is held: a byte a varied property and device, or regenerated from
/// the seed.
enum class VariationMemory : std::uint8_t { stored, regenerated };
template <>
struct EnumNames<VariationMemory> {
  static constexpr std::array values{
      std::pair{VariationMemory::stored, std::string_view{"stored"}},
      std::pair{VariationMemory::regenerated, std::string_view{"regenerated"}}};
};

/// What does not change a run's results: where it computes, and where its data lie.
struct ExecutionOptions {
  BackendKind backend = BackendKind::cpu;
  int threads = 0;  // 0: all cores
  Isa isa = Isa::automatic;
  VariationMemory variation = VariationMemory::stored;
  std::vector<std::string> data_folders;
};

/// Reads a run's configuration from a file or "preset:NAME" with overrides, and checks its
/// combinations. Throws ConfigError or UserError.
RunConfig load_run_configuration(std::string const& source, std::vector<std::string> const& sets);

/// The same for a configuration text; `name` stands for its origin in messages.
RunConfig parse_run_configuration(std::string const& text, std::string const& name,
                                  std::vector<std::string> const& sets = {});

/// Throws UserError with a message that names the backend and what is missing.
std::unique_ptr<Backend> make_backend(ExecutionOptions const& options);

/// A dataset cut to what the configuration uses, its images prepared. Throws DatasetError or
/// UserError.
struct RunData {
  Dataset dataset;
  TrainingData view;
};
std::unique_ptr<RunData> load_run_data(DataConfig const& config,
                                       std::vector<std::string> const& folders);

}  // namespace panther
