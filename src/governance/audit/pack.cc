#include "governance/audit/pack.h"

namespace puhui::audit {

std::span<const std::string_view> names_of(const PackKind*) {
  static constexpr std::string_view kNames[] = {"eu_annex_iv", "jrt_0221", "sr_26_2", "model_card"};
  return kNames;
}

std::span<const std::string_view> names_of(const PackFormat*) {
  static constexpr std::string_view kNames[] = {"html", "json", "markdown"};
  return kNames;
}

void fields(Shape& shape, PackRequest& request) {
  shape.field("kind", request.kind, {.help = "whose outline"});
  shape.field("use_case", request.use_case,
              {.help = "of which use case, its scope included",
               .min = 1,
               .max = 256,
               .example = "lending.approval/person_revolving"});
  shape.field("language", request.language, {.help = "of its headings; zh when absent", .optional = true});
  shape.field("format", request.format, {.help = "html prints on its own; html when absent", .optional = true});
}

void fields(Shape& shape, PackField& field) {
  shape.field("article", field.article, {.help = "where the outline asks for it"});
  shape.field("heading", field.heading, {.help = "what is asked for"});
  shape.field("value", field.value, {.help = "absent: missing"});
  shape.field("source", field.source, {.help = "where it stands in the bank"});
}

void fields(Shape& shape, PackSection& section) {
  shape.field("title", section.title, {.help = "of the outline's part"});
  shape.field("fields", section.contents, {.help = "all that it asks for"});
}

void fields(Shape& shape, PackCitation& citation) {
  shape.field("what", citation.what, {.help = "which thing"});
  shape.field("digest", citation.digest, {.help = "SHA-256 of its bytes"});
}

void fields(Shape& shape, Pack& pack) {
  shape.field("kind", pack.kind, {.help = "whose outline"});
  shape.field("language", pack.language, {.help = "of its headings"});
  shape.field("title", pack.title, {.help = "for people"});
  shape.field("use_case", pack.use_case, {.help = "what it is about"});
  shape.field("at", pack.at, {.help = "the moment it speaks of"});
  shape.field("chain_records", pack.chain_records, {.help = "records of the evidence at that moment"});
  shape.field("chain_head", pack.chain_head, {.help = "the evidence's last link at that moment"});
  shape.field("sections", pack.sections, {.help = "in the outline's order"});
  shape.field("citations", pack.citations, {.help = "everything it cites, by SHA-256"});
  shape.field("filled", pack.filled, {.help = "fields with a source"});
  shape.field("missing", pack.missing, {.help = "fields without one"});
}

void fields(Shape& shape, PackAnswer& answer) {
  shape.field("kind", answer.kind, {.help = "whose outline"});
  shape.field("use_case", answer.use_case, {.help = "what it is about"});
  shape.field("file_name", answer.file_name, {.help = "to keep it under"});
  shape.field("media_type", answer.media_type, {.help = "of the content"});
  shape.field("content", answer.content, {.help = "the pack itself"});
  shape.field("digest", answer.digest, {.help = "SHA-256 of the content"});
  shape.field("filled", answer.filled, {.help = "fields with a source"});
  shape.field("missing", answer.missing, {.help = "fields without one"});
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

void fields(Shape& shape, PackCount& count) {
  shape.field("kind", count.kind, {.help = "whose outline"});
  shape.field("use_case", count.use_case, {.help = "which"});
  shape.field("filled", count.filled, {.help = "fields with a source"});
  shape.field("missing", count.missing, {.help = "fields without one"});
  shape.field("missing_fields", count.missing_fields, {.help = "which, by article"});
}

void fields(Shape& shape, PackListAnswer& answer) {
  shape.field("packs", answer.packs, {.help = "every kind for every use case with a permit"});
  shape.field("at", answer.at, {.help = "the moment this was read"});
}

}  // namespace puhui::audit
