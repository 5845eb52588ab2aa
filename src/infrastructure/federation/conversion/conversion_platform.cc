// The platform: knows its clicks' columns and where each click stands; adds up what it cannot read, and learns the model.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "infrastructure/federation/conversion/conversion_features.h"
#include "infrastructure/federation/conversion/conversion_model.h"
#include "infrastructure/federation/conversion/conversion_party.h"
#include "infrastructure/federation/conversion/conversion_wire.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

class ConversionPlatform final : public ConversionParty {
 public:
  using ConversionParty::ConversionParty;

 private:
  Result<void> join(uint64_t bucket, Conversation& with) override {
    TRY(join_.answer(bucket, needs_.data, seed_, with));
    if (bucket == 0) tell_epsilon(1);
    return {};
  }

  void tell_epsilon(uint64_t shares) {
    const uint64_t micros = (plan_.epsilon_micros * shares + plan_.click_shares() - 1) / plan_.click_shares();
    needs_.leakage.tell(peer_name(), "epsilon_micros", static_cast<int64_t>(micros));
  }

  const ConversionFeatures& features() {
    if (!features_) features_.emplace(plan_, needs_.data, seed_);
    return *features_;
  }

  // Block after block of the encrypted labels, with the rows that stand at their places.
  using TakeBlock = std::function<Result<void>(const cipher::Ciphertexts& labels, std::span<const uint32_t> rows)>;
  Result<void> for_labels(const cipher::PublicKey& key, Conversation& with, const TakeBlock& take) {
    std::vector<uint32_t> places;
    for (uint64_t bucket = 0; bucket < terms_.buckets; ++bucket) {
      const auto rows = TRY(join_.rows_at_places(bucket, needs_.data, seed_));
      places.insert(places.end(), rows.begin(), rows.end());
    }
    for (size_t first = 0; first < places.size(); first += kConversionBlockPlaces) {
      const size_t count = std::min(kConversionBlockPlaces, places.size() - first);
      auto labels = key.read(TRY(receive_exactly(with, 0, kConversionLabels, count * key.ciphertext_bytes())));
      if (!labels) return fail(at(peer_name(), std::move(labels).error()));
      TRY(take(*labels, std::span<const uint32_t>(places).subspan(first, count)));
    }
    return {};
  }

  Result<cipher::PublicKey> take_key(Conversation& with) const {
    auto key = read_conversion_key(TRY(receive_at_most(with, 0, kConversionKey, kConversionKeyBytesMax)),
                                   needs_.job.cipher, kernel_);
    if (!key) return fail(at(peer_name(), std::move(key).error()));
    return key;
  }

  Result<std::vector<int64_t>> have_opened(const cipher::PublicKey& key, const cipher::Ciphertexts& sums, size_t slots,
                                           Conversation& with) const {
    ConversionMasked masked;
    if (sums.count() > 0) masked = mask_conversion_sums(key, sums, slots);
    TRY(with.send(0, kConversionSums, masked.bytes));
    const size_t bytes = masked.masks.size() * kConversionShareBytes;
    auto opened = unmask_conversion_sums(TRY(receive_exactly(with, 0, kConversionOpened, bytes)), masked.masks);
    if (!opened) return fail(at(peer_name(), std::move(opened).error()));
    return opened;
  }

  Result<void> enough_clicks() {
    const size_t rows = features().rows() - features().held_out_rows();
    if (rows >= plan_.cohort_min) return {};
    return fail(ErrorCode::conflict, "conversion/cohort_min",
                "expected at least " + std::to_string(plan_.cohort_min) + " clicks to train on, there are " +
                    std::to_string(rows) + "; nothing is told about so few");
  }

