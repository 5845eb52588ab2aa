// The stage around a matching: agree, bucket after bucket with every host, then tell, once enough are common. Between the steps
// nothing is kept but what was found, so that a party that comes back makes new masks and finds the same.
#include <algorithm>

#include "ground/base/check.h"
#include "infrastructure/federation/psi/blocks.h"
#include "infrastructure/federation/psi/common_rows.h"
#include "infrastructure/federation/psi/ecdh_matching.h"
#include "infrastructure/federation/psi/matching_terms.h"
#include "infrastructure/federation/psi/psi.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

constexpr uint8_t kStateVersion = 1;

class MatchingStage final : public Stage {
 public:
  MatchingStage(const StageNeeds& needs, std::string_view name, std::unique_ptr<IdMatching> matching)
      : needs_(needs), name_(name), matching_(std::move(matching)), blocks_(needs.files, needs.work_folder) {}

  std::string_view name() const override { return name_; }
  bool finished() const override { return told_; }
  uint64_t steps_total() const override { return agreed_ ? agreement_.buckets + 2 : 0; }

  Result<void> step(Conversation& with) override {
    CHECK(!told_, "a finished stage is not stepped");
    if (!agreed_) {
      agreement_ = TRY(agree(needs_, matching_->name(), with));
      agreed_ = true;
    } else if (blocks_.count() < agreement_.buckets) {
      TRY(is_guest() ? ask_all(with) : answer(with));
    } else {
      TRY(is_guest() ? tell_all(with) : hear(with));
      told_ = true;
    }
    needs_.progress.step(name_, (agreed_ ? 1 : 0) + blocks_.count() + (told_ ? 1 : 0), steps_total());
    return {};
  }

  std::string state() const override {
    ByteWriter out;
    out.u8(kStateVersion);
    out.u8(static_cast<uint8_t>((agreed_ ? 1 : 0) + (told_ ? 2 : 0)));
    if (agreed_) agreement_.write(out);
    out.unsigned_varint(common_);
    blocks_.write(out);
    return out.take();
  }

  Result<void> restore(std::string_view state) override {
    ByteReader in(state);
    if (in.u8() != kStateVersion) in.reject();
    const uint8_t flags = in.u8();
    if (flags > 3 || flags == 2) in.reject();
    agreed_ = (flags & 1) != 0;
    told_ = (flags & 2) != 0;
    if (agreed_) agreement_ = MatchingTerms::read(in, needs_.job.parties.size());
    common_ = in.unsigned_varint();
    blocks_.read(in);
    const uint64_t blocks_max = agreed_ ? agreement_.buckets + (told_ && !is_guest() ? 1 : 0) : 0;
    if (blocks_.count() > blocks_max) in.reject();
    if (told_ && blocks_.count() < blocks_max) in.reject();
    spread_.reset();
    return in.finish("the state of " + name_);
  }

  Result<StageResult> result() override {
    CHECK(told_, "the stage is finished");
    StageResult out;
    if (is_guest()) {
      for (size_t i = 0; i < blocks_.count(); ++i) {
        const CommonRows common = TRY(common_rows(i));
        out.rows.insert(out.rows.end(), common.rows.begin(), common.rows.end());
      }
    } else if (!guest_only()) {
      out.rows = TRY(read_common_rows(TRY(blocks_.at(agreement_.buckets)), 0, needs_.data.row_count())).rows;
    }
    const auto& ids = needs_.data.ids;
    std::ranges::sort(out.rows, [&](uint32_t a, uint32_t b) { return ids[a] < ids[b]; });
    out.measures.set("matching", matching_->name());
    out.measures.set("rows", static_cast<uint64_t>(needs_.data.row_count()));
    out.measures.set("buckets", agreement_.buckets);
    if (is_guest() || !guest_only()) out.measures.set("rows_common", common_);
    return out;
  }

