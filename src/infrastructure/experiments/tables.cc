// The runs as they lie in the store: what lists sort by in columns, the rest as JSON that is never queried.
#include "infrastructure/experiments/run.h"

namespace puhui::experiments {

std::vector<Migration> migrations() {
  return {{"experiments", 1,
           "CREATE TABLE experiments_run (id {bytes} NOT NULL PRIMARY KEY, made_at {int} NOT NULL, "
           "note {text} NOT NULL, head {text} NOT NULL, curves {text} NOT NULL)"}};
}

namespace {

struct Curves {
  std::vector<RocPoint> roc;
  std::vector<CalibrationRow> calibration;
  std::vector<LiftRow> lift;
};
void fields(Shape& shape, Curves& curves) {
  shape.field("roc", curves.roc);
  shape.field("calibration", curves.calibration);
  shape.field("lift", curves.lift);
}

Result<Run> read_head(const Row& row) {
  Run run = TRY(read_json<Run>(TRY(parse_json(row.text(1)))));
  run.note = row.text(0);
  return run;
}

}  // namespace

Result<std::optional<Run>> find_run(Reader& reader, const Digest& id) {
  std::optional<Run> out;
  TRY(reader.each("SELECT note, head, curves FROM experiments_run WHERE id = ?", {BytesView{id.view()}},
                  [&](const Row& row) -> Result<void> {
                    out = TRY(read_head(row));
                    Curves curves = TRY(read_json<Curves>(TRY(parse_json(row.text(2)))));
                    out->figures.roc = std::move(curves.roc);
                    out->figures.calibration = std::move(curves.calibration);
                    out->figures.lift = std::move(curves.lift);
                    return {};
                  }));
  return out;
}

Result<void> put_run(Transaction& tx, const Run& run) {
  Run head = run;
  const Curves curves{std::move(head.figures.roc), std::move(head.figures.calibration), std::move(head.figures.lift)};
  head.figures.roc.clear(), head.figures.calibration.clear(), head.figures.lift.clear();
  TRY(tx.execute("INSERT INTO experiments_run (id, made_at, note, head, curves) VALUES (?, ?, ?, ?, ?)",
                 {BytesView{run.id.view()}, run.made_at.microseconds, run.note, print_json(to_json(head)),
                  print_json(to_json(curves))}));
  return {};
}

Result<void> set_note(Transaction& tx, const Digest& id, std::string_view note) {
  const auto changed =
      TRY(tx.execute("UPDATE experiments_run SET note = ? WHERE id = ?", {note, BytesView{id.view()}}));
  if (changed == 0) return fail(ErrorCode::not_found, "id", "no experiment " + id.short_hex() + " is in this store");
  return {};
}

Result<std::vector<Run>> all_runs(Reader& reader) {
  std::vector<Run> out;
  TRY(reader.each("SELECT note, head FROM experiments_run ORDER BY made_at DESC, id LIMIT ?",
                  {static_cast<int64_t>(kRunsMax)}, [&](const Row& row) -> Result<void> {
                    out.push_back(TRY(read_head(row)));
                    return {};
                  }));
  return out;
}

}  // namespace puhui::experiments
