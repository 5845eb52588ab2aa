#include "infrastructure/kernel/kernel.h"

#include <algorithm>

namespace puhui::kernel {

using evidence::Permit;

namespace {

std::string_view without_scope(std::string_view use_case) { return use_case.substr(0, use_case.find('/')); }

}  // namespace

Kernel::Kernel(KernelNeeds needs, std::vector<evidence::UseCase> use_cases)
    : needs_(std::move(needs)),
      use_cases_(std::move(use_cases)),
      overhead_(needs_.metrics.histogram("puhui_decision_overhead_seconds",
                                         "Kernel and evidence beside policy and models")) {}

Result<std::unique_ptr<Kernel>> Kernel::open(KernelNeeds needs, std::vector<evidence::UseCase> use_cases) {
  std::unique_ptr<Kernel> kernel(new Kernel(std::move(needs), std::move(use_cases)));
  TRY(kernel->load_in_force());
  TRY(kernel->load_routing());
  TRY(kernel->load_explorations());
  TRY(kernel->refresh_routes());
  return kernel;
}

const evidence::UseCase* Kernel::declared(std::string_view use_case) const {
  const auto found = std::find_if(use_cases_.begin(), use_cases_.end(),
                                  [&](const evidence::UseCase& u) { return u.name == without_scope(use_case); });
  return found == use_cases_.end() ? nullptr : &*found;
}

Result<void> Kernel::load_in_force() {
  std::map<std::string, std::string> latest;  // use case → permit
  std::vector<evidence::Person> people;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    people = TRY(evidence::read_people(reader));
    return reader.each("SELECT use_case, permit FROM kernel_permit WHERE standing = 1 ORDER BY use_case, granted_at",
                       {}, [&](const Row& row) -> Result<void> {
                         latest[std::string(row.text(0))] = row.text(1);
                         return {};
                       });
  }));
  for (const auto& [use_case, text] : latest) {
    const auto load = [&]() -> Result<std::shared_ptr<const Version>> {
      const Permit permit = TRY(read_json<Permit>(TRY(parse_json(text))));
      TRY(evidence::check(permit, people, needs_.clock.now(), needs_.build));
      return load_version(permit);
    };
    auto version = load();
    if (version) {
      in_force_[use_case] = *std::move(version);
    } else {
      refused_[use_case] = version.error().text();
      needs_.log.warning("permit_not_in_force", {{"use_case", use_case}, {"why", refused_[use_case]}});
    }
  }
  return {};
}

Result<Digest> Kernel::put_artefact(std::string_view kind, std::string_view bytes) {
  Digest digest;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    digest = TRY(kernel::put_artefact(tx, kind, bytes, needs_.clock.now()));
    return {};
  }));
  return digest;
}

Result<std::string> Kernel::artefact(const Digest& digest) const {
  std::string bytes;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    bytes = TRY(StoredArtefacts(reader).artefact(digest));
    return {};
  }));
  return bytes;
}

Result<std::shared_ptr<const Version>> Kernel::load_version(const Permit& permit) const {
  const Digest digest = permit.manifest.digest();
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = versions_.find(digest); found != versions_.end()) return found->second;
  }
  std::shared_ptr<const Version> version;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    StoredArtefacts artefacts(reader);
    CpuAccount* account = needs_.cpu ? &needs_.cpu->account(permit.manifest.use_case, digest.hex()) : nullptr;
    version = TRY(Version::load(permit, artefacts, account));
    return {};
  }));
  const std::unique_lock lock(mutex_);
  version->gate_ = is_stopped(*version, stops_) ? Version::Gate::stopped : Version::Gate::open;
  return versions_.emplace(digest, std::move(version)).first->second;
}

Result<void> Kernel::rehearse(const evidence::Manifest& manifest) const {
  return needs_.store.read([&](Reader& reader) -> Result<void> {
    StoredArtefacts artefacts(reader);
    TRY(Version::load({manifest, {}}, artefacts));
    return {};
  });
}

Error Kernel::none_in_force(std::string_view use_case) const {
  const auto refused = refused_.find(use_case);
  return Error{ErrorCode::forbidden,
               {{std::string(use_case), refused == refused_.end()
                                            ? "no permit is in force; propose one and have two people sign it"
                                            : "its permit does not hold: " + refused->second}}};
}

Result<std::shared_ptr<const Version>> Kernel::in_force(std::string_view use_case) const {
  const std::shared_lock lock(mutex_);
  if (const auto found = in_force_.find(use_case); found != in_force_.end()) return found->second;
  return fail(none_in_force(use_case));
}

std::vector<std::shared_ptr<const Version>> Kernel::all_in_force() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<const Version>> out;
  for (const auto& [use_case, version] : in_force_) out.push_back(version);
  return out;
}

Result<std::shared_ptr<const Version>> Kernel::find_version(const Digest& permit) const {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = versions_.find(permit); found != versions_.end()) return found->second;
  }
  return load_version(TRY(stored_permit(permit)));
}

