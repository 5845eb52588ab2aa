#include "applications/fraud/reading.h"

#include "applications/fraud/book.h"
#include "ground/base/log.h"
#include "ground/base/text.h"
#include "infrastructure/cases/reading.h"

namespace puhui::fraud {

namespace {

constexpr std::string_view kPersonalPermission = "evidence.personal";
constexpr int64_t kMinuteUs = 60'000'000;

std::optional<Rate> probability_of(const PaymentRow& row) {
  return row.has_probability ? std::optional(Rate{row.probability_ppb}) : std::nullopt;
}

std::string currency_of(const Desk& desk, std::string_view scheme) {
  const auto found = desk.scheme(scheme);
  return found ? (*found)->currency : "";
}

// Which one is meant when none is named.
Result<std::string> only_scheme(const Desk& desk, const std::optional<std::string>& named) {
  const std::vector<std::string> all = desk.schemes();
  if (named) {
    if (std::ranges::find(all, *named) != all.end()) return *named;
    return fail(ErrorCode::not_found, "scheme",
                "no payment of '" + *named + "' was ever judged here; there are: " + join(all, ", "));
  }
  if (all.size() == 1) return all.front();
  return fail(ErrorCode::invalid, "scheme", "expected one of: " + join(all, ", "));
}

// One page's condition: its fixed part and the values of it.
struct Condition {
  std::string sql;
  std::vector<Param> params;
  void add(std::string_view clause, Param value) {
    sql += " AND ";
    sql += clause;
    params.push_back(value);
  }
};

Result<uint64_t> parse_cursor(const std::string& text) {
  const auto number = evidence::Number::parse(text);
  if (number && number->places == 0 && number->coefficient > 0) return static_cast<uint64_t>(number->coefficient);
  return fail(ErrorCode::invalid, "after", "expected the 'next' of the page before, came '" + text + "'");
}

// Newest first in windows of places, so that a filter that matches nothing ends all the same.
class PaymentWalk {
 public:
  PaymentWalk(const PaymentsRequest& request, std::string scheme) : request_(request), scheme_(std::move(scheme)) {
    if (request.subject) entity_ = entity_of(*request.subject).bytes();
  }

  Result<void> run(Reader& reader, uint64_t before, PaymentsAnswer& answer, std::vector<PaymentRow>& rows) {
    constexpr uint64_t kWindow = 20'000;
    const auto newest = TRY(reader.integer("SELECT MAX(seq) FROM fraud_payment WHERE scheme = ?", {scheme_}));
    uint64_t high = std::min(before, static_cast<uint64_t>(newest.value_or(0)) + 1);
    const uint64_t floor = high > kScannedMax ? high - kScannedMax : 0;
    const auto limit = static_cast<size_t>(request_.limit);
    while (high > 1 && rows.size() < limit && high > floor) {
      const uint64_t low = std::max(high > kWindow ? high - kWindow : 1, std::max<uint64_t>(floor, 1));
      TRY(window(reader, low, high, limit - rows.size(), answer, rows));
      high = low;
      if (TRY(is_past(reader, low))) break;
      if (low <= 1) high = 0;
    }
    if (rows.size() == limit) {
      answer.next = std::to_string(rows.back().seq);
    } else if (high > 1 && high <= floor) {
      answer.next = std::to_string(high);
    }
    return {};
  }

 private:
  // Judged before what was asked for, with a minute for those that overtook each other.
  Result<bool> is_past(Reader& reader, uint64_t low) const {
    if (!request_.from) return false;
    const auto judged = TRY(
        reader.integer("SELECT judged_at FROM fraud_payment WHERE scheme = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
                       {scheme_, static_cast<int64_t>(low)}));
    return !judged || *judged < request_.from->microseconds - kMinuteUs;
  }

