#include "infrastructure/federation/boosting/predict.h"

#include <cmath>

#include "infrastructure/federation/boosting/gradients.h"
#include "infrastructure/federation/boosting/growth.h"

namespace puhui::federation {

namespace {

Result<void> check_row(const GuestPart& part, std::span<const float> row, std::span<const std::string_view> answers) {
  if (row.size() != part.columns.size())
    return fail(ErrorCode::invalid, "row",
                "expected " + std::to_string(part.columns.size()) + " values, came " + std::to_string(row.size()));
  if (answers.size() != part.host_splits.size())
    return fail(ErrorCode::invalid, "answers",
                "expected one for each of " + std::to_string(part.host_splits.size()) + " hosts, came " +
                    std::to_string(answers.size()));
  for (size_t host = 0; host < answers.size(); ++host) {
    TRY(check_row_bits(answers[host], part.host_splits[host],
                       "the answer of '" + part.parties[host + 1] + "' about its splits"));
  }
  return {};
}

uint32_t next_of(const GuestPart& part, const PartNode& node, std::span<const float> row,
                 std::span<const std::string_view> answers) {
  const bool left = node.party == 0 ? goes_left(part.splits[node.split], row[part.splits[node.split].column])
                                    : row_bit(answers[node.party - 1], node.split);
  return left ? node.left : node.left + 1;
}

}  // namespace

std::vector<int64_t> expectations(const PartTree& tree) {
  std::vector<int64_t> out(tree.nodes.size());
  for (size_t i = tree.nodes.size(); i-- > 0;) {
    const PartNode& node = tree.nodes[i];
    if (node.is_leaf()) {
      out[i] = node.leaf;
      continue;
    }
    const auto rows_left = static_cast<__int128>(tree.nodes[node.left].rows), rows = static_cast<__int128>(node.rows);
    if (rows == 0) continue;
    const __int128 twice = 2 * (out[node.left] * rows_left + out[node.left + 1] * (rows - rows_left)) + rows;
    const __int128 whole = twice / (2 * rows);
    out[i] = static_cast<int64_t>(twice % (2 * rows) < 0 ? whole - 1 : whole);
  }
  return out;
}

size_t split_answer_bytes(size_t splits) { return row_bits_bytes(splits); }

std::string split_answer(const HostPart& part, std::span<const float> row) {
  return row_bits(part.splits.size(), [&](size_t i) { return goes_left(part.splits[i], row[part.splits[i].column]); });
}

Result<PartMargins> part_margins(const GuestPart& part, std::span<const float> row,
                                 std::span<const std::string_view> answers) {
  TRY(check_row(part, row, answers));
  PartMargins out{part.bases};
  for (const PartTree& tree : part.trees) {
    uint32_t at = 0;
    while (!tree.nodes[at].is_leaf()) at = next_of(part, tree.nodes[at], row, answers);
    out.margins[tree.output] += tree.nodes[at].leaf;
  }
  return out;
}

Result<PartReasons> part_reasons(const GuestPart& part, std::span<const float> row,
                                 std::span<const std::string_view> answers, size_t output) {
  TRY(check_row(part, row, answers));
  if (output >= part.outputs())
    return fail(ErrorCode::invalid, "output",
                "expected one of " + std::to_string(part.outputs()) + ", came " + std::to_string(output));
  PartReasons out{part.bases[output], std::vector<int64_t>(part.parties.size(), 0),
                  std::vector<int64_t>(part.columns.size(), 0)};
  for (const PartTree& tree : part.trees) {
    if (tree.output != output) continue;
    const std::vector<int64_t> expected = expectations(tree);
    out.base += expected[0];
    uint32_t at = 0;
    while (!tree.nodes[at].is_leaf()) {
      const PartNode& node = tree.nodes[at];
      const uint32_t next = next_of(part, node, row, answers);
      const int64_t moved = expected[next] - expected[at];
      out.by_party[node.party] += moved;
      if (node.party == 0) out.by_guest_column[part.splits[node.split].column] += moved;
      at = next;
    }
  }
  return out;
}

std::vector<Rate> probabilities_of(const GuestPart& part, const PartMargins& margins) {
  std::vector<double> real;
  for (const int64_t margin : margins.margins) real.push_back(std::ldexp(static_cast<double>(margin), -part.scale));
  std::vector<Rate> out;
  if (part.objective == Objective::binary) out.push_back(Rate::from_double(steady_sigmoid(real[0])));
  if (part.objective == Objective::multi_class) {
    for (const double p : steady_softmax(real)) out.push_back(Rate::from_double(p));
  }
  return out;
}

double regression_value(const GuestPart& part, const PartMargins& margins) {
  return std::ldexp(static_cast<double>(margins.margins[0]), -part.scale);
}

}  // namespace puhui::federation
