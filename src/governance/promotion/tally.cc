#include "governance/promotion/tally.h"

#include <algorithm>

#include "infrastructure/kernel/decision.h"
#include "infrastructure/kernel/routing.h"

namespace puhui::promotion {

namespace {

constexpr std::string_view kRefer = "refer", kFailed = "failed", kName = "promotion";
constexpr double kSlowestUs = 50'000;  // one stall of the machine must not outweigh a thousand decisions

double held_us(int64_t ns) { return std::min(static_cast<double>(ns) / 1000, kSlowestUs); }

// A stop's referral to a person says nothing of any version.
bool is_referral_of_a_stop(const evidence::Judgement& judgement) {
  return judgement.rules_hit.empty() && judgement.reasons.size() == 1 &&
         judgement.reasons[0].code == kernel::kStoppedReason;
}

// The probability it was decided by: the policy's own where it says one (a prior for who has no record), else the first
// model's.
std::optional<int64_t> score_of(const evidence::Judgement& judgement) {
  const auto* decided = judgement.output(kProbabilityDecision);
  const auto* number = decided ? std::get_if<evidence::Number>(decided) : nullptr;
  if (number && number->as_double() >= 0 && number->as_double() <= 1) {
    return Rate::from_double(number->as_double()).ppb;
  }
  if (judgement.models.empty()) return std::nullopt;
  return judgement.models.front().probability_ppb;
}

void count(ArmCount& arm, const evidence::Judgement& judgement, const evidence::Circumstances& circumstances) {
  const std::string_view outcome = kernel::outcome_of(judgement);
  arm.decisions += 1;
  arm.failures += outcome == kFailed;
  arm.approvals += outcome == kernel::kApprove;
  arm.referrals += outcome == kRefer;
  arm.cpu_us.add(held_us(circumstances.cpu_ns));
  arm.latency_us.add(held_us(circumstances.cpu_ns + circumstances.overhead_ns));
}

// The draw's own share, where the policy let a refusal pass at random.
std::optional<int64_t> propensity_ppb(const evidence::Judgement& judgement) {
  const auto* value = judgement.output(kernel::kPropensityDecision);
  const auto* number = value ? std::get_if<evidence::Number>(value) : nullptr;
  if (!number) return std::nullopt;
  const double share = number->as_double();
  if (!(share > 0 && share <= 1)) return std::nullopt;
  return Rate::from_double(share).ppb;
}

}  // namespace

void ArmCount::add(const ArmCount& other) {
  decisions += other.decisions, approvals += other.approvals, referrals += other.referrals, failures += other.failures;
  cpu_us.add(other.cpu_us);
  latency_us.add(other.latency_us);
}

const ArmCount& Tallied::arm(size_t phase, Arm arm) const {
  static const ArmCount kNothing;
  const auto found = arms.find({phase, arm});
  return found == arms.end() ? kNothing : found->second;
}

// ---- seeing

void Tally::follow(std::vector<Promotion> open) {
  const std::lock_guard lock(mutex_);
  followed_.clear();
  for (Promotion& promotion : open) {
    followed_.push_back(
        {promotion.id, promotion.use_case, promotion.champion, promotion.challenger, std::move(promotion.phase_after)});
  }
}

const Tally::Followed* Tally::followed(const std::string& use_case, uint64_t sequence) const {
  const auto found = std::ranges::find(followed_, use_case, &Followed::use_case);
  if (found == followed_.end() || found->phase_after.empty()) return nullptr;
  return static_cast<int64_t>(sequence) > found->phase_after.front() ? &*found : nullptr;
}

void Tally::see(const kernel::Seen& seen) {
  const std::lock_guard lock(mutex_);
  seen.record.kind == evidence::RecordKind::shadow ? see_shadow(seen) : see_decision(seen);
}

namespace {
size_t phase_of(const std::vector<int64_t>& phase_after, uint64_t sequence) {
  const auto next = std::ranges::lower_bound(phase_after, static_cast<int64_t>(sequence));
  return static_cast<size_t>(next - phase_after.begin()) - 1;
}
}  // namespace

void Tally::see_decision(const kernel::Seen& seen) {
  const evidence::Judgement& judgement = seen.judgement;
  const uint64_t sequence = seen.record.id.sequence();
  last_ = {sequence, judgement.use_case, std::string(kernel::outcome_of(judgement)), judgement.permit,
           score_of(judgement)};
  if (const auto propensity = propensity_ppb(judgement)) {
    explored_.push_back({judgement.use_case, date_of(seen.circumstances.at).days, static_cast<int64_t>(sequence),
                         *propensity, score_of(judgement).value_or(-1)});
  }
  const Followed* promotion = followed(judgement.use_case, sequence);
  if (!promotion || is_referral_of_a_stop(judgement)) return;
  const bool champion = judgement.permit == promotion->champion;
  if (!champion && judgement.permit != promotion->challenger) return;
  const size_t phase = phase_of(promotion->phase_after, sequence);
  const Key key{promotion->use_case, promotion->id};
  count(arms_[{key, phase, champion ? Arm::champion : Arm::challenger}], judgement, seen.circumstances);
}

void Tally::see_shadow(const kernel::Seen& seen) {
  const uint64_t sequence = seen.record.id.sequence();
  const Followed* promotion = followed(seen.judgement.use_case, sequence);
  const bool ours = promotion && seen.judgement.permit == promotion->challenger && last_.sequence + 1 == sequence &&
                    last_.permit == promotion->champion;
  if (!ours) return;
  const Key key{promotion->use_case, promotion->id};
  count(arms_[{key, phase_of(promotion->phase_after, sequence), Arm::shadow}], seen.judgement, seen.circumstances);
  swaps_[{key, last_.outcome, std::string(kernel::outcome_of(seen.judgement))}] += 1;
  const auto score = score_of(seen.judgement);
  if (score && last_.probability_ppb) {
    pairs_.push_back(
        {promotion->id, promotion->use_case, static_cast<int64_t>(last_.sequence), *last_.probability_ppb, *score});
  }
}

// ---- keeping

Result<void> Tally::open(Store& store) {
  return store.read([&](Reader& reader) {
    return reader.each("SELECT sequence, use_case, outcome, permit, probability_ppb FROM promotion_last WHERE name = ?",
                       {kName}, [&](const Row& row) -> Result<void> {
                         last_ = {static_cast<uint64_t>(row.integer(0)), std::string(row.text(1)),
                                  std::string(row.text(2)), Digest::from_bytes(row.bytes(3)).value_or(Digest{}),
                                  row.is_null(4) ? std::nullopt : std::optional(row.integer(4))};
                         settled_last_ = last_;
                         return {};
                       });
  });
}

namespace {

Result<ArmCount> read_arm(Reader& reader, const std::string& use_case, const std::string& id, size_t phase, Arm arm) {
  ArmCount out;
  TRY(
      reader.each("SELECT decisions, approvals, referrals, failures, cpu_rows, cpu_mean, cpu_squares, latency_rows, "
                  "latency_mean, latency_squares FROM promotion_arm "
                  "WHERE use_case = ? AND id = ? AND phase = ? AND arm = ?",
                  {use_case, BytesView{id}, static_cast<int64_t>(phase), static_cast<int64_t>(arm)},
                  [&](const Row& row) -> Result<void> {
                    out = {row.integer(0),
                           row.integer(1),
                           row.integer(2),
                           row.integer(3),
                           {static_cast<uint64_t>(row.integer(4)), row.real(5), row.real(6)},
                           {static_cast<uint64_t>(row.integer(7)), row.real(8), row.real(9)}};
                    return {};
                  }));
  return out;
}

}  // namespace

Result<void> Tally::flush_arms(Transaction& tx) {
  for (const auto& [place, seen] : arms_) {
    const auto& [key, phase, arm] = place;
    const std::string id = key.id.bytes();
    ArmCount all = TRY(read_arm(tx, key.use_case, id, phase, arm));
    all.add(seen);
    TRY(tx.execute("DELETE FROM promotion_arm WHERE use_case = ? AND id = ? AND phase = ? AND arm = ?",
                   {key.use_case, BytesView{id}, static_cast<int64_t>(phase), static_cast<int64_t>(arm)}));
    TRY(tx.execute(
        "INSERT INTO promotion_arm (use_case, id, phase, arm, decisions, approvals, referrals, failures, cpu_rows, "
        "cpu_mean, cpu_squares, latency_rows, latency_mean, latency_squares) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {key.use_case, BytesView{id}, static_cast<int64_t>(phase), static_cast<int64_t>(arm), all.decisions,
         all.approvals, all.referrals, all.failures, static_cast<int64_t>(all.cpu_us.rows), all.cpu_us.mean,
         all.cpu_us.squares, static_cast<int64_t>(all.latency_us.rows), all.latency_us.mean, all.latency_us.squares}));
  }
  return {};
}

