// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Reads and updates on random crossbars.

#include <memory>

#include "host/tools/gpu_check/cases.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"

namespace panther::gpu_check {

namespace {

struct ReadCase {
  Crossbar xbar;
  ReadArgs args{};  // everything but pointers and shape
  std::vector<std::int16_t> inputs;
  std::vector<std::int32_t> adc_step;

  Outcome operator()(Backend& backend, Replicas chosen) const {
    Arena arena(backend, xbar.shape.replicas, chosen);
    ReadArgs read = args;
    read.shape = xbar.shape_in(arena);
    read.slicing = xbar.slicing;
    read.codes = arena.in(xbar.codes);
    read.devices = arena.in(xbar.devices);
    read.counters = xbar.slice_counters_in(arena);
    read.inputs = arena.in(inputs);
    read.adc_step = args.adc_bits == 0 ? nullptr : arena.in(adc_step);
    auto const outputs = xbar.replicas() * static_cast<std::size_t>(args.examples * sensed());
    read.sums = arena.out("sums", std::vector<i128>(outputs));
    std::int32_t* const peaks =
        arena.out("peaks", std::vector<std::int32_t>(xbar.replicas() * xbar.slices()));
    read.observed_peak = args.layer % 2 == 0 ? peaks : nullptr;
    backend.read(read);
    return arena.collect();
  }

  int sensed() const { return args.driven == Driven::rows ? xbar.shape.cols : xbar.shape.rows; }
  int driven() const { return args.driven == Driven::rows ? xbar.shape.rows : xbar.shape.cols; }
};

struct ReadChoice {
  Driven driven;
  ReadMode mode;
  int dac_bits;
  int adc_bits;
  bool noisy;
  bool compound = false;
};

ReadCase make_read(std::uint64_t seed, ReadChoice const& choice) {
  Draws draws(seed);
  CrossbarChoice crossbar;
  crossbar.read_noise = choice.noisy;
  crossbar.compound = choice.compound;
  crossbar.rows = draws.pick({1, 9, 31, 64, 129, 300});
  crossbar.cols = draws.pick({1, 10, 33, 64, 127, 257});
  ReadCase read{random_crossbar(draws, crossbar), {}, {}, {}};
  read.args.first_read = draws.wide() & 0xFFFFFFFFFFU;
  read.args.layer = read.xbar.layer;
  read.args.set = draws.whole(0, read.xbar.shape.sets - 1);
  read.args.examples = draws.pick({1, 2, 5});
  read.args.block_lines = draws.pick({128, 128, 64, 100, 7});
  read.args.dac_bits = choice.dac_bits;
  read.args.adc_bits = choice.adc_bits;
  read.args.driven = choice.driven;
  read.args.mode = choice.mode;
  read.args.noisy = choice.noisy;
  read.inputs = draws.words16(read.xbar.replicas() *
                              static_cast<std::size_t>(read.args.examples * read.driven()));
  read.adc_step = draws.wholes(read.xbar.replicas() * read.xbar.slices(), 1, 20000);
  return read;
}

struct UpdateCase {
  Crossbar xbar;
  UpdateArgs args{};  // everything but pointers and shape
  std::vector<std::int16_t> x;
  std::vector<std::int16_t> u;
  std::vector<std::int32_t> drop;
  std::vector<std::int32_t> delta;
  std::vector<std::uint16_t> shares = {};  // empty: all steps are taken

