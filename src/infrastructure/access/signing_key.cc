// Signing keys made in the browser: enrolled with a proof, kept sealed.
#include "infrastructure/access/access.h"
#include "infrastructure/access/role.h"

namespace puhui::access {

namespace {

const evidence::Person* person_named(const std::vector<evidence::Person>& people, std::string_view name) {
  for (const evidence::Person& person : people) {
    if (person.name == name) return &person;
  }
  return nullptr;
}

// The key that is enrolled, if the proof holds.
Result<evidence::PublicKey> proven(const Access::Enrolment& enrolment, std::string_view name) {
  Faults faults;
  const auto key = evidence::PublicKey::parse(enrolment.public_key);
  const auto proof = evidence::Signature::parse(enrolment.proof);
  if (!key) faults.add("public_key", "expected 64 hex digits of an Ed25519 key");
  if (!proof) faults.add("proof", "expected 128 hex digits of an Ed25519 signature");
  TRY(std::move(faults).result());
  if (!evidence::verifies(*key, enrolment_text(name, key->hex()), *proof)) {
    return fail(ErrorCode::forbidden, "proof",
                "expected a signature by this key over '" + enrolment_text(name, key->hex()) + "'; sign that text");
  }
  return *key;
}

}  // namespace

std::string enrolment_text(std::string_view name, std::string_view public_key) {
  return "puhui person enrol " + std::string(name) + " " + std::string(public_key);
}

Result<evidence::Person> Access::enrol(const Enrolment& enrolment, const Caller& by) {
  if (by.session.empty()) {
    return fail(ErrorCode::forbidden,
                "only a person who signed in enrols a key here; on the command line use 'person add'");
  }
  const evidence::PublicKey key = TRY(proven(enrolment, by.name));
  const std::lock_guard changing(changing_);
  const User user = TRY(this->user(by.name));
  evidence::Person person{user.name, key, may_approve(user.roles)};
  const Timestamp now = needs_.clock.now();
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const auto people = TRY(evidence::read_people(tx));
    if (const evidence::Person* known = person_named(people, user.name)) {
      if (known->key != key) {
        return fail(ErrorCode::conflict, "public_key",
                    "'" + user.name + "' is known by another key for good; import that key, or ask for a new user");
      }
      if (person.may_approve) TRY(evidence::let_approve(tx, user.name));
      person.may_approve = person.may_approve || known->may_approve;
    } else {
      TRY(evidence::add_person(tx, person, now));
    }
    TRY(put_wrapped_key(tx, {user.name, key.hex(), enrolment.wrapped_key}, now));
    act(user.name, "user " + user.name + " enrolled the signing key " + key.hex());
    return {};
  }));
  const std::unique_lock lock(mutex_);
  with_key_.insert(user.name);
  return person;
}

Result<Access::KnownKey> Access::key_of(std::string_view name) const {
  KnownKey known;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    const auto people = TRY(evidence::read_people(reader));
    if (const evidence::Person* person = person_named(people, name)) known.person = *person;
    if (const auto wrapped = TRY(find_wrapped_key(reader, name))) known.wrapped_key = wrapped->wrapped;
    return {};
  }));
  return known;
}

}  // namespace puhui::access
