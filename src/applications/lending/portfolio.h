// Wire structs of the day-end and the portfolio: how the loans stand, by product.
#pragma once

#include "applications/lending/day_end.h"
#include "ground/base/shape.h"

namespace puhui::lending {

struct DayEndRequest {
  Date date;
  bool ahead = false;  // also days that have not come yet: to try a bank out
};
void fields(Shape& shape, DayEndRequest& request);

struct BucketLine {
  std::string bucket;
  int64_t loans = 0;
  Money principal;
};
void fields(Shape& shape, BucketLine& line);

struct StageLine {
  std::string stage;
  int64_t loans = 0;
  Money principal, allowance;
};
void fields(Shape& shape, StageLine& line);

// Our own part of joint loans throughout.
struct BookView {
  std::string product;
  int64_t loans = 0;
  Money principal, interest, penalty;
  int64_t charged_off_loans = 0;
  Money charged_off, allowance, allowance_change;
  std::vector<BucketLine> buckets;
  std::vector<StageLine> stages;
};
void fields(Shape& shape, BookView& view);
std::vector<BookView> views_of(const DayReport& report);

struct DayEndAnswer {
  Date date;
  int days_run = 0;
  int64_t loans = 0;
  bool ties = false;
  int64_t untied_loans = 0;
  double seconds = 0;
  std::vector<BookView> books;
};
void fields(Shape& shape, DayEndAnswer& answer);
DayEndAnswer answer_of(const DayEnd::Run& run);
std::string tell(const DayEndAnswer& answer);

struct RollLine {
  std::string product, from, to;
  int64_t loans = 0;
  Rate rate;
};
void fields(Shape& shape, RollLine& line);

struct VintageLine {
  std::string product;
  Date opened;  // first of the month
  int months_on_book = 0;
  int64_t loans = 0, bad_loans = 0;
  Rate bad_rate;
};
void fields(Shape& shape, VintageLine& line);

struct PortfolioAnswer {
  std::optional<Date> date;
  std::vector<BookView> books;
  std::optional<Date> month_end;
  std::vector<RollLine> rolls;
  std::vector<VintageLine> vintages;
};
void fields(Shape& shape, PortfolioAnswer& answer);
Result<PortfolioAnswer> portfolio(Reader& reader);
std::string tell(const PortfolioAnswer& answer);

}  // namespace puhui::lending
