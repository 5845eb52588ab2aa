// Checkpoints: what a party needs to go on from a step: two files of which the newer replaces the older, each whole or not at all,
// each with its digest. They hold no secrets of protocols, but a party's own numbers: mode 0600, in its own folder.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ground/base/files.h"
#include "infrastructure/federation/leakage.h"
#include "infrastructure/federation/meeting.h"

namespace puhui::federation {

inline constexpr size_t kCheckpointBytesMax = size_t{4} << 30;

struct Checkpoint {
  Point point;
  std::vector<uint32_t> rows;  // of the intersection; empty: none yet, or all in order
  std::vector<std::string> given_up;
  std::vector<Leak> leakage;                              // so far
  std::vector<std::pair<std::string, std::string>> done;  // stages that are finished: name, its measures as JSON
  std::string part;                                       // that a finished stage left
  std::string state;                                      // of the stage that goes on
};

class Checkpoints {
 public:
  struct Of {
    Digest job, content;  // whose rows: another content is `conflict`
    std::string party;
  };
  // Reads both files. Damaged ones are told in `damaged()` and are as if they were not there.
  static Result<Checkpoints> open(Files& files, const std::string& folder, const Of& of);

  std::vector<Point> points() const;  // the newest first
  const std::vector<std::string>& damaged() const { return damaged_; }
  // corrupt when it was damaged since; it is left out from then on.
  Result<Checkpoint> read(const Point& point);
  void leave_out(const Point& point);  // it does not read, or nobody can go on from it
  // In place of the older one. A full disk is `exhausted`; what was kept stands.
  Result<void> put(const Checkpoint& checkpoint);
  // Later ones would be mixed with steps that are done again.
  Result<void> drop_after(const Point& point);
  Result<void> clear();

 private:
  Checkpoints(Files& files, std::string folder, Of of)
      : files_(&files), folder_(std::move(folder)), of_(std::move(of)) {}
  std::string path(size_t slot) const;
  Result<void> drop(size_t slot);

  Files* files_;
  std::string folder_;
  Of of_;
  std::array<std::optional<Point>, 2> slots_;
  std::vector<std::string> damaged_;
};

// The bytes of a file; corrupt says what does not read. Of another job or party: `conflict`.
std::string encode(const Checkpoint& checkpoint, const Checkpoints::Of& of);
Result<Checkpoint> decode_checkpoint(std::string_view bytes, const Checkpoints::Of& of);

}  // namespace puhui::federation
