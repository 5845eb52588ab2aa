#include "infrastructure/federation/logistic/vertical_logistic.h"

#include <algorithm>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "infrastructure/federation/logistic/calibrate.h"
#include "infrastructure/federation/logistic/gradient_sums.h"
#include "infrastructure/federation/logistic/obfuscators_ahead.h"
#include "infrastructure/federation/logistic/wire.h"

namespace puhui::federation {

namespace {

constexpr uint64_t kBatchesAStep = 8;
constexpr size_t kBlockRows = 2048;  // a message; two of them are on their way at most

class VerticalLogistic final : public Stage {
 public:
  VerticalLogistic(const StageNeeds& needs, LogisticLearner learner)
      : needs_(needs), learner_(std::move(learner)), peer_place_(1 - needs.self) {}

  std::string_view name() const override { return "vertical_logistic"; }
  bool finished() const override { return evaluated_; }
  uint64_t steps_total() const override { return (learner_.batches_total() + kBatchesAStep - 1) / kBatchesAStep + 1; }

  Result<void> step(Conversation& with) override {
    CHECK(!evaluated_, "no step after the last");
    if (!peer_) {
      TRY(meet(with));
      rows_to_send_ = learner_.rows_left();
      TRY(ahead_->make(std::min<uint64_t>(learner_.rows(), rows_to_send_), needs_.progress));
      needs_.progress.step("vertical_logistic", learner_.batches_done(), learner_.batches_total());
    }
    if (learner_.batches_done() == learner_.batches_total()) return evaluate(with);
    for (uint64_t i = 0; i < kBatchesAStep && learner_.batches_done() < learner_.batches_total(); ++i) {
      TRY(batch(with));
      needs_.progress.step("vertical_logistic", learner_.batches_done(), learner_.batches_total());
      if (needs_.progress.stop_requested()) return fail(ErrorCode::unavailable, "asked to stop between two batches");
    }
    return {};
  }

  std::string state() const override {
    std::string learner;
    learner_.write(learner);
    ByteWriter out;
    out.text(learner);
    out.u8(evaluated_ ? 1 : 0);
    out.text(part_);
    out.text(evaluated_ ? print_json(measures_) : "");
    return out.take();
  }

  Result<void> restore(std::string_view state) override {
    ByteReader in(state);
    const std::string_view learner = in.text();
    const uint8_t evaluated = in.u8();
    const std::string_view part = in.text(), measures = in.text();
    if (evaluated > 1) in.reject();
    TRY(in.finish("the state of a vertical logistic regression"));
    if (evaluated != 0) {
      TRY(read_logistic_part(part));
      auto parsed = parse_json(measures);
      if (!parsed) return fail(ErrorCode::corrupt, "expected the measures of a logistic regression, came other bytes");
      measures_ = *std::move(parsed);
    }
    TRY(learner_.read(learner));
    evaluated_ = evaluated != 0;
    part_ = std::string(part);
    return {};
  }

  Result<StageResult> result() override {
    CHECK(evaluated_, "a result once finished");
    return StageResult{.rows = {}, .model_part = part_, .measures = measures_};
  }

 private:
  bool is_guest() const { return needs_.self == 0; }
  const std::string& peer_name() const { return needs_.job.parties[peer_place_].name; }

  Result<void> meet(Conversation& with) {
    const cipher::Kernel kernel = TRY(cipher::chosen_kernel());
    const bool paillier = needs_.job.cipher.scheme == "paillier";
    const auto scheme = paillier ? cipher::Scheme::paillier : cipher::Scheme::okamoto_uchiyama;
    const auto bits = static_cast<size_t>(needs_.job.cipher.key_bits);
    key_.emplace(TRY(cipher::SecretKey::make(scheme, bits, kernel)));
    ahead_.emplace(*key_);
    TRY(with.send(peer_place_, kLogisticHello, write_hello({learner_.rows(), key_->public_key().bytes()})));
    const LogisticHello hello = TRY(read_logistic_hello(TRY(with.receive(peer_place_, kLogisticHello))));
    if (hello.rows != learner_.rows()) {
      return fail(ErrorCode::invalid, peer_name(),
                  "expected " + std::to_string(learner_.rows()) + " common rows, came " + std::to_string(hello.rows));
    }
    auto peer = cipher::PublicKey::parse(hello.key, kernel);
    if (!peer) return fail(at(peer_name(), std::move(peer).error()));
    if (peer->scheme() != scheme || peer->bits() != bits) {
      return fail(ErrorCode::invalid, peer_name(), "expected a key of the job's scheme and size, came another");
    }
    peer_.emplace(*std::move(peer));
    return {};
  }

  Result<std::string> receive(Conversation& with, uint16_t kind) {
    const ObfuscatorsAhead::Waiting waiting(*ahead_);
    return with.receive(peer_place_, kind);
  }

