#include "applications/lending/replay.h"
#include "ground/base/text.h"

namespace puhui::lending {

void fields(Shape& shape, ReplayRequest& request) {
  shape.field("applications", request.applications,
              {.help = "CSV file of applications, may be .gz or .zst", .min = 1, .max = 4096});
  shape.field("mapping", request.mapping,
              {.help = "JSON file that says which column is which fact", .min = 1, .max = 4096});
  shape.field("policies", request.policies,
              {.help = "folder of the product folders", .min = 1, .max = 4096, .optional = true});
  shape.field("train_share", request.train_share,
              {.help = "share of the rows to train on, by hash; the mapping's when absent", .example = "0.7"});
  shape.field("seed", request.seed, {.help = "of the split and the training; the mapping's when absent", .min = 0});
  shape.field("model", request.model, {.help = "scorecard or boosting; the mapping's when absent"});
  shape.field("on", request.on, {.help = "the day the loans open", .optional = true});
  shape.field("threads", request.threads,
              {.help = "that judge; 0: as many as the machine has", .min = 0, .max = 256, .optional = true});
  shape.field("skip_bad_rows", request.skip_bad_rows,
              {.help = "list bad rows and go on without them", .optional = true});
}

void fields(Shape& shape, CodeCount& count) {
  shape.field("code", count.code, {.help = "reason code"});
  shape.field("en", count.en, {.help = "what it says"});
  shape.field("count", count.count, {.help = "applications"});
}

void fields(Shape& shape, GradeCount& count) {
  shape.field("grade", count.grade, {.help = "as the policy grades"});
  shape.field("applications", count.applications, {.help = "of that grade"});
  shape.field("approved", count.approved, {.help = "of them"});
  shape.field("bad", count.bad, {.help = "of the approved, by their label"});
  shape.field("bad_rate", count.bad_rate, {.help = "of the approved"});
}

void fields(Shape& shape, ReplayReport& report) {
  shape.field("applications", report.applications, {.help = "rows decided: those not trained on"});
  shape.field("approved", report.approved, {.help = "of them"});
  shape.field("refused", report.refused, {.help = "of them"});
  shape.field("referred", report.referred, {.help = "of them: for a person to decide"});
  shape.field("failed", report.failed, {.help = "of them: no decision could be taken"});
  shape.field("auc", report.auc, {.help = "of the decided probability of default, out of sample"});
  shape.field("ks", report.ks, {.help = "likewise"});
  shape.field("bad_rate_approved", report.bad_rate_approved, {.help = "by the labels"});
  shape.field("bad_rate_all", report.bad_rate_all, {.help = "of all rows decided"});
  shape.field("profit_minor", report.profit_minor, {.help = "of the approved loans' lives, minor units"});
  shape.field("decisions_per_second", report.decisions_per_second, {.help = "whole applications, durable"});
  shape.field("p50_us", report.p50_us, {.help = "from taking one up to its durable decision, microseconds"});
  shape.field("p99_us", report.p99_us, {.help = "likewise"});
  shape.field("evidence_bytes_per_decision", report.evidence_bytes_per_decision, {.help = "stored"});
  shape.field("ledger_balanced", report.ledger_balanced,
              {.help = "debits equal credits, and the log gives the balances"});
  shape.field("product", report.product);
  shape.field("currency", report.currency);
  shape.field("model_kind", report.model_kind);
  shape.field("model", report.model, {.help = "SHA-256"});
  shape.field("permit", report.permit, {.help = "SHA-256 of its manifest"});
  shape.field("trained_rows", report.trained_rows);
  shape.field("skipped_rows", report.skipped_rows, {.help = "bad rows passed over"});
  shape.field("lent_minor", report.lent_minor, {.help = "drawn by the approved, minor units"});
  shape.field("mean_rate", report.mean_rate, {.help = "nominal, a year, weighted by amount"});
  shape.field("thin_applications", report.thin_applications, {.help = "applicants without any credit record"});
  shape.field("thin_approved", report.thin_approved);
  shape.field("thin_bad_rate_approved", report.thin_bad_rate_approved);
  shape.field("interest_minor", report.interest_minor, {.help = "earned over the lives"});
  shape.field("write_off_minor", report.write_off_minor);
  shape.field("recovery_minor", report.recovery_minor);
  shape.field("funding_minor", report.funding_minor, {.help = "funding and operating cost over the lives"});
  shape.field("reasons", report.reasons, {.help = "of refusals and referrals, most frequent first"});
  shape.field("grades", report.grades);
  shape.field("failures", report.failures, {.help = "the first rows no decision could be taken on"});
  shape.field("store", report.store, {.help = "where contracts, ledger and evidence lie"});
}

namespace {

std::string percent_of(int64_t part, int64_t whole) {
  return whole == 0 ? "-" : Rate{multiply_divide(part, Rate::kOne, whole, Rounding::half_even)}.percent(1);
}

// A table of two columns, then what a bar of `share` looks like.
class Page {
 public:
  void title(std::string_view text) { out_ += "\n" + std::string(text) + "\n"; }
  void line(std::string_view name, std::string_view value, std::string_view more = "") {
    constexpr size_t kName = 28, kValue = 24;
    out_ += "  " + padded(name, kName) + padded(value, more.empty() ? 0 : kValue) + std::string(more) + "\n";
  }
  void bar(std::string_view name, int64_t count, int64_t of, std::string_view more) {
    constexpr int64_t kWidth = 30;
    const int64_t filled = of == 0 ? 0 : (count * kWidth + of / 2) / of;
    std::string bar;
    for (int64_t i = 0; i < filled; ++i) bar += "█";
    for (int64_t i = filled; i < kWidth; ++i) bar += "·";
    out_ += "  " + padded(name, 12) + bar + "  " + std::string(more) + "\n";
  }
  std::string take() { return std::move(out_); }

