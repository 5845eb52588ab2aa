#include "infrastructure/federation/psi/matching_terms.h"

#include <sodium.h>

#include <algorithm>

#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

Digest fresh_nonce() {
  Digest nonce;
  randombytes_buf(nonce.bytes.data(), nonce.bytes.size());
  return nonce;
}

uint64_t fewest_buckets(uint64_t rows, const Job& job) {
  return buckets_for(rows, static_cast<uint64_t>(std::max<int64_t>(job.intersection.bucket_rows_max, 1)));
}

uint64_t announced_max(const Job& job) {
  return announced_rows(static_cast<uint64_t>(std::clamp<int64_t>(job.intersection.probes_max, 0, kRowsMax)));
}

BucketKey key_of(const Digest& guest_nonce) {
  const Digest all = sha256("puhui intersection bucket 1", guest_nonce.view());
  BucketKey key;
  std::copy_n(all.bytes.begin(), key.size(), key.begin());
  return key;
}

// Both sides bring half of it, so neither can make two runs' points link.
Digest salt_of(const Job& job, const Digest& guest_nonce, const Digest& host_nonce) {
  Sha256 hash;
  hash.add("puhui intersection salt 1");
  hash.add(guest_nonce.view());
  hash.add(host_nonce.view());
  hash.add(job.name);
  return hash.digest();
}

Result<void> check_offer(const PsiOffer& offer, std::string_view matching, const StageNeeds& needs, size_t peer) {
  const std::string& name = needs.job.parties[peer].name;
  if (offer.matching != matching) {
    return fail(ErrorCode::corrupt, name,
                "expected matching '" + std::string(matching) + "', came another one; both must run the same job");
  }
  if (offer.rows > announced_max(needs.job)) {
    return fail(ErrorCode::exhausted, name,
                "expected at most " + std::to_string(needs.job.intersection.probes_max) +
                    " ids (intersection.probes_max), came about " + std::to_string(offer.rows) +
                    "; a partner that asks for everybody is refused");
  }
  return {};
}

Result<MatchingTerms> agree_as_guest(const StageNeeds& needs, std::string_view matching, Conversation& with) {
  const size_t parties = needs.job.parties.size();
  MatchingTerms out{.rows = announced_rows(needs.data.row_count()), .buckets = 0, .key = {}, .pairs = {}};
  out.pairs.resize(parties);
  const Digest nonce = fresh_nonce();
  out.key = key_of(nonce);
  out.buckets = fewest_buckets(out.rows, needs.job);
  for (size_t host = 1; host < parties; ++host) {
    const auto offer = TRY(read_offer(TRY(receive_at_most(with, host, kPsiOffer, PsiOffer::kBytesMax))));
    TRY(check_offer(offer, matching, needs, host));
    out.pairs[host] = {salt_of(needs.job, nonce, offer.nonce), offer.rows};
    out.buckets = std::max(out.buckets, fewest_buckets(offer.rows, needs.job));
  }
  for (size_t host = 1; host < parties; ++host) {
    TRY(with.send(host, kPsiTerms, written({std::string(matching), nonce, out.rows, out.buckets})));
  }
  return out;
}

Result<MatchingTerms> agree_as_host(const StageNeeds& needs, std::string_view matching, Conversation& with) {
  MatchingTerms out{.rows = announced_rows(needs.data.row_count()), .buckets = 0, .key = {}, .pairs = {}};
  out.pairs.resize(needs.job.parties.size());
  const Digest nonce = fresh_nonce();
  TRY(with.send(0, kPsiOffer, written({std::string(matching), nonce, out.rows, 0})));
  const auto terms = TRY(read_offer(TRY(receive_at_most(with, 0, kPsiTerms, PsiOffer::kBytesMax))));
  TRY(check_offer(terms, matching, needs, 0));
  // Another host may need more buckets than we two; nobody needs more than the largest set that the job allows.
  const uint64_t fewest = fewest_buckets(std::max(out.rows, terms.rows), needs.job);
  const uint64_t most = std::max(fewest, fewest_buckets(announced_max(needs.job), needs.job));
  if (terms.buckets < fewest || terms.buckets > most) {
    return fail(ErrorCode::corrupt, "buckets",
                "expected from " + std::to_string(fewest) + " to " + std::to_string(most) + ", came " +
                    std::to_string(terms.buckets));
  }
  out.buckets = terms.buckets;
  out.key = key_of(terms.nonce);
  out.pairs[0] = {salt_of(needs.job, terms.nonce, nonce), terms.rows};
  return out;
}

}  // namespace

void MatchingTerms::write(ByteWriter& to) const {
  to.unsigned_varint(rows);
  to.unsigned_varint(buckets);
  to.raw({reinterpret_cast<const char*>(key.data()), key.size()});
  for (const Pair& pair : pairs) to.digest(pair.salt), to.unsigned_varint(pair.rows);
}

MatchingTerms MatchingTerms::read(ByteReader& from, size_t parties) {
  MatchingTerms out;
  out.rows = from.unsigned_varint();
  out.buckets = from.unsigned_varint();
  const std::string_view key = from.raw(out.key.size());
  if (from.ok()) std::copy_n(key.begin(), key.size(), out.key.begin());
  for (size_t i = 0; i < parties && from.ok(); ++i) {
    Pair pair;
    pair.salt = from.digest();
    pair.rows = from.unsigned_varint();
    out.pairs.push_back(pair);
  }
  const bool fits = out.buckets > 0 && out.buckets <= kBucketsMax && out.rows <= announced_rows(kRowsMax);
  if (!fits) from.reject();
  return out;
}

Result<void> may_match(const StageNeeds& needs) {
  const auto& parties = needs.job.parties;
  if (parties.size() < 2 || parties[0].role != Role::guest) {
    return fail(ErrorCode::invalid, "parties", "expected a guest first and a host or more after it");
  }
  if (needs.data.row_count() > static_cast<uint64_t>(std::max<int64_t>(needs.job.intersection.probes_max, 0))) {
    return fail(ErrorCode::exhausted, "intersection.probes_max",
                "expected at most " + std::to_string(needs.job.intersection.probes_max) + " rows, this party has " +
                    std::to_string(needs.data.row_count()) + "; agree on a higher limit, or bring fewer");
  }
  return {};
}

Result<MatchingTerms> agree(const StageNeeds& needs, std::string_view matching, Conversation& with) {
  auto out = needs.self == 0 ? TRY(agree_as_guest(needs, matching, with)) : TRY(agree_as_host(needs, matching, with));
  const auto told = static_cast<int64_t>(out.rows);
  if (needs.self != 0) {
    needs.leakage.tell(needs.job.parties[0].name, "padded_size", told);
  } else {
    for (size_t i = 1; i < needs.job.parties.size(); ++i) {
      needs.leakage.tell(needs.job.parties[i].name, "padded_size", told);
    }
  }
  return out;
}

}  // namespace puhui::federation
