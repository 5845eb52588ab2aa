#include "applications/aml/monitoring_replay.h"

#include <condition_variable>
#include <fstream>

#include "applications/aml/scoring.h"
#include "ground/base/date.h"
#include "ground/base/metric.h"
#include "ground/base/text.h"
#include "infrastructure/evidence/people.h"
#include "infrastructure/kernel/replay_permit.h"
#include "infrastructure/models/csv.h"

namespace puhui::aml {

namespace {

constexpr size_t kInFlightMax = 4096, kFaultsListedMax = 10, kMappingBytesMax = 64 << 10;
constexpr uint64_t kStepRows = 50'000;

// How many closures the store still owes an answer, and how long each took.
class Flight {
 public:
  void begin() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return count_ < kInFlightMax; });
    ++count_;
  }
  void end(const Result<Watched>& result, int64_t started_ns, AmlReplayReport& report) {
    const std::lock_guard lock(mutex_);
    latency_.record(static_cast<uint64_t>(monotonic_ns() - started_ns));
    if (result) {
      ++report.transfers;
      report.late += result->standing == Standing::late;
      report.self_transfers += result->standing == Standing::self;
      report.repeated += result->repeated;
    } else {
      ++report.skipped;
      if (report.faults.size() < kFaultsListedMax) report.faults.push_back(result.error().text());
    }
    --count_;
    room_.notify_one();
  }
  void wait_all() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return count_ == 0; });
  }
  int64_t quantile_us(double share) const { return static_cast<int64_t>(latency_.quantile_ns(share) / 1000); }

 private:
  std::mutex mutex_;
  std::condition_variable room_;
  size_t count_ = 0;
  Histogram latency_;
};

Result<void> grant_for_replay(const MonitoringVerbNeeds& needs, const std::string& folder, Timestamp now) {
  if (const auto current = needs.kernel.in_force(kMonitoringScope)) {
    const std::string& author = (*current)->permit().manifest.author;
    if (author == kReplayAuthor) return {};
    return fail(
        ErrorCode::conflict, "store",
        "a permit by '" + author +
            "' watches transfers in this store; a replay raises alerts, so give it a store of its own: --store FOLDER");
  }
  evidence::Manifest manifest = TRY(propose(needs.kernel, TRY(read_monitoring_folder(needs.files, folder)),
                                            {std::string(kReplayAuthor), 30, "for a replay only"}, now));
  const std::string signers = "aml-replay-" + manifest.digest().short_hex();
  TRY(kernel::grant_for_replay(needs.store, needs.kernel, std::move(manifest), signers, now));
  return {};
}

struct Columns {
  size_t key = 0, at = 0, from = 0, to = 0, amount = 0;
  std::optional<size_t> currency;
};

Result<Columns> columns_of(const models::CsvReader& reader, const TransferMapping& mapping) {
  Columns out;
  out.key = TRY(reader.column(mapping.key));
  out.at = TRY(reader.column(mapping.at));
  out.from = TRY(reader.column(mapping.from));
  out.to = TRY(reader.column(mapping.to));
  out.amount = TRY(reader.column(mapping.amount));
  if (!mapping.currency.empty()) out.currency = TRY(reader.column(mapping.currency));
  return out;
}

Result<TransferRequest> read_transfer(const models::CsvRow& row, const Columns& columns,
                                      const TransferMapping& mapping) {
  TransferRequest out;
  Faults faults;
  out.key = row.fields[columns.key];
  out.from = row.fields[columns.from];
  out.to = row.fields[columns.to];
  out.currency = columns.currency ? std::string(row.fields[*columns.currency]) : mapping.default_currency;
  if (mapping.at_unit_seconds == 0) {
    const auto at = parse_timestamp(row.fields[columns.at]);
    if (at) out.at = *at;
    if (!at)
      faults.add("at",
                 "expected a moment such as 2026-01-31T12:00:00Z, came '" + std::string(row.fields[columns.at]) + "'");
  } else {
    const auto units = parse_int64(row.fields[columns.at]);
    int64_t moment = 0;
    if (!units || __builtin_mul_overflow(*units, mapping.at_unit_seconds * 1'000'000, &moment) ||
        __builtin_add_overflow(moment, mapping.at_from.microseconds, &moment)) {
      faults.add("at", "expected whole units of time, came '" + std::string(row.fields[columns.at]) + "'");
    }
    out.at = {moment};
  }
  const auto amount = parse_fixed(row.fields[columns.amount], static_cast<int>(mapping.amount_places));
  if (!amount || *amount <= 0)
    faults.add("amount", "expected more than 0, came '" + std::string(row.fields[columns.amount]) + "'");
  out.amount_minor = amount.value_or(0);
  const auto name = [&](const char* what, const std::string& text, size_t max) {
    if (text.empty() || text.size() > max) {
      faults.add(what, "expected 1 to " + std::to_string(max) + " bytes, came " + std::to_string(text.size()));
    }
  };
  name("key", out.key, 128);
  name("from", out.from, 64);
  name("to", out.to, 64);
  if (auto result = std::move(faults).result(); !result) return fail(at(row.place(), std::move(result).error()));
  return out;
}

