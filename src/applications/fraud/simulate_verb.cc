#include "applications/fraud/simulate_verb.h"

#include <fstream>

#include "applications/fraud/population.h"

namespace puhui::fraud {

namespace {

constexpr int64_t kDays = 136;  // from 2018-04-01, where mapping.json counts from, to the last day of the handbook

struct SimulateRequest {
  PopulationKind scheme = PopulationKind::card_payment;
  int64_t rows = 100'000;
  int64_t days = kDays;
  int64_t seed = 1;
  std::string out;
};
void fields(Shape& shape, SimulateRequest& request) {
  shape.field("scheme", request.scheme, {.help = "payments or applications", .optional = true});
  shape.field("rows", request.rows,
              {.help = "how many", .min = 1, .max = static_cast<int64_t>(kPopulationRowsMax), .optional = true});
  shape.field("days", request.days,
              {.help = "over which they are spread", .min = 1, .max = kPopulationDaysMax, .optional = true});
  shape.field("seed", request.seed, {.help = "the same seed gives the same stream", .min = 0, .optional = true});
  shape.field("out", request.out, {.help = "the CSV file to write", .min = 1, .max = 4096});
}

struct SimulateAnswer {
  std::string out;
  int64_t rows = 0, bytes = 0;
};
void fields(Shape& shape, SimulateAnswer& answer) {
  shape.field("out", answer.out, {.help = "the file"});
  shape.field("rows", answer.rows);
  shape.field("bytes", answer.bytes);
}

std::string tell(const SimulateAnswer& answer) {
  return std::to_string(answer.rows) + " rows written to " + answer.out + "\n";
}

Result<SimulateAnswer> simulate(const VerbCall& call, const SimulateRequest& request) {
  std::ofstream file(request.out, std::ios::binary | std::ios::trunc);
  if (!file) return fail(ErrorCode::unavailable, request.out, "cannot be written; does its folder exist?");
  Population population;
  population.kind = request.scheme;
  population.rows = static_cast<uint64_t>(request.rows);
  population.seed = static_cast<uint64_t>(request.seed);
  population.days = static_cast<int>(request.days);
  SimulateAnswer out{request.out, request.rows, 0};
  TRY(write_population(population, [&](std::string_view text) -> Result<void> {
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.bytes += static_cast<int64_t>(text.size());
    if (!file) return fail(ErrorCode::unavailable, request.out, "could not be written; is the disk full?");
    call.progress.step("bytes written", static_cast<uint64_t>(out.bytes), 0);
    return {};
  }));
  file.close();
  if (!file) return fail(ErrorCode::unavailable, request.out, "could not be written; is the disk full?");
  return out;
}

}  // namespace

Verb simulate_verb() {
  return make_verb<SimulateRequest, SimulateAnswer>(
      {.noun = "fraud",
       .verb = "simulate",
       .help = "Write a CSV of simulated payments or applications with labelled frauds (docs/population_fraud.md).",
       .effect = Effect::read,
       .repeat_key = "",
       .storeless = true,
       .local_only = true},
      simulate, tell);
}

}  // namespace puhui::fraud
