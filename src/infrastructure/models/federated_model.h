// FederatedModel: the asking house's part of a model that several houses trained together, as a model file. What only a
// partner knows comes in as the text of an input, which that partner answered beforehand: which way the subject goes at each of its
// splits, or its partial score. All sums are integers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/models/predictor_form.h"

namespace puhui::models {

constexpr std::string_view kFederatedMagic = "PUHUIFED1\n";
constexpr size_t kFederatedNodesMax = 1 << 20;
constexpr size_t kFederatedPeersMax = 64;

// One node of a tree. left == 0: a leaf; else the children are left and left + 1, behind their parent.
struct FederatedNode {
  uint32_t left = 0;
  uint32_t party = 0;   // 0: a column of our own; k: peers[k - 1]
  uint32_t split = 0;   // the peer's number of it; ours: the column
  float threshold = 0;  // ours: x < threshold goes left
  bool missing_left = false;
  int64_t value = 0;  // · 2^-scale: a leaf's, or what is expected below this node
};
struct FederatedTree {
  std::vector<FederatedNode> nodes;
};

// One of our own columns in a linear model: the contribution is weight · standardised value.
struct FederatedWeight {
  double mean = 0, deviation = 0;
  int64_t weight = 0;  // · 2^-scale, of one deviation
};

enum class FederatedKind : uint8_t { trees = 1, linear = 2 };
enum class FederatedAnswer : uint8_t { probability = 1, value = 2 };

struct FederatedPeer {
  std::string party;
  uint32_t splits = 0;  // trees: bits of its answer
};

struct FederatedModel {
  std::string name;
  Digest job;
  FederatedKind kind = FederatedKind::trees;
  FederatedAnswer answer = FederatedAnswer::probability;
  int scale = 0;
  int64_t base = 0;                  // margin before anything, · 2^-scale
  std::vector<std::string> columns;  // ours: the first inputs, numbers
  std::vector<FederatedPeer> peers;  // then one text each, "answer_of_PARTY"
  std::vector<FederatedTree> trees;
  std::vector<FederatedWeight> weights;  // linear: one a column
  int64_t peer_slope = 0;                // linear: of the peer's partial score, · 2^-scale
  int value_bits = 0;                    // linear: standardised values count in 2^-value_bits
  int32_t value_max = 0;                 // and no further from 0 than this
};
std::string input_of_peer(std::string_view party);  // "answer_of_registry"

// A partner's answer as text: "t" and base64 of a bit a split (least bit of a byte first, set: left), or "s" and the partial
// score's digits. Reading: `corrupt` when it is none of that form.
std::string answer_text(std::string_view bits);
std::string answer_text(int64_t partial_score);
Result<std::string> bits_of_answer(std::string_view text);
Result<int64_t> partial_score_of_answer(std::string_view text);

std::string write_federated(const FederatedModel& model);
// `corrupt`, whatever the bytes: trees that do not stand, splits nobody has.
Result<FederatedModel> read_federated(std::string_view bytes);

// Outputs: "probability" (or "value"), the answer; "margin"; "moved_by_us" and "moved_by_PARTY": what each moved the margin by against an
// average subject. reason_codes: who and what raised it, the most first: "column:NAME", "party:NAME". A peer's missing text is `invalid`.
Result<FormPtr> federated_form(std::string_view bytes);

}  // namespace puhui::models
