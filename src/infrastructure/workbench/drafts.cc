#include "infrastructure/workbench/drafts.h"

#include "ground/base/schema.h"
#include "ground/base/text.h"

namespace puhui::workbench {

std::vector<Migration> migrations() {
  return {
      {"workbench", 1,
       "CREATE TABLE workbench_draft (id {id} NOT NULL PRIMARY KEY, name {text} NOT NULL, use_case {text} NOT NULL, "
       "policy {text} NOT NULL, cases {text} NOT NULL, case_count {int} NOT NULL, base {bytes}, "
       "revision {int} NOT NULL, saved_by {text} NOT NULL, saved_at {int} NOT NULL)"}};
}

void fields(Shape& shape, DraftCase& one) {
  shape.field("name", one.name, {.help = "what it shows", .min = 1, .max = kDraftNameBytesMax});
  shape.field("input", one.input, {.help = "the policy's inputs by name"});
  shape.field("expected", one.expected, {.help = "the values of decisions by name"});
}

void draft_content_fields(Shape& shape, Draft& draft) {
  shape.field("name", draft.name, {.help = "what its author calls it", .min = 1, .max = kDraftNameBytesMax});
  shape.field(
      "use_case", draft.use_case,
      {.help = "with its scope", .min = 1, .max = kDraftNameBytesMax, .example = "lending.approval/person_revolving"});
  shape.field("policy", draft.policy, {.help = "the DMN", .min = 1, .max = kDraftPolicyBytesMax});
  shape.field("cases", draft.cases, {.help = "what it is tested with", .max = kDraftCasesMax, .optional = true});
  shape.field("base", draft.base, {.help = "the permit whose policy it began as"});
}

void fields(Shape& shape, Draft& draft) {
  shape.field("id", draft.id);
  draft_content_fields(shape, draft);
  shape.field("revision", draft.revision, {.help = "counts its saves"});
  shape.field("saved_by", draft.saved_by);
  shape.field("saved_at", draft.saved_at);
}

void fields(Shape& shape, DraftEntry& entry) {
  shape.field("id", entry.id);
  shape.field("name", entry.name);
  shape.field("use_case", entry.use_case);
  shape.field("revision", entry.revision, {.help = "counts its saves"});
  shape.field("saved_by", entry.saved_by);
  shape.field("saved_at", entry.saved_at);
  shape.field("policy_bytes", entry.policy_bytes, {.help = "size of its DMN, in characters"});
  shape.field("cases", entry.cases, {.help = "how many it is tested with"});
}

namespace {

constexpr size_t kListTake = 1000;

Result<void> check(const Draft& draft, const std::string& cases) {
  Faults faults;
  const auto bounded = [&](std::string_view field, size_t bytes, size_t bytes_max) {
    if (bytes == 0 || bytes > bytes_max) {
      faults.add(std::string(field),
                 "expected 1 to " + std::to_string(bytes_max) + " bytes, came " + std::to_string(bytes));
    }
  };
  bounded("name", draft.name.size(), kDraftNameBytesMax);
  bounded("use_case", draft.use_case.size(), kDraftNameBytesMax);
  bounded("policy", draft.policy.size(), kDraftPolicyBytesMax);
  bounded("cases", cases.size(), kDraftCasesBytesMax);
  if (draft.cases.size() > kDraftCasesMax) {
    faults.add("cases",
               "expected at most " + std::to_string(kDraftCasesMax) + ", came " + std::to_string(draft.cases.size()));
  }
  for (size_t i = 0; i < draft.cases.size(); ++i) {
    const std::string where = "cases/" + std::to_string(i);
    if (!draft.cases[i].input.object()) faults.add(where + "/input", "expected an object of inputs by name");
    if (!draft.cases[i].expected.object()) faults.add(where + "/expected", "expected an object of values by decision");
  }
  return std::move(faults).result();
}

std::string text_of_cases(const std::vector<DraftCase>& cases) {
  Json list = Json::List{};
  for (const DraftCase& one : cases) list.push(to_json(one));
  return print_json(list);
}

Result<std::vector<DraftCase>> cases_of_text(std::string_view text) {
  return read_json<std::vector<DraftCase>>(TRY(parse_json(text)));
}

std::unexpected<Error> stale(const Draft& stored, int64_t had_open) {
  return fail(ErrorCode::conflict, "revision",
              "'" + stored.name + "' was saved by " + stored.saved_by + " at " +
                  form_of(&stored.saved_at).print(&stored.saved_at) + " as revision " +
                  std::to_string(stored.revision) + ", you had revision " + std::to_string(had_open) +
                  " open; open it again, or save yours as a new draft");
}

// Time first, so ids sort as they were made; the rest is a digest of what no two first saves share.
Id128 new_id(const Draft& draft, int64_t drafts_before) {
  const Digest digest = sha256(draft.saved_by + "\n" + std::to_string(draft.saved_at.microseconds) + "\n" +
                               std::to_string(drafts_before) + "\n" + draft.name + "\n" + draft.policy);
  Id128 id = *Id128::from_bytes(digest.view().substr(0, 16));
  const auto milliseconds = static_cast<uint64_t>(draft.saved_at.microseconds / 1000);
  id.high = milliseconds << 16 | (id.high & 0xFFFF);
  return id;
}

Result<Draft> insert(Transaction& tx, Draft draft, const std::string& cases) {
  const int64_t count = TRY(tx.integer("SELECT COUNT(*) FROM workbench_draft")).value_or(0);
  if (count >= kDraftsMax) {
    return fail(ErrorCode::exhausted, "id",
                "there are " + std::to_string(count) + " drafts, which is the most; drop some first");
  }
  draft.id = new_id(draft, count);
  draft.revision = 1;
  const Param base = draft.base ? Param(BytesView{draft.base->view()}) : Param();
  const std::string id = draft.id.bytes();
  TRY(tx.execute(
      "INSERT INTO workbench_draft (id, name, use_case, policy, cases, case_count, base, revision, saved_by, "
      "saved_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {BytesView{id}, draft.name, draft.use_case, draft.policy, cases, static_cast<int64_t>(draft.cases.size()), base,
       draft.revision, draft.saved_by, draft.saved_at.microseconds}));
  return draft;
}

bool same_content(const Draft& a, const Draft& b) {
  return a.name == b.name && a.use_case == b.use_case && a.policy == b.policy && a.cases == b.cases && a.base == b.base;
}

}  // namespace

