#include "ground/base/rate.h"

// What can fail is looked at before it is used.
puhui::Rate price(const char* text) {
#ifdef MUST_NOT_COMPILE
  return puhui::Rate::parse(text);
#else
  return puhui::Rate::parse(text).value_or(puhui::Rate{});
#endif
}
