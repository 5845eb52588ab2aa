// The verbs that list what there is: products in force, open loans.
#include "applications/lending/servicing_shapes.h"
#include "applications/lending/verbs.h"

namespace puhui::lending {

namespace {

constexpr std::string_view kProductArtefact = "product";

struct Nothing {};
void fields(Shape&, Nothing&) {}

// ---- products

struct ProductLine {
  std::string product, title, use_case;
  Digest permit;
  Timestamp expires_at;
  Json declaration;
};
void fields(Shape& shape, ProductLine& line) {
  shape.field("product", line.product);
  shape.field("title", line.title, {.help = "for people", .optional = true});
  shape.field("use_case", line.use_case, {.help = "that decides on its applications"});
  shape.field("permit", line.permit, {.help = "SHA-256 of the manifest in force"});
  shape.field("expires_at", line.expires_at, {.help = "from when on no application is decided"});
  shape.field("declaration", line.declaration, {.help = "the product as its file declares it"});
}

struct ProductsAnswer {
  std::vector<ProductLine> products;
  Timestamp at;
};
void fields(Shape& shape, ProductsAnswer& answer) {
  shape.field("products", answer.products, {.help = "those whose permit is in force, by name"});
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

Result<ProductsAnswer> products(const VerbNeeds& needs) {
  ProductsAnswer answer;
  answer.at = needs.clock.now();
  for (const auto& version : needs.kernel.all_in_force()) {
    const evidence::Manifest& manifest = version->permit().manifest;
    const Digest* digest = manifest.artefact(kProductArtefact);
    const size_t slash = manifest.use_case.find('/');
    if (digest == nullptr || slash == std::string::npos) continue;
    ProductLine line;
    line.product = manifest.use_case.substr(slash + 1);
    line.use_case = manifest.use_case;
    line.permit = version->digest();
    line.expires_at = manifest.expires_at;
    line.declaration = TRY(parse_json(TRY(needs.kernel.artefact(*digest))));
    if (const Json* title = line.declaration.find("title"); title && title->text()) line.title = *title->text();
    answer.products.push_back(std::move(line));
  }
  return answer;
}

// ---- book

struct BookRequest {
  int64_t limit = 50;
  std::optional<LoanId> after;
};
void fields(Shape& shape, BookRequest& request) {
  shape.field("limit", request.limit, {.help = "at most so many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "the 'next' of the page before"});
}

struct BookAnswer {
  std::vector<LoanLine> loans;
  std::optional<LoanId> next;
  Timestamp at;
};
void fields(Shape& shape, BookAnswer& answer) {
  shape.field("loans", answer.loans, {.help = "open ones as their last event or day-end left them, oldest first"});
  shape.field("next", answer.next, {.help = "ask with `after` for those that follow"});
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

Result<BookAnswer> book(const VerbNeeds& needs, const BookRequest& request) {
  BookAnswer answer;
  answer.at = needs.clock.now();
  const auto limit = static_cast<size_t>(request.limit);
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    answer.loans.clear();
    TRY(each_open_loan(reader, request.after.value_or(LoanId{}), limit, [&](Loan&& loan) -> Result<void> {
      answer.loans.push_back(line_of(loan));
      return {};
    }));
    return {};
  }));
  if (answer.loans.size() == limit) answer.next = answer.loans.back().loan;
  return answer;
}

}  // namespace

std::vector<Verb> browse_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<Nothing, ProductsAnswer>(
      {.noun = "lending", .verb = "products", .help = "List the products whose permit is in force, with their terms."},
      [needs](const VerbCall&, const Nothing&) { return products(*needs); }));
  verbs.push_back(make_verb<BookRequest, BookAnswer>(
      {.noun = "lending", .verb = "book", .help = "List the open loans, a page at a time."},
      [needs](const VerbCall&, const BookRequest& request) { return book(*needs, request); }));
  return verbs;
}

}  // namespace puhui::lending
