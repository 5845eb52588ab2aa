#include "infrastructure/evidence/outcome.h"

namespace puhui::evidence {

Result<void> put_outcome(Transaction& tx, const Outcome& outcome) {
  if (outcome.name.empty() || outcome.name.size() > kOutcomeNameBytesMax) {
    return fail(ErrorCode::invalid, "name", "expected 1 to " + std::to_string(kOutcomeNameBytesMax) + " bytes");
  }
  if (outcome.value != 0 && outcome.value != 1) {
    return fail(ErrorCode::invalid, "value", "expected 0 or 1, came " + std::to_string(outcome.value));
  }
  const auto node = int64_t{outcome.decision.node()};
  const auto sequence = static_cast<int64_t>(outcome.decision.sequence());
  TRY(tx.execute(
      "INSERT INTO evidence_outcome (node, sequence, name, id_high, value, known_at) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (node, sequence, name) DO UPDATE SET value = excluded.value, known_at = excluded.known_at "
      "WHERE excluded.known_at > evidence_outcome.known_at",
      {node, sequence, outcome.name, static_cast<int64_t>(outcome.decision.high), outcome.value,
       outcome.known_at.microseconds}));
  return {};
}

Result<std::optional<Outcome>> find_outcome(Reader& reader, const RecordId& decision, std::string_view name) {
  std::optional<Outcome> out;
  TRY(reader.each("SELECT value, known_at FROM evidence_outcome WHERE node = ? AND sequence = ? AND name = ?",
                  {int64_t{decision.node()}, static_cast<int64_t>(decision.sequence()), name},
                  [&](const Row& row) -> Result<void> {
                    out = Outcome{decision, std::string(name), row.integer(0), {row.integer(1)}};
                    return {};
                  }));
  return out;
}

Result<std::vector<Outcome>> outcomes_of(Reader& reader, RecordId decision) {
  std::vector<Outcome> out;
  TRY(reader.each("SELECT name, value, known_at FROM evidence_outcome WHERE node = ? AND sequence = ? ORDER BY name",
                  {int64_t{decision.node()}, static_cast<int64_t>(decision.sequence())},
                  [&](const Row& row) -> Result<void> {
                    out.push_back({decision, std::string(row.text(0)), row.integer(1), {row.integer(2)}});
                    return {};
                  }));
  return out;
}

Result<void> each_outcome(Reader& reader, std::string_view name, uint16_t node, uint64_t after, uint64_t limit,
                          const std::function<Result<void>(const Outcome&)>& visit) {
  return reader.each(
      "SELECT sequence, id_high, value, known_at FROM evidence_outcome "
      "WHERE node = ? AND sequence > ? AND name = ? ORDER BY sequence LIMIT ?",
      {int64_t{node}, static_cast<int64_t>(after), name, static_cast<int64_t>(limit)},
      [&](const Row& row) -> Result<void> {
        Outcome out;
        out.decision = RecordId(Id128{static_cast<uint64_t>(row.integer(1)), static_cast<uint64_t>(row.integer(0))});
        out.name = name;
        out.value = row.integer(2);
        out.known_at = {row.integer(3)};
        return visit(out);
      });
}

}  // namespace puhui::evidence