Result<void> add_figures(const MonitoringVerbNeeds& needs, const std::string& truth_path, AmlReplayReport& report) {
  std::vector<FoundPattern> patterns;
  for (size_t i = 0; i < kTypologies; ++i) report.typologies.push_back({static_cast<Typology>(i)});
  FindingsRequest page;
  page.limit = 1000;
  for (bool more = true; more;) {
    std::vector<FindingRow> rows;
    TRY(needs.store.read([&](Reader& reader) -> Result<void> {
      rows = TRY(find_findings(reader, page));
      return {};
    }));
    more = static_cast<int64_t>(rows.size()) > page.limit;
    if (more) rows.pop_back();
    for (const FindingRow& row : rows) {
      TypologyFigures& figures = report.typologies[static_cast<size_t>(row.line.typology)];
      ++figures.findings;
      ++report.findings;
      const bool alerted = row.line.outcome != kernel::kApprove;
      figures.alerts += alerted;
      report.alerts += alerted;
      patterns.push_back({row.line.typology, row.line.account, row.line.from, row.line.to});
    }
    if (more) page.after = rows.back().line.id.text();
  }
  if (truth_path.empty()) return {};
  const auto truth = TRY(read_truth(TRY(models::open_file(truth_path))));
  const auto scores = score(truth, patterns);
  for (size_t i = 0; i < kTypologies; ++i) {
    TypologyFigures& figures = report.typologies[i];
    figures.injected = scores[i].injected;
    figures.found = scores[i].found;
    figures.right = scores[i].right;
    figures.recall_ppm = scores[i].recall_ppm();
    figures.precision_ppm = scores[i].precision_ppm();
  }
  return {};
}

Result<TransferMapping> read_mapping(const Files& files, const std::string& path) {
  if (path.empty()) return TransferMapping();
  auto mapping = read_json<TransferMapping>(TRY(parse_json(TRY(files.read(path, kMappingBytesMax)))));
  if (!mapping) return fail(at(path, std::move(mapping).error()));
  return mapping;
}

Result<AmlSimulateAnswer> simulate_to_files(const VerbCall& call, const AmlSimulateRequest& request) {
  const Simulation simulation =
      simulate({static_cast<uint64_t>(request.seed), static_cast<uint64_t>(request.transfers),
                static_cast<uint32_t>(request.accounts), static_cast<uint32_t>(request.injections)});
  AmlSimulateAnswer out{request.out, request.truth_out, static_cast<int64_t>(simulation.transfers.size()), 0, 0, 0};
  const auto to_file = [&](const std::string& path, auto write) -> Result<void> {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    if (!file) return fail(ErrorCode::unavailable, path, "cannot be written; does its folder exist?");
    TRY(write(simulation, [&](std::string_view piece) -> Result<void> {
      file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
      out.bytes += static_cast<int64_t>(piece.size());
      if (!file) return fail(ErrorCode::unavailable, path, "could not be written; is the disk full?");
      return {};
    }));
    file.close();
    if (!file) return fail(ErrorCode::unavailable, path, "could not be written; is the disk full?");
    return {};
  };
  call.progress.step("writing transfers", 0, simulation.transfers.size());
  TRY(to_file(request.out, write_transfers));
  TRY(to_file(request.truth_out, write_truth));
  std::map<uint32_t, TruthKind> patterns;
  for (const TruthRow& row : simulation.truth) patterns.emplace(row.pattern, row.kind);
  for (const auto& [number, kind] : patterns) ++(kind == TruthKind::decoy ? out.decoys : out.patterns);
  return out;
}

}  // namespace

void fields(Shape& shape, TransferMapping& mapping) {
  const auto column = [](std::string_view help) { return Note{.help = help, .max = 128, .optional = true}; };
  shape.field("key", mapping.key, column("the transfer's own key"));
  shape.field("at", mapping.at, column("when it happened"));
  shape.field("from", mapping.from, column("the account it left"));
  shape.field("to", mapping.to, column("the account it reached"));
  shape.field("amount", mapping.amount, column("how much"));
  shape.field("currency", mapping.currency, column("ISO 4217; empty: default_currency"));
  shape.field("at_unit_seconds", mapping.at_unit_seconds,
              {.help = "seconds of one unit of `at` since at_from; 0: it is a moment",
               .min = 0,
               .max = 86'400'000,
               .optional = true});
  shape.field("at_from", mapping.at_from, {.help = "what unit 0 is", .optional = true});
  shape.field(
      "amount_places", mapping.amount_places,
      {.help = "decimals of the amount that are minor units: 2 for \"12.30\"", .min = 0, .max = 6, .optional = true});
  shape.field("default_currency", mapping.default_currency,
              {.help = "of all rows", .min = 3, .max = 3, .optional = true});
}

