// Externals: functions from outside the language for FEEL's `external` and for boxed functions of kind Java and PMML.
#pragma once

#include "infrastructure/dmn/functions.h"
#include "infrastructure/feel/function.h"

namespace puhui::dmn {

class HostExternals final : public feel::Externals {
 public:
  explicit HostExternals(const Functions& host) : host_(host) {}
  Result<std::shared_ptr<const feel::External>> bind(const feel::ExternalText& text,
                                                     std::span<const std::string> parameters) const override;

 private:
  const Functions& host_;
};

}  // namespace puhui::dmn
