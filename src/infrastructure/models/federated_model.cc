#include "infrastructure/models/federated_model.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "ground/base/base64.h"
#include "ground/base/bytes.h"
#include "infrastructure/models/logistic.h"

namespace puhui::models {

namespace {

constexpr size_t kNameBytesMax = 512, kColumnsMax = 4096;
constexpr int kScaleMax = 62;
constexpr size_t kReasonCodesMax = 4;
constexpr char kBits = 't', kPartial = 's';  // what an answer's text begins with

void write_node(ByteWriter& out, const FederatedNode& node) {
  out.unsigned_varint(node.left);
  out.unsigned_varint(node.party);
  out.unsigned_varint(node.split);
  uint32_t bits = 0;
  std::memcpy(&bits, &node.threshold, sizeof bits);
  out.u32(bits);
  out.u8(node.missing_left ? 1 : 0);
  out.signed_varint(node.value);
}

FederatedNode read_node(ByteReader& in) {
  FederatedNode node;
  const uint64_t left = in.unsigned_varint(), party = in.unsigned_varint(), split = in.unsigned_varint();
  if (left > kFederatedNodesMax || party > kFederatedPeersMax || split > kFederatedNodesMax) in.reject();
  node.left = static_cast<uint32_t>(left);
  node.party = static_cast<uint32_t>(party);
  node.split = static_cast<uint32_t>(split);
  const uint32_t bits = in.u32();
  std::memcpy(&node.threshold, &bits, sizeof bits);
  const uint8_t missing = in.u8();
  if (missing > 1 || std::isnan(node.threshold)) in.reject();
  node.missing_left = missing == 1;
  node.value = in.signed_varint();
  return node;
}

// Children stand behind their parent, one parent each, and splits are somebody's.
bool stands(const FederatedTree& tree, const FederatedModel& model) {
  size_t children = 1;
  for (size_t i = 0; i < tree.nodes.size(); ++i) {
    const FederatedNode& node = tree.nodes[i];
    if (node.left == 0) continue;
    if (node.left != children || node.left <= i || node.left + 1 >= tree.nodes.size()) return false;
    children += 2;
    const bool known = node.party == 0
                           ? node.split < model.columns.size()
                           : node.party <= model.peers.size() && node.split < model.peers[node.party - 1].splits;
    if (!known) return false;
  }
  return children == tree.nodes.size();
}

// What one prediction comes to, before it is told.
struct Moves {
  int64_t base = 0, margin = 0;
  std::vector<int64_t> by_column, by_peer;
};

bool goes_left(const FederatedNode& node, const std::vector<double>& row, const std::vector<std::string>& bits) {
  if (node.party > 0) {
    const auto byte = static_cast<uint8_t>(bits[node.party - 1][node.split / 8]);
    return (byte >> (node.split % 8) & 1) != 0;
  }
  const auto value = static_cast<float>(row[node.split]);
  return std::isnan(value) ? node.missing_left : value < node.threshold;
}

Moves walk(const FederatedModel& model, const std::vector<double>& row, const std::vector<std::string>& bits) {
  Moves out{model.base, 0, std::vector<int64_t>(model.columns.size()), std::vector<int64_t>(model.peers.size())};
  for (const FederatedTree& tree : model.trees) {
    out.base += tree.nodes[0].value;
    for (uint32_t at = 0; tree.nodes[at].left != 0;) {
      const FederatedNode& node = tree.nodes[at];
      at = node.left + (goes_left(node, row, bits) ? 0 : 1);
      const int64_t moved = tree.nodes[at].value - node.value;
      (node.party == 0 ? out.by_column[node.split] : out.by_peer[node.party - 1]) += moved;
    }
  }
  return out;
}

Moves weigh(const FederatedModel& model, const std::vector<double>& row, const std::vector<int64_t>& partial_scores) {
  Moves out{model.base, 0, {}, {}};
  const double unit = std::ldexp(1, model.value_bits);
  for (size_t j = 0; j < row.size(); ++j) {
    const FederatedWeight& column = model.weights[j];
    const auto value = static_cast<double>(static_cast<float>(row[j]));
    double x = 0;
    if (!std::isnan(value) && column.deviation > 0) {
      x = std::nearbyint(std::clamp((value - column.mean) / column.deviation * unit,
                                    -static_cast<double>(model.value_max), static_cast<double>(model.value_max)));
    }
    const __int128 product = static_cast<__int128>(static_cast<int64_t>(x)) * column.weight;
    out.by_column.push_back(
        static_cast<int64_t>((product + (int64_t{1} << (model.value_bits - 1))) >> model.value_bits));
  }
  for (const int64_t score : partial_scores) {
    const __int128 product = static_cast<__int128>(score) * model.peer_slope;
    out.by_peer.push_back(static_cast<int64_t>((product + (__int128{1} << (model.scale - 1))) >> model.scale));
  }
  return out;
}

class FederatedForm final : public PredictorForm {
 public:
  explicit FederatedForm(FederatedModel model) : model_(std::move(model)) {
    format = ModelFormat::federated;
    name = model_.name;
    model_names = {name};
    const std::string answer = model_.answer == FederatedAnswer::probability ? "probability" : "value";
    outputs = {{answer, FieldType::number, true}, {"margin", FieldType::number}, {"moved_by_us", FieldType::number}};
    for (const std::string& column : model_.columns) {
      inputs.push_back({column, FieldType::number, false, {}});
      codes_.push_back("column:" + column);
    }
    for (const FederatedPeer& peer : model_.peers) {
      inputs.push_back({input_of_peer(peer.party), FieldType::text, true, {}});
      outputs.push_back({"moved_by_" + peer.party, FieldType::number});
      peers.push_back({input_of_peer(peer.party), peer.party, model_.job});
      codes_.push_back("party:" + peer.party);
    }
  }