Result<AmlReplayReport> replay(const MonitoringVerbNeeds& needs, const AmlReplayRequest& request,
                               const std::string& caller, Progress& progress) {
  const TransferMapping mapping = TRY(read_mapping(needs.files, request.mapping));
  TRY(grant_for_replay(needs, request.policies, needs.clock.now()));
  const Watch watch = TRY(needs.monitor.watch());
  auto reader = TRY(models::CsvReader::open(TRY(models::open_file(request.transfers))));
  const Columns columns = TRY(columns_of(reader, mapping));
  AmlReplayReport report;
  report.store = needs.store.location();
  Flight flight;
  models::CsvRow row;
  const int64_t started_ns = monotonic_ns();
  const auto refuse = [&](std::string fault) {
    flight.begin();
    flight.end(fail(ErrorCode::invalid, std::move(fault)), monotonic_ns(), report);
  };
  const auto feed = [&]() -> Result<void> {
    while (TRY(reader.next(row))) {
      if (row.fault) {
        refuse(row.place() + ": " + row.fault->message);
        continue;
      }
      auto transfer = read_transfer(row, columns, mapping);
      if (!transfer) {
        refuse(transfer.error().text());
        continue;
      }
      flight.begin();
      needs.monitor.transfer_later(watch, *std::move(transfer), caller,
                                   [&flight, &report, at_ns = monotonic_ns()](const Result<Watched>& result) {
                                     flight.end(result, at_ns, report);
                                   });
      if (row.number % kStepRows == 0) {
        progress.step("transfers watched", row.number, 0);
        if (progress.stop_requested()) return fail(ErrorCode::unavailable, "replay", "was asked to end early");
      }
    }
    return {};
  };
  const auto fed = feed();
  flight.wait_all();  // in any case: what is in flight refers to this frame
  TRY(Result<void>(fed));
  const double seconds = static_cast<double>(monotonic_ns() - started_ns) / 1e9;
  report.transfers_per_second = seconds > 0 ? static_cast<double>(report.transfers) / seconds : 0;
  report.p50_us = flight.quantile_us(.5);
  report.p99_us = flight.quantile_us(.99);
  TRY(add_figures(needs, request.truth, report));
  return report;
}

std::vector<Verb> monitoring_replay_verbs(const MonitoringVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<AmlReplayRequest, AmlReplayReport>(
      {.noun = "aml",
       .verb = "replay",
       .help = "Watch every transfer of a table as if it came now, and say what was found and, with a truth, how right "
               "it was.",
       .effect = Effect::write,
       .local_only = true},
      [needs](const VerbCall& call, const AmlReplayRequest& request) {
        return replay(*needs, request, call.caller.name, call.progress);
      },
      tell));
  verbs.push_back(make_verb<AmlSimulateRequest, AmlSimulateAnswer>(
      {.noun = "aml",
       .verb = "simulate",
       .help = "Write a CSV of simulated transfers with patterns of laundering and look-alikes laid into them.",
       .storeless = true,
       .local_only = true},
      [](const VerbCall& call, const AmlSimulateRequest& request) { return simulate_to_files(call, request); }, tell));
  return verbs;
}

std::string tell(const AmlReplayReport& report) {
  const auto percent = [](const std::optional<int64_t>& ppm) {
    return ppm ? format_fixed(*ppm / 1000, 1) + " %" : std::string("-");
  };
  std::string out = with_thousands(report.transfers) + " transfers watched, " +
                    with_thousands(static_cast<int64_t>(report.transfers_per_second)) + " a second, p50 " +
                    std::to_string(report.p50_us) + " us, p99 " + std::to_string(report.p99_us) + " us\n  " +
                    std::to_string(report.late) + " late, " + std::to_string(report.repeated) + " repeated, " +
                    std::to_string(report.self_transfers) + " to oneself, " + std::to_string(report.skipped) +
                    " refused\n  " + std::to_string(report.findings) + " findings, " + std::to_string(report.alerts) +
                    " alerts\n";
  for (const TypologyFigures& one : report.typologies) {
    std::string name(names_of(&one.typology)[static_cast<size_t>(one.typology)]);
    name.resize(16, ' ');
    out += "    " + name + std::to_string(one.findings) + " findings, " + std::to_string(one.alerts) + " alerts";
    if (one.injected) {
      out += ", recall " + percent(one.recall_ppm) + " (" + std::to_string(*one.found) + " of " +
             std::to_string(*one.injected) + "), precision " + percent(one.precision_ppm);
    }
    out += "\n";
  }
  for (const std::string& fault : report.faults) out += "  refused: " + fault + "\n";
  return out;
}

}  // namespace puhui::aml
