#include "infrastructure/federation/rehearsal.h"

#include <algorithm>
#include <numeric>

#include "infrastructure/federation/boosting/plaintext.h"
#include "infrastructure/federation/boosting/quality.h"
#include "infrastructure/federation/logistic/in_the_clear.h"

namespace puhui::federation {

std::vector<std::vector<uint32_t>> common_rows(const std::vector<PartyData>& data) {
  std::vector<std::vector<uint32_t>> sorted;
  for (const PartyData& party : data) {
    auto& rows = sorted.emplace_back(party.row_count());
    std::iota(rows.begin(), rows.end(), 0U);
    std::ranges::sort(rows, {}, [&](uint32_t row) -> const std::string& { return party.ids[row]; });
  }
  std::vector<std::vector<uint32_t>> out(data.size());
  if (data.empty()) return out;
  std::vector<size_t> at(data.size());  // each party's place in its sorted rows
  for (const uint32_t first : sorted[0]) {
    const std::string& id = data[0].ids[first];
    bool everywhere = true;
    for (size_t p = 1; p < data.size(); ++p) {
      while (at[p] < sorted[p].size() && data[p].ids[sorted[p][at[p]]] < id) ++at[p];
      everywhere &= at[p] < sorted[p].size() && data[p].ids[sorted[p][at[p]]] == id;
    }
    if (!everywhere) continue;
    out[0].push_back(first);
    for (size_t p = 1; p < data.size(); ++p) out[p].push_back(sorted[p][at[p]]);
  }
  return out;
}

namespace {

Result<void> boost(const Job& job, const std::vector<PartyData>& common, Rehearsal& out) {
  std::vector<const PartyData*> data;
  for (const PartyData& party : common) data.push_back(&party);
  const ClearModel model = TRY(grow_in_the_clear(job, data));
  out.parts.push_back(part_bytes(model.guest));
  for (const HostPart& host : model.hosts) out.parts.push_back(part_bytes(host));
  out.measures =
      boosting_measures(job.boosting.objective, model.guest.scale, model.margins, common[0].labels, model.guest);
  return {};
}

Result<void> regress(const Job& job, const std::vector<PartyData>& common, Rehearsal& out) {
  if (common.size() != 2) {
    return fail(ErrorCode::invalid, "parties", "expected two, came " + std::to_string(common.size()));
  }
  ClearLogistic model = TRY(logistic_in_the_clear(job, common[0], common[1]));
  out.parts = {std::move(model.guest), std::move(model.host)};
  out.measures = std::move(model.measures);
  return {};
}

}  // namespace

Result<Rehearsal> rehearse(const Job& job, std::vector<PartyData> data) {
  if (job.kind != JobKind::vertical_boosting && job.kind != JobKind::vertical_logistic) {
    return fail(ErrorCode::invalid, "kind",
                "expected vertical_boosting or vertical_logistic: others leave no vertical model");
  }
  if (data.size() != job.parties.size()) {
    return fail(ErrorCode::invalid, "data",
                "expected a table for each of " + std::to_string(job.parties.size()) + " parties, came " +
                    std::to_string(data.size()));
  }
  if (job.intersection.matching != Matching::none) {
    const auto rows = common_rows(data);
    for (size_t p = 0; p < data.size(); ++p) data[p] = rows_of(data[p], rows[p]);
  }
  Rehearsal out;
  out.rows = data[0].row_count();
  if (out.rows < static_cast<uint64_t>(job.intersection.rows_min)) {
    return fail(ErrorCode::conflict, "rows",
                "expected at least " + std::to_string(job.intersection.rows_min) + " common rows (rows_min), came " +
                    std::to_string(out.rows));
  }
  TRY(job.kind == JobKind::vertical_boosting ? boost(job, data, out) : regress(job, data, out));
  return out;
}

}  // namespace puhui::federation
