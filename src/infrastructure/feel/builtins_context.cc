#include <map>

#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/operators.h"

namespace puhui::feel {
namespace {

using Args = std::span<const Value>;

Value get_value(Run& run, Args args, const Place& place) {
  const Value* entry = args[0].find(args[1].as_string());
  return entry != nullptr
             ? *entry
             : run.fail(CauseCode::missing, place, {"the context has no entry '", args[1].as_string(), "'"});
}

Value get_entries(Run& run, Args args, const Place& place) {
  std::vector<Value> entries;
  for (const Entry& entry : args[0].as_context()) {
    const Entry pair[] = {{"key", Value::string(entry.name)}, {"value", entry.value}};
    entries.push_back(run.context(pair, place));
  }
  return run.list(entries, place);
}

// Entries in the order they came, each name once.
class Entries {
 public:
  bool holds(std::string_view name) const { return places_.contains(name); }
  void put(std::string_view name, const Value& value) {
    const auto [at, fresh] = places_.try_emplace(name, entries_.size());
    if (fresh)
      entries_.push_back({name, value});
    else
      entries_[at->second].value = value;
  }
  std::span<const Entry> all() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  std::map<std::string_view, size_t> places_;
};

Value context_of(Run& run, Args args, const Place& place) {
  Entries entries;
  for (const Value& item : args[0].as_list()) {
    const Value* key = item.find("key");
    const Value* value = item.find("value");
    if (key == nullptr || !key->is_string() || value == nullptr) {
      return wrong_argument(run, place, {"context expects entries of a 'key' and a 'value'"});
    }
    if (entries.holds(key->as_string())) {
      return wrong_argument(run, place, {"context expects each key once, '", key->as_string(), "' came twice"});
    }
    entries.put(key->as_string(), *value);
  }
  return run.context(entries.all(), place);
}

Value put_path(Run& run, const Value& context, Args keys, const Value& value, const Place& place) {
  if (keys.empty()) return value;
  if (!keys[0].is_string()) return wrong_argument(run, place, {"context put expects strings as keys"});
  Entries entries;
  for (const Entry& entry : context.as_context()) entries.put(entry.name, entry.value);
  Value inner = value;
  if (keys.size() > 1) {
    const Value* below = context.find(keys[0].as_string());
    if (below == nullptr || below->kind() != Kind::context) {
      return wrong_argument(run, place, {"context put expects a context at every key but the last"});
    }
    inner = put_path(run, *below, keys.subspan(1), value, place);
    if (inner.is_null()) return inner;
  }
  entries.put(keys[0].as_string(), inner);
  return run.context(entries.all(), place);
}

Value context_put(Run& run, Args args, const Place& place) {
  if (args[1].is_string()) return put_path(run, args[0], args.subspan(1, 1), args[2], place);
  if (args[1].kind() == Kind::list && !args[1].as_list().empty()) {
    return put_path(run, args[0], args[1].as_list(), args[2], place);
  }
  return wrong_argument(run, place, {"context put expects a key or a list of keys"});
}

Value context_merge(Run& run, Args args, const Place& place) {
  Entries entries;
  for (const Value& context : args[0].as_list()) {
    if (context.kind() != Kind::context) {
      return run.fail(CauseCode::wrong_type, place, {"context merge expects contexts, came ", name_of(context.kind())});
    }
    for (const Entry& entry : context.as_context()) entries.put(entry.name, entry.value);
  }
  return run.context(entries.all(), place);
}

constexpr Builtin kRows[] = {
    {"get value", "m/c,key/s", 2, 'a', get_value},
    {"get entries", "m/c", 1, 'l', get_entries},
    {"context", "entries/l", 1, 'c', context_of},
    {"context put", "context/c,key or keys/a,value/z", 3, 'c', context_put},
    {"context put", "context/c,key/s,value/z", 3, 'c', context_put},
    {"context put", "context/c,keys/l,value/z", 3, 'c', context_put},
    {"context merge", "contexts/l", 1, 'c', context_merge},
};

}  // namespace

std::span<const Builtin> context_builtins() { return kRows; }

}  // namespace puhui::feel