 private:
  static std::string padded(std::string_view text, size_t width) {
    std::string out(text);
    if (out.size() < width) out.append(width - out.size(), ' ');
    return out;
  }
  std::string out_;
};

std::string money(int64_t minor, const std::string& currency) {
  const auto known = Currency::parse(currency).value_or(Currency());
  int64_t whole = minor;
  for (int i = 0; i < known.minor_digits(); ++i) whole /= 10;
  return with_thousands(whole) + " " + currency;
}

std::string three_places(double value) { return format_fixed(static_cast<int64_t>(value * 10'000 + 0.5), 4); }

}  // namespace

std::string tell(const ReplayReport& r) {
  Page page;
  page.title("Puhui: " + with_thousands(r.applications) + " applications for '" + r.product +
             "', each decided with its reasons");
  page.bar("approved", r.approved, r.applications,
           with_thousands(r.approved) + "  " + percent_of(r.approved, r.applications));
  page.bar("refused", r.refused, r.applications,
           with_thousands(r.refused) + "  " + percent_of(r.refused, r.applications));
  if (r.referred > 0)
    page.bar("to a person", r.referred, r.applications,
             with_thousands(r.referred) + "  " + percent_of(r.referred, r.applications));
  if (r.failed > 0) page.bar("failed", r.failed, r.applications, with_thousands(r.failed) + " (see below)");

  page.title("Lent");
  page.line("amount", money(r.lent_minor, r.currency), "at " + r.mean_rate.percent() + " a year on average");
  page.line("profit over their lives", money(r.profit_minor, r.currency),
            "interest " + money(r.interest_minor, r.currency) + ", written off " +
                money(r.write_off_minor, r.currency) + ", recovered " + money(r.recovery_minor, r.currency) +
                ", costs " + money(r.funding_minor, r.currency));
  page.line("bad among the approved", r.bad_rate_approved.percent(), "of all applicants " + r.bad_rate_all.percent());
  page.line("no credit record", with_thousands(r.thin_applications) + " applicants",
            with_thousands(r.thin_approved) + " approved, " + r.thin_bad_rate_approved.percent() + " of them bad");

  page.title("Grades");
  for (const GradeCount& grade : r.grades) {
    page.bar(grade.grade, grade.applications, r.applications,
             with_thousands(grade.applications) + " applied, " + with_thousands(grade.approved) + " approved, " +
                 grade.bad_rate.percent(1) + " bad");
  }
  page.title("Why people were refused or sent to a person");
  for (const CodeCount& reason : r.reasons) page.line("  " + with_thousands(reason.count), reason.en);

  page.title("Quality, on rows the model never saw");
  page.line(r.model_kind, "AUC " + three_places(r.auc) + "   KS " + three_places(r.ks),
            "trained on " + with_thousands(r.trained_rows) + " rows");
  page.title("Speed");
  page.line(
      "whole applications", with_thousands(static_cast<int64_t>(r.decisions_per_second)) + " a second",
      "durable; half within " + with_thousands(r.p50_us) + " us, 99 % within " + with_thousands(r.p99_us) + " us");
  page.title("Books and evidence");
  page.line("ledger", r.ledger_balanced ? "debits equal credits" : "NOT BALANCED");
  page.line("evidence", with_thousands(r.evidence_bytes_per_decision) + " bytes a decision", "in " + r.store);
  page.line("permit", r.permit.short_hex(), "model " + r.model.short_hex());
  if (!r.failures.empty()) page.title("Rows no decision could be taken on (the first)");
  for (const std::string& failure : r.failures) page.line("", failure);
  page.title("To take decisions again and compare the bytes: puhui evidence replay --store " + r.store);
  return page.take();
}

}  // namespace puhui::lending
