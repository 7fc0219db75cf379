// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/training_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <new>

#include "host/base/config_printer.hpp"
#include "host/base/metric_rows.hpp"
#include "host/base/progress.hpp"
#include "host/base/provenance.hpp"
#include "host/base/result_file.hpp"
#include "host/base/signals.hpp"
#include "host/nn/baseline.hpp"
#include "host/run/activity.hpp"
#include "host/run/final_state.hpp"
#include "host/run/run_checkpoint.hpp"
#include "host/run/run_target.hpp"
#include "host/run/table_file.hpp"

namespace panther {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The rows of a run and how many of them a checkpoint vouches for.
struct RowCounts {
  std::uint64_t epochs = 0;
  std::uint64_t batches = 0;
};

class TrainingRun {
 public:
  TrainingRun(TrainRequest const& request, Announce const& announce)
      : request_(request),
        announce_(announce),
        data_(load_run_data(request.config.data, request.execution.data_folders)),
        backend_(make_backend(request.execution)),
        trainer_(request.config, data_->view, *backend_,
                 {{request.config.training.seed, request.config.device}},
                 {.store_variation = request.execution.variation == VariationMemory::stored}) {
    if (request.config.training.baseline) {
      baseline_.emplace(request.config, data_->view, request.config.training.seed);
    }
    epoch_mark_.set(trainer_);
    batch_mark_.set(trainer_);
  }

  TrainOutcome run() {
    open_result(restore());
    while (trainer_.epoch() < request_.config.training.epochs) run_epoch();
    return finish();
  }

 private:
  bool restore() {
    std::filesystem::path const path = checkpoint_path(request_.result);
    if (!request_.resume || !std::filesystem::exists(path)) return false;
    RunCheckpointReader const state(path, request_.config);
    require_same_table(running_path(request_.result), table_);
    archive(StateArchive::loader(state));
    announce_(fmt::format("resuming after epoch {}, batch {} of {} ({})", trainer_.epoch(),
                          trainer_.batch(), trainer_.batches_per_epoch(), path.string()));
    return true;
  }

  void archive(StateArchive archive) {
    trainer_.archive(archive);
    if (baseline_) baseline_->archive(archive);
    epoch_mark_.archive("epoch_mark", archive);
    batch_mark_.archive("batch_mark", archive);
    archive.value("rows", rows_);
    archive.value("last_batch_row", last_batch_row_);
  }

  void save() {
    writer_->flush();
    RunCheckpointWriter checkpoint(checkpoint_path(request_.result), request_.config);
    archive(StateArchive::saver(checkpoint));
    checkpoint.commit();
  }

  void open_result(bool restored) {
    bool const fresh_start = request_.resume && !restored;
    OnExisting const mode = fresh_start ? OnExisting::replace : request_.on_existing;
    writer_.emplace(restored ? ResultWriter::resume(request_.result, OnExisting::replace)
                             : ResultWriter::create(request_.result, mode));
    if (!restored) std::filesystem::remove(checkpoint_path(request_.result));
    declare_tables();
    if (restored) keep_rows();
    writer_->write_config(print_config(request_.config, ConfigStyle::plain));
    provenance_ = begin_provenance();
    describe_execution();
    writer_->write(provenance_);
    writer_->start();
  }

  void declare_tables() {
    auto const slices = trainer_.layers().front().slicing().slices;
    EpochRow epoch;
    epoch.hardware.saturated_slices.resize(static_cast<std::size_t>(slices));
    epochs_.emplace(writer_->table(epoch));
    BatchRow batch;
    batch.hardware = epoch.hardware;
    if (request_.config.output.batch_metrics_every > 0) batches_.emplace(writer_->table(batch));
    if (baseline_) baseline_rows_.emplace(writer_->table(BaselineRow{}));
    for (DenseLayer const& layer : trainer_.layers()) {
      LayerActivity shape;
      shape.slices.resize(static_cast<std::size_t>(slices));
      layer_rows_.push_back(writer_->table(layer_row(0, shape), layer_group(layer.spec().index)));
    }
  }

  static std::string layer_group(int index) {
    return fmt::format("{}/layer_{}", LayerRow::group, index);
  }

