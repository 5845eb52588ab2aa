// What each kind of population brings to write_population: its header and its days.
#pragma once

#include "applications/fraud/population_day.h"

namespace puhui::fraud {

std::string_view payment_header();
DayMaker payment_days(const Population& population);
std::string_view application_header();
DayMaker application_days(const Population& population);

}  // namespace puhui::fraud
