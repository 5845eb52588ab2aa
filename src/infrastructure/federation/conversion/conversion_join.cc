#include "infrastructure/federation/conversion/conversion_join.h"

#include <algorithm>
#include <cstring>

#include "ground/base/check.h"
#include "infrastructure/federation/conversion/conversion_wire.h"
#include "infrastructure/federation/psi/ecdh_matching.h"
#include "infrastructure/federation/psi/masking.h"
#include "infrastructure/federation/psi/tags.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

// No id begins with a byte that no UTF-8 has, so a dummy meets dummies alone.
std::string dummy_id(size_t band, uint64_t number) {
  return "\xFF" + std::to_string(band) + ":" + std::to_string(number);
}

ShuffleSeed order_seed(const NoiseSeed& seed, uint64_t bucket) {
  SecretBits bits(seed, (static_cast<uint64_t>(ConversionDraw::order) << 32) + bucket);
  ShuffleSeed out;
  for (size_t i = 0; i < out.bytes.size(); i += 8) {
    const uint64_t word = bits.bits64();
    std::memcpy(out.bytes.data() + i, &word, 8);
  }
  return out;
}

std::span<const uint8_t> tag_at(std::string_view tags, size_t at, size_t bytes) {
  return {reinterpret_cast<const uint8_t*>(tags.data()) + at, bytes};
}

}  // namespace

ConversionBands::ConversionBands(const ConversionPlan& plan, const PartyData& data)
    : of_row(data.row_count(), kNone), value(plan.bands) {
  std::vector<std::pair<int64_t, uint32_t>> converted;  // value, row
  for (uint32_t i = 0; i < data.row_count(); ++i) {
    if (data.labels[i] != 1) continue;
    converted.emplace_back(plan.has_values ? plan.fixed_value(static_cast<double>(data.values[0][i])) : 0, i);
  }
  std::ranges::sort(converted);
  const size_t each = (converted.size() + plan.bands - 1) / plan.bands;
  for (size_t first = 0, band = 0; first < converted.size(); first += each, ++band) {
    const size_t last = std::min(first + each, converted.size());
    int64_t sum = 0;
    for (size_t i = first; i < last; ++i) {
      of_row[converted[i].second] = static_cast<uint8_t>(band);
      sum += converted[i].first;
    }
    value[band] = sum / static_cast<int64_t>(last - first);
  }
}

// A bucket's ids with the dummies behind them, and which of them stands at each place.
struct ConversionJoin::Items {
  std::vector<std::string> ids;
  std::vector<uint32_t> rows;   // 0, 1, 2 …
  std::vector<uint32_t> order;  // by place
  std::vector<uint32_t> own;    // the party's row of an item; none of a dummy
  void add(std::string id, uint32_t row) {
    rows.push_back(static_cast<uint32_t>(ids.size()));
    ids.push_back(std::move(id));
    own.push_back(row);
  }
};

size_t ConversionJoin::band_places() const {
  const uint64_t rows = self_ == 0 ? terms_.rows : terms_.pairs[0].rows;
  return bucket_places(announced_rows((rows + plan_.bands - 1) / plan_.bands), terms_.buckets) + plan_.dummies;
}

size_t ConversionJoin::click_places() const {
  const uint64_t rows = self_ == 0 ? terms_.pairs[1].rows : terms_.rows;
  return bucket_places(rows, terms_.buckets) + plan_.dummies * plan_.bands;
}

size_t ConversionJoin::tag_bytes() const { return tag_bytes_for(advertiser_places(), click_places(), terms_.buckets); }

Result<std::vector<uint32_t>> ConversionJoin::rows_in(uint64_t bucket, const PartyData& data) const {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < data.row_count(); ++i) {
    if (terms_.buckets == 1 || bucket_of(data.ids[i], terms_.key, terms_.buckets) == bucket) out.push_back(i);
  }
  return out;
}

namespace {

std::unexpected<Error> overflowing(uint64_t bucket) {
  return fail(ErrorCode::conflict, "bucket " + std::to_string(bucket),
              "more rows than its places, which chance does less than once in 2^40 jobs; run the job afresh");
}

}  // namespace

Result<ConversionJoin::Items> ConversionJoin::own_items(uint64_t bucket, const PartyData& data,
                                                        const ConversionBands& bands) const {
  Items out;
  std::vector<std::vector<uint32_t>> of_band(plan_.bands);
  for (const uint32_t row : TRY(rows_in(bucket, data))) {
    if (bands.of_row[row] != ConversionBands::kNone) of_band[bands.of_row[row]].push_back(row);
  }
  for (size_t band = 0; band < plan_.bands; ++band) {
    if (of_band[band].size() + plan_.dummies > band_places()) return overflowing(bucket);
    const size_t first = out.ids.size();
    for (const uint32_t row : of_band[band]) out.add(data.ids[row], row);
    for (uint64_t i = 0; i < plan_.dummies; ++i) out.add(dummy_id(band, i), kConversionNoRow);
    for (size_t i = 0; i < band_places(); ++i) {
      const size_t item = first + i;
      out.order.push_back(item < out.ids.size() ? static_cast<uint32_t>(item) : kConversionNoRow);
    }
  }
  return out;
}

