#include "infrastructure/federation/rehearsal_verbs.h"

#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/federation/conversion/simulate_conversions.h"
#include "infrastructure/federation/meeting.h"
#include "infrastructure/federation/rehearsal.h"
#include "infrastructure/federation/simulate.h"
#include "infrastructure/federation/told.h"

namespace puhui::federation {

namespace {

constexpr std::string_view kNoun = "federation";

// ---- prepare

struct PrepareRequest {
  std::string template_file, out;
};
void fields(Shape& shape, PrepareRequest& request) {
  shape.field("template", request.template_file,
              {.help = "a job's file whose parties may lack certificate and address", .min = 1, .max = 4096});
  shape.field("out", request.out, {.help = "where the complete declaration is written", .min = 1, .max = 4096});
}

struct PrepareAnswer {
  Digest hash;
  Json declaration;
};
void fields(Shape& shape, PrepareAnswer& answer) {
  shape.field("hash", answer.hash, {.help = "what both houses sign"});
  shape.field("declaration", answer.declaration, {.help = "the file that was written"});
}

std::string tell(const PrepareAnswer& answer) {
  return "job file written, hash " + answer.hash.hex() + "; all parties sign that very file\n";
}

// What is known here of a party: this house itself, or a partner.
struct Known {
  std::string certificate, address;
};
Result<Known> known_party(const Office& office, const std::string& name) {
  const auto self = TRY(office.self());
  if (name == self.certificate.party) return Known{self.certificate.fingerprint.hex(), self.address};
  const auto partners = TRY(office.partners("", kPartnersMax));
  const auto known = std::ranges::find(partners, name, &PartnerView::name);
  if (known == partners.end()) {
    return fail(
        ErrorCode::not_found, "parties/" + name,
        "is neither this house ('" + self.certificate.party + "') nor a partner; 'federation accept' makes it one");
  }
  return Known{known->fingerprint, known->address};
}

void set_where_empty(Json& party, const std::string& name, const std::string& value) {
  const Json* stands = party.find(name);
  if (!stands || (stands->text() && stands->text()->empty())) party.set(name, Json(value));
}

Result<PrepareAnswer> prepare(const VerbNeeds& needs, const PrepareRequest& request) {
  Json declaration = TRY(parse_json(TRY(needs.files.read(request.template_file, kJobFileBytesMax))));
  const Json* stands = declaration.find("parties");
  if (!stands || !stands->list()) {
    return fail(ErrorCode::invalid, request.template_file, "expected an object with a list of 'parties'");
  }
  Json parties = *stands;
  for (Json& party : *parties.list()) {
    const Json* name = party.find("name");
    if (!name || !name->text()) return fail(ErrorCode::invalid, "parties", "expected a name of each");
    const Known known = TRY(known_party(needs.office, *name->text()));
    set_where_empty(party, "certificate", known.certificate);
    set_where_empty(party, "address", known.address);
  }
  declaration.set("parties", std::move(parties));
  PrepareAnswer out;
  const std::string file = print_json_pretty(declaration) + "\n";
  if (auto job = parse_job(file); !job) return fail(at(request.template_file, std::move(job).error()));
  TRY(needs.files.write(request.out, file));
  out.hash = job_hash(file);
  out.declaration = std::move(declaration);
  return out;
}

// ---- simulate

struct SimulateRequest {
  int64_t firms = 30'000;
  std::optional<int64_t> seed;
  std::string out;
};
void fields(Shape& shape, SimulateRequest& request) {
  shape.field(
      "firms", request.firms,
      {.help = "in the world; each house knows most of them", .min = 1, .max = kSimulatedFirmsMax, .optional = true});
  shape.field("seed", request.seed, {.help = "the same seed, the same firms; 1 when absent", .min = 0});
  shape.field("out", request.out, {.help = "folder for lender.csv and registry.csv", .min = 1, .max = 4096});
}

struct SimulateAnswer {
  std::string lender, registry;
};
void fields(Shape& shape, SimulateAnswer& answer) {
  shape.field("lender", answer.lender, {.help = "the lender's table"});
  shape.field("registry", answer.registry, {.help = "the registry's table"});
}

std::string tell(const SimulateAnswer& answer) { return "made up " + answer.lender + " and " + answer.registry + "\n"; }

Result<SimulateAnswer> simulate(Files& files, const SimulateRequest& request) {
  const SimulatedPair pair = simulate_pair(request.firms, static_cast<uint64_t>(request.seed.value_or(1)));
  SimulateAnswer out{request.out + "/lender.csv", request.out + "/registry.csv"};
  TRY(files.make_folder(request.out));
  TRY(files.write(out.lender, pair.lender));
  TRY(files.write(out.registry, pair.registry));
  return out;
}

// ---- simulate-clicks

struct SimulateClicksRequest {
  int64_t clicks = 30'000, columns = 6;
  std::optional<int64_t> seed;
  std::string out;
};
void fields(Shape& shape, SimulateClicksRequest& request) {
  shape.field("clicks", request.clicks,
              {.help = "of the platform", .min = 1, .max = kSimulatedClicksMax, .optional = true});
  shape.field("columns", request.columns, {.help = "of a click", .min = 1, .max = 100, .optional = true});
  shape.field("seed", request.seed, {.help = "the same seed, the same clicks; 1 when absent", .min = 0});
  shape.field("out", request.out, {.help = "folder for advertiser.csv and platform.csv", .min = 1, .max = 4096});
}

struct SimulateClicksAnswer {
  std::string advertiser, platform;
};
void fields(Shape& shape, SimulateClicksAnswer& answer) {
  shape.field("advertiser", answer.advertiser, {.help = "click, converted, value"});
  shape.field("platform", answer.platform, {.help = "click, x0, x1 and so on"});
}

Result<SimulateClicksAnswer> simulate_clicks(Files& files, const SimulateClicksRequest& request) {
  const SimulatedConversions made = simulate_conversions({.clicks = request.clicks,
                                                          .columns = static_cast<size_t>(request.columns),
                                                          .intercept = -3,
                                                          .seed = static_cast<uint64_t>(request.seed.value_or(1))});
  SimulateClicksAnswer out{request.out + "/advertiser.csv", request.out + "/platform.csv"};
  TRY(files.make_folder(request.out));
  TRY(files.write(out.advertiser, made.advertiser_csv()));
  TRY(files.write(out.platform, made.platform_csv()));
  return out;
}

// ---- rehearse

struct RehearseRequest {
  std::string job;
  std::vector<std::string> data;
};
void fields(Shape& shape, RehearseRequest& request) {
  shape.field("job", request.job, {.help = "the job's file", .min = 1, .max = 4096});
  shape.field("data", request.data,
              {.help = "a table a party, in the job's order; named once each", .min = 2, .max = kPartiesMax});
}

struct RehearseAnswer {
  Digest model;
  std::vector<Digest> parts;
  int64_t rows = 0;
  Json measures;
};
void fields(Shape& shape, RehearseAnswer& answer) {
  shape.field("model", answer.model, {.help = "the hash that the federated run comes to"});
  shape.field("parts", answer.parts, {.help = "of each party's part"});
  shape.field("rows", answer.rows, {.help = "that all have"});
  shape.field("measures", answer.measures, {.help = "on those rows, as the run tells them"});
}

std::string tell(const RehearseAnswer& answer) {
  return "in the clear, over " + with_thousands(answer.rows) + " rows that all have\n  model " + answer.model.hex() +
         "\n" + told_measures(answer.measures);
}

Result<RehearseAnswer> rehearse_files(const VerbCall& call, const RehearseRequest& request) {
  const Job job = TRY(parse_job(TRY(call.files->read(request.job, kJobFileBytesMax))));
  std::vector<PartyData> data;
  for (size_t p = 0; p < request.data.size() && p < job.parties.size(); ++p) {
    call.progress.step("read the table of " + job.parties[p].name, p, request.data.size());
    auto read = read_party_data(TRY(models::open_file(request.data[p])), job, p);
    if (!read) return fail(at(request.data[p], std::move(read).error()));
    data.push_back(*std::move(read));
  }
  call.progress.step("train in the clear", request.data.size(), request.data.size());
  const Rehearsal rehearsal = TRY(rehearse(job, std::move(data)));
  RehearseAnswer out;
  for (const std::string& part : rehearsal.parts) out.parts.push_back(part.empty() ? Digest{} : sha256(part));
  out.model = model_hash(out.parts);
  out.rows = static_cast<int64_t>(rehearsal.rows);
  out.measures = rehearsal.measures;
  return out;
}

}  // namespace

std::vector<Verb> rehearsal_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<PrepareRequest, PrepareAnswer>(
      {.noun = std::string(kNoun),
       .verb = "prepare",
       .help = "Make a job's declaration complete with the parties' fingerprints and addresses.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall&, const PrepareRequest& request) { return prepare(*needs, request); }, tell));
  verbs.push_back(make_verb<SimulateRequest, SimulateAnswer>(
      {.noun = std::string(kNoun),
       .verb = "simulate",
       .help = "Make up a lender's and a registry's tables of the same firms, to try federation on.",
       .effect = Effect::write,
       .repeat_key = "",
       .storeless = true,
       .local_only = true},
      [](const VerbCall& call, const SimulateRequest& request) { return simulate(*call.files, request); }, tell));
  verbs.push_back(make_verb<SimulateClicksRequest, SimulateClicksAnswer>(
      {.noun = std::string(kNoun),
       .verb = "simulate-clicks",
       .help = "Make up a platform's clicks and an advertiser's conversions, to try a conversion job on.",
       .effect = Effect::write,
       .repeat_key = "",
       .storeless = true,
       .local_only = true},
      [](const VerbCall& call, const SimulateClicksRequest& request) {
        return simulate_clicks(*call.files, request);
      }));
  verbs.push_back(make_verb<RehearseRequest, RehearseAnswer>(
      {.noun = std::string(kNoun),
       .verb = "rehearse",
       .help = "Train what a job would, with all tables in one place: for simulated and public data.",
       .effect = Effect::read,
       .repeat_key = "",
       .storeless = true,
       .local_only = true},
      [](const VerbCall& call, const RehearseRequest& request) { return rehearse_files(call, request); }, tell));
  return verbs;
}

}  // namespace puhui::federation
