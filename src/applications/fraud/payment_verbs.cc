// The verbs that do something to payments: judge, answer, release, label.
#include "applications/fraud/reading.h"
#include "applications/fraud/verbs.h"
#include "infrastructure/models/csv.h"

namespace puhui::fraud {

namespace {

ReadingNeeds reading(const VerbNeeds& needs) {
  return {needs.store, needs.evidence, needs.kernel, needs.desk, needs.clock};
}

Result<JudgeAnswer> judge(const VerbNeeds& needs, const VerbCall& call, const JudgeRequest& request) {
  const Answered answered =
      TRY(needs.desk.judge({request.scheme, request.key, request.at, request.fields}, call.caller.name));
  JudgeAnswer out;
  out.scheme = request.scheme;
  out.key = request.key;
  out.action = answered.action;
  if (answered.has_probability) out.probability = Rate{answered.probability_ppb};
  if (!answered.reasons.empty()) {
    const auto scheme = TRY(needs.desk.scheme(request.scheme));
    out.reasons = reason_lines(reading(needs), scheme->scope(), answered.reasons);
  }
  out.decision = answered.decision;
  out.deadline = answered.deadline;
  out.late = answered.late;
  out.repeated = answered.repeated;
  return out;
}

SettledAnswer answer_of(const std::string& scheme, const std::string& key, Settled settled) {
  return {scheme, key, settled.action, std::move(settled.by), std::move(settled.why), settled.at};
}

// A person's word on one payment is an act; on many of a file, one act.
void record_act(const VerbNeeds& needs, std::string words, std::string_view by, const Id128& entity = {}) {
  evidence::Circumstances circumstances;
  circumstances.at = needs.clock.now();
  circumstances.entity = entity;
  circumstances.caller = by;
  circumstances.human = evidence::HumanRole::in_the_loop;
  needs.evidence.append_act(evidence::RecordKind::note, std::move(words), circumstances);
}

Result<LabelLine> label(const VerbNeeds& needs, const VerbCall& call, const LabelRequest& request) {
  LabelLine out{request.fraud, request.known_at.value_or(needs.clock.now()), needs.clock.now(), call.caller.name};
  if (out.known_at > out.said_at) {
    return fail(ErrorCode::invalid, "known_at", "expected no moment to come, came " + text_of(out.known_at));
  }
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    const auto before =
        TRY(needs.desk.label(tx, request.scheme, request.key, request.fraud, out.known_at, call.caller.name));
    if (before == request.fraud) return {};
    record_act(needs,
               "payment " + request.scheme + "/" + request.key + " labelled " + (request.fraud ? "fraud" : "good") +
                   (before ? ", before " + std::string(*before ? "fraud" : "good") : ""),
               call.caller.name);
    return {};
  }));
  return out;
}

// ---- labels of a file

struct LabelRow {
  std::string key;
  bool fraud = false;
  Timestamp known_at;
};

class LabelFile {
 public:
  static Result<LabelFile> open(const LabelsRequest& request, Timestamp now) {
    LabelFile out(TRY(models::CsvReader::open(TRY(models::open_file(request.file)))), now);
    out.key_ = TRY(out.csv_.column(request.key_column));
    out.fraud_ = TRY(out.csv_.column(request.fraud_column));
    if (request.known_at_column) out.known_at_ = TRY(out.csv_.column(*request.known_at_column));
    return out;
  }

  // False at the end; a row's own fault is in `fault`.
  Result<bool> next(LabelRow& row, std::optional<std::string>& fault) {
    models::CsvRow raw;
    if (!TRY(csv_.next(raw))) return false;
    fault.reset();
    if (raw.fault) {
      fault = raw.place() + ": " + raw.fault->message;
      return true;
    }
    row.key = raw.fields[key_];
    const std::string_view fraud = raw.fields[fraud_];
    row.fraud = fraud == "1" || fraud == "true";
    if (!row.fraud && fraud != "0" && fraud != "false") {
      fault = raw.place() + ": expected 1, 0, true or false, came '" + std::string(fraud.substr(0, 32)) + "'";
    }
    row.known_at = now_;
    if (known_at_) {
      const auto moment = read_json<Moment>(Json(Json::Object{{"at", Json(raw.fields[*known_at_])}}));
      if (!moment || moment->at > now_) {
        fault = raw.place() + ": expected a moment that has come, like 2026-02-28T12:00:00Z";
      } else {
        row.known_at = moment->at;
      }
    }
    return true;
  }

