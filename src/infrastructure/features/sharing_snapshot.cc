// A SharingGraph as bytes: the ties by their last use, each name where it first comes.
#include "infrastructure/features/sharing_graph_state.h"

namespace puhui::features {

namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kTieBytesMin = 5;

uint64_t difference(int64_t a, int64_t b) { return static_cast<uint64_t>(a) - static_cast<uint64_t>(b); }
int64_t sum(int64_t a, uint64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + b); }

// Numbers names by their first coming, so that the bytes do not depend on the numbers inside.
class NamesWriter {
 public:
  NamesWriter(const NameTable& names, ByteWriter& out) : names_(names), out_(out), order_(names.numbers(), kNew) {}
  void write(uint32_t number) {
    const bool is_new = order_[number] == kNew;
    if (is_new) order_[number] = next_++;
    out_.unsigned_varint(order_[number]);
    if (is_new) out_.text(names_.name(number));
  }

 private:
  static constexpr uint32_t kNew = UINT32_MAX;
  const NameTable& names_;
  ByteWriter& out_;
  std::vector<uint32_t> order_;
  uint32_t next_ = 0;
};

class NamesReader {
 public:
  NamesReader(SharingGraph::State::Nodes& nodes, ByteReader& in, size_t bytes_min)
      : nodes_(nodes), in_(in), bytes_min_(bytes_min) {}
  uint32_t read() {
    const uint64_t order = in_.unsigned_varint();
    if (order < nodes_.names.size()) return static_cast<uint32_t>(order);
    const std::string_view name = in_.text();
    if (order != nodes_.names.size() || name.size() < bytes_min_ || nodes_.names.find(name)) in_.reject();
    return in_.ok() ? nodes_.number_of(name) : 0;
  }

 private:
  SharingGraph::State::Nodes& nodes_;
  ByteReader& in_;
  size_t bytes_min_;
};

}  // namespace

std::string SharingGraph::snapshot() const {
  const State& state = *state_;
  ByteWriter out;
  out.u8(kVersion);
  for (const uint64_t setting : {static_cast<uint64_t>(state.horizon_us), uint64_t{state.limits.ties_max},
                                 uint64_t{state.limits.reach_steps_max}, uint64_t{state.limits.hub_max},
                                 static_cast<uint64_t>(state.limits.lateness_us)}) {
    out.unsigned_varint(setting);
  }
  for (const uint64_t count :
       {state.ties_forgotten, state.ties_evicted, state.uses_forgotten, state.answers_cut, state.calls}) {
    out.unsigned_varint(count);
  }
  out.signed_varint(state.newest_us);
  out.unsigned_varint(state.by_last_use.size());
  NamesWriter entities(state.entities.names, out), links(state.links.names, out);
  int64_t before_us = 0;
  state.by_last_use.each(state.by_last_use.begin(), state.by_last_use.end(), [&](const State::Use& use) {
    const State::Tie& tie = state.ties[use.tie];
    out.unsigned_varint(difference(use.at_us, before_us));
    out.unsigned_varint(use.seq);
    entities.write(tie.entity);
    links.write(tie.link);
    out.unsigned_varint(tie.earlier_us.size());
    for (const int64_t at_us : tie.earlier_us) out.unsigned_varint(difference(use.at_us, at_us));
    before_us = use.at_us;
    return true;
  });
  return out.take();
}

void SharingGraph::State::read_ties(ByteReader& in) {
  const size_t count = in.count(kTieBytesMin);
  if (count > limits.ties_max) in.reject();
  NamesReader entity_names(entities, in, 1), link_names(links, in, 2);
  TimeKey key{0, 0}, earlier{INT64_MIN, 0};
  for (size_t i = 0; i < count && in.ok(); ++i) {
    key = {sum(key.at_us, in.unsigned_varint()), in.unsigned_varint()};
    const uint32_t entity = entity_names.read(), link = link_names.read();
    const size_t uses = in.count();
    if (uses > kTieUsesMax || key.seq >= calls || key.at_us > newest_us || key.at_us < oldest_kept()) in.reject();
    if ((i > 0 && key <= earlier) || (in.ok() && find(entity, link) != nullptr)) in.reject();
    if (!in.ok()) return;
    Tie& tie = ties[add_tie(entity, link, key)];
    for (size_t u = 0; u < uses; ++u) {
      const uint64_t distance = in.unsigned_varint();
      const int64_t at_us = sum(key.at_us, -distance);
      if (at_us > key.at_us || (u > 0 && at_us < tie.earlier_us.back())) in.reject();
      tie.earlier_us.push_back(at_us);
    }
    earlier_uses += uses;
    earlier = key;
  }
}

Result<SharingGraph> SharingGraph::restore(int64_t horizon_us, SharingLimits limits, std::string_view bytes) {
  SharingGraph out(horizon_us, limits);
  State& state = *out.state_;
  ByteReader in(bytes);
  if (in.u8() != kVersion) in.reject();
  for (const uint64_t setting :
       {static_cast<uint64_t>(horizon_us), uint64_t{limits.ties_max}, uint64_t{limits.reach_steps_max},
        uint64_t{limits.hub_max}, static_cast<uint64_t>(limits.lateness_us)}) {
    if (in.unsigned_varint() != setting) in.reject();
  }
  for (uint64_t* count :
       {&state.ties_forgotten, &state.ties_evicted, &state.uses_forgotten, &state.answers_cut, &state.calls}) {
    *count = in.unsigned_varint();
  }
  state.newest_us = in.signed_varint();
  state.read_ties(in);
  TRY(in.finish("the snapshot of a sharing graph"));
  return out;
}

}  // namespace puhui::features
