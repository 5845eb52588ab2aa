#include "infrastructure/federation/conversion/conversion_party.h"

#include <algorithm>

#include "ground/base/check.h"
#include "infrastructure/federation/conversion/conversion_stage.h"

namespace puhui::federation {

namespace {

constexpr uint8_t kConversionStateVersion = 1;
enum : uint8_t { kAgreed = 1, kTrained = 2, kReported = 4 };

}  // namespace

Result<void> ConversionParty::step(Conversation& with) {
  CHECK(!finished(), "a finished stage is not stepped");
  if (!agreed_) {
    terms_ = TRY(agree(needs_, name(), with));
    seed_ = fresh_noise_seed();
    agreed_ = true;
  } else if (done_ < terms_.buckets) {
    TRY(join(done_, with));
    ++done_;
  } else if (!trained_) {
    TRY(train(with));
    trained_ = true;
  } else {
    report_ = TRY(report(with));
  }
  needs_.progress.step(name(), 1 + done_ + (trained_ ? 1 : 0) + (report_ ? 1 : 0), steps_total());
  return {};
}

std::string ConversionParty::state() const {
  ByteWriter out;
  out.u8(kConversionStateVersion);
  out.u8(static_cast<uint8_t>((agreed_ ? kAgreed : 0) | (trained_ ? kTrained : 0) | (report_ ? kReported : 0)));
  if (!agreed_) return out.take();
  terms_.write(out);
  out.raw({reinterpret_cast<const char*>(seed_.data()), seed_.size()});
  out.unsigned_varint(done_);
  write_own(out);
  if (report_) out.text(report_->written());
  return out.take();
}

Result<void> ConversionParty::restore(std::string_view state) {
  ByteReader in(state);
  if (in.u8() != kConversionStateVersion) in.reject();
  const uint8_t flags = in.u8();
  if (flags != 0 && flags != kAgreed && flags != (kAgreed | kTrained) && flags != (kAgreed | kTrained | kReported)) {
    in.reject();
  }
  agreed_ = (flags & kAgreed) != 0, trained_ = (flags & kTrained) != 0;
  report_.reset();
  done_ = 0;
  if (agreed_) {
    terms_ = MatchingTerms::read(in, needs_.job.parties.size());
    const std::string_view seed = in.raw(seed_.size());
    std::copy(seed.begin(), seed.end(), seed_.begin());
    done_ = in.unsigned_varint();
    if (done_ > terms_.buckets || (trained_ && done_ < terms_.buckets)) in.reject();
    if (in.ok()) read_own(in);
    if ((flags & kReported) != 0) {
      auto report = ConversionReport::read(in.text());
      if (report) report_ = *std::move(report);
      if (!report_) in.reject();
    }
  }
  return in.finish("the state of a conversion");
}

Result<StageResult> ConversionParty::result() {
  CHECK(finished(), "the stage is finished");
  StageResult out;
  out.measures = report_->measures(plan_);
  out.measures.set("rows", static_cast<uint64_t>(needs_.data.row_count()));
  out.measures.set("buckets", terms_.buckets);
  finish(out);
  return out;
}

Result<std::unique_ptr<Stage>> make_conversion_stage(const StageNeeds& needs) {
  const auto plan = TRY(ConversionPlan::of(needs.job));
  TRY(may_match(needs));
  CHECK(needs.data.values.size() == needs.job.parties[needs.self].columns.size(), "the columns of the job");
  const cipher::Kernel kernel = TRY(cipher::chosen_kernel());
  if (needs.self == 1) return make_conversion_platform(needs, plan, kernel);
  CHECK(needs.data.labels.size() == needs.data.row_count(), "the advertiser has labels");
  for (size_t i = 0; i < needs.data.labels.size(); ++i) {
    if (needs.data.labels[i] == 0 || needs.data.labels[i] == 1) continue;
    return fail(ErrorCode::invalid, "row " + std::to_string(i + 1), "expected 0 or 1: converted or not");
  }
  return make_conversion_advertiser(needs, plan, kernel);
}

}  // namespace puhui::federation
