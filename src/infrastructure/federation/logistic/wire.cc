#include "infrastructure/federation/logistic/wire.h"

#include "ground/base/bytes.h"

namespace puhui::federation {

namespace {

constexpr uint8_t kVersion = 1;

}  // namespace

std::string write_hello(const LogisticHello& hello) {
  ByteWriter out;
  out.u8(kVersion);
  out.unsigned_varint(hello.rows);
  out.text(hello.key);
  return out.take();
}

Result<LogisticHello> read_logistic_hello(std::string_view bytes) {
  ByteReader in(bytes);
  LogisticHello out;
  const uint8_t version = in.u8();
  out.rows = in.unsigned_varint();
  out.key = in.text();
  TRY(in.finish("the first message of a logistic regression"));
  if (version != kVersion) {
    return fail(
        ErrorCode::invalid, "version",
        "expected " + std::to_string(kVersion) + ", came " + std::to_string(version) + "; run the same release");
  }
  return out;
}

std::string write_scores(std::span<const int64_t> scores) {
  ByteWriter out;
  for (const int64_t score : scores) out.u64(static_cast<uint64_t>(score));
  return out.take();
}

Result<std::vector<int64_t>> read_scores(std::string_view bytes, uint64_t rows) {
  if (bytes.size() % 8 != 0 || bytes.size() / 8 != rows) {
    return fail(ErrorCode::corrupt, "partial scores",
                "expected " + std::to_string(rows) + " of 8 bytes, came " + std::to_string(bytes.size()) + " bytes");
  }
  ByteReader in(bytes);
  std::vector<int64_t> out(rows);
  for (int64_t& score : out) score = static_cast<int64_t>(in.u64());
  TRY(in.finish("partial scores"));
  return out;
}

}  // namespace puhui::federation
