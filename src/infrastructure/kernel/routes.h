// Route: what answers one use case, made anew from permits, stops, plans and challengers whenever one of them changes,
// and swapped in whole. The kernel's own; others see Choice.
#pragma once

#include <memory>

#include "infrastructure/evidence/use_case.h"
#include "infrastructure/kernel/routing.h"

namespace puhui::kernel {

struct Route {
  std::shared_ptr<const Version> champion;
  std::shared_ptr<const Version> challenger;  // by `plan`; none when there is none or it may not judge
  Challenger plan;
  bool stopped = false;
  Fallback fallback = Fallback::human;      // of a stopped use case
  std::shared_ptr<const Version> stand_in;  // of fallback previous or rules
};

// unavailable: stopped, and its fallback refuses.
Result<Choice> choose(const Route& route, const Id128& entity);

// Whether this stop takes that version out of service.
bool stops_version(const Stop& stop, const Version& version, const evidence::UseCase& use_case);

// Every fault of its name; a model is 64 hex digits, a block a domain 1 to 9 and a kind A to E.
Result<void> check(const Stop& stop);

}  // namespace puhui::kernel
