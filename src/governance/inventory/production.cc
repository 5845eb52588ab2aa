#include "governance/inventory/production.h"

#include <algorithm>

#include "governance/incidents/switches.h"
#include "governance/inventory/spans.h"

namespace puhui::inventory {

namespace {

// The words of the kernel's acts: "permit HEX challenges USE_CASE: shadow, 0 ppm", "challenger of USE_CASE withdrawn: …".
constexpr std::string_view kPermit = "permit ", kChallenges = " challenges ", kOf = "challenger of ",
                           kWithdrawn = " withdrawn: ";

std::string words_of(const incidents::Switch& stop, std::string_view use_case) {
  std::string out = std::string(names_of(&stop.scope)[static_cast<size_t>(stop.scope)]) + " " + stop.name +
                    " stopped by " + stop.by + " on " + text_of(stop.at) + ": " + stop.why;
  for (const incidents::StoppedUseCase& one : stop.use_cases) {
    if (one.use_case != use_case) continue;
    out += "; fallback " + std::string(names_of(&one.fallback)[static_cast<size_t>(one.fallback)]);
  }
  return out;
}

bool concerns(const incidents::Switch& stop, std::string_view use_case) {
  return std::any_of(stop.use_cases.begin(), stop.use_cases.end(),
                     [&](const incidents::StoppedUseCase& one) { return one.use_case == use_case; });
}

Production of_span(const PermitSpan& span, Timestamp at) {
  const evidence::Manifest& manifest = span.permit.manifest;
  Production out;
  out.use_case = manifest.use_case;
  out.permit = span.digest;
  out.author = manifest.author;
  out.build = manifest.build;
  out.conditions = manifest.conditions;
  for (const evidence::Approval& approval : span.permit.approvals) out.signed_by.push_back(approval.person);
  out.since = span.from;
  out.expires_at = manifest.expires_at;
  out.expired = manifest.expires_at <= at;
  out.artefacts = manifest.artefacts;
  out.thresholds = manifest.thresholds;
  return out;
}

}  // namespace

void fields(Shape& shape, Production& production) {
  shape.field("use_case", production.use_case, {.help = "what decided"});
  shape.field("permit", production.permit, {.help = "by which permit; absent: nothing was in force"});
  shape.field("author", production.author, {.help = "who wrote it"});
  shape.field("signed_by", production.signed_by, {.help = "who said yes"});
  shape.field("build", production.build, {.help = "the program it was tested with"});
  shape.field("conditions", production.conditions, {.help = "in words, for those who signed"});
  shape.field("since", production.since, {.help = "since when it decided"});
  shape.field("expires_at", production.expires_at, {.help = "its end"});
  shape.field("expired", production.expired, {.help = "its end had come: it decided nothing"});
  shape.field("artefacts", production.artefacts, {.help = "policy, models, facts, reasons by digest"});
  shape.field("thresholds", production.thresholds, {.help = "the numbers the policy read"});
  shape.field("stops", production.stops, {.help = "what stood stopped, by whom, why, and who answered"});
  shape.field("challengers", production.challengers, {.help = "which permit challenged, and at what stage"});
}

Result<std::vector<Production>> production(Reader& reader, Timestamp at, std::string_view use_case) {
  std::vector<Production> out;
  for (const PermitSpan& span : TRY(permit_spans(reader, at))) {
    const std::string& name = span.permit.manifest.use_case;
    if (span.champion && !span.until && (use_case.empty() || name == use_case)) out.push_back(of_span(span, at));
  }
  for (const incidents::Switch& stop : TRY(incidents::switches_at(reader, at))) {
    for (Production& one : out) {
      if (concerns(stop, one.use_case)) one.stops.push_back(words_of(stop, one.use_case));
    }
  }
  TRY(
      reader.each("SELECT use_case, permit, stage, since_at FROM inventory_challenger WHERE since_at <= ? AND "
                  "(until_at = 0 OR until_at > ?) ORDER BY use_case, since_at",
                  {at.microseconds, at.microseconds}, [&](const Row& row) -> Result<void> {
                    for (Production& one : out) {
                      if (one.use_case != row.text(0)) continue;
                      one.challengers.push_back("permit " + std::string(row.text(1)) + ": " + std::string(row.text(2)) +
                                                ", since " + text_of(Timestamp{row.integer(3)}));
                    }
                    return {};
                  }));
  return out;
}

void Challengers::see_act(const evidence::StoredRecord& record, const evidence::Circumstances& circumstances) {
  if (record.kind != evidence::RecordKind::promotion) return;
  const std::string_view words = record.judgement;
  if (const size_t at = words.find(kChallenges); words.starts_with(kPermit) && at != std::string_view::npos) {
    const std::string_view rest = words.substr(at + kChallenges.size());
    const size_t colon = rest.find(": ");
    if (colon == std::string_view::npos) return;
    changes_.push_back({std::string(rest.substr(0, colon)),
                        std::string(words.substr(kPermit.size(), at - kPermit.size())),
                        std::string(rest.substr(colon + 2)), circumstances.at});
  } else if (const size_t end = words.find(kWithdrawn); words.starts_with(kOf) && end != std::string_view::npos) {
    changes_.push_back({std::string(words.substr(kOf.size(), end - kOf.size())), "", "", circumstances.at});
  }
}

Result<void> Challengers::flush(Transaction& tx) {
  for (const Change& change : changes_) {
    TRY(tx.execute("UPDATE inventory_challenger SET until_at = ? WHERE use_case = ? AND until_at = 0",
                   {change.at.microseconds, change.use_case}));
    if (change.permit.empty()) continue;
    TRY(
        tx.execute("INSERT INTO inventory_challenger (use_case, since_at, permit, stage, until_at) VALUES (?, ?, ?, "
                   "?, 0) ON CONFLICT (use_case, since_at) DO UPDATE SET permit = excluded.permit, "
                   "stage = excluded.stage, until_at = 0",
                   {change.use_case, change.at.microseconds, change.permit, change.stage}));
  }
  return {};
}

}  // namespace puhui::inventory
