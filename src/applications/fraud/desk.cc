#include "applications/fraud/desk.h"

#include "applications/fraud/desk_state.h"
#include "ground/base/bytes.h"
#include "ground/base/check.h"

namespace puhui::fraud {

namespace {

// Of the fields as they came, by name: whatever set they were read by, the same payment has the same.
Id128 content_of(const features::FeatureSet& set, const features::Event& event) {
  ByteWriter to;
  for (size_t i = 0; i < set.fields.size(); ++i) {
    const features::FieldValue& value = event.values[i];
    if (!value.present) continue;
    to.text(set.fields[i].name);
    to.signed_varint(value.number);
    to.text(value.text);
  }
  return id_from("fraud content\n", to.bytes());
}

Error no_scheme(std::string_view scheme) {
  return {ErrorCode::not_found,
          {{"scheme",
            "no permit was ever granted for '" + std::string(scheme) + "'; 'fraud schemes' lists those in force"}}};
}

Result<void> check_key(std::string_view key) {
  if (!key.empty() && key.size() <= kPaymentKeyBytesMax) return {};
  return fail(ErrorCode::invalid, "key",
              "expected 1 to " + std::to_string(kPaymentKeyBytesMax) + " bytes, came " + std::to_string(key.size()));
}

}  // namespace

std::string reference_of(const PaymentRow& row) { return row.scheme + "/" + row.key; }

kernel::ReasonText words_of(const kernel::Version* version, std::string_view code) {
  if (code == kNotJudgedReason) {
    return {"It could not be judged automatically; a person looks at it.", "无法自动判断，已转人工处理。", ""};
  }
  if (const kernel::ReasonText* text = version ? version->reasons().find(code) : nullptr) return *text;
  return {"missing", "missing", ""};
}

Desk::Desk(DeskNeeds needs) : needs_(needs), state_(std::make_unique<State>()) {}
Desk::~Desk() = default;

Result<std::unique_ptr<Desk>> Desk::open(DeskNeeds needs) {
  std::unique_ptr<Desk> desk(new Desk(needs));
  needs.cases.attend(
      std::string(kApplicationName),
      [at = desk.get()](Transaction& tx, const cases::Alert& alert, cases::Verdict verdict, std::string_view by) {
        return at->judged(tx, alert, verdict, by);
      },
      [at = desk.get()](Transaction& tx, const cases::Alert& alert) { return at->alert_overdue(tx, alert); });
  std::vector<std::pair<std::string, std::string>> known;
  TRY(needs.store.read([&](Reader& reader) {
    return reader.each("SELECT name, use_case FROM fraud_scheme ORDER BY name", {},
                       [&](const Row& row) -> Result<void> {
                         known.emplace_back(row.text(0), row.text(1));
                         return {};
                       });
  }));
  for (const auto& [name, use_case] : known) {
    TRY(desk->open_book(name, use_case));
    // Not its permit's business to keep the bank from starting: without one the scheme refuses, and says why.
    if (auto ready = desk->guard(name, Id128()); !ready) {
      needs.log.warning("fraud_scheme_not_ready", {{"scheme", name}, {"why", ready.error().text()}});
    }
  }
  return desk;
}

Result<Book*> Desk::open_book(std::string_view scheme, std::string_view use_case) {
  const std::lock_guard one_at_a_time(state_->opening);
  if (Book* there = book(scheme)) return there;
  auto stream = std::make_unique<features::Stream>(features::StreamNeeds{needs_.store, needs_.clock, needs_.log},
                                                   "fraud/" + std::string(scheme));
  auto made = std::make_unique<Book>(needs_.store, std::string(scheme), std::string(use_case), std::move(stream));
  Book* out = made.get();
  {
    // Kept in any case: it has joined the store.
    const std::unique_lock lock(state_->mutex);
    state_->books.emplace(scheme, std::move(made));
  }
  return out;
}

Book* Desk::book(std::string_view scheme) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->books.find(scheme);
  return found == state_->books.end() ? nullptr : found->second.get();
}

features::Stream* Desk::stream(std::string_view scheme) const {
  Book* const found = book(scheme);
  return found ? &found->stream() : nullptr;
}