  Result<void> window(Reader& reader, uint64_t low, uint64_t high, size_t limit, PaymentsAnswer& answer,
                      std::vector<PaymentRow>& rows) const {
    Condition of{"p.scheme = ? AND p.seq >= ? AND p.seq < ?",
                 {Param(scheme_), Param(static_cast<int64_t>(low)), Param(static_cast<int64_t>(high))}};
    if (request_.action) of.add("p.action = ?", static_cast<int64_t>(*request_.action));
    if (request_.subject) of.add("p.entity = ?", BytesView{entity_});
    if (request_.from) of.add("p.judged_at >= ?", request_.from->microseconds);
    if (request_.to) of.add("p.judged_at < ?", request_.to->microseconds);
    if (request_.labelled == Labelled::none) of.sql += " AND l.fraud IS NULL";
    if (request_.labelled == Labelled::fraud) of.add("l.fraud = ?", 1);
    if (request_.labelled == Labelled::good) of.add("l.fraud = ?", 0);
    of.params.push_back(Param(static_cast<int64_t>(limit)));
    const std::string sql = "SELECT " + std::string(kPaymentColumns) +
                            ", s.action, l.fraud FROM fraud_payment p "
                            "LEFT JOIN fraud_settled s ON s.scheme = p.scheme AND s.seq = p.seq "
                            "LEFT JOIN fraud_label l ON l.scheme = p.scheme AND l.seq = p.seq WHERE " +
                            of.sql + " ORDER BY p.seq DESC LIMIT ?";
    constexpr size_t kSettled = 15, kLabel = 16;
    return reader.each(sql, of.params, [&](const Row& row) -> Result<void> {
      PaymentLine& line = answer.payments.emplace_back(line_of(rows.emplace_back(TRY(read_payment(row)))));
      if (!row.is_null(kSettled)) line.settled_as = static_cast<Action>(row.integer(kSettled));
      if (!row.is_null(kLabel)) line.fraud = row.integer(kLabel) != 0;
      return {};
    });
  }

  const PaymentsRequest& request_;
  std::string scheme_, entity_;
};

}  // namespace

PaymentLine line_of(const PaymentRow& row) {
  PaymentLine line;
  line.scheme = row.scheme;
  line.key = row.key;
  line.at = row.at;
  line.judged_at = row.judged_at;
  line.amount_minor = row.amount_minor;
  line.action = row.action;
  line.probability = probability_of(row);
  line.decision = row.decision;
  line.late = row.late;
  return line;
}

std::string subject_for(const ReadingNeeds& needs, const PaymentRow& row, const Caller& caller) {
  auto subject = needs.desk.subject_of(row);
  if (!subject) return "";
  return caller.may(kPersonalPermission) ? *subject : masked(*subject);
}

std::vector<ReasonLine> reason_lines(const ReadingNeeds& needs, std::string_view scope,
                                     std::span<const evidence::Reason> reasons) {
  std::vector<ReasonLine> out;
  if (reasons.empty()) return out;
  const auto version = needs.kernel.in_force(scope);
  for (const evidence::Reason& reason : reasons) {
    kernel::ReasonText text = words_of(version ? version->get() : nullptr, reason.code);
    out.push_back({reason.code, std::move(text.en), std::move(text.zh)});
  }
  return out;
}

Result<PaymentsAnswer> list_payments(const ReadingNeeds& needs, const PaymentsRequest& request, const Caller& caller) {
  const std::string scheme = TRY(only_scheme(needs.desk, request.scheme));
  const uint64_t before = request.after ? TRY(parse_cursor(*request.after)) : kPlaceMax;
  PaymentsAnswer answer;
  std::vector<PaymentRow> rows;
  answer.at = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    answer.payments.clear();
    rows.clear();
    return PaymentWalk(request, scheme).run(reader, before, answer, rows);
  }));
  const std::string currency = currency_of(needs.desk, scheme);
  for (size_t i = 0; i < rows.size(); ++i) {
    answer.payments[i].subject = subject_for(needs, rows[i], caller);
    answer.payments[i].currency = currency;
  }
  return answer;
}

namespace {

struct HoldCursor {
  int64_t deadline = 0;
  std::string scheme;
  int64_t seq = 0;
};

Result<HoldCursor> parse_hold_cursor(const std::optional<std::string>& text) {
  if (!text) return HoldCursor{std::numeric_limits<int64_t>::min(), "", 0};
  const auto parts = split(*text, ':');
  const auto number = [](std::string_view part) { return evidence::Number::parse(part); };
  if (parts.size() == 3 && number(parts[0]) && number(parts[2])) {
    return HoldCursor{number(parts[0])->coefficient, std::string(parts[1]), number(parts[2])->coefficient};
  }
  return fail(ErrorCode::invalid, "after", "expected the 'next' of the page before, came '" + *text + "'");
}

// Its case's: a queue until somebody takes it.
Result<std::string> owner_of(Reader& reader, const PaymentRow& row) {
  const auto alerts = TRY(cases::alerts_about(reader, kApplicationName, reference_of(row)));
  if (alerts.empty()) return std::string();
  return TRY(cases::read_page(reader, alerts.front().in_case)).one.owner;
}

HoldLine hold_of(const ReadingNeeds& needs, const PaymentRow& row, const Scheme& scheme, const Caller& caller) {
  HoldLine line;
  line.scheme = row.scheme;
  line.key = row.key;
  line.subject = subject_for(needs, row, caller);
  line.currency = scheme.currency;
  line.decision = row.decision;
  line.held_at = row.judged_at;
  line.deadline = *row.deadline;
  line.then = scheme.hold.then;
  line.amount_minor = row.amount_minor;
  line.expected_loss_minor =
      multiply_divide(std::max<int64_t>(0, row.amount_minor), row.probability_ppb, Rate::kOne, Rounding::half_even);
  line.probability = probability_of(row);
  line.reasons = reason_lines(needs, scheme.scope(), row.reasons);
  return line;
}

}  // namespace

