// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <memory>

#include "datasets/dataset.hpp"
#include "host/base/json.hpp"
#include "host/tools/command.hpp"

namespace panther {

namespace {

struct DataArguments {
  std::vector<std::string> folders;
  bool verify = false;
  bool json = false;
};

void print_json(std::vector<DatasetInfo> const& list) {
  Json json = Json::array();
  for (DatasetInfo const& info : list) {
    DatasetRecord const& record = *info.record;
    json.push_back({{"name", record.name},
                    {"summary", record.summary},
                    {"status", std::string(status_name(info.status))},
                    {"rows", record.rows},
                    {"cols", record.cols},
                    {"channels", record.channels},
                    {"classes", record.classes},
                    {"train_examples", record.train_count},
                    {"test_examples", record.test_count},
                    {"paths", info.paths},
                    {"licence", record.licence},
                    {"get_it", record.get_it}});
  }
  fmt::print("{}\n", json.dump());
}

int run_list(DataArguments const& arguments) {
  auto const list =
      list_datasets(DatasetSearch::standard(arguments.folders),
                    arguments.verify ? DatasetCheck::content : DatasetCheck::presence);
  if (arguments.json) {
    print_json(list);
    return 0;
  }
  for (DatasetInfo const& info : list) {
    DatasetRecord const& record = *info.record;
    fmt::print("{:<14} {:<9} {}x{}x{}, {} classes, {} + {} examples: {}\n", record.name,
               status_name(info.status), record.rows, record.cols, record.channels, record.classes,
               record.train_count, record.test_count, record.summary);
    for (std::string const& path : info.paths) fmt::print("{:15}{}\n", "", path);
    if (!info.detail.empty()) fmt::print("{:15}{}\n", "", info.detail);
    if (info.status == DatasetStatus::missing) fmt::print("{:15}get it: {}\n", "", record.get_it);
  }
  return 0;
}

}  // namespace

void add_data_command(CommandLine& program) {
  auto const arguments = std::make_shared<DataArguments>();
  CommandLine& data = program.command("data", "datasets: which there are and where they lie");
  CommandLine& list = data.command("list", "every dataset, whether it is here, and how to get it");
  list.option("--data", arguments->folders,
              "folder to look in, before PANTHER_DATA and /usr/share/datasets; repeatable");
  list.flag("--verify", arguments->verify, "read the files and compare their digests");
  list.flag("--json", arguments->json, "a JSON list on standard output");
  list.examples("  panther data list\n  panther data list --data ~/datasets --verify");
  list.runs([arguments] { return run_list(*arguments); });
}

}  // namespace panther
