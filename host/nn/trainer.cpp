// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/trainer.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "host/nn/analog_reading.hpp"
#include "host/nn/initial_weights.hpp"

namespace panther {

namespace {

// Reads of evaluation and calibration, and merges, draw their noise apart from the reads and writes
// of training.
constexpr std::uint64_t evaluation_reads = std::uint64_t{1} << 47;
constexpr std::uint64_t calibration_reads = std::uint64_t{1} << 46;
constexpr std::uint64_t merge_events = std::uint64_t{1} << 46;

/// Examples that pass through the network together: variant V1 moves the weights after each.
int examples_together(RunConfig const& config) {
  bool const one_by_one = config.crossbar.variant == CrossbarVariant::v1 &&
                          config.update.method != UpdateMethod::batch_digits;
  return one_by_one ? 1 : config.training.batch;
}

bool calibrates_ranges(ReadConfig const& read) {
  return read.adc_bits != 0 && read.adc_range == AdcRange::calibrated;
}

bool calibrates(ReadConfig const& read) { return calibrates_ranges(read) || averages_inputs(read); }

int capacity_of(RunConfig const& config, TrainerOptions const& options) {
  int const calibration = calibrates(config.read) ? config.read.calibration_examples : 1;
  return std::max({examples_together(config), options.evaluation_batch, calibration});
}

void check_replicas(std::vector<Replica> const& replicas) {
  if (replicas.empty()) throw std::invalid_argument("a run needs at least one replica");
  DeviceConfig const& first = replicas.front().device;
  for (Replica const& replica : replicas) {
    if (replica.device.law.index() != first.law.index() ||
        replica.device.rounding != first.rounding ||
        replica.device.write_noise.kind != first.write_noise.kind ||
        replica.device.endurance.count != first.endurance.count) {
      throw std::invalid_argument(
          "replicas may differ in seeds and device parameters, not in law, rounding, kind of write "
          "noise or count of writes");
    }
  }
}

}  // namespace

std::vector<DenseSpec> layer_specs(RunConfig const& config, int pixels, int classes, int capacity) {
  std::vector<DenseSpec> specs;
  FormatsConfig const& formats = config.formats;
  std::size_t const count = config.network.layers.size();
  int inputs = pixels;
  for (std::size_t i = 0; i < count; ++i) {
    LayerConfig const& layer = config.network.layers[i];
    bool const last = i + 1 == count;
    int const x = layer.x_frac.value_or(i == 0 ? formats.input_frac : formats.x_frac);
    int const y = last ? layer.z_frac.value_or(formats.output_frac)
                       : config.network.layers[i + 1].x_frac.value_or(formats.x_frac);
    int const z = layer.z_frac.value_or(last ? formats.output_frac : formats.z_frac);
    specs.push_back({.index = static_cast<int>(i),
                     .inputs = inputs,
                     .units = layer.units,
                     .bias = layer.bias,
                     .activation = layer.activation,
                     .learning_rate_factor = layer.learning_rate_factor,
                     .forward_shift = layer.forward_shift,
                     .read_threshold = layer.read_threshold,
                     .formats = {.x = x,
                                 .z = z,
                                 .y = y,
                                 .e = layer.e_frac.value_or(formats.e_frac),
                                 .u = layer.u_frac.value_or(formats.u_frac),
                                 .w = layer.w_frac.value_or(formats.w_frac)},
                     .capacity = capacity});
    inputs = layer.units;
  }
  if (inputs != classes) {
    throw std::invalid_argument("network.layers: the last layer has " + std::to_string(inputs) +
                                " units, the dataset has " + std::to_string(classes) + " classes");
  }
  return specs;
}

/// Arrays that belong to the whole network.
struct Trainer::Buffers {
  DeviceArray<std::uint8_t> train_images;
  DeviceArray<std::uint8_t> train_labels;
  DeviceArray<std::int32_t> order;  // of the epoch: [batch][replica][example]
  DeviceArray<float> loss;          // as order
  DeviceArray<std::int32_t> correct;
  DeviceArray<std::int16_t> y;
  DeviceArray<std::int32_t> y_fraction;
  DeviceArray<std::uint8_t> test_images;
  DeviceArray<std::uint8_t> test_labels;
  std::uint8_t const* test_source = nullptr;
};

Trainer::Trainer(RunConfig const& config, TrainingData const& data, Backend& backend,
                 std::vector<Replica> replicas, TrainerOptions const& options)
    : config_(config),
      data_(data),
      backend_(&backend),
      replicas_(std::move(replicas)),
      options_(options),
      buffers_(std::make_unique<Buffers>()) {
  check(config_);
  check_replicas(replicas_);
  if (data_.train.size() == 0) throw std::invalid_argument("the dataset has no training examples");
  int const capacity = capacity_of(config_, options_);
  for (DenseSpec const& spec : layer_specs(config_, data_.pixels, data_.classes, capacity)) {
    DenseLayer layer(backend, config_, spec, replicas_, options_.store_variation);
    layer.program(first_words(spec));
    layers_.push_back(std::move(layer));
  }
  auto const vectors =
      static_cast<std::size_t>(this->replicas()) * static_cast<std::size_t>(capacity);
  std::size_t const epoch_vectors =
      replicas_.size() * static_cast<std::size_t>(examples_per_epoch());
  buffers_->train_images = {backend, data_.train.images.size()};
  backend.upload(buffers_->train_images.data(), data_.train.images.data(),
                 data_.train.images.size());
  buffers_->train_labels = {backend, data_.train.labels.size()};
  backend.upload(buffers_->train_labels.data(), data_.train.labels.data(),
                 data_.train.labels.size());
  buffers_->order = {backend, epoch_vectors};
  buffers_->loss = {backend, epoch_vectors};
  buffers_->correct = {backend, epoch_vectors};
  buffers_->y = {backend, vectors * static_cast<std::size_t>(data_.classes)};
  buffers_->y_fraction = {backend, vectors};
  carries_.assign(layers_.size() * replicas_.size(), 0);
}

Trainer::~Trainer() = default;

DeviceArray<std::int32_t> Trainer::first_words(DenseSpec const& spec) const {
  constexpr std::size_t piece = std::size_t{1} << 18;
  std::size_t const size =
      static_cast<std::size_t>(spec.rows()) * static_cast<std::size_t>(spec.units);
  DeviceArray<std::int32_t> words(*backend_, replicas_.size() * size);
  std::vector<float> weights;
  for (std::size_t r = 0; r < replicas_.size(); ++r) {
    for (std::size_t first = 0; first < size; first += piece) {
      weights.resize(std::min(piece, size - first));
      initial_weights(config_.network.init, replicas_[r].seed, spec.index, spec.inputs, spec.units,
                      first, weights);
      words.upload(weight_words(weights, spec.formats.w, config_.slicing.weight_bits),
                   r * size + first);
    }
  }
  return words;
}

std::int64_t Trainer::batches_per_epoch() const {
  return (examples_per_epoch() + config_.training.batch - 1) / config_.training.batch;
}

void Trainer::begin_epoch() {
  std::int64_t const count = examples_per_epoch();
  std::int64_t const batch = config_.training.batch;
  std::vector<std::int32_t> ordered(static_cast<std::size_t>(count) * replicas_.size());
  for (std::size_t r = 0; r < replicas_.size(); ++r) {
    auto const order = epoch_order(config_.training, replicas_[r].seed, epoch_, data_.train.size());
    // Inside a batch that passes in pieces (V1), a piece is a batch of its own.
    std::int64_t const piece = examples_together(config_);
    for (std::int64_t start = 0; start < count; start += batch) {
      for (std::int64_t first = start; first < std::min(start + batch, count); first += piece) {
        std::int64_t const size = std::min({piece, start + batch - first, count - first});
        for (std::int64_t n = 0; n < size; ++n) {
          std::int64_t const at = first * static_cast<std::int64_t>(replicas_.size()) +
                                  static_cast<std::int64_t>(r) * size + n;
          ordered[static_cast<std::size_t>(at)] = order[static_cast<std::size_t>(first + n)];
        }
      }
    }
  }
  buffers_->order.upload(ordered);
  double const rate = learning_rate_of(config_.training, epoch_);
  for (DenseLayer& layer : layers_) layer.set_learning_rate(rate);
  epoch_ready_ = true;
}

void Trainer::run_batch() {
  if (epoch_done()) throw std::logic_error("Trainer::run_batch: the epoch is done");
  if (!epoch_ready_) begin_epoch();
  if (batch_ == 0) calibrate_reads();
  std::int64_t const first = batch_ * config_.training.batch;
  std::int64_t const last =
      std::min<std::int64_t>(first + config_.training.batch, examples_per_epoch());
  int const together = examples_together(config_);
  for (std::int64_t at = first; at < last; at += together) {
    train_examples(at, static_cast<int>(std::min<std::int64_t>(together, last - at)));
  }
  ++batch_;
  std::uint64_t const done =
      static_cast<std::uint64_t>(epoch_) * static_cast<std::uint64_t>(batches_per_epoch()) +
      static_cast<std::uint64_t>(batch_);
  if (config_.crs.unit == CarryUnit::batches) resolve_carries(done - 1, done, examples_);
  if (config_.refresh.unit == CarryUnit::batches) refresh_pairs(done - 1, done, examples_);
  age_devices(AgeUnit::batches, done - 1, done);
}

double Trainer::clock_s() const {
  return static_cast<double>(examples_) * config_.device.retention.seconds_per_example;
}

/// Lets the time since the last pass act if one is due between two counts of `unit`.
void Trainer::age_devices(AgeUnit unit, std::uint64_t before, std::uint64_t after) {
  Retention const& retention = config_.device.retention;
  auto const every = static_cast<std::uint64_t>(retention.every);
  if (every == 0 || retention.unit != unit || before / every == after / every) return;
  double const since = static_cast<double>(aged_examples_) * retention.seconds_per_example;
  for (DenseLayer& layer : layers_) layer.age({since, clock_s()}, aging_passes_);
  aged_examples_ = examples_;
  ++aging_passes_;
}

void Trainer::train_examples(std::int64_t first, int count) {
  Examples const examples{count, examples_};
  std::int64_t const offset = first * replicas();
  std::int32_t const* const order = buffers_->order.data() + offset;
  forward(examples, buffers_->train_images.data(), order);
  loss(count, buffers_->train_labels.data(), order, buffers_->loss.data() + offset,
       buffers_->correct.data() + offset);
  backward(examples);
  update(examples);
  age_devices(AgeUnit::examples, examples.first, examples_);
}

void Trainer::forward(Examples examples, std::uint8_t const* images, std::int32_t const* order) {
  DenseLayer& input = layers_.front();
  backend_->gather({.images = images,
                    .order = order,
                    .x = input.x.data(),
                    .x_fraction = input.x_fraction.data(),
                    .vectors = replicas() * examples.count,
                    .pixels = data_.pixels,
                    .rows = input.spec().rows(),
                    .fraction = input.spec().formats.x});
  for (std::size_t i = 0; i + 1 < layers_.size(); ++i) {
    DenseLayer& above = layers_[i + 1];
    layers_[i].forward(examples, above.inputs());
  }
  layers_.back().forward(
      examples,
      {.y = buffers_->y.data(), .y_fraction = buffers_->y_fraction.data(), .rows = data_.classes});
}

void Trainer::loss(int count, std::uint8_t const* labels, std::int32_t const* order, float* loss,
                   std::int32_t* correct) {
  DenseLayer& output = layers_.back();
  backend_->loss({.y = buffers_->y.data(),
                  .y_fraction = buffers_->y_fraction.data(),
                  .labels = labels,
                  .order = order,
                  .e = output.e.data(),
                  .e_fraction = output.e_fraction.data(),
                  .loss = loss,
                  .correct = correct,
                  .vectors = replicas() * count,
                  .classes = data_.classes,
                  .fixed_fraction = output.spec().formats.e,
                  .scale = config_.formats.scale,
                  .kind = config_.network.loss,
                  .activation = output.spec().activation});
}

void Trainer::backward(Examples examples) {
  for (std::size_t i = layers_.size(); i-- > 1;) layers_[i].backward(examples, layers_[i - 1]);
}

int Trainer::piece_end(std::uint64_t before, int first, int count) const {
  std::uint64_t const at = before + static_cast<std::uint64_t>(first);
  std::uint64_t end = before + static_cast<std::uint64_t>(count);
  auto const cut = [&](int every) {
    auto const period = static_cast<std::uint64_t>(every);
    end = std::min(end, (at / period + 1) * period);
  };
  if (config_.crs.unit == CarryUnit::examples && config_.crs.policy != CarryPolicy::never) {
    cut(config_.crs.every);
  }
  if (config_.refresh.unit == CarryUnit::examples && config_.refresh.every > 0) {
    cut(config_.refresh.every);
  }
  return static_cast<int>(end - before);
}

void Trainer::update(Examples batch) {
  std::uint64_t const before = examples_;
  examples_ += static_cast<std::uint64_t>(batch.count);
  auto const maintain = [&](std::uint64_t from, std::uint64_t to) {
    if (config_.crs.unit == CarryUnit::examples) resolve_carries(from, to, to);
    if (config_.refresh.unit == CarryUnit::examples) refresh_pairs(from, to, to);
  };
  if (config_.update.method == UpdateMethod::batch_digits) {
    ++gradient_steps_;
    for (DenseLayer& layer : layers_) layer.update_with_gradient(batch, gradient_steps_);
    maintain(before, examples_);
  } else {
    // Carries and refreshes fall due between examples: the batch's outer products are applied in
    // pieces.
    for (int first = 0; first < batch.count;) {
      int const last = piece_end(before, first, batch.count);
      DenseLayer::update(layers_, batch, first, last - first);
      maintain(before + static_cast<std::uint64_t>(first),
               before + static_cast<std::uint64_t>(last));
      first = last;
    }
  }
  if (config_.crossbar.variant == CrossbarVariant::v3) {
    for (DenseLayer& layer : layers_) layer.merge(merge_events + examples_);
    for (std::uint64_t& carries : carries_) ++carries;
  }
}

void Trainer::resolve_carries(std::uint64_t before, std::uint64_t after, std::uint64_t event) {
  if (config_.crs.policy == CarryPolicy::never) return;
  auto const every = static_cast<std::uint64_t>(config_.crs.every);
  if (before / every == after / every) return;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (config_.crs.policy == CarryPolicy::adaptive) {
      resolve_saturated(layers_[i], i, event);
      continue;
    }
    layers_[i].resolve(event, {});
    for (std::size_t r = 0; r < replicas_.size(); ++r) ++carries_[i * replicas_.size() + r];
  }
}