  Result<void> predict(std::span<const PredictorValue> in, Prediction& out) const override {
    std::vector<double> row(model_.columns.size());
    for (size_t j = 0; j < row.size(); ++j) row[j] = TRY(number_of(in[j], model_.columns[j]));
    std::vector<std::string> bits;
    std::vector<int64_t> scores;
    for (size_t p = 0; p < model_.peers.size(); ++p) {
      const auto* text = std::get_if<std::string_view>(&in[row.size() + p]);
      if (text == nullptr || text->empty()) {
        return fail(ErrorCode::invalid, inputs[row.size() + p].name,
                    "is missing: '" + model_.peers[p].party + "' did not answer, or does not know the subject");
      }
      TRY(read_answer(*text, model_.peers[p], bits, scores));
    }
    Moves moves = model_.kind == FederatedKind::trees ? walk(model_, row, bits) : weigh(model_, row, scores);
    return tell(moves, out);
  }

 private:
  Result<void> read_answer(std::string_view text, const FederatedPeer& peer, std::vector<std::string>& bits,
                           std::vector<int64_t>& scores) const {
    const auto wrong = [&] {
      return fail(ErrorCode::invalid, input_of_peer(peer.party), "is no answer to this model's question");
    };
    if (model_.kind == FederatedKind::trees) {
      auto read = bits_of_answer(text);
      if (!read || read->size() != (peer.splits + 7) / 8) return wrong();
      bits.push_back(*std::move(read));
      return {};
    }
    constexpr int64_t kPartialScoreMax = int64_t{1} << 46;
    const auto score = partial_score_of_answer(text);
    if (!score || *score > kPartialScoreMax || *score < -kPartialScoreMax) return wrong();
    scores.push_back(*score);
    return {};
  }

  Result<void> tell(Moves& moves, Prediction& out) const {
    int64_t ours = 0;
    for (const int64_t moved : moves.by_column) ours += moved;
    moves.margin = moves.base + ours;
    for (const int64_t moved : moves.by_peer) moves.margin += moved;
    const auto real = [&](int64_t amount) { return std::ldexp(static_cast<double>(amount), -model_.scale); };
    const double margin = real(moves.margin);
    const bool is_probability = model_.answer == FederatedAnswer::probability;
    out.values[0] = TRY(number_output(is_probability ? sigmoid(margin) : margin, outputs[0].name));
    out.values[1] = TRY(number_output(margin, outputs[1].name));
    out.values[2] = TRY(number_output(real(ours), outputs[2].name));
    for (size_t p = 0; p < moves.by_peer.size(); ++p) {
      out.values[3 + p] = TRY(number_output(real(moves.by_peer[p]), outputs[3 + p].name));
    }
    std::vector<std::pair<int64_t, size_t>> raised;  // by how much, whose code
    for (size_t j = 0; j < moves.by_column.size(); ++j) raised.emplace_back(-moves.by_column[j], j);
    for (size_t p = 0; p < moves.by_peer.size(); ++p)
      raised.emplace_back(-moves.by_peer[p], moves.by_column.size() + p);
    std::ranges::sort(raised);
    for (const auto& [less, code] : raised) {
      if (less >= 0 || out.reason_codes.size() == kReasonCodesMax) break;
      out.reason_codes.push_back(codes_[code]);
    }
    return {};
  }

