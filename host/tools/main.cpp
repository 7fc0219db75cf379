// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>

#include "host/base/errors.hpp"
#include "host/base/provenance.hpp"
#include "host/base/suggest.hpp"
#include "host/tools/command.hpp"

namespace panther {

namespace {

/// CommandLine on CLI11.
class CliCommand final : public CommandLine {
 public:
  explicit CliCommand(CLI::App& app, int& exit_code) : app_(&app), exit_code_(&exit_code) {}

  void examples(std::string const& text) override { app_->footer("Examples:\n" + text); }
  void positional(std::string const& name, std::string& value, std::string const& help) override {
    app_->add_option(name, value, help)->required();
  }
  void optional_positional(std::string const& name, std::string& value,
                           std::string const& help) override {
    app_->add_option(name, value, help);
  }
  void option(std::string const& names, std::string& value, std::string const& help) override {
    app_->add_option(names, value, help)->capture_default_str();
  }
  void option(std::string const& names, int& value, int low, int high,
              std::string const& help) override {
    app_->add_option(names, value, help)->check(CLI::Range(low, high))->capture_default_str();
  }
  void option(std::string const& names, std::optional<double>& value, double low, double high,
              std::string const& help) override {
    app_->add_option(names, value, help)->check(CLI::Range(low, high));
  }
  void option(std::string const& names, std::optional<std::uint64_t>& value,
              std::string const& help) override {
    app_->add_option(names, value, help)->check([](std::string const& text) {
      bool const digits = text.find_first_not_of("0123456789") == std::string::npos;
      return digits && !text.empty() ? std::string() : text + " is not a whole number";
    });
  }
  void option(std::string const& names, std::vector<std::string>& values,
              std::string const& help) override {
    app_->add_option(names, values, help)
        ->allow_extra_args(false)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  void flag(std::string const& names, bool& value, std::string const& help) override {
    app_->add_flag(names, value, help);
  }
  CommandLine& command(std::string const& name, std::string const& summary) override {
    CLI::App* const child = app_->add_subcommand(name, summary);
    app_->require_subcommand(1);
    children_.push_back(std::make_unique<CliCommand>(*child, *exit_code_));
    return *children_.back();
  }
  void runs(std::function<int()> action) override {
    app_->callback([this, action = std::move(action)] { *exit_code_ = action(); });
  }

 protected:
  void words_option(std::string const& names, std::vector<std::string> const& words,
                    std::string const& present, std::string const& help,
                    std::function<void(std::string const&)> chosen) override {
    app_->add_option_function<std::string>(names, chosen, help)
        ->check(CLI::IsMember(words))
        ->default_str(present);
  }

 private:
  CLI::App* app_;
  int* exit_code_;
  std::vector<std::unique_ptr<CliCommand>> children_;
};

/// The subcommand that the words name, as deep as they do, and the first word that names none.
struct Named {
  CLI::App* app;
  std::string unknown;
};

Named named_command(CLI::App& program, int argc, char** argv) {
  Named named{&program, {}};
  for (int i = 1; i < argc; ++i) {
    std::string const word = argv[i];
    auto const commands = named.app->get_subcommands([](CLI::App*) { return true; });
    if (commands.empty() || word.starts_with('-')) break;
    auto const found = std::find_if(commands.begin(), commands.end(), [&](CLI::App const* command) {
      return command->get_name() == word;
    });
    if (found == commands.end()) {
      named.unknown = word;
      break;
    }
    named.app = *found;
  }
  return named;
}

/// " (did you mean '--resume'?)" for the first word that is nearly an option of the command.
std::string near_option(CLI::App const& command, int argc, char** argv) {
  std::vector<std::string> options;
  for (CLI::Option const* option : command.get_options()) {
    for (std::string const& name : option->get_lnames()) options.push_back("--" + name);
  }
  for (int i = 1; i < argc; ++i) {
    std::string const word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
    bool const known = std::find(options.begin(), options.end(), word) != options.end();
    if (word.starts_with("--") && !known) return did_you_mean(word, options);
  }
  return {};
}

/// What was wrong with a command line, with the nearest command or option.
std::string explain(CLI::ParseError const& error, Named const& named, int argc, char** argv) {
  std::vector<std::string> commands;
  for (CLI::App const* command : named.app->get_subcommands([](CLI::App*) { return true; }))
    commands.push_back(command->get_name());
  if (!named.unknown.empty()) {
    return "unknown command '" + named.unknown + "'" + did_you_mean(named.unknown, commands) +
           "; commands: " + join_words(commands);
  }
  if (!commands.empty()) return "give a command: " + join_words(commands);
  return error.what() + near_option(*named.app, argc, argv);
}

void add_commands(CommandLine& program) {
  add_demo_command(program);
  add_train_command(program);
  add_eval_command(program);
  add_inspect_command(program);
  add_plot_command(program);
  add_config_command(program);
  add_device_command(program);
  add_data_command(program);
  add_asm_command(program);
  add_disasm_command(program);
  add_sim_command(program);
}

int run(int argc, char** argv) {
  CLI::App app("Trains networks on emulated bit-sliced ReRAM crossbars.", "panther");
  app.set_version_flag("--version", begin_provenance().program_version);
  app.get_formatter()->column_width(34);
  int exit_code = 0;
  CliCommand program(app, exit_code);
  add_commands(program);
  program.examples(
      "  panther demo\n  panther train preset:mlp --set training.epochs=2 -o mlp.h5\n"
      "  panther inspect mlp.h5\nEvery command has --help. Exit codes: 0 done, 1 failed, 2 wrong "
      "use.");
  try {
    app.parse(argc, argv);
  } catch (CLI::CallForHelp const& help) {
    return app.exit(help);
  } catch (CLI::CallForVersion const& version) {
    return app.exit(version);
  } catch (CLI::ParseError const& error) {
    std::fprintf(stderr, "panther: %s\nSee panther --help, or panther COMMAND --help.\n",
                 explain(error, named_command(app, argc, argv), argc, argv).c_str());
    return 2;
  }
  return exit_code;
}

}  // namespace

}  // namespace panther

int main(int argc, char** argv) {
  try {
    return panther::run(argc, argv);
  } catch (panther::UserError const& error) {
    std::fprintf(stderr, "panther: %s\n", error.what());
    return error.exit_code();
  } catch (std::exception const& error) {
    std::fprintf(stderr, "panther: %s\n", error.what());
    return 1;
  }
}