 private:
  struct Moment {
    Timestamp at;
    friend void fields(Shape& shape, Moment& moment) { shape.field("at", moment.at); }
  };
  LabelFile(models::CsvReader csv, Timestamp now) : csv_(std::move(csv)), now_(now) {}
  models::CsvReader csv_;
  Timestamp now_;
  size_t key_ = 0, fraud_ = 0;
  std::optional<size_t> known_at_;
};

constexpr size_t kLabelsAtOnce = 500, kFaultsListedMax = 20;

// Those of one transaction; a key that no payment has is counted.
Result<void> write_labels(const VerbNeeds& needs, const std::string& scheme, std::span<const LabelRow> rows,
                          const std::string& by, LabelsAnswer& answer) {
  int64_t labelled = 0, unknown = 0;
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    labelled = unknown = 0;
    for (const LabelRow& row : rows) {
      const auto before = needs.desk.label(tx, scheme, row.key, row.fraud, row.known_at, by);
      if (before) {
        ++labelled;
      } else if (before.error().code == ErrorCode::not_found) {
        ++unknown;
      } else {
        return fail(at(row.key, before.error()));
      }
    }
    record_act(needs, std::to_string(labelled) + " payments of " + scheme + " labelled from a file", by);
    return {};
  }));
  answer.labelled += labelled;
  answer.unknown += unknown;
  return {};
}

Result<LabelsAnswer> labels(const VerbNeeds& needs, const VerbCall& call, const LabelsRequest& request) {
  LabelsAnswer answer;
  TRY(needs.desk.guard(request.scheme, Id128()));
  LabelFile file = TRY(LabelFile::open(request, needs.clock.now()));
  std::vector<LabelRow> rows;
  LabelRow row;
  std::optional<std::string> fault;
  while (TRY(file.next(row, fault))) {
    ++answer.rows;
    if (fault) {
      if (!request.skip_bad_rows) return fail(ErrorCode::invalid, request.file, *fault);
      ++answer.bad_rows;
      if (answer.faults.size() < kFaultsListedMax) answer.faults.push_back(*fault);
      continue;
    }
    rows.push_back(row);
    if (rows.size() < kLabelsAtOnce) continue;
    TRY(write_labels(needs, request.scheme, rows, call.caller.name, answer));
    call.progress.step("labels", static_cast<uint64_t>(answer.rows), 0);
    rows.clear();
  }
  if (!rows.empty()) TRY(write_labels(needs, request.scheme, rows, call.caller.name, answer));
  return answer;
}

}  // namespace

std::vector<Verb> payment_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<JudgeRequest, JudgeAnswer>(
      {.noun = "fraud",
       .verb = "judge",
       .help = "Judge a payment or application as it comes: approve, challenge, hold or block.",
       .effect = Effect::write,
       .repeat_key = "key"},
      [needs](const VerbCall& call, const JudgeRequest& request) { return judge(*needs, call, request); }, tell));
  verbs.push_back(make_verb<ChallengeRequest, SettledAnswer>(
      {.noun = "fraud",
       .verb = "answer",
       .help = "Say whether a challenged customer proved who they are; a failed challenge blocks the payment.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const ChallengeRequest& request) -> Result<SettledAnswer> {
        const bool passed = request.result == ChallengeResult::passed;
        return answer_of(request.scheme, request.key,
                         TRY(needs->desk.answer(request.scheme, request.key, passed, call.caller.name)));
      }));
  verbs.push_back(make_verb<ReleaseRequest, SettledAnswer>(
      {.noun = "fraud",
       .verb = "release",
       .help = "Let a held payment go or refuse it, with the reason why.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const ReleaseRequest& request) -> Result<SettledAnswer> {
        const Action action = request.action == ReleaseAction::approve ? Action::approve : Action::block;
        return answer_of(request.scheme, request.key,
                         TRY(needs->desk.release(request.scheme, request.key, action, request.why, call.caller.name)));
      }));
  verbs.push_back(make_verb<LabelRequest, LabelLine>(
      {.noun = "fraud",
       .verb = "label",
       .help = "Say that a payment proved fraud or good, as a chargeback does; said again otherwise, it replaces the "
               "first.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const LabelRequest& request) { return label(*needs, call, request); }));
  verbs.push_back(make_verb<LabelsRequest, LabelsAnswer>(
      {.noun = "fraud",
       .verb = "labels",
       .help = "Take what became known of many payments from a CSV file.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall& call, const LabelsRequest& request) { return labels(*needs, call, request); }));
  return verbs;
}

}  // namespace puhui::fraud
