#include <fstream>

#include "applications/lending/population.h"
#include "applications/lending/verbs.h"

namespace puhui::lending {

namespace {

struct SimulateRequest {
  PopulationKind population = PopulationKind::person_revolving;
  int64_t rows = 20'000;
  int64_t seed = 1;
  std::string out;
};
void fields(Shape& shape, SimulateRequest& request) {
  shape.field("population", request.population, {.help = "whose applications", .optional = true});
  shape.field("rows", request.rows, {.help = "how many", .min = 1, .max = 100'000'000, .optional = true});
  shape.field("seed", request.seed, {.help = "the same seed gives the same people", .min = 0, .optional = true});
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
  return std::to_string(answer.rows) + " applications written to " + answer.out + "\n";
}

Result<SimulateAnswer> simulate(const VerbCall& call, const SimulateRequest& request) {
  constexpr uint64_t kSliceRows = 10'000;
  std::ofstream file(request.out, std::ios::binary | std::ios::trunc);
  if (!file) return fail(ErrorCode::unavailable, request.out, "cannot be written; does its folder exist?");
  Population population;
  population.kind = request.population;
  population.seed = static_cast<uint64_t>(request.seed);
  SimulateAnswer out{request.out, request.rows, 0};
  const auto rows = static_cast<uint64_t>(request.rows);
  for (uint64_t first = 0; first < rows; first += kSliceRows) {
    TRY(write_population(
        population, {first, std::min(kSliceRows, rows - first)}, [&](std::string_view text) -> Result<void> {
          file.write(text.data(), static_cast<std::streamsize>(text.size()));
          out.bytes += static_cast<int64_t>(text.size());
          if (!file) return fail(ErrorCode::unavailable, request.out, "could not be written; is the disk full?");
          return {};
        }));
    call.progress.step("people simulated", std::min(rows, first + kSliceRows), rows);
  }
  file.close();
  if (!file) return fail(ErrorCode::unavailable, request.out, "could not be written; is the disk full?");
  return out;
}

}  // namespace

std::vector<Verb> replay_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ReplayRequest, ReplayReport>(
      {.noun = "lending",
       .verb = "replay",
       .help =
           "Train on a share of a table of past applications, decide and book every other row, and say how it went.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall& call, const ReplayRequest& request) -> Result<ReplayReport> {
        return replay({needs->store, needs->evidence, needs->kernel, needs->ledger, needs->origination, needs->files,
                       needs->clock},
                      request, call.caller.name, call.progress);
      },
      tell));
  verbs.push_back(make_verb<SimulateRequest, SimulateAnswer>(
      {.noun = "lending",
       .verb = "simulate",
       .help = "Write a CSV of simulated applications with known ends (docs/population.md).",
       .effect = Effect::read,
       .repeat_key = "",
       .storeless = true,
       .local_only = true},
      [](const VerbCall& call, const SimulateRequest& request) { return simulate(call, request); }, tell));
  return verbs;
}

}  // namespace puhui::lending