void Trainer::refresh_pairs(std::uint64_t before, std::uint64_t after, std::uint64_t event) {
  if (config_.refresh.every == 0) return;
  auto const every = static_cast<std::uint64_t>(config_.refresh.every);
  if (before / every == after / every) return;
  for (DenseLayer& layer : layers_) layer.refresh(event);
}

void Trainer::resolve_saturated(DenseLayer& layer, std::size_t index, std::uint64_t event) {
  std::vector<SliceCounters> const now = layer.slice_counters();
  std::size_t const slices = now.size() / replicas_.size();
  if (at_last_carry_.empty()) at_last_carry_.resize(layers_.size() * now.size());
  SliceCounters* const then = at_last_carry_.data() + index * now.size();
  std::vector<std::uint8_t> active(replicas_.size(), 0);
  for (std::size_t i = 0; i < now.size(); ++i) {
    auto const updates = static_cast<double>(now[i].updates - then[i].updates);
    auto const saturations = static_cast<double>(now[i].saturations - then[i].saturations);
    if (saturations > config_.crs.threshold * updates) active[i / slices] = 1;
  }
  if (std::find(active.begin(), active.end(), 1) == active.end()) return;
  layer.resolve(event, active);
  for (std::size_t r = 0; r < replicas_.size(); ++r) {
    if (active[r] == 0) continue;
    ++carries_[index * replicas_.size() + r];
    std::copy_n(now.begin() + static_cast<std::ptrdiff_t>(r * slices), slices, then + r * slices);
  }
}

