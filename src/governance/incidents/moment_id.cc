#include "governance/incidents/moment_id.h"

#include "ground/base/bytes.h"
#include "ground/base/hash.h"

namespace puhui::incidents {

Id128 moment_id(Timestamp at, std::initializer_list<std::string_view> parts) {
  ByteWriter key;
  key.signed_varint(at.microseconds);
  for (const std::string_view part : parts) key.text(part);
  Id128 id = *Id128::from_bytes(sha256(key.take()).view().substr(0, 16));
  id.high = (static_cast<uint64_t>(at.microseconds / 1000) << 16) | (id.high & 0xFFFF);
  return id;
}

}  // namespace puhui::incidents
