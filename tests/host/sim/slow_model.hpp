// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A second, slow model of the machine: every tile, core and controller is looked at in every cycle,
// as the description of the reference model tells it. It shares no code with host/sim and knows
// programs from their JSON form only. Reference rules, reference arithmetic.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace panther::machine::test {

struct SlowConstants {
  double ip_lat = 100;
  double op_lat = 20;
  std::int64_t router_lat = 31;
  std::int64_t link_lat = 5;
  std::int64_t infinity = 100000;
  std::int64_t tiles_per_node = 168;
  /// Whether matrix instructions compute.
  bool function = false;
};

struct SlowWord {
  int value = 0;
  bool valid = false;
  int counter = 0;
};

class SlowCore {
 public:
  SlowCore(nlohmann::json const& program, SlowConstants const& constants);

  /// One cycle: execute, decode, fetch.
  void cycle(std::int64_t now, std::map<std::string, std::uint64_t>& count);

  bool halted = false;
  std::int64_t cycles = 0;
  std::vector<std::int64_t> decoded;

  // The port to the tile's memory controller.
  bool requesting = false;
  bool granted = false;
  bool is_load = false;
  int address = 0;
  int width = 0;
  int readers = 0;
  /// Words of the last load that was granted, and of the store requested.
  std::array<int, 16> data{};
  std::array<int, 16> store_data{};
  std::vector<int> registers;

 private:
  using Json = nlohmann::json;
  using Counts = std::map<std::string, std::uint64_t>;
  bool execute(std::int64_t now, Counts& count);
  bool execute_load(std::int64_t now, Counts& count);
  bool execute_store(Counts& count);
  void finish(Counts& count);
  void finish_alu(Counts& count);
  void finish_alu_int(Counts& count);
  void finish_train(Counts& count);
  void decode(Counts& count);
  double latency() const;
  void jump(int target);
  void count_read(Counts& count, int address, int words) const;
  void count_write(Counts& count, int address, int words) const;
  void fire(int matrix, std::string const& mask);
  void resolve(int matrix);

  Json program_;
  SlowConstants k_;
  int pc_ = 0;
  Json decoding_;
  Json executing_;
  std::string op_;
  double nominal_ = 0;
  std::int64_t step_ = 0;
  int unit_ = 0;
  int phase_ = 0;
  std::int64_t raised_at_ = 0;
  int base_ = 0;
  int operand_a_ = 0;
  int operand_b_ = 0;
  /// Raw weights and accumulated products by matrix.
  std::map<int, std::vector<double>> weights_;
  std::map<int, std::vector<double>> accumulated_;
};

class SlowTile {
 public:
  struct Packet {
    std::array<int, 16> data{};
    int target = 0;
    int slot = 0;
    std::int64_t stamp = 0;
  };

  SlowTile(nlohmann::json const& image, int id, SlowConstants const& constants);

  void cycle(std::int64_t now);

  bool halted = false;
  std::int64_t cycles = 0;
  std::vector<std::int64_t> fetched;
  std::vector<SlowCore> cores;
  std::vector<SlowWord> memory;
  std::deque<Packet> queue;
  std::map<int, Packet> slots;
  std::map<std::string, std::uint64_t> count;

 private:
  void control(std::int64_t now);
  bool send(std::int64_t now);
  bool receive();
  void controller();
  bool try_core(SlowCore& core);

  nlohmann::json program_;
  std::string op_;
  int pc_ = 0;
  bool stalled_ = false;
  int unit_ = 0;
  int sub_ = 0;
  bool holding_ = false;
  Packet held_;
  bool cores_flagged_halted_ = false;
  bool busy_ = false;
  int last_tried_ = -1;
};

/// Runs a program in JSON form; halted() tells whether it ended within `limit` cycles.
class SlowModel {
 public:
  SlowModel(nlohmann::json const& program, SlowConstants const& constants);

  bool run(std::int64_t limit);

  std::int64_t cycles = 0;
  std::int64_t noc_busy = 0;
  std::uint64_t packets_intra = 0;
  std::uint64_t packets_inter = 0;
  std::vector<SlowTile> tiles;
  /// The counts of section 13 over tiles 1 and up.
  std::map<std::string, std::uint64_t> counts() const;

 private:
  void deliver(std::int64_t now, int tile);
  bool inter_node(int from, int to) const;
  SlowConstants k_;
};

}  // namespace panther::machine::test
