// Drafts: policies that people are still writing, kept on the server with their cases. A draft decides nothing; what
// may decide is a permit. Whoever saves says which revision they had open, so nobody writes over what they never saw.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ground/base/shape.h"
#include "ground/store/store.h"

namespace puhui::workbench {

inline constexpr size_t kDraftNameBytesMax = 200;
inline constexpr size_t kDraftPolicyBytesMax = 2 << 20;
inline constexpr size_t kDraftCasesMax = 500;
inline constexpr size_t kDraftCasesBytesMax = 1 << 20;
inline constexpr int64_t kDraftsMax = 10'000;  // of one store

std::vector<Migration> migrations();

// What the author expects: these inputs, these values of decisions.
struct DraftCase {
  std::string name;
  Json input = Json::Object{};     // the policy's inputs by name; thresholds are the champion's unless given here
  Json expected = Json::Object{};  // decision → value
  bool operator==(const DraftCase&) const = default;
};
void fields(Shape& shape, DraftCase& one);

struct Draft {
  Id128 id;
  std::string name;
  std::string use_case;  // "lending.approval/person_revolving"
  std::string policy;    // DMN
  std::vector<DraftCase> cases;
  std::optional<Digest> base;  // the permit whose policy it began as
  int64_t revision = 0;        // 1 when first saved
  std::string saved_by;
  Timestamp saved_at;
};

void fields(Shape& shape, Draft& draft);
// What its author gives of it: name, use case, policy, cases, base.
void draft_content_fields(Shape& shape, Draft& draft);

// What a list shows of one.
struct DraftEntry {
  Id128 id;
  std::string name, use_case;
  int64_t revision = 0;
  std::string saved_by;
  Timestamp saved_at;
  int64_t policy_bytes = 0, cases = 0;
};
void fields(Shape& shape, DraftEntry& entry);

// A new one: id zero and revision 0. Else `revision` is the one that was open: conflict says who saved since, and when.
// Answers the draft as it lies there now; the same content again is no new revision.
Result<Draft> save_draft(Transaction& tx, Draft draft);
Result<Draft> read_draft(Reader& reader, const Id128& id);  // not_found
// conflict as saving.
Result<void> drop_draft(Transaction& tx, const Id128& id, int64_t revision);

// The last saved first. `after`: where the page before ended.
struct DraftPage {
  std::vector<DraftEntry> drafts;
  std::optional<std::string> next;
};
Result<DraftPage> list_drafts(Reader& reader, const std::optional<std::string>& use_case, size_t limit,
                              const std::optional<std::string>& after);

}  // namespace puhui::workbench
