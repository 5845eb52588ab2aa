// What runs leave: where they are, what went over the wire, what was told, and the parts of models.
#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/federation/office.h"
#include "infrastructure/federation/office_rows.h"

namespace puhui::federation {

void fields(Shape& shape, RunState& state) {
  shape.field("stage", state.stage);
  shape.field("stage_number", state.stage_number);
  shape.field("stages", state.stages);
  shape.field("step", state.step);
  shape.field("steps", state.steps);
  shape.field("attempt", state.attempt);
  shape.field("doing", state.doing);
  shape.field("last_error", state.last_error);
}

namespace {

RunView view_of(const RunState& state) {
  RunView out;
  out.stage = state.stage;
  out.stage_number = state.stage_number;
  out.stages = state.stages;
  out.step = state.step;
  out.steps = state.steps;
  out.attempt = state.attempt;
  out.doing = state.doing;
  out.last_error = state.last_error;
  return out;
}

std::string body_of(const RunState& state) { return print_json(to_json(state)); }

}  // namespace

LeakageView view_of(const Leak& leak) {
  LeakageView out;
  out.to = leak.to;
  out.code = leak.code;
  out.amount = leak.amount;
  if (const LeakMeaning* meaning = find_leak(leak.code)) {
    out.unit = meaning->unit;
    out.english = meaning->english;
    out.chinese = meaning->chinese;
  }
  return out;
}

Result<std::vector<LeakageView>> read_leakage(Reader& reader, const std::string& partner) {
  std::vector<LeakageView> out;
  TRY(
      reader.each("SELECT partner, code, CAST(SUM(amount) AS BIGINT) FROM federation_leak WHERE partner = ? OR ? = '' "
                  "GROUP BY partner, code ORDER BY partner, code",
                  {partner, partner}, [&](const Row& row) -> Result<void> {
                    out.push_back(view_of(Leak{std::string(row.text(0)), std::string(row.text(1)), row.integer(2)}));
                    return {};
                  }));
  return out;
}

Result<std::vector<LeakageView>> read_leakage_of_job(Reader& reader, const std::string& job) {
  std::vector<LeakageView> out;
  TRY(reader.each(
      "SELECT partner, code, amount, name FROM federation_leak, federation_job WHERE job = ? AND hash = job "
      "ORDER BY partner, code",
      {job}, [&](const Row& row) -> Result<void> {
        out.push_back(view_of(Leak{std::string(row.text(0)), std::string(row.text(1)), row.integer(2)}));
        out.back().job_name = row.text(3);
        return {};
      }));
  return out;
}

Result<std::vector<RunView>> read_runs(Reader& reader, const std::string& job, int64_t limit) {
  std::vector<RunView> out;
  TRY(
      reader.each("SELECT number, began_at, ended_at, state, body FROM federation_run WHERE job = ? "
                  "ORDER BY number DESC LIMIT ?",
                  {job, limit}, [&](const Row& row) -> Result<void> {
                    RunView run = view_of(TRY(read_json<RunState>(TRY(parse_json(row.text(4))))));
                    run.number = row.integer(0);
                    run.began_at = {row.integer(1)};
                    if (!row.is_null(2)) run.ended_at = Timestamp{row.integer(2)};
                    run.state = static_cast<JobState>(row.integer(3));
                    out.push_back(std::move(run));
                    return {};
                  }));
  for (RunView& run : out) {
    TRY(
        reader.each("SELECT partner, bytes_sent, bytes_received FROM federation_traffic WHERE job = ? AND number = ? "
                    "ORDER BY partner",
                    {job, run.number}, [&](const Row& row) -> Result<void> {
                      run.partners.push_back({std::string(row.text(0)), row.integer(1), row.integer(2)});
                      run.bytes_sent += row.integer(1);
                      run.bytes_received += row.integer(2);
                      return {};
                    }));
  }
  return out;
}

// ---- a run, from its begin to its end

Result<void> Office::keep_places(const Digest& job, const std::string& data_path, const std::string& work_folder) {
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute("UPDATE federation_job SET data_path = ?, work_folder = ? WHERE hash = ?",
                   {data_path, work_folder, job.hex()}));
    return {};
  });
}