Result<ConversionJoin::Items> ConversionJoin::click_items(uint64_t bucket, const PartyData& data,
                                                          const NoiseSeed& seed) const {
  Items out;
  for (const uint32_t row : TRY(rows_in(bucket, data))) out.add(data.ids[row], row);
  if (out.ids.size() + plan_.dummies * plan_.bands > click_places()) return overflowing(bucket);
  for (size_t band = 0; band < plan_.bands; ++band) {
    const uint64_t dummies = plan_.dummies_of(seed, bucket, band);
    for (uint64_t i = 0; i < dummies; ++i) out.add(dummy_id(band, i), kConversionNoRow);
  }
  out.order = shuffled(order_seed(seed, bucket), click_places());
  return out;
}

Bucket ConversionJoin::bucket_of_items(const Items& items, uint64_t number) const {
  return {.number = number,
          .buckets = terms_.buckets,
          .peer = 1 - self_,
          .salt = terms_.pairs[1 - self_].salt,
          .ids = items.ids,
          .rows = items.rows,
          .order = items.order,
          .peer_places = self_ == 0 ? click_places() : advertiser_places()};
}

Result<std::vector<uint32_t>> ConversionJoin::rows_at_places(uint64_t bucket, const PartyData& data,
                                                             const NoiseSeed& seed) const {
  const Items items = TRY(click_items(bucket, data, seed));
  std::vector<uint32_t> out;
  for (const uint32_t item : items.order) out.push_back(item < items.own.size() ? items.own[item] : kConversionNoRow);
  return out;
}

Result<std::vector<uint8_t>> ConversionJoin::ask(uint64_t number, const PartyData& data, const ConversionBands& bands,
                                                 Conversation& with) const {
  const Items items = TRY(own_items(number, data, bands));
  const Bucket bucket = bucket_of_items(items, number);
  const Masking masking(bucket, curve_);
  const size_t places = advertiser_places();
  for (size_t i = 0; i < chunk_count(places); ++i) {
    TRY(with.send(1, kConversionPoints, bytes_of(masking.chunk(i))));
  }
  TagTable ours(places, tag_bytes());
  for (size_t i = 0; i < chunk_count(places); ++i) {
    const std::string tags = TRY(receive_exactly(with, 1, kConversionTags, chunk_places(places, i) * tag_bytes()));
    for (size_t at = 0; at < tags.size(); at += tag_bytes()) {
      if (ours.add(tag_at(tags, at, tag_bytes()))) continue;
      return fail(ErrorCode::corrupt, "tags", "expected our points back without repeats, came one twice");
    }
  }
  std::vector<uint8_t> out;
  std::vector<bool> taken(places);
  for (size_t i = 0; i < chunk_count(click_places()); ++i) {
    const size_t bytes = chunk_places(click_places(), i) * kPointBytes;
    const std::string points = TRY(receive_exactly(with, 1, kConversionPoints, bytes));
    const std::string tags = tags_of(TRY(masking.again(points, i * kChunkPlaces)), tag_bytes());
    for (size_t at = 0; at < tags.size(); at += tag_bytes()) {
      const auto found = ours.find(tag_at(tags, at, tag_bytes()));
      if (found && taken[*found]) {
        return fail(ErrorCode::corrupt, "points", "expected clicks without repeats, came one twice");
      }
      if (found) taken[*found] = true;
      out.push_back(found ? static_cast<uint8_t>(1 + *found / band_places()) : uint8_t{0});
    }
  }
  return out;
}

// Each band's tags in another order: the advertiser may not learn which of its keys met.
std::string ConversionJoin::shuffled_tags(const std::string& tags) const {
  std::string out;
  out.reserve(tags.size());
  for (size_t band = 0; band < plan_.bands; ++band) {
    for (const uint32_t place : shuffled(ShuffleSeed::random(), band_places())) {
      out.append(tags, (band * band_places() + place) * tag_bytes(), tag_bytes());
    }
  }
  return out;
}

Result<void> ConversionJoin::answer(uint64_t number, const PartyData& data, const NoiseSeed& seed,
                                    Conversation& with) const {
  const Items items = TRY(click_items(number, data, seed));
  const Bucket bucket = bucket_of_items(items, number);
  const Masking masking(bucket, curve_);
  const size_t places = advertiser_places();
  std::string tags;
  tags.reserve(places * tag_bytes());
  for (size_t i = 0; i < chunk_count(places); ++i) {
    const std::string points = TRY(receive_exactly(with, 0, kConversionPoints, chunk_places(places, i) * kPointBytes));
    tags += tags_of(TRY(masking.again(points, i * kChunkPlaces)), tag_bytes());
  }
  const std::string shuffled = shuffled_tags(tags);
  for (size_t i = 0; i < chunk_count(places); ++i) {
    const size_t bytes = chunk_places(places, i) * tag_bytes();
    TRY(with.send(0, kConversionTags, std::string_view(shuffled).substr(i * kChunkPlaces * tag_bytes(), bytes)));
  }
  for (size_t i = 0; i < chunk_count(click_places()); ++i) {
    TRY(with.send(0, kConversionPoints, bytes_of(masking.chunk(i))));
  }
  return {};
}

}  // namespace puhui::federation
