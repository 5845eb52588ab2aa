#include "infrastructure/federation/job_check.h"

#include <algorithm>
#include <map>
#include <set>

#include "ground/base/text.h"

namespace puhui::federation {

namespace {

class Checker {
 public:
  explicit Checker(const Job& job) : job_(job) {}

  void check(bool well, std::string where, std::string message) {
    if (!well) faults_.push_back({std::move(where), std::move(message)});
  }
  // Bounds of a real number, both ends taken in.
  void between(const std::string& where, double value, double low, double high) {
    check(value >= low && value <= high, where,
          "expected a number from " + format_double(low) + " to " + format_double(high) + ", came " +
              format_double(value));
  }
  // Greater than 0.
  void positive(const std::string& where, double value, double high) {
    check(value > 0 && value <= high, where,
          "expected a number above 0, at most " + format_double(high) + ", came " + format_double(value));
  }
  std::vector<Fault> take() { return std::move(faults_); }

  void party(size_t index);
  void columns(size_t index);
  void roles();
  void count(size_t least, size_t most, std::string_view of);
  void same_columns();
  void label();
  void intersection();
  void cipher();
  void boosting();
  void logistic();
  void rest();
  void unused(const Json& file);

 private:
  bool is(std::initializer_list<JobKind> kinds) const {
    return std::find(kinds.begin(), kinds.end(), job_.kind) != kinds.end();
  }
  std::string kind() const { return std::string(names_of(&job_.kind)[static_cast<size_t>(job_.kind)]); }
  std::string role_name(size_t index) const {
    const Role role = job_.parties[index].role;
    return std::string(names_of(&role)[static_cast<size_t>(role)]);
  }
  void one_guest();