Result<Draft> Kernel::judge(Request request, Workspace& workspace) const {
  const evidence::CycleMeter whole(cycles_);
  const Version& version = *request.version;
  CpuCall call(version.account());
  const Version::Gate gate = version.gate();
  if (gate == Version::Gate::not_granted) {
    return fail(ErrorCode::forbidden, version.permit().manifest.use_case,
                "its permit was never granted here; have two people sign it and grant it");
  }
  if (request.at >= version.permit().manifest.expires_at) {
    return fail(
        ErrorCode::forbidden, version.permit().manifest.use_case,
        "its permit expired on " + text_of(version.permit().manifest.expires_at) + "; propose and sign a new one");
  }
  Draft draft;
  const evidence::CycleMeter inner(cycles_);
  const evidence::ThreadMeter cpu;
  if (gate == Version::Gate::open) {
    draft.judgement_ = TRY(judge_open(request, workspace, draft));
  } else if (request.to_human) {
    draft.judgement_ = version.referral();
    request.human = evidence::HumanRole::in_the_loop;
  } else {
    return fail(ErrorCode::unavailable, version.permit().manifest.use_case,
                "it was stopped a moment ago; ask again and its fallback answers");
  }
  draft.circumstances_.cpu_ns = cpu.elapsed_ns();
  if (request.shadow && gate == Version::Gate::open) {
    draft.shadow_ = judge_shadow(request, workspace);
    draft.shadow_bytes_ = encode(*draft.shadow_);
    draft.shadow_cpu_ns_ = cpu.elapsed_ns() - draft.circumstances_.cpu_ns;
  }
  const int64_t inner_ns = inner.elapsed_ns();

  draft.judgement_bytes_ = encode(draft.judgement_);
  evidence::FactsPayload payload;
  payload.facts = std::move(request.facts);
  // The salt is a keyed hash of the content, so it cannot be guessed and yet replays from a seed.
  const Digest salt = sha256(needs_.salt_secret.view(), request.entity.bytes() + encode(payload));
  std::copy_n(salt.bytes.begin(), payload.salt.size(), payload.salt.begin());
  draft.facts_bytes_ = encode(payload);
  draft.circumstances_.at = request.at;
  draft.circumstances_.entity = request.entity;
  draft.circumstances_.caller = std::move(request.caller);
  draft.circumstances_.human = request.human;
  draft.circumstances_.overhead_ns = whole.elapsed_ns() - inner_ns;
  call.done();
  return draft;
}

Decision Kernel::record(Transaction& tx, const Draft& draft) {
  const evidence::CycleMeter meter(cycles_);
  const auto id = needs_.evidence.append_decision(draft.judgement_bytes_, draft.circumstances_, draft.facts_bytes_);
  if (!draft.shadow_bytes_.empty()) {
    evidence::Circumstances beside = draft.circumstances_;
    beside.cpu_ns = draft.shadow_cpu_ns_;
    beside.overhead_ns = 0;
    needs_.evidence.append_act(evidence::RecordKind::shadow, draft.shadow_bytes_, beside);
  }
  if (draft.explored_) keep_exploration(tx, draft);
  Decision decision(id, draft.judgement_, draft.circumstances_);
  overhead_.record(static_cast<uint64_t>(std::max<int64_t>(0, draft.circumstances_.overhead_ns + meter.elapsed_ns())));
  return decision;
}

Result<Decision> Kernel::decide(Request request, const Act& act) {
  thread_local Workspace workspace;
  const Draft draft = TRY(judge(std::move(request), workspace));
  std::optional<Decision> decision;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    decision = record(tx, draft);
    return act(tx, *decision);
  }));
  return *std::move(decision);
}

Result<Kernel::Replay> Kernel::replay(const evidence::StoredRecord& record, Workspace& workspace) const {
  Replay out;
  if (!record.facts) {
    out.erased = true;
    return out;
  }
  const auto then = TRY(evidence::decode_judgement(record.judgement));
  const auto payload = TRY(evidence::decode_facts(*record.facts));
  const auto version = TRY(find_version(then.permit));
  if (payload.facts.size() != version->facts().facts.size()) {
    return fail(ErrorCode::corrupt, "record " + record.id.text(),
                "it holds " + std::to_string(payload.facts.size()) + " facts, its permit's schema has " +
                    std::to_string(version->facts().facts.size()));
  }
  const bool referred = then.rules_hit.empty() && then.reasons.size() == 1 && then.reasons[0].code == kStoppedReason;
  auto now = referred ? Result<evidence::Judgement>(version->referral()) : version->judge(payload.facts, workspace);
  if (!now) {
    out.difference = "it was decided then and fails now: " + now.error().text();
    return out;
  }
  out.identical = encode(*now) == record.judgement;
  if (out.identical) return out;
  out.difference = "outcome then " + std::string(outcome_of(then)) + ", now " + std::string(outcome_of(*now));
  for (const evidence::Output& output : then.outputs) {
    const auto* value = now->output(output.name);
    if (!value || *value != output.value) {
      out.difference += "; " + output.name + " then " + evidence::text_of(output.value) + ", now " +
                        (value ? evidence::text_of(*value) : "nothing");
    }
  }
  return out;
}

}  // namespace puhui::kernel
