// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The checkpoint of a training run, beside its result: out.h5 -> out.checkpoint.h5.

#include <filesystem>
#include <string>

#include "host/base/checkpoint_file.hpp"
#include "host/nn/config.hpp"
#include "host/nn/state.hpp"

namespace panther {

std::filesystem::path checkpoint_path(std::filesystem::path const& result);

/// The part of a configuration that a run cannot change when it is resumed: all but [output].
std::string continuing_configuration(RunConfig const& config);

/// Replaces the checkpoint at `path` by the state put into it, with commit(); the former one stays
/// until then.
class RunCheckpointWriter final : public StateSink {
 public:
  RunCheckpointWriter(std::filesystem::path const& path, RunConfig const& config);
  void put(std::string const& name, std::span<std::byte const> bytes) override;
  void commit() { writer_.commit(); }

 private:
  CheckpointWriter writer_;
};

/// Throws CheckpointError if the file is damaged or of another configuration.
class RunCheckpointReader final : public StateSource {
 public:
  RunCheckpointReader(std::filesystem::path const& path, RunConfig const& config);
  bool has(std::string const& name) const override { return reader_.has(name); }
  std::size_t size_of(std::string const& name) const override { return reader_.length_of(name); }
  void get(std::string const& name, std::span<std::byte> bytes) const override;

 private:
  CheckpointReader reader_;
};

}  // namespace panther