Result<Draft> save_draft(Transaction& tx, Draft draft) {
  const std::string cases = text_of_cases(draft.cases);
  TRY(check(draft, cases));
  if (draft.id.is_zero()) return insert(tx, std::move(draft), cases);
  const Draft stored = TRY(read_draft(tx, draft.id));
  if (stored.revision != draft.revision) return stale(stored, draft.revision);
  if (same_content(stored, draft)) return stored;
  ++draft.revision;
  const Param base = draft.base ? Param(BytesView{draft.base->view()}) : Param();
  const std::string id = draft.id.bytes();
  TRY(
      tx.execute("UPDATE workbench_draft SET name = ?, use_case = ?, policy = ?, cases = ?, case_count = ?, base = ?, "
                 "revision = ?, saved_by = ?, saved_at = ? WHERE id = ?",
                 {draft.name, draft.use_case, draft.policy, cases, static_cast<int64_t>(draft.cases.size()), base,
                  draft.revision, draft.saved_by, draft.saved_at.microseconds, BytesView{id}}));
  return draft;
}

Result<Draft> read_draft(Reader& reader, const Id128& id) {
  std::optional<Draft> found;
  const std::string key = id.bytes();
  TRY(
      reader.each("SELECT name, use_case, policy, cases, base, revision, saved_by, saved_at FROM workbench_draft "
                  "WHERE id = ?",
                  {BytesView{key}}, [&](const Row& row) -> Result<void> {
                    Draft& draft = found.emplace();
                    draft.id = id;
                    draft.name = row.text(0);
                    draft.use_case = row.text(1);
                    draft.policy = row.text(2);
                    draft.cases = TRY(cases_of_text(row.text(3)));
                    if (!row.is_null(4)) draft.base = Digest::from_bytes(row.bytes(4));
                    draft.revision = row.integer(5);
                    draft.saved_by = row.text(6);
                    draft.saved_at = {row.integer(7)};
                    return {};
                  }));
  if (!found)
    return fail(ErrorCode::not_found, "id", "there is no draft " + id.text() + "; somebody may have dropped it");
  return *std::move(found);
}

Result<void> drop_draft(Transaction& tx, const Id128& id, int64_t revision) {
  const Draft stored = TRY(read_draft(tx, id));
  if (stored.revision != revision) return stale(stored, revision);
  const std::string key = id.bytes();
  TRY(tx.execute("DELETE FROM workbench_draft WHERE id = ?", {BytesView{key}}));
  return {};
}

Result<DraftPage> list_drafts(Reader& reader, const std::optional<std::string>& use_case, size_t limit,
                              const std::optional<std::string>& after) {
  // The cursor is the last row's moment and id.
  int64_t before_us = std::numeric_limits<int64_t>::max();
  std::string before_id(16, '\xff');
  if (after) {
    const size_t dash = after->find('_');
    const auto moment = parse_int64(after->substr(0, dash));
    const auto id = dash == std::string::npos ? std::nullopt : Id128::parse(std::string_view(*after).substr(dash + 1));
    if (!moment || !id)
      return fail(ErrorCode::invalid, "after", "expected the 'next' of a list, came '" + *after + "'");
    before_us = *moment;
    before_id = id->bytes();
  }
  DraftPage page;
  const size_t take = std::min(limit, kListTake);
  TRY(reader.each(
      "SELECT id, name, use_case, revision, saved_by, saved_at, LENGTH(policy), case_count FROM workbench_draft "
      "WHERE (saved_at < ? OR (saved_at = ? AND id < ?)) AND (? = '' OR use_case = ?) "
      "ORDER BY saved_at DESC, id DESC LIMIT ?",
      {before_us, before_us, BytesView{before_id}, use_case.value_or(""), use_case.value_or(""),
       static_cast<int64_t>(take + 1)},
      [&](const Row& row) -> Result<void> {
        page.drafts.push_back({row.id(0),
                               std::string(row.text(1)),
                               std::string(row.text(2)),
                               row.integer(3),
                               std::string(row.text(4)),
                               {row.integer(5)},
                               row.integer(6),
                               row.integer(7)});
        return {};
      }));
  if (page.drafts.size() > take) {
    page.drafts.pop_back();
    const DraftEntry& last = page.drafts.back();
    page.next = std::to_string(last.saved_at.microseconds) + "_" + last.id.text();
  }
  return page;
}

}  // namespace puhui::workbench
