// Private join and compute (Ion et al., 2020), turned so that the guest alone learns: both mask and shuffle, the guest sees which tags meet
// but not whose, adds up the host's ciphertexts over them, and lays a mask over the sum before the host opens it. Guest and host then hold
// shares of every bucket's sum, so no key outlives a step; the host's noise is drawn before the first bucket and kept, so that a break
// never shows the guest two draws of it.
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "ground/base/check.h"
#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/psi/aggregate_terms.h"
#include "infrastructure/federation/psi/ecdh_matching.h"
#include "infrastructure/federation/psi/masking.h"
#include "infrastructure/federation/psi/matching_terms.h"
#include "infrastructure/federation/psi/psi.h"
#include "infrastructure/federation/psi/tags.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

using cipher::Ciphertexts;
using cipher::Integers;

constexpr uint8_t kStateVersion = 1;
constexpr size_t kKeyBytesMax = 64 << 10;
constexpr size_t kShareBytes = kSumBits / 8;

// One share a column, modulo 2^128.
using Shares = std::vector<Wide>;

std::string written(const Shares& shares) {
  ByteWriter out;
  for (const Wide share : shares) out.u64(static_cast<uint64_t>(share)), out.u64(static_cast<uint64_t>(share >> 64));
  return out.take();
}

Shares read_shares(ByteReader& in, size_t columns) {
  Shares out;
  for (size_t i = 0; i < columns; ++i) {
    const Wide low = in.u64();
    out.push_back(low | Wide{in.u64()} << 64);
  }
  return out;
}

// A bucket's ids with the dummies behind them. No id begins with a byte that no UTF-8 has, so a dummy meets none.
struct Items {
  std::vector<std::string> ids;
  std::vector<uint32_t> rows, order;

  Items(std::span<const std::string> all, std::span<const uint32_t> of_bucket, uint64_t dummies, size_t places) {
    ids.reserve(of_bucket.size() + dummies);
    for (const uint32_t row : of_bucket) ids.push_back(all[row]);
    for (uint64_t i = 0; i < dummies; ++i) ids.push_back("\xFF" + std::to_string(i));
    rows.resize(ids.size());
    std::iota(rows.begin(), rows.end(), 0U);
    order = shuffled(ShuffleSeed::random(), places);
  }
};

class AggregateStage final : public Stage {
 public:
  AggregateStage(const StageNeeds& needs, AggregateTerms terms, cipher::Kernel kernel)
      : needs_(needs), terms_(terms), kernel_(kernel), curve_(kernel), shares_(terms.columns) {}

  std::string_view name() const override { return "aggregate"; }
  bool finished() const override { return told_; }
  uint64_t steps_total() const override { return agreed_ ? agreement_.buckets + 2 : 0; }

  Result<void> step(Conversation& with) override {
    CHECK(!told_, "a finished stage is not stepped");
    if (!agreed_) {
      agreement_ = TRY(agree(needs_, name(), with));
      agreed_ = true;
      if (!is_guest()) seed_ = fresh_noise_seed();
    } else if (done_ < agreement_.buckets) {
      TRY(is_guest() ? ask(with) : answer(with));
      ++done_;
    } else {
      TRY(is_guest() ? conclude(with) : tell(with));
      told_ = true;
    }
    needs_.progress.step(name(), (agreed_ ? 1 : 0) + done_ + (told_ ? 1 : 0), steps_total());
    return {};
  }

  std::string state() const override {
    ByteWriter out;
    out.u8(kStateVersion);
    out.u8(static_cast<uint8_t>((agreed_ ? 1 : 0) + (told_ ? 2 : 0)));
    if (!agreed_) return out.take();
    agreement_.write(out);
    out.raw({reinterpret_cast<const char*>(seed_.data()), seed_.size()});
    out.unsigned_varint(done_);
    out.unsigned_varint(met_);
    out.raw(written(shares_));
    return out.take();
  }