std::vector<std::string> Desk::schemes() const {
  const std::shared_lock lock(state_->mutex);
  std::vector<std::string> out;
  for (const auto& [name, book] : state_->books) out.push_back(name);
  return out;
}

Result<std::string> Desk::use_case_of(std::string_view scheme) const {
  if (const Book* const found = book(scheme)) return found->use_case();
  for (const std::string_view use_case : {kPaymentUseCase, kApplicationUseCase}) {
    if (needs_.kernel.in_force(std::string(use_case) + "/" + std::string(scheme))) return std::string(use_case);
  }
  return fail(no_scheme(scheme));
}

Result<std::shared_ptr<const Desk::Loaded>> Desk::load(const kernel::Version& version) const {
  {
    const std::shared_lock lock(state_->mutex);
    if (const auto found = state_->loaded.find(version.digest()); found != state_->loaded.end()) return found->second;
  }
  const evidence::Manifest& manifest = version.permit().manifest;
  const auto artefact = [&](std::string_view name) -> Result<std::string> {
    const Digest* digest = manifest.artefact(name);
    if (digest == nullptr) {
      return fail(ErrorCode::invalid, manifest.use_case, "its permit names no '" + std::string(name) + "'");
    }
    return needs_.kernel.artefact(*digest);
  };
  auto loaded = std::make_shared<Loaded>();
  loaded->scheme = std::make_shared<const Scheme>(TRY(Scheme::parse(TRY(artefact(kSchemeArtefact)))));
  const std::string text = TRY(artefact(kFeaturesArtefact));
  loaded->features = std::make_shared<const features::FeatureSet>(TRY(features::FeatureSet::parse(text)));
  loaded->features_artefact = *manifest.artefact(kFeaturesArtefact);
  TRY(plan_facts(*loaded->scheme, *loaded->features, version.facts()));
  const std::unique_lock lock(state_->mutex);
  return state_->loaded.emplace(version.digest(), std::move(loaded)).first->second;
}

Result<std::shared_ptr<const Scheme>> Desk::scheme(std::string_view name) const {
  const std::string scope = TRY(use_case_of(name)) + "/" + std::string(name);
  const auto champion = TRY(needs_.kernel.in_force(scope));
  return TRY(load(*champion))->scheme;
}

Result<Guard> Desk::guard(std::string_view scheme, const Id128& entity) {
  Book* book = this->book(scheme);
  if (book == nullptr) {
    const std::string use_case = TRY(use_case_of(scheme));
    TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
      TRY(tx.execute("INSERT INTO fraud_scheme (name, use_case) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                     {scheme, use_case}));
      return {};
    }));
    book = TRY(open_book(scheme, use_case));
  }
  TRY(book->load(needs_.store));
  Guard out;
  out.book = book;
  out.stream = &book->stream();
  const auto champion = TRY(needs_.kernel.in_force(book->scope()));
  const auto signed_with = TRY(load(*champion));
  Book::Adopted adopted = book->adopted();
  if (!adopted.set || adopted.artefact != signed_with->features_artefact) {
    Unwatched progress;
    adopted = TRY(book->adopt(signed_with->features_artefact, signed_with->features, progress));
  }
  out.features = adopted.set;
  out.choice = TRY(needs_.kernel.choose(book->scope(), entity));
  const auto loaded = TRY(load(*out.choice.version));
  out.scheme = loaded->scheme;
  out.unfit = loaded->features_artefact != adopted.artefact;
  const auto& planned = out.unfit ? *champion : *out.choice.version;
  const auto key = std::pair(planned.digest(), adopted.artefact);
  {
    const std::shared_lock lock(state_->mutex);
    if (const auto found = state_->plans.find(key); found != state_->plans.end()) out.plan = found->second;
  }
  if (!out.plan) {
    out.plan = std::make_shared<const FactPlan>(TRY(plan_facts(*out.scheme, *out.features, planned.facts())));
    const std::unique_lock lock(state_->mutex);
    state_->plans.emplace(key, out.plan);
  }
  return out;
}

