#include "infrastructure/workbench/trial.h"

#include <set>

#include "infrastructure/dmn/json_door.h"
#include "infrastructure/feel/decimal.h"

namespace puhui::workbench {

namespace {

constexpr size_t kUnhitMax = 1000;

// The store's artefacts, and one that is in nobody's store.
class WithDraft final : public kernel::ArtefactSource {
 public:
  WithDraft(const kernel::Kernel& kernel, std::string_view policy)
      : kernel_(kernel), policy_(policy), digest_(sha256(policy)) {}
  const Digest& digest() const { return digest_; }
  Result<std::string> artefact(const Digest& digest) override {
    return digest == digest_ ? Result<std::string>(policy_) : kernel_.artefact(digest);
  }

 private:
  const kernel::Kernel& kernel_;
  std::string policy_;
  Digest digest_;
};

}  // namespace

Result<std::shared_ptr<const kernel::Version>> trial_version(const kernel::Kernel& kernel,
                                                             const kernel::Version& champion, std::string_view policy) {
  WithDraft artefacts(kernel, policy);
  evidence::Manifest manifest = champion.permit().manifest;
  for (evidence::NamedDigest& named : manifest.artefacts) {
    if (named.name == kernel::kPolicyArtefact) named.digest = artefacts.digest();
  }
  return kernel::Version::load({std::move(manifest), {}}, artefacts);
}

Result<PolicySource> trial_source(const kernel::Kernel& kernel, const kernel::Version& champion, std::string policy) {
  PolicySource source;
  source.text = std::move(policy);
  for (const evidence::NamedDigest& named : champion.permit().manifest.artefacts) {
    if (!named.name.starts_with(kernel::kModelPrefix)) continue;
    source.beside.push_back({named.name, TRY(kernel.artefact(named.digest))});
  }
  return source;
}

Json trial_input(const kernel::Version& champion, const dmn::Policy& policy, const Json& input) {
  Json out = Json::Object{};
  for (const evidence::Threshold& threshold : champion.permit().manifest.thresholds) {
    if (policy.input(threshold.name)) out.set(threshold.name, Json::Number{threshold.value});
  }
  if (!input.object()) return out;
  for (const auto& [name, value] : *input.object()) {
    const bool unread = !policy.input(name) && champion.facts().find(name);
    if (!unread) out.set(name, value);
  }
  return out;
}

bool same_value(const Json& a, const Json& b) {
  if (a.number() && b.number()) {
    const auto x = feel::Decimal::parse(a.number()->text), y = feel::Decimal::parse(b.number()->text);
    return x && y ? *x == *y : a == b;
  }
  if (a.list() && b.list()) return std::ranges::equal(*a.list(), *b.list(), same_value);
  if (a.object() && b.object()) {
    return a.object()->size() == b.object()->size() && std::ranges::all_of(*a.object(), [&](const auto& member) {
             const Json* other = b.find(member.first);
             return other != nullptr && same_value(member.second, *other);
           });
  }
  return a == b;
}

namespace {

class CaseRun {
 public:
  CaseRun(const dmn::Policy& policy, const kernel::Version& champion, Timestamp now)
      : policy_(policy), champion_(champion), door_(policy), hits_(policy.rules().size()) {
    scratch_.set_moment(moment_of(now));
  }

  void run(const DraftCase& one, const std::string& where, Faults& faults) {
    const std::string input = print_json(trial_input(champion_, policy_, one.input));
    for (const auto& [name, expected] : *one.expected.object()) {
      const auto decision = policy_.decision(name);
      if (!decision) {
        faults.add(where + "/expected", "there is no decision '" + name + "'");
        continue;
      }
      // Read again for each decision: the values lie in the scratch that an evaluation uses.
      const auto inputs = door_.read(input, scratch_);
      if (!inputs) {
        faults.add(where + "/input", inputs.error());
        return;
      }
      dmn::Trace trace;
      const feel::Value value = policy_.evaluate_one(*decision, *inputs, scratch_, &trace);
      for (const uint32_t rule : trace.hits) ++hits_[rule];
      CaseLine line{one.name, name, false, expected, to_json(value), ""};
      line.passed = same_value(line.expected, line.came);
      if (value.is_null()) line.why = explain(value.cause());
      report_.passed += line.passed ? 1 : 0;
      ++report_.total;
      report_.lines.push_back(std::move(line));
    }
  }

  CaseReport report() && {
    report_.rules = static_cast<int64_t>(hits_.size());
    for (size_t r = 0; r < hits_.size(); ++r) {
      if (hits_[r] > 0) {
        ++report_.rules_hit;
      } else if (report_.unhit.size() < kUnhitMax) {
        const dmn::RuleInfo& rule = policy_.rules()[r];
        report_.unhit.push_back({rule.owner, rule.id, policy_.rule_in_words(r), rule.number});
      }
    }
    return std::move(report_);
  }

 private:
  const dmn::Policy& policy_;
  const kernel::Version& champion_;
  dmn::JsonDoor door_;
  dmn::Scratch scratch_;
  std::vector<uint64_t> hits_;
  CaseReport report_;
};

}  // namespace

Result<CaseReport> run_draft_cases(const dmn::Policy& policy, const kernel::Version& champion,
                                   const std::vector<DraftCase>& cases, Timestamp now) {
  CaseRun run(policy, champion, now);
  Faults faults;
  for (size_t i = 0; i < cases.size(); ++i) {
    const std::string where = "cases/" + std::to_string(i);
    if (!cases[i].expected.object()) {
      faults.add(where + "/expected", "expected an object of values by decision");
    } else {
      run.run(cases[i], where, faults);
    }
  }
  TRY(std::move(faults).result());
  return std::move(run).report();
}

void fields(Shape& shape, CaseLine& line) {
  shape.field("name", line.name, {.help = "the case's"});
  shape.field("decision", line.decision);
  shape.field("passed", line.passed);
  shape.field("expected", line.expected);
  shape.field("came", line.came);
  shape.field("why", line.why, {.help = "of a null that came: its cause", .optional = true});
}

void fields(Shape& shape, CaseReport::Unhit& unhit) {
  shape.field("owner", unhit.owner, {.help = "the decision or business knowledge model whose table it is"});
  shape.field("id", unhit.id, {.help = "the rule element's", .optional = true});
  shape.field("words", unhit.words, {.help = "what it asks and answers"});
  shape.field("rule", unhit.rule, {.help = "its row, counted from 1"});
}

void fields(Shape& shape, CaseReport& report) {
  shape.field("passed", report.passed, {.help = "expected values that came"});
  shape.field("total", report.total, {.help = "expected values"});
  shape.field("lines", report.lines, {.help = "one an expected value"});
  shape.field("rules", report.rules, {.help = "of all tables"});
  shape.field("rules_hit", report.rules_hit, {.help = "by at least one case"});
  shape.field("unhit", report.unhit, {.help = "rules that no case hit, the first thousand"});
}

}  // namespace puhui::workbench
