#include "infrastructure/kernel/version.h"

using namespace puhui;

// A Version is loaded with all its checks, or it is not there.
Result<std::shared_ptr<const kernel::Version>> rules(const evidence::Permit& permit, kernel::ArtefactSource& source) {
#ifdef MUST_NOT_COMPILE
  return std::make_shared<const kernel::Version>();
#else
  return kernel::Version::load(permit, source);
#endif
}