 private:
  bool is_guest() const { return needs_.self == 0; }
  bool guest_only() const { return needs_.job.intersection.guest_only; }
  size_t hosts() const { return needs_.job.parties.size() - 1; }
  Result<CommonRows> common_rows(size_t bucket) const {
    return read_common_rows(TRY(blocks_.at(bucket)), hosts(), needs_.data.row_count());
  }

  Result<Bucket> bucket(size_t peer, std::span<const uint32_t> order) {
    if (!spread_) spread_.emplace(needs_.data.ids, agreement_.key, agreement_.buckets);
    const uint64_t number = blocks_.count();
    const Bucket out{.number = number,
                     .buckets = agreement_.buckets,
                     .peer = peer,
                     .salt = agreement_.pairs[peer].salt,
                     .ids = needs_.data.ids,
                     .rows = spread_->rows(number),
                     .order = order,
                     .peer_places = agreement_.peer_places(peer)};
    if (out.rows.size() <= order.size()) return out;
    return fail(ErrorCode::conflict, "bucket " + std::to_string(number),
                "more rows than its places, which chance does less than once in 2^40 jobs; run the job afresh");
  }

  Result<void> ask_all(Conversation& with) {
    CommonRows common;
    for (size_t host = 1; host <= hosts(); ++host) {
      const auto order = shuffled(ShuffleSeed::random(), agreement_.places());
      const Bucket with_host = TRY(bucket(host, order));
      if (host == 1) common.rows.assign(with_host.rows.begin(), with_host.rows.end());
      common = narrowed(common, TRY(matching_->ask(with_host, with)));
    }
    TRY(blocks_.add(written(common)));
    common_ += common.count();
    return {};
  }

  // The order in which this host's rows stood is made again when the guest tells places.
  Result<void> answer(Conversation& with) {
    const ShuffleSeed seed = ShuffleSeed::random();
    const auto order = shuffled(seed, agreement_.places());
    const Bucket with_guest = TRY(bucket(0, order));
    needs_.leakage.tell(guest(), "common_ids_at_most", static_cast<int64_t>(with_guest.rows.size()));
    TRY(matching_->answer(with_guest, with));
    return blocks_.add({reinterpret_cast<const char*>(seed.bytes.data()), seed.bytes.size()});
  }

  const std::string& guest() const { return needs_.job.parties[0].name; }

  std::unexpected<Error> too_few() const {
    return fail(ErrorCode::conflict, "intersection.rows_min",
                "fewer than " + std::to_string(needs_.job.intersection.rows_min) +
                    " ids are common; the job ends, and nobody is told which or how many");
  }

  Result<void> tell_all(Conversation& with) {
    const bool enough = common_ >= static_cast<uint64_t>(std::max<int64_t>(needs_.job.intersection.rows_min, 0));
    for (size_t host = 1; host <= hosts(); ++host) {
      ByteWriter outcome;
      outcome.u8(enough ? 1 : 0);
      outcome.unsigned_varint(enough && !guest_only() ? common_ : 0);
      TRY(with.send(host, kPsiOutcome, outcome.bytes()));
      needs_.leakage.tell(needs_.job.parties[host].name, "minimum_reached", 1);
    }
    if (enough && !guest_only()) {
      for (size_t i = 0; i < blocks_.count(); ++i) TRY(tell_places(TRY(common_rows(i)), with));
      for (size_t host = 1; host <= hosts(); ++host) {
        needs_.leakage.tell(needs_.job.parties[host].name, "common_ids", static_cast<int64_t>(common_));
      }
    }
    for (size_t host = 1; host <= hosts(); ++host) TRY(receive_exactly(with, host, kPsiHeard, 1));
    if (!enough) return too_few();
    return {};
  }

