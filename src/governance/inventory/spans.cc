#include "governance/inventory/spans.h"

#include <set>

#include "governance/incidents/alert.h"

namespace puhui::inventory {

namespace {

// A stored declaration: what stands after it, whole.
struct Declared {
  std::optional<std::string> owner, purpose;
  std::optional<int64_t> validation_months;
  std::optional<std::vector<Document>> documents;
};
void fields(Shape& shape, Declared& declared) {
  shape.field("owner", declared.owner, {.help = "who answers for it"});
  shape.field("purpose", declared.purpose, {.help = "what it is for"});
  shape.field("validation_months", declared.validation_months, {.help = "how long a validation holds"});
  shape.field("documents", declared.documents, {.help = "where more is written"});
}

std::string words_of(ItemKind kind, std::string_view name) {
  return std::string(names_of(&kind)[static_cast<size_t>(kind)]) + " " + std::string(name);
}

}  // namespace

std::vector<Migration> migrations() {
  return {
      {"inventory", 1,
       "CREATE TABLE inventory_declaration (kind {int} NOT NULL, name {text} NOT NULL, declared_at {int} NOT NULL, "
       "by_whom {text} NOT NULL, declaration {text} NOT NULL, PRIMARY KEY (kind, name, declared_at));"
       "CREATE TABLE inventory_validation (kind {int} NOT NULL, name {text} NOT NULL, validated_at {int} NOT NULL, "
       "by_whom {text} NOT NULL, outcome {int} NOT NULL, note {text} NOT NULL, "
       "PRIMARY KEY (kind, name, validated_at));"
       // until_at 0: it challenges still
       "CREATE TABLE inventory_challenger (use_case {text} NOT NULL, since_at {int} NOT NULL, "
       "permit {text} NOT NULL, stage {text} NOT NULL, until_at {int} NOT NULL, PRIMARY KEY (use_case, since_at))"}};
}

Result<std::vector<PermitSpan>> permit_spans(Reader& reader, Timestamp at) {
  std::vector<PermitSpan> out;
  TRY(
      reader.each("SELECT granted_at, digest, standing, permit FROM kernel_permit WHERE granted_at <= ? "
                  "ORDER BY use_case, granted_at LIMIT ?",
                  {at.microseconds, kPermitsReadMax}, [&](const Row& row) -> Result<void> {
                    PermitSpan span;
                    span.from = {row.integer(0)};
                    span.digest = Digest::from_bytes(row.bytes(1)).value_or(Digest{});
                    span.champion = row.integer(2) != 0;
                    span.permit = TRY(read_json<evidence::Permit>(TRY(parse_json(row.text(3)))));
                    out.push_back(std::move(span));
                    return {};
                  }));
  PermitSpan* champion = nullptr;
  for (PermitSpan& span : out) {
    if (!span.champion) continue;
    if (champion && champion->permit.manifest.use_case == span.permit.manifest.use_case) champion->until = span.from;
    champion = &span;
  }
  return out;
}

Result<void> each_declaration(Reader& reader, Timestamp at, const std::function<void(Declaration)>& visit) {
  return reader.each(
      "SELECT kind, name, declaration FROM inventory_declaration WHERE declared_at <= ? "
      "ORDER BY kind, name, declared_at",
      {at.microseconds}, [&](const Row& row) -> Result<void> {
        auto declared = TRY(read_json<Declared>(TRY(parse_json(row.text(2)))));
        visit({static_cast<ItemKind>(row.integer(0)), std::string(row.text(1)), declared.owner, declared.purpose,
               declared.validation_months, declared.documents});
        return {};
      });
}

Result<void> each_validation(Reader& reader, Timestamp at,
                             const std::function<void(ItemKind, std::string, Validation)>& visit) {
  return reader.each(
      "SELECT kind, name, validated_at, by_whom, note, outcome FROM inventory_validation "
      "WHERE validated_at <= ? ORDER BY kind, name, validated_at",
      {at.microseconds}, [&](const Row& row) -> Result<void> {
        visit(static_cast<ItemKind>(row.integer(0)), std::string(row.text(1)),
              {{row.integer(2)},
               std::string(row.text(3)),
               std::string(row.text(4)),
               static_cast<ValidationOutcome>(row.integer(5))});
        return {};
      });
}

Result<std::vector<Validation>> validations(Reader& reader, ItemKind kind, std::string_view name, Timestamp at) {
  std::vector<Validation> out;
  TRY(each_validation(reader, at, [&](ItemKind one_kind, const std::string& one_name, Validation validation) {
    if (one_kind == kind && one_name == name) out.insert(out.begin(), std::move(validation));
  }));
  return out;
}

Result<void> declare(Transaction& tx, const Declaration& declaration, const incidents::ActBy& by) {
  Declared whole;
  TRY(each_declaration(tx, by.at, [&](Declaration before) {
    if (before.kind != declaration.kind || before.name != declaration.name) return;
    whole = {before.owner, before.purpose, before.validation_months, before.documents};
  }));
  if (declaration.owner) whole.owner = declaration.owner;
  if (declaration.purpose) whole.purpose = declaration.purpose;
  if (declaration.validation_months) whole.validation_months = declaration.validation_months;
  if (declaration.documents) whole.documents = declaration.documents;
  TRY(
      tx.execute("INSERT INTO inventory_declaration (kind, name, declared_at, by_whom, declaration) VALUES (?, ?, ?, "
                 "?, ?)",
                 {static_cast<int64_t>(declaration.kind), declaration.name, by.at.microseconds, by.person,
                  print_json(to_json(whole))}));
  by.record(evidence::RecordKind::note,
            "inventory: " + words_of(declaration.kind, declaration.name) + " declared " + print_json(to_json(whole)));
  return {};
}

Result<void> validate(Transaction& tx, const NewValidation& validation, const incidents::ActBy& by) {
  TRY(
      tx.execute("INSERT INTO inventory_validation (kind, name, validated_at, by_whom, outcome, note) VALUES (?, ?, "
                 "?, ?, ?, ?)",
                 {static_cast<int64_t>(validation.kind), validation.name, by.at.microseconds, by.person,
                  static_cast<int64_t>(validation.outcome), validation.note}));
  by.record(evidence::RecordKind::note,
            "inventory: " + words_of(validation.kind, validation.name) + " validated, " +
                std::string(names_of(&validation.outcome)[static_cast<size_t>(validation.outcome)]));
  return {};
}

Result<void> watch_validations(const InventoryNeeds& needs) {
  constexpr std::string_view kSubject = "overdue ";
  const Timestamp now = needs.clock.now();
  const Catalogue all = TRY(catalogue(needs, now));
  return needs.store.write([&](Transaction& tx) -> Result<void> {
    std::set<std::pair<std::string, std::string>> raised;
    for (const Item& item : all.items) {
      if (!item.overdue) continue;
      const std::string use_case = item.use_cases.empty() ? item.name : item.use_cases.front();
      const std::string subject = std::string(kSubject) + words_of(item.kind, item.name);
      raised.insert({use_case, subject});
      const std::string since = text_of(*item.validation_due_at);
      TRY(incidents::raise(tx,
                           {"validation", use_case, subject, item.tier == 1 ? 2 : 3,
                            "The validation of " + item.title + " was due on " + since + ".",
                            item.title + " 的验证已于 " + since + " 到期。"},
                           now));
    }
    for (const incidents::OpenAlert& alert : TRY(incidents::open_alerts(tx))) {
      if (alert.kind != "validation" || !alert.subject.starts_with(kSubject)) continue;
      if (raised.contains({alert.use_case, alert.subject})) continue;
      TRY(incidents::settle(tx, "validation", alert.use_case, alert.subject, now));
    }
    return {};
  });
}

}  // namespace puhui::inventory
