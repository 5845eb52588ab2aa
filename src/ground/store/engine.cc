#include "ground/store/engine.h"

#include "ground/base/text.h"

namespace puhui {

void Connection::open_closure(Savepoints savepoints) {
  savepoints_ = savepoints;
  touched_ = false;
  savepoint_set_ = false;
  failure_.reset();
}

Result<void> Connection::touch() {
  if (touched_) return {};
  touched_ = true;
  if (savepoints_ == Savepoints::spare) return {};
  TRY(savepoint("SAVEPOINT closure"));
  savepoint_set_ = true;
  return {};
}

Result<void> Connection::keep_closure() {
  if (!savepoint_set_) return {};
  savepoint_set_ = false;
  return savepoint("RELEASE SAVEPOINT closure");
}

bool Connection::undo_closure() {
  if (damage_ != Damage::none && damage_ != Damage::statement) return false;
  if (!touched_) {
    damage_ = Damage::none;
    return true;
  }
  if (!savepoint_set_) return false;
  savepoint_set_ = false;
  if (!savepoint("ROLLBACK TO SAVEPOINT closure")) return false;
  if (!savepoint("RELEASE SAVEPOINT closure")) return false;
  damage_ = Damage::none;
  return true;
}

std::unexpected<Error> Connection::damaged(Damage damage, Error error) {
  damage_ = std::max(damage_, damage);
  if (!failure_) failure_ = error;
  return fail(std::move(error));
}

void Connection::forget_damage() {
  damage_ = Damage::none;
  failure_.reset();
  savepoints_ = Savepoints::spare;
  touched_ = savepoint_set_ = false;
}

std::string replace_words(std::string_view sql, const EngineWords& words) {
  const std::pair<std::string_view, std::string_view> pairs[] = {
      {"{id}", words.id},     {"{bytes}", words.bytes}, {"{int}", words.integer},
      {"{real}", words.real}, {"{text}", words.text},   {"{clustered}", words.clustered}};
  std::string out(sql);
  for (const auto& [word, replacement] : pairs) {
    for (size_t at = 0; (at = out.find(word, at)) != std::string::npos; at += replacement.size()) {
      out.replace(at, word.size(), replacement);
    }
  }
  return out;
}

std::vector<std::string> statements_of(std::string_view sql) {
  std::vector<std::string> out;
  std::string statement;
  bool quoted = false;
  for (size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (c == '\'') quoted = !quoted;
    if (!quoted && sql.substr(i, 2) == "--") {
      i = std::min(sql.find('\n', i), sql.size());
      statement += ' ';
    } else if (c == ';' && !quoted) {
      if (!trim(statement).empty()) out.emplace_back(trim(statement));
      statement.clear();
    } else {
      statement += c;
    }
  }
  if (!trim(statement).empty()) out.emplace_back(trim(statement));
  return out;
}

}  // namespace puhui