  const Job& job_;
  std::vector<Fault> faults_;
};

std::string path_of(size_t party, std::string_view field) {
  return "parties/" + std::to_string(party) + "/" + std::string(field);
}

bool is_party_name(std::string_view name) {
  return std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

}  // namespace

bool is_address(std::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto port = parse_int64(address.substr(colon + 1));
  const bool plain = std::ranges::all_of(address, [](char c) { return c > ' ' && c < 127; });
  return plain && port && *port > 0 && *port < 65536;
}

namespace {

void Checker::party(size_t index) {
  const JobParty& party = job_.parties[index];
  check(is_party_name(party.name), path_of(index, "name"),
        "expected lower-case letters, digits, '-' and '_', came '" + party.name + "'");
  for (size_t before = 0; before < index; ++before) {
    const JobParty& other = job_.parties[before];
    check(other.name != party.name, path_of(index, "name"),
          "'" + party.name + "' is party " + std::to_string(before) + " already; every party stands once");
    check(other.certificate != party.certificate, path_of(index, "certificate"),
          "is the certificate of '" + other.name + "' already; every party has its own");
  }
  const auto digest = Digest::parse(party.certificate);
  check(digest && digest->hex() == party.certificate, path_of(index, "certificate"),
        "expected 64 lower-case hex digits (`federation self` says ours), came '" + party.certificate + "'");
  if (index > 0 && party.address.empty()) {
    check(false, path_of(index, "address"), "is required: host:port where '" + party.name + "' listens for the hub");
  } else if (!party.address.empty()) {
    check(is_address(party.address), path_of(index, "address"), "expected host:port, came '" + party.address + "'");
  }
  columns(index);
}

void Checker::columns(size_t index) {
  const JobParty& party = job_.parties[index];
  std::set<std::string_view> seen;
  for (size_t i = 0; i < party.columns.size(); ++i) {
    const std::string& column = party.columns[i];
    const std::string where = path_of(index, "columns/" + std::to_string(i));
    check(!column.empty() && column.size() <= 128, where, "expected a name of 1 to 128 bytes");
    check(seen.insert(column).second, where, "'" + column + "' stands twice");
    check(column != job_.intersection.id_column, where, "'" + column + "' is the id column; ids are not learnt from");
    check(job_.label.empty() || column != job_.label, where,
          "'" + column + "' is the label; a label is not learnt from");
  }
}

void Checker::count(size_t least, size_t most, std::string_view of) {
  const size_t have = job_.parties.size();
  check(have >= least && have <= most, "parties",
        "expected " + std::to_string(least) + (most == least ? "" : " to " + std::to_string(most)) + " parties for " +
            std::string(of) + ", came " + std::to_string(have));
}

void Checker::one_guest() {
  for (size_t i = 0; i < job_.parties.size(); ++i) {
    const Role expected = i == 0 ? Role::guest : Role::host;
    check(job_.parties[i].role == expected, path_of(i, "role"),
          i == 0 ? "expected 'guest': the first party of " + kind() + " has the labels and is the hub, came '" +
                       role_name(i) + "'"
                 : "expected 'host': one guest stands first, all others are hosts, came '" + role_name(i) + "'");
  }
}

void Checker::same_columns() {
  const auto& first = job_.parties.front().columns;
  check(!first.empty(), path_of(0, "columns"), "expected the columns that all clients have, came none");
  for (size_t i = 1; i < job_.parties.size(); ++i) {
    check(
        job_.parties[i].columns == first, path_of(i, "columns"),
        "expected the columns of '" + job_.parties.front().name + "' in the same order: clients hold the same columns");
  }
}

void Checker::roles() {
  if (job_.parties.empty()) return;
  if (is_horizontal(job_)) {
    count(3, kPartiesMax, kind());
    for (size_t i = 0; i < job_.parties.size(); ++i) {
      check(job_.parties[i].role == Role::client, path_of(i, "role"),
            "expected 'client': in " + kind() + " all hold the same columns, came '" + role_name(i) + "'");
    }
    same_columns();
    check(job_.clients_min <= static_cast<int64_t>(job_.parties.size()), "clients_min",
          "expected at most the " + std::to_string(job_.parties.size()) + " parties, came " +
              std::to_string(job_.clients_min));
    return;
  }
  one_guest();
  if (is({JobKind::vertical_logistic, JobKind::aggregate, JobKind::conversion})) count(2, 2, kind());
  if (is({JobKind::conversion})) {
    check(job_.parties.front().columns.size() <= 1, path_of(0, "columns"),
          "expected the value of a conversion or nothing: the platform's columns are what is learnt from");
  }
  if (is({JobKind::vertical_boosting, JobKind::vertical_logistic, JobKind::measures, JobKind::conversion})) {
    for (size_t i = 1; i < job_.parties.size(); ++i) {
      check(!job_.parties[i].columns.empty(), path_of(i, "columns"),
            "expected the columns that '" + job_.parties[i].name + "' brings, came none");
    }
  }
}

void Checker::label() {
  const bool needed = !is({JobKind::intersection, JobKind::aggregate});
  check(!needed || !job_.label.empty(), "label", "is required for " + kind() + ": the column that is learnt");
  check(needed || job_.label.empty(), "label", kind() + " has no label; leave it out");
  check(job_.label.empty() || job_.label != job_.intersection.id_column, "label", "is the id column");
}

void Checker::intersection() {
  const Intersection& terms = job_.intersection;
  static const std::vector<std::string> kSteps = {"trim", "lower", "digits", "nfkc"};
  for (size_t i = 0; i < terms.normalise.size(); ++i) {
    const std::string meant = nearest(terms.normalise[i], kSteps);
    check(std::ranges::find(kSteps, terms.normalise[i]) != kSteps.end(), "intersection/normalise/" + std::to_string(i),
          "expected one of " + join(kSteps, ", ") + ", came '" + terms.normalise[i] + "'" +
              (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
  check(!terms.guest_only || is({JobKind::intersection, JobKind::aggregate}), "intersection/guest_only",
        "is for intersection and aggregate: to train together all must know the common rows");
  check(terms.matching != Matching::none || !is({JobKind::intersection, JobKind::aggregate}), "intersection/matching",
        "expected ecdh or oprf: " + kind() + " is about finding common ids");
}

void Checker::cipher() {
  const CipherTerms& terms = job_.cipher;
  check(terms.scheme == "paillier" || terms.scheme == "okamoto_uchiyama", "cipher/scheme",
        "expected paillier or okamoto_uchiyama, came '" + terms.scheme + "'");
  check(terms.key_bits >= 2048, "cipher/key_bits",
        "expected 2048, 3072 or 4096: shorter keys are not safe, came " + std::to_string(terms.key_bits));
  check(terms.key_bits < 2048 || terms.key_bits == 2048 || terms.key_bits == 3072 || terms.key_bits == 4096,
        "cipher/key_bits", "expected 2048, 3072 or 4096, came " + std::to_string(terms.key_bits));
}

void Checker::boosting() {
  const BoostingTerms& terms = job_.boosting;
  positive("boosting/learning_rate", terms.learning_rate, 1);
  between("boosting/l2", terms.l2, 0, 1e6);
  between("boosting/split_gain_min", terms.split_gain_min, 0, 1e9);
  between("boosting/hessian_min", terms.hessian_min, 0, 1e9);
  positive("boosting/goss_top", terms.goss_top, 1);
  between("boosting/goss_other", terms.goss_other, 0, 1);
  check(terms.goss_top + terms.goss_other <= 1, "boosting/goss_other",
        "expected goss_top and goss_other to be 1 at most together, came " +
            format_double(terms.goss_top + terms.goss_other));
  check(terms.goss_top >= 1 || terms.goss_other > 0, "boosting/goss_other",
        "expected more than 0 with goss_top below 1: rows with small gradients must be drawn too");
  check(
      terms.guest_only_trees <= terms.trees, "boosting/guest_only_trees",
      "expected at most the " + std::to_string(terms.trees) + " trees, came " + std::to_string(terms.guest_only_trees));
  check(terms.objective != Objective::multi_class || terms.classes >= 3, "boosting/classes",
        "expected 3 or more for multi_class (two classes are binary), came " + std::to_string(terms.classes));
  check(terms.objective == Objective::multi_class || terms.classes == 2, "boosting/classes",
        "is for multi_class alone; leave it out");
  check(terms.guest_only_trees == 0 || job_.parties.empty() || !job_.parties.front().columns.empty(),
        "boosting/guest_only_trees", "expected 0: the guest has no columns of its own in this job");
}

void Checker::logistic() {
  const LogisticTerms& terms = job_.logistic;
  check(terms.sigmoid == "cubic" || terms.sigmoid == "linear", "logistic/sigmoid",
        "expected cubic or linear, came '" + terms.sigmoid + "'");
  positive("logistic/learning_rate", terms.learning_rate, 100);
  between("logistic/l2", terms.l2, 0, 1e6);
}

void Checker::rest() {
  between("privacy/epsilon", job_.privacy.epsilon, 0, 1e6);
  check(job_.privacy.delta > 0 && job_.privacy.delta < 1, "privacy/delta",
        "expected a number between 0 and 1, came " + format_double(job_.privacy.delta));
  positive("privacy/clip", job_.privacy.clip, 1e9);
  positive("conversion/epsilon", job_.conversion.epsilon, 1e6);
}

// A section that the kind never reads would look as if it were in force.
void Checker::unused(const Json& file) {
  const std::map<std::string_view, std::vector<JobKind>> users = {
      {"boosting", {JobKind::vertical_boosting, JobKind::horizontal_boosting}},
      {"logistic", {JobKind::vertical_logistic, JobKind::horizontal_logistic, JobKind::conversion}},
      {"conversion", {JobKind::conversion, JobKind::aggregate}},
      {"privacy",
       {JobKind::horizontal_boosting, JobKind::horizontal_logistic, JobKind::conversion, JobKind::aggregate}},
      {"clients_min", {JobKind::horizontal_boosting, JobKind::horizontal_logistic}},
  };
  for (const auto& [section, kinds] : users) {
    const bool used = std::ranges::find(kinds, job_.kind) != kinds.end();
    check(used || file.find(section) == nullptr, std::string(section),
          kind() + " does not use it; leave it out, so that nobody believes it in force");
  }
}

}  // namespace

std::vector<Fault> faults_of(const Job& job, const Json& file) {
  Checker checker(job);
  for (size_t i = 0; i < job.parties.size(); ++i) checker.party(i);
  checker.roles();
  checker.label();
  checker.intersection();
  checker.cipher();
  checker.boosting();
  checker.logistic();
  checker.rest();
  checker.unused(file);
  return checker.take();
}

}  // namespace puhui::federation
