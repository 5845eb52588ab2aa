// Evidence packs: what a supervisor asks for, made from what the bank holds: log, permits, models, inventory. Every
// field of the outline is listed with its article; a field without a source prints "missing", never text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/audit/page.h"
#include "ground/base/shape.h"

namespace puhui::audit {

enum class PackKind : uint8_t { eu_annex_iv, jrt_0221, sr_26_2, model_card };
std::span<const std::string_view> names_of(const PackKind*);
enum class PackFormat : uint8_t { html, json, markdown };
std::span<const std::string_view> names_of(const PackFormat*);

struct PackRequest {
  PackKind kind = PackKind::eu_annex_iv;
  std::string use_case;
  Language language = Language::zh;
  PackFormat format = PackFormat::html;
};
void fields(Shape& shape, PackRequest& request);

struct PackField {
  std::string article, heading;
  std::optional<std::string> value;  // absent: missing
  std::string source;                // where the value stands in the bank
};
void fields(Shape& shape, PackField& field);

struct PackSection {
  std::string title;
  std::vector<PackField> contents;
};
void fields(Shape& shape, PackSection& section);

struct PackCitation {
  std::string what;
  Digest digest;
};
void fields(Shape& shape, PackCitation& citation);

struct Pack {
  PackKind kind = PackKind::eu_annex_iv;
  Language language = Language::zh;
  std::string title, use_case;
  Timestamp at;
  int64_t chain_records = 0;
  Digest chain_head;
  std::vector<PackSection> sections;
  std::vector<PackCitation> citations;
  int64_t filled = 0, missing = 0;
};
void fields(Shape& shape, Pack& pack);

struct PackAnswer {
  PackKind kind = PackKind::eu_annex_iv;
  std::string use_case;
  std::string file_name, media_type;
  std::string content;
  Digest digest;  // of the content
  int64_t filled = 0, missing = 0;
  Timestamp at;
};
void fields(Shape& shape, PackAnswer& answer);

struct PackCount {
  PackKind kind = PackKind::eu_annex_iv;
  std::string use_case;
  int64_t filled = 0, missing = 0;
  std::vector<std::string> missing_fields;
};
void fields(Shape& shape, PackCount& count);

struct PackListAnswer {
  std::vector<PackCount> packs;
  Timestamp at;
};
void fields(Shape& shape, PackListAnswer& answer);

}  // namespace puhui::audit
