#include "governance/drift/drift_book.h"

#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/kernel/artefacts.h"

namespace puhui::drift {

namespace {

constexpr size_t kLookedAtEvery = 64;  // how often the sum of what waits is taken
constexpr std::string_view kFreezeWords = "drift reference asked for: permit ", kRowsWords = ", first decisions: ";

struct Asked {
  Digest permit;
  uint64_t rows = 0;
};

std::optional<Asked> parse_freeze_words(std::string_view words) {
  if (!words.starts_with(kFreezeWords)) return std::nullopt;
  words.remove_prefix(kFreezeWords.size());
  const size_t rows_at = words.find(kRowsWords);
  if (rows_at == std::string_view::npos) return std::nullopt;
  const auto permit = Digest::parse(words.substr(0, rows_at));
  const auto rows = parse_int64(words.substr(rows_at + kRowsWords.size()));
  if (!permit || !rows || *rows < 0) return std::nullopt;
  return Asked{*permit, static_cast<uint64_t>(*rows)};
}

Digest digest_of(std::string_view bytes) { return Digest::from_bytes(bytes).value_or(Digest{}); }

}  // namespace

std::string freeze_words(const Digest& permit, uint64_t rows) {
  return std::string(kFreezeWords) + permit.hex() + std::string(kRowsWords) + std::to_string(rows);
}

// ---- reading what was left

Result<std::unique_ptr<DriftBook>> DriftBook::open(Store& store, evidence::EvidenceLog& evidence,
                                                   kernel::Kernel& kernel) {
  std::unique_ptr<DriftBook> book(new DriftBook());
  std::vector<std::pair<Digest, evidence::RecordId>> found;
  TRY(store.read([&](Reader& reader) -> Result<void> {
    TRY(book->load_references(reader));
    return book->load_waiting(reader, found);
  }));
  TRY(book->take_waiting(found, evidence, kernel));
  return book;
}

Result<void> DriftBook::load_references(Reader& reader) {
  std::vector<std::pair<Digest, Digest>> references;
  TRY(reader.each("SELECT permit, digest FROM drift_reference", {}, [&](const Row& row) -> Result<void> {
    references.emplace_back(digest_of(row.bytes(0)), digest_of(row.bytes(1)));
    return {};
  }));
  kernel::StoredArtefacts artefacts(reader);
  for (const auto& [permit, digest] : references) {
    Book& book = books_[permit];
    book.reference = std::make_unique<Reference>(TRY(Reference::parse(TRY(artefacts.artefact(digest)))));
    book.use_case = book.reference->use_case;
    for (const Frame& frame : book.reference->frames) book.fields.push_back(frame.field);
  }
  return {};
}

Result<void> DriftBook::load_waiting(Reader& reader, std::vector<std::pair<Digest, evidence::RecordId>>& found) const {
  return reader.each("SELECT permit, sequence, id_high FROM drift_waiting ORDER BY permit, sequence", {},
                     [&](const Row& row) -> Result<void> {
                       found.emplace_back(digest_of(row.bytes(0)),
                                          evidence::RecordId(Id128{static_cast<uint64_t>(row.integer(2)),
                                                                   static_cast<uint64_t>(row.integer(1))}));
                       return {};
                     });
}

// From the evidence itself, so that what retention has erased since is gone here too.
Result<void> DriftBook::take_waiting(const std::vector<std::pair<Digest, evidence::RecordId>>& found,
                                     evidence::EvidenceLog& evidence, kernel::Kernel& kernel) {
  for (const auto& [permit, id] : found) {
    const auto version = kernel.find_version(permit);
    if (!version) continue;  // does not load any more: nothing of it is decided again
    const auto record = TRY(evidence.find(id));
    const auto judgement = TRY(evidence::decode_judgement(record.judgement));
    const auto circumstances = TRY(evidence::decode_circumstances(record.circumstances));
    std::vector<evidence::FactValue> facts;
    if (record.facts) facts = std::move(TRY(evidence::decode_facts(*record.facts)).facts);
    Book& book = books_[permit];
    if (book.fields.empty()) book.use_case = judgement.use_case, book.fields = fields_of(**version);
    book.waiting.push_back({id, circumstances.at, values_of(**version, judgement, facts)});
    book.waiting_settled = book.waiting.size();
  }
  return {};
}

// ---- gathering

void DriftBook::see(const kernel::Seen& seen) {
  if (seen.record.kind != evidence::RecordKind::decision || seen.version == nullptr) return;
  const Digest& permit = seen.version->digest();
  Book& book = books_[permit];
  if (book.fields.empty()) book.use_case = seen.judgement.use_case, book.fields = fields_of(*seen.version);
  Decided decided{seen.record.id, seen.circumstances.at, values_of(*seen.version, seen.judgement, seen.facts)};
  if (book.reference) {
    count(permit, book, decided, Part::after);
    return;
  }
  book.waiting.push_back(std::move(decided));
  if (book.waiting.size() >= kReferenceRows) freeze_first(permit, book, kReferenceRows, std::nullopt);
  if (book.waiting.size() % kLookedAtEvery == 0) freeze_largest();
}

void DriftBook::see_act(const evidence::StoredRecord& record, const evidence::Circumstances& circumstances) {
  if (record.kind != evidence::RecordKind::note) return;
  const auto asked = parse_freeze_words(record.judgement);
  if (!asked) return;
  const auto found = books_.find(asked->permit);
  if (found == books_.end() || found->second.reference || found->second.waiting.empty()) return;
  const uint64_t rows = asked->rows == 0 ? found->second.waiting.size() : asked->rows;
  freeze_first(asked->permit, found->second, rows, circumstances.at);
}

void DriftBook::count(const Digest& permit, const Book& book, const Decided& decided, Part part) {
  auto& counts = gathered_[{permit, date_of(decided.at).days, part}];
  const std::vector<Frame>& frames = book.reference->frames;
  if (counts.empty()) {
    for (const Frame& frame : frames) counts.emplace_back(frame.bins());
  }
  for (size_t i = 0; i < frames.size(); ++i) {
    if (decided.values[i]) ++counts[i][frames[i].bin_of(*decided.values[i])];
  }
}

void DriftBook::freeze_first(const Digest& permit, Book& book, uint64_t rows, std::optional<Timestamp> asked_at) {
  rows = std::min<uint64_t>(rows, book.waiting.size());
  std::vector<const Values*> first;
  for (size_t i = 0; i < rows; ++i) first.push_back(&book.waiting[i].values);
  auto reference = std::make_unique<Reference>();
  reference->permit = permit;
  reference->use_case = book.use_case;
  reference->rows = rows;
  reference->first_record = book.waiting[0].record.sequence();
  reference->last_record = book.waiting[rows - 1].record.sequence();
  reference->frozen_at = asked_at.value_or(book.waiting[rows - 1].at);
  reference->first_day = date_of(book.waiting[0].at);
  reference->last_day = date_of(book.waiting[rows - 1].at);
  reference->frames = freeze(book.fields, first);
  book.reference = std::move(reference);
  book.frozen_now = true;
  for (size_t i = 0; i < book.waiting.size(); ++i) {
    count(permit, book, book.waiting[i], i < rows ? Part::reference : Part::after);
  }
}

// What waits must not fill memory, however many versions are tried.
void DriftBook::freeze_largest() {
  uint64_t all = 0;
  auto largest = books_.end();
  for (auto at = books_.begin(); at != books_.end(); ++at) {
    if (at->second.reference) continue;
    all += at->second.waiting.size();
    if (largest == books_.end() || at->second.waiting.size() > largest->second.waiting.size()) largest = at;
  }
  if (all > kWaitingRowsMax) {
    freeze_first(largest->first, largest->second, largest->second.waiting.size(), std::nullopt);
  }
}

// ---- writing

Result<void> DriftBook::flush(Transaction& tx) {
  for (const auto& [permit, book] : books_) {
    if (book.frozen_now) TRY(write_reference(tx, permit, book));
    if (book.reference) continue;
    TRY(write_waiting(tx, permit, book));
  }
  for (const auto& [key, fields] : gathered_) {
    for (size_t field = 0; field < fields.size(); ++field) {
      for (size_t bin = 0; bin < fields[field].size(); ++bin) {
        if (fields[field][bin] == 0) continue;
        TRY(tx.execute(
            "INSERT INTO drift_count (permit, day, part, field, bin, decisions) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (permit, day, part, field, bin) "
            "DO UPDATE SET decisions = drift_count.decisions + excluded.decisions",
            {BytesView{key.permit.view()}, int64_t{key.day}, static_cast<int64_t>(key.part),
             static_cast<int64_t>(field), static_cast<int64_t>(bin), static_cast<int64_t>(fields[field][bin])}));
      }
    }
  }
  return {};
}

Result<void> DriftBook::write_waiting(Transaction& tx, const Digest& permit, const Book& book) const {
  static const AppendTable kTable{"drift_waiting", {"permit", "sequence", "id_high"}};
  std::vector<Param> cells;
  for (size_t i = book.waiting_settled; i < book.waiting.size(); ++i) {
    const evidence::RecordId& id = book.waiting[i].record;
    cells.insert(cells.end(), {Param(BytesView{permit.view()}), Param(static_cast<int64_t>(id.low)),
                               Param(static_cast<int64_t>(id.high))});
  }
  return cells.empty() ? Result<void>() : tx.append(kTable, cells);
}

Result<void> DriftBook::write_reference(Transaction& tx, const Digest& permit, const Book& book) const {
  const Reference& reference = *book.reference;
  const Digest digest = TRY(kernel::put_artefact(tx, kReferenceKind, reference.bytes(), reference.frozen_at));
  TRY(tx.execute(
      "INSERT INTO drift_reference (permit, digest, use_case, frozen_at) VALUES (?, ?, ?, ?)",
      {BytesView{permit.view()}, BytesView{digest.view()}, reference.use_case, reference.frozen_at.microseconds}));
  TRY(tx.execute("DELETE FROM drift_waiting WHERE permit = ?", {BytesView{permit.view()}}));
  return {};
}

void DriftBook::settled() {
  for (auto& [permit, book] : books_) {
    if (book.reference) book.waiting.clear(), book.waiting.shrink_to_fit();
    book.frozen_now = false;
    book.waiting_settled = book.waiting.size();
  }
  gathered_.clear();
}

void DriftBook::dropped() {
  for (auto& [permit, book] : books_) {
    if (book.frozen_now) book.reference.reset();
    book.frozen_now = false;
    book.waiting.resize(book.waiting_settled);
  }
  gathered_.clear();
}

// ---- for those who measure

Result<std::optional<StoredReference>> find_reference(Reader& reader, const Digest& permit) {
  const auto digest =
      TRY(reader.bytes("SELECT digest FROM drift_reference WHERE permit = ?", {BytesView{permit.view()}}));
  if (!digest) return std::optional<StoredReference>();
  kernel::StoredArtefacts artefacts(reader);
  StoredReference out;
  out.digest = digest_of(*digest);
  out.reference = TRY(Reference::parse(TRY(artefacts.artefact(out.digest))));
  return out;
}

Result<uint64_t> waiting_rows(Reader& reader, const Digest& permit) {
  return static_cast<uint64_t>(
      TRY(reader.integer("SELECT COUNT(*) FROM drift_waiting WHERE permit = ?", {BytesView{permit.view()}}))
          .value_or(0));
}

Result<void> each_count(Reader& reader, const Digest& permit, Days days,
                        const std::function<void(const Counted&)>& visit) {
  return reader.each(
      "SELECT day, part, field, bin, decisions FROM drift_count WHERE permit = ? AND day >= ? AND day <= ? "
      "ORDER BY day, part, field, bin",
      {BytesView{permit.view()}, int64_t{days.first.days}, int64_t{days.last.days}},
      [&](const Row& row) -> Result<void> {
        visit({{static_cast<int32_t>(row.integer(0))},
               static_cast<Part>(row.integer(1)),
               static_cast<size_t>(row.integer(2)),
               static_cast<size_t>(row.integer(3)),
               static_cast<uint64_t>(row.integer(4))});
        return {};
      });
}

}  // namespace puhui::drift
