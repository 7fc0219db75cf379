// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a command declares itself: its options with their help, and the function that runs it.
// main.cpp turns the declarations into a command line; commands need not know which library parses
// it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "devicemodels/core/fields.hpp"

namespace panther {

class CommandLine {
 public:
  virtual ~CommandLine() = default;

  /// Text for the end of --help; each line an example.
  virtual void examples(std::string const& text) = 0;

  /// An argument without a dash.
  virtual void positional(std::string const& name, std::string& value, std::string const& help) = 0;
  virtual void optional_positional(std::string const& name, std::string& value,
                                   std::string const& help) = 0;

  /// An option with a value; `names` like "-o,--output". The present value is the default.
  virtual void option(std::string const& names, std::string& value, std::string const& help) = 0;
  virtual void option(std::string const& names, int& value, int low, int high,
                      std::string const& help) = 0;
  virtual void option(std::string const& names, std::optional<double>& value, double low,
                      double high, std::string const& help) = 0;
  virtual void option(std::string const& names, std::optional<std::uint64_t>& value,
                      std::string const& help) = 0;
  /// An option that may be given several times.
  virtual void option(std::string const& names, std::vector<std::string>& values,
                      std::string const& help) = 0;
  virtual void flag(std::string const& names, bool& value, std::string const& help) = 0;

  /// A command below this one. Lives as long as this.
  virtual CommandLine& command(std::string const& name, std::string const& summary) = 0;

  /// What the command does; its result is the exit code.
  virtual void runs(std::function<int()> action) = 0;

  /// An option that takes one of an enum's words.
  template <DescribedEnum E>
  void choice(std::string const& names, E& value, std::string const& help) {
    std::vector<std::string> words;
    for (auto const& entry : EnumNames<E>::values) words.emplace_back(entry.second);
    words_option(names, words, std::string(enum_name(value)), help,
                 [&value](std::string const& word) {
                   for (auto const& [candidate, name] : EnumNames<E>::values) {
                     if (name == word) value = candidate;
                   }
                 });
  }

 protected:
  virtual void words_option(std::string const& names, std::vector<std::string> const& words,
                            std::string const& present, std::string const& help,
                            std::function<void(std::string const&)> chosen) = 0;
};

// Every command of the program, in the order of --help.
void add_demo_command(CommandLine& program);
void add_train_command(CommandLine& program);
void add_eval_command(CommandLine& program);
void add_inspect_command(CommandLine& program);
void add_plot_command(CommandLine& program);
void add_config_command(CommandLine& program);
void add_device_command(CommandLine& program);
void add_data_command(CommandLine& program);
void add_asm_command(CommandLine& program);
void add_disasm_command(CommandLine& program);
void add_sim_command(CommandLine& program);

}  // namespace panther
