// SHA-256 digests: the name of every version (policy, model, permit) and the links of the evidence chain.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace puhui {

struct Digest {
  std::array<uint8_t, 32> bytes{};
  auto operator<=>(const Digest&) const = default;
  std::string hex() const;        // 64 lower-case digits
  std::string short_hex() const;  // the first 12: for people, never for comparing
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  static std::optional<Digest> parse(std::string_view hex);
  static std::optional<Digest> from_bytes(std::string_view bytes);
};

Digest sha256(std::string_view bytes);
Digest sha256(std::string_view first, std::string_view second);  // of the two joined

// Incremental: for files larger than memory.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  Digest digest();  // once; then start anew

 private:
  void* context_;
};

// 64-bit, fast and stable across machines and releases; for spreading and sampling, not for security.
uint64_t hash64(std::string_view bytes, uint64_t seed = 0);

}  // namespace puhui
