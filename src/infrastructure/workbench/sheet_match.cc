#include "infrastructure/workbench/sheet_match.h"

namespace puhui::workbench {
namespace {

// Pairs what is still free on both sides, in passes from the surest reason to the weakest.
class Matching {
 public:
  Matching(size_t old_count, size_t made_count) : used_(old_count, false), sources_(made_count) {}

  template <class Same>
  void same_place(Same same) {
    for (size_t at = 0; at < std::min(used_.size(), sources_.size()); ++at) {
      if (!sources_[at] && !used_[at] && same(at)) take(at, at);
    }
  }
  // Pairs equal keys in order; an empty key pairs with nothing.
  template <class OldKey, class MadeKey>
  void same_key(OldKey old_key, MadeKey made_key) {
    std::map<std::string, std::vector<size_t>> free;  // in falling order: the first is taken from the end
    for (size_t at = used_.size(); at-- > 0;) {
      if (!used_[at]) free[old_key(at)].push_back(at);
    }
    for (size_t at = 0; at < sources_.size(); ++at) {
      if (sources_[at]) continue;
      const std::string key = made_key(at);
      const auto found = key.empty() ? free.end() : free.find(key);
      if (found == free.end() || found->second.empty()) continue;
      take(at, found->second.back());
      found->second.pop_back();
    }
  }
  Sources take() { return std::move(sources_); }

 private:
  void take(size_t made, size_t old) {
    sources_[made] = old;
    used_[old] = true;
  }
  std::vector<bool> used_;
  Sources sources_;
};

void append_key(std::string& key, std::string_view part) {
  key += std::to_string(part.size());
  key += ':';
  key += part;
}

std::string key_of(const TableClause& clause) {
  std::string key;
  for (const auto* part : {&clause.label, &clause.name, &clause.type_ref, &clause.allowed, &clause.otherwise}) {
    append_key(key, *part);
  }
  return key;
}

std::string key_of(const TableLine& line, std::string_view id) {
  std::string key;
  append_key(key, id);
  for (const auto* cells : {&line.inputs, &line.outputs, &line.annotations}) {
    append_key(key, std::to_string(cells->size()));
    for (const std::string& cell : *cells) append_key(key, cell);
  }
  return key;
}

}  // namespace

Sources match_clauses(const std::vector<TableClause>& old, const std::vector<TableClause>& made) {
  Matching matching(old.size(), made.size());
  matching.same_place([&](size_t at) { return old[at] == made[at]; });
  matching.same_key([&](size_t at) { return key_of(old[at]); }, [&](size_t at) { return key_of(made[at]); });
  matching.same_key([&](size_t at) { return old[at].name; }, [&](size_t at) { return made[at].name; });
  matching.same_place([](size_t) { return true; });
  return matching.take();
}

Sources match_rules(const TableContent& old, const TableContent& made) {
  Matching matching(old.rules.size(), made.rules.size());
  const auto old_id = [&](size_t at) { return old.rules[at].id; };
  const auto made_id = [&](size_t at) { return made.rules[at].id; };
  if (made.has_ids) {
    // A copied line has the id of its original: the one that was not changed is the original.
    matching.same_key([&](size_t at) { return key_of(old.rules[at], old_id(at)); },
                      [&](size_t at) { return key_of(made.rules[at], made_id(at)); });
    matching.same_key(old_id, made_id);
  }
  // Ids do not count below where the sheet has none; where it has, only rules without one are left to be found.
  const auto bare = [&](const std::string& id) { return made.has_ids ? id : std::string(); };
  const auto order_key = [&](const std::string& id) { return bare(id).empty() ? "line" : ""; };
  matching.same_key([&](size_t at) { return key_of(old.rules[at], bare(old_id(at))); },
                    [&](size_t at) { return key_of(made.rules[at], bare(made_id(at))); });
  matching.same_key([&](size_t at) { return std::string(order_key(old_id(at))); },
                    [&](size_t at) { return std::string(order_key(made_id(at))); });
  return matching.take();
}

bool is_unmoved(const Sources& sources, size_t old_count) {
  if (sources.size() != old_count) return false;
  for (size_t at = 0; at < sources.size(); ++at) {
    if (sources[at] != at) return false;
  }
  return true;
}

}  // namespace puhui::workbench