void Trainer::calibrate_reads() {
  if (averages_inputs(config_.read)) calibrate(Calibration::input_means);
  if (calibrates_ranges(config_.read)) calibrate(Calibration::ranges);
}

void Trainer::calibrate(Calibration kind) {
  int const count = static_cast<int>(
      std::min<std::int64_t>(config_.read.calibration_examples, examples_per_epoch()));
  std::vector<std::int32_t> order;
  for (Replica const& replica : replicas_) {
    auto const own = epoch_order(config_.training, replica.seed, epoch_, data_.train.size());
    order.insert(order.end(), own.begin(), own.begin() + count);
  }
  DeviceArray<std::int32_t> const examined(*backend_, order);
  DeviceArray<float> unused_loss(*backend_, order.size());
  DeviceArray<std::int32_t> unused_correct(*backend_, order.size());
  Examples const examples{count, calibration_reads + examples_};
  for (DenseLayer& layer : layers_) layer.begin_calibration(kind);
  forward(examples, buffers_->train_images.data(), examined.data());
  loss(count, buffers_->train_labels.data(), examined.data(), unused_loss.data(),
       unused_correct.data());
  backward(examples);
  for (DenseLayer& layer : layers_) layer.end_calibration(examples);
  backend_->synchronise();
}

void Trainer::finish_epoch() {
  if (!epoch_done()) throw std::logic_error("Trainer::finish_epoch: batches are left");
  ++epoch_;
  age_devices(AgeUnit::epochs, static_cast<std::uint64_t>(epoch_ - 1),
              static_cast<std::uint64_t>(epoch_));
  batch_ = 0;
  epoch_ready_ = false;
}