Result<void> Tally::flush_swaps(Transaction& tx) {
  for (const auto& [place, decisions] : swaps_) {
    const auto& [key, champion, challenger] = place;
    const std::string id = key.id.bytes();
    TRY(
        tx.execute("INSERT INTO promotion_swap (use_case, id, champion, challenger, decisions) VALUES (?, ?, ?, ?, ?) "
                   "ON CONFLICT (use_case, id, champion, challenger) DO UPDATE SET "
                   "decisions = promotion_swap.decisions + excluded.decisions",
                   {key.use_case, BytesView{id}, champion, challenger, decisions}));
  }
  return {};
}

Result<void> Tally::flush_pairs(Transaction& tx) {
  static const AppendTable kTable{"promotion_pair", {"use_case", "id", "sequence", "champion_ppb", "challenger_ppb"}};
  std::vector<std::string> ids;
  for (const Pair& pair : pairs_) ids.push_back(pair.id.bytes());
  std::vector<Param> cells;
  for (size_t i = 0; i < pairs_.size(); ++i) {
    const Pair& pair = pairs_[i];
    cells.insert(cells.end(), {Param(pair.use_case), Param(BytesView{ids[i]}), Param(pair.sequence),
                               Param(pair.champion_ppb), Param(pair.challenger_ppb)});
  }
  return cells.empty() ? Result<void>() : tx.append(kTable, cells);
}

