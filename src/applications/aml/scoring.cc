#include "applications/aml/scoring.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "ground/base/date.h"
#include "ground/base/text.h"
#include "infrastructure/models/csv.h"

namespace puhui::aml {

namespace {

template <class E>
std::optional<E> choice_of(std::string_view text) {
  const auto names = names_of(static_cast<const E*>(nullptr));
  const auto at = std::ranges::find(names, text);
  if (at == names.end()) return std::nullopt;
  return static_cast<E>(at - names.begin());
}

bool overlaps(const TruthRow& row, const FoundPattern& finding) {
  return row.from <= finding.to && finding.from <= row.to;
}

using ByAccount = std::unordered_map<std::string, std::vector<const TruthRow*>>;

// Why a wrong finding may have been made: the best-known cause of what lies on its account at its time.
std::string cause_of(const ByAccount& truth, const FoundPattern& finding) {
  const auto rows = truth.find(finding.account);
  if (rows == truth.end()) return "ordinary life";
  std::string out = "ordinary life";
  for (const TruthRow* row : rows->second) {
    if (!overlaps(*row, finding)) continue;
    if (row->kind == TruthKind::decoy) return row->what;
    out = "part of a ";
    out += names_of(static_cast<const Typology*>(nullptr))[static_cast<size_t>(row->typology)];
  }
  return out;
}

}  // namespace

std::array<Score, kTypologies> score(std::span<const TruthRow> truth, std::span<const FoundPattern> findings) {
  std::array<Score, kTypologies> out;
  ByAccount by_account;
  std::map<uint32_t, const TruthRow*> patterns;
  for (const TruthRow& row : truth) {
    by_account[row.account].push_back(&row);
    if (row.kind == TruthKind::injected) patterns.emplace(row.pattern, &row);
  }
  std::set<uint32_t> found;
  for (const FoundPattern& finding : findings) {
    Score& figures = out[static_cast<size_t>(finding.typology)];
    ++figures.findings;
    bool right = false;
    if (const auto rows = by_account.find(finding.account); rows != by_account.end()) {
      for (const TruthRow* row : rows->second) {
        if (row->typology != finding.typology || row->kind == TruthKind::decoy || !overlaps(*row, finding)) continue;
        right = true;
        if (row->kind == TruthKind::injected) found.insert(row->pattern);
      }
    }
    figures.right += right;
    if (!right) ++figures.mistaken[cause_of(by_account, finding)];
  }
  for (const auto& [number, row] : patterns) {
    Score& figures = out[static_cast<size_t>(row->typology)];
    ++figures.injected;
    figures.found += found.contains(number);
    if (!found.contains(number)) ++figures.missed[row->what];
  }
  return out;
}

Result<std::vector<TruthRow>> read_truth(std::unique_ptr<models::ByteSource> source) {
  auto reader = TRY(models::CsvReader::open(std::move(source)));
  static constexpr const char* kColumns[] = {"pattern", "kind", "typology", "account", "from", "to", "what"};
  std::array<size_t, std::size(kColumns)> columns{};
  for (size_t i = 0; i < std::size(kColumns); ++i) columns[i] = TRY(reader.column(kColumns[i]));
  std::vector<TruthRow> out;
  Faults faults;
  models::CsvRow row;
  while (TRY(reader.next(row))) {
    if (row.fault) {
      faults.add(row.place(), row.fault->message);
      continue;
    }
    if (out.size() >= kTruthRowsMax) return fail(ErrorCode::exhausted, "truth", "has too many rows");
    const auto pattern = parse_int64(row.fields[columns[0]]);
    const auto kind = choice_of<TruthKind>(row.fields[columns[1]]);
    const auto typology = choice_of<Typology>(row.fields[columns[2]]);
    const auto from = parse_timestamp(row.fields[columns[4]]), to = parse_timestamp(row.fields[columns[5]]);
    if (!pattern || *pattern < 0 || *pattern > UINT32_MAX) faults.add(row.place() + ", pattern", "expected a number");
    if (!kind) faults.add(row.place() + ", kind", "expected injected, contained or decoy");
    if (!typology) faults.add(row.place() + ", typology", "is no typology");
    if (!from || !to) faults.add(row.place() + ", from and to", "expected two moments");
    if (!pattern || !kind || !typology || !from || !to) continue;
    out.push_back({static_cast<uint32_t>(*pattern), *kind, *typology, std::string(row.fields[columns[3]]), *from, *to,
                   std::string(row.fields[columns[6]])});
  }
  TRY(std::move(faults).result());
  return out;
}

}  // namespace puhui::aml