  Result<void> restore(std::string_view state) override {
    ByteReader in(state);
    if (in.u8() != kStateVersion) in.reject();
    const uint8_t flags = in.u8();
    if (flags > 3 || flags == 2) in.reject();
    agreed_ = (flags & 1) != 0, told_ = (flags & 2) != 0;
    if (agreed_) {
      agreement_ = MatchingTerms::read(in, needs_.job.parties.size());
      const std::string_view seed = in.raw(seed_.size());
      std::copy(seed.begin(), seed.end(), seed_.begin());
      done_ = in.unsigned_varint();
      met_ = in.unsigned_varint();
      shares_ = read_shares(in, terms_.columns);
      if (done_ > agreement_.buckets || (told_ && done_ < agreement_.buckets)) in.reject();
    }
    spread_.reset();
    return in.finish("the state of aggregate");
  }

  Result<StageResult> result() override {
    CHECK(told_, "the stage is finished");
    StageResult out;
    out.measures.set("rows", static_cast<uint64_t>(needs_.data.row_count()));
    out.measures.set("buckets", agreement_.buckets);
    out.measures.set("epsilon", terms_.epsilon);
    out.measures.set("delta", terms_.delta);
    if (!is_guest()) return out;
    out.measures.set("rows_common", counted());
    Json sums{Json::Object{}};
    for (size_t i = 0; i < terms_.columns; ++i) {
      const int64_t sum = static_cast<int64_t>(static_cast<uint64_t>(shares_[i]));
      sums.set(needs_.job.parties[1].columns[i], terms_.real(sum));
    }
    out.measures.set("sums", std::move(sums));
    return out;
  }

 private:
  bool is_guest() const { return needs_.self == 0; }
  size_t peer() const { return is_guest() ? 1 : 0; }
  bool has_values() const { return terms_.columns > 0; }
  const std::string& peer_name() const { return needs_.job.parties[peer()].name; }
  size_t places() const { return agreement_.places() + terms_.dummies; }
  size_t peer_places() const { return agreement_.peer_places(peer()) + terms_.dummies; }
  size_t tag_bytes() const { return tag_bytes_for(places(), peer_places(), agreement_.buckets); }

  // What noise and dummies leave of the count.
  int64_t counted() const {
    const auto expected = static_cast<int64_t>(terms_.dummies / 2 * agreement_.buckets);
    return std::max<int64_t>(static_cast<int64_t>(met_) - expected, 0);
  }

  Result<std::span<const uint32_t>> rows_here() {
    if (!spread_) spread_.emplace(needs_.data.ids, agreement_.key, agreement_.buckets);
    const auto rows = spread_->rows(done_);
    if (rows.size() <= agreement_.places()) return rows;
    return fail(ErrorCode::conflict, "bucket " + std::to_string(done_),
                "more rows than its places, which chance does less than once in 2^40 jobs; run the job afresh");
  }

  Bucket bucket_of_items(const Items& items) const {
    return {.number = done_,
            .buckets = agreement_.buckets,
            .peer = peer(),
            .salt = agreement_.pairs[peer()].salt,
            .ids = items.ids,
            .rows = items.rows,
            .order = items.order,
            .peer_places = peer_places()};
  }

  // The guest's step.
  Result<void> ask(Conversation& with) {
    std::optional<cipher::PublicKey> key;
    if (has_values()) {
      key = TRY(cipher::PublicKey::parse(TRY(receive_at_most(with, 1, kAggregateKey, kKeyBytesMax)), kernel_));
      TRY(check_key(*key));
    }
    const Items items(needs_.data.ids, TRY(rows_here()), terms_.dummies, places());
    const Bucket bucket = bucket_of_items(items);
    const Masking masking(bucket, curve_);
    for (size_t i = 0; i < chunk_count(places()); ++i) {
      TRY(with.send(1, kPsiPoints, bytes_of(masking.chunk(i))));
    }
    TagTable ours(places(), tag_bytes());
    for (size_t i = 0; i < chunk_count(places()); ++i) {
      const size_t bytes = chunk_places(places(), i) * tag_bytes();
      const std::string tags = TRY(receive_exactly(with, 1, kPsiTags, bytes));
      for (size_t at = 0; at < tags.size(); at += tag_bytes()) TRY(add_own(tag_of(tags, at), ours));
    }
    return add_up(masking, ours, key, with);
  }

