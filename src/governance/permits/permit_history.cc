#include "governance/permits/permit_history.h"

#include <set>

#include "governance/incidents/switches.h"

namespace puhui::permits {

using incidents::ActBy;

namespace {

constexpr int64_t kSpansMax = 10'000, kRollbacksMax = 1000;
constexpr std::string_view kRollbackColumns =
    "use_case, rolled_at, by_whom, why, from_permit, to_permit, reviewed_by, review, reviewed_at";

Rollback read_rollback(const Row& row) {
  Rollback out;
  out.use_case = row.text(0);
  out.at = {row.integer(1)};
  out.by = row.text(2);
  out.why = row.text(3);
  out.from = Digest::from_bytes(row.bytes(4)).value_or(Digest{});
  out.to = Digest::from_bytes(row.bytes(5)).value_or(Digest{});
  out.reviewed_by = row.text(6);
  out.review = row.text(7);
  if (row.integer(8) != 0) out.reviewed_at = Timestamp{row.integer(8)};
  return out;
}

Result<std::vector<Rollback>> read_rollbacks(Reader& reader, const std::string& where, std::span<const Param> params) {
  std::vector<Rollback> out;
  TRY(reader.each("SELECT " + std::string(kRollbackColumns) + " FROM permits_rollback " + where, params,
                  [&](const Row& row) -> Result<void> {
                    out.push_back(read_rollback(row));
                    return {};
                  }));
  return out;
}

Result<PermitSpan> read_span(const Row& row) {
  const auto permit = TRY(read_json<evidence::Permit>(TRY(parse_json(row.text(1)))));
  PermitSpan out;
  out.use_case = permit.manifest.use_case;
  out.permit = permit.manifest.digest();
  out.from = {row.integer(0)};
  out.author = permit.manifest.author;
  out.build = permit.manifest.build;
  out.conditions = permit.manifest.conditions;
  for (const evidence::Approval& approval : permit.approvals) out.signed_by.push_back(approval.person);
  out.expires_at = permit.manifest.expires_at;
  out.champion = row.integer(2) != 0;
  return out;
}

}  // namespace

void fields(Shape& shape, PermitSpan& span) {
  shape.field("use_case", span.use_case, {.help = "what it let run"});
  shape.field("permit", span.permit, {.help = "SHA-256 of its manifest"});
  shape.field("from", span.from, {.help = "since when it decided, or was admitted"});
  shape.field("until", span.until, {.help = "until when; absent: it decides now, or was only admitted"});
  shape.field("author", span.author, {.help = "who wrote it"});
  shape.field("signed_by", span.signed_by, {.help = "who said yes"});
  shape.field("build", span.build, {.help = "the program it was tested with"});
  shape.field("conditions", span.conditions, {.help = "in words, for those who signed"});
  shape.field("expires_at", span.expires_at, {.help = "from when on it decides no more"});
  shape.field("champion", span.champion, {.help = "false: only admitted, for a challenger or a fallback"});
  shape.field("reinstated", span.reinstated, {.help = "it had decided before and was put back"});
}

void fields(Shape& shape, Rollback& rollback) {
  shape.field("use_case", rollback.use_case, {.help = "where"});
  shape.field("at", rollback.at, {.help = "when"});
  shape.field("by", rollback.by, {.help = "who"});
  shape.field("why", rollback.why, {.help = "in words"});
  shape.field("from", rollback.from, {.help = "the permit that decided until then"});
  shape.field("to", rollback.to, {.help = "the permit that decides from then on"});
  shape.field("reviewed_by", rollback.reviewed_by, {.help = "who looked at it afterwards; empty: nobody yet"});
  shape.field("review", rollback.review, {.help = "what that person says"});
  shape.field("reviewed_at", rollback.reviewed_at, {.help = "when; absent: not yet"});
}

Result<std::vector<PermitSpan>> permit_history(Reader& reader, std::string_view use_case,
                                               std::optional<Timestamp> before, int64_t limit) {
  std::vector<PermitSpan> all;  // the oldest first
  TRY(reader.each(
      "SELECT granted_at, permit, standing FROM kernel_permit WHERE use_case = ? ORDER BY granted_at LIMIT ?",
      {use_case, kSpansMax}, [&](const Row& row) -> Result<void> {
        all.push_back(TRY(read_span(row)));
        return {};
      }));
  PermitSpan* champion = nullptr;
  std::set<Digest> decided;
  for (PermitSpan& span : all) {
    if (!span.champion) continue;
    if (champion) champion->until = span.from;
    champion = &span;
    span.reinstated = !decided.insert(span.permit).second;
  }
  std::vector<PermitSpan> out;
  for (size_t i = all.size(); i > 0 && out.size() < static_cast<size_t>(limit); --i) {
    if (!before || all[i - 1].from < *before) out.push_back(std::move(all[i - 1]));
  }
  return out;
}

Result<Rollback> roll_back(const PermitNeeds& needs, std::string_view use_case, std::string_view why,
                           std::string_view by) {
  const auto in_force = TRY(needs.kernel.in_force(use_case));
  std::optional<Digest> previous;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    previous = TRY(incidents::previous_champion(reader, use_case, in_force->digest()));
    return {};
  }));
  if (!previous) {
    return fail(ErrorCode::not_found, "use_case", "no permit decided before the one in force; stop it instead");
  }
  TRY(needs.kernel.reinstate(*previous, by, why));
  Rollback out{std::string(use_case),
               needs.clock.now(),
               std::string(by),
               std::string(why),
               in_force->digest(),
               *previous,
               "",
               "",
               {}};
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute(
        "INSERT INTO permits_rollback (" + std::string(kRollbackColumns) + ") VALUES (?, ?, ?, ?, ?, ?, '', '', 0)",
        {out.use_case, out.at.microseconds, out.by, out.why, BytesView{out.from.view()}, BytesView{out.to.view()}}));
    return incidents::raise(tx,
                            {"validation", out.use_case, "rollback", 2,
                             out.by + " rolled " + out.use_case + " back; another person has to look at it.",
                             out.by + " 回退了 " + out.use_case + "，须由另一人复核。"},
                            out.at);
  }));
  return out;
}

