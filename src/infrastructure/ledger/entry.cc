#include "infrastructure/ledger/entry.h"

#include "ground/base/bytes.h"
#include "ground/base/check.h"

namespace puhui::ledger {
namespace {

constexpr uint8_t kFormat = 1;
constexpr size_t kChecksumBytes = 8;

// A ByteWriter's format into a buffer that is large enough: a batch's entries are the ledger's hottest bytes.
class Packer {
 public:
  static constexpr size_t kEntryBytesMax = 2 + 10 * 10 + 3 * 16;

  explicit Packer(size_t entries) : bytes_(32 + entries * kEntryBytesMax, '\0'), end_(bytes_.data()) {}
  void u8(uint8_t value) { *end_++ = static_cast<char>(value); }
  void u64(uint64_t value) {
    std::memcpy(end_, &value, 8);  // little-endian, as all machines this builds for
    end_ += 8;
  }
  void id(const Id128& id) { u64(id.high), u64(id.low); }
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) u8(static_cast<uint8_t>(value | 0x80));
    u8(static_cast<uint8_t>(value));
  }
  void signed_varint(int64_t value) { varint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63)); }
  std::string_view written() const { return {bytes_.data(), static_cast<size_t>(end_ - bytes_.data())}; }
  std::string take() {
    bytes_.resize(written().size());
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  char* end_;
};

// Which of the rarer fields an entry carries.
enum Present : uint8_t { kCode = 1, kUserData = 2, kTimeout = 4, kRequested = 8, kPendingId = 16 };

uint8_t byte_of(const TransferFlags& flags) {
  return static_cast<uint8_t>(flags.linked << 0 | flags.pending << 1 | flags.post_pending << 2 |
                              flags.void_pending << 3 | flags.balancing_debit << 4 | flags.balancing_credit << 5);
}

TransferFlags flags_of(uint8_t byte) {
  const auto bit = [&](int place) { return (byte >> place & 1) != 0; };
  return {bit(0), bit(1), bit(2), bit(3), bit(4), bit(5)};
}

uint8_t present_in(const Entry& entry) {
  return static_cast<uint8_t>((entry.code != 0 ? kCode : 0) | (entry.user_data.is_zero() ? 0 : kUserData) |
                              (entry.timeout_s != 0 ? kTimeout : 0) |
                              (entry.requested_minor != entry.amount_minor ? kRequested : 0) |
                              (entry.pending_sequence != 0 ? kPendingId : 0));
}

// Distance back to an earlier sequence; 0 stands for "none".
uint64_t distance(uint64_t sequence, uint64_t earlier) { return earlier == 0 ? 0 : sequence - earlier; }
uint64_t earlier(uint64_t sequence, uint64_t distance) { return distance == 0 ? 0 : sequence - distance; }

void pack_one(Packer& to, const Entry& entry, Timestamp before) {
  const uint8_t present = present_in(entry);
  to.u8(static_cast<uint8_t>(static_cast<uint8_t>(entry.kind) << 6 | byte_of(entry.flags)));
  to.u8(present);
  to.varint(static_cast<uint64_t>(entry.at.microseconds - before.microseconds));
  to.varint(entry.debit);
  to.varint(distance(entry.sequence, entry.debit_previous));
  if (entry.kind == Posting::Kind::closing || entry.kind == Posting::Kind::reopening) return;
  to.varint(entry.credit);
  to.varint(distance(entry.sequence, entry.credit_previous));
  to.varint(static_cast<uint64_t>(entry.amount_minor));
  if (entry.kind == Posting::Kind::transfer) to.id(entry.id);
  if (present & kCode) to.varint(entry.code);
  if (present & kUserData) to.id(entry.user_data);
  if (present & kTimeout) to.varint(entry.timeout_s);
  if (present & kRequested) to.signed_varint(entry.requested_minor);
  if (present & kPendingId) {
    to.id(entry.pending_id);
    to.varint(distance(entry.sequence, entry.pending_sequence));
    to.varint(static_cast<uint64_t>(entry.released_minor));
  }
}