Result<JobView> Office::offer(const Digest& job, const std::string& data_path, std::string_view by) {
  std::optional<JobView> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const KeptJob kept = TRY(read_job(tx, job.hex()));
    TRY(tx.execute("UPDATE federation_job SET data_path = ? WHERE hash = ?", {data_path, job.hex()}));
    record("data offered to job '" + kept.job.name + "' " + job.hex(), by);
    out = TRY(federation::view_of(tx, kept));
    return {};
  }));
  return *std::move(out);
}

Result<JobView> Office::ask_to_stop(const Digest& job, std::string_view by) {
  std::optional<JobView> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const KeptJob kept = TRY(read_job(tx, job.hex()));
    out = TRY(federation::view_of(tx, kept));
    if (kept.state != JobState::running) {
      return fail(ErrorCode::conflict, "job", "'" + kept.job.name + "' does not run");
    }
    TRY(tx.execute("UPDATE federation_job SET stop_asked = 1 WHERE hash = ?", {job.hex()}));
    record("job '" + kept.job.name + "' " + job.hex() + " asked to stop", by);
    return {};
  }));
  return *std::move(out);
}

bool Office::stop_asked(const Digest& job) const {
  bool asked = false;
  const auto read = needs_.store.read([&](Reader& reader) -> Result<void> {
    asked = TRY(reader.integer("SELECT stop_asked FROM federation_job WHERE hash = ?", {job.hex()})).value_or(0) != 0;
    return {};
  });
  return read && asked;
}

Result<Office::Claim> Office::claim(const Digest& job) {
  const std::scoped_lock lock(mutex_);
  if (!running_.insert(job).second) {
    return fail(ErrorCode::conflict, "job", "it runs here already; 'puhui federation status' says how far");
  }
  return Claim(new Digest(job), [this](const Digest* claimed) {
    const std::scoped_lock unlock(mutex_);
    running_.erase(*claimed);
    delete claimed;
  });
}

Result<Transcript> Office::transcript(const Digest& job) const {
  return Transcript::open(needs_.store, needs_.clock, job);
}

Result<int64_t> Office::begin_run(const Digest& job, const Head& head) {
  int64_t number = 0;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const KeptJob kept = TRY(read_job(tx, job.hex()));
    if (kept.state == JobState::rejected) {
      return fail(ErrorCode::forbidden, "job", "'" + kept.job.name + "' was rejected here: " + kept.why);
    }
    const Timestamp now = needs_.clock.now();
    // A run that a killed program left open is over.
    TRY(tx.execute("UPDATE federation_run SET ended_at = ?, state = ? WHERE job = ? AND ended_at IS NULL",
                   {now.microseconds, static_cast<int64_t>(JobState::stopped), job.hex()}));
    number = TRY(tx.integer("SELECT MAX(number) FROM federation_run WHERE job = ?", {job.hex()})).value_or(0) + 1;
    TRY(tx.execute(
        "INSERT INTO federation_run (job, number, began_at, ended_at, state, body) VALUES (?, ?, ?, NULL, ?, ?)",
        {job.hex(), number, now.microseconds, static_cast<int64_t>(JobState::running), body_of(RunState{})}));
    TRY(tx.execute("UPDATE federation_job SET state = ?, why = '', stop_asked = 0 WHERE hash = ?",
                   {static_cast<int64_t>(JobState::running), job.hex()}));
    record("job '" + kept.job.name + "' " + job.hex() + " run " + std::to_string(number) + " begins; transcript head " +
               head.link.hex() + " of " + std::to_string(head.entries) + " entries",
           kRunnerName);
    return {};
  }));
  return number;
}