std::vector<Score> Trainer::training_scores(std::int64_t first_batch) {
  std::int64_t const first = first_batch * config_.training.batch;
  std::int64_t const last = std::min(batch_ * config_.training.batch, examples_per_epoch());
  return scores_of(buffers_->loss.download(), buffers_->correct.download(), first, last,
                   examples_together(config_));
}

std::vector<Score> Trainer::scores_of(std::vector<float> const& loss,
                                      std::vector<std::int32_t> const& correct, std::int64_t first,
                                      std::int64_t last, int piece) const {
  std::vector<Score> scores(replicas_.size());
  std::int64_t const batch = config_.training.batch;
  for (std::int64_t start = first; start < last;) {
    std::int64_t const batch_end = std::min(start - start % batch + batch, last);
    std::int64_t const size = std::min<std::int64_t>(piece, batch_end - start);
    for (std::size_t r = 0; r < scores.size(); ++r) {
      for (std::int64_t n = 0; n < size; ++n) {
        auto const at = static_cast<std::size_t>(start * static_cast<std::int64_t>(scores.size()) +
                                                 static_cast<std::int64_t>(r) * size + n);
        scores[r].loss += static_cast<double>(loss[at]);
        scores[r].accuracy += correct[at];
      }
    }
    start += size;
  }
  for (Score& score : scores) {
    auto const count = static_cast<double>(std::max<std::int64_t>(last - first, 1));
    score.loss /= count;
    score.accuracy /= count;
  }
  return scores;
}

