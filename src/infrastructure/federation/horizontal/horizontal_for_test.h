// Clients of horizontal trainings for tests: simulated or from PUHUI_DATA; and parties on threads of which one may go away for good.
#pragma once

#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

#include "ground/base/random.h"
#include "infrastructure/federation/horizontal/horizontal_learner.h"
#include "infrastructure/federation/horizontal/secure_sum_for_test.h"
#include "infrastructure/models/byte_source.h"
#include "infrastructure/models/logistic.h"
#include "infrastructure/models/metrics.h"
#include "infrastructure/models/predictor.h"

namespace puhui::federation {

class HorizontalQuiet final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

struct HorizontalCase {
  Job job;
  std::vector<PartyData> data;

  std::vector<const PartyData*> pointers() const {
    std::vector<const PartyData*> out;
    for (const PartyData& one : data) out.push_back(&one);
    return out;
  }
  // All clients' rows at one client.
  HorizontalCase pooled() const {
    HorizontalCase out{job, {data[0]}};
    out.job.parties.resize(1);
    for (size_t i = 1; i < data.size(); ++i) {
      out.data[0].ids.insert(out.data[0].ids.end(), data[i].ids.begin(), data[i].ids.end());
      out.data[0].labels.insert(out.data[0].labels.end(), data[i].labels.begin(), data[i].labels.end());
      for (size_t c = 0; c < data[0].values.size(); ++c) {
        auto& column = out.data[0].values[c];
        column.insert(column.end(), data[i].values[c].begin(), data[i].values[c].end());
      }
    }
    return out;
  }
};

inline Job horizontal_job(JobKind kind, size_t clients, std::vector<std::string> columns) {
  Job job;
  job.name = "together", job.kind = kind, job.label = "y";
  for (size_t i = 0; i < clients; ++i) {
    job.parties.push_back({.name = "bank" + std::to_string(i), .role = Role::client, .columns = columns});
  }
  return job;
}

// Client i has 40 + 7 i rows; the columns have different sizes, some values are missing.
inline HorizontalCase simulated_case(JobKind kind, size_t clients, uint64_t seed = 5) {
  HorizontalCase out{horizontal_job(kind, clients, {"small", "large & odd", "whole"}), {}};
  for (size_t i = 0; i < clients; ++i) {
    PartyData data;
    data.columns = out.job.parties[0].columns;
    data.values.resize(3);
    for (size_t row = 0; row < 40 + 7 * i; ++row) {
      RandomStream random(Random(seed), i, row);
      const double a = random.normal(), b = random.normal(), c = std::floor(4 * random.uniform());
      data.values[0].push_back(random.chance(0.1) ? std::nanf("") : static_cast<float>(0.001 * a));
      data.values[1].push_back(static_cast<float>(5000 + 700 * b));
      data.values[2].push_back(static_cast<float>(c));
      data.labels.push_back(random.uniform() < models::sigmoid(1.5 * a - b + 0.5 * c - 1) ? 1 : 0);
      data.ids.push_back(std::to_string(row));
    }
    out.data.push_back(std::move(data));
  }
  return out;
}

// Between the hub and each of the others a queue each way; a party that ends closes its own two only.
class HorizontalStar {
 public:
  explicit HorizontalStar(size_t parties) : queues_(2 * parties) {}
  void put(size_t queue, uint16_t kind, std::string bytes) {
    const std::scoped_lock lock(mutex_);
    queues_[queue].waiting.emplace_back(kind, std::move(bytes));
    changed_.notify_all();
  }
  Result<std::string> take(size_t queue, uint16_t kind) {
    std::unique_lock lock(mutex_);
    Queue& of = queues_[queue];
    changed_.wait(lock, [&] { return of.closed || !of.waiting.empty(); });
    if (of.waiting.empty()) return fail(ErrorCode::unavailable, "the other party went away");
    auto [came, bytes] = std::move(of.waiting.front());
    of.waiting.pop_front();
    if (came != kind) return fail(ErrorCode::corrupt, "another kind of message came");
    return bytes;
  }
  void close(size_t party) {
    const std::scoped_lock lock(mutex_);
    for (size_t queue = 0; queue < queues_.size(); ++queue) {
      if (party == 0 || queue / 2 == party) queues_[queue].closed = true;
    }
    changed_.notify_all();
  }

 private:
  struct Queue {
    std::deque<std::pair<uint16_t, std::string>> waiting;
    bool closed = false;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Queue> queues_;  // 2 party: to the hub; 2 party + 1: from it
};

class HorizontalConversation final : public Conversation {
 public:
  // After so many messages sent the party goes away.
  HorizontalConversation(HorizontalStar& star, size_t self, size_t parties, size_t sends_max)
      : star_(star), self_(self), parties_(parties), sends_left_(sends_max) {}
  size_t self() const override { return self_; }
  size_t parties() const override { return parties_; }
  Result<void> send(size_t to, uint16_t kind, std::initializer_list<std::string_view> parts) override {
    is_gone_ = sends_left_ == 0;
    if (is_gone_) return fail(ErrorCode::unavailable, "this party goes away");
    --sends_left_;
    std::string bytes;
    for (const std::string_view part : parts) bytes += part;
    star_.put(self_ == 0 ? 2 * to + 1 : 2 * self_, kind, std::move(bytes));
    return {};
  }
  Result<std::string> receive(size_t from, uint16_t kind) override {
    if (is_gone_) return fail(ErrorCode::unavailable, "this party went away");
    return star_.take(self_ == 0 ? 2 * from : 2 * self_ + 1, kind);
  }
  Result<void> receive(size_t from, uint16_t kind, const std::function<Result<void>(std::string_view)>& take) override {
    return take(TRY(receive(from, kind)));
  }
  bool is_present(size_t) const override { return true; }