  std::span<const uint8_t> tag_of(std::string_view tags, size_t at) const {
    return {reinterpret_cast<const uint8_t*>(tags.data()) + at, tag_bytes()};
  }
  static Result<void> add_own(std::span<const uint8_t> tag, TagTable& ours) {
    if (ours.add(tag)) return {};
    return fail(ErrorCode::corrupt, "expected our points back without repeats, came one twice");
  }

  Result<void> check_key(const cipher::PublicKey& key) const {
    const std::string_view scheme = names_of(static_cast<cipher::Scheme*>(nullptr))[static_cast<size_t>(key.scheme())];
    if (scheme != needs_.job.cipher.scheme || key.bits() != static_cast<size_t>(needs_.job.cipher.key_bits)) {
      return fail(ErrorCode::corrupt, peer_name(),
                  "expected a key of " + needs_.job.cipher.scheme + " with " +
                      std::to_string(needs_.job.cipher.key_bits) + " bits, came " + std::string(scheme) + " with " +
                      std::to_string(key.bits()));
    }
    return fits(key);
  }
  Result<void> fits(const cipher::PublicKey& key) const {
    if (kSumBits * terms_.columns < key.plaintext_bits()) return {};
    return fail(ErrorCode::invalid, "cipher",
                "a plaintext of " + std::to_string(key.plaintext_bits()) + " bits holds no " +
                    std::to_string(terms_.columns) + " sums; sum fewer columns, or take Paillier");
  }

  // The host's places come chunk by chunk with their values; those whose tag is one of ours are added, and which they are is forgotten.
  Result<void> add_up(const Masking& masking, const TagTable& ours, const std::optional<cipher::PublicKey>& key,
                      Conversation& with) {
    std::optional<Ciphertexts> sum;
    if (key) sum = key->zeros(1);
    std::vector<bool> taken(places());
    for (size_t i = 0; i < chunk_count(peer_places()); ++i) {
      const size_t count = chunk_places(peer_places(), i);
      const std::string points = TRY(receive_exactly(with, 1, kPsiPoints, count * kPointBytes));
      const std::string tags = tags_of(TRY(masking.again(points, i * kChunkPlaces)), tag_bytes());
      std::vector<size_t> met;
      for (size_t at = 0; at < count; ++at) {
        const auto found = ours.find(tag_of(tags, at * tag_bytes()));
        if (!found) continue;
        if (taken[*found]) return fail(ErrorCode::corrupt, peer_name(), "expected ids without repeats, came one twice");
        taken[*found] = true;
        met.push_back(at);
      }
      met_ += met.size();
      if (!key) continue;
      const auto values =
          TRY(key->read(TRY(receive_exactly(with, 1, kAggregateValues, count * key->ciphertext_bytes()))));
      if (!met.empty()) key->add(*sum, chosen(*key, values, met));
    }
    if (!key) return {};
    return send_masked(*key, *std::move(sum), with);
  }

  // The sum of some of them.
  static Ciphertexts chosen(const cipher::PublicKey& key, const Ciphertexts& values, std::span<const size_t> which) {
    cipher::Residues some(which.size(), values.residues.words());
    for (size_t i = 0; i < which.size(); ++i) {
      std::copy_n(values.residues.at(which[i]), some.words(), some.at(i));
    }
    Ciphertexts out;
    out.key = values.key;
    out.residues = key.modulus().product(some);
    return out;
  }

