#include "infrastructure/evidence/people.h"

namespace puhui::evidence {

Result<void> add_person(Transaction& tx, const Person& person, Timestamp at) {
  constexpr size_t kNameBytesMax = 64;
  if (person.name.empty() || person.name.size() > kNameBytesMax) {
    return fail(ErrorCode::invalid, "name", "expected 1 to " + std::to_string(kNameBytesMax) + " bytes");
  }
  for (const Person& known : TRY(read_people(tx))) {
    if (known.name == person.name) return fail(ErrorCode::conflict, "name", "'" + person.name + "' is known already");
    if (known.key == person.key)
      return fail(ErrorCode::conflict, "key", "is that of '" + known.name + "'; one key, one person");
  }
  TRY(tx.execute("INSERT INTO evidence_person (name, public_key, may_approve, added_at) VALUES (?, ?, ?, ?)",
                 {person.name, person.key.hex(), int64_t{person.may_approve}, at.microseconds}));
  return {};
}

Result<void> let_approve(Transaction& tx, std::string_view name) {
  TRY(tx.execute("UPDATE evidence_person SET may_approve = 1 WHERE name = ?", {name}));
  return {};
}

Result<std::vector<Person>> read_people(Reader& reader) {
  std::vector<Person> people;
  TRY(reader.each("SELECT name, public_key, may_approve FROM evidence_person ORDER BY name", {},
                  [&](const Row& row) -> Result<void> {
                    const auto key = PublicKey::parse(row.text(1));
                    if (!key)
                      return fail(ErrorCode::corrupt, "person " + std::string(row.text(0)), "the stored key is no key");
                    people.push_back({std::string(row.text(0)), *key, row.integer(2) != 0});
                    return {};
                  }));
  return people;
}

}  // namespace puhui::evidence
