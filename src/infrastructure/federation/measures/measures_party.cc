#include "infrastructure/federation/measures/measures_party.h"

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "infrastructure/federation/measures/measures_stage.h"

namespace puhui::federation {

MeasuresParty::MeasuresParty(const StageNeeds& needs) : needs_(needs) {
  const BinTerms terms{.bins_max = static_cast<size_t>(needs.job.measures.bins_max), .bin_rows_min = kBinRowsMin};
  for (size_t j = 0; j < needs.data.columns.size(); ++j) {
    own_.push_back(measured_column(needs.data.columns[j], needs.data.values[j], terms));
  }
}

Result<void> MeasuresParty::step(Conversation& with) {
  CHECK(!finished(), "no step after the last");
  if (done_ == 0) {
    TRY(weigh_bins(with));
  } else {
    TRY(correlate(with));
  }
  ++done_;
  needs_.progress.step("measures", done_, steps_total());
  return {};
}

std::string MeasuresParty::state() const {
  Json out;
  out.set("done", done_);
  out.set("columns", columns_);
  out.set("pairs", pairs_);
  return print_json(out);
}

Result<void> MeasuresParty::restore(std::string_view state) {
  auto parsed = parse_json(state, {.bytes_max = size_t{1} << 28});
  const Json* done = parsed ? parsed->find("done") : nullptr;
  Json* columns = parsed ? const_cast<Json*>(parsed->find("columns")) : nullptr;
  Json* pairs = parsed ? const_cast<Json*>(parsed->find("pairs")) : nullptr;
  const auto steps = done != nullptr ? done->as_int64() : std::nullopt;
  const bool good = steps && *steps >= 0 && static_cast<uint64_t>(*steps) <= steps_total() && columns != nullptr &&
                    columns->list() != nullptr && pairs != nullptr && pairs->list() != nullptr;
  if (!good) return fail(ErrorCode::corrupt, "expected the state of measures, came other bytes");
  done_ = static_cast<uint64_t>(*steps);
  columns_ = *columns->list();
  pairs_ = *pairs->list();
  return {};
}

Result<StageResult> MeasuresParty::result() {
  CHECK(finished(), "a result once finished");
  Json measures;
  measures.set("rows", static_cast<uint64_t>(needs_.data.row_count()));
  measures.set("columns", columns_);
  measures.set("correlation", pairs_);
  return StageResult{.rows = {}, .model_part = {}, .measures = std::move(measures)};
}

void MeasuresParty::add_pair(std::pair<std::string, std::string> one, std::pair<std::string, std::string> other,
                             int64_t ppm) {
  Json pair;
  pair.set("party", one.first);
  pair.set("column", one.second);
  pair.set("with_party", other.first);
  pair.set("with_column", other.second);
  pair.set("ppm", ppm);
  pairs_.push_back(std::move(pair));
}

void MeasuresParty::correlate_own() {
  const std::string& party = party_name(needs_.self);
  const size_t rows = needs_.data.row_count();
  for (size_t j = 0; j < own_.size(); ++j) {
    for (size_t k = j + 1; k < own_.size(); ++k) {
      int64_t sum = 0;
      for (size_t i = 0; i < rows; ++i) sum += int64_t{own_[j].values[i]} * own_[k].values[i];
      add_pair({party, own_[j].name}, {party, own_[k].name}, correlation_ppm(sum, rows));
    }
  }
}

}  // namespace puhui::federation