  // A mask 2^40 times as large as any sum: what the host opens is as good as random to it. Ours is what takes it away again.
  Result<void> send_masked(const cipher::PublicKey& key, Ciphertexts sum, Conversation& with) {
    Integers masks(1, terms_.slots().words());
    for (size_t i = 0; i < terms_.columns; ++i) {
      uint64_t random[2];
      randombytes_buf(random, sizeof random);
      random[1] = (random[1] & ((uint64_t{1} << (kMaskBits - 64)) - 1)) | uint64_t{1} << (kMaskBits - 64);
      masks.at(0)[2 * i] = random[0], masks.at(0)[2 * i + 1] = random[1];
      shares_[i] -= Wide{random[0]} | Wide{random[1]} << 64;
    }
    key.add(sum, key.encode(masks));
    key.refresh(sum);
    std::string bytes;
    key.write(sum, bytes);
    return with.send(1, kAggregateMasked, bytes);
  }

  // The host's step.
  Result<void> answer(Conversation& with) {
    if (has_values()) {
      if (!key_) key_ = TRY(make_key());
      TRY(with.send(0, kAggregateKey, key_->public_key().bytes()));
    }
    const auto rows = TRY(rows_here());
    const Items items(needs_.data.ids, rows, terms_.dummies_of(seed_, done_), places());
    const Bucket bucket = bucket_of_items(items);
    const Masking masking(bucket, curve_);
    TRY(return_shuffled(masking, with));
    for (size_t i = 0; i < chunk_count(places()); ++i) {
      TRY(with.send(0, kPsiPoints, bytes_of(masking.chunk(i))));
      if (has_values()) TRY(with.send(0, kAggregateValues, values_of(bucket, rows, i)));
    }
    if (terms_.epsilon_micros == 0) needs_.leakage.tell(peer_name(), "common_count", 1);
    if (!has_values()) return {};
    return open_masked(with);
  }

  Result<cipher::SecretKey> make_key() const {
    const auto names = names_of(static_cast<cipher::Scheme*>(nullptr));
    const auto found = std::ranges::find(names, needs_.job.cipher.scheme);
    if (found == names.end()) return fail(ErrorCode::invalid, "cipher/scheme", "no such scheme");
    auto key = TRY(cipher::SecretKey::make(static_cast<cipher::Scheme>(found - names.begin()),
                                           static_cast<size_t>(needs_.job.cipher.key_bits), kernel_));
    TRY(fits(key.public_key()));
    return key;
  }

  // The guest's points masked again go back in another order: it may not learn which of its ids met.
  Result<void> return_shuffled(const Masking& masking, Conversation& with) {
    std::string tags;
    tags.reserve(peer_places() * tag_bytes());
    for (size_t i = 0; i < chunk_count(peer_places()); ++i) {
      const size_t bytes = chunk_places(peer_places(), i) * kPointBytes;
      const std::string points = TRY(receive_exactly(with, 0, kPsiPoints, bytes));
      tags += tags_of(TRY(masking.again(points, i * kChunkPlaces)), tag_bytes());
    }
    const auto order = shuffled(ShuffleSeed::random(), peer_places());
    for (size_t i = 0; i < chunk_count(peer_places()); ++i) {
      std::string chunk;
      for (size_t at = 0; at < chunk_places(peer_places(), i); ++at) {
        chunk.append(tags, order[i * kChunkPlaces + at] * tag_bytes(), tag_bytes());
      }
      TRY(with.send(0, kPsiTags, chunk));
    }
    return {};
  }

  // The values at the places of one chunk; dummies and padding count nothing.
  std::string values_of(const Bucket& bucket, std::span<const uint32_t> rows, size_t chunk) const {
    const size_t count = chunk_places(places(), chunk);
    std::vector<int64_t> numbers(count * terms_.columns);
    for (size_t i = 0; i < count; ++i) {
      const uint32_t item = bucket.order[chunk * kChunkPlaces + i];
      if (item >= rows.size()) continue;
      for (size_t c = 0; c < terms_.columns; ++c) {
        numbers[i * terms_.columns + c] = terms_.fixed(needs_.data.values[c][rows[item]]);
      }
    }
    std::string out;
    key_->public_key().write(key_->encrypt(cipher::pack(numbers, terms_.slots())), out);
    return out;
  }

