#include "infrastructure/workbench/cases.h"

#include "ground/base/text.h"
#include "infrastructure/dmn/tck.h"
#include "infrastructure/workbench/eval.h"
#include "infrastructure/workbench/policy_verbs.h"

namespace puhui::workbench {

namespace {

constexpr size_t kCaseBytesMax = 64 << 20;
constexpr size_t kFailuresMax = 1000;

Result<std::string> cases_of(const VerbCall& call, const TestRequest& request) {
  if (request.cases.empty() == request.cases_text.empty()) {
    return fail(ErrorCode::invalid, "cases",
                "expected a case file or its text, came " + std::string(request.cases.empty() ? "neither" : "both"));
  }
  if (request.cases.empty()) return request.cases_text;
  return read_callers_file(call, "cases", request.cases, kCaseBytesMax);
}

std::vector<Uncovered> uncovered_rules(const dmn::Policy& policy, std::span<const uint64_t> hits) {
  std::vector<Uncovered> out;
  for (const dmn::TableInfo& table : policy.tables()) {
    Uncovered one{table.owner, static_cast<int64_t>(table.rules), {}};
    for (size_t r = 0; r < table.rules; ++r) {
      if (hits[table.first_rule + r] == 0) one.missing.push_back(static_cast<int64_t>(r + 1));
    }
    if (!one.missing.empty()) out.push_back(std::move(one));
  }
  return out;
}

// "1-3, 7" of 1, 2, 3, 7.
std::string runs_of(const std::vector<int64_t>& numbers) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < numbers.size();) {
    size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    const std::string first = std::to_string(numbers[i]);
    parts.push_back(end - i == 1 ? first : first + "-" + std::to_string(numbers[end - 1]));
    i = end;
  }
  return join(parts, ", ");
}

}  // namespace

Result<TestAnswer> test(const VerbCall& call, const TestRequest& request, Timestamp now) {
  const auto loaded = TRY(LoadedPolicy::load(call, request.source));
  const dmn::Policy& policy = loaded->policy();
  dmn::Scratch scratch;
  scratch.set_moment(moment_of(now));
  std::vector<uint64_t> hits(policy.rules().size());
  auto results = dmn::run_cases(TRY(cases_of(call, request)), policy, scratch, hits);
  if (!results) return fail(at("cases", std::move(results).error()));
  TestAnswer answer;
  Faults failures;
  for (const dmn::CaseResult& result : *results) {
    ++answer.total;
    answer.passed += result.passed ? 1 : 0;
    if (result.passed) continue;
    failures.add("case " + result.case_id + ", " + result.node,
                 "expected " + result.expected + ", came " + result.came);
  }
  if (!failures.none()) {
    failures.add("", "passed " + std::to_string(answer.passed) + " of " + std::to_string(answer.total));
    return fail(std::move(failures).result().error());
  }
  answer.rules = static_cast<int64_t>(hits.size());
  answer.rules_hit = std::ranges::count_if(hits, [](uint64_t count) { return count != 0; });
  answer.uncovered = uncovered_rules(policy, hits);
  return answer;
}

void fields(Shape& shape, TestRequest& request) {
  source_fields(shape, request.source);
  shape.field("cases", request.cases,
              {.help = "the case file (the DMN TCK's testCases)", .max = 4096, .optional = true});
  shape.field("cases_text", request.cases_text, {.help = "the cases themselves, instead of a file", .optional = true});
}

void fields(Shape& shape, Uncovered& uncovered) {
  shape.field("owner", uncovered.owner, {.help = "the decision or business knowledge model whose table it is"});
  shape.field("rules", uncovered.rules, {.help = "of the table"});
  shape.field("missing", uncovered.missing, {.help = "rows no case hit, counted from 1"});
}

void fields(Shape& shape, TestAnswer& answer) {
  shape.field("passed", answer.passed, {.help = "results as expected"});
  shape.field("total", answer.total, {.help = "results asked for"});
  shape.field("rules", answer.rules, {.help = "of all tables"});
  shape.field("rules_hit", answer.rules_hit, {.help = "by at least one case"});
  shape.field("uncovered", answer.uncovered, {.help = "tables with rules no case hit"});
}

std::string tell(const TestAnswer& answer) {
  std::string out;
  for (const Uncovered& table : answer.uncovered) {
    out += table.owner + ": no case hit " + (table.missing.size() == 1 ? "rule " : "rules ") + runs_of(table.missing) +
           " of " + std::to_string(table.rules) + "\n";
  }
  if (answer.rules > 0) {
    out += "covered " + std::to_string(answer.rules_hit) + " of " + std::to_string(answer.rules) + " rules\n";
  }
  return out + "passed " + std::to_string(answer.passed) + " of " + std::to_string(answer.total) + "\n";
}

// ---- the kit

namespace {

constexpr size_t kFolderDepthMax = 8;

// One case of the kit: it passes when all its result nodes do.
struct KitCase {
  size_t number = 0;
  std::string id;
  bool passed = true;
  std::string came;  // of the first node that did not
};

std::vector<KitCase> by_case(const std::vector<dmn::CaseResult>& results) {
  std::vector<KitCase> out;
  for (const dmn::CaseResult& result : results) {
    if (out.empty() || out.back().number != result.case_number) {
      out.push_back({result.case_number, result.case_id, true, ""});
    }
    KitCase& of = out.back();
    if (result.passed || !of.passed) continue;
    of.passed = false;
    of.came = result.node + ": expected " + result.expected + ", came " + result.came;
  }
  return out;
}

std::string csv_cell(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out + "\"";
}

class KitRun {
 public:
  KitRun(const VerbCall& call, const TckRequest& request, Timestamp now) : call_(call), root_(request.dir) {
    scratch_.set_moment(moment_of(now));
  }

