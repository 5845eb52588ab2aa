#include "infrastructure/kernel/reasons.h"

#include "ground/base/shape.h"
#include "infrastructure/kernel/routing.h"

namespace puhui::kernel {

namespace {
constexpr int64_t kSentenceBytesMax = 512;
constexpr size_t kCodeBytesMax = 160;
}  // namespace

static void fields(Shape& shape, ReasonText& text) {
  shape.field("en", text.en, {.help = "a sentence to read out, in English", .min = 1, .max = kSentenceBytesMax});
  shape.field("zh", text.zh, {.help = "the same in Chinese", .min = 1, .max = kSentenceBytesMax});
  shape.field("explained_by", text.explained_by,
              {.help = "the model whose own reasons follow", .max = 128, .optional = true});
}

Result<ReasonCatalogue> ReasonCatalogue::parse(std::string_view json) {
  const Json document = TRY(parse_json(json));
  if (!document.object())
    return fail(ErrorCode::invalid, "reasons", "expected an object of codes, came " + std::string(document.kind()));
  ReasonCatalogue out;
  Faults faults;
  for (const auto& [code, value] : *document.object()) {
    if (code.empty() || code.size() > kCodeBytesMax)
      faults.add(code, "expected a code of 1 to " + std::to_string(kCodeBytesMax) + " bytes");
    JsonReader reader(value);
    ReasonText text;
    reader.value(text);
    if (auto read = std::move(reader).result(); !read) faults.add(code, std::move(read).error());
    out.texts_.emplace(code, std::move(text));
  }
  TRY(std::move(faults).result());
  return out;
}

const ReasonText* ReasonCatalogue::find(std::string_view code) const {
  // Told by the kernel, whatever the policy: the use case's own sentence, where it has one, comes first.
  static const ReasonText kStopped{"Automatic decisions are paused at the moment; a person will decide on this.",
                                   "目前暂停自动审批，将由人工为您审核。", ""};
  const auto found = texts_.find(code);
  if (found != texts_.end()) return &found->second;
  return code == kStoppedReason ? &kStopped : nullptr;
}

}  // namespace puhui::kernel
