#include "infrastructure/federation/psi/masking.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <memory>

#include "ground/base/check.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

constexpr std::string_view kDomain = "puhui intersection point 1";

// One context and one algorithm fetched for a whole chunk: fetching them costs more than hashing an id does.
class IdHash {
 public:
  explicit IdHash(const Digest& salt) : salt_(salt), context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    CHECK(context_ != nullptr, "there is memory for a hash");
  }
  void of(std::string_view id, std::array<uint8_t, 64>& out) {
    const bool done = EVP_DigestInit_ex(context_.get(), started_ ? nullptr : EVP_sha512(), nullptr) == 1 &&
                      EVP_DigestUpdate(context_.get(), kDomain.data(), kDomain.size()) == 1 &&
                      EVP_DigestUpdate(context_.get(), salt_.bytes.data(), salt_.bytes.size()) == 1 &&
                      EVP_DigestUpdate(context_.get(), id.data(), id.size()) == 1 &&
                      EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) == 1;
    CHECK(done, "SHA-512 does not fail");
    started_ = true;
  }

 private:
  const Digest& salt_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  bool started_ = false;
};

}  // namespace

std::array<uint8_t, 64> uniform_bytes(const Digest& salt, std::string_view id) {
  std::array<uint8_t, 64> out;
  IdHash(salt).of(id, out);
  return out;
}

Masking::Masking(const Bucket& bucket, const cipher::Curve25519& curve) : bucket_(bucket), curve_(curve) {
  CHECK(bucket.rows.size() <= bucket.order.size(), "every row has a place");
}

std::vector<cipher::Point> Masking::chunk(size_t number) const {
  const size_t count = chunk_places(bucket_.order.size(), number);
  std::vector<std::array<uint8_t, 64>> uniform(count);
  IdHash hash(bucket_.salt);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t item = bucket_.order[number * kChunkPlaces + i];
    if (item < bucket_.rows.size()) {
      hash.of(bucket_.ids[bucket_.rows[item]], uniform[i]);
    } else {
      randombytes_buf(uniform[i].data(), uniform[i].size());
    }
  }
  std::vector<cipher::Point> points(count);
  curve_.hash_to_points(uniform, points);
  curve_.multiply(points, scalar_, points);
  return points;
}

Result<std::vector<cipher::Point>> Masking::again(std::string_view bytes, size_t first_place) const {
  std::vector<cipher::Point> points = points_of(bytes);
  if (const auto good = curve_.check(points); !good) {
    Error error = at("points from place " + std::to_string(first_place), good.error());
    error.code = ErrorCode::corrupt;
    return fail(std::move(error));
  }
  curve_.multiply(points, scalar_, points);
  return points;
}

}  // namespace puhui::federation
