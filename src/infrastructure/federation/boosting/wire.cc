#include "infrastructure/federation/boosting/wire.h"

#include "ground/base/bytes.h"

namespace puhui::federation {

namespace {

constexpr uint32_t kSlotBitsMin = 8, kSlotBitsMax = 126;  // a slot is read as two words

}  // namespace

std::string encode(const LevelOrder& order) {
  ByteWriter out;
  out.unsigned_varint(order.tree), out.unsigned_varint(order.level);
  out.u8(static_cast<uint8_t>((order.new_key ? 1 : 0) | (order.gradients ? 2 : 0) | (order.all_rows ? 4 : 0)));
  out.u32(order.slot_bits);
  out.unsigned_varint(order.open_nodes);
  out.raw(order.sampled);
  return out.take();
}

Result<LevelOrder> decode_order(std::string_view bytes, size_t rows) {
  ByteReader in(bytes);
  LevelOrder out;
  out.tree = in.unsigned_varint(), out.level = in.unsigned_varint();
  const uint8_t flags = in.u8();
  if (flags > 7) in.reject();
  out.new_key = (flags & 1) != 0, out.gradients = (flags & 2) != 0, out.all_rows = (flags & 4) != 0;
  out.slot_bits = in.u32();
  if (out.gradients && (out.slot_bits < kSlotBitsMin || out.slot_bits > kSlotBitsMax)) in.reject();
  out.open_nodes = in.unsigned_varint();
  if (in.ok()) out.sampled = std::string(in.raw(in.remaining()));
  TRY(in.finish("the guest's order for a tree level"));
  if (out.all_rows || !out.gradients) {
    if (!out.sampled.empty())
      return fail(ErrorCode::corrupt, "the guest's order for a tree level", "expected no bits of sampled rows");
  } else {
    TRY(check_row_bits(out.sampled, rows, "the guest's sampled rows"));
  }
  return out;
}

std::string encode_candidates_head(uint64_t count) {
  ByteWriter out;
  out.u64(count);
  return out.take();
}

Result<NodeCandidates> decode_candidates(std::string_view bytes, const CandidatesForm& form) {
  ByteReader in(bytes);
  NodeCandidates out;
  out.count = in.u64();
  if (out.count > form.count_max) {
    return fail(ErrorCode::corrupt, "candidate sums",
                "expected at most " + std::to_string(form.count_max) + " for the columns and bins of the job, came " +
                    std::to_string(out.count));
  }
  const uint64_t packed = (out.count + form.group - 1) / form.group * form.ciphertext_bytes;
  if (in.ok() && in.remaining() != packed) {
    return fail(ErrorCode::corrupt, "candidate sums",
                "expected " + std::to_string(packed) + " bytes of ciphertexts for " + std::to_string(out.count) +
                    " sums, came " + std::to_string(in.remaining()));
  }
  out.packed = in.raw(in.remaining());
  TRY(in.finish("candidate sums"));
  return out;
}

std::string encode(const NodeChoices& choices) {
  ByteWriter out;
  for (const auto& numbers : choices) {
    out.unsigned_varint(numbers.size());
    uint32_t before = 0;
    for (const uint32_t number : numbers) {
      out.unsigned_varint(number - before);
      before = number;
    }
  }
  return out.take();
}

Result<NodeChoices> decode_choices(std::string_view bytes, std::span<const uint64_t> candidate_counts) {
  ByteReader in(bytes);
  NodeChoices out;
  for (const uint64_t candidates : candidate_counts) {
    out.emplace_back();
    const size_t count = in.count();
    if (count > candidates) in.reject();
    uint64_t number = 0;
    for (size_t i = 0; i < count && in.ok(); ++i) {
      const uint64_t step = in.unsigned_varint();
      if ((i > 0 && step == 0) || step >= candidates || (number += step) >= candidates) in.reject();
      out.back().push_back(static_cast<uint32_t>(number));
    }
  }
  TRY(in.finish("the guest's choice among the candidates"));
  return out;
}

std::string encode(const std::vector<NodePartition>& partitions) {
  ByteWriter out;
  for (const NodePartition& partition : partitions) {
    out.unsigned_varint(partition.column ? uint64_t{*partition.column} + 1 : 0);
    out.raw(partition.left);
  }
  return out.take();
}

Result<std::vector<NodePartition>> decode_partitions(std::string_view bytes, std::span<const size_t> rows) {
  ByteReader in(bytes);
  std::vector<NodePartition> out;
  for (const size_t count : rows) {
    out.emplace_back();
    const uint64_t column = in.unsigned_varint();
    if (column > kColumnsMax) in.reject();
    if (column > 0) out.back().column = static_cast<uint32_t>(column - 1);
    out.back().left = std::string(in.raw(row_bits_bytes(count)));
    if (in.ok()) TRY(check_row_bits(out.back().left, count, "the host's sides of rows"));
  }
  TRY(in.finish("the host's sides of rows"));
  return out;
}

std::string encode(const std::vector<NodeMembership>& memberships) {
  ByteWriter out;
  for (const NodeMembership& membership : memberships) {
    out.u8(static_cast<uint8_t>((membership.opened.left ? 1 : 0) | (membership.opened.right ? 2 : 0)));
    out.raw(membership.left);
  }
  return out.take();
}

Result<std::vector<NodeMembership>> decode_memberships(std::string_view bytes, std::span<const size_t> rows) {
  ByteReader in(bytes);
  std::vector<NodeMembership> out;
  for (const size_t count : rows) {
    out.emplace_back();
    const uint8_t flags = in.u8();
    if (flags > 3) in.reject();
    out.back().opened = {(flags & 1) != 0, (flags & 2) != 0};
    if (flags == 0 || count == 0) continue;
    out.back().left = std::string(in.raw(row_bits_bytes(count)));
    if (in.ok()) TRY(check_row_bits(out.back().left, count, "the guest's rows of the next level"));
  }
  TRY(in.finish("the guest's rows of the next level"));
  return out;
}

}  // namespace puhui::federation
