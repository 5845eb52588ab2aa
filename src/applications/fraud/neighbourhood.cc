#include "applications/fraud/neighbourhood.h"

#include "applications/fraud/book.h"
#include "ground/base/log.h"

namespace puhui::fraud {

namespace {

constexpr int64_t kPaymentsLookedAtMax = 30;
constexpr uint64_t kPlacesLookedAtMax = 200'000;

class Drawing {
 public:
  Drawing(const features::FeatureSet& set, bool shows_personal) : set_(set), shows_personal_(shows_personal) {}

  // The node's id; empty when the picture is full.
  std::string node(const std::string& kind, const std::string& name) {
    const auto [found, is_new] = ids_.try_emplace({kind, name}, "n" + std::to_string(out_.nodes.size()));
    if (!is_new) return found->second;
    if (out_.nodes.size() >= kNodesShownMax) {
      out_.cut = true;
      ids_.erase(found);
      return "";
    }
    const auto field = set_.find_field(kind);
    const bool is_masked = !shows_personal_ && field && set_.fields[*field].personal;
    out_.nodes.push_back({found->second, kind, is_masked ? masked(name) : name, {}});
    return found->second;
  }

  void edge(const std::string& from, const std::string& to, const std::string& kind, int64_t count = 1) {
    if (from.empty() || to.empty() || from == to) return;
    for (GraphEdge& edge : out_.edges) {
      if (edge.from != from || edge.to != to || edge.kind != kind) continue;
      edge.count += count;
      return;
    }
    if (out_.edges.size() >= kEdgesShownMax) {
      out_.cut = true;
      return;
    }
    out_.edges.push_back({from, to, kind, count});
  }

  void risk(const std::string& id, Rate of) {
    for (GraphNode& node : out_.nodes) {
      if (node.id == id) node.risk = std::max(node.risk, of);
    }
  }
  void cut() { out_.cut = true; }
  Neighbourhood take() { return std::move(out_); }

 private:
  const features::FeatureSet& set_;
  bool shows_personal_;
  Neighbourhood out_;
  std::map<std::pair<std::string, std::string>, std::string> ids_;
};

// The subject's newest payments, this one among them.
Result<std::vector<PaymentRow>> payments_of(const ReadingNeeds& needs, const PaymentRow& row) {
  std::vector<PaymentRow> out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out.clear();
    const auto newest = TRY(reader.integer("SELECT MAX(seq) FROM fraud_payment WHERE scheme = ?", {row.scheme}));
    const int64_t low = newest.value_or(0) - static_cast<int64_t>(kPlacesLookedAtMax);
    const std::string entity = row.entity.bytes();
    return reader.each("SELECT " + std::string(kPaymentColumns) +
                           " FROM fraud_payment p WHERE p.scheme = ? AND p.seq > ? AND p.entity = ? "
                           "ORDER BY p.seq DESC LIMIT ?",
                       {row.scheme, low, BytesView{entity}, kPaymentsLookedAtMax},
                       [&](const Row& found) -> Result<void> {
                         out.push_back(TRY(read_payment(found)));
                         return {};
                       });
  }));
  if (std::ranges::none_of(out, [&](const PaymentRow& one) { return one.seq == row.seq; })) out.push_back(row);
  return out;
}

// What the payment ties its subject to: every key field that came with it.
void draw_payment(const PaymentRow& row, const features::Event& event, const features::FeatureSet& set,
                  const std::string& subject, Drawing& drawing) {
  for (size_t i = 0; i < set.fields.size(); ++i) {
    const features::Field& field = set.fields[i];
    if (field.type != features::FieldType::key || field.sealed || event.values[i].text.empty()) continue;
    const bool is_payee = field.name == set.counterparty;
    drawing.edge(subject, drawing.node(is_payee ? set.account : field.name, event.values[i].text), field.name);
  }
  if (row.has_probability) drawing.risk(subject, Rate{row.probability_ppb});
}

}  // namespace

Neighbourhood neighbourhood_of(const ReadingNeeds& needs, const PaymentRow& row, const Caller& caller) {
  Book* const book = needs.desk.book(row.scheme);
  const auto set = book->adopted().set;
  const auto scheme = needs.desk.scheme(row.scheme);
  const auto name = needs.desk.subject_of(row);
  if (!set || !scheme || !name || name->empty()) return {};
  Drawing drawing(*set, caller.may("evidence.personal"));
  const std::string subject = drawing.node((*scheme)->subject, *name);
  const auto rows = payments_of(needs, row);
  if (!rows) return drawing.take();
  if (static_cast<int64_t>(rows->size()) >= kPaymentsLookedAtMax) drawing.cut();
  for (const PaymentRow& one : *rows) {
    if (const auto event = needs.desk.event_of(one, *set)) draw_payment(one, *event, *set, subject, drawing);
  }
  return drawing.take();
}

}  // namespace puhui::fraud
