// People: who may propose and sign. A name is given once and keeps its key for good.
#pragma once

#include <vector>

#include "ground/store/store.h"
#include "infrastructure/evidence/permit.h"

namespace puhui::evidence {

// conflict when the name or the key stands already.
Result<void> add_person(Transaction& tx, const Person& person, Timestamp at);
// From now on that person's signatures count. There is no way back: permits in force may stand on them.
Result<void> let_approve(Transaction& tx, std::string_view name);
Result<std::vector<Person>> read_people(Reader& reader);  // by name

}  // namespace puhui::evidence