  void keep_rows() {
    writer_->keep_rows(EpochRow::group, rows_.epochs);
    if (batches_) writer_->keep_rows(BatchRow::group, rows_.batches);
    if (baseline_rows_) writer_->keep_rows(BaselineRow::group, rows_.epochs);
    for (DenseLayer const& layer : trainer_.layers()) {
      writer_->keep_rows(layer_group(layer.spec().index), rows_.epochs);
    }
  }

  void describe_execution() {
    provenance_.backend = backend_->name();
    provenance_.device = backend_->description();
    provenance_.threads = backend_->threads();
    provenance_.seed = request_.config.training.seed;
    provenance_.dataset_checksums.clear();
    for (DatasetSource const& source : data_->dataset.sources) {
      provenance_.dataset_checksums.push_back(checksum_line(source));
    }
    if (table_) provenance_.dataset_checksums.push_back(checksum_line(*table_));
  }

  void run_epoch() {
    Clock::time_point const start = Clock::now();
    auto const total = static_cast<std::uint64_t>(trainer_.examples_per_epoch());
    auto const batch = static_cast<std::uint64_t>(request_.config.training.batch);
    auto const done = [&] {
      return std::min(static_cast<std::uint64_t>(trainer_.batch()) * batch, total);
    };
    std::uint64_t const first = done();
    {
      Progress progress(
          fmt::format("epoch {}/{}", trainer_.epoch() + 1, request_.config.training.epochs),
          "examples", total, first);
      while (!trainer_.epoch_done()) {
        train_batch();
        progress.update(done());
      }
      backend_->synchronise();
      progress.finish();
    }
    end_epoch(seconds_since(start), done() - first);
  }

  void train_batch() {
    trainer_.run_batch();
    if (baseline_) run_baseline_batch();
    int const metrics = request_.config.output.batch_metrics_every;
    if (metrics > 0 && trainer_.batch() % metrics == 0) add_batch_row();
    int const checkpoints = request_.config.output.checkpoint_every_batches;
    if (StopSignals::stop_requested()) stop();
    if (checkpoints > 0 && trainer_.batch() % checkpoints == 0) save();
    writer_->flush_if_due();
  }

  void run_baseline_batch() {
    Clock::time_point const start = Clock::now();
    baseline_->run_batch();
    baseline_s_ += seconds_since(start);
  }

  [[noreturn]] void stop() {
    save();
    throw RunInterrupted(fmt::format(
        "stopped by {} in epoch {} after batch {} of {}; checkpoint: {}",
        StopSignals::signal() == SIGINT ? "SIGINT" : "SIGTERM", trainer_.epoch() + 1,
        trainer_.batch(), trainer_.batches_per_epoch(), checkpoint_path(request_.result).string()));
  }

  void add_batch_row() {
    Score const score = trainer_.training_scores(last_batch_row_).front();
    std::int64_t const first = last_batch_row_;
    BatchRow row;
    row.batch = trainer_.epoch() * trainer_.batches_per_epoch() + trainer_.batch();
    row.epoch = trainer_.epoch() + 1;
    row.examples = static_cast<std::uint64_t>(
        std::min(trainer_.batch() * request_.config.training.batch, trainer_.examples_per_epoch()) -
        first * request_.config.training.batch);
    row.loss = score.loss;
    row.accuracy = score.accuracy;
    row.hardware = hardware_counts(batch_mark_.since(trainer_));
    batch_mark_.set(trainer_);
    last_batch_row_ = trainer_.batch();
    batches_->append(row);
    ++rows_.batches;
  }

  void end_epoch(double train_s, std::uint64_t examples) {
    Clock::time_point const start = Clock::now();
    Score const train = trainer_.training_scores().front();
    Score const test = trainer_.evaluate(data_->view.test).front();
    std::vector<LayerActivity> const layers = epoch_mark_.since(trainer_);
    EpochRow row;
    row.epoch = trainer_.epoch() + 1;
    row.examples = trainer_.examples();
    row.learning_rate = learning_rate_of(request_.config.training, trainer_.epoch());
    row.train_loss = train.loss;
    row.train_accuracy = train.accuracy;
    row.test_loss = test.loss;
    row.test_accuracy = test.accuracy;
    row.hardware = hardware_counts(layers);
    row.train_wall_s = train_s;
    row.test_wall_s = seconds_since(start);
    row.examples_per_wall_s = static_cast<double>(examples) / std::max(train_s, 1e-9);
    epochs_->append(row);
    for (std::size_t i = 0; i < layers.size(); ++i)
      layer_rows_[i].append(layer_row(row.epoch, layers[i]));
    std::string note;
    if (baseline_) note = end_baseline_epoch(row.epoch);
    ++rows_.epochs;
    trainer_.finish_epoch();
    epoch_mark_.set(trainer_);
    last_batch_row_ = 0;
    announce_(
        fmt::format("epoch {:3}: train loss {:.4f}, train accuracy {:.2f} %, test accuracy {:.2f} "
                    "%{}, {:.1f} s",
                    row.epoch, row.train_loss, 100 * row.train_accuracy, 100 * row.test_accuracy,
                    note, train_s));
    save();
  }

