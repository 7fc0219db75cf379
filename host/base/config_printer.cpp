// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/config_printer.hpp"

#include <fmt/format.h>

#include "host/base/config_node.hpp"
#include "host/base/suggest.hpp"

namespace panther {
namespace {

std::string range_text(ConfigEntry const& entry) {
  bool const below = std::isinf(entry.lo);
  bool const above = std::isinf(entry.hi);
  if (below && above) return {};
  if (below) return fmt::format("at most {}", entry.hi);
  if (above) return fmt::format("at least {}", entry.lo);
  return fmt::format("[{}, {}]", entry.lo, entry.hi);
}

// "# number in S, [0, 1], or "off""
std::string facts_text(ConfigEntry const& entry) {
  std::string text = entry.allowed.empty() ? entry.type : "one of: " + join_words(entry.allowed);
  if (!entry.allowed.empty() && entry.type.starts_with("list")) text = "list; each " + text;
  if (!entry.unit.empty() && entry.unit != "1") text += " in " + entry.unit;
  std::string const range = range_text(entry);
  if (!range.empty()) text += ", " + range;
  if (entry.may_be_off) text += ", or \"off\"";
  return text;
}

class Writer {
 public:
  explicit Writer(ConfigStyle style) : commented_(style == ConfigStyle::commented) {}

  std::string take() { return std::move(text_); }

  // TOML wants a table's own values before its sub-tables.
  void write_table(std::vector<ConfigEntry> const& entries, std::string const& path) {
    for (auto const& entry : entries) {
      if (is_value(entry)) write_value(entry, path);
    }
    for (auto const& entry : entries) {
      if (!is_value(entry)) write_tables(entry, join_key(path, entry.name));
    }
  }

 private:
  static bool is_value(ConfigEntry const& entry) {
    return entry.kind == ConfigEntry::Kind::value ||
           (entry.kind == ConfigEntry::Kind::list_of_tables && entry.elements.empty());
  }

  void line(std::string_view text) {
    text_ += prefix_;
    text_ += text;
    text_ += '\n';
  }

  void gap() {
    if (!text_.empty() && !text_.ends_with("\n\n") && prefix_.empty()) text_ += '\n';
  }

  void write_comment(ConfigEntry const& entry) {
    if (!commented_) return;
    if (!entry.doc.empty()) line("# " + entry.doc);
    line("# " + facts_text(entry));
  }

  void write_value(ConfigEntry const& entry, std::string const& path) {
    write_comment(entry);
    line(toml_key(entry.name) + " = " + (entry.text.empty() ? "[]" : entry.text));
    if (!commented_) return;
    std::string const full = join_key(path, entry.name);
    bool const list = entry.kind == ConfigEntry::Kind::list_of_tables;
    if (!entry.sample.empty()) {
      write_sample(list ? "[[" + full + "]]" : "[" + full + "]", entry.sample, full);
    }
    for (auto const& other : entry.others) {
      std::string const doc = other.doc.empty() ? "" : "  # " + other.doc;
      write_sample(fmt::format("{} = {}{}", toml_key(entry.name), toml_text(other.name), doc),
                   other.entries, path);
    }
  }

  // What could stand here instead, commented out.
  void write_sample(std::string const& first, std::vector<ConfigEntry> const& entries,
                    std::string const& path) {
    std::string const outer = prefix_;
    prefix_ += "#   ";
    line(first);
    write_table(entries, path);
    prefix_ = outer;
  }

  void write_tables(ConfigEntry const& entry, std::string const& path) {
    if (entry.kind == ConfigEntry::Kind::table)
      return write_section(entry, "[" + path + "]", entry.entries, path);
    for (auto const& element : entry.elements)
      write_section(entry, "[[" + path + "]]", element, path);
  }

  void write_section(ConfigEntry const& entry, std::string const& header,
                     std::vector<ConfigEntry> const& entries, std::string const& path) {
    gap();
    if (commented_ && !entry.doc.empty()) line("# " + entry.doc);
    line(header);
    write_table(entries, path);
  }

  bool commented_;
  std::string prefix_;
  std::string text_;
};

}  // namespace

std::string print_entries(std::vector<ConfigEntry> const& entries, ConfigStyle style,
                          std::string const& path) {
  Writer writer(style);
  writer.write_table(entries, path);
  return writer.take();
}

}  // namespace panther