  // A bit a place, so that its size tells nothing.
  Result<void> tell_places(const CommonRows& common, Conversation& with) {
    for (size_t host = 1; host <= hosts(); ++host) {
      std::string bits((agreement_.peer_places(host) + 7) / 8, '\0');
      for (const uint32_t place : common.places[host - 1]) {
        if (place / 8 >= bits.size()) return fail(ErrorCode::corrupt, "a place beyond the bucket; run the job afresh");
        bits[place / 8] = static_cast<char>(bits[place / 8] | 1 << place % 8);
      }
      TRY(with.send(host, kPsiPlaces, bits));
    }
    return {};
  }

  Result<void> hear(Conversation& with) {
    const std::string outcome = TRY(receive_at_most(with, 0, kPsiOutcome, 16));
    ByteReader in(outcome);
    const uint8_t enough = in.u8();
    const uint64_t common = in.unsigned_varint();
    TRY(in.finish("the outcome of an intersection"));
    if (enough != 0 && !guest_only()) TRY(hear_places(common, with));
    TRY(with.send(0, kPsiHeard, "+"));
    if (enough == 0) return too_few();
    return {};
  }

  Result<void> hear_places(uint64_t common, Conversation& with) {
    if (common > needs_.data.row_count()) {
      return fail(ErrorCode::corrupt, guest(),
                  "expected at most as many common ids as there are rows, came " + std::to_string(common));
    }
    CommonRows all;
    for (size_t i = 0; i < agreement_.buckets; ++i) TRY(hear_bucket(i, all.rows, with));
    if (all.count() != common) {
      return fail(ErrorCode::corrupt, guest(),
                  "expected " + std::to_string(common) + " places in all, came " + std::to_string(all.count()));
    }
    std::ranges::sort(all.rows);
    TRY(blocks_.add(written(all)));
    common_ = common;
    return {};
  }

  Result<void> hear_bucket(size_t number, std::vector<uint32_t>& rows, Conversation& with) {
    if (!spread_) spread_.emplace(needs_.data.ids, agreement_.key, agreement_.buckets);
    const std::string kept = TRY(blocks_.at(number));
    ShuffleSeed seed;
    if (kept.size() != seed.bytes.size()) return fail(ErrorCode::corrupt, "the state of " + name_ + " holds no order");
    std::copy_n(kept.begin(), kept.size(), seed.bytes.begin());
    const auto order = shuffled(seed, agreement_.places());
    const auto in_bucket = spread_->rows(number);
    const std::string bits = TRY(receive_exactly(with, 0, kPsiPlaces, (order.size() + 7) / 8));
    for (size_t place = 0; place < bits.size() * 8; ++place) {
      if ((bits[place / 8] >> place % 8 & 1) == 0) continue;
      if (place >= order.size() || order[place] >= in_bucket.size()) {
        return fail(ErrorCode::corrupt, guest(),
                    "place " + std::to_string(place) + " of bucket " + std::to_string(number) +
                        " is padding, and cannot be common");
      }
      rows.push_back(in_bucket[order[place]]);
    }
    return {};
  }

  StageNeeds needs_;
  std::string name_;
  std::unique_ptr<IdMatching> matching_;
  bool agreed_ = false, told_ = false;
  MatchingTerms agreement_;
  uint64_t common_ = 0;  // a host's: told at the end
  Blocks blocks_;        // a guest's: common rows by bucket; a host's: seeds by bucket, then its common rows
  std::optional<Spread> spread_;
};

}  // namespace

Result<std::unique_ptr<Stage>> make_matching_stage(const StageNeeds& needs, std::string_view name,
                                                   std::unique_ptr<IdMatching> matching) {
  TRY(may_match(needs));
  return std::make_unique<MatchingStage>(needs, name, std::move(matching));
}

Result<std::unique_ptr<Stage>> make_ecdh_stage(const StageNeeds& needs) {
  return make_matching_stage(needs, "psi_ecdh", std::make_unique<EcdhMatching>(TRY(cipher::chosen_kernel())));
}

}  // namespace puhui::federation
