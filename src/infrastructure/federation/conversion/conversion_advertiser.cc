// The advertiser: knows what converted, by masked place; encrypts that, and opens noised sums that it cannot read.
#include <algorithm>

#include "infrastructure/federation/conversion/conversion_party.h"
#include "infrastructure/federation/conversion/conversion_wire.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

class ConversionAdvertiser final : public ConversionParty {
 public:
  ConversionAdvertiser(const StageNeeds& needs, const ConversionPlan& plan, cipher::Kernel kernel)
      : ConversionParty(needs, plan, kernel), bands_(plan, needs.data) {}

 private:
  Result<void> join(uint64_t bucket, Conversation& with) override {
    for (const uint8_t label : TRY(join_.ask(bucket, needs_.data, bands_, with))) {
      labels_ += static_cast<char>(label);
    }
    return {};
  }

  Result<void> send_key(Conversation& with) {
    if (!key_) key_ = TRY(make_conversion_key(needs_.job.cipher, kernel_));
    return with.send(1, kConversionKey, key_->public_key().bytes());
  }

  // Whether each place converted and, with two slots, for how much.
  Result<void> send_labels(size_t slots, Conversation& with) {
    for (size_t first = 0; first < labels_.size(); first += kConversionBlockPlaces) {
      const size_t count = std::min(kConversionBlockPlaces, labels_.size() - first);
      std::vector<int64_t> numbers;
      for (size_t i = first; i < first + count; ++i) {
        const auto label = static_cast<uint8_t>(labels_[i]);
        numbers.push_back(label > 0 ? 1 : 0);
        if (slots == 2) numbers.push_back(label > 0 ? bands_.value[label - 1U] : 0);
      }
      std::string bytes;
      key_->public_key().write(key_->encrypt(cipher::pack(numbers, conversion_slots(slots))), bytes);
      TRY(with.send(1, kConversionLabels, bytes));
    }
    return {};
  }

  // Opens what is masked and lays the own noise on it.
  Result<size_t> answer_sums(const std::string& bytes, size_t slots,
                             const std::function<int64_t(size_t sum, size_t slot)>& noise, Conversation& with) {
    auto shares = open_conversion_sums(*key_, bytes, slots);
    if (!shares) return fail(at(peer_name(), std::move(shares).error()));
    for (size_t i = 0; i < shares->size(); ++i)
      (*shares)[i] += static_cast<Wide>(__int128{noise(i / slots, i % slots)});
    TRY(with.send(1, kConversionOpened, write_conversion_shares(*shares)));
    needs_.leakage.tell(peer_name(), "conversion_sums", static_cast<int64_t>(shares->size()));
    return shares->size() / slots;
  }

  Result<void> train(Conversation& with) override {
    TRY(send_key(with));
    TRY(send_labels(1, with));
    const size_t bytes = (plan_.columns + 1) * key_->public_key().ciphertext_bytes();
    const std::string sums = TRY(receive_exactly(with, 1, kConversionSums, bytes));
    const auto noise = [&](size_t sum, size_t) { return plan_.training_noise(seed_, sum); };
    TRY(answer_sums(sums, 1, noise, with));
    // Whoever is trained on is not reported on: one epsilon for both.
    needs_.leakage.tell(peer_name(), "epsilon_micros", static_cast<int64_t>(plan_.epsilon_micros));
    TRY(receive_exactly(with, 1, kConversionReported, 0));
    return {};
  }

  Result<ConversionReport> report(Conversation& with) override {
    TRY(send_key(with));
    TRY(send_labels(plan_.slots(), with));
    const size_t bytes_max = kConversionBinsMax * key_->public_key().ciphertext_bytes();
    const std::string sums = TRY(receive_at_most(with, 1, kConversionSums, bytes_max));
    const auto noise = [&](size_t bin, size_t slot) { return plan_.label_noise(seed_, bin, slot); };
    const size_t cohorts = TRY(answer_sums(sums, plan_.slots(), noise, with));
    auto report = ConversionReport::read(TRY(receive_at_most(with, 1, kConversionReported, 1024)));
    if (!report) return fail(at(peer_name(), std::move(report).error()));
    if (report->cohorts.size() != cohorts) {
      return fail(ErrorCode::corrupt, peer_name(),
                  "expected a report of " + std::to_string(cohorts) + " cohorts, came " +
                      std::to_string(report->cohorts.size()));
    }
    return *std::move(report);
  }

  void write_own(ByteWriter& to) const override { to.text(labels_); }
  void read_own(ByteReader& from) override {
    labels_ = std::string(from.text());
    const bool fits = labels_.size() == join_.click_places() * done_;
    const bool known =
        std::ranges::all_of(labels_, [&](char label) { return static_cast<uint8_t>(label) <= plan_.bands; });
    if (!fits || !known) from.reject();
  }

  // The report is what the advertiser keeps: its integers, since what is derived of them hangs on a library's functions.
  void finish(StageResult& result) const override {
    result.model_part = print_json(report_->numbers(plan_));
    const auto dummies = static_cast<int64_t>(plan_.dummies / 2 * plan_.bands * terms_.buckets);
    const auto met = std::ranges::count_if(labels_, [](char label) { return label != 0; });
    result.measures.set("matched", std::max<int64_t>(met - dummies, 0));
  }

  ConversionBands bands_;
  std::string labels_;  // by place: 0, or 1 + the band of what converted there
  std::optional<cipher::SecretKey> key_;
};

}  // namespace

std::unique_ptr<Stage> make_conversion_advertiser(const StageNeeds& needs, const ConversionPlan& plan,
                                                  cipher::Kernel kernel) {
  return std::make_unique<ConversionAdvertiser>(needs, plan, kernel);
}

}  // namespace puhui::federation
