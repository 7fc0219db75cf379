// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The words of a core's register address space. Pages come into being when they are first written,
// so that an idle core costs nothing; a word that was never written reads as 0.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/arch/ids.hpp"

namespace panther::machine {

class RegisterFile {
 public:
  explicit RegisterFile(std::uint32_t words) : words_(words) {}

  std::uint32_t size() const { return words_; }

  /// The caller keeps all addresses below size().
  Word read(std::uint32_t address) const {
    Page const* page = page_of(address);
    return page ? (*page)[address % page_words] : Word{0};
  }

  void read(std::uint32_t address, std::span<Word> out) const {
    for_pages(address, out.size(), [&](std::uint32_t at, std::size_t first, std::size_t count) {
      Page const* page = page_of(at);
      if (page) {
        std::copy_n(page->begin() + at % page_words, count,
                    out.begin() + static_cast<std::ptrdiff_t>(first));
      } else {
        std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(first), count, Word{0});
      }
    });
  }

  void write(std::uint32_t address, Word value) {
    make_page(address)[address % page_words] = value;
  }

  void write(std::uint32_t address, std::span<Word const> values) {
    for_pages(address, values.size(), [&](std::uint32_t at, std::size_t first, std::size_t count) {
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(first), count,
                  make_page(at).begin() + at % page_words);
    });
  }

  void fill(std::uint32_t address, std::uint32_t count, Word value) {
    for_pages(address, count, [&](std::uint32_t at, std::size_t, std::size_t n) {
      std::fill_n(make_page(at).begin() + at % page_words, n, value);
    });
  }

 private:
  static constexpr std::uint32_t page_words = 128;
  using Page = std::array<Word, page_words>;

  Page const* page_of(std::uint32_t address) const {
    return pages_.empty() ? nullptr : pages_[address / page_words].get();
  }

  Page& make_page(std::uint32_t address) {
    if (pages_.empty()) pages_.resize((words_ + page_words - 1) / page_words);
    std::unique_ptr<Page>& page = pages_[address / page_words];
    if (!page) page = std::make_unique<Page>();
    return *page;
  }

  template <class Visit>
  static void for_pages(std::uint32_t address, std::size_t words, Visit visit) {
    for (std::size_t done = 0; done < words;) {
      auto const at = static_cast<std::uint32_t>(address + done);
      std::size_t const count = std::min<std::size_t>(words - done, page_words - at % page_words);
      visit(at, done, count);
      done += count;
    }
  }

  std::uint32_t words_;
  std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace panther::machine
