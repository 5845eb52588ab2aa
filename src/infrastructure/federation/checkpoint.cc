#include "infrastructure/federation/checkpoint.h"

#include <algorithm>

#include "ground/base/bytes.h"
#include "ground/base/check.h"

namespace puhui::federation {

namespace {

constexpr std::string_view kMagic = "puhui federation checkpoint 1\n";
constexpr size_t kDigestBytes = 32;

void write(ByteWriter& to, const Point& point) {
  to.unsigned_varint(static_cast<uint64_t>(point.stage));
  to.unsigned_varint(static_cast<uint64_t>(point.step));
  to.unsigned_varint(static_cast<uint64_t>(point.attempt));
}

Point read_point(ByteReader& from) {
  Point out;
  out.stage = static_cast<int64_t>(from.unsigned_varint());
  out.step = static_cast<int64_t>(from.unsigned_varint());
  out.attempt = static_cast<int64_t>(from.unsigned_varint());
  return out;
}

}  // namespace

std::string encode(const Checkpoint& checkpoint, const Checkpoints::Of& of) {
  ByteWriter to;
  to.raw(kMagic);
  to.digest(of.job);
  to.digest(of.content);
  to.text(of.party);
  write(to, checkpoint.point);
  to.unsigned_varint(checkpoint.rows.size());
  for (const uint32_t row : checkpoint.rows) to.u32(row);
  to.unsigned_varint(checkpoint.given_up.size());
  for (const std::string& name : checkpoint.given_up) to.text(name);
  to.unsigned_varint(checkpoint.leakage.size());
  for (const Leak& leak : checkpoint.leakage) {
    to.text(leak.to);
    to.text(leak.code);
    to.signed_varint(leak.amount);
  }
  to.unsigned_varint(checkpoint.done.size());
  for (const auto& [name, measures] : checkpoint.done) {
    to.text(name);
    to.text(measures);
  }
  to.text(checkpoint.part);
  to.text(checkpoint.state);
  std::string out = to.take();
  const Digest digest = sha256(out);
  out += digest.view();
  return out;
}

Result<Checkpoint> decode_checkpoint(std::string_view bytes, const Checkpoints::Of& of) {
  if (bytes.size() < kMagic.size() + kDigestBytes || !bytes.starts_with(kMagic)) {
    return fail(ErrorCode::corrupt, "expected a checkpoint, came something else");
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kDigestBytes);
  if (sha256(body).view() != bytes.substr(body.size())) {
    return fail(ErrorCode::corrupt, "its digest is not that of its bytes: it was damaged");
  }
  ByteReader from(body.substr(kMagic.size()));
  const Digest job = from.digest(), content = from.digest();
  const std::string party(from.text());
  Checkpoint out;
  out.point = read_point(from);
  out.rows.resize(from.count(sizeof(uint32_t)));
  for (uint32_t& row : out.rows) row = from.u32();
  out.given_up.resize(from.count());
  for (std::string& name : out.given_up) name = from.text();
  out.leakage.resize(from.count(3));
  for (Leak& leak : out.leakage) {
    leak.to = from.text();
    leak.code = from.text();
    leak.amount = from.signed_varint();
    if (from.ok() && find_leak(leak.code) == nullptr) from.reject();
  }
  out.done.resize(from.count(2));
  for (auto& [name, measures] : out.done) {
    name = from.text();
    measures = from.text();
  }
  out.part = from.text();
  out.state = from.text();
  TRY(from.finish("a checkpoint"));
  if (job != of.job || party != of.party) {
    return fail(ErrorCode::conflict, "is of job " + job.hex() + " and party '" + party + "', expected " + of.job.hex() +
                                         " and '" + of.party + "'; every job has a work folder of its own");
  }
  if (content != of.content) {
    return fail(ErrorCode::conflict, "was made from data with digest " + content.hex() + ", the data now have " +
                                         of.content.hex() + ": give the former file, or begin again with --afresh");
  }
  return out;
}

std::string Checkpoints::path(size_t slot) const { return folder_ + "/checkpoint-" + (slot == 0 ? "a" : "b"); }

Result<Checkpoints> Checkpoints::open(Files& files, const std::string& folder, const Of& of) {
  Checkpoints out(files, folder, of);
  for (size_t slot = 0; slot < out.slots_.size(); ++slot) {
    const std::string path = out.path(slot);
    if (!files.exists(path)) continue;
    const auto bytes = files.read(path, kCheckpointBytesMax);
    if (!bytes) return fail(at(path, bytes.error()));
    const auto checkpoint = decode_checkpoint(*bytes, of);
    if (checkpoint) {
      out.slots_[slot] = checkpoint->point;
    } else if (checkpoint.error().code == ErrorCode::corrupt) {
      out.damaged_.push_back(at(path, checkpoint.error()).text());
    } else {
      return fail(at(path, checkpoint.error()));
    }
  }
  return out;
}

std::vector<Point> Checkpoints::points() const {
  std::vector<Point> out;
  for (const auto& slot : slots_) {
    if (slot) out.push_back(*slot);
  }
  if (out.size() == 2 && out[0].is_before(out[1])) std::swap(out[0], out[1]);
  return out;
}

Result<Checkpoint> Checkpoints::read(const Point& point) {
  const auto slot = static_cast<size_t>(std::ranges::find(slots_, std::optional(point)) - slots_.begin());
  CHECK(slot < slots_.size(), "only points that are kept are read");
  auto read = [&]() -> Result<Checkpoint> {
    return decode_checkpoint(TRY(files_->read(path(slot), kCheckpointBytesMax)), of_);
  }();
  if (!read) return fail(at(path(slot), read.error()));
  return read;
}

void Checkpoints::leave_out(const Point& point) {
  for (auto& slot : slots_) {
    if (slot == point) slot.reset();
  }
}

Result<void> Checkpoints::put(const Checkpoint& checkpoint) {
  // Into the free place, else over the older one: the newest of the two must stand until this one is whole.
  size_t slot = 0;
  if (slots_[0] && (!slots_[1] || slots_[1]->is_before(*slots_[0]))) slot = 1;
  TRY(files_->write(path(slot), encode(checkpoint, of_), Privacy::secret));
  slots_[slot] = checkpoint.point;
  return {};
}

Result<void> Checkpoints::drop(size_t slot) {
  slots_[slot].reset();
  if (files_->exists(path(slot))) TRY(files_->remove(path(slot)));
  return {};
}

Result<void> Checkpoints::drop_after(const Point& point) {
  for (size_t slot = 0; slot < slots_.size(); ++slot) {
    const bool stays = slots_[slot] && (*slots_[slot] == point || slots_[slot]->is_before(point));
    if (!stays) TRY(drop(slot));
  }
  return {};
}

Result<void> Checkpoints::clear() {
  for (size_t slot = 0; slot < slots_.size(); ++slot) TRY(drop(slot));
  return {};
}

}  // namespace puhui::federation