 private:
  HorizontalStar& star_;
  size_t self_, parties_, sends_left_;
  bool is_gone_ = false;
};

// Parties on threads, each with its own part of `files`; party p sends at most sends_max(p) messages.
template <class T>
std::vector<Result<T>> each_on_a_thread(size_t parties, const std::function<size_t(size_t)>& sends_max,
                                        const std::function<Result<T>(Conversation&, size_t)>& go) {
  HorizontalStar star(parties);
  std::vector<Result<T>> out(parties, Result<T>(fail(ErrorCode::internal, "did not run")));
  std::vector<std::thread> threads;
  for (size_t self = 0; self < parties; ++self) {
    threads.emplace_back([&, self] {
      HorizontalConversation with(star, self, parties, sends_max(self));
      out[self] = go(with, self);
      star.close(self);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return out;
}

using HorizontalMaker = Result<std::unique_ptr<HorizontalLearner>> (*)(const Job&, const PartyData&, size_t);

inline Result<std::vector<StageResult>> in_the_clear(const HorizontalCase& of, HorizontalMaker maker) {
  std::vector<std::unique_ptr<HorizontalLearner>> learners;
  for (size_t i = 0; i < of.data.size(); ++i) learners.push_back(TRY(maker(of.job, of.data[i], i)));
  return learn_in_the_clear(learners);
}
inline Result<std::vector<StageResult>> together(const HorizontalCase& of, const StageMaker& maker,
                                                 std::optional<uint64_t> break_after = std::nullopt) {
  MemoryFiles files;
  HorizontalQuiet progress;
  std::vector<LeakageBook> leakage;
  return run_together({of.job, of.pointers(), files, "work", break_after}, maker, leakage, progress);
}

// The stage at all parties until its end, of which `lost` goes away after so many messages.
inline std::vector<Result<StageResult>> together_with_loss(const HorizontalCase& of, const StageMaker& maker,
                                                           size_t lost, size_t lost_after) {
  const SecureSumParties keys(of.data.size());
  MemoryFiles files;
  HorizontalQuiet progress;
  std::vector<LeakageBook> leakage(of.data.size());
  const auto sends = [&](size_t party) { return party == lost ? lost_after : SIZE_MAX; };
  return each_on_a_thread<StageResult>(
      of.data.size(), sends, [&](Conversation& with, size_t self) -> Result<StageResult> {
        const StageNeeds needs{
            of.job,   of.data[self],          self, files, "work/" + std::to_string(self), leakage[self],
            progress, &keys.signatories[self]};
        TRY(files.make_folder(needs.work_folder));
        auto stage = TRY(maker(needs));
        while (!stage->finished()) TRY(stage->step(with));
        return stage->result();
      });
}

// `breast_homo_*.csv`, or none where the data are not there. Breast's two houses are split into three clients.
inline std::optional<PartyData> real_rows(const std::string& file, const Job& job) {
  const char* given = std::getenv("PUHUI_DATA");
  auto source = models::open_file(std::string(given != nullptr ? given : "../shared/data") + "/federation/" + file);
  if (!source) return std::nullopt;
  auto plain = models::decompressed(*std::move(source));
  if (!plain) return std::nullopt;
  auto data = read_party_data(*std::move(plain), job, 0);
  if (!data) return std::nullopt;
  return *std::move(data);
}
inline PartyData every_third(const PartyData& data, size_t which) {
  std::vector<uint32_t> rows;
  for (size_t row = which; row < data.row_count(); row += 3) rows.push_back(static_cast<uint32_t>(row));
  return rows_of(data, rows);
}

// AUC of the model's own predictions by the predictor that the decision kernel uses.
inline double auc_by_predictor(const std::string& model, const PartyData& data) {
  const auto predictor = models::Predictor::parse(model);
  if (!predictor) return -1;
  std::vector<double> scores;
  std::vector<uint8_t> events;
  models::Prediction prediction;
  for (size_t row = 0; row < data.row_count(); ++row) {
    std::vector<models::PredictorValue> in(predictor->inputs().size());
    for (size_t c = 0; c < data.columns.size(); ++c) {
      const auto place = predictor->input_named(data.columns[c]);
      if (place && !std::isnan(data.values[c][row])) in[*place] = static_cast<double>(data.values[c][row]);
    }
    if (!predictor->predict(in, prediction)) return -1;
    for (size_t i = 0; i < prediction.values.size(); ++i) {
      if (!predictor->outputs()[i].is_primary) continue;
      const auto* number = std::get_if<models::ModelNumber>(&prediction.values[i]);
      if (number == nullptr) return -1;
      scores.push_back(number->as_double());
    }
    events.push_back(data.labels[row] == 1 ? 1 : 0);
  }
  return models::auc({.scores = scores, .bad = events});
}

}  // namespace puhui::federation
