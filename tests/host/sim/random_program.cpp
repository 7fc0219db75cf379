// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/host/sim/random_program.hpp"

#include <array>
#include <map>

namespace panther::machine::test {
namespace {

using nlohmann::json;

constexpr int data_memory = 1536;
constexpr int registers = 3584;
constexpr int scratch = 1536;       // addresses and loop variables
constexpr int first_vector = 1600;  // vectors live behind the scratch words
constexpr int preloaded = 30000;    // words of tile 0 that are valid at the start
constexpr int most_core_instructions = 480;
constexpr int most_tile_instructions = 2000;

/// A piece of tile memory, cut into units of `width` words.
struct Block {
  int address = 0;
  int width = 1;
  int units = 1;
  int words() const { return width * units; }
};

class Generator {
 public:
  Generator(std::uint64_t seed, RandomProgramLimits const& limits)
      : random_(seed), limits_(limits) {
    tiles_ = static_cast<int>(between(3, limits.tiles));
    next_word_.assign(static_cast<std::size_t>(tiles_), 0);
    next_word_[0] = preloaded;
  }

  json make() {
    for (std::int64_t i = between(1, limits_.actions); i > 0; --i) act();
    for (auto& [key, program] : programs_)
      program.push_back({key.find("core") == std::string::npos ? "halt" : "hlt"});
    json root = programs_;
    root["_tiles"] = tiles_;
    return root;
  }

 private:
  std::int64_t between(std::int64_t lo, std::int64_t hi) {
    return lo + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(hi - lo + 1));
  }
  int pick(int lo, int hi) { return static_cast<int>(between(lo, hi)); }
  bool chance(int in) { return pick(1, in) == 1; }

  /// Mostly the compute tiles, sometimes the tiles for input and output.
  int any_tile() { return chance(8) ? pick(0, 1) : pick(2, tiles_ - 1); }

  json& tile(int t) { return programs_["tile" + std::to_string(t)]; }
  json& core(int t, int c) {
    return programs_["tile" + std::to_string(t) + "/core" + std::to_string(c)];
  }
  bool room(int t, int c) { return core(t, c).size() < most_core_instructions; }
  bool room(int t) { return tile(t).size() < most_tile_instructions; }

  Block cut() {
    static constexpr std::array widths{1, 2, 3, 5, 8, 10, 15, 16, 16, 16};
    Block block;
    block.width = widths[static_cast<std::size_t>(pick(0, static_cast<int>(widths.size()) - 1))];
    block.units = pick(1, chance(4) ? 8 : 3);
    return block;
  }

  /// The same words in other units.
  Block recut(Block const& block) {
    Block other = block;
    for (int i = 0; i < 4; ++i) {
      int const width = pick(1, 16);
      if (block.words() % width == 0) {
        other.width = width;
        other.units = block.words() / width;
      }
    }
    return other;
  }

  bool place(int t, Block& block) {
    int& next = next_word_[static_cast<std::size_t>(t)];
    if (next + block.words() > 32768) return false;
    block.address = next;
    next += block.words() + (chance(3) ? pick(0, 40) : 0);
    return true;
  }

  int vector(int words) { return pick(first_vector, registers - words); }

  void set_address(int t, int c, int address) {
    core(t, c).push_back({"set", scratch, address, 1});
  }

  void store(int t, int c, Block const& block, int readers) {
    set_address(t, c, block.address);
    core(t, c).push_back(
        {"st", scratch, vector(16 * block.units), readers, block.width, block.units});
  }

  void load(int t, int c, Block const& block) {
    set_address(t, c, block.address);
    int const to = chance(5) ? pick(0, scratch - block.words()) : vector(block.words());
    core(t, c).push_back({"ld", to, scratch, block.width, block.units});
  }

  /// Sender, receiver and mailbox are tied together: a mailbox has one sender.
  int slot(int from, int to) {
    auto const [found, fresh] = slots_.try_emplace({from, to}, 0);
    if (fresh) found->second = static_cast<int>(slots_.size()) % 150;
    return found->second;
  }

  void act() {
    switch (pick(0, 9)) {
      case 0:
      case 1:
      case 2:
        return share();
      case 3:
      case 4:
        return transfer();
      case 5:
        return limits_.channels ? channel() : share();
      case 6:
        return input();
      default:
        return compute();
    }
  }

  /// One core writes, several read.
  void share() {
    int const t = any_tile();
    int const writer = pick(0, 7);
    Block block = cut();
    if (!room(t, writer) || !place(t, block)) return;
    std::vector<int> readers;
    for (int c = 0; c < 8; ++c) {
      if (chance(4) && room(t, c)) readers.push_back(c);
    }
    store(t, writer, block, static_cast<int>(readers.size()) + (chance(10) ? 1 : 0));
    for (int const reader : readers) {
      if (chance(3)) compute_on(t, reader);
      load(t, reader, chance(3) ? recut(block) : block);
    }
  }