  Result<void> train(Conversation& with) override {
    TRY(enough_clicks());
    const auto key = TRY(take_key(with));
    const size_t columns = plan_.columns + 1;
    cipher::Ciphertexts sums = key.zeros(columns);
    TRY(for_labels(key, with, [&](const cipher::Ciphertexts& labels, std::span<const uint32_t> rows) -> Result<void> {
      std::vector<int32_t> factors(rows.size() * columns);
      for (size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] == kConversionNoRow || features().held_out(rows[i])) continue;
        std::ranges::copy(features().factors(rows[i]), &factors[i * columns]);
      }
      key.add(sums, TRY(key.dot(labels, factors, columns)));
      return {};
    }));
    const auto opened = TRY(have_opened(key, sums, 1, with));
    model_ = TRY(fit_conversion_model(features(), opened, needs_.job.logistic.l2));
    return with.send(0, kConversionReported, "");
  }

  Result<ConversionReport> report(Conversation& with) override {
    const auto key = TRY(take_key(with));
    const auto cohorts = conversion_cohorts(features(), model_, plan_.cohort_min);
    const size_t count = cohorts.rows.size();
    cipher::Ciphertexts cells = key.zeros(count);
    TRY(for_labels(key, with, [&](const cipher::Ciphertexts& labels, std::span<const uint32_t> rows) -> Result<void> {
      if (count == 0) return {};
      std::vector<uint8_t> places;
      for (const uint32_t row : rows) {
        places.push_back(row == kConversionNoRow ? cipher::Modulus::kNoCell : cohorts.of_row[row]);
      }
      std::vector<uint32_t> all(rows.size());
      std::iota(all.begin(), all.end(), 0U);
      key.modulus().multiply_into_cells(labels.residues, all, places, 1, count, cells.residues);
      return {};
    }));
    const auto opened = TRY(have_opened(key, cells, plan_.slots(), with));
    const ConversionReport out = noised_report(cohorts, opened);
    TRY(with.send(0, kConversionReported, out.written()));
    needs_.leakage.tell(peer_name(), "click_cohorts", static_cast<int64_t>(count));
    tell_epsilon(plan_.click_shares() - 1);
    return out;
  }

  ConversionReport noised_report(const ConversionCohorts& cohorts, std::span<const int64_t> opened) {
    ConversionReport out;
    out.cohorts.resize(cohorts.rows.size());
    for (size_t i = 0; i < features().rows(); ++i) {
      if (cohorts.of_row[i] == ConversionCohorts::kNone) continue;
      const double share = std::ldexp(model_.probability(features().standardised_row(i)), kConversionValueBits);
      out.cohorts[cohorts.of_row[i]].predicted += static_cast<int64_t>(std::nearbyint(share));
    }
    for (size_t bin = 0; bin < out.cohorts.size(); ++bin) {
      ConversionCohort& cohort = out.cohorts[bin];
      const auto noise = [&](ConversionPlan::Told what) { return plan_.click_noise(seed_, bin, what); };
      cohort.rows = static_cast<int64_t>(cohorts.rows[bin]) + noise(ConversionPlan::told_rows);
      cohort.predicted += noise(ConversionPlan::told_predicted);
      cohort.converted = opened[bin * plan_.slots()] + noise(ConversionPlan::told_converted);
      if (plan_.has_values) cohort.value = opened[bin * 2 + 1] + noise(ConversionPlan::told_value);
    }
    return out;
  }

  void write_own(ByteWriter& to) const override {
    if (!trained_) return;
    to.unsigned_varint(model_.iterations);
    for (const double weight : model_.weights) to.real(weight);
  }
  void read_own(ByteReader& from) override {
    features_.reset();
    model_ = {};
    if (!trained_) return;
    model_.iterations = from.unsigned_varint();
    for (size_t j = 0; j <= plan_.columns; ++j) {
      model_.weights.push_back(from.real());
      if (!std::isfinite(model_.weights.back())) from.reject();
    }
  }

  void finish(StageResult& result) const override {
    const ConversionFeatures features(plan_, needs_.data, seed_);
    result.model_part = conversion_pmml(model_, features, needs_.job.label);
    result.measures.set("iterations", static_cast<uint64_t>(model_.iterations));
  }

  std::optional<ConversionFeatures> features_;
  ConversionModel model_;
};

}  // namespace

std::unique_ptr<Stage> make_conversion_platform(const StageNeeds& needs, const ConversionPlan& plan,
                                                cipher::Kernel kernel) {
  return std::make_unique<ConversionPlatform>(needs, plan, kernel);
}

}  // namespace puhui::federation
