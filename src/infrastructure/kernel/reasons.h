// ReasonCatalogue: what each reason code says to a person, in every language of the bank. A code without a
// sentence does not load: a borrower is never told something generic.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "ground/base/json.h"

namespace puhui::kernel {

struct ReasonText {
  std::string en, zh;
  std::string explained_by;  // a model: its own reasons follow this one ("pd")
};

class ReasonCatalogue {
 public:
  // {"code": {"en": "…", "zh": "…", "explained_by": "pd"?}, …}; a model's feature is "feature:NAME".
  static Result<ReasonCatalogue> parse(std::string_view json);
  const ReasonText* find(std::string_view code) const;

 private:
  std::map<std::string, ReasonText, std::less<>> texts_;
};

}  // namespace puhui::kernel
