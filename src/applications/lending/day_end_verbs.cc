#include "applications/lending/portfolio.h"
#include "applications/lending/verbs.h"

namespace puhui::lending {

namespace {

struct PortfolioRequest {};
void fields(Shape&, PortfolioRequest&) {}

}  // namespace

std::vector<Verb> day_end_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<DayEndRequest, DayEndAnswer>(
      {.noun = "lending",
       .verb = "day-end",
       .help = "End a day for all open loans: accruals, due dates, late interest, buckets, charge-offs, expected loss.",
       .effect = Effect::write,
       .repeat_key = "date"},
      [needs](const VerbCall& call, const DayEndRequest& request) -> Result<DayEndAnswer> {
        // Day-ends never go back, so a slip of the pen must not carry the bank into another year.
        const Date today = date_of(needs->clock.now(), needs->utc_offset_minutes);
        if (request.date > today && !request.ahead) {
          return fail(ErrorCode::invalid, "date",
                      "expected a day to today, " + today.text() + ", came " + request.date.text() +
                          "; say 'ahead' to run days that have not come yet");
        }
        DayEnd day_end({needs->store, needs->book, needs->products, needs->clock});
        return answer_of(TRY(day_end.run(request.date, call.progress)));
      },
      tell));
  verbs.push_back(make_verb<PortfolioRequest, PortfolioAnswer>(
      {.noun = "lending",
       .verb = "portfolio",
       .help = "Show buckets, stages and expected loss after the last day-end, roll rates and vintages."},
      [needs](const VerbCall&, const PortfolioRequest&) -> Result<PortfolioAnswer> {
        PortfolioAnswer answer;
        TRY(needs->store.read([&](Reader& reader) -> Result<void> {
          answer = TRY(portfolio(reader));
          return {};
        }));
        return answer;
      },
      tell));
  return verbs;
}

}  // namespace puhui::lending
