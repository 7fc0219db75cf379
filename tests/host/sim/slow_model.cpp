// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/host/sim/slow_model.hpp"

#include <algorithm>
#include <stdexcept>

namespace panther::machine::test {
namespace {

using nlohmann::json;

json program_or(json const& image, std::string const& key, char const* stop) {
  return image.contains(key) ? image[key] : json::array({json::array({stop})});
}

}  // namespace

SlowTile::SlowTile(json const& image, int id, SlowConstants const& constants)
    : memory(32768), program_(program_or(image, "tile" + std::to_string(id), "halt")) {
  for (int core = 0; core < 8; ++core) {
    std::string const key = "tile" + std::to_string(id) + "/core" + std::to_string(core);
    cores.emplace_back(program_or(image, key, "hlt"), constants);
  }
  for (std::size_t a = 0; id == 0 && a < 30000; ++a) memory[a] = {0, true, 100};
}

void SlowTile::cycle(std::int64_t now) {
  ++cycles;
  control(now);
  for (SlowCore& core : cores) {
    if (!core.halted) core.cycle(now, count);
  }
  cores_flagged_halted_ =
      std::all_of(cores.begin(), cores.end(), [](SlowCore const& c) { return c.halted; });
  controller();
}

void SlowTile::control(std::int64_t now) {
  if (!stalled_) {
    if (pc_ >= static_cast<int>(program_.size())) return;
    op_ = program_[static_cast<std::size_t>(pc_++)][0];
    ++count["imem_t"];
    fetched.push_back(now);
    stalled_ = true;
    unit_ = 0;
    sub_ = 0;
  }
  std::string const& op = op_;
  bool done = op == "compute";
  if (op == "send") done = send(now);
  if (op == "receive") done = receive();
  if (op == "halt") {
    halted = cores_flagged_halted_ && queue.empty();
    done = halted;
  }
  if (done) stalled_ = false;
}

bool SlowTile::send(std::int64_t now) {
  json const& in = program_[static_cast<std::size_t>(pc_ - 1)];
  int const width = in[3];
  auto const first = static_cast<std::size_t>(in[1].get<int>() + unit_ * width);
  for (std::size_t a = first; a < first + static_cast<std::size_t>(width); ++a) {
    if (!memory.at(a).valid) return false;
  }
  if (++sub_ < 2) return false;
  Packet packet{.data = {}, .target = in[4], .slot = in[2], .stamp = now};
  for (std::size_t i = 0; i < static_cast<std::size_t>(width); ++i) {
    SlowWord& word = memory[first + i];
    packet.data[i] = word.value;
    if (--word.counter <= 0) word.valid = false;
  }
  queue.push_back(packet);
  ++count["edram"];
  sub_ = 0;
  return ++unit_ == in[5].get<int>();
}

bool SlowTile::receive() {
  json const& in = program_[static_cast<std::size_t>(pc_ - 1)];
  int const slot = in[2];
  int const width = in[3];
  if (!holding_) {
    auto const found = slots.find(slot);
    if (found == slots.end()) return false;
    held_ = found->second;
    slots.erase(found);
    holding_ = true;
    ++count["rbuff"];
  }
  auto const first = static_cast<std::size_t>(in[1].get<int>() + unit_ * width);
  for (std::size_t a = first; a < first + static_cast<std::size_t>(width); ++a) {
    if (memory.at(a).valid) return false;
  }
  if (++sub_ < 2) return false;
  for (std::size_t i = 0; i < static_cast<std::size_t>(width); ++i) {
    memory[first + i] = {held_.data[i], true, in[4].get<int>()};
  }
  holding_ = false;
  ++count["edram"];
  sub_ = 0;
  return ++unit_ == in[5].get<int>();
}

bool SlowTile::try_core(SlowCore& core) {
  auto const first = static_cast<std::size_t>(core.address);
  if (memory.at(first).valid != core.is_load) return false;
  for (std::size_t i = 0; i < static_cast<std::size_t>(core.width); ++i) {
    SlowWord& word = memory.at(first + i);
    if (core.is_load) {
      core.data[i] = word.value;
      if (--word.counter <= 0) word.valid = false;
    } else {
      word = {core.store_data[i], true, core.readers};
    }
  }
  core.requesting = false;
  core.granted = true;
  ++count["edram"];
  ++count["edctrl_counter"];
  return true;
}

void SlowTile::controller() {
  if (busy_) {
    busy_ = false;
    return;
  }
  if (std::none_of(cores.begin(), cores.end(), [](SlowCore const& c) { return c.requesting; }))
    return;
  busy_ = true;
  ++count["edctrl"];
  for (int attempt = 0; attempt < 8; ++attempt) {
    do {
      last_tried_ = (last_tried_ + 1) % 8;
    } while (!cores[static_cast<std::size_t>(last_tried_)].requesting);
    if (try_core(cores[static_cast<std::size_t>(last_tried_)])) return;
  }
  if (cores[static_cast<std::size_t>(last_tried_)].is_load) ++count["edram"];
}

SlowModel::SlowModel(json const& program, SlowConstants const& constants) : k_(constants) {
  int const number = program["_tiles"];
  for (int t = 0; t < number; ++t) tiles.emplace_back(program, t, constants);
}

bool SlowModel::inter_node(int from, int to) const {
  auto const node = [this](int tile) { return tile < 2 ? -1 : (tile - 2) / k_.tiles_per_node; };
  return from != 0 && to != 1 && node(from) != node(to);
}

void SlowModel::deliver(std::int64_t now, int tile) {
  auto& queue = tiles[static_cast<std::size_t>(tile)].queue;
  if (queue.empty()) return;
  SlowTile::Packet const packet = queue.front();
  bool const inter = inter_node(tile, packet.target);
  std::int64_t const latency = inter ? 2 * k_.router_lat + k_.link_lat : k_.router_lat;
  if (now - packet.stamp < latency - 1) return;
  SlowTile& target = tiles.at(static_cast<std::size_t>(packet.target));
  if (target.slots.contains(packet.slot)) return;
  target.slots[packet.slot] = packet;
  ++target.count["rbuff"];
  ++(inter ? packets_inter : packets_intra);
  queue.pop_front();
}

bool SlowModel::run(std::int64_t limit) {
  bool busy = false;
  std::int64_t start = 0;
  for (std::int64_t now = 0; now < limit; ++now) {
    for (SlowTile& tile : tiles) {
      if (!tile.halted) tile.cycle(now);
    }
    bool const waiting =
        std::any_of(tiles.begin(), tiles.end(), [](SlowTile const& t) { return !t.queue.empty(); });
    if (!busy && waiting) {
      busy = true;
      start = now;
    }
    if (busy && !waiting) {
      busy = false;
      noc_busy += now - start + 1;
    }
    for (std::size_t t = 0; t < tiles.size(); ++t) deliver(now, static_cast<int>(t));
    cycles = now + 1;
    if (std::all_of(tiles.begin(), tiles.end(), [](SlowTile const& t) { return t.halted; }))
      return true;
  }
  return false;
}

std::map<std::string, std::uint64_t> SlowModel::counts() const {
  std::map<std::string, std::uint64_t> total;
  for (std::size_t t = 1; t < tiles.size(); ++t) {
    for (auto const& [name, value] : tiles[t].count) total[name] += value;
    total["core_control"] += static_cast<std::uint64_t>(tiles[t].cycles);
    for (SlowCore const& core : tiles[t].cores)
      total["tile_control"] += static_cast<std::uint64_t>(core.cycles);
  }
  total["edram_bus"] = total["edram"];
  total["noc_intra"] = static_cast<std::uint64_t>(noc_busy);
  total["noc_inter"] = packets_inter / 12;
  return total;
}

}  // namespace panther::machine::test
