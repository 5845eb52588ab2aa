// Bytes of clients and of a hub: the readers of a secure sum's messages, a hub that takes them, and learners' states.
#include "infrastructure/federation/horizontal/horizontal_boosting.h"
#include "infrastructure/federation/horizontal/horizontal_logistic.h"
#include "infrastructure/federation/horizontal/secure_sum_wire.h"

namespace puhui::federation {
namespace {

class HorizontalFuzzSignatory final : public Signatory {
 public:
  std::string sign(std::string_view) const override { return "signed"; }
  bool verifies(size_t, std::string_view, std::string_view) const override { return true; }
};

struct HorizontalFuzzCase {
  Job job;
  PartyData data;
  HorizontalFuzzCase() {
    job.name = "fuzz", job.label = "y", job.boosting.trees = 2;
    job.parties.resize(3);
    for (JobParty& party : job.parties) party.columns = {"a"};
    data.columns = {"a"};
    data.values = {{1, 2, 3, 4}};
    data.labels = {0, 1, 0, 1};
    data.ids.resize(4);
  }
};

void read_state(HorizontalLearner& learner, std::string_view bytes) {
  ByteReader in(bytes);
  learner.read(in);
  if (in.finish("a state") && !learner.finished()) (void)learner.numbers();
}

}  // namespace
}  // namespace puhui::federation

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui::federation;
  static const HorizontalFuzzSignatory signatory;
  static const HorizontalFuzzCase of;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  (void)read_keys(bytes, 8);
  (void)read_boxes(bytes);
  (void)read_words(bytes, size / 8);
  (void)read_parties(bytes, 8);
  (void)read_signatures(bytes, 8);
  (void)read_secure_sum(bytes, size / 8, 8);
  // A client that hears these bytes in one of the phases; a hub that takes them from one of its clients.
  const SecureSumTerms terms{
      .context = "fuzz", .parties = 3, .self = 1, .clients_min = 3, .words = 2, .signatory = signatory};
  const std::vector<uint64_t> input = {1, 2};
  SecureSumClient client(terms, input);
  (void)client.say(SecureSumPhase::keys, {});
  (void)client.say(SecureSumPhase::shares, bytes);
  SecureSumHub hub(terms);
  (void)hub.take(static_cast<SecureSumPhase>(data[0] % 2 == 0 ? 0 : 2), 1, bytes);
  auto regression = make_horizontal_logistic(of.job, of.data, 0);
  auto trees = make_horizontal_boosting(of.job, of.data, 0);
  if (regression) read_state(**regression, bytes);
  if (trees) read_state(**trees, bytes);
  return 0;
}