  Result<void> open_masked(Conversation& with) {
    const auto& key = key_->public_key();
    const auto masked = TRY(key.read(TRY(receive_exactly(with, 0, kAggregateMasked, key.ciphertext_bytes()))));
    const auto opened = TRY(key_->decrypt(masked, terms_.slots().words(), kSumBits * terms_.columns));
    const auto sums = TRY(cipher::unpack_wide(opened, terms_.slots(), 2));
    for (size_t i = 0; i < terms_.columns; ++i) shares_[i] += Wide{sums.data[2 * i]} | Wide{sums.data[2 * i + 1]} << 64;
    return {};
  }

  std::unexpected<Error> too_few() const {
    return fail(ErrorCode::conflict, "conversion.cohort_min",
                "fewer than " + std::to_string(needs_.job.conversion.cohort_min) +
                    " ids are common, as far as the noise tells; nothing is told about so few");
  }

  Result<void> conclude(Conversation& with) {
    const bool enough = counted() >= needs_.job.conversion.cohort_min;
    TRY(with.send(1, kPsiOutcome, enough ? "+" : "-"));
    needs_.leakage.tell(peer_name(), "minimum_reached", 1);
    const std::string theirs = TRY(receive_exactly(with, 1, kPsiHeard, enough ? terms_.columns * kShareBytes : 0));
    if (!enough) return too_few();
    ByteReader in(theirs);
    const Shares other = read_shares(in, terms_.columns);
    for (size_t i = 0; i < terms_.columns; ++i) {
      shares_[i] += other[i];
      const Wide top = shares_[i] >> 63;  // all ones or all zeros: it fits int64
      if (top != 0 && top != ~Wide{0} >> 63) {
        return fail(ErrorCode::corrupt, peer_name(), "expected a sum below 2^63, came a larger one");
      }
    }
    return {};
  }

  Result<void> tell(Conversation& with) {
    const std::string outcome = TRY(receive_exactly(with, 0, kPsiOutcome, 1));
    if (outcome != "+" && outcome != "-") {
      return fail(ErrorCode::corrupt, peer_name(), "expected an outcome, came another byte");
    }
    const bool enough = outcome == "+";
    Shares noised = shares_;
    for (size_t i = 0; i < terms_.columns; ++i) noised[i] += static_cast<Wide>(__int128{terms_.noise(seed_, i)});
    TRY(with.send(0, kPsiHeard, enough ? written(noised) : std::string()));
    if (!enough) return too_few();
    if (terms_.epsilon_micros > 0) {
      needs_.leakage.tell(peer_name(), "epsilon_micros", static_cast<int64_t>(terms_.epsilon_micros));
    }
    return {};
  }

  StageNeeds needs_;
  AggregateTerms terms_;
  cipher::Kernel kernel_;
  cipher::Curve25519 curve_;
  std::optional<cipher::SecretKey> key_;  // the host's, of this run
  bool agreed_ = false, told_ = false;
  MatchingTerms agreement_;
  NoiseSeed seed_{};             // the host's
  uint64_t done_ = 0, met_ = 0;  // buckets; the guest's: tags that met, dummies among them
  Shares shares_;                // once told: the guest's are the sums
  std::optional<Spread> spread_;
};

}  // namespace

Result<std::unique_ptr<Stage>> make_aggregate_stage(const StageNeeds& needs) {
  TRY(may_match(needs));
  const auto terms = TRY(AggregateTerms::of(needs.job));
  if (needs.self == 1) CHECK(needs.data.values.size() == terms.columns, "the host brings the columns of the job");
  return std::make_unique<AggregateStage>(needs, terms, TRY(cipher::chosen_kernel()));
}

}  // namespace puhui::federation
