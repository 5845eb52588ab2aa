#include "infrastructure/federation/party_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/models/csv.h"

namespace puhui::federation {

namespace {

std::string shown(std::string_view text) { return "'" + std::string(cut_utf8(text, 40)) + "'"; }

bool is_horizontal(JobKind kind) {
  return kind == JobKind::horizontal_boosting || kind == JobKind::horizontal_logistic;
}

std::string_view id_column_of(const Job& job) {
  return job.kind == JobKind::conversion ? job.conversion.key_column : job.intersection.id_column;
}

// How labels are read; `any` where no training says what they mean.
struct LabelRule {
  enum class Kind { any, whole } kind = Kind::any;
  int64_t classes = 0;  // 0 … classes - 1

  static LabelRule of(const Job& job) {
    switch (job.kind) {
      case JobKind::vertical_boosting:
      case JobKind::horizontal_boosting:
        if (job.boosting.objective == Objective::regression) return {};
        return {Kind::whole, job.boosting.objective == Objective::binary ? 2 : job.boosting.classes};
      case JobKind::vertical_logistic:
      case JobKind::horizontal_logistic:
      case JobKind::conversion:
      case JobKind::measures: return {Kind::whole, 2};
      case JobKind::intersection:
      case JobKind::aggregate: return {};
    }
    return {};
  }
  bool takes(double label) const {
    return kind == Kind::any || (label >= 0 && label < static_cast<double>(classes) && label == std::floor(label));
  }
  std::string expected() const {
    return kind == Kind::any ? "a number" : "a whole number from 0 to " + std::to_string(classes - 1);
  }
};

// Rows as they come; repeats are looked for at the end, over all of them.
class PartyReader {
 public:
  PartyReader(models::CsvReader reader, const Job& job, const JobParty& party)
      : reader_(std::move(reader)), job_(job), party_(party), rule_(LabelRule::of(job)) {}

  Result<PartyData> read() {
    TRY(find_columns());
    models::CsvRow row;
    while (TRY(reader_.next(row))) TRY(take(row));
    settle_repeats();
    TRY(std::move(faults_).result());
    data_.content = content_.digest();
    return std::move(data_);
  }

 private:
  // Names that are missing are all told at once.
  Result<void> find_columns() {
    Faults faults;
    const auto find = [&](std::string_view name) -> size_t {
      auto place = reader_.column(name);
      if (!place) faults.add("", std::move(place).error());
      return place.value_or(0);
    };
    const std::string_view id = id_column_of(job_);
    has_ids_ = !is_horizontal(job_.kind) || std::ranges::find(reader_.header(), id) != reader_.header().end();
    if (has_ids_) id_place_ = find(id);
    for (const auto& name : party_.columns) places_.push_back(find(name));
    has_labels_ = !job_.label.empty() && party_.role != Role::host;
    if (has_labels_) label_place_ = find(job_.label);
    TRY(std::move(faults).result());
    data_.columns = party_.columns;
    data_.values.resize(places_.size());
    for (const auto& name : reader_.header()) content_.add(name), content_.add(std::string_view("\0", 1));
    return {};
  }

  Result<void> take(const models::CsvRow& row) {
    if (row.fault) {
      faults_.add(row.fault->where, row.fault->message);
      return {};
    }
    if (data_.ids.size() >= kRowsMax || (data_.ids.size() + 1) * (places_.size() + 1) > kCellsMax) {
      return fail(ErrorCode::exhausted, row.place(),
                  "expected at most " + std::to_string(kRowsMax) + " rows and " + std::to_string(kCellsMax) +
                      " cells; split the file into several jobs");
    }
    content_.add(row.raw);
    content_.add("\n");
    take_id(row);
    for (size_t i = 0; i < places_.size(); ++i) data_.values[i].push_back(number(row, i));
    if (has_labels_) data_.labels.push_back(label(row));
    lines_.push_back(row.line);
    return {};
  }

  void take_id(const models::CsvRow& row) {
    if (!has_ids_) {
      data_.ids.push_back(std::to_string(row.number));
      return;
    }
    const std::string_view raw = row.fields[id_place_];
    auto id = normalised(raw, job_.intersection.normalise);
    const std::string where =
        id && !id->empty() ? std::string() : row.place() + ", column " + reader_.header()[id_place_];
    if (!id) {
      faults_.add(where, std::move(id).error());
      id = "";
    } else if (id->empty()) {
      faults_.add(where, raw.empty() ? "expected an id, came nothing"
                                     : "expected an id, came " + shown(raw) + ", of which normalising leaves nothing");
    }
    if (*id != raw) ++data_.changed_by_normalising;
    data_.ids.push_back(*std::move(id));
  }

