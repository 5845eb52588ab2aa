#include "infrastructure/kernel/permit_verbs.h"

namespace puhui::kernel {

using evidence::Permit;
using evidence::Person;

namespace {

constexpr size_t kPermitFileBytesMax = 1 << 20, kKeyFileBytesMax = 4096;

struct Nothing {};
void fields(Shape&, Nothing&) {}

// ---- person add, person list

struct PersonRequest {
  std::string name, key_file;
  bool may_approve = false;
};
void fields(Shape& shape, PersonRequest& request) {
  shape.field("name", request.name, {.help = "who it is", .min = 1, .max = 64, .example = "wang-fang"});
  shape.field("key_file", request.key_file,
              {.help = "where the person's secret signing key is; a new one is made when there is none",
               .min = 1,
               .max = 4096});
  shape.field("may_approve", request.may_approve, {.help = "may sign permits", .optional = true});
}

struct PersonView {
  std::string name, public_key;
  bool may_approve = false;
};
void fields(Shape& shape, PersonView& view) {
  shape.field("name", view.name, {.help = "who it is"});
  shape.field("public_key", view.public_key, {.help = "Ed25519, 64 hex digits"});
  shape.field("may_approve", view.may_approve, {.help = "may sign permits"});
}

Result<evidence::SigningKey> read_key(const Files& files, const std::string& path) {
  auto key = evidence::SigningKey::parse(TRY(files.read(path, kKeyFileBytesMax)));
  if (!key) return fail(at(path, std::move(key).error()));
  return *std::move(key);
}

Result<std::vector<Person>> known_people(const PermitVerbNeeds& needs) {
  std::vector<Person> people;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    people = TRY(evidence::read_people(reader));
    return {};
  }));
  return people;
}

const Person* find(const std::vector<Person>& people, std::string_view name) {
  const auto found = std::find_if(people.begin(), people.end(), [&](const Person& p) { return p.name == name; });
  return found == people.end() ? nullptr : &*found;
}

Result<PersonView> add_person(const PermitVerbNeeds& needs, const PersonRequest& request) {
  // Looked up first: a name that is refused must not leave a key file behind.
  if (find(TRY(known_people(needs)), request.name)) {
    return fail(ErrorCode::conflict, "name", "'" + request.name + "' is known already");
  }
  if (!needs.files.exists(request.key_file)) {
    TRY(needs.files.write(request.key_file, evidence::SigningKey::make().seed_hex() + "\n", Privacy::secret));
  }
  const auto key = TRY(read_key(needs.files, request.key_file));
  const Person person{request.name, key.public_key(), request.may_approve};
  TRY(needs.store.write([&](Transaction& tx) { return evidence::add_person(tx, person, needs.clock.now()); }));
  return PersonView{person.name, person.key.hex(), person.may_approve};
}

struct PeopleView {
  std::vector<PersonView> people;
};
void fields(Shape& shape, PeopleView& view) { shape.field("people", view.people, {.help = "by name"}); }

Result<PeopleView> list_people(const PermitVerbNeeds& needs) {
  PeopleView out;
  for (const Person& person : TRY(known_people(needs))) {
    out.people.push_back({person.name, person.key.hex(), person.may_approve});
  }
  return out;
}

// ---- permit sign, grant, list

struct SignRequest {
  std::string permit, person, key_file;
};
void fields(Shape& shape, SignRequest& request) {
  shape.field("permit", request.permit,
              {.help = "the permit's file; the signature is added to it", .min = 1, .max = 4096});
  shape.field("person", request.person, {.help = "who signs", .min = 1, .max = 64});
  shape.field("key_file", request.key_file, {.help = "the signer's secret key", .min = 1, .max = 4096});
}

Result<Permit> read_permit(const Files& files, const std::string& path) {
  const auto read = [&]() -> Result<Permit> {
    return read_json<Permit>(TRY(parse_json(TRY(files.read(path, kPermitFileBytesMax)))));
  };
  auto permit = read();
  if (!permit) return fail(at(path, std::move(permit).error()));
  return *std::move(permit);
}