  // The folder at `path` below the root, "" the root itself, and those in it.
  Result<void> folder(const std::string& path, size_t depth) {
    if (depth > kFolderDepthMax) return fail(ErrorCode::exhausted, path, "expected folders at most 8 deep");
    const std::string full = path.empty() ? root_ : root_ + "/" + path;
    const std::vector<std::string> names = TRY(call_.files->list(full));
    for (const std::string& name : names) {
      const std::string inside = path.empty() ? name : path + "/" + name;
      if (name.ends_with(".xml")) {
        TRY(case_file(path, name));
      } else if (name.find('.') == std::string::npos) {
        TRY(folder(inside, depth + 1));
      }
    }
    return {};
  }

  TckAnswer answer;
  std::string table;

 private:
  Result<void> case_file(const std::string& path, const std::string& name) {
    const std::string folder = root_ + (path.empty() ? "" : "/" + path);
    const std::string cases = TRY(call_.files->read(folder + "/" + name, kCaseBytesMax));
    const auto model = dmn::case_model_name(cases);
    if (!model) return {};  // another XML file than cases
    call_.progress.step("case files run", ++files_, 0);
    const std::string stem = name.substr(0, name.size() - 4);
    PolicySource source;
    source.file = folder + "/" + *model;
    const auto loaded = LoadedPolicy::load(call_, source, LoadedPolicy::OnFault::null_with_cause);
    const std::string refused = loaded ? "" : *model + " was refused: " + loaded.error().text();
    auto results = loaded ? dmn::run_cases(cases, (*loaded)->policy(), scratch_) : dmn::refuse_cases(cases, refused);
    if (!results) return fail(at(path + "/" + name, std::move(results).error()));
    for (const KitCase& one : by_case(*results)) add(path, stem, one);
    return {};
  }

  void add(const std::string& path, const std::string& stem, const KitCase& one) {
    const bool scored = path.find("non-compliant") == std::string::npos;
    ++(scored ? answer.total : answer.unscored_total);
    if (one.passed) ++(scored ? answer.passed : answer.unscored_passed);
    for (const std::string_view cell :
         {std::string_view(path), std::string_view(stem), std::string_view(one.id),
          std::string_view(one.passed ? "SUCCESS" : "ERROR"), std::string_view(one.came)}) {
      table += (table.empty() || table.ends_with('\n') ? "" : ",") + csv_cell(cell);
    }
    table += '\n';
    if (!one.passed && answer.failures.size() < kFailuresMax) {
      answer.failures.push_back(path + "/" + stem + " case " + one.id + ", " + one.came);
    }
  }

  const VerbCall& call_;
  std::string root_;
  dmn::Scratch scratch_;
  uint64_t files_ = 0;
};

}  // namespace

Result<TckAnswer> run_kit(const VerbCall& call, const TckRequest& request, Timestamp now) {
  KitRun run(call, request, now);
  TRY(run.folder("", 0));
  if (run.answer.total + run.answer.unscored_total == 0) {
    return fail(ErrorCode::not_found, "dir", "there is no case file in '" + request.dir + "' or below");
  }
  TRY(call.files->write(request.csv, run.table));
  return std::move(run.answer);
}

void fields(Shape& shape, TckRequest& request) {
  shape.field("dir", request.dir, {.help = "the folder with the kit's levels", .min = 1, .max = 4096});
  shape.field("csv", request.csv, {.help = "the result table to write", .min = 1, .max = 4096});
}

void fields(Shape& shape, TckAnswer& answer) {
  shape.field("passed", answer.passed);
  shape.field("total", answer.total, {.help = "cases of the scored levels"});
  shape.field("unscored_passed", answer.unscored_passed, {.help = "of cases the kit does not score"});
  shape.field("unscored_total", answer.unscored_total);
  shape.field("failures", answer.failures, {.help = "the first thousand"});
}

std::string tell(const TckAnswer& answer) {
  std::string out;
  for (const std::string& failure : answer.failures) out += failure + "\n";
  if (answer.unscored_total > 0) {
    out += "not scored by the kit: passed " + std::to_string(answer.unscored_passed) + " of " +
           std::to_string(answer.unscored_total) + "\n";
  }
  return out + "passed " + std::to_string(answer.passed) + " of " + std::to_string(answer.total) + "\n";
}

std::vector<Verb> case_verbs(const Clock& clock) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<TestRequest, TestAnswer>(
      {.noun = "policy",
       .verb = "test",
       .help = "Run a policy's cases, name those that fail, and the rules none of them hit.",
       .storeless = true,
       .words = {"file", "cases"}},
      [&clock](const VerbCall& call, const TestRequest& request) { return test(call, request, clock.now()); }, tell));
  verbs.push_back(make_verb<TckRequest, TckAnswer>(
      {.noun = "policy",
       .verb = "tck",
       .help = "Run the DMN conformance kit (TCK) and write its result table.",
       .storeless = true,
       .local_only = true},
      [&clock](const VerbCall& call, const TckRequest& request) { return run_kit(call, request, clock.now()); }, tell));
  return verbs;
}

}  // namespace puhui::workbench