Result<HoldsAnswer> list_holds(const ReadingNeeds& needs, const HoldsRequest& request, const Caller& caller) {
  const HoldCursor after = TRY(parse_hold_cursor(request.after));
  HoldsAnswer answer;
  answer.at = needs.clock.now();
  std::vector<PaymentRow> rows;
  std::vector<std::string> owners;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    rows.clear();
    owners.clear();
    Condition of{
        "w.action = ? AND (w.deadline, w.scheme, w.seq) > (?, ?, ?)",
        {Param(static_cast<int64_t>(Action::hold)), Param(after.deadline), Param(after.scheme), Param(after.seq)}};
    if (request.scheme) of.add("w.scheme = ?", *request.scheme);
    of.params.push_back(Param(request.limit));
    TRY(reader.each("SELECT " + std::string(kPaymentColumns) +
                        " FROM fraud_waiting w JOIN fraud_payment p ON p.scheme = w.scheme AND p.seq = w.seq WHERE " +
                        of.sql + " ORDER BY w.deadline, w.scheme, w.seq LIMIT ?",
                    of.params, [&](const Row& row) -> Result<void> {
                      rows.push_back(TRY(read_payment(row)));
                      return {};
                    }));
    for (const PaymentRow& row : rows) owners.push_back(TRY(owner_of(reader, row)));
    return {};
  }));
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto scheme = needs.desk.scheme(rows[i].scheme);
    HoldLine line = hold_of(needs, rows[i], scheme ? **scheme : Scheme{}, caller);
    line.owner = owners[i].empty() && scheme ? (*scheme)->hold.queue : owners[i];
    answer.amount_minor += line.amount_minor;
    answer.holds.push_back(std::move(line));
  }
  if (static_cast<int64_t>(rows.size()) == request.limit) {
    answer.next = std::to_string(rows.back().deadline->microseconds) + ":" + rows.back().scheme + ":" +
                  std::to_string(rows.back().seq);
  }
  return answer;
}

Result<SchemesAnswer> list_schemes(const ReadingNeeds& needs) {
  SchemesAnswer answer;
  answer.at = needs.clock.now();
  const auto challengers = needs.kernel.challengers();
  for (const auto& version : needs.kernel.all_in_force()) {
    const evidence::Manifest& manifest = version->permit().manifest;
    const Digest* declared = manifest.artefact(kSchemeArtefact);
    const Digest* features = manifest.artefact(kFeaturesArtefact);
    if (!manifest.use_case.starts_with("fraud.") || declared == nullptr || features == nullptr) continue;
    const Scheme scheme = TRY(Scheme::parse(TRY(needs.kernel.artefact(*declared))));
    SchemeLine line;
    line.scheme = scheme.name;
    line.title = scheme.title;
    line.use_case = manifest.use_case;
    line.currency = scheme.currency;
    line.permit = version->digest();
    line.features = *features;
    line.expires_at = manifest.expires_at;
    line.has_model = !version->models().empty();
    line.has_shadow = std::ranges::any_of(challengers, [&](const kernel::Challenger& challenger) {
      return challenger.use_case == manifest.use_case && challenger.stage == kernel::ChallengerStage::shadow;
    });
    constexpr int64_t kHours = 24;
    TRY(needs.store.read([&](Reader& reader) -> Result<void> {
      line.last_day.clear();
      for (const HourCount& count : TRY(counts_by_action(reader, scheme.name, hour_of(answer.at) - kHours + 1))) {
        line.last_day.push_back({count.action, count.payments, count.amount_minor});
      }
      line.open_holds = TRY(reader.integer("SELECT COUNT(*) FROM fraud_waiting WHERE scheme = ? AND action = ?",
                                           {scheme.name, static_cast<int64_t>(Action::hold)}))
                            .value_or(0);
      return {};
    }));
    if (const features::Stream* stream = needs.desk.stream(scheme.name); stream && stream->set()) {
      const features::EngineCounts counts = stream->counts();
      line.events = static_cast<int64_t>(stream->events());
      line.late = static_cast<int64_t>(counts.late);
      line.keys = static_cast<int64_t>(counts.keys);
      line.memory_bytes = static_cast<int64_t>(counts.bytes + needs.desk.book(scheme.name)->key_bytes());
    }
    answer.schemes.push_back(std::move(line));
  }
  return answer;
}

}  // namespace puhui::fraud
