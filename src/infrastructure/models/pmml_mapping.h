// PMML's expressions that are tables: NormContinuous, NormDiscrete, Discretize and MapValues.
#pragma once

#include "infrastructure/models/pmml_compiler.h"

namespace puhui::models {

Typed compile_norm_continuous(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node);
Typed compile_norm_discrete(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node);
Typed compile_discretize(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PmmlType type);
Typed compile_map_values(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PmmlType type);

}  // namespace puhui::models