  /// A core writes, the tile sends, another tile receives, its cores read.
  void transfer() {
    int const from = any_tile();
    int const to = any_tile();
    int const writer = pick(0, 7);
    int const reader = pick(0, 7);
    Block source = cut();
    if (!room(from, writer) || !room(to, reader) || !room(from) || !room(to) ||
        !place(from, source))
      return;
    Block target = source;
    if (!place(to, target)) return;
    Block const packets = chance(3) ? recut(source) : source;
    int const box = slot(from, to);
    store(from, writer, source, 1);
    tile(from).push_back({"send", source.address, box, packets.width, to, packets.units});
    tile(to).push_back({"receive", target.address, box, packets.width, 1, packets.units});
    load(to, reader, chance(3) ? recut(target) : target);
  }

  /// Words of tile 0 that are valid from the start.
  void input() {
    int const to = pick(1, tiles_ - 1);
    int const reader = pick(0, 7);
    Block block = cut();
    if (!room(to, reader) || !room(0) || !room(to) || !place(to, block)) return;
    int const box = slot(0, to);
    tile(0).push_back(
        {"send", pick(0, preloaded - block.words()), box, block.width, to, block.units});
    tile(to).push_back({"receive", block.address, box, block.width, 1, block.units});
    load(to, reader, block);
  }

  /// The same words several times, from one core to another.
  void channel() {
    int const t = any_tile();
    int const writer = pick(0, 7);
    int const reader = (writer + pick(1, 7)) % 8;
    Block block = cut();
    if (!place(t, block)) return;
    for (int i = pick(2, 4); i > 0 && room(t, writer) && room(t, reader); --i) {
      store(t, writer, block, 1);
      if (chance(2)) compute_on(t, writer);
      load(t, reader, block);
    }
  }

  void compute() {
    int const t = any_tile();
    int const c = pick(0, 7);
    if (room(t, c)) compute_on(t, c);
  }

  void compute_on(int t, int c) {
    int const words = chance(3) ? pick(1, 200) : pick(1, 20);
    json& program = core(t, c);
    switch (pick(0, 7)) {
      case 0:
        return program.push_back({"set", vector(words), pick(-32768, 32767), words});
      case 1:
        return program.push_back(
            {"cp", pick(0, registers - words), pick(0, registers - words), words});
      case 2:
        return program.push_back({"alui", real_op(), vector(words), pick(0, registers - words),
                                  pick(-32768, 32767), words});
      case 3:
        return branch(program);
      case 4:
        return loop(program);
      case 5:
        return limits_.matrices > 0 && chance(limits_.matrices * 3) ? matrix(program)
                                                                    : branch(program);
      default:
        program.push_back({"alu", real_op(), chance(9) ? pick(0, 1000) : vector(words),
                           pick(0, registers - words), chance(3) ? 0 : pick(0, registers - words),
                           words});
    }
  }

  std::string real_op() {
    static constexpr std::array<char const*, 7> ops{"add", "sub", "mul", "relu",
                                                    "max", "sig", "tanh"};
    return ops[static_cast<std::size_t>(pick(0, 6))];
  }

  /// Skips instructions if two words happen to be equal, or always.
  void branch(json& program) {
    auto const skipped = static_cast<std::size_t>(pick(0, 2));
    std::size_t const target = program.size() + 1 + skipped;
    if (chance(2)) {
      program.push_back({"jmp", target});
    } else {
      int const a = vector(1);
      program.push_back({"beq", a, chance(2) ? a : vector(1), target});
    }
    for (std::size_t i = 0; i < skipped; ++i) program.push_back({"set", vector(1), pick(0, 99), 1});
  }

  void loop(json& program) {
    program.push_back({"set", scratch + 1, 0, 1});
    program.push_back({"set", scratch + 2, pick(1, 5), 1});
    program.push_back({"set", scratch + 3, 1, 1});
    std::size_t const top = program.size();
    program.push_back({"alu_int", "add", scratch + 1, scratch + 1, scratch + 3});
    program.push_back(
        {"alu_int", chance(2) ? "mul" : "sub", scratch + 4, scratch + 1, scratch + 2});
    program.push_back({"beq", scratch + 1, scratch + 2, top + 4});
    program.push_back({"jmp", top});
  }

  void matrix(json& program) {
    auto const bits = [&](int number) {
      std::string text;
      for (int i = 0; i < number; ++i) text += chance(2) ? '1' : '0';
      return text;
    };
    if (chance(10)) {
      program.push_back({"crs", bits(1), bits(1)});
    } else {
      program.push_back({"train", bits(3), bits(3)});
    }
  }

  std::mt19937_64 random_;
  RandomProgramLimits limits_;
  int tiles_ = 3;
  std::vector<int> next_word_;
  std::map<std::string, json> programs_;
  std::map<std::pair<int, int>, int> slots_;
};

}  // namespace

nlohmann::json random_program(std::uint64_t seed, RandomProgramLimits const& limits) {
  return Generator(seed, limits).make();
}

}  // namespace panther::machine::test