  // Both sides at once: encrypt and send the own terms, take the peer's, sum, and let the peer open the masked sums.
  Result<void> batch(Conversation& with) {
    const LogisticLearner::Batch batch = learner_.next_batch();
    const cipher::Ciphertexts rows = TRY(exchange(with, batch.terms));
    const MaskedSums masked = TRY(masked_sums(*peer_, rows, {batch.factors, learner_.columns(), learner_.terms()}));
    std::string bytes;
    peer_->write(masked.sums, bytes);
    TRY(with.send(peer_place_, kLogisticMasked, bytes));
    TRY(open(with));
    const std::string opened = TRY(receive(with, kLogisticOpened));
    return learner_.finish_batch(batch, TRY(unmasked(opened, masked.masks)));
  }

  // The peer's block is taken when the own next one is on its way: neither waits for the other's last few rows.
  Result<cipher::Ciphertexts> exchange(Conversation& with, std::span<const RowTerms> terms) {
    const auto block = [&](size_t first) { return terms.subspan(first, std::min(kBlockRows, terms.size() - first)); };
    std::string theirs;
    TRY(send_rows(with, block(0)));
    for (size_t first = 0; first < terms.size(); first += kBlockRows) {
      if (first + kBlockRows < terms.size()) TRY(send_rows(with, block(first + kBlockRows)));
      const size_t count = block(first).size();
      const std::string came = TRY(receive(with, kLogisticRows));
      if (came.size() != count * peer_->ciphertext_bytes()) {
        return fail(
            ErrorCode::corrupt, peer_name(),
            "expected " + std::to_string(count) + " rows of a batch, came " + std::to_string(came.size()) + " bytes");
      }
      theirs += came;
    }
    return peer_->read(theirs);
  }

  Result<void> send_rows(Conversation& with, std::span<const RowTerms> block) {
    std::string bytes;
    key_->public_key().write(key_->encrypt(packed_terms(block, learner_.terms())), bytes);
    rows_to_send_ -= block.size();
    ahead_->expect(rows_to_send_);
    return with.send(peer_place_, kLogisticRows, bytes);
  }

  Result<void> open(Conversation& with) {
    const std::string came = TRY(receive(with, kLogisticMasked));
    // The guest's intercept is a column of its own.
    const size_t sums = needs_.job.parties[peer_place_].columns.size() + (is_guest() ? 0 : 1);
    if (came.size() != sums * key_->public_key().ciphertext_bytes()) {
      return fail(ErrorCode::corrupt, peer_name(),
                  "expected " + std::to_string(sums) + " masked sums, came " + std::to_string(came.size()) + " bytes");
    }
    const cipher::Ciphertexts masked = TRY(key_->public_key().read(came));
    TRY(with.send(peer_place_, kLogisticOpened, TRY(opened_sums(*key_, masked, learner_.terms()))));
    needs_.leakage.tell(peer_name(), "gradient_sums", static_cast<int64_t>(sums));
    return {};
  }

  Result<void> evaluate(Conversation& with) {
    measures_.set("rows", learner_.rows());
    if (is_guest()) {
      const std::string came = TRY(with.receive(peer_place_, kLogisticScores));
      CalibratedLogistic calibrated =
          TRY(calibrate(learner_, TRY(read_scores(came, learner_.rows())), needs_.job.logistic.l2));
      part_ = write_logistic_part(calibrated.part);
      measures_ = std::move(calibrated.measures);
      TRY(with.send(peer_place_, kLogisticDone, ""));
    } else {
      TRY(with.send(peer_place_, kLogisticScores, write_scores(learner_.scores())));
      needs_.leakage.tell(peer_name(), "partial_scores", static_cast<int64_t>(learner_.rows()));
      TRY(with.receive(peer_place_, kLogisticDone));
      part_ = write_logistic_part(learner_.part());
    }
    measures_.set("batches", learner_.batches_total());
    evaluated_ = true;
    return {};
  }

  const StageNeeds needs_;
  LogisticLearner learner_;
  size_t peer_place_;
  std::optional<cipher::SecretKey> key_;
  std::optional<ObfuscatorsAhead> ahead_;  // of key_, and gone before it
  uint64_t rows_to_send_ = 0;
  std::optional<cipher::PublicKey> peer_;
  bool evaluated_ = false;
  std::string part_;
  Json measures_;
};

}  // namespace

Result<std::unique_ptr<Stage>> make_vertical_logistic(const StageNeeds& needs) {
  const size_t columns = needs.job.parties[needs.self].columns.size();
  if (needs.data.columns.size() != columns) {
    return fail(ErrorCode::invalid, "data of " + needs.job.parties[needs.self].name,
                "expected the job's " + std::to_string(columns) + " columns, came " +
                    std::to_string(needs.data.columns.size()));
  }
  LogisticLearner learner = TRY(LogisticLearner::make(needs.job, needs.data, needs.self));
  return std::make_unique<VerticalLogistic>(needs, std::move(learner));
}

}  // namespace puhui::federation