Entry unpack_one(ByteReader& from, uint64_t sequence, Timestamp before) {
  Entry entry;
  entry.sequence = sequence;
  const uint8_t head = from.u8();
  const uint8_t present = from.u8();
  entry.kind = static_cast<Posting::Kind>(head >> 6);
  entry.flags = flags_of(head);
  entry.at.microseconds = before.microseconds + static_cast<int64_t>(from.unsigned_varint());
  entry.debit = static_cast<uint32_t>(from.unsigned_varint());
  entry.debit_previous = earlier(sequence, from.unsigned_varint());
  if (entry.kind == Posting::Kind::closing || entry.kind == Posting::Kind::reopening) return entry;
  entry.credit = static_cast<uint32_t>(from.unsigned_varint());
  entry.credit_previous = earlier(sequence, from.unsigned_varint());
  entry.amount_minor = entry.requested_minor = static_cast<int64_t>(from.unsigned_varint());
  if (entry.kind == Posting::Kind::transfer) entry.id = from.id();
  if (present & kCode) entry.code = static_cast<uint32_t>(from.unsigned_varint());
  if (present & kUserData) entry.user_data = from.id();
  if (present & kTimeout) entry.timeout_s = static_cast<uint32_t>(from.unsigned_varint());
  if (present & kRequested) entry.requested_minor = from.signed_varint();
  if (present & kPendingId) {
    entry.pending_id = from.id();
    entry.pending_sequence = earlier(sequence, from.unsigned_varint());
    entry.released_minor = static_cast<int64_t>(from.unsigned_varint());
  }
  return entry;
}

}  // namespace

// 64 bits over 8 bytes at a time: as good against damage as hash64, and eight times as fast.
uint64_t checksum_of(std::string_view bytes) {
  uint64_t sum = 0x9E3779B97F4A7C15ull ^ bytes.size();
  for (size_t at = 0; at < bytes.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min<size_t>(8, bytes.size() - at));
    sum = (sum ^ word) * 0xD6E8FEB86659FD93ull;
    sum ^= sum >> 32;
  }
  return sum;
}

Effect effect_of(const Entry& entry) {
  switch (entry.kind) {
    case Posting::Kind::closing:
    case Posting::Kind::reopening: return {};
    case Posting::Kind::expiry: return {0, -entry.released_minor};
    case Posting::Kind::transfer: break;
  }
  if (entry.flags.pending) return {0, entry.amount_minor};
  if (entry.flags.void_pending) return {0, -entry.released_minor};
  return {entry.amount_minor, -entry.released_minor};
}

void add(Balances& balances, Side side, Effect effect) {
  if (side == Side::debit) {
    balances.debits_posted += effect.posted;
    balances.debits_pending += effect.pending;
  } else {
    balances.credits_posted += effect.posted;
    balances.credits_pending += effect.pending;
  }
}

void take_back(Balances& balances, Side side, Effect effect) { add(balances, side, {-effect.posted, -effect.pending}); }

uint64_t step_back(Balances& balances, const Entry& entry, uint32_t account) {
  if (entry.debit == account) {
    take_back(balances, Side::debit, effect_of(entry));
    return entry.debit_previous;
  }
  CHECK(entry.credit == account, "an account's chain leads through its own entries");
  take_back(balances, Side::credit, effect_of(entry));
  return entry.credit_previous;
}

std::string pack(std::span<const Entry> entries) {
  CHECK(!entries.empty() && entries.size() <= kEntriesPerChunkMax, "a chunk has entries");
  Packer to(entries.size());
  to.u8(kFormat);
  to.varint(entries.size());
  to.varint(entries.front().sequence);
  Timestamp before;
  for (const Entry& entry : entries) {
    pack_one(to, entry, before);
    before = entry.at;
  }
  to.u64(checksum_of(to.written()));
  return to.take();
}

Result<std::vector<Entry>> unpack(std::string_view bytes) {
  const std::string_view what = "a chunk of the ledger's log";
  if (bytes.size() < kChecksumBytes) return fail(ErrorCode::corrupt, "a chunk of the ledger's log is cut short");
  ByteReader tail(bytes.substr(bytes.size() - kChecksumBytes));
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  ByteReader from(body);
  if (tail.u64() != checksum_of(body) || from.u8() != kFormat) {
    return fail(ErrorCode::corrupt, "a chunk of the ledger's log fails its checksum: restore it from a backup");
  }
  const size_t count = from.count();
  uint64_t sequence = from.unsigned_varint();
  std::vector<Entry> entries;
  entries.reserve(count);
  Timestamp before;
  for (size_t i = 0; i < count; ++i) {
    entries.push_back(unpack_one(from, sequence++, before));
    before = entries.back().at;
  }
  TRY(from.finish(what));
  return entries;
}

}  // namespace puhui::ledger
