// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The state of a run as named arrays: what a checkpoint holds and what proves that two runs are
// equal.

#include <cstddef>
#include <cstring>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/base/backend.hpp"

namespace panther {

/// Bytes by name. Names are paths ("layers/0/codes"); the element type is the writer's and reader's
/// matter.
using StateMap = std::map<std::string, std::vector<std::byte>>;

/// Walks the state of a run, either writing it into a map or restoring it from one.
class StateArchive {
 public:
  static StateArchive saver(StateMap& map) { return StateArchive(map, true); }
  static StateArchive loader(StateMap& map) { return StateArchive(map, false); }

  /// A trivially copyable value.
  template <class T>
  void value(std::string const& name, T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes(name, std::as_writable_bytes(std::span(&value, 1)));
  }

  /// A vector whose size may differ from run to run.
  template <class T>
  void vector(std::string const& name, std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (!saving_) values.resize(find(name).size() / sizeof(T));
    bytes(name, std::as_writable_bytes(std::span(values)));
  }

  /// An array in a backend's memory; its size must match.
  template <class T>
  void array(std::string const& name, DeviceArray<T>& array) {
    std::vector<T> values(array.size());
    if (saving_) values = array.download();
    bytes(name, std::as_writable_bytes(std::span(values)));
    if (!saving_) array.upload(values);
  }

 private:
  StateArchive(StateMap& map, bool saving) : map_(&map), saving_(saving) {}

  std::vector<std::byte> const& find(std::string const& name) const {
    auto const found = map_->find(name);
    if (found == map_->end()) throw std::runtime_error("checkpoint lacks '" + name + "'");
    return found->second;
  }

  void bytes(std::string const& name, std::span<std::byte> memory) {
    if (saving_) {
      (*map_)[name].assign(memory.begin(), memory.end());
      return;
    }
    std::vector<std::byte> const& stored = find(name);
    if (stored.size() != memory.size()) {
      throw std::runtime_error("checkpoint holds " + std::to_string(stored.size()) +
                               " bytes for '" + name + "', the run needs " +
                               std::to_string(memory.size()));
    }
    if (!stored.empty()) std::memcpy(memory.data(), stored.data(), stored.size());
  }

  StateMap* map_;
  bool saving_;
};

}  // namespace panther