Result<void> Tally::flush_explored(Transaction& tx) {
  for (const Explored& one : explored_) {
    TRY(
        tx.execute("INSERT INTO promotion_explored (use_case, day, sequence, propensity_ppb, model_ppb) "
                   "VALUES (?, ?, ?, ?, ?)",
                   {one.use_case, one.day, one.sequence, one.propensity_ppb, one.model_ppb}));
  }
  return {};
}

Result<void> Tally::flush(Transaction& tx) {
  TRY(flush_arms(tx));
  TRY(flush_swaps(tx));
  TRY(flush_pairs(tx));
  TRY(flush_explored(tx));
  TRY(
      tx.execute("INSERT INTO promotion_last (name, sequence, use_case, outcome, permit, probability_ppb) "
                 "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence, "
                 "use_case = excluded.use_case, outcome = excluded.outcome, permit = excluded.permit, "
                 "probability_ppb = excluded.probability_ppb",
                 {kName, static_cast<int64_t>(last_.sequence), last_.use_case, last_.outcome,
                  BytesView{last_.permit.view()}, last_.probability_ppb ? Param(*last_.probability_ppb) : Param()}));
  return {};
}

void Tally::settled() {
  settled_last_ = last_;
  arms_.clear(), swaps_.clear(), pairs_.clear(), explored_.clear();
}

void Tally::dropped() {
  last_ = settled_last_;
  arms_.clear(), swaps_.clear(), pairs_.clear(), explored_.clear();
}

// ---- reading

Result<Tallied> read_tally(Reader& reader, const Promotion& promotion) {
  Tallied out;
  const std::string id = promotion.id.bytes();
  for (size_t phase = 0; phase <= promotion.phase(); ++phase) {
    for (size_t arm = 0; arm < kArms; ++arm) {
      const auto which = static_cast<Arm>(arm);
      ArmCount seen = TRY(read_arm(reader, promotion.use_case, id, phase, which));
      if (seen.decisions > 0) out.arms.emplace(std::pair(phase, which), seen);
    }
  }
  TRY(
      reader.each("SELECT champion, challenger, decisions FROM promotion_swap WHERE use_case = ? AND id = ? "
                  "ORDER BY champion, challenger",
                  {promotion.use_case, BytesView{id}}, [&](const Row& row) -> Result<void> {
                    out.swaps.push_back({std::string(row.text(0)), std::string(row.text(1)), row.integer(2)});
                    return {};
                  }));
  return out;
}

Result<MaturedPairs> read_matured(Reader& reader, const Promotion& promotion, std::string_view outcome,
                                  Timestamp known_by) {
  constexpr int64_t kRowsMax = 10'000'000;
  constexpr double kBillion = 1e9;
  MaturedPairs out;
  const std::string id = promotion.id.bytes();
  TRY(
      reader.each("SELECT p.champion_ppb, p.challenger_ppb, o.value FROM promotion_pair p JOIN evidence_outcome o "
                  "ON o.node = 0 AND o.sequence = p.sequence AND o.name = ? "
                  "WHERE p.use_case = ? AND p.id = ? AND o.known_at <= ? ORDER BY p.sequence LIMIT ?",
                  {outcome, promotion.use_case, BytesView{id}, known_by.microseconds, kRowsMax},
                  [&](const Row& row) -> Result<void> {
                    out.champion.push_back(static_cast<double>(row.integer(0)) / kBillion);
                    out.challenger.push_back(static_cast<double>(row.integer(1)) / kBillion);
                    out.bad.push_back(row.integer(2) == 1);
                    return {};
                  }));
  return out;
}

Result<int64_t> count_pairs(Reader& reader, const Promotion& promotion) {
  const std::string id = promotion.id.bytes();
  return TRY(reader.integer("SELECT COUNT(*) FROM promotion_pair WHERE use_case = ? AND id = ?",
                            {promotion.use_case, BytesView{id}}))
      .value_or(0);
}

}  // namespace puhui::promotion