bool Trainer::tests_other_states() const {
  Programming const& programming = config_.device.programming;
  return config_.device.retention.wait_s ||
         (programming.transfer && programming.model != ProgrammingModel::off);
}

std::vector<Score> Trainer::evaluate(ImageSet const& set) {
  if (!tests_other_states()) return evaluate_devices(set);
  double const now = config_.device.retention.every > 0 ? clock_s() : 0.0;
  TimeSpan const wait{now, now + config_.device.retention.wait_s.value_or(0.0)};
  for (DenseLayer& layer : layers_) layer.begin_test(wait, examples_);
  std::vector<Score> const scores = evaluate_devices(set);
  for (DenseLayer& layer : layers_) layer.end_test();
  return scores;
}

std::vector<Score> Trainer::evaluate_devices(ImageSet const& set) {
  if (buffers_->test_source != set.images.data() ||
      buffers_->test_labels.size() != set.labels.size()) {
    buffers_->test_images = {*backend_, set.images.size()};
    backend_->upload(buffers_->test_images.data(), set.images.data(), set.images.size());
    buffers_->test_labels = {*backend_, set.labels.size()};
    backend_->upload(buffers_->test_labels.data(), set.labels.data(), set.labels.size());
    buffers_->test_source = set.images.data();
  }
  for (DenseLayer& layer : layers_) layer.set_counters_aside();
  std::vector<Score> total(replicas_.size());
  for (std::int64_t first = 0; first < set.size(); first += options_.evaluation_batch) {
    int const count =
        static_cast<int>(std::min<std::int64_t>(options_.evaluation_batch, set.size() - first));
    std::vector<std::int32_t> order;
    for (int r = 0; r < replicas(); ++r) {
      for (int n = 0; n < count; ++n) order.push_back(static_cast<std::int32_t>(first + n));
    }
    DeviceArray<std::int32_t> const examined(*backend_, order);
    DeviceArray<float> loss_values(*backend_, order.size());
    DeviceArray<std::int32_t> correct(*backend_, order.size());
    forward({count, evaluation_reads + static_cast<std::uint64_t>(first)},
            buffers_->test_images.data(), examined.data());
    loss(count, buffers_->test_labels.data(), examined.data(), loss_values.data(), correct.data());
    std::vector<float> const losses = loss_values.download();
    std::vector<std::int32_t> const hits = correct.download();
    for (std::size_t i = 0; i < order.size(); ++i) {
      Score& score = total[i / static_cast<std::size_t>(count)];
      score.loss += static_cast<double>(losses[i]);
      score.accuracy += hits[i];
    }
  }
  for (DenseLayer& layer : layers_) layer.take_counters_back();
  for (Score& score : total) {
    score.loss /= static_cast<double>(std::max<std::int64_t>(set.size(), 1));
    score.accuracy /= static_cast<double>(std::max<std::int64_t>(set.size(), 1));
  }
  return total;
}

