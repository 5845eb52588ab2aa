#include "infrastructure/federation/psi/wire.h"

#include <algorithm>
#include <cstring>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "infrastructure/federation/party_data.h"
#include "infrastructure/federation/psi/buckets.h"

namespace puhui::federation {

static_assert(sizeof(cipher::Point) == kPointBytes, "points lie beside one another");

size_t chunk_places(size_t places, size_t chunk) { return std::min(kChunkPlaces, places - chunk * kChunkPlaces); }

Result<std::string> receive_at_most(Conversation& with, size_t from, uint16_t kind, size_t bytes_max) {
  std::string out;
  TRY(with.receive(from, kind, [&](std::string_view piece) -> Result<void> {
    if (piece.size() > bytes_max - out.size()) {
      return fail(ErrorCode::corrupt, "expected at most " + std::to_string(bytes_max) + " bytes in a message of kind " +
                                          std::to_string(kind) + ", came more");
    }
    out += piece;
    return {};
  }));
  return out;
}

Result<std::string> receive_exactly(Conversation& with, size_t from, uint16_t kind, size_t bytes) {
  std::string out = TRY(receive_at_most(with, from, kind, bytes));
  if (out.size() == bytes) return out;
  return fail(ErrorCode::corrupt, "expected " + std::to_string(bytes) + " bytes in a message of kind " +
                                      std::to_string(kind) + ", came " + std::to_string(out.size()));
}

std::string_view bytes_of(std::span<const cipher::Point> points) {
  return {reinterpret_cast<const char*>(points.data()), points.size_bytes()};
}

std::vector<cipher::Point> points_of(std::string_view bytes) {
  CHECK(bytes.size() % kPointBytes == 0, "whole points");
  std::vector<cipher::Point> points(bytes.size() / kPointBytes);
  if (!bytes.empty()) std::memcpy(points.data(), bytes.data(), bytes.size());
  return points;
}

std::string written(const PsiOffer& offer) {
  ByteWriter out;
  out.u8(PsiOffer::kVersion);
  out.text(offer.matching);
  out.digest(offer.nonce);
  out.unsigned_varint(offer.rows);
  out.unsigned_varint(offer.buckets);
  return out.take();
}

Result<PsiOffer> read_offer(std::string_view bytes) {
  ByteReader in(bytes);
  const uint8_t version = in.u8();
  if (in.ok() && version != PsiOffer::kVersion) {
    return fail(ErrorCode::corrupt, "expected version " + std::to_string(PsiOffer::kVersion) +
                                        " of the intersection, came " + std::to_string(version));
  }
  PsiOffer offer;
  offer.matching = std::string(in.text());
  offer.nonce = in.digest();
  offer.rows = in.unsigned_varint();
  offer.buckets = in.unsigned_varint();
  TRY(in.finish("an offer of ids"));
  if (offer.rows > announced_rows(kRowsMax) || offer.rows != announced_rows(offer.rows)) {
    return fail(ErrorCode::corrupt, "rows", "expected a rounded row count, came " + std::to_string(offer.rows));
  }
  if (offer.buckets > kBucketsMax) {
    return fail(ErrorCode::corrupt, "buckets",
                "expected at most " + std::to_string(kBucketsMax) + ", came " + std::to_string(offer.buckets));
  }
  return offer;
}

}  // namespace puhui::federation
