#include "infrastructure/federation/federation_verbs.h"

#include "ground/base/text.h"
#include "infrastructure/evidence/people.h"
#include "infrastructure/federation/job_check.h"
#include "infrastructure/federation/told.h"

namespace puhui::federation {

namespace {

constexpr size_t kInvitationBytesMax = 64 << 10, kKeyFileBytesMax = 4096;
constexpr std::string_view kNoun = "federation";

VerbHead head(std::string verb, std::string help, Effect effect, std::vector<std::string> words = {}) {
  VerbHead out{.noun = std::string(kNoun), .verb = std::move(verb), .help = std::move(help), .effect = effect};
  out.words = std::move(words);
  return out;
}
VerbHead local(std::string verb, std::string help) {
  VerbHead out = head(std::move(verb), std::move(help), Effect::write);
  out.local_only = true;
  return out;
}

template <class View>
std::string tell(const View& view) {
  return told(view);
}
// One after the other; `none` where there are none.
template <class View>
std::string told_list(const std::vector<View>& list, const std::optional<std::string>& next, std::string_view none) {
  if (list.empty()) return std::string(none) + "\n";
  std::string out;
  for (const View& one : list) out += told(one);
  return out + (next ? "more with --after " + *next + "\n" : "");
}

struct Nothing {};
void fields(Shape&, Nothing&) {}

struct Page {
  int64_t limit = 50;
  std::optional<std::string> after;
};
void fields(Shape& shape, Page& page) {
  shape.field("limit", page.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", page.after, {.help = "`next` of the page before", .max = 128});
}

// ---- parties

struct Init {
  std::string name, key_file;
  std::optional<std::string> address;
};
void fields(Shape& shape, Init& init) {
  shape.field("name", init.name,
              {.help = "this party: lower-case letters, digits, '-', '_'",
               .min = 1,
               .max = static_cast<int64_t>(channel::kPartyNameMax),
               .example = "lender"});
  shape.field("address", init.address, {.help = "host:port where it listens; a hub needs none", .max = 256});
  shape.field("key_file", init.key_file, {.help = "where its new secret key is written", .min = 1, .max = 4096});
}

SelfView view_of(const Office::Self& self) {
  const channel::Certificate& certificate = self.certificate;
  return {certificate.party, certificate.fingerprint.hex(), self.address, certificate.from, certificate.until};
}

Result<SelfView> init(const VerbNeeds& needs, const VerbCall& call, const Init& init) {
  const std::string address = init.address.value_or("");
  if (const auto self = needs.office.self()) {
    const channel::Certificate& ours = self->certificate;
    return fail(ErrorCode::conflict, "name",
                "this house is '" + ours.party + "' already, with fingerprint " + ours.fingerprint.hex() +
                    ", which partners may have pinned; 'puhui federation invite' writes its invitation");
  }
  Faults faults;
  auto identity = channel::Identity::make(init.name, needs.clock.now());
  if (!identity) faults.add("name", identity.error());
  if (!address.empty() && !is_address(address)) faults.add("address", "expected host:port, came '" + address + "'");
  if (needs.files.exists(init.key_file)) {
    faults.add("key_file", "'" + init.key_file + "' stands already; a party's key is never written over");
  }
  TRY(std::move(faults).result());
  TRY(needs.files.write(init.key_file, identity->key_pem(), Privacy::secret));
  if (auto made = needs.office.make_self(identity->certificate(), address, init.key_file, call.caller.name); !made) {
    TRY(needs.files.remove(init.key_file));
    return fail(std::move(made).error());
  }
  return view_of(TRY(needs.office.self()));
}

struct Invite {
  std::string out;
};
void fields(Shape& shape, Invite& invite) {
  shape.field("out", invite.out, {.help = "where the invitation is written", .min = 1, .max = 4096});
}

Result<Invitation> invite(const VerbNeeds& needs, const Invite& invite) {
  const Office::Self self = TRY(needs.office.self());
  const channel::Certificate& certificate = self.certificate;
  Invitation out{certificate.party, certificate.pem, self.address, certificate.fingerprint.hex()};
  TRY(needs.files.write(invite.out, print_json_pretty(to_json(out)) + "\n"));
  return out;
}

std::string tell_invitation(const Invitation& invitation) {
  return "invitation of '" + invitation.name + "' written; send the file, and read its fingerprint out by voice:\n  " +
         invitation.fingerprint + "\n";
}

struct Accept {
  std::string invitation, fingerprint;
};
void fields(Shape& shape, Accept& accept) {
  shape.field("invitation", accept.invitation, {.help = "the partner's invitation, a file", .min = 1, .max = 4096});
  shape.field("fingerprint", accept.fingerprint,
              {.help = "as the partner's people read it to you, 64 hex digits", .min = 1, .max = 128});
}

Result<PartnerView> accept(const VerbNeeds& needs, const VerbCall& call, const Accept& accept) {
  const auto read = [&]() -> Result<Invitation> {
    return read_json<Invitation>(TRY(parse_json(TRY(needs.files.read(accept.invitation, kInvitationBytesMax)))));
  };
  const auto invitation = read();
  if (!invitation) return fail(at(accept.invitation, invitation.error()));
  return needs.office.accept(*invitation, accept.fingerprint, call.caller.name);
}

struct PartnersAnswer {
  std::vector<PartnerView> partners;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, PartnersAnswer& answer) {
  shape.field("partners", answer.partners, {.help = "by name"});
  shape.field("next", answer.next, {.help = "give it as `after` for more"});
  shape.field("at", answer.at);
}

struct Named {
  std::string name;
};
void fields(Shape& shape, Named& named) {
  shape.field("name", named.name, {.help = "the partner", .min = 1, .max = 64});
}

void add_parties(std::vector<Verb>& verbs, const VerbNeeds* needs) {
  verbs.push_back(make_verb<Init, SelfView>(
      local("init", "Make this house a party: a certificate and a secret key."),
      [needs](const VerbCall& call, const Init& in) { return init(*needs, call, in); }, tell<SelfView>));
  verbs.push_back(make_verb<Nothing, SelfView>(
      head("self", "Show this house as a party.", Effect::read),
      [needs](const VerbCall&, const Nothing&) -> Result<SelfView> { return view_of(TRY(needs->office.self())); },
      tell<SelfView>));
  verbs.push_back(make_verb<Invite, Invitation>(
      local("invite", "Write this house's invitation for a partner."),
      [needs](const VerbCall&, const Invite& in) { return invite(*needs, in); }, tell_invitation));
  verbs.push_back(make_verb<Accept, PartnerView>(
      local("accept", "Pin a partner by its invitation, after its fingerprint was compared by voice."),
      [needs](const VerbCall& call, const Accept& in) { return accept(*needs, call, in); }, tell<PartnerView>));
  verbs.push_back(make_verb<Page, PartnersAnswer>(
      head("partners", "List the partners that are pinned, and what was exchanged with them.", Effect::read),
      [needs](const VerbCall&, const Page& page) -> Result<PartnersAnswer> {
        PartnersAnswer out{TRY(needs->office.partners(page.after.value_or(""), page.limit)), {}, needs->clock.now()};
        if (static_cast<int64_t>(out.partners.size()) == page.limit) out.next = out.partners.back().name;
        return out;
      },
      [](const PartnersAnswer& answer) {
        return told_list(answer.partners, answer.next, "no partner is pinned yet: 'puhui federation accept'");
      }));
  verbs.push_back(make_verb<Named, PartnerView>(
      head("drop", "Speak no more with a partner.", Effect::write, {"name"}),
      [needs](const VerbCall& call, const Named& in) { return needs->office.drop(in.name, call.caller.name); },
      tell<PartnerView>));
}

// ---- approvals

struct Approve {
  std::string job, person, key_file;
};
void fields(Shape& shape, Approve& approve) {
  shape.field("job", approve.job, {.help = "the job's file", .min = 1, .max = 4096});
  shape.field("person", approve.person, {.help = "who signs", .min = 1, .max = 64});
  shape.field("key_file", approve.key_file, {.help = "the signer's secret key", .min = 1, .max = 4096});
}

Result<JobView> approve(const VerbNeeds& needs, const VerbCall& call, const Approve& approve) {
  const auto key = evidence::SigningKey::parse(TRY(needs.files.read(approve.key_file, kKeyFileBytesMax)));
  if (!key) return fail(at(approve.key_file, key.error()));
  const std::string file = TRY(needs.files.read(approve.job, kJobFileBytesMax));
  auto kept = needs.office.register_job(file, call.caller.name);
  if (!kept) return fail(at(approve.job, std::move(kept).error()));
  const std::string bytes = TRY(needs.office.approval_bytes(kept->hash, approve.person));
  auto approved = needs.office.approve(kept->hash, approve.person, key->sign(bytes), call.caller.name);
  if (approved || approved.error().faults.empty() || approved.error().faults[0].where != "signature") return approved;
  return fail(ErrorCode::forbidden, "key_file",
              "'" + approve.key_file + "' is not the key of '" + approve.person + "'; everybody signs with one's own");
}

struct Propose {
  std::string file;
};
void fields(Shape& shape, Propose& propose) {
  shape.field("file", propose.file,
              {.help = "the job's file, its very text", .min = 1, .max = static_cast<int64_t>(kJobFileBytesMax)});
}

struct BytesAsked {
  std::string hash;
  std::optional<std::string> person;
};
void fields(Shape& shape, BytesAsked& asked) {
  shape.field("hash", asked.hash, {.help = "the job", .min = 1, .max = 128});
  shape.field("person", asked.person, {.help = "who signs; absent: you", .max = 64});
}

struct BytesAnswer {
  std::string bytes;
  Digest hash;
};
void fields(Shape& shape, BytesAnswer& answer) {
  shape.field("bytes", answer.bytes, {.help = "sign exactly these, as UTF-8, with your Ed25519 key"});
  shape.field("hash", answer.hash, {.help = "the job they name"});
}

struct Sign {
  std::string hash, signature;
  std::optional<std::string> person;
};
void fields(Shape& shape, Sign& sign) {
  shape.field("hash", sign.hash, {.help = "the job", .min = 1, .max = 128});
  shape.field("person", sign.person, {.help = "who signs; absent: you", .max = 64});
  shape.field("signature", sign.signature, {.help = "Ed25519 by your own key, 128 hex digits", .min = 1, .max = 256});
}

// Who sits at a browser signs for oneself alone.
Result<std::string> signer(const Caller& caller, const std::optional<std::string>& person) {
  if (!caller.session.empty() && person && *person != caller.name) {
    return fail(ErrorCode::forbidden, "person", "you are '" + caller.name + "', and sign for nobody else");
  }
  return person.value_or(caller.name);
}

Result<JobView> sign(const VerbNeeds& needs, const VerbCall& call, const Sign& sign) {
  const std::string person = TRY(signer(call.caller, sign.person));
  const auto signature = evidence::Signature::parse(sign.signature);
  if (!signature) return fail(ErrorCode::invalid, "signature", "expected 128 hex digits, an Ed25519 signature");
  const Digest job = TRY(needs.office.find_job(sign.hash)).hash;
  return needs.office.approve(job, person, *signature, call.caller.name);
}

// The same fields are `hash` in some verbs and `job` in others; the fault names the one that was asked for.
Result<KeptJob> job_by_hash(const Office& office, const std::string& hash) {
  auto found = office.find_job(hash);
  if (found) return found;
  Error error = std::move(found).error();
  for (Fault& fault : error.faults) {
    if (fault.where == "job") fault.where = "hash";
  }
  return fail(std::move(error));
}

struct Reject {
  std::string hash, why;
};
void fields(Shape& shape, Reject& reject) {
  shape.field("hash", reject.hash, {.help = "the job", .min = 1, .max = 128});
  shape.field("why", reject.why,
              {.help = "in words, for its maker", .min = 1, .max = static_cast<int64_t>(kWhyBytesMax)});
}

void add_approvals(std::vector<Verb>& verbs, const VerbNeeds* needs) {
  verbs.push_back(make_verb<Approve, JobView>(
      local("approve", "Sign a job's file: the first signer is its maker, a second person its checker."),
      [needs](const VerbCall& call, const Approve& in) { return approve(*needs, call, in); }, tell<JobView>));
  verbs.push_back(make_verb<Propose, JobView>(
      head("propose", "Keep a job that people here shall sign, given whole in the request.", Effect::write),
      [needs](const VerbCall& call, const Propose& in) -> Result<JobView> {
        const KeptJob kept = TRY(needs->office.register_job(in.file, call.caller.name));
        return TRY(needs->office.page(kept.hash)).job;
      },
      tell<JobView>));
  verbs.push_back(make_verb<BytesAsked, BytesAnswer>(
      head("bytes", "Give the exact bytes that a person signs to approve a job.", Effect::read),
      [needs](const VerbCall& call, const BytesAsked& in) -> Result<BytesAnswer> {
        const std::string person = TRY(signer(call.caller, in.person));
        const Digest job = TRY(needs->office.find_job(in.hash)).hash;
        return BytesAnswer{TRY(needs->office.approval_bytes(job, person)), job};
      }));
  verbs.push_back(make_verb<Sign, JobView>(
      head("sign", "Approve a job with a signature made elsewhere.", Effect::write),
      [needs](const VerbCall& call, const Sign& in) { return sign(*needs, call, in); }, tell<JobView>));
  verbs.push_back(make_verb<Reject, JobView>(
      head("reject", "Say no to a job; it does not run here.", Effect::write, {"hash"}),
      [needs](const VerbCall& call, const Reject& in) -> Result<JobView> {
        return needs->office.reject(TRY(job_by_hash(needs->office, in.hash)).hash, in.why, call.caller.name);
      },
      tell<JobView>));
}

// ---- looking

struct JobsAsked : Page {
  std::optional<JobState> state;
};
void fields(Shape& shape, JobsAsked& asked) {
  shape.field("state", asked.state, {.help = "only those that stand so"});
  fields(shape, static_cast<Page&>(asked));
}

struct JobsAnswer {
  std::vector<JobView> jobs;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, JobsAnswer& answer) {
  shape.field("jobs", answer.jobs, {.help = "the newest first"});
  shape.field("next", answer.next, {.help = "give it as `after` for more"});
  shape.field("at", answer.at);
}

struct ByHash {
  std::string hash;
};
void fields(Shape& shape, ByHash& by) {
  shape.field("hash", by.hash,
              {.help = "its hash or a prefix of eight digits or more; a job's name too", .min = 1, .max = 128});
}

struct TranscriptAsked {
  std::string job;
  int64_t limit = 50, after = 0;
  bool verify = false;
};
void fields(Shape& shape, TranscriptAsked& asked) {
  shape.field("job", asked.job, {.help = "its hash or name", .min = 1, .max = 128});
  shape.field("limit", asked.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", asked.after, {.help = "`next` of the page before", .min = 0, .optional = true});
  shape.field("verify", asked.verify, {.help = "walk the chain and check all signatures", .optional = true});
}

struct TranscriptAnswer {
  std::vector<Entry> entries;
  std::optional<int64_t> next;
  std::optional<TranscriptReport> report;
  Timestamp at;
};
void fields(Shape& shape, TranscriptAnswer& answer) {
  shape.field("entries", answer.entries, {.help = "the oldest first"});
  shape.field("next", answer.next, {.help = "give it as `after` for more"});
  shape.field("report", answer.report, {.help = "when asked to verify"});
  shape.field("at", answer.at);
}

Result<TranscriptAnswer> transcript(const VerbNeeds& needs, const TranscriptAsked& asked) {
  TranscriptAnswer out;
  out.at = needs.clock.now();
  const Digest job = TRY(needs.office.find_job(asked.job)).hash;
  const std::string self = TRY(needs.office.self()).certificate.party;
  const auto certificates = TRY(needs.office.certificates());
  TRY(needs.office.store().read([&](Reader& reader) -> Result<void> {
    out.entries = TRY(read_entries(reader, job, asked.after, asked.limit));
    if (asked.verify) out.report = TRY(verify_transcript(reader, job, self, certificates));
    return {};
  }));
  if (static_cast<int64_t>(out.entries.size()) == asked.limit) out.next = out.entries.back().number;
  return out;
}

std::string tell_transcript(const TranscriptAnswer& answer) {
  std::string out;
  for (const Entry& entry : answer.entries) {
    constexpr size_t kShownBytesMax = 160;
    const std::string body = print_json(entry.body);
    const std::string_view shown = cut_utf8(body, kShownBytesMax);
    out += std::to_string(entry.number) + "  " + moment(entry.at) + "  " + entry.kind + "  " + std::string(shown) +
           (shown.size() < body.size() ? "…" : "") + "\n";
  }
  if (answer.entries.empty()) out = "no entries: the job did not run here\n";
  if (answer.next) out += "more with --after " + std::to_string(*answer.next) + "\n";
  if (!answer.report) return out;
  const TranscriptReport& report = *answer.report;
  out += (report.first_break.empty() ? "the chain is whole: " : "the chain breaks at " + report.first_break + "; ") +
         std::to_string(report.entries) + " entries, head " + report.head.hex() + "\n";
  for (const HeadSignature& one : report.signatures) {
    out +=
        "  " + one.by + " signed the transcript of " + one.party + " up to entry " + std::to_string(one.entries) + "\n";
  }
  for (const std::string& fault : report.faults) out += "  does not hold: " + fault + "\n";
  return out;
}

struct LeakageAsked {
  std::optional<std::string> partner;
};
void fields(Shape& shape, LeakageAsked& asked) {
  shape.field("partner", asked.partner, {.help = "only what it was told", .max = 64});
}

struct LeakageAnswer {
  std::vector<LeakageView> leakage;
  Timestamp at;
};
void fields(Shape& shape, LeakageAnswer& answer) {
  shape.field("leakage", answer.leakage, {.help = "by partner, over all jobs"});
  shape.field("at", answer.at);
}

struct ModelsAnswer {
  std::vector<ModelView> models;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ModelsAnswer& answer) {
  shape.field("models", answer.models, {.help = "the newest first"});
  shape.field("next", answer.next, {.help = "give it as `after` for more"});
  shape.field("at", answer.at);
}

void add_looking(std::vector<Verb>& verbs, const VerbNeeds* needs) {
  verbs.push_back(make_verb<JobsAsked, JobsAnswer>(
      head("jobs", "List jobs, the newest first.", Effect::read),
      [needs](const VerbCall&, const JobsAsked& in) -> Result<JobsAnswer> {
        JobsAnswer out{TRY(needs->office.jobs(in.state, in.after.value_or(""), in.limit)), {}, needs->clock.now()};
        if (static_cast<int64_t>(out.jobs.size()) == in.limit) out.next = out.jobs.back().hash.hex();
        return out;
      },
      [](const JobsAnswer& answer) { return told_list(answer.jobs, answer.next, "no jobs"); }));
  verbs.push_back(make_verb<ByHash, JobPage>(
      head("job", "Show a job: its declaration, in words too, approvals, runs and leakage.", Effect::read, {"hash"}),
      [needs](const VerbCall&, const ByHash& in) -> Result<JobPage> {
        return needs->office.page(TRY(job_by_hash(needs->office, in.hash)).hash);
      },
      tell<JobPage>));
  verbs.push_back(make_verb<TranscriptAsked, TranscriptAnswer>(
      head("transcript", "Read what happened in a job, and verify its chain and signatures.", Effect::read, {"job"}),
      [needs](const VerbCall&, const TranscriptAsked& in) { return transcript(*needs, in); }, tell_transcript));
  verbs.push_back(make_verb<LeakageAsked, LeakageAnswer>(
      head("leakage", "Say what this house told its partners beyond results.", Effect::read),
      [needs](const VerbCall&, const LeakageAsked& in) -> Result<LeakageAnswer> {
        return LeakageAnswer{TRY(needs->office.leakage(in.partner.value_or(""))), needs->clock.now()};
      },
      [](const LeakageAnswer& answer) { return told(answer.leakage); }));
  verbs.push_back(make_verb<Page, ModelsAnswer>(
      head("models", "List the federated models of which this house has a part.", Effect::read),
      [needs](const VerbCall&, const Page& page) -> Result<ModelsAnswer> {
        ModelsAnswer out{TRY(needs->office.models(page.after.value_or(""), page.limit)), {}, needs->clock.now()};
        if (static_cast<int64_t>(out.models.size()) == page.limit) out.next = out.models.back().model.hex();
        return out;
      },
      [](const ModelsAnswer& answer) { return told_list(answer.models, answer.next, "no federated models"); }));
  verbs.push_back(make_verb<ByHash, ModelView>(
      head("model", "Show a federated model's card.", Effect::read, {"hash"}),
      [needs](const VerbCall&, const ByHash& in) { return needs->office.model(in.hash); }, tell<ModelView>));
}

}  // namespace

std::vector<Verb> verbs(const VerbNeeds* needs) {
  std::vector<Verb> out;
  add_parties(out, needs);
  add_approvals(out, needs);
  for (Verb& verb : run_verbs(needs)) out.push_back(std::move(verb));
  add_looking(out, needs);
  return out;
}

}  // namespace puhui::federation
