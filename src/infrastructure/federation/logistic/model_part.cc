#include "infrastructure/federation/logistic/model_part.h"

#include <cmath>
#include <set>

#include "ground/base/bytes.h"
#include "ground/base/check.h"

namespace puhui::federation {

namespace {

constexpr std::string_view kMagic = "puhui vertical logistic 1\n";
constexpr size_t kNameBytesMax = 512;
constexpr int64_t kCalibrationMax = int64_t{1} << 40;  // of base and slope: 65,536 in 2^-24

bool is_within(int64_t value, int64_t most) { return value >= -most && value <= most; }

LogisticColumn read_column(ByteReader& in) {
  LogisticColumn out;
  out.name = in.text();
  out.mean = in.real();
  out.deviation = in.real();
  out.weight = in.signed_varint();
  const bool numbers = std::isfinite(out.mean) && std::isfinite(out.deviation) && out.deviation >= 0;
  if (!numbers || out.name.size() > kNameBytesMax || !is_within(out.weight, kWeightMax)) in.reject();
  return out;
}

}  // namespace

std::string write_logistic_part(const LogisticModelPart& part) {
  CHECK(part.role != Role::client, "a vertical model has a guest and a host");
  ByteWriter out;
  out.raw(kMagic);
  out.u8(static_cast<uint8_t>(part.role));
  out.text(part.party);
  out.text(part.peer);
  out.unsigned_varint(part.columns.size());
  for (const LogisticColumn& column : part.columns) {
    out.text(column.name);
    out.real(column.mean);
    out.real(column.deviation);
    out.signed_varint(column.weight);
  }
  out.signed_varint(part.base);
  out.signed_varint(part.slope);
  return out.take();
}

Result<LogisticModelPart> read_logistic_part(std::string_view bytes) {
  if (bytes.size() > kLogisticPartBytesMax || !bytes.starts_with(kMagic)) {
    return fail(ErrorCode::corrupt, "expected a part of a vertical logistic model, came other bytes");
  }
  ByteReader in(bytes.substr(kMagic.size()));
  LogisticModelPart out;
  const uint8_t role = in.u8();
  if (role > static_cast<uint8_t>(Role::host)) in.reject();
  out.role = static_cast<Role>(role);
  out.party = in.text();
  out.peer = in.text();
  if (out.party.size() > kNameBytesMax || out.peer.size() > kNameBytesMax) in.reject();
  const size_t columns = in.count(18);  // a name's length, two numbers of 8 bytes, a weight
  if (columns > kColumnsMax) in.reject();
  std::set<std::string> names;
  for (size_t j = 0; j < columns && in.ok(); ++j) {
    out.columns.push_back(read_column(in));
    if (!names.insert(out.columns.back().name).second) in.reject();
  }
  out.base = in.signed_varint();
  out.slope = in.signed_varint();
  if (!is_within(out.base, kCalibrationMax) || !is_within(out.slope, kCalibrationMax)) in.reject();
  if (out.role == Role::host && (out.base != 0 || out.slope != 0)) in.reject();
  TRY(in.finish("a part of a vertical logistic model"));
  return out;
}

}  // namespace puhui::federation
