#include "infrastructure/federation/psi/common_rows.h"

#include "ground/base/bytes.h"

namespace puhui::federation {

CommonRows narrowed(const CommonRows& so_far, std::span<const Match> matches) {
  CommonRows out;
  out.places.resize(so_far.places.size() + 1);
  size_t next = 0;
  for (size_t i = 0; i < so_far.count(); ++i) {
    while (next < matches.size() && matches[next].row < so_far.rows[i]) ++next;
    if (next == matches.size()) break;
    if (matches[next].row != so_far.rows[i]) continue;
    out.rows.push_back(so_far.rows[i]);
    for (size_t host = 0; host < so_far.places.size(); ++host) out.places[host].push_back(so_far.places[host][i]);
    out.places.back().push_back(matches[next].place);
  }
  return out;
}

std::string written(const CommonRows& common) {
  ByteWriter out;
  out.unsigned_varint(common.count());
  uint32_t last = 0;
  for (const uint32_t row : common.rows) out.unsigned_varint(row - last), last = row;
  for (const auto& host : common.places) {
    for (const uint32_t place : host) out.u32(place);
  }
  return out.take();
}

Result<CommonRows> read_common_rows(std::string_view bytes, size_t hosts, uint64_t rows_end) {
  ByteReader in(bytes);
  CommonRows out;
  out.rows.resize(in.count(1 + hosts * 4));
  uint64_t row = 0;
  for (uint32_t& at : out.rows) {
    row += in.unsigned_varint();
    if (row >= rows_end) in.reject();
    at = static_cast<uint32_t>(row);
  }
  out.places.assign(hosts, std::vector<uint32_t>(out.rows.size()));
  for (auto& host : out.places) {
    for (uint32_t& place : host) place = in.u32();
  }
  TRY(in.finish("common rows"));
  return out;
}

}  // namespace puhui::federation
