// What each evidence pack has to contain: the outline's fields in its own order, our wording of the headings, and the
// source each is filled from. A field without a source in this bank has none here either, and prints as missing.
#pragma once

#include <span>
#include <string_view>

#include "governance/audit/pack.h"

namespace puhui::audit {

struct OutlineField {
  std::string_view article;  // "IV 2(d)"
  std::string_view en, zh;
  std::string_view source;  // "models.data", one of pack_sources.h; empty: nothing in the bank holds it
};

struct OutlineSection {
  std::string_view en, zh;
  std::span<const OutlineField> contents;
};

struct Outline {
  std::string_view en, zh;
  std::span<const OutlineSection> sections;
};

const Outline& outline_of(PackKind kind);

}  // namespace puhui::audit
