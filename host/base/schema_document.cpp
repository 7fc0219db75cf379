// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/schema_document.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "host/base/metric_rows.hpp"
#include "host/base/provenance.hpp"
#include "host/base/result_record.hpp"

namespace panther {
namespace {

std::string range_of(double lo, double hi) {
  if (!std::isfinite(lo) && !std::isfinite(hi)) return "";
  if (!std::isfinite(hi)) return fmt::format("≥ {}", lo);
  if (!std::isfinite(lo)) return fmt::format("≤ {}", hi);
  return fmt::format("{} … {}", lo, hi);
}

class Markdown {
 public:
  void paragraph(std::string_view text) { fmt::format_to(out(), "{}\n\n", text); }

  template <ResultPart Row>
  void table(std::string_view group = Row::group) {
    std::vector<ColumnDescription> const columns = describe_columns<Row>();
    std::string const& index = columns.front().name;
    heading(group, Row::doc);
    row("dataset", "type", "dimensions", "unit", "range", "description");
    row("---", "---", "---", "---", "---", "---");
    for (ColumnDescription const& column : columns) {
      std::string dimensions = index;
      if (!column.dimension.empty()) dimensions += ", " + column.dimension;
      std::string const note = is_wall_clock(column.name) ? " (not part of the digest)" : "";
      row(column.name, hdf5::kind_name(column.kind), dimensions, column.unit,
          range_of(column.lo, column.hi), column.doc + note);
    }
    text_ += '\n';
  }

  template <ResultPart Record>
  void record() {
    heading(Record::group, Record::doc);
    row("dataset", "type", "dimensions", "unit", "range", "description");
    row("---", "---", "---", "---", "---", "---");
    auto visit = [this]<class T>(std::string_view name, T const&, Field const& field) {
      using Element = typename ColumnElement<T>::type;
      row(name, hdf5::kind_name(hdf5::kind_of<Element>()), is_vector<T> ? "any" : "", field.unit,
          range_of(field.lo, field.hi), field.doc);
    };
    Record const record{};
    Record::fields(record, visit);
    text_ += '\n';
  }

  template <class Arrays>
  void arrays(std::string_view group, std::string_view doc, Arrays const& arrays) {
    heading(group, doc);
    row("dataset", "type", "dimensions", "unit", "range", "description");
    row("---", "---", "---", "---", "---", "---");
    for (ArrayDescription const& array : arrays) {
      std::string dimensions;
      for (std::string_view dimension : array.dimensions) {
        if (dimension.empty()) continue;
        if (!dimensions.empty()) dimensions += ", ";
        dimensions += dimension;
      }
      row(array.name, hdf5::kind_name(array.kind), dimensions, array.unit, "", array.doc);
    }
    text_ += '\n';
  }

  std::string take() {
    while (text_.ends_with("\n\n")) text_.pop_back();
    return std::move(text_);
  }

 private:
  std::back_insert_iterator<std::string> out() { return std::back_inserter(text_); }

  void heading(std::string_view group, std::string_view doc) {
    fmt::format_to(out(), "## `{}`\n{}.\n\n", group, doc);
  }

  void row(std::string_view a, std::string_view b, std::string_view c, std::string_view d,
           std::string_view e, std::string_view f) {
    fmt::format_to(out(), "| {} | {} | {} | {} | {} | {} |\n", a, b, c, d, e, f);
  }

  std::string text_;
};

}  // namespace

std::string result_schema_markdown() {
  Markdown document;
  document.paragraph("# Layout of a result file");
  document.paragraph(
      fmt::format("Printed from the structs that write it; do not edit. Schema version {} (root "
                  "attribute `schema_version`; root "
                  "attribute `complete` is 1 once the run has ended).",
                  result_schema_version));
  document.paragraph(fmt::format(
      "HDF5 1.10 or newer. Every dataset has the attributes `units` and `description` where they "
      "apply. The first dataset "
      "of a table is the dimension scale of the others; other dimensions have scales that count "
      "from 0. A `bool` is an "
      "int8 with the attribute `dtype = \"bool\"`; a `text` in a table is UTF-8 of {} bytes, zero "
      "padded, elsewhere of "
      "any length. Objects with the attribute `{}` are not part of the digest, nor is `{}`.",
      hdf5::text_bytes, excluded_from_digest, Provenance::group));
  document.paragraph("## `/config`\nThe complete configuration of the run: one text, TOML.");
  document.record<Provenance>();
  document.table<EpochRow>();
  document.table<BatchRow>();
  document.table<BaselineRow>();
  document.table<LayerRow>(fmt::format("{}/<name>", LayerRow::group));
  document.arrays("/layers/<name>", "arrays of one layer", layer_arrays::all);
  return document.take();
}

}  // namespace panther
