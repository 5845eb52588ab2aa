// Functions of kind Java: the methods of a fixed table, computed here. There is no Java machine and no class path; a
// model that names another method is refused when it loads.
#pragma once

#include <memory>
#include <string_view>

#include "ground/base/result.h"
#include "infrastructure/feel/function.h"

namespace puhui::dmn {

// `signature` as DMN writes it: "max(double, double)", "format(java.lang.String, [Ljava.lang.Object;)". `parameters`
// is how many the FEEL function declares. Its calls answer null, with a cause, where the method would throw.
Result<std::unique_ptr<const feel::External>> java_function(std::string_view class_name, std::string_view signature,
                                                            size_t parameters);

}  // namespace puhui::dmn