  Outcome operator()(Backend& backend, Replicas chosen) const {
    Arena arena(backend, xbar.shape.replicas, chosen);
    UpdateArgs update = args;
    update.shape = xbar.shape_in(arena);
    update.slicing = xbar.slicing;
    update.codes = arena.out("codes", xbar.codes);
    if (!xbar.progress.empty()) update.progress = arena.out("progress", xbar.progress);
    update.traits = xbar.traits_in(arena, backend);
    update.devices = arena.in(xbar.devices);
    update.law = arena.law(xbar.laws, xbar.slicing);
    update.counters = xbar.slice_counters_in(arena);
    update.layer_counters = xbar.layer_counters_in(arena);
    update.x = arena.in(x);
    update.u = arena.in(u);
    update.drop = arena.in(drop);
    update.delta = arena.in(delta);
    if (!shares.empty()) update.shares = arena.in(shares);
    update.noise = xbar.noise;
    update.rounding = xbar.rounding;
    backend.update(xbar.law, update);
    return arena.collect();
  }
};

struct UpdateChoice {
  int law;
  UpdateDrive drive;
  Fidelity fidelity;
  WriteNoiseKind noise;
  VariationSource variation;
  bool imperfect = false;
  bool compound = false;
};

UpdateCase make_update(std::uint64_t seed, UpdateChoice const& choice) {
  Draws draws(seed);
  CrossbarChoice crossbar;
  crossbar.law = choice.law;
  crossbar.noise = choice.noise;
  crossbar.variation = choice.variation;
  crossbar.imperfect = choice.imperfect;
  crossbar.compound = choice.compound;
  crossbar.rows = draws.pick({1, 5, 13, 24});
  crossbar.cols = draws.pick({1, 10, 17, 63, 65, 130});
  UpdateCase update{random_crossbar(draws, crossbar), {}, {}, {}, {}, {}};
  Crossbar const& xbar = update.xbar;
  bool const delta = choice.drive == UpdateDrive::delta;
  update.args.first_step = draws.wide() & 0xFFFFFFFFFFU;
  update.args.layer = xbar.layer;
  update.args.set_mask = static_cast<unsigned>(draws.whole(1, (1 << xbar.shape.sets) - 1));
  update.args.examples = delta ? 1 : draws.pick({1, 2, 4});
  update.args.batch = update.args.examples + draws.whole(0, 2);
  update.args.drive = choice.drive;
  update.args.fidelity = choice.fidelity;
  std::size_t const vectors = xbar.replicas() * static_cast<std::size_t>(update.args.batch);
  update.x = draws.words16(vectors * xbar.rows());
  update.u = draws.words16(vectors * xbar.cols());
  update.drop = draws.wholes(vectors, -3, 22);
  update.delta = draws.wholes(xbar.replicas() * xbar.rows() * xbar.cols(), -50000, 50000);
  if (xbar.slicing.weight_bits == 32) update.delta[0] = -2147483647 - 1;
  if (choice.compound) update.args.first_turn = draws.wide();
  return update;
}

template <class Run>
Case case_of(std::string group, std::string name, Run run) {
  int const replicas = run.xbar.shape.replicas;
  auto const held = std::make_shared<Run const>(std::move(run));
  return {std::move(group), std::move(name), replicas,
          [held](Backend& backend, Replicas chosen) { return (*held)(backend, chosen); }};
}

void add_reads(std::vector<Case>& cases, Driven driven, ReadMode mode, int dac_bits, int adc_bits) {
  std::string const group = std::string("read/") + (driven == Driven::rows ? "rows/" : "columns/") +
                            std::string(enum_name(mode));
  for (bool const noisy : {false, true}) {
    for (int variant = 0; variant < 2; ++variant) {
      std::string const name = "dac" + std::to_string(dac_bits) + "/adc" +
                               std::to_string(adc_bits) + (noisy ? "/noisy/" : "/quiet/") +
                               std::to_string(variant);
      cases.push_back(case_of(
          group, name, make_read(1000 + cases.size(), {driven, mode, dac_bits, adc_bits, noisy})));
    }
  }
}

/// Kinds of noise that know pulses, with everything that varies.
void add_imperfect(std::vector<Case>& cases) {
  for (int law = 0; law < laws_without_counter; ++law) {
    for (auto const& [noise, noise_name] : EnumNames<WriteNoiseKind>::values) {
      if (!knows_pulses(noise)) continue;
      bool const stored = (law + static_cast<int>(noise)) % 2 == 0;
      UpdateChoice const choice{law,
                                UpdateDrive::streamed,
                                law % 3 == 0 ? Fidelity::pulse : Fidelity::aggregate,
                                noise,
                                stored ? VariationSource::stored : VariationSource::regenerated,
                                true};
      cases.push_back(case_of("update/" + law_name(law) + "/imperfect", std::string(noise_name),
                              make_update(6000 + cases.size(), choice)));
    }
  }
}

void add_compound_reads(std::vector<Case>& cases) {
  for (Driven const driven : {Driven::rows, Driven::columns}) {
    for (auto const& [mode, name] : EnumNames<ReadMode>::values) {
      if (mode == ReadMode::analog) continue;
      for (bool const noisy : {false, true}) {
        std::uint64_t const seed = 1000 + cases.size();
        int const adc_bits = mode == ReadMode::collapsed ? 0 : 8;
        cases.push_back(case_of("read/compound",
                                std::string(name) +
                                    (driven == Driven::rows ? "/rows" : "/columns") +
                                    (noisy ? "/noisy" : "/quiet"),
                                make_read(seed, {driven, mode, 2, adc_bits, noisy, true})));
      }
    }
  }
}

struct NamedDrive {
  char const* name;
  UpdateDrive drive;
  Fidelity fidelity;
};
constexpr NamedDrive drives[] = {{"streamed", UpdateDrive::streamed, Fidelity::aggregate},
                                 {"pulses", UpdateDrive::streamed, Fidelity::pulse},
                                 {"digits", UpdateDrive::digits, Fidelity::aggregate},
                                 {"delta", UpdateDrive::delta, Fidelity::aggregate}};

/// Every law by every drive, the other choices in turn.
void add_compound_updates(std::vector<Case>& cases) {
  for (NamedDrive const& drive : drives) {
    for (int law = 0; law < laws_without_counter; ++law) {
      for (int variant = 0; variant < 4; ++variant) {
        auto const& [noise, noise_name] =
            EnumNames<WriteNoiseKind>::values[static_cast<std::size_t>(variant)];
        UpdateChoice const choice{law,
                                  drive.drive,
                                  drive.fidelity,
                                  noise,
                                  static_cast<VariationSource>((law + variant) % 3),
                                  false,
                                  true};
        cases.push_back(case_of("update/compound/" + std::string(drive.name),
                                law_name(law) + "/" + std::string(noise_name),
                                make_update(2000 + cases.size(), choice)));
      }
    }
  }
}

std::vector<std::uint16_t> random_shares(Draws& draws, std::size_t devices) {
  std::vector<std::uint16_t> shares(devices);
  for (auto& share : shares) {
    share = static_cast<std::uint16_t>(
        draws.pick({0, share_one, draws.whole(1, share_one), draws.whole(1, share_one)}));
  }
  return shares;
}

/// Every law by two drives, the other choices in turn.
void add_shared_updates(std::vector<Case>& cases) {
  for (int law = 0; law < laws_without_counter; ++law) {
    for (int variant = 0; variant < 2; ++variant) {
      NamedDrive const& drive = drives[(law + 2 * variant) % 4];
      auto const& [noise, noise_name] =
          EnumNames<WriteNoiseKind>::values[static_cast<std::size_t>((law + variant) % 4)];
      std::uint64_t const seed = 2000 + cases.size();
      UpdateCase update = make_update(seed, {law, drive.drive, drive.fidelity, noise,
                                             static_cast<VariationSource>((law + variant) % 3)});
      Draws draws(seed + 1);
      update.shares = random_shares(draws, update.xbar.codes.size());
      cases.push_back(case_of("update/shares",
                              law_name(law) + "/" + drive.name + "/" + std::string(noise_name),
                              std::move(update)));
    }
  }
}

/// A law that counts pulses by every drive and kind of noise, the other choices in turn.
void add_counted_updates(std::vector<Case>& cases) {
  for (NamedDrive const& drive : drives) {
    for (auto const& [noise, noise_name] : EnumNames<WriteNoiseKind>::values) {
      auto const at = static_cast<int>(cases.size());
      bool const imperfect = knows_pulses(noise);
      UpdateChoice const choice{counting_law(),
                                drive.drive,
                                drive.fidelity,
                                noise,
                                static_cast<VariationSource>(imperfect ? 1 + at / 4 % 2 : at % 3),
                                imperfect,
                                at % 4 == 2};
      std::uint64_t const seed = 9700 + cases.size();
      UpdateCase update = make_update(seed, choice);
      Draws draws(~seed);
      if (at % 4 == 3) update.shares = random_shares(draws, update.xbar.codes.size());
      cases.push_back(case_of("update/" + law_name(counting_law()) + "/" + drive.name,
                              std::string(noise_name), std::move(update)));
    }
  }
}

}  // namespace

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  for (Driven const driven : {Driven::rows, Driven::columns}) {
    for (int const dac_bits : {1, 2, 4, 8}) {
      add_reads(cases, driven, ReadMode::collapsed, dac_bits, 0);
    }
    for (int const dac_bits : {1, 2, 4, 8}) {
      for (int const adc_bits : {0, 8}) {
        add_reads(cases, driven, ReadMode::bit_serial, dac_bits, adc_bits);
      }
    }
  }
  add_compound_reads(cases);
  return cases;
}

std::vector<Case> update_cases() {
  std::vector<Case> cases;
  for (int law = 0; law < laws_without_counter; ++law) {
    for (NamedDrive const& drive : drives) {
      for (auto const& [noise, noise_name] : EnumNames<WriteNoiseKind>::values) {
        if (knows_pulses(noise)) continue;
        int source = 0;
        for (char const* const variation : {"none", "regenerated", "stored"}) {
          UpdateChoice const choice{law, drive.drive, drive.fidelity, noise,
                                    static_cast<VariationSource>(source++)};
          cases.push_back(case_of("update/" + law_name(law) + "/" + drive.name,
                                  std::string(noise_name) + "/" + variation,
                                  make_update(2000 + cases.size(), choice)));
        }
      }
    }
  }
  add_imperfect(cases);
  add_compound_updates(cases);
  add_shared_updates(cases);
  add_counted_updates(cases);
  return cases;
}

}  // namespace panther::gpu_check
