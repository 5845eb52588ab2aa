// For tests: a toy protocol of two stages, whose fresh masks never reach its result.
#pragma once

#include <atomic>
#include <functional>

#include "ground/base/bytes.h"
#include "ground/base/random.h"
#include "infrastructure/federation/stage.h"

namespace puhui::federation {

// ---- a toy protocol: hosts hide their rows' sums by a fresh mask, the hub adds them up over several rounds

struct ToyTerms {
  int64_t steps = 4;
  std::function<Result<void>(size_t self, int64_t step)> before_step = {};       // a fault of the stage itself
  std::function<std::string(size_t self, int64_t step, std::string)> wire = {};  // what a host's message becomes
};

inline uint64_t toy_secret() {
  static std::atomic<uint64_t> next = 1;
  return Random(77).draw(1, next.fetch_add(1), 0);
}

class ToyStage final : public Stage {
 public:
  ToyStage(const StageNeeds& needs, const ToyTerms& terms) : needs_(needs), terms_(terms), mask_(toy_secret()) {}
  std::string_view name() const override { return "toy_sums"; }
  bool finished() const override { return step_ == terms_.steps; }
  uint64_t steps_total() const override { return static_cast<uint64_t>(terms_.steps); }

  Result<void> step(Conversation& with) override {
    if (terms_.before_step) TRY(terms_.before_step(needs_.self, step_));
    if (needs_.self == 0) {
      uint64_t sum = total_;
      for (size_t from = 1; from < with.parties(); ++from) {
        if (!with.is_present(from)) continue;
        const std::string bytes = TRY(with.receive(from, kRunnerKinds + 50));
        ByteReader reader(bytes);
        const uint64_t masked = reader.u64(), mask = reader.u64();
        TRY(reader.finish("a toy sum"));
        sum = sum * 31 + (masked ^ mask);
      }
      for (size_t to = 1; to < with.parties(); ++to) {
        ByteWriter writer;
        writer.u64(sum);
        TRY(with.send(to, kRunnerKinds + 51, writer.bytes()));
      }
      total_ = sum;
    } else {
      uint64_t own = static_cast<uint64_t>(step_) + 1;
      for (const auto& column : needs_.data.values) {
        for (const float value : column) own = own * 131 + static_cast<uint64_t>(value);
      }
      ByteWriter writer;
      writer.u64(own ^ mask_);
      writer.u64(mask_);
      std::string bytes = writer.take();
      if (terms_.wire) bytes = terms_.wire(needs_.self, step_, std::move(bytes));
      TRY(with.send(0, kRunnerKinds + 50, bytes));
      const std::string back = TRY(with.receive(0, kRunnerKinds + 51));
      ByteReader reader(back);
      total_ = reader.u64();
      TRY(reader.finish("a toy total"));
      needs_.leakage.tell(needs_.job.parties[0].name, "common_ids", 1);
    }
    ++step_;
    return {};
  }
  std::string state() const override {
    ByteWriter writer;
    writer.u64(static_cast<uint64_t>(step_));
    writer.u64(total_);
    return writer.take();
  }
  Result<void> restore(std::string_view state) override {
    ByteReader reader(state);
    step_ = static_cast<int64_t>(reader.u64());
    total_ = reader.u64();
    return reader.finish("a toy's state");
  }
  Result<StageResult> result() override {
    StageResult out;
    out.model_part = "part of " + std::to_string(needs_.self) + ": " + std::to_string(total_);
    out.measures = Json::Object{{"rows", static_cast<int64_t>(needs_.data.row_count())}};
    return out;
  }

 private:
  StageNeeds needs_;
  ToyTerms terms_;
  uint64_t mask_, total_ = 7;
  int64_t step_ = 0;
};

// Finds the "common" rows: every second one, backwards, after one round of messages.
class ToyMatch final : public Stage {
 public:
  explicit ToyMatch(const StageNeeds& needs) : needs_(needs) {}
  std::string_view name() const override { return "toy_match"; }
  bool finished() const override { return done_; }
  uint64_t steps_total() const override { return 1; }
  Result<void> step(Conversation& with) override {
    if (needs_.self == 0) {
      for (size_t from = 1; from < with.parties(); ++from) TRY(with.receive(from, kRunnerKinds + 60));
      for (size_t to = 1; to < with.parties(); ++to) TRY(with.send(to, kRunnerKinds + 61, "well"));
    } else {
      TRY(with.send(0, kRunnerKinds + 60, "here"));
      TRY(with.receive(0, kRunnerKinds + 61));
    }
    done_ = true;
    return {};
  }
  std::string state() const override { return done_ ? "d" : "n"; }
  Result<void> restore(std::string_view state) override {
    if (state != "d" && state != "n") return fail(ErrorCode::corrupt, "no state of a toy match");
    done_ = state == "d";
    return {};
  }
  Result<StageResult> result() override {
    StageResult out;
    for (size_t row = needs_.data.row_count() / 2; row-- > 0;) out.rows.push_back(static_cast<uint32_t>(row * 2));
    out.measures = Json::Object{{"common", static_cast<int64_t>(out.rows.size())}};
    return out;
  }

 private:
  StageNeeds needs_;
  bool done_ = false;
};

inline std::function<std::vector<StageMaker>(const Job&)> toy_stages(ToyTerms terms = {}) {
  return [terms = std::move(terms)](const Job&) {
    return std::vector<StageMaker>{
        [](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> { return std::make_unique<ToyMatch>(needs); },
        [terms](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> {
          return std::make_unique<ToyStage>(needs, terms);
        }};
  };
}

}  // namespace puhui::federation
