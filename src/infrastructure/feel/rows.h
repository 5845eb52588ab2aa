// Rows: a chunk of a batch evaluated node by node. Slots and globals are columns; a node that has no form over columns
// is evaluated row by row on the same columns.
#pragma once

#include "infrastructure/feel/run.h"

namespace puhui::feel {

constexpr size_t kChunkRows = 256;
// Between the columns of one frame: not a power of two, or one row's values would share a few lines of the cache.
constexpr uint32_t kColumnStep = kChunkRows + 8;

struct RowsFrame {
  Run& run;
  Value* slots = nullptr;                        // slot s of row r: slots[s * kColumnStep + r]
  Value* globals = nullptr;                      // alike
  std::vector<std::unique_ptr<Value[]>>& spare;  // columns nobody uses

  Frame row(uint32_t r) const {
    run.row = r;
    run.globals = Slots(globals + r, kColumnStep);
    return {run, Slots(slots + r, kColumnStep), nullptr};
  }
  Value* slot_column(uint32_t slot) const { return slots + size_t{slot} * kColumnStep; }
};

// A column of working memory, given back at the end of its scope.
class Column {
 public:
  explicit Column(RowsFrame& frame) : frame_(frame) {
    if (frame.spare.empty()) frame.spare.push_back(std::make_unique<Value[]>(kChunkRows));
    values_ = std::move(frame.spare.back());
    frame.spare.pop_back();
  }
  ~Column() { frame_.spare.push_back(std::move(values_)); }
  Column(const Column&) = delete;
  Column& operator=(const Column&) = delete;
  Value* values() { return values_.get(); }

 private:
  RowsFrame& frame_;
  std::unique_ptr<Value[]> values_;
};

// Some rows of a chunk, in ascending order.
class Selection {
 public:
  void add(uint32_t row) { rows_[size_++] = row; }
  std::span<const uint32_t> rows() const { return {rows_, size_}; }
  bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }

 private:
  size_t size_ = 0;
  uint32_t rows_[kChunkRows];
};

// A child of a node: read where it stands when it is a constant, a slot or a global, else evaluated.
class Operand {
 public:
  explicit Operand(NodePtr node) : node_(std::move(node)), leaf_(node_->leaf()) {}
  const Value& get(Frame& frame, Value& space) const {
    switch (leaf_.kind) {
      case Leaf::Kind::constant: return *leaf_.value;
      case Leaf::Kind::slot: return frame.slots[leaf_.index];
      case Leaf::Kind::global: return frame.run.globals[leaf_.index];
      case Leaf::Kind::none: break;
    }
    space = node_->eval(frame);
    return space;
  }
  Value eval(Frame& frame) const {
    Value space;
    return get(frame, space);
  }
  const Value* rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const {
    return node_->eval_rows(frame, rows, out);
  }
  const Node& node() const { return *node_; }

 private:
  NodePtr node_;
  Leaf leaf_;
};

}  // namespace puhui::feel
