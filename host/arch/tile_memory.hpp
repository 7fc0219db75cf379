// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Shared memory of a tile: words with a valid bit and a consumer counter, in pages that come into
// being on use.

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/arch/ids.hpp"

namespace panther::machine {

class TileMemory {
 public:
  /// `words` words, all invalid but the first `valid_words`, which hold 0 for `readers` consumers
  /// each.
  explicit TileMemory(std::uint32_t words, std::uint32_t valid_words = 0, int readers = 0)
      : words_(words), valid_words_(valid_words), readers_(static_cast<std::int16_t>(readers)) {}

  std::uint32_t size() const { return words_; }

  /// The caller keeps all addresses below size().
  bool valid(std::uint32_t address) const {
    Page const* page = page_of(address);
    return page ? page->valid[address % page_words] != 0 : address < valid_words_;
  }

  bool all_valid(std::uint32_t address, std::uint32_t count) const {
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!valid(address + i)) return false;
    }
    return true;
  }

  bool all_invalid(std::uint32_t address, std::uint32_t count) const {
    for (std::uint32_t i = 0; i < count; ++i) {
      if (valid(address + i)) return false;
    }
    return true;
  }

  /// The value alone, without consuming it; 0 if it was never written.
  Word peek(std::uint32_t address) const {
    Page const* page = page_of(address);
    return page ? page->value[address % page_words] : Word{0};
  }

  int counter(std::uint32_t address) const {
    Page const* page = page_of(address);
    if (page) return page->counter[address % page_words];
    return address < valid_words_ ? readers_ : 0;
  }

  /// Reads words and takes one from each word's counter; a word whose counter reaches 0 becomes
  /// invalid.
  void consume(std::uint32_t address, std::span<Word> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      auto const at = static_cast<std::uint32_t>(address + i);
      Page& page = make_page(at);
      std::uint32_t const w = at % page_words;
      out[i] = page.value[w];
      if (page.counter[w] > INT16_MIN) --page.counter[w];
      if (page.counter[w] <= 0) page.valid[w] = 0;
    }
  }

  /// Writes words, makes them valid and sets their counters.
  void produce(std::uint32_t address, std::span<Word const> values, int readers) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto const at = static_cast<std::uint32_t>(address + i);
      Page& page = make_page(at);
      std::uint32_t const w = at % page_words;
      page.value[w] = values[i];
      page.counter[w] = static_cast<std::int16_t>(readers);
      page.valid[w] = 1;
    }
  }

 private:
  static constexpr std::uint32_t page_words = 256;
  struct Page {
    std::array<Word, page_words> value{};
    std::array<std::int16_t, page_words> counter{};
    std::array<std::uint8_t, page_words> valid{};
  };

  Page const* page_of(std::uint32_t address) const {
    return pages_.empty() ? nullptr : pages_[address / page_words].get();
  }

  Page& make_page(std::uint32_t address) {
    if (pages_.empty()) pages_.resize((words_ + page_words - 1) / page_words);
    std::unique_ptr<Page>& page = pages_[address / page_words];
    if (!page) page = new_page(address / page_words * page_words);
    return *page;
  }

  std::unique_ptr<Page> new_page(std::uint32_t first) const {
    auto page = std::make_unique<Page>();
    for (std::uint32_t w = 0; w < page_words && first + w < valid_words_; ++w) {
      page->valid[w] = 1;
      page->counter[w] = readers_;
    }
    return page;
  }

  std::uint32_t words_;
  std::uint32_t valid_words_;
  std::int16_t readers_;
  std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace panther::machine
