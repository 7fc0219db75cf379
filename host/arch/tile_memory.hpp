// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Shared memory of a tile: words with a valid bit and a consumer counter, in pages that come into
// being on use.

#include <algorithm>
#include <array>
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
    return all_are(true, address, count);
  }

  bool all_invalid(std::uint32_t address, std::uint32_t count) const {
    return all_are(false, address, count);
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
    for_each_part(address, out.size(), [&](std::uint32_t at, std::size_t done, std::size_t count) {
      Page& page = make_page(at);
      std::uint32_t const first = at % page_words;
      for (std::size_t i = 0; i < count; ++i) {
        std::size_t const w = first + i;
        out[done + i] = page.value[w];
        int const counter = std::max(page.counter[w] - 1, INT16_MIN);
        page.counter[w] = static_cast<std::int16_t>(counter);
        page.valid[w] = counter > 0 ? page.valid[w] : std::uint8_t{0};
      }
    });
  }

  /// Writes words, makes them valid and sets their counters.
  void produce(std::uint32_t address, std::span<Word const> values, int readers) {
    for_each_part(address, values.size(),
                  [&](std::uint32_t at, std::size_t done, std::size_t count) {
                    Page& page = make_page(at);
                    std::uint32_t const w = at % page_words;
                    std::copy_n(&values[done], count, &page.value[w]);
                    std::fill_n(&page.counter[w], count, static_cast<std::int16_t>(readers));
                    std::fill_n(&page.valid[w], count, std::uint8_t{1});
                  });
  }

 private:
  static constexpr std::uint32_t page_words = 256;
  struct Page {
    std::array<Word, page_words> value{};
    std::array<std::int16_t, page_words> counter{};
    std::array<std::uint8_t, page_words> valid{};
  };

  /// Calls use(address, words before, words) for the part in each page.
  template <class Use>
  static void for_each_part(std::uint32_t address, std::size_t count, Use use) {
    for (std::size_t done = 0; done < count;) {
      auto const at = static_cast<std::uint32_t>(address + done);
      std::size_t const part = std::min<std::size_t>(count - done, page_words - at % page_words);
      use(at, done, part);
      done += part;
    }
  }

  bool all_are(bool wanted, std::uint32_t address, std::uint32_t count) const {
    bool all = true;
    for_each_part(address, count, [&](std::uint32_t at, std::size_t, std::size_t part) {
      Page const* const page = page_of(at);
      for (std::size_t i = 0; i < part && all; ++i)
        all = (page ? page->valid[at % page_words + i] != 0 : at + i < valid_words_) == wanted;
    });
    return all;
  }

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