Result<void> Office::keep_meeting(const Digest& job, int64_t attempt,
                                  const std::vector<std::optional<channel::Certificate>>& certificates) {
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    for (const auto& certificate : certificates) {
      if (certificate) TRY(keep_certificate(tx, *certificate));
    }
    TRY(tx.execute("UPDATE federation_job SET attempt = ? WHERE hash = ?", {attempt, job.hex()}));
    return {};
  });
}

Result<void> Office::keep(Transaction& tx, const Clock& clock, const Digest& job, int64_t run, const Progressed& how) {
  TRY(tx.execute("UPDATE federation_run SET body = ? WHERE job = ? AND number = ?",
                 {body_of(how.state), job.hex(), run}));
  for (const TrafficView& more : how.more) {
    TRY(
        tx.execute("INSERT INTO federation_traffic (job, number, partner, bytes_sent, bytes_received) "
                   "VALUES (?, ?, ?, ?, ?) ON CONFLICT (job, number, partner) DO UPDATE SET "
                   "bytes_sent = federation_traffic.bytes_sent + excluded.bytes_sent, "
                   "bytes_received = federation_traffic.bytes_received + excluded.bytes_received",
                   {job.hex(), run, more.partner, more.bytes_sent, more.bytes_received}));
    if (more.bytes_received == 0) continue;
    TRY(tx.execute("UPDATE federation_partner SET last_contact = ? WHERE name = ?",
                   {clock.now().microseconds, more.partner}));
  }
  for (const Leak& leak : how.leakage) {
    TRY(
        tx.execute("INSERT INTO federation_leak (job, partner, code, amount) VALUES (?, ?, ?, ?) "
                   "ON CONFLICT (job, partner, code) DO UPDATE SET amount = "
                   "CASE WHEN federation_leak.amount > excluded.amount THEN federation_leak.amount "
                   "ELSE excluded.amount END",
                   {job.hex(), leak.to, leak.code, leak.amount}));
  }
  return {};
}

Result<void> Office::keep(const Digest& job, int64_t run, const Progressed& how) {
  return needs_.store.write([&](Transaction& tx) { return keep(tx, needs_.clock, job, run, how); });
}

Result<void> Office::end_run(const Digest& job, int64_t run, JobState state, const std::string& why, const Head& head) {
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    const KeptJob kept = TRY(read_job(tx, job.hex()));
    TRY(tx.execute("UPDATE federation_run SET ended_at = ?, state = ? WHERE job = ? AND number = ?",
                   {needs_.clock.now().microseconds, static_cast<int64_t>(state), job.hex(), run}));
    TRY(tx.execute("UPDATE federation_job SET state = ?, why = ?, stop_asked = 0 WHERE hash = ?",
                   {static_cast<int64_t>(state), cut_utf8(why, kWhyBytesMax), job.hex()}));
    const std::string name(names_of(&state)[static_cast<size_t>(state)]);
    record("job '" + kept.job.name + "' " + job.hex() + " run " + std::to_string(run) + " " + name +
               "; transcript head " + head.link.hex() + " of " + std::to_string(head.entries) + " entries",
           kRunnerName);
    return {};
  });
}

// ---- models

namespace {

struct ModelRow {
  std::string model, part;
};

Result<std::optional<ModelRow>> read_model_row(Reader& reader, const std::string& job) {
  std::optional<ModelRow> out;
  TRY(reader.each("SELECT model, part FROM federation_model WHERE job = ?", {job}, [&](const Row& row) -> Result<void> {
    out.emplace(std::string(row.text(0)), std::string(row.text(1)));
    return {};
  }));
  return out;
}

Result<std::vector<ModelView>> models_where(Reader& reader, const std::string& where, std::span<const Param> params) {
  std::vector<ModelView> out;
  TRY(reader.each("SELECT card FROM federation_model " + where, params, [&](const Row& row) -> Result<void> {
    out.push_back(TRY(read_json<ModelView>(TRY(parse_json(row.text(0))))));
    return {};
  }));
  return out;
}

}  // namespace

