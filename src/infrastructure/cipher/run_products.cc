#include "infrastructure/cipher/run_products.h"

#include <algorithm>

#include "ground/base/check.h"
#include "infrastructure/cipher/batch.h"

namespace puhui::cipher {

namespace {

constexpr size_t kPieceMin = 16, kPiecesALane = 32;
constexpr size_t kWordsOfLine = 8;

// Walks the pieces with as many lanes as the kernel has; a lane that ends one takes the next that is left.
class Folding {
 public:
  Folding(const Lanes& lanes, std::span<const Row> rows, std::span<const uint32_t> ends, Residues& out)
      : lanes_(lanes), rows_(rows), ends_(ends), out_(out), sums_(lanes.form().group_words()), next_(sums_.size()) {}

  void run() {
    const size_t lanes = lanes_.form().lanes;
    for (size_t l = 0; l < lanes; ++l) begin(l);
    for (;;) {
      Row at[kLanesMax];
      size_t busy = 0;
      for (size_t l = 0; l < lanes; ++l) {
        while (lane_[l].piece < ends_.size() && lane_[l].place == ends_[lane_[l].piece]) finish(l), begin(l);
        const bool working = lane_[l].piece < ends_.size();
        at[l] = working ? rows_[lane_[l].place++] : rows_.front();
        busy += working ? 1 : 0;
      }
      if (busy == 0) return;
      lanes_.gather(at, next_.data());
      for (size_t l = 0; l < lanes; ++l) fetch_ahead(lane_[l].place);
      lanes_.multiply(sums_.data(), next_.data(), sums_.data());
    }
  }

 private:
  struct Lane {
    size_t piece = 0, place = 0;
  };

  // Rows of a run lie all over memory: asked for while the products before them run.
  void fetch_ahead(size_t place) const {
    if (place >= rows_.size()) return;
    for (size_t word = 0; word < lanes_.form().limbs; word += kWordsOfLine)
      __builtin_prefetch(rows_[place] + word, 0, 2);
  }

  void begin(size_t l) {
    lane_[l].piece = taken_++;
    const size_t lanes = lanes_.form().lanes;
    if (lane_[l].piece + lanes < ends_.size()) {  // what some lane begins with when all have gone on by one
      fetch_ahead(ends_[lane_[l].piece + lanes - 1]);
      fetch_ahead(ends_[lane_[l].piece + lanes - 1] + size_t{1});
    }
    if (lane_[l].piece >= ends_.size()) return;
    lane_[l].place = lane_[l].piece == 0 ? 0 : ends_[lane_[l].piece - 1];
    Row row = rows_[lane_[l].place++];
    for (size_t j = 0; j < lanes_.form().limbs; ++j) sums_.data()[j * lanes + l] = row[j];
  }

  void finish(size_t l) {
    uint64_t* row = out_.at(lane_[l].piece);
    const size_t lanes = lanes_.form().lanes;
    for (size_t j = 0; j < lanes_.form().limbs; ++j) row[j] = sums_.data()[j * lanes + l];
  }

  const Lanes& lanes_;
  std::span<const Row> rows_;
  std::span<const uint32_t> ends_;
  Residues& out_;
  AlignedWords sums_, next_;
  Lane lane_[kLanesMax];
  size_t taken_ = 0;
};

}  // namespace

void products_of_runs(const Modulus& modulus, std::span<const Row> rows, std::span<const uint32_t> ends,
                      Residues& out) {
  if (out.words() != modulus.words()) out = modulus.zeros(0);
  out.resize(ends.size());
  if (ends.empty()) return;
  const Lanes& lanes = modulus.lanes();
  const size_t piece_max = std::max(kPieceMin, rows.size() / (lanes.form().lanes * kPiecesALane));
  std::vector<uint32_t> piece_ends, pieces_of_runs;
  size_t start = 0;
  for (const size_t end : ends) {
    CHECK(end > start && end <= rows.size(), "a run of at least one row");
    const size_t pieces = (end - start + piece_max - 1) / piece_max;
    for (size_t p = 1; p <= pieces; ++p)
      piece_ends.push_back(static_cast<uint32_t>(start + (end - start) * p / pieces));
    pieces_of_runs.push_back(static_cast<uint32_t>(piece_ends.size()));
    start = end;
  }
  if (piece_ends.size() == ends.size()) return Folding(lanes, rows, piece_ends, out).run();
  Residues pieces = modulus.zeros(piece_ends.size());
  Folding(lanes, rows, piece_ends, pieces).run();
  products_of_runs(modulus, rows_of(pieces), pieces_of_runs, out);
}

std::vector<Row> rows_of(const Residues& residues) {
  std::vector<Row> out(residues.count());
  for (size_t i = 0; i < out.size(); ++i) out[i] = residues.at(i);
  return out;
}

SortedRuns sorted_by_code(std::span<const Row> rows, std::span<const uint32_t> codes, size_t bound) {
  std::vector<uint32_t> starts(bound + 1);
  for (const uint32_t code : codes) ++starts[code + 1];
  SortedRuns out;
  for (size_t code = 0; code < bound; ++code) {
    const uint32_t here = starts[code + 1];
    starts[code + 1] += starts[code];
    if (here == 0) continue;
    out.codes.push_back(static_cast<uint32_t>(code));
    out.ends.push_back(starts[code + 1]);
  }
  out.rows.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) out.rows[starts[codes[i]]++] = rows[i];
  return out;
}

}  // namespace puhui::cipher