  float number(const models::CsvRow& row, size_t i) {
    const std::string_view text = trim(row.fields[places_[i]]);
    if (text.empty() || text == "NA") return std::numeric_limits<float>::quiet_NaN();
    const auto value = parse_double(text);
    if (value && std::abs(*value) <= std::numeric_limits<float>::max()) return static_cast<float>(*value);
    faults_.add(row.place() + ", column " + party_.columns[i],
                "expected a number (at most 3.4e38 in size) or nothing, came " + shown(text) +
                    "; leave the cell empty if it is missing");
    return 0;
  }

  double label(const models::CsvRow& row) {
    const std::string_view text = trim(row.fields[label_place_]);
    const auto value = parse_double(text);
    if (value && rule_.takes(*value)) return *value;
    faults_.add(row.place() + ", column " + job_.label,
                "expected " + rule_.expected() + " as a label, came " + (text.empty() ? "nothing" : shown(text)));
    return 0;
  }

  // Rows whose id stood in an earlier row: by hash first, so that a million rows are sorted as numbers.
  std::vector<std::pair<uint32_t, uint32_t>> repeats() const {
    std::vector<std::pair<uint64_t, uint32_t>> order(data_.ids.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = {hash64(data_.ids[i]), i};
    std::ranges::sort(order, [&](const auto& a, const auto& b) {
      if (a.first != b.first) return a.first < b.first;
      const int compared = data_.ids[a.second].compare(data_.ids[b.second]);
      return compared != 0 ? compared < 0 : a.second < b.second;
    });
    std::vector<std::pair<uint32_t, uint32_t>> found;  // the later row, the first one
    for (size_t i = 1, first = 0; i < order.size(); ++i) {
      if (data_.ids[order[i].second] == data_.ids[order[first].second]) {
        found.emplace_back(order[i].second, order[first].second);
      } else {
        first = i;
      }
    }
    std::ranges::sort(found);
    return found;
  }

  void settle_repeats() {
    if (!has_ids_) return;
    const auto found = repeats();
    if (found.empty()) return;
    if (job_.intersection.duplicates == Duplicates::first) return drop(found);
    for (const auto& [row, first] : found) {
      if (data_.ids[row].empty()) continue;  // told already
      faults_.add("line " + std::to_string(lines_[row]),
                  "the id " + shown(data_.ids[row]) + " stands on line " + std::to_string(lines_[first]) +
                      " already; keep one of them, or let the job keep the first (intersection.duplicates)");
    }
  }

  void drop(const std::vector<std::pair<uint32_t, uint32_t>>& found) {
    std::vector<uint32_t> kept;
    kept.reserve(data_.ids.size() - found.size());
    for (uint32_t row = 0, next = 0; row < data_.ids.size(); ++row) {
      if (next < found.size() && found[next].first == row) {
        ++next;
      } else {
        kept.push_back(row);
      }
    }
    data_ = rows_of(data_, kept);
    data_.repeats_dropped = found.size();
  }

  models::CsvReader reader_;
  const Job& job_;
  const JobParty& party_;
  LabelRule rule_;
  bool has_ids_ = true, has_labels_ = false;
  size_t id_place_ = 0, label_place_ = 0;
  std::vector<size_t> places_;   // of the declared columns
  std::vector<uint64_t> lines_;  // where each row starts
  Sha256 content_;
  PartyData data_;
  Faults faults_;
};

template <class T>
std::vector<T> taken(const std::vector<T>& from, std::span<const uint32_t> rows) {
  std::vector<T> out;
  out.reserve(rows.size());
  for (const uint32_t row : rows) out.push_back(from[row]);
  return out;
}

}  // namespace

Result<PartyData> read_party_data(std::unique_ptr<models::ByteSource> source, const Job& job, size_t party) {
  CHECK(party < job.parties.size(), "the party stands in the job");
  auto plain = TRY(models::decompressed(std::move(source)));
  auto reader = TRY(models::CsvReader::open(std::move(plain)));
  return PartyReader(std::move(reader), job, job.parties[party]).read();
}

PartyData rows_of(const PartyData& data, std::span<const uint32_t> rows) {
  for (const uint32_t row : rows) CHECK(row < data.row_count(), "the row is there");
  PartyData out{.ids = taken(data.ids, rows),
                .columns = data.columns,
                .values = {},
                .labels = {},
                .content = data.content,
                .repeats_dropped = data.repeats_dropped,
                .changed_by_normalising = data.changed_by_normalising};
  for (const auto& column : data.values) out.values.push_back(taken(column, rows));
  if (!data.labels.empty()) out.labels = taken(data.labels, rows);
  return out;
}

}  // namespace puhui::federation
