// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/config_loader.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include "host/base/suggest.hpp"
#include "host/base/text_file.hpp"
#include "host/base/toml_parser.hpp"

namespace panther {
namespace {

/// What asked for the first file.
constexpr std::string_view command_line = "command line";

constexpr std::string_view preset_prefix = "preset:";

bool is_preset(std::string_view source) { return source.starts_with(preset_prefix); }

class Loader {
 public:
  explicit Loader(std::span<Preset const> presets) : presets_(presets) {}

  void load(std::string const& source, std::string const& asked_at) {
    if (is_preset(source)) {
      load_preset(source, asked_at);
    } else {
      load_file(source, asked_at);
    }
  }

  // `id` is how the text is recognised when something includes it again.
  void load_text(std::string_view text, std::string const& name, std::string const& id) {
    open_.push_back({id, name});
    ConfigNode own = parse_toml(text, name, 0, problems_);
    load_includes(own, name);
    set_layer(own, ++layer_);
    merge_config(config_, std::move(own));
    open_.pop_back();
  }

  ConfigNode finish() {
    throw_if_any(std::move(problems_));
    return std::move(config_);
  }

 private:
  struct Open {
    std::string id;
    std::string name;
  };

  void load_preset(std::string const& source, std::string const& asked_at) {
    std::string_view const name = std::string_view(source).substr(preset_prefix.size());
    for (auto const& preset : presets_) {
      if (preset.name != name) continue;
      if (!closes_cycle(source, asked_at)) load_text(preset.text, source, source);
      return;
    }
    std::vector<std::string> known;
    for (auto const& preset : presets_) known.emplace_back(preset.name);
    report(asked_at, "unknown preset '" + std::string(name) + "'" + did_you_mean(name, known) +
                         (known.empty() ? "; there are none" : "; presets: " + join_words(known)));
  }

  void load_file(std::string const& path, std::string const& asked_at) {
    std::error_code failed;
    auto const canonical = std::filesystem::weakly_canonical(path, failed);
    std::string const id = failed ? path : canonical.string();
    if (closes_cycle(id, asked_at)) return;
    std::string text;
    try {
      text = read_text_file(path);
    } catch (FileError const& error) {
      report(asked_at, error.what());
      return;
    }
    load_text(text, path, id);
  }

  bool closes_cycle(std::string const& id, std::string const& asked_at) {
    auto const first =
        std::find_if(open_.begin(), open_.end(), [&](Open const& o) { return o.id == id; });
    if (first == open_.end()) return false;
    std::string chain;
    for (auto step = first; step != open_.end(); ++step) chain += step->name + " -> ";
    report(asked_at, "includes itself: " + chain + first->name);
    return true;
  }

  void load_includes(ConfigNode& own, std::string const& name) {
    ConfigNode const* found = own.find("include");
    if (found == nullptr) return;
    ConfigNode const include = *found;
    std::erase_if(std::get<ConfigNode::Table>(own.value),
                  [](auto const& entry) { return entry.first == "include"; });
    if (auto const* list = std::get_if<ConfigNode::List>(&include.value)) {
      for (auto const& element : *list) load_include(element, name);
    } else {
      load_include(include, name);
    }
  }

  void load_include(ConfigNode const& include, std::string const& name) {
    auto const* target = std::get_if<std::string>(&include.value);
    if (target == nullptr) {
      problems_.push_back({include.origin, "include",
                           "must be \"preset:NAME\", a path or a list of these, not " +
                               std::string(node_kind(include))});
      return;
    }
    if (is_preset(*target)) return load(*target, include.origin);
    if (is_preset(name)) return report(include.origin, "a preset may include presets only");
    load(resolve(*target, name), include.origin);
  }

  static std::string resolve(std::string const& target, std::string const& including) {
    std::filesystem::path const path(target);
    if (path.is_absolute()) return target;
    return (std::filesystem::path(including).parent_path() / path).lexically_normal().string();
  }

  static void set_layer(ConfigNode& node, int layer) {
    node.layer = layer;
    for (auto& change : node.history) change.first = layer;
    if (auto* table = std::get_if<ConfigNode::Table>(&node.value)) {
      for (auto& entry : *table) set_layer(entry.second, layer);
    } else if (auto* list = std::get_if<ConfigNode::List>(&node.value)) {
      for (auto& element : *list) set_layer(element, layer);
    }
  }

  void report(std::string const& origin, std::string const& message) {
    problems_.push_back({origin, origin == command_line ? "" : "include", message});
  }

  std::span<Preset const> presets_;
  std::vector<ConfigProblem> problems_;
  std::vector<Open> open_;
  ConfigNode config_;
  int layer_ = 0;
};

}  // namespace

ConfigNode load_config(std::string const& source, std::span<std::string const> sets,
                       std::span<Preset const> presets) {
  Loader loader(presets);
  loader.load(source, std::string(command_line));
  ConfigNode config = loader.finish();
  apply_sets(config, sets);
  return config;
}

ConfigNode load_config_text(std::string_view text, std::string const& name,
                            std::span<std::string const> sets, std::span<Preset const> presets) {
  Loader loader(presets);
  loader.load_text(text, name, name);
  ConfigNode config = loader.finish();
  apply_sets(config, sets);
  return config;
}

}  // namespace panther