  FederatedModel model_;
  std::vector<std::string> codes_;  // of columns, then of peers
};

}  // namespace

std::string answer_text(std::string_view bits) { return kBits + to_base64(bits); }
std::string answer_text(int64_t partial_score) { return kPartial + std::to_string(partial_score); }

Result<std::string> bits_of_answer(std::string_view text) {
  if (text.empty() || text.front() != kBits) {
    return fail(ErrorCode::corrupt, "expected an answer of splits ('t' and base64), came another");
  }
  auto bits = from_base64(text.substr(1));
  if (!bits) return fail(ErrorCode::corrupt, "expected base64 behind the answer's 't'");
  return *std::move(bits);
}

Result<int64_t> partial_score_of_answer(std::string_view text) {
  int64_t out = 0;
  const char* end = text.data() + text.size();
  if (text.size() > 1 && text.front() == kPartial) {
    const auto [rest, error] = std::from_chars(text.data() + 1, end, out);
    if (error == std::errc() && rest == end) return out;
  }
  return fail(ErrorCode::corrupt, "expected a partial score ('s' and a whole number), came another answer");
}

std::string input_of_peer(std::string_view party) { return "answer_of_" + std::string(party); }

std::string write_federated(const FederatedModel& model) {
  ByteWriter out;
  out.raw(kFederatedMagic);
  out.text(model.name);
  out.digest(model.job);
  out.u8(static_cast<uint8_t>(model.kind));
  out.u8(static_cast<uint8_t>(model.answer));
  out.unsigned_varint(static_cast<uint64_t>(model.scale));
  out.signed_varint(model.base);
  out.unsigned_varint(model.columns.size());
  for (const std::string& column : model.columns) out.text(column);
  out.unsigned_varint(model.peers.size());
  for (const FederatedPeer& peer : model.peers) {
    out.text(peer.party);
    out.unsigned_varint(peer.splits);
  }
  out.unsigned_varint(model.trees.size());
  for (const FederatedTree& tree : model.trees) {
    out.unsigned_varint(tree.nodes.size());
    for (const FederatedNode& node : tree.nodes) write_node(out, node);
  }
  for (const FederatedWeight& weight : model.weights) {
    out.real(weight.mean);
    out.real(weight.deviation);
    out.signed_varint(weight.weight);
  }
  out.signed_varint(model.peer_slope);
  out.unsigned_varint(static_cast<uint64_t>(model.value_bits));
  out.unsigned_varint(static_cast<uint64_t>(model.value_max));
  return out.take();
}

namespace {

void read_names(ByteReader& in, FederatedModel& out) {
  const size_t columns = in.count();
  if (columns > kColumnsMax) in.reject();
  for (size_t j = 0; in.ok() && j < columns; ++j) out.columns.emplace_back(in.text());
  const size_t peers = in.count(2);
  if (peers > kFederatedPeersMax) in.reject();
  for (size_t p = 0; in.ok() && p < peers; ++p) {
    FederatedPeer& peer = out.peers.emplace_back();
    peer.party = in.text();
    const uint64_t splits = in.unsigned_varint();
    if (splits > kFederatedNodesMax) in.reject();
    peer.splits = static_cast<uint32_t>(splits);
  }
  const auto too_long = [](const std::string& name) { return name.empty() || name.size() > kNameBytesMax; };
  if (std::ranges::any_of(out.columns, too_long) || std::ranges::any_of(out.peers, too_long, &FederatedPeer::party)) {
    in.reject();
  }
}

void read_trees(ByteReader& in, FederatedModel& out) {
  constexpr size_t kNodeBytesMin = 9;
  const size_t trees = in.count();
  for (size_t t = 0; in.ok() && t < trees; ++t) {
    FederatedTree& tree = out.trees.emplace_back();
    const size_t nodes = in.count(kNodeBytesMin);
    if (nodes == 0 || nodes > kFederatedNodesMax) in.reject();
    for (size_t i = 0; in.ok() && i < nodes; ++i) tree.nodes.push_back(read_node(in));
    if (in.ok() && !stands(tree, out)) in.reject();
  }
}

void read_weights(ByteReader& in, FederatedModel& out) {
  if (out.kind == FederatedKind::linear) {
    for (size_t j = 0; in.ok() && j < out.columns.size(); ++j) {
      const double mean = in.real(), deviation = in.real();
      out.weights.push_back({mean, deviation, in.signed_varint()});
      if (!std::isfinite(mean) || !std::isfinite(deviation) || deviation < 0) in.reject();
    }
  }
  out.peer_slope = in.signed_varint();
  const uint64_t bits = in.unsigned_varint(), most = in.unsigned_varint();
  if (bits > 30 || most > (uint64_t{1} << 30)) in.reject();
  out.value_bits = static_cast<int>(bits);
  out.value_max = static_cast<int32_t>(most);
  if (out.kind == FederatedKind::linear && (bits == 0 || out.scale == 0 || !out.trees.empty())) in.reject();
}

}  // namespace

Result<FederatedModel> read_federated(std::string_view bytes) {
  if (!bytes.starts_with(kFederatedMagic)) {
    return fail(ErrorCode::corrupt, "expected a part of a federated model, came other bytes");
  }
  ByteReader in(bytes.substr(kFederatedMagic.size()));
  FederatedModel out;
  out.name = in.text();
  out.job = in.digest();
  const uint8_t kind = in.u8(), answer = in.u8();
  if (kind < 1 || kind > 2 || answer < 1 || answer > 2 || out.name.size() > kNameBytesMax) in.reject();
  out.kind = static_cast<FederatedKind>(kind);
  out.answer = static_cast<FederatedAnswer>(answer);
  const uint64_t scale = in.unsigned_varint();
  if (scale > kScaleMax) in.reject();
  out.scale = static_cast<int>(scale);
  out.base = in.signed_varint();
  read_names(in, out);
  read_trees(in, out);
  read_weights(in, out);
  TRY(in.finish("a part of a federated model"));
  return out;
}

Result<FormPtr> federated_form(std::string_view bytes) {
  return FormPtr(std::make_unique<FederatedForm>(TRY(read_federated(bytes))));
}

}  // namespace puhui::models
