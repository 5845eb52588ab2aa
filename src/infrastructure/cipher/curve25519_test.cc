#include "infrastructure/cipher/curve25519.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <set>
#include <string>
#include <vector>

#include "ground/base/random.h"

namespace puhui::cipher {
namespace {

using Bytes32 = std::array<uint8_t, 32>;
using Bytes64 = std::array<uint8_t, 64>;

constexpr size_t kAgainstSodium = 10'240;

std::vector<Kernel> kernels() {
  std::vector<Kernel> out;
  for (const Kernel kernel : {Kernel::scalar, Kernel::avx2, Kernel::ifma}) {
    if (is_available(kernel)) out.push_back(kernel);
  }
  return out;
}

std::string name_of(Kernel kernel) {
  return std::string(names_of(static_cast<const Kernel*>(nullptr))[static_cast<size_t>(kernel)]);
}

template <size_t kSize>
std::array<uint8_t, kSize> drawn(uint64_t row) {
  const Random random(20261122);
  std::array<uint8_t, kSize> out;
  for (size_t i = 0; i < kSize; ++i) out[i] = static_cast<uint8_t>(random.draw(0, row, i));
  return out;
}

Bytes32 from_hex(std::string_view hex) {
  Bytes32 out{};
  EXPECT_EQ(sodium_hex2bin(out.data(), 32, hex.data(), hex.size(), nullptr, nullptr, nullptr), 0);
  return out;
}
Point point_of(std::string_view hex) { return {from_hex(hex)}; }
std::string hex_of(const Bytes32& bytes) {
  char text[65];
  sodium_bin2hex(text, sizeof text, bytes.data(), 32);
  return text;
}

std::vector<Bytes64> uniform_of(size_t count, uint64_t first) {
  std::vector<Bytes64> out(count);
  for (size_t i = 0; i < count; ++i) out[i] = drawn<64>(first + i);
  return out;
}

std::vector<Point> hashed(const Curve25519& curve, size_t count, uint64_t first = 1'000'000) {
  std::vector<Point> out(count);
  curve.hash_to_points(uniform_of(count, first), out);
  return out;
}

// Numbers at the edges of the field and of the limbs, small orders, points of the twist, numbers of p and more.
std::vector<Point> edges() {
  std::vector<Point> out;
  const auto add = [&](std::string_view hex) { out.push_back(point_of(hex)); };
  add("0000000000000000000000000000000000000000000000000000000000000000");
  add("0100000000000000000000000000000000000000000000000000000000000000");
  add("0200000000000000000000000000000000000000000000000000000000000000");
  add("0900000000000000000000000000000000000000000000000000000000000000");
  add("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
  add("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157");
  for (const char* low : {"e9", "ea", "eb", "ec", "ed", "ee", "ef", "ff"}) {
    add(low + std::string("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
    add(low + std::string("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"));
  }
  for (size_t bit = 0; bit < 256; bit += 3) {
    Point one, ones, rest;
    one.bytes[bit / 8] = static_cast<uint8_t>(1u << bit % 8);
    for (size_t i = 0; i < bit; ++i) ones.bytes[i / 8] |= static_cast<uint8_t>(1u << i % 8);
    for (size_t i = 0; i < 32; ++i) rest.bytes[i] = static_cast<uint8_t>(~ones.bytes[i]);
    out.insert(out.end(), {one, ones, rest});
  }
  return out;
}

Point by_sodium(const Bytes32& scalar, const Point& point) {
  Point out;
  if (crypto_scalarmult_curve25519(out.bytes.data(), scalar.data(), point.bytes.data()) != 0)
    out = {};  // of small order: 0
  return out;
}

TEST(Curve25519, AgreesWithTheVectorsOfRfc7748) {
  struct Vector {
    std::string_view scalar, u, product;
  };
  const Vector vectors[] = {{"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                             "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
                             "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
                            {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                             "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
                             "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"}};
  for (const Kernel kernel : kernels()) {
    const Curve25519 curve(kernel);
    for (const Vector& vector : vectors) {
      const Point in = point_of(vector.u);
      Point out;
      curve.x25519({&in, 1}, from_hex(vector.scalar), {&out, 1});
      EXPECT_EQ(hex_of(out.bytes), vector.product) << name_of(kernel);
    }
    if (kernel != Kernel::scalar) continue;  // one point at a time is slow where eight are meant
    // 1,000 rounds of section 5.2.
    Bytes32 scalar{9};
    Point u{{9}};
    for (int i = 0; i < 1000; ++i) {
      Point next;
      curve.x25519({&u, 1}, scalar, {&next, 1});
      u.bytes = scalar;
      scalar = next.bytes;
    }
    EXPECT_EQ(hex_of(scalar), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51") << name_of(kernel);
  }
}

TEST(Curve25519, MultipliesLikeLibsodiumAtTheEdgesAndAtRandom) {
  std::vector<Point> points = edges();
  const size_t edge_count = points.size();
  while (points.size() < kAgainstSodium) points.push_back({drawn<32>(points.size())});
  // One scalar for many, several scalars in all.
  constexpr size_t kScalars = 16;
  std::vector<Point> expected(points.size());
  std::vector<Bytes32> scalars;
  for (size_t s = 0; s < kScalars; ++s) scalars.push_back(drawn<32>(900'000 + s));
  const size_t each = points.size() / kScalars;
  for (size_t i = 0; i < points.size(); ++i)
    expected[i] = by_sodium(scalars[std::min(i / each, kScalars - 1)], points[i]);
  ASSERT_GT(each, edge_count);
  for (const Kernel kernel : kernels()) {
    std::vector<Point> out(points.size());
    for (size_t s = 0; s < kScalars; ++s) {
      const std::span<const Point> from(points.data() + s * each, each);
      Curve25519(kernel).x25519(from, scalars[s], {out.data() + s * each, each});
    }
    for (size_t i = 0; i < points.size(); ++i) {
      ASSERT_EQ(hex_of(out[i].bytes), hex_of(expected[i].bytes))
          << name_of(kernel) << ", u " << hex_of(points[i].bytes);
    }
  }
}

TEST(Curve25519, HashesLikeLibsodiumsElligator) {
  constexpr size_t kCount = 500;
  for (const Kernel kernel : kernels()) {
    std::vector<Bytes64> uniform = uniform_of(kCount, 0);
    for (Bytes64& bytes : uniform) {  // libsodium takes 255 bits
      std::fill(bytes.begin() + 32, bytes.end(), uint8_t{0});
      bytes[31] &= 0x7f;
    }
    std::vector<Point> out(kCount);
    Curve25519(kernel).hash_to_points(uniform, out);
    for (size_t i = 0; i < kCount; ++i) {
      Bytes32 edwards, montgomery;
      crypto_core_ed25519_from_uniform(edwards.data(), uniform[i].data());
      ASSERT_EQ(crypto_sign_ed25519_pk_to_curve25519(montgomery.data(), edwards.data()), 0);
      ASSERT_EQ(hex_of(out[i].bytes), hex_of(montgomery)) << name_of(kernel) << ", input " << i;
    }
  }
}

// 2^256 is 38 modulo p: the same number written in the low half.
TEST(Curve25519, TakesAllSixtyFourBytesModuloP) {
  for (const Kernel kernel : kernels()) {
    std::vector<Bytes64> uniform(4);
    uniform[0][32] = 1;  // 2^256
    uniform[1][0] = 38;
    uniform[2][63] = 0x80, uniform[2][31] = 0x80;  // 2^511 + 2^255 = 722 + 19
    uniform[3][0] = 741 & 255, uniform[3][1] = 741 >> 8;
    std::vector<Point> out(4);
    Curve25519(kernel).hash_to_points(uniform, out);
    EXPECT_EQ(hex_of(out[0].bytes), hex_of(out[1].bytes)) << name_of(kernel);
    EXPECT_EQ(hex_of(out[2].bytes), hex_of(out[3].bytes)) << name_of(kernel);
    EXPECT_NE(hex_of(out[0].bytes), hex_of(out[2].bytes)) << name_of(kernel);
  }
}

TEST(Curve25519, MasksCommuteAndComeOffAgain) {
  for (const Kernel kernel : kernels()) {
    const Curve25519 curve(kernel);
    const std::vector<Point> points = hashed(curve, 37);
    const Scalar ours = Scalar::random(), theirs = Scalar::random();
    std::vector<Point> a(37), b(37), back(37);
    curve.multiply(points, ours, a);
    EXPECT_NE(a, points);
    curve.multiply(points, theirs, b);
    curve.multiply(a, theirs, a);
    curve.multiply(b, ours, b);
    EXPECT_EQ(a, b) << name_of(kernel);
    curve.multiply(b, theirs.inverse(), back);
    curve.multiply(back, ours.inverse(), back);
    EXPECT_EQ(back, points) << name_of(kernel);
  }
}

TEST(Curve25519, EachPointCanHaveItsOwnMask) {
  for (const Kernel kernel : kernels()) {
    const Curve25519 curve(kernel);
    const std::vector<Point> points = hashed(curve, 301);
    std::vector<Scalar> scalars;
    for (size_t i = 0; i < points.size(); ++i) scalars.push_back(Scalar::random());
    const Scalar key = Scalar::random();
    std::vector<Point> blinded(points.size()), alone(points.size()), plain(points.size());
    curve.multiply_each(points, scalars, blinded);
    for (size_t i = 0; i < points.size(); ++i) curve.multiply({&points[i], 1}, scalars[i], {&alone[i], 1});
    EXPECT_EQ(blinded, alone) << name_of(kernel);
    curve.multiply(blinded, key, blinded);
    curve.multiply_each(blinded, Scalar::inverses(scalars), blinded);
    curve.multiply(points, key, plain);
    EXPECT_EQ(blinded, plain) << name_of(kernel);
  }
}

TEST(Curve25519, AllKernelsGiveTheSameBytesForAnyCount) {
  const Curve25519 reference(Kernel::scalar);
  const Bytes32 secret = drawn<32>(77);
  const Scalar scalar = Scalar::from_bytes(secret);
  for (const Kernel kernel : kernels()) {
    if (kernel == Kernel::scalar) continue;
    const Curve25519 curve(kernel);
    for (const size_t count : {size_t{0}, size_t{1}, size_t{3}, size_t{7}, size_t{8}, size_t{9}, size_t{15}, size_t{63},
                               size_t{131}, size_t{257}}) {
      const std::vector<Point> points = hashed(reference, count, count * 1000);
      EXPECT_EQ(hashed(curve, count, count * 1000), points) << name_of(kernel) << ", " << count;
      std::vector<Point> a(count), b(count);
      std::vector<Scalar> scalars;
      for (size_t i = 0; i < count; ++i) scalars.push_back(Scalar::from_bytes(drawn<32>(5000 + i)));
      reference.multiply(points, scalar, a), curve.multiply(points, scalar, b);
      EXPECT_EQ(a, b) << name_of(kernel) << ", multiply " << count;
      reference.multiply_each(points, scalars, a), curve.multiply_each(points, scalars, b);
      EXPECT_EQ(a, b) << name_of(kernel) << ", multiply_each " << count;
      reference.x25519(points, secret, a), curve.x25519(points, secret, b);
      EXPECT_EQ(a, b) << name_of(kernel) << ", x25519 " << count;
      EXPECT_TRUE(curve.check(points)) << name_of(kernel) << ", check " << count;
    }
  }
}

// What is no point: (u, why). Found by their definition in RFC 7748 and by Euler's criterion.
TEST(Curve25519, RefusesWhatIsNoPointAndNamesIt) {
  struct Bad {
    std::string_view hex, why;
  };
  const Bad bad[] = {
      {"0000000000000000000000000000000000000000000000000000000000000000", "small order"},
      {"0100000000000000000000000000000000000000000000000000000000000000", "small order"},
      {"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", "small order"},
      {"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157", "small order"},
      {"0200000000000000000000000000000000000000000000000000000000000000", "not on it"},  // the twist
      {"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "not below"},  // p, which is 0
      {"f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "not below"},  // p + 9
      {"0900000000000000000000000000000000000000000000000000000000000080", "not below"},  // 9 and the top bit
      {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "not below"}};
  for (const Kernel kernel : kernels()) {
    const Curve25519 curve(kernel);
    for (const Bad& each : bad) {
      for (const size_t place : {size_t{0}, size_t{8}, size_t{19}, size_t{300}}) {
        std::vector<Point> points = hashed(curve, 303);
        points[place] = point_of(each.hex);
        const Result<void> checked = curve.check(points);
        ASSERT_FALSE(checked) << name_of(kernel) << " " << each.hex;
        EXPECT_EQ(checked.error().code, ErrorCode::invalid);
        EXPECT_EQ(checked.error().faults[0].where, "point " + std::to_string(place + 1));
        EXPECT_NE(checked.error().faults[0].message.find(each.why), std::string::npos) << checked.error().text();
      }
    }
    const Point base{{9}};
    EXPECT_TRUE(curve.check({&base, 1}));
  }
}

// About half of all numbers are on the curve; which, all kernels and libsodium's decoding agree on.
TEST(Curve25519, TellsTheCurveFromItsTwist) {
  constexpr size_t kCount = 256;
  size_t on_curve = 0;
  for (size_t i = 0; i < kCount; ++i) {
    Point point{drawn<32>(40'000 + i)};
    point.bytes[31] &= 0x7f;
    const bool first = Curve25519(Kernel::scalar).check({&point, 1}).has_value();
    on_curve += first;
    for (const Kernel kernel : kernels())
      EXPECT_EQ(Curve25519(kernel).check({&point, 1}).has_value(), first) << name_of(kernel);
  }
  EXPECT_GT(on_curve, kCount / 3);
  EXPECT_LT(on_curve, kCount * 2 / 3);
}

// A point of order 4 beside the hashed one must not show the scalar modulo 4.
TEST(Curve25519, ProductsLoseTheSmallOrderPartOfAPoint) {
  for (const Kernel kernel : kernels()) {
    const Curve25519 curve(kernel);
    std::vector<Point> mixed;
    for (uint64_t i = 0; mixed.size() < 20; ++i) {  // three in four numbers of the curve have such a part
      Point point{drawn<32>(60'000 + i)};
      point.bytes[31] &= 0x7f;
      if (curve.check({&point, 1})) mixed.push_back(point);
    }
    Bytes32 one{1};
    std::vector<Point> once(mixed.size()), direct(mixed.size()), cleaned(mixed.size());
    curve.multiply(mixed, Scalar::from_bytes(one), once);  // the clean part
    size_t changed = 0;
    for (size_t i = 0; i < mixed.size(); ++i) changed += once[i] != mixed[i];
    EXPECT_GT(changed, mixed.size() / 2);
    const Scalar scalar = Scalar::random();
    curve.multiply(mixed, scalar, direct);
    curve.multiply(once, scalar, cleaned);
    EXPECT_EQ(direct, cleaned) << name_of(kernel);
  }
}

TEST(Scalar, InverseUndoesAtTheEnds) {
  // 1, the order less 1, and numbers whose eighth part is 2^252 or more.
  const Bytes32 order_less_one = from_hex("ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  std::vector<Bytes32> all = {Bytes32{1}, Bytes32{8}, order_less_one};
  Bytes32 eight_times{};  // 8 · (order - 1), reduced: its eighth part is the order less 1
  const Bytes32 eight{8};
  crypto_core_ed25519_scalar_mul(eight_times.data(), order_less_one.data(), eight.data());
  all.push_back(eight_times);
  for (const Kernel kernel : kernels()) {
    const Curve25519 curve(kernel);
    const std::vector<Point> points = hashed(curve, 9);
    for (const Bytes32& bytes : all) {
      const Scalar scalar = Scalar::from_bytes(bytes);
      std::vector<Point> out(9);
      curve.multiply(points, scalar, out);
      if (bytes == order_less_one || bytes == Bytes32{1}) {
        EXPECT_EQ(out, points) << "±1 keeps x";
      }
      curve.multiply(out, scalar.inverse(), out);
      EXPECT_EQ(out, points) << name_of(kernel) << " " << hex_of(bytes);
    }
    std::vector<Point> by_eight(9), by_negative(9);
    curve.multiply(points, Scalar::from_bytes(eight), by_eight);
    curve.multiply(points, Scalar::from_bytes(eight_times), by_negative);
    EXPECT_EQ(by_eight, by_negative) << name_of(kernel);
  }
}

TEST(Scalar, ManyAtOnceAreDrawnApartAndBelowTheOrder) {
  EXPECT_TRUE(Scalar::random(0).empty());
  const std::vector<Scalar> scalars = Scalar::random(100);
  std::set<Bytes32> seen;
  for (const Scalar& scalar : scalars) {
    EXPECT_EQ(Scalar::from_bytes(scalar.bytes()).bytes(), scalar.bytes());
    seen.insert(scalar.bytes());
  }
  EXPECT_EQ(seen.size(), 100u);
}

TEST(Scalar, InversesOfManyAreTheInversesOfEach) {
  std::vector<Scalar> scalars;
  EXPECT_TRUE(Scalar::inverses(scalars).empty());
  for (size_t i = 0; i < 33; ++i) scalars.push_back(Scalar::random());
  const std::vector<Scalar> all = Scalar::inverses(scalars);
  for (size_t i = 0; i < scalars.size(); ++i) EXPECT_EQ(all[i].bytes(), scalars[i].inverse().bytes());
}

// The product of a scalar below the order by the definition: libsodium's Edwards multiplication, carried over.
TEST(Curve25519, MultipliesHashedPointsByAnyScalarOfTheOrder) {
  for (size_t i = 0; i < 40; ++i) {
    Bytes64 uniform = drawn<64>(80'000 + i);
    std::fill(uniform.begin() + 32, uniform.end(), uint8_t{0});
    uniform[31] &= 0x7f;
    const Scalar scalar = Scalar::random();
    Bytes32 edwards, product, montgomery;
    crypto_core_ed25519_from_uniform(edwards.data(), uniform.data());
    ASSERT_EQ(crypto_scalarmult_ed25519_noclamp(product.data(), scalar.bytes().data(), edwards.data()), 0);
    ASSERT_EQ(crypto_sign_ed25519_pk_to_curve25519(montgomery.data(), product.data()), 0);
    for (const Kernel kernel : kernels()) {
      Point point;
      Curve25519(kernel).hash_to_points({&uniform, 1}, {&point, 1});
      Curve25519(kernel).multiply({&point, 1}, scalar, {&point, 1});
      EXPECT_EQ(hex_of(point.bytes), hex_of(montgomery)) << name_of(kernel);
    }
  }
}

}  // namespace
}  // namespace puhui::cipher
