#include "infrastructure/kernel/inquiry.h"

#include <algorithm>

#include "infrastructure/kernel/kernel.h"

namespace puhui::kernel {

namespace {

Result<std::string> answer_to(const Version& version, Inquirer* inquirer, const evidence::AskedFact& asked,
                              const evidence::FactValue& by) {
  const auto* id = std::get_if<std::string>(&by);
  if (!id || id->empty()) return fail(ErrorCode::invalid, "'" + asked.by + "' is absent, so nobody can be asked");
  if (!inquirer) return fail(ErrorCode::unavailable, "this program asks no partners");
  const auto named = std::ranges::find(version.models(), asked.model, &Version::NamedModel::name);
  if (named == version.models().end() || !named->predictor) {
    return fail(ErrorCode::invalid, "the permit has no federated model '" + asked.model + "'");
  }
  for (const models::PredictorPeer& peer : named->predictor->peers()) {
    if (peer.party == asked.party) return inquirer->ask({peer.job, peer.party, *id});
  }
  return fail(ErrorCode::invalid, "the model '" + asked.model + "' asks no party '" + asked.party + "'");
}

}  // namespace

std::vector<Fault> inquire(const Version& version, Inquirer* inquirer, std::vector<evidence::FactValue>& facts) {
  std::vector<Fault> absent;
  const auto& specs = version.facts().facts;
  for (size_t i = 0; i < specs.size(); ++i) {
    if (!specs[i].asked) continue;
    facts[i] = std::monostate();
    auto answer = answer_to(version, inquirer, *specs[i].asked, facts[*version.facts().find(specs[i].asked->by)]);
    if (answer && answer->size() <= evidence::kFactTextBytesMax) {
      facts[i] = *std::move(answer);
    } else {
      absent.push_back({specs[i].name, answer ? "the answer is longer than a fact may be" : answer.error().text()});
    }
  }
  return absent;
}

void Kernel::inquire(const Version& version, std::vector<evidence::FactValue>& facts) const {
  for (const Fault& fault : puhui::kernel::inquire(version, needs_.inquirer, facts)) {
    needs_.metrics.counter("puhui_facts_unanswered_total", "Facts that a partner was asked for and did not give").add();
    needs_.log.warning("fact_unanswered", {{"fact", Json(fault.where)}, {"why", Json(fault.message)}});
  }
}

}  // namespace puhui::kernel
