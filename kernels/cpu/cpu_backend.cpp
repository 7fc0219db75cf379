// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>

#include "kernels/base/backend.hpp"
#include "kernels/cpu/banded_read.hpp"
#include "kernels/cpu/isa.hpp"
#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/law_writes.hpp"
#include "kernels/cpu/layer_shares.hpp"
#include "kernels/cpu/line_read.hpp"
#include "kernels/cpu/read_units.hpp"
#include "kernels/cpu/scratch.hpp"
#include "kernels/cpu/thread_pool.hpp"
#include "kernels/cpu/update_counters.hpp"
#include "kernels/wires/follow.hpp"
#include "kernels/wires/shares.hpp"
#include "kernels/wires/unit.hpp"

namespace panther {

namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t huge_page = std::size_t{1} << 21;
constexpr int columns_together = 8;  // hides the latency of a chain of operations along a line

class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(CpuOptions const& options)
      : pool_(options.threads > 0
                  ? options.threads
                  : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))),
        isa_(resolved_isa(options.isa)),
        kernels_(kernel_table(isa_)) {}

  std::string name() const override { return "cpu"; }
  std::string description() const override {
    return "cpu " + std::string(enum_name(isa_)) + ", " + std::to_string(pool_.threads()) +
           " threads";
  }

  int threads() const override { return pool_.threads(); }

  bool shares_host_memory() const override { return true; }
  void* allocate(std::size_t bytes) override {
    bool const large = bytes >= huge_page;
    std::size_t const alignment = large ? huge_page : cache_line;
    std::size_t const padded = (bytes + cache_line + alignment - 1) / alignment * alignment;
    void* const memory = std::aligned_alloc(alignment, padded);
    if (memory == nullptr) {
      throw BackendError("out of memory: " + std::to_string(padded) +
                         " bytes for the emulated devices");
    }
#if defined(MADV_HUGEPAGE)
    // Reads visit a page a row: ordinary pages would miss in the translation cache at every row.
    if (large) madvise(memory, padded / huge_page * huge_page, MADV_HUGEPAGE);
#endif
    std::memset(memory, 0, padded);
    return memory;
  }
  void release(void* memory) noexcept override { std::free(memory); }
  void upload(void* to, void const* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void download(void* to, void const* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void copy(void* to, void const* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void clear(void* memory, std::size_t bytes) override { std::memset(memory, 0, bytes); }
  void synchronise() override {}

  void read(ReadArgs const& args) override {
    if (kernels_.read_band != nullptr && can_read_in_bands(args)) {
      return banded_read_.run(pool_, args, kernels_.read_band);
    }
    if (kernels_.read_lines != nullptr && can_read_lines(args)) {
      return line_read_.run(pool_, args, kernels_.read_lines);
    }
    pool_.for_ranges(
        read_units(args).count(), read_grain(args),
        [&](std::int64_t first, std::int64_t last) { kernels_.read(args, first, last); });
  }
  void read_analog(AnalogReadArgs const& args) override {
    pool_.for_ranges(
        read_units(args.read).count(), read_grain(args.read),
        [&](std::int64_t first, std::int64_t last) { kernels_.read_analog(args, first, last); });
  }
  void update_layers(int law, std::span<UpdateArgs const> layers) override {
    int const parts = shares_.deal(layers, pool_.threads());
    counters_.begin(layers, parts);
    pool_.run(parts, [&](int part) {
      counters_.clear(part);
      for (std::size_t i = 0; i < layers.size(); ++i) {
        std::span<ActiveRow const> const rows = shares_.list(i, part, parts);
        if (rows.empty()) continue;
        kernels_.update(law, counters_.counted(layers[i], i, part), rows.data(),
                        static_cast<std::int64_t>(rows.size()));
      }
    });
    counters_.add(layers, parts);
  }
  void resolve(int law, ResolveArgs const& args) override {
    XbarShape const& shape = args.shape;
    std::int64_t const rows = static_cast<std::int64_t>(shape.replicas) * shape.rows;
    if (!can_screen(args)) {
      return pool_.for_ranges(rows * shape.cols, 64, [&](std::int64_t first, std::int64_t last) {
        resolve_weights(law, args, first, last);
      });
    }
    ResolveLimits const limits = resolve_limits(args);
    pool_.for_pieces(rows, 1 + 10000 / (shape.planes * shape.cols),
                     [&](std::int64_t first, std::int64_t last) {
                       resolve_rows(law, args, limits, kernels_, first, last);
                     });
  }
  void refresh(int law, RefreshArgs const& args) override {
    XbarShape const& shape = args.write.shape;
    std::int64_t const weights =
        static_cast<std::int64_t>(shape.replicas) * shape.rows * shape.cols;
    pool_.for_ranges(weights, 1024, [&](std::int64_t first, std::int64_t last) {
      refresh_weights(law, args, first, last);
    });
  }
  void store_traits(StoreTraitsArgs const& args) override { run(StoreTraits{args}, 64); }
  void age(AgeArgs const& args) override {
    XbarShape const& shape = args.shape;
    std::int64_t const rows =
        static_cast<std::int64_t>(shape.replicas) * shape.sets * shape.planes * shape.rows;
    int const lanes = lanes_of_row(shape.cols);
    pool_.for_ranges(rows, 1 + 4096 / shape.cols, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t row = first; row < last; ++row) {
        LanePlace const place = lane_place(shape, row * lanes);
        if (((args.set_mask >> place.set) & 1U) != 0) kernels_.age_row(args, place);
      }
    });
  }
  // The vector loops count the same steps for all devices of a cell.
  void wear(WearArgs const& args) override {
    if (args.before != nullptr) return run_rows(kernels_.wear, args, true);
    if (!args.update.slicing.moves_alike()) return run(WearLane{args}, 64);
    run_rows(kernels_.wear, args, false);
  }
  void appear(ApparentArgs const& args) override {
    bool const after_update = args.touch == Touch::update;
    if (!after_update || !args.update.slicing.moves_alike()) return run(ApparentLane{args}, 64);
    run_rows(kernels_.appear, args, false);
  }
  void solve_wires(WireSolveArgs const& args) override {
    check_solvable(args);
    std::int64_t const doubles = WireWorkspace(args).doubles();
    pool_.for_ranges(args.units(), 1, [&](std::int64_t first, std::int64_t last) {
      auto* const memory = reinterpret_cast<double*>(
          thread_scratch(static_cast<std::size_t>(doubles) * sizeof(double)));
      kernels_.solve_wires(args, memory, first, last);
    });
  }
  void see(SeenArgs const& args) override {
    run(WordDrops{args}, 16);
    run(SeenColumns<columns_together>{args}, 4);
  }
  void follow(FollowArgs const& args) override { run(FollowDevices<column_alignment>{args}, 128); }
  void share_steps(ShareArgs const& args) override {
    run(WordDrops{args.devices}, 16);
    run(ShareColumns<columns_together>{args}, 4);
  }
  void gather(GatherArgs const& args) override { run_vectors(kernels_.gather, args, args.vectors); }
  void forward(ForwardArgs const& args) override {
    run_vectors(kernels_.forward, args, ForwardVector{args}.items());
  }
  void loss(LossArgs const& args) override { run_vectors(kernels_.loss, args, args.vectors); }
  void backward(BackwardArgs const& args) override {
    run_vectors(kernels_.backward, args, BackwardVector{args}.items());
  }
  void drive(DriveArgs const& args) override {
    run_vectors(kernels_.drive, args, DriveVector{args}.items());
  }
  void gradient(GradientArgs const& args) override { run(GradientElement{args}, 256); }
  void histogram(HistogramArgs const& args) override {
    for (int row = 0; row < args.rows; ++row) {
      for (int col = 0; col < args.cols; ++col) ++args.bins[level_bin(args, row, col)];
    }
  }

 private:
  template <class Functor>
  void run(Functor const& functor, std::int64_t grain) {
    run_items(functor, functor.items(), grain);
  }

  template <class Functor>
  void run_items(Functor const& functor, std::int64_t items, std::int64_t grain) {
    pool_.for_ranges(items, grain, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t item = first; item < last; ++item) functor(item);
    });
  }

  /// A pass over the rows that an update has driven, or over all.
  template <class Args>
  void run_rows(void (*kernel)(Args const&, ActiveRow const*, std::int64_t), Args const& args,
                bool all) {
    XbarShape const& shape = args.update.shape;
    std::int64_t const grain = 1 + 20000 / (static_cast<std::int64_t>(shape.planes) * shape.cols);
    all ? touched_.mark_all(shape) : touched_.mark(args.update);
    std::vector<std::int64_t> loads(static_cast<std::size_t>(pool_.threads()), 0);
    int const parts = touched_.deal(grain, 1, loads);
    pool_.run(parts, [&](int part) {
      std::span<ActiveRow const> const rows = touched_.list(part, parts);
      kernel(args, rows.data(), static_cast<std::int64_t>(rows.size()));
    });
  }

  /// A vector is a microsecond of work or less: some make a part for a thread.
  template <class Args>
  void run_vectors(void (*kernel)(Args const&, std::int64_t, std::int64_t), Args const& args,
                   std::int64_t vectors) {
    pool_.for_ranges(vectors, 8,
                     [&](std::int64_t first, std::int64_t last) { kernel(args, first, last); });
  }

  LayerShares shares_;       // of an update
  UpdateCounters counters_;  // of an update
  RowShares touched_;        // of a pass
  BandedRead banded_read_;
  LineRead line_read_;
  ThreadPool pool_;
  Isa isa_;
  KernelTable const& kernels_;
};

}  // namespace

std::unique_ptr<Backend> make_cpu_backend(CpuOptions const& options) {
  return std::make_unique<CpuBackend>(options);
}

}  // namespace panther