Result<std::optional<ModelView>> read_card(Reader& reader, const std::string& job) {
  const Param params[] = {job};
  auto found = TRY(models_where(reader, "WHERE job = ?", params));
  if (found.empty()) return std::optional<ModelView>();
  return std::optional(std::move(found.front()));
}

Result<ModelView> Office::card_of(const Digest& job) const {
  std::optional<ModelView> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(read_card(reader, job.hex()));
    return {};
  }));
  if (!out) return fail(ErrorCode::not_found, "job", "job " + job.hex() + " left nothing yet");
  return *std::move(out);
}

Result<void> Office::keep_model(const ModelPart& model) {
  const ModelView& card = model.card;
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    if (const auto known = TRY(read_model_row(tx, card.job.hex()))) {
      if (known->model == card.model.hex() && known->part == card.part.hex()) return {};
      return fail(ErrorCode::conflict, "model",
                  "this job left model " + known->model + " before, now it would be " + card.model.hex() +
                      "; the data or the program changed at a party");
    }
    TRY(tx.execute("INSERT INTO federation_model (job, model, part, made_at, card, bytes) VALUES (?, ?, ?, ?, ?, ?)",
                   {card.job.hex(), card.model.hex(), card.part.hex(), card.made_at.microseconds,
                    print_json(to_json(card)), BytesView{model.bytes}}));
    TRY(tx.execute("UPDATE federation_job SET model = ? WHERE hash = ?", {card.model.hex(), card.job.hex()}));
    return {};
  });
}

Result<std::vector<ModelView>> Office::models(const std::string& after, int64_t limit) const {
  std::vector<ModelView> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    int64_t before = std::numeric_limits<int64_t>::max();
    std::string job;
    if (!after.empty()) {
      TRY(reader.each("SELECT made_at, job FROM federation_model WHERE model = ? ORDER BY made_at, job DESC LIMIT 1",
                      {after}, [&](const Row& row) -> Result<void> {
                        before = row.integer(0);
                        job = row.text(1);
                        return {};
                      }));
    }
    const Param params[] = {before, before, job, limit};
    out = TRY(models_where(reader, "WHERE made_at < ? OR (made_at = ? AND job > ?) ORDER BY made_at DESC, job LIMIT ?",
                           params));
    return {};
  }));
  return out;
}

Result<ModelView> Office::model(std::string_view named) const {
  const std::string prefix = to_lower_ascii(named), behind = prefix + "g";
  std::vector<ModelView> found;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    const Param params[] = {prefix, behind};
    found = TRY(models_where(reader, "WHERE model >= ? AND model < ? ORDER BY made_at DESC LIMIT 2", params));
    return {};
  }));
  if (found.empty())
    return fail(ErrorCode::not_found, "hash", "no federated model '" + std::string(named) + "' is kept here");
  if (found.size() > 1 && found[0].model != found[1].model) {
    return fail(ErrorCode::conflict, "hash", "'" + std::string(named) + "' begins several models; say more digits");
  }
  return std::move(found.front());
}

Result<std::string> Office::model_part(const Digest& model) const {
  std::optional<std::string> bytes;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    bytes = TRY(reader.bytes("SELECT bytes FROM federation_model WHERE model = ?", {model.hex()}));
    return {};
  }));
  if (!bytes) return fail(ErrorCode::not_found, "model", "no federated model " + model.hex() + " is kept here");
  const ModelView card = TRY(this->model(model.hex()));
  if (sha256(*bytes) != card.part) {
    return fail(ErrorCode::corrupt, "model", "the part that is kept is not the one that was: its digest differs");
  }
  return *std::move(bytes);
}

Result<std::vector<LeakageView>> Office::leakage(const std::string& partner) const {
  std::vector<LeakageView> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(read_leakage(reader, partner));
    return {};
  }));
  return out;
}

}  // namespace puhui::federation