Result<Desk::Submitted> Desk::read(const Submission& submission, std::string_view caller) {
  TRY(check_key(submission.key));
  Submitted out;
  // The fields are read by the set in use, and it says whose payment it is; only then is it known who judges it.
  const Guard first = TRY(guard(submission.scheme, Id128()));
  auto event = features::read_event(*first.features, submission.fields);
  if (!event) return fail(at("fields", std::move(event).error()));
  out.now = needs_.clock.now();
  event->at = submission.at.value_or(out.now);
  event->id = id_from("fraud payment\n", submission.scheme + "/" + submission.key);
  const features::FieldValue& amount = event->values[first.plan->amount];
  if (amount.number < 0 && !first.scheme->negative_allowed) {
    return fail(ErrorCode::invalid, "fields/" + first.scheme->amount,
                "expected no amount below zero, came " + std::to_string(amount.number));
  }
  out.subject = event->values[first.plan->subject].text;
  if (out.subject.empty()) {
    return fail(ErrorCode::invalid, "fields/" + first.scheme->subject, "expected whose payment it is, came nothing");
  }
  out.entity = entity_of(out.subject);
  out.guard = TRY(guard(submission.scheme, out.entity));
  if (out.guard.features != first.features) {
    return fail(ErrorCode::unavailable, submission.scheme, "its features were replaced a moment ago: send it again");
  }
  out.content = content_of(*out.guard.features, *event);
  out.read = std::make_shared<const Read>(Read{out.guard.features, *std::move(event)});
  out.key = submission.key;
  out.caller = caller;
  out.at_given = submission.at.has_value();
  return out;
}

Result<Answered> Desk::judge(const Submission& submission, std::string_view caller) {
  constexpr int kTries = 3;  // between reading and judging another set of features may have come into force
  for (int tries = 1;; ++tries) {
    auto submitted = read(submission, caller);
    if (!submitted) {
      if (submitted.error().code == ErrorCode::unavailable && tries < kTries) continue;
      return fail(std::move(submitted).error());
    }
    std::optional<Answered> answered;
    auto written = needs_.store.write([&](Transaction& tx) -> Result<void> {
      answered = TRY(judge_in(tx, *submitted));
      return {};
    });
    if (written) return *std::move(answered);
    const bool replaced = submitted->guard.stream->set() != submitted->guard.features;
    if (written.error().code != ErrorCode::unavailable || !replaced || tries >= kTries) return fail(written.error());
  }
}

void Desk::judge_later(const Guard& guard, features::Event event, std::string key, std::string caller, Timestamp now,
                       std::function<void(Result<Answered>)> done) {
  auto submitted = std::make_shared<Submitted>();
  submitted->guard = guard;
  submitted->key = std::move(key);
  submitted->caller = std::move(caller);
  submitted->now = now;
  submitted->subject = event.values[guard.plan->subject].text;
  submitted->entity = entity_of(submitted->subject);
  submitted->content = content_of(*guard.features, event);
  event.id = id_from("fraud payment\n", guard.scheme->name + "/" + submitted->key);
  const int64_t amount = event.values[guard.plan->amount].number;
  if (submitted->subject.empty() || (amount < 0 && !guard.scheme->negative_allowed)) {
    return done(fail(ErrorCode::invalid, submitted->key, "expected a subject and an amount not below zero"));
  }
  if (auto fits = check_key(submitted->key); !fits) return done(fail(std::move(fits).error()));
  submitted->read = std::make_shared<const Read>(Read{guard.features, std::move(event)});
  auto answered = std::make_shared<std::optional<Answered>>();
  needs_.store.write_later(
      [this, submitted, answered](Transaction& tx) -> Result<void> {
        *answered = TRY(judge_in(tx, *submitted));
        return {};
      },
      [answered, done = std::move(done)](Result<void> written) {
        if (!written) return done(fail(std::move(written).error()));
        done(**std::move(answered));
      });
}

Result<PaymentRow> Desk::find(Reader& reader, std::string_view scheme, std::string_view key) const {
  const Book* const of = book(scheme);
  if (of == nullptr) return fail(no_scheme(scheme));
  auto row = TRY(of->find(reader, key));
  if (!row) return fail(ErrorCode::not_found, "key", "no payment of " + std::string(scheme) + " has that key");
  return *std::move(row);
}

}  // namespace puhui::fraud