Result<Rollback> review_rollback(const PermitNeeds& needs, const RollbackReview& review, std::string_view by) {
  const Timestamp now = needs.clock.now();
  std::optional<Rollback> out;
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    const Param params[] = {review.use_case, review.at.microseconds};
    auto found = TRY(read_rollbacks(tx, "WHERE use_case = ? AND rolled_at = ?", params));
    if (found.empty()) return fail(ErrorCode::not_found, "at", "no rollback of " + review.use_case + " at that moment");
    out = std::move(found.front());
    if (out->reviewed_at) {
      return fail(ErrorCode::conflict, "at", "it was reviewed by " + out->reviewed_by + " already");
    }
    if (out->by == by) return fail(ErrorCode::forbidden, "at", "you rolled it back: another person reviews it");
    out->reviewed_by = by;
    out->review = review.review;
    out->reviewed_at = now;
    TRY(
        tx.execute("UPDATE permits_rollback SET reviewed_by = ?, review = ?, reviewed_at = ? WHERE use_case = ? AND "
                   "rolled_at = ?",
                   {by, review.review, now.microseconds, review.use_case, review.at.microseconds}));
    ActBy{needs.evidence, by, now}.record(
        evidence::RecordKind::permit,
        "rollback of " + out->use_case + " on " + text_of(out->at) + " reviewed: " + review.review);
    const Param rest[] = {review.use_case};
    if (!TRY(read_rollbacks(tx, "WHERE use_case = ? AND reviewed_at = 0", rest)).empty()) return {};
    return incidents::settle(tx, "validation", review.use_case, "rollback", now);
  }));
  return *std::move(out);
}

Result<std::vector<Rollback>> rollbacks(Reader& reader, std::string_view use_case) {
  const Param params[] = {use_case, kRollbacksMax};
  if (use_case.empty()) return read_rollbacks(reader, "ORDER BY rolled_at DESC LIMIT ?", std::span(params).subspan(1));
  return read_rollbacks(reader, "WHERE use_case = ? ORDER BY rolled_at DESC LIMIT ?", params);
}

Result<std::vector<Rollback>> rollbacks_to_review(Reader& reader) {
  const Param params[] = {kRollbacksMax};
  return read_rollbacks(reader, "WHERE reviewed_at = 0 ORDER BY rolled_at DESC LIMIT ?", params);
}

}  // namespace puhui::permits
