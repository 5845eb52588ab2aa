// Promotions and what is counted of them, as they lie in the store.
#include "governance/promotion/history.h"
#include "governance/promotion/promotion.h"

namespace puhui::promotion {

std::vector<Migration> migrations() {
  return {{"promotion", 1,
           "CREATE TABLE promotion_run (use_case {text} NOT NULL, id {id} NOT NULL, state {int} NOT NULL, "
           "started_at {int} NOT NULL, body {text} NOT NULL, PRIMARY KEY (use_case, id));"
           "CREATE TABLE promotion_event (use_case {text} NOT NULL, id {id} NOT NULL, number {int} NOT NULL, "
           "happened_at {int} NOT NULL, kind {text} NOT NULL, words {text} NOT NULL, by_whom {text} NOT NULL, "
           "PRIMARY KEY (use_case, id, number));"
           "CREATE TABLE promotion_look (use_case {text} NOT NULL, id {id} NOT NULL, number {int} NOT NULL, "
           "body {text} NOT NULL, PRIMARY KEY (use_case, id, number));"
           "CREATE TABLE promotion_arm (use_case {text} NOT NULL, id {id} NOT NULL, phase {int} NOT NULL, "
           "arm {int} NOT NULL, decisions {int} NOT NULL, approvals {int} NOT NULL, referrals {int} NOT NULL, "
           "failures {int} NOT NULL, cpu_rows {int} NOT NULL, cpu_mean {real} NOT NULL, cpu_squares {real} NOT NULL, "
           "latency_rows {int} NOT NULL, latency_mean {real} NOT NULL, latency_squares {real} NOT NULL, "
           "PRIMARY KEY (use_case, id, phase, arm));"
           "CREATE TABLE promotion_swap (use_case {text} NOT NULL, id {id} NOT NULL, champion {text} NOT NULL, "
           "challenger {text} NOT NULL, decisions {int} NOT NULL, PRIMARY KEY (use_case, id, champion, challenger));"
           "CREATE TABLE promotion_pair (use_case {text} NOT NULL, id {id} NOT NULL, sequence {int} NOT NULL, "
           "champion_ppb {int} NOT NULL, challenger_ppb {int} NOT NULL, PRIMARY KEY (use_case, id, sequence));"
           // The decision seen last: its shadow may lie in the next batch.
           "CREATE TABLE promotion_last (name {text} NOT NULL PRIMARY KEY, sequence {int} NOT NULL, "
           "use_case {text} NOT NULL, outcome {text} NOT NULL, permit {bytes} NOT NULL, probability_ppb {int});"
           // Refusals that were let pass at random.
           "CREATE TABLE promotion_explored (use_case {text} NOT NULL, day {int} NOT NULL, sequence {int} NOT NULL, "
           "propensity_ppb {int} NOT NULL, model_ppb {int} NOT NULL, PRIMARY KEY (use_case, day, sequence));"
           "CREATE TABLE promotion_golden (use_case {text} NOT NULL, place {int} NOT NULL, id {id} NOT NULL, "
           "permit {bytes} NOT NULL, judgement {bytes} NOT NULL, frozen_at {int} NOT NULL, "
           "PRIMARY KEY (use_case, place))"}};
}

namespace {

Result<std::vector<Promotion>> read_promotions(Reader& reader, const std::string& where,
                                               std::span<const Param> params) {
  std::vector<Promotion> out;
  TRY(reader.each("SELECT body FROM promotion_run " + where, params, [&](const Row& row) -> Result<void> {
    out.push_back(TRY(read_json<Promotion>(TRY(parse_json(row.text(0))))));
    return {};
  }));
  return out;
}

}  // namespace

Result<std::optional<Promotion>> open_promotion(Reader& reader, std::string_view use_case) {
  const std::vector<Param> params = {use_case, static_cast<int64_t>(State::running), static_cast<int64_t>(State::held)};
  auto found = TRY(read_promotions(reader, "WHERE use_case = ? AND state IN (?, ?)", params));
  if (found.empty()) return std::optional<Promotion>();
  return std::optional(std::move(found.front()));
}

Result<std::vector<Promotion>> all_promotions(Reader& reader) {
  const std::vector<Param> params = {static_cast<int64_t>(kPromotionsMax)};
  return read_promotions(reader, "ORDER BY started_at DESC, id DESC LIMIT ?", params);
}

Result<std::optional<Promotion>> find_promotion(Reader& reader, PromotionId id) {
  const std::string bytes = id.bytes();
  const std::vector<Param> params = {BytesView{bytes}};
  auto found = TRY(read_promotions(reader, "WHERE id = ?", params));
  if (found.empty()) return std::optional<Promotion>();
  return std::optional(std::move(found.front()));
}

Result<void> put_promotion(Transaction& tx, const Promotion& promotion) {
  const std::string id = promotion.id.bytes();
  TRY(
      tx.execute("INSERT INTO promotion_run (use_case, id, state, started_at, body) VALUES (?, ?, ?, ?, ?) "
                 "ON CONFLICT (use_case, id) DO UPDATE SET state = excluded.state, body = excluded.body",
                 {promotion.use_case, BytesView{id}, static_cast<int64_t>(promotion.state),
                  promotion.started_at.microseconds, print_json(to_json(promotion))}));
  return {};
}

Result<void> put_event(Transaction& tx, const Promotion& promotion, const EventView& event) {
  const std::string id = promotion.id.bytes();
  const int64_t number = TRY(tx.integer("SELECT MAX(number) FROM promotion_event WHERE use_case = ? AND id = ?",
                                        {promotion.use_case, BytesView{id}}))
                             .value_or(0) +
                         1;
  TRY(tx.execute(
      "INSERT INTO promotion_event (use_case, id, number, happened_at, kind, words, by_whom) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {promotion.use_case, BytesView{id}, number, event.at.microseconds, event.kind, event.words, event.by}));
  return {};
}

Result<std::vector<EventView>> read_events(Reader& reader, const Promotion& promotion) {
  const std::string id = promotion.id.bytes();
  std::vector<EventView> out;
  TRY(reader.each(
      "SELECT happened_at, kind, words, by_whom FROM promotion_event WHERE use_case = ? AND id = ? "
      "ORDER BY number DESC LIMIT ?",
      {promotion.use_case, BytesView{id}, kEventsShownMax}, [&](const Row& row) -> Result<void> {
        out.push_back({{row.integer(0)}, std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3))});
        return {};
      }));
  return out;
}

Result<void> put_look(Transaction& tx, const Promotion& promotion, const LookView& look) {
  const std::string id = promotion.id.bytes();
  TRY(tx.execute("INSERT INTO promotion_look (use_case, id, number, body) VALUES (?, ?, ?, ?)",
                 {promotion.use_case, BytesView{id}, look.number, print_json(to_json(look))}));
  return {};
}

Result<std::vector<LookView>> read_looks(Reader& reader, const Promotion& promotion) {
  const std::string id = promotion.id.bytes();
  std::vector<LookView> out;
  TRY(reader.each("SELECT body FROM promotion_look WHERE use_case = ? AND id = ? ORDER BY number",
                  {promotion.use_case, BytesView{id}}, [&](const Row& row) -> Result<void> {
                    out.push_back(TRY(read_json<LookView>(TRY(parse_json(row.text(0))))));
                    return {};
                  }));
  return out;
}

}  // namespace puhui::promotion
