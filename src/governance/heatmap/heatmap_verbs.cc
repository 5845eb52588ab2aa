#include "governance/heatmap/heatmap_verbs.h"

#include "governance/heatmap/summary.h"
#include "governance/heatmap/use_table.h"

namespace puhui::heatmap {

namespace {

struct Nothing {};
void fields(Shape&, Nothing&) {}

// What answers a question about the map: one snapshot of the store.
template <class Answer, class Request, class Ask>
Result<Answer> ask(const VerbNeeds& needs, const MapNeeds& map, const Request& request, Ask asked) {
  Answer out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(asked(reader, map, request, needs.clock.now()));
    return {};
  }));
  return out;
}

// Overrides are looked up record by record: asked for only where they are shown, and outside the snapshot's read.
template <class Request>
Result<MapNeeds> with_overridden(const VerbNeeds& needs, const Request& request, int64_t days) {
  MapNeeds out{needs.use_cases};
  if (!needs.overridden) return out;
  const Span span = TRY(span_of(request.from, request.to, needs.clock.now(), days));
  out.overridden = TRY(needs.overridden(span.from, span.to));
  return out;
}

Result<ShowAnswer> show_map(const VerbNeeds& needs, const ShowRequest& request) {
  const MapNeeds map =
      request.measure == Measure::override_rate ? TRY(with_overridden(needs, request, 1)) : MapNeeds{needs.use_cases};
  return ask<ShowAnswer>(needs, map, request, show);
}

Result<PriceAnswer> list_prices(const VerbNeeds& needs) {
  PriceAnswer out;
  out.at = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out.prices = TRY(read_prices(reader));
    return {};
  }));
  return out;
}

Result<PriceAnswer> set_price(const VerbNeeds& needs, const PriceRequest& request, const std::string& caller) {
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    const auto before = TRY(read_prices(tx));
    PriceView price = before.empty() ? PriceView{} : before.front();
    if (before.empty() && !(request.cpu_second_nano && request.currency)) {
      return fail(ErrorCode::invalid, "cpu_second_nano", "the first price needs a second of CPU and a currency");
    }
    price.cpu_second_nano = request.cpu_second_nano.value_or(price.cpu_second_nano);
    price.token_nano = request.token_nano.value_or(price.token_nano);
    if (request.currency) price.currency = request.currency->code();
    price.set_by = caller;
    // Two of one moment: the later one counts, and neither is lost.
    const Timestamp now = needs.clock.now();
    price.since = {before.empty() ? now.microseconds
                                  : std::max(now.microseconds, before.front().since.microseconds + 1)};
    TRY(put_price(tx, price));
    evidence::Circumstances by;
    by.at = now;
    by.caller = caller;
    by.human = evidence::HumanRole::in_the_loop;
    needs.evidence.append_act(evidence::RecordKind::note,
                              "price of a CPU second set to " + std::to_string(price.cpu_second_nano) +
                                  ", of a token to " + std::to_string(price.token_nano) + " thousand-millionths of a " +
                                  price.currency,
                              by);
    return {};
  }));
  return list_prices(needs);
}

}  // namespace

std::vector<Verb> verbs(const VerbNeeds* needs) {
  std::vector<Verb> out;
  out.push_back(make_verb<ShowRequest, ShowAnswer>(
      {.noun = "heatmap",
       .verb = "show",
       .help = "Show the 45 blocks by one measure, and whose the rest of the CPU is."},
      [needs](const VerbCall&, const ShowRequest& request) { return show_map(*needs, request); }));
  out.push_back(make_verb<BlockRequest, BlockAnswer>(
      {.noun = "heatmap",
       .verb = "block",
       .help = "Show one block over time, by use case and version, with its trend, quotas and risk.",
       .words = {"block"}},
      [needs](const VerbCall&, const BlockRequest& request) {
        return ask<BlockAnswer>(*needs, MapNeeds{needs->use_cases}, request, show_block);
      }));
  out.push_back(make_verb<SummaryRequest, SummaryAnswer>(
      {.noun = "heatmap",
       .verb = "summary",
       .help = "Show concentration, headroom, its forecast and what a decision costs."},
      [needs](const VerbCall&, const SummaryRequest& request) -> Result<SummaryAnswer> {
        return ask<SummaryAnswer>(*needs, TRY(with_overridden(*needs, request, kSummaryDays)), request, summarise);
      }));
  out.push_back(make_verb<Nothing, PriceAnswer>(
      {.noun = "heatmap", .verb = "prices", .help = "List what CPU and tokens cost, the price in force first."},
      [needs](const VerbCall&, const Nothing&) { return list_prices(*needs); }));
  out.push_back(make_verb<PriceRequest, PriceAnswer>({.noun = "heatmap",
                                                      .verb = "price",
                                                      .help = "Set what a second of CPU and a token cost from now on.",
                                                      .effect = Effect::write},
                                                     [needs](const VerbCall& call, const PriceRequest& request) {
                                                       return set_price(*needs, request, call.caller.name);
                                                     }));
  return out;
}

}  // namespace puhui::heatmap
