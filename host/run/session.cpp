// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/session.hpp"

#include <fmt/format.h>

#include "host/base/config_loader.hpp"
#include "host/base/config_reader.hpp"
#include "host/run/image_preparation.hpp"

namespace panther {

namespace {

RunConfig checked(ConfigNode const& node, std::string const& name) {
  RunConfig config;
  read_config(node, config);
  try {
    check(config);
  } catch (std::invalid_argument const& error) {
    throw UserError(fmt::format("{}: {}", name, error.what()));
  }
  return config;
}

std::size_t used(std::int64_t wanted, std::size_t available, char const* key,
                 std::string const& dataset) {
  if (wanted == 0) return available;
  if (static_cast<std::size_t>(wanted) > available) {
    throw UserError(fmt::format("data.{} = {} (dataset '{}' has {} examples; 0 uses all)", key,
                                wanted, dataset, available));
  }
  return static_cast<std::size_t>(wanted);
}

/// As dataset_record, with an error that names the key.
DatasetRecord const& configured_dataset(std::string const& name) {
  try {
    return dataset_record(name);
  } catch (DatasetError const& error) {
    throw UserError(fmt::format("data.dataset: {}", error.what()));
  }
}

ImageSet first_images(std::vector<std::uint8_t> const& images,
                      std::vector<std::uint8_t> const& labels, std::size_t count,
                      std::size_t image_size) {
  return {std::span(images).first(count * image_size), std::span(labels).first(count)};
}

}  // namespace

RunConfig load_run_configuration(std::string const& source, std::vector<std::string> const& sets) {
  return checked(load_config(source, sets), source);
}

RunConfig parse_run_configuration(std::string const& text, std::string const& name,
                                  std::vector<std::string> const& sets) {
  return checked(load_config_text(text, name, sets), name);
}

std::unique_ptr<Backend> make_backend(ExecutionOptions const& options) {
  bool const cuda = options.backend == BackendKind::cuda;
  try {
    if (cuda) return make_cuda_backend();
    return make_cpu_backend({.threads = options.threads, .isa = options.isa});
  } catch (BackendError const& error) {
    throw UserError(fmt::format("backend '{}': {}{}", enum_name(options.backend), error.what(),
                                cuda ? "; --backend cpu computes the same bits" : ""));
  }
}

std::unique_ptr<RunData> load_run_data(DataConfig const& config,
                                       std::vector<std::string> const& folders) {
  auto data = std::make_unique<RunData>();
  data->dataset =
      load_dataset(configured_dataset(config.dataset), DatasetSearch::standard(folders));
  prepare_images(config, data->dataset);
  Dataset const& set = data->dataset;
  std::size_t const train =
      used(config.train_examples, set.train_count(), "train_examples", set.name);
  std::size_t const test = used(config.test_examples, set.test_count(), "test_examples", set.name);
  data->view = {.pixels = static_cast<int>(set.image_size()),
                .classes = set.classes,
                .train = first_images(set.train_images, set.train_labels, train, set.image_size()),
                .test = first_images(set.test_images, set.test_labels, test, set.image_size())};
  return data;
}

}  // namespace panther
