// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/binary_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "host/isa/encoding.hpp"
#include "host/isa/image_error.hpp"
#include "host/isa/image_limits.hpp"
#include "host/isa/registry.hpp"

namespace panther::machine {
namespace {

constexpr std::uint32_t version = 1;

class Writer {
 public:
  void bytes(std::string_view text) { out_ += text; }
  void number(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i)
      out_ += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
  void u32(std::size_t value) { number(value, 4); }
  void words(std::vector<Word> const& words) {
    u32(words.size());
    for (Word const word : words) number(static_cast<std::uint16_t>(word), 2);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Programs in the order of their first use; equal pointers are written once.
class Pool {
 public:
  std::uint32_t index_of(ProgramPtr const& program, Unit unit) {
    if (!program) return 0;
    auto const [found, fresh] = known_.try_emplace({program.get(), unit}, 0);
    if (fresh) {
      list_.push_back({program.get(), unit});
      found->second = static_cast<std::uint32_t>(list_.size());
    }
    return found->second;
  }
  void write(Writer& out) const {
    out.u32(list_.size());
    for (auto const& [program, unit] : list_) {
      out.u32(unit == Unit::tile ? 1 : 0);
      out.u32(program->size());
      for (Instruction const& in : *program) out.number(encode(in), 8);
    }
  }

 private:
  using Entry = std::pair<Program const*, Unit>;
  std::map<Entry, std::uint32_t> known_;
  std::vector<Entry> list_;
};

class Reader {
 public:
  Reader(std::string_view bytes, std::string_view file) : bytes_(bytes), file_(file) {}

  [[noreturn]] void fail(std::string_view message) const {
    throw ImageError(fmt::format("{}: byte {}: {}", file_, at_, message));
  }
  std::uint64_t number(std::size_t width, std::string_view what) {
    if (left() < width) fail(fmt::format("the file ends within {}", what));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
      value |= std::uint64_t{static_cast<unsigned char>(bytes_[at_ + i])} << (8 * i);
    at_ += width;
    return value;
  }
  std::uint32_t u32(std::string_view what, std::uint32_t most = UINT32_MAX) {
    auto const value = static_cast<std::uint32_t>(number(4, what));
    if (value > most) {
      at_ -= 4;
      fail(fmt::format("{} is {} (allowed: 0..{})", what, value, most));
    }
    return value;
  }
  /// A number of things that take at least `size` bytes each: the file bounds it.
  std::uint32_t length(std::string_view what, std::size_t size) {
    return u32(what, static_cast<std::uint32_t>(std::min<std::size_t>(left() / size, UINT32_MAX)));
  }
  std::vector<Word> words(std::string_view what) {
    std::vector<Word> list(length(what, 2));
    for (Word& word : list) word = static_cast<Word>(number(2, what));
    return list;
  }
  void expect(std::string_view text) {
    if (bytes_.substr(at_, text.size()) != text)
      fail(fmt::format("no PANTHER image (it begins with {})", text));
    at_ += text.size();
  }
  std::size_t left() const { return bytes_.size() - at_; }

 private:
  std::string_view bytes_;
  std::string_view file_;
  std::size_t at_ = 0;
};

struct PoolEntry {
  Unit unit = Unit::core;
  ProgramPtr program;
};

std::vector<PoolEntry> read_pool(Reader& in) {
  std::vector<PoolEntry> pool(in.length("the number of programs", 8));
  for (PoolEntry& entry : pool) {
    entry.unit = in.u32("a unit", 1) == 1 ? Unit::tile : Unit::core;
    auto program = std::make_shared<Program>();
    for (std::uint32_t i = in.length("the length of a program", 8); i > 0; --i) {
      std::uint64_t const bits = in.number(8, "an instruction");
      try {
        program->push_back(decode(bits, entry.unit));
      } catch (OperandError const& error) {
        in.fail(error.what());
      }
    }
    if (program->empty()) in.fail("a program has no instructions");
    entry.program = std::move(program);
  }
  return pool;
}

ProgramPtr read_program(Reader& in, std::vector<PoolEntry> const& pool, Unit unit) {
  std::uint32_t const number = in.u32("a program", static_cast<std::uint32_t>(pool.size()));
  if (number == 0) return nullptr;
  if (pool[number - 1].unit != unit)
    in.fail(fmt::format("program {} belongs to another unit", number));
  return pool[number - 1].program;
}

void read_tile(Reader& in, std::vector<PoolEntry> const& pool, TileImage& tile) {
  tile.program = read_program(in, pool, Unit::tile);
  for (std::uint32_t i = in.length("the number of cores", 8); i > 0; --i) {
    auto const core = static_cast<CoreId>(in.u32("a core", UINT16_MAX));
    tile.cores[core] = read_program(in, pool, Unit::core);
  }
  for (std::uint32_t i = in.length("the number of data blocks", 12); i > 0; --i) {
    std::uint32_t const address = in.u32("an address", UINT16_MAX);
    auto const readers = static_cast<int>(in.u32("a counter", INT16_MAX));
    tile.data.push_back({address, readers, in.words("data")});
  }
  for (std::uint32_t i = in.length("the number of weight blocks", 12); i > 0; --i) {
    auto const core = static_cast<CoreId>(in.u32("a core", UINT16_MAX));
    std::uint32_t const matrix = in.u32("a matrix", UINT16_MAX);
    tile.weights.push_back({core, matrix, in.words("weights")});
  }
}

void write_tile(Writer& out, Pool& pool, TileImage const& tile) {
  out.u32(pool.index_of(tile.program, Unit::tile));
  out.u32(tile.cores.size());
  for (auto const& [core, program] : tile.cores) {
    out.u32(index(core));
    out.u32(pool.index_of(program, Unit::core));
  }
  out.u32(tile.data.size());
  for (DataBlock const& block : tile.data) {
    out.u32(block.address);
    out.u32(static_cast<std::uint32_t>(block.readers));
    out.words(block.words);
  }
  out.u32(tile.weights.size());
  for (WeightBlock const& block : tile.weights) {
    out.u32(index(block.core));
    out.u32(block.matrix);
    out.words(block.words);
  }
}

}  // namespace

std::string to_binary(Image const& image) {
  Pool pool;
  Writer tiles;
  for (TileImage const& tile : image.tiles) write_tile(tiles, pool, tile);
  Writer out;
  out.bytes(binary_magic);
  out.u32(version);
  out.u32(image.tiles.size());
  pool.write(out);
  out.bytes(tiles.take());
  return out.take();
}

Image parse_binary(std::string_view bytes, std::string_view file) {
  Reader in(bytes, file);
  in.expect(binary_magic);
  std::uint32_t const found = in.u32("the version");
  if (found != version)
    in.fail(fmt::format("version {} (this program reads version {})", found, version));
  std::uint32_t const tiles = in.u32("the number of tiles", std::uint32_t{most_image_tiles});
  std::vector<PoolEntry> const pool = read_pool(in);
  Image image;
  for (std::uint32_t t = 0; t < tiles; ++t) read_tile(in, pool, image.tiles.emplace_back());
  if (in.left() != 0) in.fail(fmt::format("{} bytes too many", in.left()));
  return image;
}

}  // namespace panther::machine
