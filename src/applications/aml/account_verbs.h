// The verb `aml accounts`: from a file of transfers to the table of its accounts.
#pragma once

#include <vector>

#include "ground/base/verb.h"

namespace puhui::aml {

std::vector<Verb> account_verbs();  // accounts

}  // namespace puhui::aml