std::vector<LayerActivity> Trainer::activity(int replica) const {
  std::vector<LayerActivity> result;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    std::vector<SliceCounters> const all = layers_[i].slice_counters();
    std::vector<PairCounters> const pairs = layers_[i].pair_counters();
    std::vector<std::uint64_t> const repeats = layers_[i].repeated_reads();
    auto const part = [&](auto const& counters) {
      auto const slices = static_cast<std::ptrdiff_t>(counters.size() / replicas_.size());
      auto const first = counters.begin() + replica * slices;
      return std::vector(first, first + slices);
    };
    result.push_back({.slices = part(all),
                      .layer = layers_[i].layer_counters()[static_cast<std::size_t>(replica)],
                      .carries = carries_[i * replicas_.size() + static_cast<std::size_t>(replica)],
                      .pairs = part(pairs),
                      .repeated_reads = part(repeats)});
  }
  return result;
}

void Trainer::archive(StateArchive archive) {
  backend_->synchronise();
  archive.value("epoch", epoch_);
  archive.value("batch", batch_);
  archive.value("examples", examples_);
  archive.value("gradient_steps", gradient_steps_);
  if (config_.device.retention.every > 0) {
    archive.value("aged_examples", aged_examples_);
    archive.value("aging_passes", aging_passes_);
  }
  archive.vector("carries", carries_);
  archive.vector("at_last_carry", at_last_carry_);
  archive.array("loss", buffers_->loss);
  archive.array("correct", buffers_->correct);
  for (DenseLayer& layer : layers_) layer.archive(archive);
  epoch_ready_ = false;
}

}  // namespace panther