  std::string end_baseline_epoch(std::int64_t epoch) {
    Score const score = baseline_->evaluate(data_->view.test);
    baseline_->finish_epoch();
    baseline_rows_->append({.epoch = epoch,
                            .test_loss = score.loss,
                            .test_accuracy = score.accuracy,
                            .train_wall_s = baseline_s_});
    baseline_s_ = 0.0;
    return fmt::format(" (float32 {:.2f} %)", 100 * score.accuracy);
  }

  TrainOutcome finish() {
    writer_->begin_final();
    write_final_state(*writer_, trainer_, request_.config);
    provenance_.end_time = utc_now();
    writer_->write(provenance_);
    writer_->commit();
    std::filesystem::remove(checkpoint_path(request_.result));
    TrainOutcome outcome = outcome_of(request_.result);
    outcome.wall_s = seconds_since(started_);
    return outcome;
  }

  TrainRequest const& request_;
  Announce announce_;
  Clock::time_point started_ = Clock::now();
  std::unique_ptr<RunData> data_;
  std::unique_ptr<Backend> backend_;
  Trainer trainer_;
  std::optional<DatasetSource> table_ = table_file_of(request_.config.device);
  std::optional<Baseline> baseline_;
  ActivityMark epoch_mark_;
  ActivityMark batch_mark_;
  RowCounts rows_;
  std::int64_t last_batch_row_ = 0;  // batches of this epoch that rows of /metrics/batch cover
  double baseline_s_ = 0.0;
  Provenance provenance_;
  std::optional<ResultWriter> writer_;
  std::optional<ResultTable<EpochRow>> epochs_;
  std::optional<ResultTable<BatchRow>> batches_;
  std::optional<ResultTable<BaselineRow>> baseline_rows_;
  std::vector<ResultTable<LayerRow>> layer_rows_;
};

}  // namespace

TrainOutcome outcome_of(std::filesystem::path const& result) {
  ResultReader const reader(result);
  TrainOutcome outcome;
  outcome.result = result;
  for (EpochRow const& row : reader.rows<EpochRow>()) {
    outcome.epochs = static_cast<int>(row.epoch);
    outcome.train_loss = row.train_loss;
    outcome.test_accuracy = row.test_accuracy;
    outcome.device_updates += row.hardware.device_updates;
    for (std::uint64_t const saturations : row.hardware.saturated_slices)
      outcome.saturations += saturations;
  }
  if (reader.has(BaselineRow::group)) {
    for (BaselineRow const& row : reader.rows<BaselineRow>())
      outcome.baseline_test_accuracy = row.test_accuracy;
  }
  return outcome;
}

TrainOutcome train(TrainRequest const& request, Announce const& announce) {
  require_target(request.result, request.on_existing, request.resume);
  if (request.resume && is_complete(request.result)) {
    require_same_configuration(request.result, request.config);
    require_same_table(request.result, table_file_of(request.config.device));
    std::filesystem::remove(checkpoint_path(request.result));
    announce(fmt::format("{} is complete: nothing to resume", request.result.string()));
    return outcome_of(request.result);
  }
  StopSignals const signals;  // before threads start, so that the main thread gets them
  try {
    return TrainingRun(request, announce).run();
  } catch (std::invalid_argument const& error) {
    throw UserError(fmt::format("{}: {}", request.name, error.what()));
  } catch (BackendError const& error) {
    throw UserError(fmt::format("{}: {}", request.name, error.what()));
  } catch (std::bad_alloc const&) {
    throw UserError(fmt::format("{}: not enough memory for this network and batch", request.name));
  }
}

}  // namespace panther
