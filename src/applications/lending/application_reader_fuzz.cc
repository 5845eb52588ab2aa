// Any bytes as a mapping, and any bytes as a CSV file under a mapping that is well: an answer or faults, never more.
#include "applications/lending/application_reader.h"
#include "ground/base/check.h"

namespace puhui::lending {
namespace {

evidence::FactSchema schema() {
  using evidence::FactType;
  evidence::FactSchema out;
  out.facts = {{.name = "amount_minor", .required = true},  {.name = "months", .required = true},
               {.name = "city", .type = FactType::text},    {.name = "member", .type = FactType::boolean},
               {.name = "born_on", .type = FactType::date}, {.name = "age", .sealed = true}};
  return out;
}

Mapping mapping() {
  Mapping out;
  out.product = "example";
  out.applicant_id = "id";
  out.missing = {"NA"};
  out.target = TargetSource{.column = "end", .bad = "1", .good = "0"};
  out.requested_amount_minor = "amount_minor";
  out.term_months = "months";
  out.facts = {{.fact = "amount_minor", .column = "amount", .multiplier = "0.01"}};
  out.model.features = {"city", "member"};
  return out;
}

void read_rows(std::string rows) {
  static const evidence::FactSchema facts = schema();
  static const Mapping map = mapping();
  for (const auto bad_rows : {models::BadRows::refuse, models::BadRows::skip}) {
    auto reader = ApplicationReader::open(models::from_text("id,amount,months,city,member,born_on,age,end\n" + rows),
                                          map, facts, {.bad_rows = bad_rows, .csv = {.row_bytes_max = 4096}});
    CHECK(reader.has_value(), "the mapping fits the header");
    const auto training = training_table(*reader, facts);
    if (!training) {
      CHECK(!training.error().faults.empty(), "a refusal says why");
      CHECK(training.error().faults.size() <= kBadRowsListedMax + 3, "faults are bounded");
      continue;
    }
    CHECK(training->table.row_count() == training->scan.labelled, "every labelled row is in the table");
  }
}

void throw_at_mapping(std::string_view text) {
  static const evidence::FactSchema facts = schema();
  const auto parsed = parse_mapping(text);
  if (!parsed || !check(*parsed, facts)) return;
  const auto again = read_json<Mapping>(to_json(*parsed));
  CHECK(again.has_value() && *again == *parsed, "a mapping is written as it was read");
  derived_of(*parsed);
}

}  // namespace
}  // namespace puhui::lending

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with('{')) {
    puhui::lending::throw_at_mapping(bytes);
  } else {
    puhui::lending::read_rows(std::string(bytes));
  }
  return 0;
}
