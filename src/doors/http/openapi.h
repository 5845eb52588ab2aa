// OpenAPI 3.1 made from the verbs: what /openapi.json answers.
#pragma once

#include <string_view>
#include <vector>

#include "ground/base/json.h"
#include "ground/base/verb.h"

namespace puhui::http {

Json openapi(const std::vector<const Verb*>& verbs);

}  // namespace puhui::http
