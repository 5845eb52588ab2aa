// Joint lending: every amount of a loan split with a partner bank at a fixed ratio, exactly.
#pragma once

#include "applications/lending/books.h"
#include "applications/lending/schedule.h"

namespace puhui::lending {

struct Split {
  int64_t own_minor = 0;
  int64_t partner_minor = 0;
  bool operator==(const Split&) const = default;
};
// own + partner = amount always; the residue of rounding goes to the side the contract names.
Split split(const Partner& partner, int64_t amount_minor);

// The partner's schedule: splits of running sums, so its principal adds up to the split of the
// whole principal.
Schedule partner_schedule(const Partner& partner, const Schedule& schedule);

// Our own books of a joint loan: our part of every account, all of the cash (we collect), and what
// we owe the partner.
Books own_books(const Partner& partner, const Books& whole);

}  // namespace puhui::lending