Result<Permit> sign(const PermitVerbNeeds& needs, const SignRequest& request) {
  Permit permit = TRY(read_permit(needs.files, request.permit));
  if (request.person == permit.manifest.author) {
    return fail(ErrorCode::forbidden, "person",
                "'" + request.person + "' wrote this manifest; two other people must sign it");
  }
  const auto key = TRY(read_key(needs.files, request.key_file));
  const auto people = TRY(known_people(needs));
  if (const Person* person = find(people, request.person); person && person->key != key.public_key()) {
    return fail(ErrorCode::forbidden, "key_file",
                "holds another key than the one '" + request.person + "' is known by; sign with your own");
  }
  std::erase_if(permit.approvals, [&](const evidence::Approval& a) { return a.person == request.person; });
  permit.approvals.push_back(evidence::approve(permit.manifest, request.person, needs.clock.now(), key));
  TRY(needs.files.write(request.permit, print_json_pretty(to_json(permit)) + "\n"));
  return permit;
}

struct GrantRequest {
  std::string file;
};
void fields(Shape& shape, GrantRequest& request) {
  shape.field("file", request.file, {.help = "the signed permit", .min = 1, .max = 4096});
}

struct InForceView {
  std::string use_case, author;
  Digest permit;
  Timestamp expires_at;
  std::vector<std::string> signed_by;
};
void fields(Shape& shape, InForceView& view) {
  shape.field("use_case", view.use_case, {.help = "what decides"});
  shape.field("permit", view.permit, {.help = "SHA-256 of its manifest"});
  shape.field("author", view.author, {.help = "who proposed it"});
  shape.field("signed_by", view.signed_by, {.help = "who said yes"});
  shape.field("expires_at", view.expires_at, {.help = "from when on it decides no more"});
}

InForceView view_of(const Permit& permit) {
  InForceView view{
      permit.manifest.use_case, permit.manifest.author, permit.manifest.digest(), permit.manifest.expires_at, {}};
  for (const evidence::Approval& approval : permit.approvals) view.signed_by.push_back(approval.person);
  return view;
}

struct InForceList {
  std::vector<InForceView> permits;
};
void fields(Shape& shape, InForceList& list) { shape.field("permits", list.permits, {.help = "by use case"}); }

}  // namespace

std::vector<Verb> permit_verbs(const PermitVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<PersonRequest, PersonView>(
      {.noun = "person",
       .verb = "add",
       .help = "Make a person known by a signing key; a name keeps its key for good.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall&, const PersonRequest& request) { return add_person(*needs, request); }));
  verbs.push_back(make_verb<Nothing, PeopleView>(
      {.noun = "person", .verb = "list", .help = "List the people who may propose and sign."},
      [needs](const VerbCall&, const Nothing&) { return list_people(*needs); }));
  verbs.push_back(make_verb<SignRequest, Permit>(
      {.noun = "permit",
       .verb = "sign",
       .help = "Add a person's signature to a proposed permit.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall&, const SignRequest& request) { return sign(*needs, request); }));
  verbs.push_back(make_verb<GrantRequest, InForceView>(
      {.noun = "permit",
       .verb = "grant",
       .help = "Put a signed permit file in force: from then on it decides.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall& call, const GrantRequest& request) -> Result<InForceView> {
        const Permit permit = TRY(read_permit(needs->files, request.file));
        TRY(needs->kernel.grant(permit, call.caller.name));
        return view_of(permit);
      }));
  verbs.push_back(
      make_verb<Permit, InForceView>({.noun = "permit",
                                      .verb = "submit",
                                      .help = "Put a signed permit in force, given whole in the request.",
                                      .effect = Effect::write},
                                     [needs](const VerbCall& call, const Permit& permit) -> Result<InForceView> {
                                       TRY(needs->kernel.grant(permit, call.caller.name));
                                       return view_of(permit);
                                     }));
  verbs.push_back(make_verb<Nothing, InForceList>(
      {.noun = "permit", .verb = "list", .help = "List what decides now, and who signed it."},
      [needs](const VerbCall&, const Nothing&) -> Result<InForceList> {
        InForceList list;
        for (const auto& version : needs->kernel.all_in_force()) list.permits.push_back(view_of(version->permit()));
        return list;
      }));
  return verbs;
}

}  // namespace puhui::kernel
