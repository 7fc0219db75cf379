// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "datasets/base/find_files.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "datasets/base/content.hpp"

namespace panther {
namespace {

namespace fs = std::filesystem;

constexpr char const* system_folder = "/usr/share/datasets";

std::vector<std::string> places_of(DatasetRecord const& record, DatasetSearch const& search) {
  std::vector<std::string> places;
  for (auto const& folder : search.folders) {
    places.push_back((fs::path(folder) / record.name).string());
    places.push_back(folder);
  }
  places.insert(places.end(), record.other_folders.begin(), record.other_folders.end());
  return places;
}

// The plain file or the one with ".gz"; empty if there is neither.
std::string path_in(std::string const& folder, std::string const& name) {
  std::error_code ignored;
  for (auto const* ending : {"", ".gz"}) {
    fs::path const path = fs::path(folder) / (name + ending);
    if (fs::is_regular_file(path, ignored)) return path.string();
  }
  return {};
}

// All of the record's files, or none and why not.
std::vector<std::string> paths_in(std::string const& folder, DatasetRecord const& record,
                                  std::string& why) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    why = "no such folder";
    return {};
  }
  std::vector<std::string> paths;
  std::string missing;
  for (auto const& file : record.files) {
    std::string const path = path_in(folder, file.name);
    if (path.empty()) missing += (missing.empty() ? "" : ", ") + file.name + "[.gz]";
    paths.push_back(path);
  }
  if (missing.empty()) return paths;
  why = "no " + missing;
  return {};
}

// The other dataset that has a file with this content.
std::optional<std::string> owner_of(std::string const& sha256, DatasetRecord const& record) {
  for (auto const& other : dataset_records()) {
    if (other.name == record.name) continue;
    for (auto const& file : other.files) {
      if (file.sha256 == sha256) return other.name;
    }
  }
  return std::nullopt;
}

std::vector<FoundFile> read_all(std::vector<std::string> const& paths,
                                std::vector<std::size_t> const& largest) {
  std::vector<FoundFile> files;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    FoundFile file{.path = paths[i], .sha256 = {}, .content = read_content(paths[i], largest[i])};
    file.sha256 = sha256_of(file.content);
    files.push_back(std::move(file));
  }
  return files;
}

// Whether the files are the record's; false (and why) if they are another dataset's. Throws if they
// are damaged.
bool is_content_of(DatasetRecord const& record, std::vector<FoundFile> const& files,
                   ExplainDamage explain, std::string& why) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto const& expected = record.files[i].sha256;
    if (files[i].sha256 == expected) continue;
    if (auto const owner = owner_of(files[i].sha256, record)) {
      why = "these are the files of " + *owner;
      return false;
    }
    explain(record, files);
    throw DatasetError("'" + files[i].path + "': not the content of " + record.name +
                       ": SHA-256 is " + files[i].sha256 + ", expected " + expected);
  }
  return true;
}

std::string not_found_text(DatasetRecord const& record, std::string const& looked_at) {
  return "dataset '" + record.name + "' was not found. Looked in:\n" + looked_at +
         "To get it: " + record.get_it +
         "\nFolders are named with --data DIR or the environment variable PANTHER_DATA "
         "(DIR1:DIR2).";
}

std::string place_line(std::string const& place, std::string const& why) {
  return "  " + place + ": " + why + "\n";
}

}  // namespace

DatasetSearch DatasetSearch::standard(std::vector<std::string> const& named) {
  DatasetSearch search{named};
  char const* variable = std::getenv("PANTHER_DATA");
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!rest.empty()) {
    auto const end = rest.find(':');
    if (end != 0) search.folders.emplace_back(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  search.folders.emplace_back(system_folder);
  return search;
}

std::vector<FoundFile> find_files(DatasetRecord const& record, DatasetSearch const& search,
                                  std::vector<std::size_t> const& largest, ExplainDamage explain) {
  std::string looked_at;
  for (auto const& place : places_of(record, search)) {
    std::string why;
    auto const paths = paths_in(place, record, why);
    if (!paths.empty()) {
      auto files = read_all(paths, largest);
      if (is_content_of(record, files, explain, why)) return files;
    }
    looked_at += place_line(place, why);
  }
  throw DatasetError(not_found_text(record, looked_at));
}

std::vector<std::string> locate_files(DatasetRecord const& record, DatasetSearch const& search,
                                      std::string& looked_at) {
  for (auto const& place : places_of(record, search)) {
    std::string why;
    auto paths = paths_in(place, record, why);
    if (!paths.empty()) return paths;
    looked_at += place_line(place, why);
  }
  return {};
}

}  // namespace panther
