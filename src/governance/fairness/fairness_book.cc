#include "governance/fairness/fairness_book.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ground/base/random.h"
#include "ground/base/text.h"
#include "infrastructure/kernel/decision.h"

namespace puhui::fairness {

namespace {

constexpr uint64_t kSampleSeed = 20'260'618;

uint64_t draw_of(evidence::RecordId record) { return Random(kSampleSeed).draw(record.node(), record.sequence(), 0); }

}  // namespace

std::string group_of(const evidence::FactValue& value) {
  if (std::holds_alternative<std::monostate>(value)) return std::string(kAbsentGroup);
  if (const auto* number = std::get_if<evidence::Number>(&value)) {
    return std::to_string(static_cast<int64_t>(std::floor(number->as_double())));
  }
  if (const auto* date = std::get_if<Date>(&value)) return std::to_string(date->year());
  return std::string(cut_utf8(evidence::text_of(value), kGroupBytesMax));
}

int month_of(Timestamp at) {
  const Date day = date_of(at);
  return day.year() * 12 + day.month() - 1;
}

std::string text_of_month(int month) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d", month / 12, month % 12 + 1);
  return text;
}

Result<std::unique_ptr<FairnessBook>> FairnessBook::open(Store& store) {
  std::unique_ptr<FairnessBook> book(new FairnessBook());
  TRY(store.read([&](Reader& reader) -> Result<void> {
    TRY(reader.each("SELECT DISTINCT attribute, member FROM fairness_count", {}, [&](const Row& row) -> Result<void> {
      book->known_groups_[std::string(row.text(0))].insert(std::string(row.text(1)));
      return {};
    }));
    return reader.each("SELECT permit, sequence, id_high FROM fairness_sample", {},
                       [&](const Row& row) -> Result<void> {
                         const evidence::RecordId record(
                             Id128{static_cast<uint64_t>(row.integer(2)), static_cast<uint64_t>(row.integer(1))});
                         if (const auto permit = Digest::from_bytes(row.bytes(0)))
                           book->samples_[*permit].insert({draw_of(record), record});
                         return {};
                       });
  }));
  return book;
}

void FairnessBook::see(const kernel::Seen& seen) {
  if (seen.record.kind != evidence::RecordKind::decision || seen.version == nullptr || seen.facts.empty()) return;
  const auto& specs = seen.version->facts().facts;
  const bool approved = kernel::outcome_of(seen.judgement) == kernel::kApprove;
  GroupKey key{seen.judgement.use_case, seen.version->digest(), month_of(seen.circumstances.at), {}, {}};
  bool any = false;
  for (size_t i = 0; i < specs.size() && i < seen.facts.size(); ++i) {
    if (!specs[i].sealed) continue;
    any = true;
    key.attribute = specs[i].name;
    key.group = group_of(seen.facts[i]);
    auto& known = known_groups_[key.attribute];
    if (!known.contains(key.group)) {
      if (known.size() < kGroupsMax) {
        known.insert(key.group);
      } else {
        key.group = kOtherGroup;
      }
    }
    Counts& counts = gathered_[key];
    ++counts.decided, counts.approved += approved ? 1 : 0;
  }
  if (any) draw(key.permit, seen.record.id);
}

void FairnessBook::draw(const Digest& permit, evidence::RecordId record) {
  const Drawn drawn{draw_of(record), record};
  const auto& settled = samples_[permit];
  if (settled.size() < kSampleRows || drawn.draw < settled.rbegin()->draw) newcomers_[permit].push_back(drawn);
}

std::set<FairnessBook::Drawn> FairnessBook::sample_after(const Digest& permit) const {
  std::set<Drawn> out = samples_.at(permit);
  const auto& newcomers = newcomers_.at(permit);
  out.insert(newcomers.begin(), newcomers.end());
  while (out.size() > kSampleRows) out.erase(std::prev(out.end()));
  return out;
}

Result<void> FairnessBook::flush(Transaction& tx) {
  for (const auto& [key, counts] : gathered_) {
    TRY(
        tx.execute("INSERT INTO fairness_count (use_case, permit, month, attribute, member, decided, approved) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (use_case, permit, month, attribute, member) "
                   "DO UPDATE SET decided = fairness_count.decided + excluded.decided, "
                   "approved = fairness_count.approved + excluded.approved",
                   {key.use_case, BytesView{key.permit.view()}, key.month, key.attribute, key.group, counts.decided,
                    counts.approved}));
  }
  for (const auto& [permit, newcomers] : newcomers_) {
    const std::set<Drawn>& before = samples_.at(permit);
    const std::set<Drawn> after = sample_after(permit);
    for (const Drawn& drawn : before) {
      if (after.contains(drawn)) continue;
      TRY(tx.execute("DELETE FROM fairness_sample WHERE permit = ? AND sequence = ?",
                     {BytesView{permit.view()}, static_cast<int64_t>(drawn.record.low)}));
    }
    for (const Drawn& drawn : after) {
      if (before.contains(drawn)) continue;
      TRY(tx.execute(
          "INSERT INTO fairness_sample (permit, sequence, id_high) VALUES (?, ?, ?)",
          {BytesView{permit.view()}, static_cast<int64_t>(drawn.record.low), static_cast<int64_t>(drawn.record.high)}));
    }
  }
  return {};
}

void FairnessBook::settled() {
  for (const auto& [permit, newcomers] : newcomers_) samples_[permit] = sample_after(permit);
  gathered_.clear();
  newcomers_.clear();
}

void FairnessBook::dropped() {
  gathered_.clear();
  newcomers_.clear();
}

}  // namespace puhui::fairness
