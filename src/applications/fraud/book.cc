#include "applications/fraud/book.h"

#include "ground/base/check.h"

namespace puhui::fraud {

Book::Book(Store& store, std::string scheme, std::string use_case, std::unique_ptr<features::Stream> stream)
    : scheme_(std::move(scheme)), use_case_(std::move(use_case)), stream_(std::move(stream)) {
  store.join(*this);
}

Result<void> Book::load(Store& store) {
  if (is_loaded_.load(std::memory_order_acquire)) return {};
  const std::lock_guard one_at_a_time(loading_);
  if (is_loaded_) return {};
  std::vector<std::pair<uint64_t, uint64_t>> keys;
  TRY(store.read([&](Reader& reader) {
    return each_key(reader, scheme_, 0, [&](uint64_t seq, std::string_view key) -> Result<void> {
      keys.emplace_back(hash_of(key), seq);
      return {};
    });
  }));
  for (const auto& [hash, seq] : keys) keys_.add(hash, seq);
  is_loaded_.store(true, std::memory_order_release);
  return {};
}

Result<std::optional<PaymentRow>> Book::find(Reader& reader, std::string_view key) const {
  std::vector<uint64_t> places;
  keys_.find(hash_of(key), places);
  for (const uint64_t place : places) {
    auto row = TRY(find_payment(reader, scheme_, place));
    if (row && row->key == key) return row;
  }
  return std::optional<PaymentRow>();
}

Result<std::optional<PaymentRow>> Book::find_in_closure(Transaction& tx, std::string_view key) const {
  const uint64_t hash = hash_of(key);
  const auto [first, last] = added_by_key_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    if (added_[at->second].row.key == key) return std::optional(added_[at->second].row);
  }
  keys_.find(hash, places_);
  for (const uint64_t place : places_) {
    auto row = TRY(find_payment(tx, scheme_, place));
    if (row && row->key == key) return row;
  }
  return std::optional<PaymentRow>();
}

Result<std::optional<PaymentRow>> Book::at_in_closure(Transaction& tx, uint64_t seq) const {
  if (const auto found = added_by_seq_.find(seq); found != added_by_seq_.end()) {
    return std::optional(added_[found->second].row);
  }
  return find_payment(tx, scheme_, seq);
}

const Read* Book::added_event(uint64_t seq) const {
  const auto found = added_by_seq_.find(seq);
  return found == added_by_seq_.end() ? nullptr : added_[found->second].read.get();
}

void Book::add(PaymentRow row, std::shared_ptr<const Read> read, std::optional<Shadowed> shadowed) {
  const uint64_t hash = hash_of(row.key);
  added_by_key_.emplace(hash, added_.size());
  added_by_seq_.emplace(row.seq, added_.size());
  added_.push_back({hash, std::move(row), std::move(read), std::move(shadowed)});
}

void Book::undo_closure() {
  while (added_.size() > closure_start_) {
    const size_t place = added_.size() - 1;
    const auto [first, last] = added_by_key_.equal_range(added_.back().hash);
    added_by_key_.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == place; }));
    added_by_seq_.erase(added_.back().row.seq);
    added_.pop_back();
  }
}

Result<void> Book::flush(Transaction& tx) {
  if (added_.empty()) return {};
  std::vector<const PaymentRow*> rows;
  rows.reserve(added_.size());
  std::vector<ShadowedPayment> shadowed;
  std::map<std::pair<int64_t, Action>, HourCount> counts;
  for (const Added& added : added_) {
    const PaymentRow& row = added.row;
    rows.push_back(&row);
    if (added.shadowed) shadowed.push_back({&row, &*added.shadowed});
    HourCount& count = counts[{hour_of(row.judged_at), row.action}];
    count.hour = hour_of(row.judged_at);
    count.action = row.action;
    ++count.payments;
    count.amount_minor += row.amount_minor;
  }
  TRY(append_payments(tx, rows));
  if (!shadowed.empty()) TRY(add_shadowed(tx, scheme_, shadowed));
  std::vector<HourCount> totals;
  for (const auto& [of, count] : counts) totals.push_back(count);
  return add_counts(tx, scheme_, totals);
}

void Book::committed() {
  for (const Added& added : added_) keys_.add(added.hash, added.row.seq);
  aborted();
}

void Book::aborted() {
  added_.clear();
  added_by_key_.clear();
  added_by_seq_.clear();
  closure_start_ = 0;
}

Book::Adopted Book::adopted() const {
  const std::lock_guard lock(mutex_);
  return adopted_;
}

Result<Book::Adopted> Book::adopt(const Digest& artefact, std::shared_ptr<const features::FeatureSet> set,
                                  Progress& progress) {
  const std::lock_guard one_at_a_time(adopting_);
  if (auto now = adopted(); now.set && now.artefact == artefact) return now;
  TRY(stream_->adopt(std::move(set), progress));
  const std::lock_guard lock(mutex_);
  adopted_ = {artefact, stream_->set()};
  return adopted_;
}

}  // namespace puhui::fraud
